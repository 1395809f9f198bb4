//! Gradients inside of differentiable functions, against closed forms and central differences.

#![allow(
    clippy::pedantic,
    clippy::all,
    dead_code,
    reason = "what users may write, not what is best"
)]

use autograd_runtime::prelude::*;
use autograd_runtime::{gradcheck, gradgradcheck};

/// The derivative at 0 by central differences.
fn slope(f: impl Fn(f64) -> f64) -> f64 {
    (f(1e-5) - f(-1e-5)) / 2e-5
}

#[track_caller]
fn close(got: f64, expected: f64) {
    assert!((got - expected).abs() < 1e-7 * expected.abs().max(1.0), "{got}, not {expected}");
}

#[differentiable(order = 2)]
fn energy(x: f64) -> f64 {
    x * x * x
}

#[differentiable]
fn force_squared(x: f64) -> f64 {
    let force = energy::grad(x);
    force * force
}

#[test]
fn a_scalar() {
    // (3x²)² = 9x⁴
    assert_eq!(force_squared::value_and_grad(2.0), (144.0, 288.0));
    assert_eq!(force_squared::jvp(2.0, 0.5), (144.0, 144.0));
    assert_eq!(force_squared::jacobian(2.0)[[0, 0]], 288.0);
}

/// `d/dx (x · d/dy (x + y))` is 1: what the inner derivative is with respect to is not the outer's.
#[differentiable(order = 2)]
fn sum<T: Real>(x: T, y: T) -> T {
    x + y
}

#[differentiable]
fn outer(x: f64) -> f64 {
    let (_, dy) = sum::grad(x, 1.0);
    x * dy
}

/// `d/dx (x · d/dy (x · y · y))` at `y = x`: of `2 x³`.
#[differentiable(order = 2)]
fn product(x: f64, y: f64) -> f64 {
    x * y * y
}

#[differentiable]
fn same_variable(x: f64) -> f64 {
    x * product::grad(x, x).1
}

#[test]
fn no_perturbation_is_taken_for_another_ones() {
    assert_eq!(outer::grad(1.0), 1.0);
    assert_eq!(outer::jvp(1.0, 1.0).1, 1.0);
    assert_eq!(same_variable::grad(2.0), 24.0);
    assert_eq!(same_variable::jvp(2.0, 1.0).1, 24.0);
}

/// Parameters of every kind.
#[differentiable(order = 2)]
fn potential(
    a: f64,
    x: &[f64],
    w: &Tensor<2, f64>,
    v: Vec<f64>,
    #[no_grad] c: f64,
    n: usize,
) -> f64 {
    let mut sum = a * a * c;
    for i in 0..n {
        sum += (x[i] * a).sin() * v[i] * v[i];
    }
    sum * w.square().sum()
}

#[differentiable]
fn penalty(a: f64, x: &[f64], w: &Tensor<2, f64>, #[no_grad] c: f64) -> f64 {
    let mut sum = 0.0;
    for i in 0..2 {
        let scaled = w * x[i];
        let (da, dx, dw, dv) = potential::grad(a * x[i], x, &scaled, x.to_vec(), c, 2);
        sum += da * dx[i] + dw.sum() * dv[1] + c;
    }
    sum
}

/// One of the gradients alone, under a condition, by a loop.
#[differentiable]
fn descent(start: &[f64], rate: f64, steps: usize) -> f64 {
    let mut x = start.to_vec();
    for _ in 0..steps {
        let g = bowl::grad(&x);
        for i in 0..2 {
            if x[i] > -1.0 {
                x[i] -= rate * g[i];
            }
        }
    }
    bowl(&x)
}

#[differentiable(order = 2)]
fn bowl(x: &[f64]) -> f64 {
    x[0].powi(4) + (x[0] * x[1]).cos() + x[1].exp()
}

#[test]
fn parameters_of_every_kind() {
    let (x, w) = (vec![0.3, 0.8], Tensor::from([[0.3, -0.7], [1.1, 0.2]]));
    gradcheck!(penalty, 0.7, &x, &w, 0.4).unwrap();
    let dw = Tensor::from([[1.0, 0.5], [-0.3, 0.9]]);
    let (_, tangent) = penalty::jvp(0.7, &x, &w, 0.4, (1.0, vec![0.5, -1.0], dw.clone()));
    let expected = slope(|t| penalty(0.7 + t, &[0.3 + 0.5 * t, 0.8 - t], &(&w + &(&dw * t)), 0.4));
    close(tangent, expected);
}

