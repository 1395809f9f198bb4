//! Comparisons, which give tensors of `bool`, and the choice between two tensors by one.

use crate::kernel::pool;
use crate::{Real, Tensor};

/// What a tensor can be compared with: a scalar, or a tensor of the same shape.
pub trait Comparand<const R: usize, T> {
    /// Calls `test` with each element of `lhs` and its counterpart.
    #[doc(hidden)]
    fn compare(self, op: &str, lhs: &Tensor<R, T>, test: impl Fn(T, T) -> bool) -> Tensor<R, bool>;
}

impl<const R: usize, T: Real> Comparand<R, T> for T {
    fn compare(self, _: &str, lhs: &Tensor<R, T>, test: impl Fn(T, T) -> bool) -> Tensor<R, bool> {
        let data = lhs.data.iter().map(|&x| test(x, self)).collect();
        Tensor { shape: lhs.shape, data }
    }
}

impl<const R: usize, T: Real> Comparand<R, T> for &Tensor<R, T> {
    #[track_caller]
    fn compare(self, op: &str, lhs: &Tensor<R, T>, test: impl Fn(T, T) -> bool) -> Tensor<R, bool> {
        same_shape(op, &lhs.shape, &self.shape);
        let data = lhs.data.iter().zip(&self.data).map(|(&x, &y)| test(x, y)).collect();
        Tensor { shape: lhs.shape, data }
    }
}

macro_rules! comparisons {
    ($($(#[$doc:meta])* $name:ident $symbol:tt)*) => {
        impl<const R: usize, T: Real> Tensor<R, T> {$(
            $(#[$doc])*
            ///
            /// # Panics
            /// If `rhs` is a tensor of another shape.
            #[track_caller]
            pub fn $name(&self, rhs: impl Comparand<R, T>) -> Tensor<R, bool> {
                rhs.compare(stringify!($name), self, |x, y| x $symbol y)
            }
        )*}
    };
}

comparisons! {
    /// Where an element is greater than the scalar or the tensor `rhs`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// let x = Tensor::from([1.0, 2.0, 3.0]);
    /// assert_eq!(x.gt(2.0), Tensor::from([false, false, true]));
    /// assert_eq!(x.gt(&Tensor::from([0.0, 2.0, 4.0])), Tensor::from([true, false, false]));
    /// ```
    gt >
    /// Where an element is less than the scalar or the tensor `rhs`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([1.0, 2.0, 3.0]).lt(2.0), Tensor::from([true, false, false]));
    /// ```
    lt <
    /// Where an element is greater than or equal to the scalar or the tensor `rhs`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([1.0, 2.0, 3.0]).ge(2.0), Tensor::from([false, true, true]));
    /// ```
    ge >=
    /// Where an element is less than or equal to the scalar or the tensor `rhs`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([1.0, 2.0, 3.0]).le(2.0), Tensor::from([true, true, false]));
    /// ```
    le <=
}

impl<const R: usize> Tensor<R, bool> {
    /// The element of `a` where the mask is true, that of `b` where it is false, as
    /// `torch.where(mask, a, b)`.
    ///
    /// The element that is not taken gets a gradient of exactly 0, whatever its value.
    ///
    /// # Panics
    /// If the three shapes are not the same.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// let x = Tensor::from([-1.0, 4.0]);
    /// let y = x.gt(0.0).where_(&x.sqrt(), &x);
    /// assert_eq!(y, Tensor::from([-1.0, 2.0]));
    /// ```
    #[track_caller]
    pub fn where_<T: Copy>(&self, a: &Tensor<R, T>, b: &Tensor<R, T>) -> Tensor<R, T> {
        same_shape("where_", &self.shape, &a.shape);
        same_shape("where_", &self.shape, &b.shape);
        let choices = self.data.iter().zip(&a.data).zip(&b.data);
        let data = pool::collected(choices.map(|((&take, &a), &b)| if take { a } else { b }));
        Tensor { shape: self.shape, data }
    }
}

/// Panics in the name of `op` unless the shapes are the same.
#[track_caller]
pub(crate) fn same_shape(op: &str, lhs: &[usize], rhs: &[usize]) {
    assert!(lhs == rhs, "{op}: {lhs:?} and {rhs:?} are not of the same shape");
}
