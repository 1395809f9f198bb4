//! Forward mode: `jvp` against closed forms, dual numbers and central differences.

#![allow(
    clippy::pedantic,
    clippy::all,
    dead_code,
    unused_assignments,
    reason = "what users may write, not what is best"
)]

use autograd_runtime::prelude::*;

#[path = "forward/memory.rs"]
mod memory;
#[path = "forward/tensors.rs"]
mod tensors;
#[path = "forward/types.rs"]
mod types;

#[differentiable]
fn polynomial(x: f64, y: f64) -> f64 {
    let a = x * y;
    a.sin() + x / y
}

#[test]
fn the_tangent_is_the_derivative_in_a_direction() {
    let (x, y) = (1.0_f64, 2.0_f64);
    let (dx, dy) = (2.0 * 2.0_f64.cos() + 0.5, 2.0_f64.cos() - 0.25);
    let (value, tangent) = polynomial::jvp(x, y, (1.0, 0.0));
    assert_eq!(value, polynomial(x, y));
    assert!((tangent - dx).abs() < 1e-15);
    let (_, tangent) = polynomial::jvp(x, y, (0.0, 1.0));
    assert!((tangent - dy).abs() < 1e-15);
    let (_, tangent) = polynomial::jvp(x, y, (3.0, -2.0));
    assert!((tangent - (3.0 * dx - 2.0 * dy)).abs() < 1e-14);
}

#[differentiable]
fn contract(a: f64, b: &[f64], n: usize) -> f64 {
    let mut sum = 0.0;
    for i in 0..n {
        sum += a * b[i] * b[i];
    }
    sum
}

#[test]
fn what_has_no_gradient_has_no_tangent() {
    let (value, tangent) = contract::jvp(2.0, &[3.0, 4.0, 5.0], 2, (1.0, vec![0.5, 0.0, 7.0]));
    assert_eq!((value, tangent), (50.0, 25.0 + 2.0 * 2.0 * 3.0 * 0.5));
    // A tangent that is a symbolic zero, as optimizers take one, is zero.
    let (_, tangent) = contract::jvp(2.0, &[3.0, 4.0, 5.0], 2, (1.0, vec![]));
    assert_eq!(tangent, 25.0);
}

/// Loops, branches, early exits, and memory that is written to.
#[differentiable]
fn wandering<T: Real>(x: &[T], k: T) -> T {
    let mut v = x.to_vec();
    let mut sum = T::from_f64(0.25) * k;
    for i in 0..v.len() {
        if v[i] > T::from_f64(1.5) {
            v[i] = v[i].sqrt() * k;
            continue;
        }
        let j = v.len() - 1 - i;
        let t = v[j];
        v[j] = t * v[i].exp();
        sum += v[j].tanh() / (k + T::ONE);
        if sum > T::from_f64(40.0) {
            return sum * k;
        }
    }
    let mut n = 0;
    while sum < T::from_f64(3.0) && n < 20 {
        sum = sum * T::from_f64(1.5) + k.powi(2) * v[n % v.len()].sin().abs();
        n += 1;
    }
    v.push(sum);
    v.iter().map(|&x| x * x).sum::<T>() + v[v.len() - 1].atan()
}

/// The same over dual numbers.
fn wandering_dual(x: &[num_dual::Dual64], k: num_dual::Dual64) -> num_dual::Dual64 {
    use num_dual::DualNum;
    let mut v = x.to_vec();
    let mut sum = k * 0.25;
    for i in 0..v.len() {
        if v[i].re > 1.5 {
            v[i] = v[i].sqrt() * k;
            continue;
        }
        let j = v.len() - 1 - i;
        let t = v[j];
        v[j] = t * v[i].exp();
        sum += v[j].tanh() / (k + 1.0);
        if sum.re > 40.0 {
            return sum * k;
        }
    }
    let mut n = 0;
    while sum.re < 3.0 && n < 20 {
        let sine = v[n % v.len()].sin();
        sum = sum * 1.5 + k.powi(2) * if sine.re < 0.0 { -sine } else { sine };
        n += 1;
    }
    v.push(sum);
    v.iter().map(|x| x * x).sum::<num_dual::Dual64>() + v[v.len() - 1].atan()
}

#[test]
fn control_flow_and_memory_against_dual_numbers() {
    use num_dual::Dual64;
    for (x, k) in [
        ([0.3, 1.2, -0.4, 2.0], 0.8),
        ([2.5, 1.9, 0.1, 0.7], 1.3),
        ([1.4, 1.3, 1.2, 1.1], 9.0),
        ([-3.0, -2.0, -1.0, -0.5], 0.2),
    ] {
        let direction = [1.0, -0.5, 0.25, 2.0];
        let (value, tangent) = wandering::jvp(&x, k, (direction.to_vec(), 0.5));
        let dual: Vec<Dual64> =
            x.iter().zip(direction).map(|(&x, dx)| Dual64::new(x, dx)).collect();
        let expected = wandering_dual(&dual, Dual64::new(k, 0.5));
        assert_eq!(value, wandering(&x, k));
        assert!((value - expected.re).abs() <= 1e-12 * expected.re.abs());
        let scale = expected.eps.abs().max(1.0);
        assert!((tangent - expected.eps).abs() <= 1e-11 * scale, "{tangent}, not {}", expected.eps);
    }
}

