//! Derivatives inside of derivatives: the nearest things to perturbation confusion that reverse
//! mode has. Two differentiations that run at once must not mix up their variables, their residuals
//! or their cotangents.

use autograd_runtime::prelude::*;
use num_dual::{Dual64, DualNum};

// One function at two places in one expression, with inner variables of the same names. Systems
// that identify an inner variable by its name or its place in the source add up the two.

#[differentiable]
fn inner(x: f64, y: f64) -> f64 {
    let z = x * y;
    let z = z.sin() + y;
    z * z
}

#[differentiable]
fn outer(x: f64, y: f64) -> f64 {
    let z = inner(x, y);
    let w = inner(y * y, z);
    inner(w, x) * z
}

fn inner_by_dual(x: Dual64, y: Dual64) -> Dual64 {
    let z = (x * y).sin() + y;
    z * z
}

fn outer_by_dual(x: Dual64, y: Dual64) -> Dual64 {
    let z = inner_by_dual(x, y);
    let w = inner_by_dual(y * y, z);
    inner_by_dual(w, x) * z
}

#[test]
fn one_function_called_on_its_own_result() {
    let (x, y) = (0.7, 0.4);
    let expected = (
        outer_by_dual(Dual64::from(x).derivative(), y.into()).eps,
        outer_by_dual(x.into(), Dual64::from(y).derivative()).eps,
    );
    let (value, (dx, dy)) = outer::value_and_grad(x, y);
    assert_eq!(value, outer(x, y));
    assert!((dx - expected.0).abs() < 1e-13 * expected.0.abs(), "{dx}, not {}", expected.0);
    assert!((dy - expected.1).abs() < 1e-13 * expected.1.abs(), "{dy}, not {}", expected.1);
}

// d/dx (x · d/dy (x + y)) = 1, the classical example; with one kind of perturbation for both
// variables the inner derivative is 2 and the outer one too. Here the inner derivative is written
// out by hand, so that it is a function that can be differentiated.

#[differentiable]
fn sum_by_y(_x: f64, _y: f64) -> f64 {
    1.0 + 0.0 * _x * _y
}

#[differentiable]
fn classical(x: f64) -> f64 {
    x * sum_by_y(x, 1.0)
}

// d/dy (x y²) = 2 x y, and then at y = x: d/dx (x · 2 x · x) = 6 x².

#[differentiable]
fn product_by_y(x: f64, y: f64) -> f64 {
    2.0 * x * y
}

#[differentiable]
fn at_the_diagonal(x: f64) -> f64 {
    x * product_by_y(x, x)
}

#[differentiable]
fn at_a_fixed_point(x: f64) -> f64 {
    x * product_by_y(x, 1.0)
}

#[test]
fn an_inner_derivative_by_hand() {
    assert_eq!(classical::value_and_grad(3.0), (3.0, 1.0));
    assert_eq!(at_the_diagonal::value_and_grad(3.0), (54.0, 54.0));
    assert_eq!(at_a_fixed_point::value_and_grad(3.0), (18.0, 12.0));
}

// A closure's parameter has the name of a variable outside of it.
#[differentiable]
fn closure_parameter_of_the_same_name(x: f64) -> f64 {
    let twice = |x: f64| 2.0 * x;
    let scaled = |y: f64| y * x;
    let y = twice(x * x);
    scaled(y) + twice(scaled(x)) + x
}

#[test]
fn a_parameter_of_a_closure_is_not_the_variable_outside() {
    // 2 x³ + 2 x² + x
    assert_eq!(closure_parameter_of_the_same_name::value_and_grad(3.0), (75.0, 54.0 + 12.0 + 1.0));
}

// A function inside of a differentiable function has the names of its surroundings, and none of
// their values.
#[differentiable]
fn nested_function_of_the_same_names(x: f64, y: f64) -> f64 {
    #[differentiable]
    fn inner(y: f64, x: f64) -> f64 {
        let z = y * y;
        z * x
    }
    let z = inner(x, y);
    z * inner(y, 2.0)
}

#[test]
fn a_nested_function_of_the_same_names() {
    // x² y · 2 y² = 2 x² y³
    assert_eq!(nested_function_of_the_same_names::value_and_grad(3.0, 2.0), (144.0, (96.0, 216.0)));
}

// The gradient of an inner function, taken at run time between the forward and the reverse pass of
// another call of the same function: state that both share would be overwritten.

#[differentiable]
fn sum_of_squares(v: &[f64], scale: f64) -> f64 {
    let mut sum = 0.0;
    for x in v {
        sum = sum * scale + x * x;
    }
    sum
}

