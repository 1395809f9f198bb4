//! Tangents by rules of the user's, `#[differentiable(vjp = rule, jvp = rule)]`, against central differences.

#![allow(clippy::type_complexity, reason = "a value and its pullback, written out")]

mod support;

use autograd_runtime::prelude::*;
use std::cell::Cell;
use support::signed;

thread_local! {
    static RULES: Cell<u32> = const { Cell::new(0) };
}

#[track_caller]
fn close(got: f64, expected: f64) {
    assert!((got - expected).abs() < 1e-7 * expected.abs().max(1.0), "{got}, not {expected}");
}

/// The derivative at 0 by central differences.
fn slope(f: impl Fn(f64) -> f64) -> f64 {
    (f(1e-5) - f(-1e-5)) / 2e-5
}

/// Not looked into: Newton's iteration.
#[differentiable(vjp = cube_root_rule, jvp = cube_root_tangent)]
fn cube_root(x: f64) -> f64 {
    let mut y = x;
    for _ in 0..100 {
        y -= (y * y * y - x) / (3.0 * y * y);
    }
    y
}

fn cube_root_rule(x: f64) -> (f64, impl FnOnce(f64) -> f64) {
    let y = cube_root(x);
    (y, move |dy: f64| dy / (3.0 * y * y))
}

fn cube_root_tangent(x: f64, dx: f64) -> (f64, f64) {
    RULES.set(RULES.get() + 1);
    let y = cube_root(x);
    (y, dx / (3.0 * y * y))
}

/// Called like any other, and not called where nothing is active.
#[differentiable]
fn caller(x: f64, #[no_grad] c: f64, n: usize) -> f64 {
    let mut y = x;
    for _ in 0..n {
        y = cube_root(y * x) + cube_root(c);
    }
    y
}

#[test]
fn scalars_and_callers() {
    let (value, tangent) = cube_root::jvp(27.0, 2.0);
    close(value, 3.0);
    close(tangent, 2.0 / 27.0);
    close(cube_root::jacobian(8.0)[[0, 0]], 1.0 / 12.0);
    RULES.set(0);
    let (value, tangent) = caller::jvp(2.0, 8.0, 3, 0.5);
    assert_eq!((value, RULES.get()), (caller(2.0, 8.0, 3), 3));
    close(tangent, slope(|t| caller(2.0 + 0.5 * t, 8.0, 3)));
}

/// Parameters of every kind: by value, by reference, without a gradient.
#[differentiable(vjp = weighted_rule, jvp = weighted_tangent)]
fn weighted(a: f64, x: &[f64], w: &Tensor<2, f64>, #[no_grad] scale: f64, n: usize) -> f64 {
    a * x.iter().take(n).sum::<f64>() * w.sum() * scale
}

fn weighted_rule(
    a: f64,
    x: &[f64],
    w: &Tensor<2, f64>,
    scale: f64,
    n: usize,
) -> (f64, impl FnOnce(f64) -> (f64, Vec<f64>, Tensor<2, f64>) + use<>) {
    let (sum, total, shape, len) = (x.iter().take(n).sum::<f64>(), w.sum(), w.shape(), x.len());
    let pullback = move |dy: f64| {
        let dx = (0..len).map(|i| if i < n { dy * a * total * scale } else { 0.0 }).collect();
        (dy * sum * total * scale, dx, Tensor::full(shape, dy * a * sum * scale))
    };
    (a * sum * total * scale, pullback)
}

fn weighted_tangent(
    a: f64,
    x: &[f64],
    w: &Tensor<2, f64>,
    scale: f64,
    n: usize,
    (da, dx, dw): (f64, Vec<f64>, Tensor<2, f64>),
) -> (f64, f64) {
    let (sum, total) = (x.iter().take(n).sum::<f64>(), w.sum());
    let dsum: f64 = dx.iter().take(n).sum();
    let tangent = scale * (da * sum * total + a * dsum * total + a * sum * dw.sum());
    (a * sum * total * scale, tangent)
}

