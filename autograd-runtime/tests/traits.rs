//! Differentiable methods of traits, and functions as arguments through them.
#![allow(clippy::pedantic, clippy::all, reason = "what users may write, not what is best")]

use autograd_runtime::prelude::*;

mod support;
use support::differences::check;

trait Potential: Differentiable + 'static {
    #[differentiable]
    fn energy(&self, x: f64) -> f64;

    /// With a body of its own.
    #[differentiable(trait)]
    fn twice(&self, x: f64) -> f64 {
        self.energy(x) + self.energy(x * x)
    }
}

#[derive(Differentiable, Clone)]
struct Spring {
    stiffness: f64,
    rest: f64,
}
impl Potential for Spring {
    #[differentiable(impl)]
    fn energy(&self, x: f64) -> f64 {
        let stretch = x - self.rest;
        0.5 * self.stiffness * stretch * stretch
    }
}

#[derive(Differentiable, Clone)]
struct Series {
    coefficients: Vec<f64>,
}
impl Potential for Series {
    #[differentiable(impl)]
    fn energy(&self, x: f64) -> f64 {
        self.coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c)
    }
    #[differentiable(impl)]
    fn twice(&self, x: f64) -> f64 {
        2.0 * self.energy(x) + self.coefficients[0].sin()
    }
}

#[differentiable]
fn along<P: Potential>(potential: &P, path: &[f64]) -> f64 {
    let mut sum = 0.0;
    for x in path {
        sum += potential.energy(*x) * potential.twice(*x);
    }
    sum
}

#[differentiable]
fn of_springs(v: &[f64]) -> f64 {
    let spring = Spring { stiffness: v[0], rest: v[1] };
    along(&spring, v) + spring.energy(v[2])
}
#[differentiable]
fn of_series(v: &[f64]) -> f64 {
    let series = Series { coefficients: v.to_vec() };
    along(&series, &v[1..])
}

#[test]
fn generic_functions_against_central_differences() {
    let at = [0.5, 1.5, -0.7, 1.1];
    check(of_springs, of_springs::value_and_grad, &at);
    check(of_series, of_series::value_and_grad, &at);
}

#[test]
fn a_trait_has_the_companions() {
    let spring = Spring { stiffness: 3.0, rest: 1.0 };
    let (value, (gradient, force)) = spring.energy_value_and_grad(3.0);
    assert_eq!((value, force), (6.0, 6.0));
    assert_eq!(gradient, SpringGrad { stiffness: 2.0, rest: -6.0 });
    assert_eq!(spring.energy_grad(3.0).1, 6.0);
    let (_, pullback) = spring.energy_vjp(3.0);
    assert_eq!(pullback.clone()(2.0).1, 12.0);
    spring.energy_gradcheck(3.0).unwrap();
    spring.twice_gradcheck(1.3).unwrap();
    let mut sum = (SpringGrad { stiffness: 1.0, rest: 0.0 }, 1.0);
    spring.energy_value_and_grad_into(3.0, &mut sum);
    assert_eq!(sum, (SpringGrad { stiffness: 3.0, rest: -6.0 }, 7.0));
}

/// The right-hand side of an ordinary differential equation.
trait Field: Differentiable {
    #[differentiable]
    fn slope(&self, t: f64, y: &[f64], out: &mut [f64]);
}

/// One step of Heun's method.
#[differentiable]
fn heun<F: Field>(field: &F, t: f64, y: &mut [f64], h: f64) {
    let n = y.len();
    let mut first = vec![0.0; n];
    field.slope(t, y, &mut first);
    let mut ahead = y.to_vec();
    for i in 0..n {
        ahead[i] += h * first[i];
    }
    let mut second = vec![0.0; n];
    field.slope(t + h, &ahead, &mut second);
    for i in 0..n {
        y[i] += 0.5 * h * (first[i] + second[i]);
    }
}

#[derive(Differentiable, Clone)]
struct Prey {
    birth: f64,
    death: f64,
}
impl Field for Prey {
    #[differentiable(impl)]
    fn slope(&self, t: f64, y: &[f64], out: &mut [f64]) {
        out[0] = self.birth * y[0] - y[0] * y[1] + t.sin();
        out[1] = y[0] * y[1] - self.death * y[1];
    }
}

#[differentiable]
fn simulated(v: &[f64]) -> f64 {
    let field = Prey { birth: v[0], death: v[1] };
    let mut y = [v[2], v[3]];
    for i in 0..5 {
        heun(&field, i as f64 * 0.1, &mut y, 0.1);
    }
    y[0] * y[1]
}

#[test]
fn an_integrator_takes_a_field() {
    check(simulated, simulated::value_and_grad, &[1.1, 0.4, 1.0, 0.5]);
}

/// The parameters of a function are fields, and those of one without any are none.
trait Activation {
    #[differentiable]
    fn apply(#[no_grad] &self, x: f64) -> f64;
}
struct Swish;
impl Activation for Swish {
    #[differentiable(impl)]
    fn apply(#[no_grad] &self, x: f64) -> f64 {
        x / (1.0 + (-x).exp())
    }
}
#[differentiable]
fn layer<A: Activation>(v: &[f64], #[no_grad] activation: &A) -> f64 {
    let mut sum = 0.0;
    for x in v {
        sum += activation.apply(*x) * x;
    }
    sum
}

#[test]
fn a_trait_without_a_gradient_of_its_own() {
    let f = |v: &[f64]| layer(v, &Swish);
    check(f, |v| layer::value_and_grad(v, &Swish), &[0.5, 1.5, -0.7, 1.1]);
}
