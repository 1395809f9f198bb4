//! Arrays that closures make: `map` and `std::array::from_fn`.

use autograd_runtime::prelude::*;
use std::array::from_fn;

/// Longer than what is written out element by element.
const LONG: usize = 20;

#[differentiable]
fn scaled(x: f64) -> f64 {
    3.0 * x
}

#[differentiable]
fn map_of_a_reference(r: &[f64; 3], x: f64) -> f64 {
    let moved = r.map(|v| v * x).map(scaled).map(f64::sin);
    moved[0] + 2.0 * moved[1] - moved[2]
}

#[test]
fn a_reference_is_mapped() {
    let (r, x) = ([0.3, -1.1, 2.0], 0.7);
    let (value, (r_bar, x_bar)) = map_of_a_reference::value_and_grad(&r, x);
    let weights = [1.0, 2.0, -1.0];
    let expected: f64 = (0..3).map(|i| weights[i] * (3.0 * r[i] * x).sin()).sum();
    assert!((value - expected).abs() < 1e-15);
    let slope = |i: usize| 3.0 * weights[i] * (3.0 * r[i] * x).cos();
    for (i, bar) in r_bar.iter().enumerate() {
        assert!((bar - slope(i) * x).abs() < 1e-14);
    }
    assert!((x_bar - (0..3).map(|i| slope(i) * r[i]).sum::<f64>()).abs() < 1e-14);
}

#[differentiable]
fn map_to_other_types(x: f64, y: f64) -> f64 {
    let pairs = [x, y, x * y].map(|v| (v, v * v));
    let rows = [[x, y], [y, 2.0]].map(|row| row.iter().sum::<f64>());
    let lists = [1, 2].map(|n| vec![x; n]);
    let lengths = lists.clone().map(|list| list.len());
    pairs[1].1 * rows[1] + lists[1][1] * lengths[1] as f64 + pairs[2].0
}

#[test]
fn elements_become_tuples_and_lists() {
    // y^2 (y + 2) + 2 x + x y
    let (x, y) = (1.5, 2.0);
    let got = map_to_other_types::value_and_grad(x, y);
    assert_eq!(got, (y * y * (y + 2.0) + 2.0 * x + x * y, (2.0 + y, 3.0 * y * y + 4.0 * y + x)));
}

#[differentiable]
fn a_closure_with_state(x: f64) -> [f64; 3] {
    let mut sum = 0.0;
    let mut list = [x, 2.0, 3.0];
    // The array was copied before.
    list.map(|v| {
        list[2] = 0.0;
        sum += v;
        sum * x
    })
}

#[test]
fn elements_are_made_in_their_order() {
    // x^2, x^2 + 2x, x^2 + 5x
    let (value, pullback) = a_closure_with_state::vjp(3.0);
    assert_eq!(value, [9.0, 15.0, 24.0]);
    assert_eq!(value, a_closure_with_state(3.0));
    assert_eq!(pullback([1.0, 10.0, 100.0]), 6.0 + 10.0 * 8.0 + 100.0 * 11.0);
}

#[differentiable]
fn lengths_of_all_kinds<const N: usize>(x: &[f64; N], y: f64) -> f64 {
    let powers: [f64; LONG] = from_fn(|i| y.powf(i as f64));
    let products = x.map(|v| v * y);
    let shifted: [f64; N] = std::array::from_fn(|i| products[i] + powers[2]);
    let nested = core::array::from_fn::<[f64; 2], 2, _>(|i| {
        from_fn::<f64, 2, _>(|j| if i == j { y } else { 0.0 })
    });
    shifted.iter().sum::<f64>() + powers.map(|p| 2.0 * p)[19] + nested[0][0] * nested[1][1]
}

#[test]
fn literal_constant_and_generic_lengths() {
    // y Σx + N y^2 + 2 y^19 + y^2
    let y: f64 = 1.25;
    let (value, (x_bar, y_bar)) = lengths_of_all_kinds::value_and_grad(&[1.0, 2.0, 4.0], y);
    let expected = 7.0 * y + 4.0 * y * y + 2.0 * y.powi(19);
    assert!((value - expected).abs() < 1e-12 * expected);
    assert_eq!(x_bar, [y; 3]);
    let slope = 7.0 + 8.0 * y + 38.0 * y.powi(18);
    assert!((y_bar - slope).abs() < 1e-12 * slope);
}

#[differentiable]
fn the_value_of_a_function<T: Real>(x: T) -> [T; 4] {
    from_fn(|i| x * T::from_usize(i))
}

#[test]
fn from_fn_at_the_end_of_a_function() {
    let (value, pullback) = the_value_of_a_function::vjp(2.0_f32);
    assert_eq!(value, [0.0, 2.0, 4.0, 6.0]);
    assert_eq!(value, the_value_of_a_function(2.0));
    assert_eq!(pullback([1.0, 1.0, 10.0, 100.0]), 321.0);
}

#[differentiable]
fn sum_of_a_tensor_with_a_type(x: &Tensor<1>) -> f32 {
    let sum: f32 = x.square().sum();
    sum * sum
}

#[test]
fn a_sum_has_no_type_argument() {
    let (value, gradient) = sum_of_a_tensor_with_a_type::value_and_grad(&Tensor::from([1.0, 2.0]));
    assert_eq!((value, gradient), (25.0, Tensor::from([20.0, 40.0])));
}