#[differentiable]
fn twice(x: &[f64], w: &Tensor<2, f64>) -> f64 {
    let all = weighted(x[0], x, w, 2.0, 3);
    let part = weighted(all.sin(), &x[1..3], w, 0.5, 2);
    all * part
}

#[test]
fn parameters_of_every_kind() {
    let (x, w) = (vec![0.3, -0.7, 1.1], signed([2, 3], 1));
    let (dx, dw) = (vec![1.0, 0.5, -2.0], signed([2, 3], 2));
    let moved = |t: f64| -> (Vec<f64>, Tensor<2, f64>) {
        (x.iter().zip(&dx).map(|(x, dx)| x + t * dx).collect(), &w + &dw * t)
    };
    let (value, tangent) = weighted::jvp(0.7, &x, &w, 2.0, 2, (0.2, dx.clone(), dw.clone()));
    close(value, weighted(0.7, &x, &w, 2.0, 2));
    let expected = slope(|t| {
        let (x, w) = moved(t);
        weighted(0.7 + 0.2 * t, &x, &w, 2.0, 2)
    });
    close(tangent, expected);
    let (value, tangent) = twice::jvp(&x, &w, (dx.clone(), dw.clone()));
    close(value, twice(&x, &w));
    let expected = slope(|t| {
        let (x, w) = moved(t);
        twice(&x, &w)
    });
    close(tangent, expected);
}

#[derive(Differentiable, Clone, Debug)]
struct Spring {
    stiffness: f64,
    rest: f64,
}

impl Spring {
    #[differentiable(vjp = Self::energy_rule, jvp = Self::energy_tangent)]
    fn energy(&self, length: f64) -> f64 {
        0.5 * self.stiffness * (length - self.rest).powi(2)
    }

    fn energy_rule(&self, length: f64) -> (f64, impl FnOnce(f64) -> (SpringGrad, f64) + use<>) {
        let Self { stiffness, rest } = *self;
        let stretch = length - rest;
        let pullback = move |dy: f64| {
            let force = dy * stiffness * stretch;
            (SpringGrad { stiffness: 0.5 * dy * stretch * stretch, rest: -force }, force)
        };
        (self.energy(length), pullback)
    }

    fn energy_tangent(&self, length: f64, (spring, dlength): (SpringGrad, f64)) -> (f64, f64) {
        let stretch = length - self.rest;
        let tangent = 0.5 * spring.stiffness * stretch * stretch
            + self.stiffness * stretch * (dlength - spring.rest);
        (self.energy(length), tangent)
    }

    #[differentiable]
    fn chain(&self, lengths: &[f64]) -> f64 {
        let mut sum = 0.0;
        for length in lengths {
            sum += self.energy(*length) * self.rest;
        }
        sum
    }
}

#[test]
fn methods() {
    let spring = Spring { stiffness: 3.0, rest: 1.2 };
    let direction = SpringGrad { stiffness: 0.5, rest: -1.0 };
    let moved = |t: f64| Spring { stiffness: 3.0 + 0.5 * t, rest: 1.2 - t };
    let (value, tangent) = spring.energy_jvp(3.0, (direction.clone(), 2.0));
    close(value, spring.energy(3.0));
    close(tangent, slope(|t| moved(t).energy(3.0 + 2.0 * t)));
    let (_, tangent) = spring.chain_jvp(&[1.0, 2.5], (direction, vec![1.0, -1.0]));
    close(tangent, slope(|t| moved(t).chain(&[1.0 + t, 2.5 - t])));
}

trait Potential: Differentiable {
    #[differentiable]
    fn at(&self, x: f64) -> f64;
}

impl Potential for Spring {
    #[differentiable(impl, vjp = Self::energy_rule, jvp = Self::energy_tangent)]
    fn at(&self, x: f64) -> f64 {
        self.energy(x)
    }
}

