//! Reductions over all elements of a tensor to one scalar.

use super::lanes::{fold, smaller};
use crate::{Real, Tensor};

impl<const R: usize, T: Real> Tensor<R, T> {
    /// The sum of all elements; 0 if there are none.
    ///
    /// Summed pairwise, so that the rounding error grows with the logarithm of the length.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([[1.0, 2.0], [3.0, 4.0]]).sum(), 10.0);
    /// ```
    pub fn sum(&self) -> T {
        T::sum_of_terms(&self.data)
    }

    /// The mean of all elements; NaN if there are none.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([[1.0, 2.0], [3.0, 4.0]]).mean(), 2.5);
    /// ```
    pub fn mean(&self) -> T {
        self.sum() / T::from_usize(self.data.len())
    }

    /// The largest element; NaN if any element is.
    ///
    /// Its gradient is split evenly among the elements that attain the maximum.
    ///
    /// # Panics
    /// If there are no elements.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([1.0, 3.0, 2.0]).max(), 3.0);
    /// ```
    #[track_caller]
    pub fn max(&self) -> T {
        self.first("max");
        T::largest(&self.data)
    }

    /// The smallest element; NaN if any element is.
    ///
    /// Its gradient is split evenly among the elements that attain the minimum.
    ///
    /// # Panics
    /// If there are no elements.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([2.0, 1.0, 3.0]).min(), 1.0);
    /// ```
    #[track_caller]
    pub fn min(&self) -> T {
        let first = self.first("min");
        fold(&self.data, &self.data, first, |best, x, _| smaller(best, x), smaller)
    }

    /// The unbiased variance `Σ (xᵢ - mean)² / (n - 1)`, as `torch.var` computes it by default; NaN
    /// if there are fewer than two elements.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([1.0, 2.0, 3.0, 4.0, 5.0]).var(), 2.5);
    /// ```
    pub fn var(&self) -> T {
        let mean = self.mean();
        let squares = T::sum_of_squares(&self.data, mean);
        squares / (T::from_usize(self.data.len()) - T::ONE).max(T::ZERO)
    }

    /// The Euclidean norm `√(Σ xᵢ²)` of all elements.
    ///
    /// Its gradient at the origin is taken to be 0.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([3.0, 4.0]).norm(), 5.0);
    /// ```
    pub fn norm(&self) -> T {
        T::sum_of_squares(&self.data, T::ZERO).sqrt()
    }

    #[track_caller]
    fn first(&self, op: &str) -> T {
        let Some(&first) = self.data.first() else {
            panic!("{op}: a tensor of shape {:?} has no elements", self.shape)
        };
        first
    }
}