#[differentiable]
fn scaled(v: &mut [f64], k: f64) {
    for x in v {
        *x *= k;
    }
}

#[differentiable]
fn scaled_sum(v: &mut Vec<f64>, k: f64) -> f64 {
    scaled(v, k);
    v.push(k * k);
    v.iter().sum()
}

#[test]
fn what_is_taken_by_mut_has_a_tangent_on_exit() {
    let mut v = [1.0, -2.0];
    let ((), exit) = scaled::jvp(&mut v, 3.0, (vec![10.0, 20.0], 1.0));
    assert_eq!(v, [3.0, -6.0]);
    assert_eq!(exit, [10.0 * 3.0 + 1.0, 20.0 * 3.0 - 2.0]);
    let mut v = vec![1.0, -2.0];
    let (value, (tangent, exit)) = scaled_sum::jvp(&mut v, 3.0, (vec![0.0, 0.0], 1.0));
    assert_eq!((value, v), (-3.0 + 9.0, vec![3.0, -6.0, 9.0]));
    assert_eq!((tangent, exit), (-1.0 + 6.0, vec![1.0, -2.0, 6.0]));
}

#[differentiable]
fn power(x: f64, n: u32) -> f64 {
    if n == 0 { 1.0 } else { x * power(x, n - 1) }
}

#[differentiable]
fn stopped(x: f64, y: f64) -> f64 {
    let c = x.detach() * y;
    let d = no_grad! { x * x };
    let mut z = x * y;
    no_grad! { z = 2.0 * y; }
    c + d * x + z
}

#[test]
fn recursion_and_stop_gradients() {
    let (value, tangent) = power::jvp(1.5, 4, 2.0);
    assert_eq!((value, tangent), (5.0625, 2.0 * 4.0 * 1.5 * 1.5 * 1.5));
    // As the gradient: y, x² and z are constants where they are cut.
    let (value, tangent) = stopped::jvp(3.0, 5.0, (1.0, 0.0));
    assert_eq!((value, tangent), (15.0 + 27.0 + 10.0, 9.0));
    let (_, tangent) = stopped::jvp(3.0, 5.0, (0.0, 1.0));
    assert_eq!(tangent, 3.0);
}

trait Energy: Differentiable {
    #[differentiable(trait)]
    fn energy(&self, x: f64) -> f64;
}

#[derive(Differentiable, Clone)]
struct Spring {
    stiffness: f64,
    #[no_grad]
    rest: f64,
}

impl Energy for Spring {
    #[differentiable(impl)]
    fn energy(&self, x: f64) -> f64 {
        let stretch = x - self.rest;
        0.5 * self.stiffness * stretch * stretch
    }
}

#[differentiable]
fn total<E: Energy>(spring: &E, x: &[f64]) -> f64 {
    x.iter().map(|&x| spring.energy(x)).sum()
}

#[test]
fn methods_of_traits() {
    let spring = Spring { stiffness: 2.0, rest: 1.0 };
    let dot = SpringGrad { stiffness: 0.5, rest: NoTangent };
    let (value, tangent) = spring.energy_jvp(3.0, (dot.clone(), 1.0));
    assert_eq!((value, tangent), (4.0, 0.25 * 4.0 + 2.0 * 2.0));
    let (value, tangent) = total::jvp(&spring, &[3.0, 2.0], (dot, vec![1.0, 0.0]));
    assert_eq!((value, tangent), (5.0, 0.25 * 5.0 + 4.0));
}

#[test]
fn jvp_and_vjp_are_transposes() {
    // ȳ (J ẋ) = (ȳ J) ẋ
    let (x, k) = ([0.3, 1.2, -0.4, 2.0], 0.8);
    let (dx, dk) = ([0.5, -1.0, 2.0, 0.25], -0.75);
    let (_, tangent) = wandering::jvp(&x, k, (dx.to_vec(), dk));
    let (_, (gx, gk)) = wandering::value_and_grad(&x, k);
    let product: f64 = gx.iter().zip(dx).map(|(g, d)| g * d).sum::<f64>() + gk * dk;
    assert!((tangent - product).abs() < 1e-12 * product.abs().max(1.0));
}

#[differentiable]
fn at_a_pole(x: f64, y: f64) -> f64 {
    x.sqrt() * y + y.powf(0.5 + x)
}

#[test]
fn a_tangent_of_zero_contributes_nothing_where_the_derivative_is_infinite() {
    // Along y alone: √0 + 1/2 y^(-1/2).
    assert_eq!(at_a_pole::jvp(0.0, 4.0, (0.0, 1.0)), (2.0, 0.25));
    assert_eq!(at_a_pole::jvp(0.0, 4.0, (1.0, 0.0)).1, f64::INFINITY);
}
