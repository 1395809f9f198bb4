//! Reductions and scans along one axis.

use super::lanes::{
    Lanes, larger, map_block, pick_block, smaller, sum_block, sum_of, without_axis,
};
use super::rank::{AnyRank, Rank, ReduceRank, Reduced};
use crate::kernel::pool::{self, Scratch};
use crate::kernel::{Binary, ExpRows, Unary};
use crate::{Real, Tensor};

impl<const R: usize, T: Real> Tensor<R, T> {
    /// The sums along `axis`, which is removed.
    ///
    /// # Panics
    /// If there is no such axis.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// let x = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(x.sum_axis(0), Tensor::from([4.0, 6.0]));
    /// assert_eq!(x.sum_axis(1), Tensor::from([3.0, 7.0]));
    /// ```
    #[track_caller]
    pub fn sum_axis(&self, axis: usize) -> Reduced<R, T>
    where
        Rank<R>: ReduceRank,
    {
        let lanes = Lanes::of("sum_axis", &self.shape, axis);
        reduced(self, axis, lane_sums(lanes, &self.data))
    }

    /// The sums along `axis`, which stays with size 1.
    ///
    /// # Panics
    /// If there is no such axis.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// let x = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(x.sum_axis_keepdim(1), Tensor::from([[3.0], [7.0]]));
    /// ```
    #[track_caller]
    pub fn sum_axis_keepdim(&self, axis: usize) -> Self {
        let lanes = Lanes::of("sum_axis_keepdim", &self.shape, axis);
        kept(self, axis, lane_sums(lanes, &self.data))
    }

    /// The means along `axis`, which is removed; NaN where the axis has size 0.
    ///
    /// # Panics
    /// If there is no such axis.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// let x = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(x.mean_axis(0), Tensor::from([2.0, 3.0]));
    /// ```
    #[track_caller]
    pub fn mean_axis(&self, axis: usize) -> Reduced<R, T>
    where
        Rank<R>: ReduceRank,
    {
        let lanes = Lanes::of("mean_axis", &self.shape, axis);
        reduced(self, axis, lane_means(lanes, &self.data))
    }

    /// The means along `axis`, which stays with size 1; NaN where the axis has size 0.
    ///
    /// # Panics
    /// If there is no such axis.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// let x = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(x.mean_axis_keepdim(0), Tensor::from([[2.0, 3.0]]));
    /// ```
    #[track_caller]
    pub fn mean_axis_keepdim(&self, axis: usize) -> Self {
        let lanes = Lanes::of("mean_axis_keepdim", &self.shape, axis);
        kept(self, axis, lane_means(lanes, &self.data))
    }

    /// The maxima along `axis`, which is removed, as `torch.amax`: NaN where any element is.
    ///
    /// The gradient of a maximum is split evenly among the elements that attain it.
    ///
    /// # Panics
    /// If there is no such axis, or if it has size 0.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// let x = Tensor::from([[1.0, 4.0], [3.0, 2.0]]);
    /// assert_eq!(x.max_axis(0), Tensor::from([3.0, 4.0]));
    /// ```
    #[track_caller]
    pub fn max_axis(&self, axis: usize) -> Reduced<R, T>
    where
        Rank<R>: ReduceRank,
    {
        let lanes = nonempty("max_axis", &self.shape, axis);
        reduced(self, axis, lane_picks(lanes, &self.data, larger))
    }

    /// The minima along `axis`, which is removed, as `torch.amin`: NaN where any element is.
    ///
    /// The gradient of a minimum is split evenly among the elements that attain it.
    ///
    /// # Panics
    /// If there is no such axis, or if it has size 0.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// let x = Tensor::from([[1.0, 4.0], [3.0, 2.0]]);
    /// assert_eq!(x.min_axis(1), Tensor::from([1.0, 2.0]));
    /// ```
    #[track_caller]
    pub fn min_axis(&self, axis: usize) -> Reduced<R, T>
    where
        Rank<R>: ReduceRank,
    {
        let lanes = nonempty("min_axis", &self.shape, axis);
        reduced(self, axis, lane_picks(lanes, &self.data, smaller))
    }

    /// `ln Σ exp(x)` along `axis`, which is removed, without overflow; `-∞` where the axis has size 0.
    ///
    /// # Panics
    /// If there is no such axis.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// let x = Tensor::from([[1000.0_f64, 1000.0]]);
    /// assert_eq!(x.logsumexp_axis(1), Tensor::from([1000.0 + 2.0_f64.ln()]));
    /// ```
    #[track_caller]
    pub fn logsumexp_axis(&self, axis: usize) -> Reduced<R, T>
    where
        Rank<R>: ReduceRank,
    {
        let lanes = Lanes::of("logsumexp_axis", &self.shape, axis);
        let mut out = pool::filled(-T::INFINITY, lanes.count());
        if lanes.len == 0 {
            return reduced(self, axis, out);
        }
        let mut sums = Scratch::of(pool::filled(T::ZERO, lanes.count()));
        if lanes.inner == 1 {
            let (maxima, sums) = (&mut out[..], &mut sums[..]);
            T::exp_rows(ExpRows {
                x: &self.data,
                columns: lanes.len,
                normalized: false,
                exponentials: None,
                maxima,
                sums,
            });
        } else {
            let mut shifted = Scratch::of(pool::copied(&self.data));
            let rows = lanes.rows_mut(&mut out).zip(lanes.rows_mut(&mut sums));
            for (block, (out, sums)) in lanes.blocks_mut(&mut shifted).zip(rows) {
                shift_by_maximum(block, out);
                Unary::Exp.update(block);
                sum_block(block, block, sums, |x, _| x);
            }
        }
        Unary::Ln.update(&mut sums);
        Binary::Add.update_left(&mut out, &sums);
        reduced(self, axis, out)
    }

