use super::*;
use crate::adjoint::difference::{check_scalar, sample};
use crate::differentiable::Tangent;

fn t<const N: usize>(data: [f64; N]) -> Tensor<1, f64> {
    Tensor { shape: [N], data: data.to_vec() }
}

fn check_all<const R: usize>(x: &Tensor<R, f64>) {
    let w = Witness::of(x);
    check_scalar(x, Tensor::sum, |acc, dy| sum_input(acc, dy, &w));
    check_scalar(x, Tensor::mean, |acc, dy| mean_input(acc, dy, &w));
    check_scalar(x, Tensor::norm, |acc, dy| norm_input(acc, dy, x, &x.norm()));
    check_scalar(x, Tensor::max, |acc, dy| max_input(acc, dy, x, &x.max()));
    check_scalar(x, Tensor::min, |acc, dy| min_input(acc, dy, x, &x.min()));
    if x.data.len() > 1 {
        check_scalar(x, Tensor::var, |acc, dy| var_input(acc, dy, x));
    }
}

#[test]
fn agree_with_central_differences() {
    check_all(&sample([7], 1));
    check_all(&sample([3, 4], 2));
    check_all(&sample([1, 5, 2], 3));
    check_all(&sample([1], 4));
    check_all(&sample([], 5));
    check_all(&sample([2, 40, 2], 6));
}

#[test]
fn no_elements() {
    let x = Tensor::<2, f64> { shape: [0, 3], data: Vec::new() };
    let mut acc = Tensor::symbolic_zero();
    sum_input(&mut acc, &1.0, &Witness::of(&x));
    assert_eq!(acc, x);
    norm_input(&mut acc, &1.0, &x, &0.0);
    assert_eq!(acc, x);
}

#[test]
fn ties_share_evenly() {
    let x = t([3.0, 1.0, 3.0, 3.0, 1.0]);
    let mut acc = Tensor::symbolic_zero();
    max_input(&mut acc, &6.0, &x, &3.0);
    assert_eq!(acc, t([2.0, 0.0, 2.0, 2.0, 0.0]));
    min_input(&mut acc, &6.0, &x, &1.0);
    assert_eq!(acc, t([2.0, 3.0, 2.0, 2.0, 3.0]));
}

#[test]
fn the_norm_at_the_origin_has_gradient_zero() {
    let mut acc = Tensor::symbolic_zero();
    norm_input(&mut acc, &1.0, &t([0.0, 0.0]), &0.0);
    assert_eq!(acc, t([0.0, 0.0]));
}

#[test]
fn the_variance_of_one_element_has_gradient_nan() {
    let mut acc = Tensor::symbolic_zero();
    var_input(&mut acc, &1.0, &t([2.0]));
    assert!(acc.data[0].is_nan());
}

#[test]
fn not_selected_is_zero_even_beside_infinities() {
    let x = t([f64::NEG_INFINITY, f64::INFINITY]);
    let mut acc = Tensor::symbolic_zero();
    max_input(&mut acc, &f64::INFINITY, &x, &f64::INFINITY);
    assert_eq!(acc, t([0.0, f64::INFINITY]));
}
