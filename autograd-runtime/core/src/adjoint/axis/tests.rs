use super::*;
use crate::adjoint::difference::{check, sample};
use crate::differentiable::Tangent;

fn t<const N: usize>(data: [f64; N]) -> Tensor<1, f64> {
    Tensor { shape: [N], data: data.to_vec() }
}

fn check_keeping_rank<const R: usize>(x: &Tensor<R, f64>, axis: usize) {
    let w = Witness::of(x);
    check(x, |x| x.sum_axis_keepdim(axis), |acc, dy| sum_axis_keepdim_input(acc, dy, &w, axis));
    check(x, |x| x.mean_axis_keepdim(axis), |acc, dy| mean_axis_keepdim_input(acc, dy, &w, axis));
    check(x, |x| x.cumsum(axis), |acc, dy| cumsum_input(acc, dy, axis));
    let y = x.softmax(axis);
    check(x, |x| x.softmax(axis), |acc, dy| softmax_input(acc, dy, &y, axis));
    let y = x.log_softmax(axis);
    check(x, |x| x.log_softmax(axis), |acc, dy| log_softmax_input(acc, dy, &y, axis));
}

fn check_reducing<const R: usize>(x: &Tensor<R, f64>, axis: usize)
where
    Rank<R>: ReduceRank,
{
    let w = Witness::of(x);
    check(x, |x| x.sum_axis(axis), |acc, dy| sum_axis_input(acc, dy, &w, axis));
    check(x, |x| x.mean_axis(axis), |acc, dy| mean_axis_input(acc, dy, &w, axis));
    let y = x.logsumexp_axis(axis);
    check(x, |x| x.logsumexp_axis(axis), |a, dy| logsumexp_axis_input(a, dy, x, &y, axis));
    if x.shape[axis] > 0 {
        let y = x.max_axis(axis);
        check(x, |x| x.max_axis(axis), |acc, dy| max_axis_input(acc, dy, x, &y, axis));
        let y = x.min_axis(axis);
        check(x, |x| x.min_axis(axis), |acc, dy| min_axis_input(acc, dy, x, &y, axis));
    }
}

fn check_axes<const R: usize>(shape: [usize; R])
where
    Rank<R>: ReduceRank,
{
    let x = sample(shape, R);
    for axis in 0..R {
        check_keeping_rank(&x, axis);
        if !x.data.is_empty() {
            check_reducing(&x, axis);
        }
    }
}

#[test]
fn agree_with_central_differences() {
    check_axes([6]);
    check_axes([3, 5]);
    check_axes([2, 3, 4]);
    check_axes([1, 4, 1]);
    check_axes([2, 1, 3, 2]);
    check_axes([1]);
    check_axes([2, 37]);
    check_axes([150, 2]);
}

#[test]
fn no_elements() {
    check_axes([0]);
    check_axes([0, 3]);
    check_axes([3, 0]);
    let x = Tensor::<2, f64> { shape: [2, 0], data: Vec::new() };
    let mut acc = Tensor::symbolic_zero();
    sum_axis_input(&mut acc, &t([1.0, 2.0]), &Witness::of(&x), 1);
    assert_eq!(acc, x);
}

#[test]
fn ties_share_evenly_in_each_lane() {
    let x = Tensor { shape: [2, 3], data: vec![1.0, 4.0, 2.0, 1.0, 3.0, 2.0] };
    let mut acc = Tensor::symbolic_zero();
    max_axis_input(&mut acc, &t([1.0, 10.0, 4.0]), &x, &x.max_axis(0), 0);
    assert_eq!(acc.data, [0.5, 10.0, 2.0, 0.5, 0.0, 2.0]);
}

#[test]
fn logsumexp_of_nothing_but_minus_infinity_has_gradient_zero() {
    let x = Tensor { shape: [1, 2], data: vec![f64::NEG_INFINITY; 2] };
    let y = x.logsumexp_axis(1);
    assert_eq!(y.data, [f64::NEG_INFINITY]);
    let mut acc = Tensor::symbolic_zero();
    logsumexp_axis_input(&mut acc, &t([1.0]), &x, &y, 1);
    assert_eq!(acc.data, [0.0, 0.0]);
}
