//! Derivatives by rules of the user's, `#[differentiable(vjp = rule)]`.

#![allow(clippy::type_complexity, reason = "a value and its pullback, written out")]

mod support;

use autograd_runtime::Node;
use autograd_runtime::prelude::*;
use std::cell::Cell;
use support::{check, signed};

thread_local! {
    static RULES: Cell<u32> = const { Cell::new(0) };
}

/// Not looked into: a search by bisection, which has no derivative line by line.
#[differentiable(vjp = cube_root_rule)]
fn cube_root(x: f64) -> f64 {
    let (mut low, mut high) = (0.0, x.abs().max(1.0));
    loop {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            return middle.copysign(x);
        }
        let target = if middle * middle * middle < x.abs() { &mut low } else { &mut high };
        *target = middle;
    }
}

fn cube_root_rule(x: f64) -> (f64, impl FnOnce(f64) -> f64) {
    RULES.set(RULES.get() + 1);
    let y = cube_root(x);
    (y, move |dy: f64| dy / (3.0 * y * y))
}

#[test]
fn a_scalar() {
    let (value, gradient) = cube_root::value_and_grad(27.0);
    assert!((value - 3.0).abs() < 1e-12 && (gradient - 1.0 / 27.0).abs() < 1e-12);
    assert_eq!(cube_root::grad(27.0), gradient);
    let mut sum = 1.0;
    assert_eq!(cube_root::value_and_grad_into(27.0, &mut sum), value);
    assert_eq!(sum, 1.0 + gradient);
    let (_, pullback) = cube_root::vjp(27.0);
    assert_eq!((pullback.clone()(2.0), pullback(1.0)), (2.0 * gradient, gradient));
    cube_root::gradcheck(5.0).unwrap();
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
fn called_by_a_differentiable_function() {
    RULES.set(0);
    let gradient = caller::grad(2.0, 8.0, 3);
    assert_eq!(RULES.get(), 3);
    check(|x| caller(*x, 8.0, 3), &2.0, &gradient);
}

/// Parameters of every kind: by value, by reference, without a gradient.
#[differentiable(vjp = weighted_rule)]
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

#[differentiable]
fn twice(x: &[f64], w: &Tensor<2, f64>) -> f64 {
    let all = weighted(x[0], x, w, 2.0, 3);
    let part = weighted(all.sin(), &x[1..3], w, 0.5, 2);
    all * part
}

#[test]
fn parameters_of_every_kind() {
    let (x, w) = (vec![0.3, -0.7, 1.1], signed([2, 3], 1));
    weighted::gradcheck(0.7, &x, &w, 2.0, 2).unwrap();
    let (value, (dx, dw)) = twice::value_and_grad(&x, &w);
    assert_eq!(value, twice(&x, &w));
    check(|x: &Vec<f64>| twice(x, &w), &x, &dx);
    check(|w| twice(&x, w), &w, &dw);
    let mut sum = (1.0, vec![1.0; 3], Tensor::ones([2, 3]));
    weighted::value_and_grad_into(0.7, &x, &w, 2.0, 2, &mut sum);
    let (da, dx, dw) = weighted::grad(0.7, &x, &w, 2.0, 2);
    assert_eq!(sum, (1.0 + da, dx.iter().map(|d| 1.0 + d).collect(), 1.0 + dw));
}

#[derive(Differentiable, Clone, Debug)]
struct Spring {
    stiffness: f64,
    rest: f64,
}

impl Spring {
    #[differentiable(vjp = Self::energy_rule)]
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
    let (value, (gradient, force)) = spring.energy_value_and_grad(3.0);
    assert_eq!(value, spring.energy(3.0));
    check(|spring: &Spring| spring.energy(3.0), &spring, &gradient);
    check(|length| spring.energy(*length), &3.0, &force);
    let lengths = vec![1.0, 2.5, 0.4];
    let (gradient, forces) = spring.chain_grad(&lengths);
    check(|spring: &Spring| spring.chain(&lengths), &spring, &gradient);
    check(|lengths: &Vec<f64>| spring.chain(lengths), &lengths, &forces);
}

/// Generic, with a value that is no scalar and of which a caller uses a part.
#[differentiable(vjp = polar_rule::<T>)]
fn polar<T: Real>(r: T, angle: T) -> (T, T) {
    (r * angle.cos(), r * angle.sin())
}

fn polar_rule<T: Real>(r: T, angle: T) -> ((T, T), impl FnOnce((T, T)) -> (T, T)) {
    let (sin, cos) = angle.sin_cos();
    ((r * cos, r * sin), move |(dx, dy)| (dx * cos + dy * sin, r * (dy * cos - dx * sin)))
}

#[differentiable]
fn abscissa(r: f64, angle: f64) -> f64 {
    polar(r, angle).0
}

#[differentiable(vjp = normalized_rule)]
fn normalized(x: Tensor<1, f64>) -> Tensor<1, f64> {
    let norm = x.norm();
    x / norm
}

fn normalized_rule(
    x: Tensor<1, f64>,
) -> (Tensor<1, f64>, Box<dyn FnOnce(Tensor<1, f64>) -> Tensor<1, f64>>) {
    let norm = x.norm();
    let y = x / norm;
    let kept = y.clone();
    (y, Box::new(move |dy| (&dy - &kept * kept.dot(&dy)) / norm))
}

/// The branch that is not taken leaves the cotangent of `y` a symbolic zero.
#[differentiable]
fn in_a_branch(x: &Tensor<1, f64>, wanted: bool) -> f64 {
    let y = normalized(x * 2.0);
    let mut sum = x.sum();
    if wanted {
        sum += y[[0]];
    }
    sum
}

#[test]
fn values_that_are_no_scalars() {
    assert_eq!(polar::vjp(2.0_f64, 0.0).1((1.0, 10.0)), (1.0, 20.0));
    abscissa::gradcheck(2.0, 0.4).unwrap();
    let x = signed([3], 1);
    for wanted in [true, false] {
        let gradient = in_a_branch::grad(&x, wanted);
        check(|x| in_a_branch(x, wanted), &x, &gradient);
    }
}

trait Potential: Differentiable {
    #[differentiable]
    fn at(&self, x: f64) -> f64;
}

impl Potential for Spring {
    #[differentiable(impl, vjp = Self::energy_rule)]
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
    let (gradient, dx) = sum::grad(&spring, 0.7);
    check(|spring: &Spring| sum(spring, 0.7), &spring, &gradient);
    check(|x| sum(&spring, *x), &0.7, &dx);
}

/// A type parameter that is no scalar, and a parameter that is changed but has no gradient.
#[differentiable(vjp = counted_rule)]
fn counted<P: Potential>(potential: &P, #[no_grad] calls: &mut u32, x: f64) -> f64 {
    *calls += 1;
    potential.at(x)
}

fn counted_rule<P: Potential>(
    potential: &P,
    calls: &mut u32,
    x: f64,
) -> (f64, impl FnOnce(f64) -> (P::Tangent, f64) + use<P>) {
    let value = counted(potential, calls, x);
    let (gradient, dx) = potential.at_grad(x);
    (value, move |dy| (gradient, dy * dx))
}

#[test]
fn type_parameters_and_what_is_changed() {
    let (spring, mut calls) = (Spring { stiffness: 3.0, rest: 1.2 }, 0);
    let (value, (gradient, dx)) = counted::value_and_grad(&spring, &mut calls, 0.7);
    assert_eq!((value, calls), (spring.at(0.7), 1));
    assert_eq!((gradient, dx), spring.energy_grad(0.7));
}

#[test]
fn the_graph_names_the_rule() {
    let nodes = weighted::graph().nodes();
    assert_eq!(nodes.len(), 6);
    assert_eq!(
        (nodes[5].operation(), nodes[5].operands()),
        ("weighted_rule", &[0, 1, 2, 3, 4][..])
    );
    let requires: Vec<bool> = nodes.iter().map(Node::requires_grad).collect();
    assert_eq!(requires, [true, true, true, false, false, true]);
}

#[differentiable(vjp = too_short_rule)]
fn too_short(x: &[f64]) -> f64 {
    x[0]
}

fn too_short_rule(x: &[f64]) -> (f64, impl FnOnce(f64) -> Vec<f64> + use<>) {
    (x[0], |dy| vec![dy])
}

#[test]
#[should_panic(expected = "the rule gives a gradient of 1 elements for `x`, which has 3")]
fn a_gradient_of_another_length() {
    assert_eq!(too_short(&[1.0]), 1.0);
    let _ = too_short::grad(&[1.0, 2.0, 3.0]);
}
