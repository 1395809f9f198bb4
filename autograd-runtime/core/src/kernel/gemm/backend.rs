//! The only caller of `matrixmultiply`.

use super::product::Product;

/// Scalars that the backend multiplies matrices of.
pub(super) trait Backend: Sized {
    /// The product.
    ///
    /// # Safety
    /// The promise of a [`Product`].
    unsafe fn multiply(p: Product<Self>);
}

macro_rules! backend {
    ($($t:ident $gemm:ident)*) => {$(
        impl Backend for $t {
            unsafe fn multiply(p: Product<Self>) {
                let ([a_row, a_column], [b_row, b_column]) = (p.a_strides, p.b_strides);
                // SAFETY: that of this function; the columns of `C` are one scalar apart.
                unsafe {
                    matrixmultiply::$gemm(
                        p.m, p.k, p.n, p.alpha, p.a, a_row, a_column, p.b, b_row, b_column, p.beta,
                        p.c, p.c_row, 1,
                    );
                }
            }
        }
    )*};
}
backend!(f32 sgemm f64 dgemm);
