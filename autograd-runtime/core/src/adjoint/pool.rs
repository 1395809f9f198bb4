//! Adjoints of pooling.

use super::accumulate::written_out;
use crate::ops::pool::Pooling;
use crate::private::Witness;
use crate::{Pool2dOptions, Real, Tensor};

/// `x̄[k] += ȳ[w]` for the first largest element `k` of each window `w`.
pub fn max_pool2d_input<T: Real>(
    acc: &mut Tensor<4, T>,
    dy: &Tensor<4, T>,
    x: &Tensor<4, T>,
    options: impl Into<Pool2dOptions>,
) {
    if dy.is_symbolic_zero() {
        return;
    }
    let acc = written_out(acc, &x.shape);
    for (at, &dy) in largest(x, options).into_iter().zip(&dy.data) {
        if let Some(at) = at {
            acc[at] += dy;
        }
    }
}

/// Where in `x` the first largest element of each window is, unless the window has none.
pub(crate) fn largest<T: Real>(
    x: &Tensor<4, T>,
    options: impl Into<Pool2dOptions>,
) -> Vec<Option<usize>> {
    let pooling = Pooling::new("max_pool2d", x.shape, options.into());
    let mut found: Vec<Option<usize>> = vec![None; pooling.outputs()];
    pooling.each_line(|line| {
        let positions = (line.first..).step_by(line.stride);
        for (largest, position) in found[line.outputs].iter_mut().zip(positions) {
            let stays =
                largest.is_some_and(|at| x.data[at].is_nan() || x.data[position] <= x.data[at]);
            if !stays {
                *largest = Some(position);
            }
        }
    });
    found
}

/// `x̄[k] += ȳ[w] / (elements of w)` for each element `k` of each window `w`.
pub fn avg_pool2d_input<T: Real>(
    acc: &mut Tensor<4, T>,
    dy: &Tensor<4, T>,
    x: &Witness<Tensor<4, T>>,
    options: impl Into<Pool2dOptions>,
) {
    if dy.is_symbolic_zero() {
        return;
    }
    let pooling = Pooling::new("avg_pool2d", *x.shape(), options.into());
    let share = pooling.share::<T>();
    let acc = written_out(acc, x.shape());
    pooling.each_line(|line| {
        let elements = acc[line.first..].iter_mut().step_by(line.stride);
        elements.zip(&dy.data[line.outputs]).for_each(|(acc, &dy)| *acc += dy * share);
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tangent;
    use crate::adjoint::difference::{check, sample};

    #[test]
    fn agrees_with_central_differences() {
        for (shape, options) in [
            ([2, 3, 4, 6], Pool2dOptions::new(2)),
            ([2, 1, 5, 7], Pool2dOptions::new([3, 2]).stride([1, 3]).padding(1)),
            ([1, 2, 7, 5], Pool2dOptions::new(3).stride(2).padding([0, 1])),
            ([1, 1, 1, 1], Pool2dOptions::new(1)),
            ([1, 1, 2, 2], Pool2dOptions::new(4).padding(2)),
            ([0, 2, 4, 4], Pool2dOptions::new(2)),
        ] {
            let x = sample(shape, 1);
            let w = Witness::of(&x);
            check(&x, |x| x.max_pool2d(options), |acc, dy| max_pool2d_input(acc, dy, &x, options));
            check(&x, |x| x.avg_pool2d(options), |acc, dy| avg_pool2d_input(acc, dy, &w, options));
        }
    }

    #[test]
    fn a_tie_goes_to_the_first() {
        let x = Tensor::from([2.0, 5.0, 5.0, 5.0]).reshape([1, 1, 2, 2]);
        let mut acc = Tensor::<4, f64>::symbolic_zero();
        max_pool2d_input(&mut acc, &Tensor::from([3.0]).reshape([1, 1, 1, 1]), &x, 2);
        assert_eq!(acc.into_vec(), [0.0, 3.0, 0.0, 0.0]);
    }
}