    /// The positions of the maxima along `axis`, one for each lane in row-major order; of several
    /// maxima the first, and a NaN counts as larger than any number.
    ///
    /// A position has no derivative.
    ///
    /// # Panics
    /// If there is no such axis, or if it has size 0.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// let scores = Tensor::from([[0.1, 0.7, 0.2], [0.5, 0.3, 0.2]]);
    /// assert_eq!(scores.argmax_axis(1), [1, 0]);
    /// ```
    #[track_caller]
    pub fn argmax_axis(&self, axis: usize) -> Vec<usize> {
        let lanes = nonempty("argmax_axis", &self.shape, axis);
        let mut out = Vec::with_capacity(lanes.count());
        for block in lanes.blocks(&self.data) {
            out.extend((0..lanes.inner).map(|j| first_maximum(&block[j..], lanes.inner)));
        }
        out
    }

    /// The running sums along `axis`: `y[i] = x[0] + … + x[i]`.
    ///
    /// # Panics
    /// If there is no such axis.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([1.0, 2.0, 3.0]).cumsum(0), Tensor::from([1.0, 3.0, 6.0]));
    /// ```
    #[track_caller]
    pub fn cumsum(&self, axis: usize) -> Self {
        let lanes = Lanes::of("cumsum", &self.shape, axis);
        let mut data = pool::copied(&self.data);
        for block in lanes.blocks_mut(&mut data) {
            add_previous_rows(block, lanes.inner);
        }
        Self { shape: self.shape, data }
    }
}

/// The view from an axis that must have elements.
#[track_caller]
fn nonempty(op: &str, shape: &[usize], axis: usize) -> Lanes {
    let lanes = Lanes::of(op, shape, axis);
    assert!(lanes.len > 0, "{op}: axis {axis} of {shape:?} has no elements");
    lanes
}

/// Per-lane values as a tensor without `axis`.
fn reduced<const R: usize, T>(x: &Tensor<R, T>, axis: usize, data: Vec<T>) -> Reduced<R, T>
where
    Rank<R>: ReduceRank,
{
    Reduced::<R, T>::from_parts(&without_axis(&x.shape, axis), data)
}

/// Per-lane values as a tensor with `axis` at size 1.
fn kept<const R: usize, T>(x: &Tensor<R, T>, axis: usize, data: Vec<T>) -> Tensor<R, T> {
    let mut shape = x.shape;
    shape[axis] = 1;
    Tensor { shape, data }
}

pub(crate) fn lane_sums<T: Real>(lanes: Lanes, x: &[T]) -> Vec<T> {
    if lanes.inner == 1 && lanes.len > 0 {
        // What is shorter than two registers is not worth a choice of registers.
        const SHORT: usize = 32;
        let sum =
            if lanes.len < SHORT { |lane: &[T]| sum_of(lane, |x| x) } else { T::sum_of_terms };
        return pool::collected(lanes.blocks(x).map(sum));
    }
    let mut out = pool::filled(T::ZERO, lanes.count());
    for (block, out) in lanes.blocks(x).zip(lanes.rows_mut(&mut out)) {
        sum_block(block, block, out, |x, _| x);
    }
    out
}

fn lane_means<T: Real>(lanes: Lanes, x: &[T]) -> Vec<T> {
    let len = T::from_usize(lanes.len);
    let mut out = lane_sums(lanes, x);
    for sum in &mut out {
        *sum /= len;
    }
    out
}

fn lane_picks<T: Real>(lanes: Lanes, x: &[T], pick: impl Fn(T, T) -> T + Copy) -> Vec<T> {
    let mut out = pool::filled(T::ZERO, lanes.count());
    for (block, out) in lanes.blocks(x).zip(lanes.rows_mut(&mut out)) {
        pick_block(block, out, pick);
    }
    out
}

/// Subtracts each lane's maximum, which is left in `maxima`, so that `exp` cannot overflow.
///
/// An infinite maximum is taken as 0: `∞ - ∞` would make a NaN of a sum that is `∞` or 0.
pub(crate) fn shift_by_maximum<T: Real>(block: &mut [T], maxima: &mut [T]) {
    pick_block(block, maxima, larger);
    for maximum in maxima.iter_mut().filter(|m| m.abs() == T::INFINITY) {
        *maximum = T::ZERO;
    }
    map_block(block, maxima, |x, maximum| x - maximum);
}

/// Turns the rows of a block into their running sums.
fn add_previous_rows<T: Real>(block: &mut [T], inner: usize) {
    if inner == 1 {
        // The sum stays in a register instead of going through memory.
        let mut sum = T::ZERO;
        for x in block {
            sum += *x;
            *x = sum;
        }
        return;
    }
    for i in inner..block.len() {
        block[i] = block[i - inner] + block[i];
    }
}

/// The position of the first maximum among every `stride`-th element of `x`.
fn first_maximum<T: Real>(x: &[T], stride: usize) -> usize {
    let (mut best, mut at) = (x[0], 0);
    for (i, &x) in x.iter().step_by(stride).enumerate() {
        if x > best || (x.is_nan() && !best.is_nan()) {
            (best, at) = (x, i);
        }
    }
    at
}