#[differentiable]
fn sum<P: Potential>(potential: &P, x: f64) -> f64 {
    potential.at(x) + potential.at(2.0 * x)
}

#[test]
fn methods_of_traits() {
    let spring = Spring { stiffness: 3.0, rest: 1.2 };
    let moved = |t: f64| Spring { stiffness: 3.0 + 0.5 * t, rest: 1.2 - t };
    let direction = SpringGrad { stiffness: 0.5, rest: -1.0 };
    let (_, tangent) = sum::jvp(&spring, 0.7, (direction, 1.5));
    close(tangent, slope(|t| sum(&moved(t), 0.7 + 1.5 * t)));
}

/// Generic, with a value that is no scalar and of which a caller uses a part.
#[differentiable(vjp = polar_rule::<T>, jvp = polar_tangent)]
fn polar<T: Real>(r: T, angle: T) -> (T, T) {
    (r * angle.cos(), r * angle.sin())
}

fn polar_rule<T: Real>(r: T, angle: T) -> ((T, T), impl FnOnce((T, T)) -> (T, T)) {
    let (sin, cos) = angle.sin_cos();
    ((r * cos, r * sin), move |(dx, dy)| (dx * cos + dy * sin, r * (dy * cos - dx * sin)))
}

fn polar_tangent<T: Real>(r: T, angle: T, (dr, dangle): (T, T)) -> ((T, T), (T, T)) {
    let (sin, cos) = angle.sin_cos();
    ((r * cos, r * sin), (dr * cos - r * sin * dangle, dr * sin + r * cos * dangle))
}

#[differentiable]
fn abscissa(r: f64, angle: f64) -> f64 {
    polar(r, angle).0
}

#[test]
fn values_that_are_no_scalars() {
    assert_eq!(polar::jvp(2.0_f64, 0.0, (1.0, 10.0)).1, (1.0, 20.0));
    let (_, tangent) = abscissa::jvp(2.0, 0.4, (0.3, -0.7));
    close(tangent, slope(|t| abscissa(2.0 + 0.3 * t, 0.4 - 0.7 * t)));
    let jacobian = polar::jacobian(2.0_f64, 0.4);
    close(jacobian[[0, 1]], -2.0 * 0.4_f64.sin());
    close(jacobian[[1, 0]], 0.4_f64.sin());
}

/// A rule may give a symbolic zero of a tensor, but no tensor of another size.
#[differentiable(vjp = steps_rule, jvp = steps_tangent)]
fn steps(x: &Tensor<1, f64>, wrong: bool) -> Tensor<1, f64> {
    if wrong { x.floor() } else { x.ceil() }
}

fn steps_rule(
    x: &Tensor<1, f64>,
    wrong: bool,
) -> (Tensor<1, f64>, impl FnOnce(Tensor<1, f64>) -> Tensor<1, f64> + use<>) {
    (steps(x, wrong), |_| Tensor::symbolic_zero())
}

fn steps_tangent(
    x: &Tensor<1, f64>,
    wrong: bool,
    _: Tensor<1, f64>,
) -> (Tensor<1, f64>, Tensor<1, f64>) {
    let tangent = if wrong { Tensor::ones([2]) } else { Tensor::symbolic_zero() };
    (steps(x, wrong), tangent)
}

#[differentiable]
fn offset(x: &Tensor<1, f64>) -> f64 {
    (steps(x, false) * x).sum()
}

#[test]
fn symbolic_zeros() {
    let x = Tensor::from([0.5, 1.5, -0.3]);
    assert_eq!(steps::jvp(&x, false, x.clone()).1, Tensor::zeros([3]));
    close(offset::jvp(&x, Tensor::ones([3])).1, 1.0 + 2.0);
}

#[test]
#[should_panic(expected = "the rule gives a tangent of 2 elements for the value, which has 3")]
fn a_tangent_of_another_size() {
    let x = Tensor::from([0.5, 1.5, -0.3]);
    let _ = steps::jvp(&x, true, x.clone());
}
