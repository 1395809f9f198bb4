//! The matrix product of the hand-written versions and of the tensor tape: that of the runtime, so that
//! all versions have the same, on slices, with transposition by strides.

use autograd_runtime::private::Gemm;

/// A matrix to be multiplied.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    data: &'a [f32],
    rows: usize,
    cols: usize,
    row_stride: usize,
    col_stride: usize,
}

impl<'a> View<'a> {
    /// The row-major matrix `[rows, cols]`.
    ///
    /// # Panics
    /// If `data` does not have `rows * cols` elements.
    pub fn new(data: &'a [f32], rows: usize, cols: usize) -> Self {
        assert_eq!(data.len(), rows * cols, "View: length of a [{rows}, {cols}] matrix");
        Self { data, rows, cols, row_stride: cols, col_stride: 1 }
    }

    /// The transpose of this matrix. Moves nothing.
    #[must_use]
    pub fn t(self) -> Self {
        Self {
            rows: self.cols,
            cols: self.rows,
            row_stride: self.col_stride,
            col_stride: self.row_stride,
            ..self
        }
    }
}

/// `c = alpha * a b + beta * c`, where `c` is row-major. With `beta == 0`, `c` is not read.
///
/// # Panics
/// If the shapes do not fit.
pub fn gemm(alpha: f32, a: View<'_>, b: View<'_>, beta: f32, c: &mut [f32]) {
    assert_eq!(a.cols, b.rows, "gemm: inner dimensions");
    assert_eq!(c.len(), a.rows * b.cols, "gemm: length of the result");
    let raw =
        |x: View<'_>| (x.data.as_ptr(), [x.row_stride.cast_signed(), x.col_stride.cast_signed()]);
    // SAFETY: a `View` has as many elements as its two dimensions multiply to, and its strides are
    // those of that row-major matrix or of its transpose, so all offsets lie inside the slices; `c`
    // was checked above and cannot overlap `a` or `b`, since it is borrowed exclusively.
    unsafe {
        f32::gemm([a.rows, a.cols, b.cols], alpha, raw(a), raw(b), beta, c.as_mut_ptr());
    }
}

#[cfg(test)]
mod tests {
    use super::{View, gemm};

    #[test]
    fn products_of_transposes() {
        let a = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let mut c = [1.0; 4];
        gemm(1.0, View::new(&a, 2, 3), View::new(&a, 2, 3).t(), 10.0, &mut c);
        assert_eq!(c, [24.0, 42.0, 42.0, 87.0]);
        let mut c = [f32::NAN; 9];
        gemm(2.0, View::new(&a, 2, 3).t(), View::new(&a, 2, 3), 0.0, &mut c);
        assert_eq!(c, [34.0, 44.0, 54.0, 44.0, 58.0, 72.0, 54.0, 72.0, 90.0]);
    }
}