#[test]
fn through_steps_of_gradient_descent() {
    gradcheck!(descent, &[0.7, 0.4], 0.05, 5).unwrap();
    let (_, tangent) = descent::jvp(&[0.7, 0.4], 0.05, 5, (vec![1.0, -0.5], 0.1));
    close(tangent, slope(|t| descent(&[0.7 + t, 0.4 - 0.5 * t], 0.05 + 0.1 * t, 5)));
}

#[differentiable(order = 2)]
fn smooth<T: Real>(x: T, k: T) -> T {
    (x * k).sin() * x.exp()
}

/// Generic functions nest deeper: the second derivative of a function of a second derivative.
#[differentiable(order = 2)]
fn curvature<T: Real>(x: T, k: T) -> T {
    let (dx, dk) = smooth::grad(x, k);
    dx * dx + dk * k
}

#[differentiable(order = 2)]
fn over_f64(x: f64) -> f64 {
    let (dx, dk) = smooth::grad(x * x, 0.5);
    dx * dk
}

#[differentiable]
fn thrice(x: f64) -> f64 {
    let (dx, dk) = curvature::grad(x, 1.3);
    dx * dk.sin()
}

#[test]
fn deeper() {
    gradcheck!(curvature, 0.4, 1.3).unwrap();
    gradgradcheck!(curvature, 0.4, 1.3).unwrap();
    gradgradcheck!(over_f64, 0.8).unwrap();
    gradcheck!(thrice, 0.4).unwrap();
    close(thrice::jvp(0.4, 1.0).1, slope(|t| thrice(0.4 + t)));
}

struct Functions;

impl Functions {
    #[differentiable(associated, order = 2)]
    fn cube(x: f64) -> f64 {
        x * x * x
    }

    #[differentiable(associated)]
    fn slope(x: f64) -> f64 {
        Self::cube_grad(x) * x + Functions::cube_grad(2.0 * x)
    }
}

#[test]
fn associated_functions() {
    // 3x³ + 12x²
    assert_eq!(Functions::slope_grad(2.0), 36.0 + 48.0);
}

#[differentiable]
fn value_and_force(x: f64) -> f64 {
    let (value, force) = energy::value_and_grad(x * x);
    value * force + force
}

/// Of which one part is not used.
#[differentiable(order = 2)]
fn residual<T: Real>(a: T, x: &[T], b: T) -> T {
    let (value, (da, dx, db)) = inner::value_and_grad(a * b, x, b);
    let (again, _) = inner::value_and_grad(b, x, a);
    value * da + dx[1] * db - again
}

#[differentiable(order = 2)]
fn inner<T: Real>(a: T, x: &[T], b: T) -> T {
    (a * x[0]).sin() * x[1].exp() + b * b * a * x[0]
}

#[test]
fn values_with_their_gradients() {
    // x⁶ · 3x⁴ + 3x⁴
    let (value, gradient) = value_and_force::value_and_grad(1.5);
    close(value, 3.0 * 1.5_f64.powi(10) + 3.0 * 1.5_f64.powi(4));
    close(gradient, 30.0 * 1.5_f64.powi(9) + 12.0 * 1.5_f64.powi(3));
    close(value_and_force::jvp(1.5, 2.0).1, 2.0 * gradient);
    gradcheck!(residual, 0.7, &[0.3, -0.4], 1.2).unwrap();
    gradgradcheck!(residual, 0.7, &[0.3, -0.4], 1.2).unwrap();
    let (_, tangent) = residual::jvp(0.7, &[0.3, -0.4], 1.2, (1.0, vec![-0.5, 2.0], 0.3));
    close(tangent, slope(|t| residual(0.7 + t, &[0.3 - 0.5 * t, -0.4 + 2.0 * t], 1.2 + 0.3 * t)));
}

/// The second derivative of a function with a rule is that of the rule.
#[differentiable(order = 2, vjp = quartic_rule)]
fn quartic<T: Real>(x: T) -> T {
    x.powi(4)
}

fn quartic_rule<T: Real>(x: T) -> (T, impl FnOnce(T) -> T) {
    (quartic(x), move |dy| dy * x.powi(3) * T::from_f64(4.0))
}

#[differentiable]
fn of_a_rule(x: f64) -> f64 {
    let (value, slope) = quartic::value_and_grad(x);
    value + quartic::grad(x) * slope
}

#[test]
fn rules() {
    // x⁴ + 16x⁶
    close(of_a_rule::grad(1.5), 4.0 * 1.5_f64.powi(3) + 96.0 * 1.5_f64.powi(5));
    close(of_a_rule::jvp(1.5, 1.0).1, 4.0 * 1.5_f64.powi(3) + 96.0 * 1.5_f64.powi(5));
}