#[test]
fn pullbacks_that_are_pending_at_once() {
    let (first, first_pullback) = sum_of_squares::vjp(&[1.0, 2.0], 1.0);
    let (second, second_pullback) = sum_of_squares::vjp(&[3.0, 4.0, 5.0], 1.0);
    assert_eq!((first, second), (5.0, 50.0));
    let between = sum_of_squares::value_and_grad(&[7.0], 2.0);
    assert_eq!(between, (49.0, (vec![14.0], 0.0)));
    // In the order in which they were made, which is not the order of a stack.
    assert_eq!(first_pullback(1.0), (vec![2.0, 4.0], 1.0));
    // The derivative by the scale, (x₀² s + x₁²) s + x₂²: 2 x₀² + x₁².
    assert_eq!(second_pullback(10.0), (vec![60.0, 80.0, 100.0], 340.0));
}

// A chain rule by hand: the pullback of the outer function gives the cotangent of the inner one.
#[test]
fn a_chain_of_pullbacks_by_hand() {
    let (u, inner_pullback) = inner::vjp(0.7, 0.4);
    let (w, outer_pullback) = inner::vjp(u, 0.4);
    let (du, dy) = outer_pullback(1.0);
    let (dx, more) = inner_pullback(du);
    let composed = |x: Dual64, y: Dual64| inner_by_dual(inner_by_dual(x, y), y);
    let by_x = composed(Dual64::from(0.7).derivative(), 0.4.into());
    let by_y = composed(0.7.into(), Dual64::from(0.4).derivative());
    assert!((w - by_x.re).abs() < 1e-15);
    assert!((dx - by_x.eps).abs() < 1e-13);
    assert!((dy + more - by_y.eps).abs() < 1e-13);
}

// A gradient that is taken inside of a differentiated function, as a constant: Newton's iteration
// for a root of x² = a. The outer gradient must see the numbers of the inner one and nothing else.

#[differentiable]
fn residual(x: f64, a: f64) -> f64 {
    x * x - a
}

#[differentiable]
fn newton_with_constant_slope(a: f64, n: usize) -> f64 {
    let mut x = 1.0;
    for _ in 0..n {
        let slope = no_grad! { residual::grad(x, a).0 };
        x -= residual(x, a) / slope;
    }
    x
}

// One step from the root with a frozen slope has the derivative of the implicit function,
// 1 / (2 √a): x - (x² - a) / s has no derivative by x where s = 2 x.
#[test]
fn the_gradient_of_an_inner_function_as_a_constant() {
    let (root, gradient) = newton_with_constant_slope::value_and_grad(2.0, 8);
    assert!((root - 2.0_f64.sqrt()).abs() < 1e-15);
    assert!((gradient - 0.5 / 2.0_f64.sqrt()).abs() < 1e-12);
}

// The same with the inner pullback of a slice, inside of a loop of the outer function.

#[differentiable]
fn descended(target: &[f64], rate: f64, steps: usize) -> f64 {
    let mut x = vec![0.0; target.len()];
    for _ in 0..steps {
        let mut gradient = vec![0.0; target.len()];
        for i in 0..target.len() {
            gradient[i] = 2.0 * (x[i] - target[i]);
        }
        for i in 0..target.len() {
            x[i] -= rate * gradient[i];
        }
    }
    let mut loss = 0.0;
    for i in 0..target.len() {
        loss += (x[i] - target[i]) * (x[i] - target[i]);
    }
    loss
}

// Gradient descent, differentiated: x - t = -t (1 - 2 r)ⁿ.
#[test]
fn gradient_descent_with_its_gradient_by_hand() {
    let (rate, steps) = (0.1_f64, 5);
    let shrunk = (1.0 - 2.0 * rate).powi(2 * steps);
    let (loss, (by_target, by_rate)) = descended::value_and_grad(&[1.0, -2.0], rate, 5);
    assert!((loss - 5.0 * shrunk).abs() < 1e-14);
    assert!((by_target[0] - 2.0 * shrunk).abs() < 1e-14);
    assert!((by_target[1] + 4.0 * shrunk).abs() < 1e-14);
    let expected = 5.0 * f64::from(2 * steps) * (1.0 - 2.0 * rate).powi(2 * steps - 1) * -2.0;
    assert!((by_rate - expected).abs() < 1e-13, "{by_rate}, not {expected}");
}

// A recursion whose pullback is alive while the function is differentiated again.

#[differentiable]
fn tower(x: f64, n: usize) -> f64 {
    if n == 0 { x } else { x * tower(x * x, n - 1) }
}

#[test]
fn a_recursion_between_the_passes_of_itself() {
    // x · x² · x⁴ · x⁸ = x¹⁵
    let (value, pullback) = tower::vjp(1.1, 3);
    let again = tower::grad(1.3, 2);
    assert!((again - 7.0 * 1.3_f64.powi(6)).abs() < 1e-12);
    assert!((value - 1.1_f64.powi(15)).abs() < 1e-13);
    assert!((pullback(1.0) - 15.0 * 1.1_f64.powi(14)).abs() < 1e-12);
}
