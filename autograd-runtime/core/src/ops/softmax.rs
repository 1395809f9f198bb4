//! Softmax and its logarithm.

use super::axis::shift_by_maximum;
use super::lanes::{Lanes, map_block, sum_block};
use crate::kernel::pool::{self, Scratch};
use crate::kernel::{ExpRows, Unary};
use crate::{Real, Tensor};

impl<const R: usize, T: Real> Tensor<R, T> {
    /// `exp(x) / Σ exp(x)` along `axis`, without overflow.
    ///
    /// # Panics
    /// If there is no such axis.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// let x = Tensor::from([[1000.0, 1000.0], [0.0, 3.0_f64.ln()]]);
    /// let y = x.softmax(1);
    /// assert_eq!(y[[0, 1]], 0.5);
    /// assert!((y[[1, 1]] - 0.75).abs() < 1e-15);
    /// ```
    #[track_caller]
    pub fn softmax(&self, axis: usize) -> Self {
        let lanes = Lanes::of("softmax", &self.shape, axis);
        if lanes.inner == 1 && lanes.len > 0 {
            let mut data = pool::filled(T::ZERO, self.data.len());
            row_sums(lanes, &self.data, Some(&mut data));
            return Self { shape: self.shape, data };
        }
        let mut data = pool::copied(&self.data);
        let mut lane = Scratch::of(pool::filled(T::ZERO, lanes.inner));
        for block in lanes.blocks_mut(&mut data) {
            shift_by_maximum(block, &mut lane);
            Unary::Exp.update(block);
            sum_block(block, block, &mut lane, |x, _| x);
            map_block(block, &lane, |x, sum| x / sum);
        }
        Self { shape: self.shape, data }
    }

    /// `x - ln Σ exp(x)` along `axis`, without overflow: the logarithm of [`softmax`](Self::softmax),
    /// exact also where that rounds to 0.
    ///
    /// # Panics
    /// If there is no such axis.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// let y = Tensor::from([0.0_f64, -1000.0]).log_softmax(0);
    /// assert_eq!(y, Tensor::from([0.0, -1000.0]));
    /// ```
    #[track_caller]
    pub fn log_softmax(&self, axis: usize) -> Self {
        let lanes = Lanes::of("log_softmax", &self.shape, axis);
        if lanes.inner == 1 && lanes.len > 0 {
            let (maxima, mut sums) = row_sums(lanes, &self.data, None);
            Unary::Ln.update(&mut sums);
            let mut data = pool::with_capacity(self.data.len());
            for (row, (&maximum, &ln_sum)) in
                lanes.blocks(&self.data).zip(maxima.iter().zip(sums.iter()))
            {
                Unary::SubBoth(maximum, ln_sum).extend(&mut data, row);
            }
            return Self { shape: self.shape, data };
        }
        let mut data = pool::copied(&self.data);
        let mut lane = Scratch::of(pool::filled(T::ZERO, lanes.inner));
        for block in lanes.blocks_mut(&mut data) {
            shift_by_maximum(block, &mut lane);
            sum_block(&Scratch::of(Unary::Exp.map(block)), block, &mut lane, |e, _| e);
            Unary::Ln.update(&mut lane);
            map_block(block, &lane, |x, ln_sum| x - ln_sum);
        }
        Self { shape: self.shape, data }
    }
}

/// The maxima of contiguous lanes, and the sums of their exponentials; their softmax, if wanted.
fn row_sums<T: Real>(lanes: Lanes, x: &[T], softmax: Option<&mut [T]>) -> (Scratch<T>, Scratch<T>) {
    let mut maxima = Scratch::of(pool::filled(T::ZERO, lanes.outer));
    let mut sums = Scratch::of(pool::filled(T::ZERO, lanes.outer));
    T::exp_rows(ExpRows {
        x,
        columns: lanes.len,
        normalized: true,
        exponentials: softmax,
        maxima: &mut maxima,
        sums: &mut sums,
    });
    (maxima, sums)
}
