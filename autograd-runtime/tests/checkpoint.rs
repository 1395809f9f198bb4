//! `checkpoint!`: gradients against central differences, and against the same function without it.

#![allow(
    clippy::assign_op_pattern,
    clippy::cast_lossless,
    clippy::needless_pass_by_value,
    clippy::needless_range_loop,
    clippy::ptr_arg,
    clippy::useless_vec,
    reason = "forms of code that are tested"
)]

use autograd_runtime::nn::Linear;
use autograd_runtime::prelude::*;
use std::cell::Cell;

#[differentiable]
fn block(x: f64, y: f64) -> f64 {
    let scale = y.exp();
    let z = checkpoint! {
        let a = (x * scale).sin();
        let b = a * x.cos();
        b.exp() + a
    };
    z * z + scale
}

#[test]
fn a_block_with_a_value() {
    block::gradcheck(0.7, 0.2).unwrap();
}

#[differentiable]
fn changes(x: &[f64], w: f64) -> f64 {
    let mut sum = w;
    let mut list = vec![w; x.len()];
    let mut count = 0;
    for round in 0..3 {
        let last = checkpoint! {
            for i in 0..x.len() {
                if x[i] > 0.5 {
                    list[i] = (list[i] * x[i]).sin() + sum;
                    count += 1;
                } else {
                    list[i] *= x[i] + round as f64;
                }
            }
            sum = sum * list[0].cos() + count as f64;
            list[x.len() - 1]
        };
        sum += last * list[1];
    }
    sum + list.iter().sum::<f64>()
}

#[test]
fn a_block_that_changes_variables() {
    changes::gradcheck(&[0.3, 0.9, -0.4, 0.8], 0.6).unwrap();
}

#[differentiable]
fn square(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum()
}

#[differentiable]
fn scaled(x: &[f64], by: f64) -> Vec<f64> {
    x.iter().map(|x| (x * by).tanh()).collect()
}

#[differentiable]
fn calls(x: &[f64], by: f64) -> f64 {
    let mut state = x.to_vec();
    let mut total = 0.0;
    for k in 0..4 {
        checkpoint! {
            let next = scaled(&state, by + k as f64);
            total += square(&next) * square(&state);
            state = next;
        }
    }
    total
}

#[test]
fn calls_of_differentiable_functions() {
    calls::gradcheck(&[0.3, -0.8, 1.1], 0.4).unwrap();
}

/// What enters: a slice, an element of a loop, an index, a variable that changes later, a slice of a list
/// that changes later.
#[differentiable]
fn entering(points: &[[f64; 2]], w: [f64; 2]) -> f64 {
    let mut table = vec![w[0], w[1], 1.0];
    let half = &points[1..];
    let mut total = 0.0;
    let mut next = 0;
    for (i, p) in half.iter().enumerate() {
        let [a, b] = p;
        let z = checkpoint! {
            let u = a * table[next] + b * table[next + 1];
            (u + half[i][0]).sin() * total.exp()
        };
        table[next] = table[next] * z;
        next += 1;
        total += 0.1 * z;
        if next == 2 {
            next = 0;
        }
    }
    total + table[0] * table[1]
}

#[test]
fn everything_can_enter() {
    entering::gradcheck(&[[0.1, 0.2], [0.3, -0.4], [0.7, 0.5], [-0.2, 0.9]], [0.8, -0.6]).unwrap();
}

#[differentiable]
fn nested(x: f64, n: usize) -> f64 {
    let mut s = x;
    checkpoint!(
        every = 4,
        for i in 0..n {
            let inner = checkpoint! {
                let t = (s * x).sin();
                t * t + i as f64 * 0.1
            };
            checkpoint! { s = s * inner.cos() + x; }
        }
    );
    s
}

#[test]
fn checkpoints_in_checkpoints() {
    for n in [0, 1, 3, 4, 9] {
        nested::gradcheck(0.8, n).unwrap();
    }
}

#[differentiable]
fn pieces(x: &[f64], from: usize, n: usize, every: usize) -> f64 {
    let mut s = x.to_vec();
    let mut product = 1.0;
    checkpoint!(
        every = every,
        'steps: for step in from..n {
            if step % 3 == 2 {
                continue 'steps;
            }
            for i in 0..s.len() {
                s[i] = (s[i] + x[i] * step as f64).sin();
            }
            product *= s[0] + 1.5;
        }
    );
    product + s.iter().sum::<f64>()
}

#[differentiable]
fn whole(x: &[f64], from: usize, n: usize) -> f64 {
    let mut s = x.to_vec();
    let mut product = 1.0;
    for step in from..n {
        if step % 3 == 2 {
            continue;
        }
        for i in 0..s.len() {
            s[i] = (s[i] + x[i] * step as f64).sin();
        }
        product *= s[0] + 1.5;
    }
    product + s.iter().sum::<f64>()
}

#[test]
fn loops_in_pieces() {
    let x = [0.3, 0.8, -0.5];
    pieces::gradcheck(&x, 1, 8, 3).unwrap();
    for (from, n) in [(0, 0), (3, 1), (0, 1), (2, 9), (0, 12)] {
        for every in [1, 2, 3, 5, 12, 100] {
            assert_eq!(pieces(&x, from, n, every), whole(&x, from, n));
            let expected = whole::value_and_grad(&x, from, n);
            assert_eq!(pieces::value_and_grad(&x, from, n, every), expected);
        }
    }
}

#[test]
#[should_panic(expected = "`every` is 0")]
fn no_pieces() {
    pieces::grad(&[0.1], 0, 3, 0);
}

#[differentiable]
fn from_snapshots(x: &[f64], from: usize, n: usize, snapshots: usize) -> f64 {
    let mut s = x.to_vec();
    let mut product = 1.0;
    let shift = x[0] * 0.1;
    checkpoint!(
        snapshots = snapshots,
        for step in from..n {
            if step % 3 != 2 {
                for i in 0..s.len() {
                    s[i] = (s[i] + x[i] * step as f64).sin() + shift;
                }
                product *= s[0] + 1.5;
            }
        }
    );
    product + s.iter().sum::<f64>()
}

#[differentiable]
fn without_snapshots(x: &[f64], from: usize, n: usize) -> f64 {
    let mut s = x.to_vec();
    let mut product = 1.0;
    let shift = x[0] * 0.1;
    for step in from..n {
        if step % 3 != 2 {
            for i in 0..s.len() {
                s[i] = (s[i] + x[i] * step as f64).sin() + shift;
            }
            product *= s[0] + 1.5;
        }
    }
    product + s.iter().sum::<f64>()
}

#[test]
fn loops_from_snapshots() {
    let x = [0.3, 0.8, -0.5];
    from_snapshots::gradcheck(&x, 1, 8, 3).unwrap();
    for (from, n) in [(0, 0), (3, 1), (0, 1), (2, 9), (0, 12), (5, 40)] {
        let expected = without_snapshots::value_and_grad(&x, from, n);
        for snapshots in [1, 2, 3, 5, 12, 100] {
            assert_eq!(from_snapshots(&x, from, n, snapshots), expected.0);
            assert_eq!(from_snapshots::value_and_grad(&x, from, n, snapshots), expected);
        }
    }
}

/// Inside of a loop, around calls and a loop, with a counter, from a list that changes later.
#[differentiable]
fn turns(x: &[f64], by: f64, rounds: usize) -> f64 {
    let mut state = x.to_vec();
    let mut factors = vec![by; x.len()];
    let mut total = 0.0;
    let mut next = 0;
    for round in 0..rounds {
        checkpoint!(
            snapshots = 2,
            for k in 0..round + 3 {
                let moved = scaled(&state, factors[next % 3] + k as f64);
                next += 1;
                for value in &moved {
                    total += value * value * factors[0];
                }
                total += square(&state);
                state = moved;
            }
        );
        factors[round % 3] *= state[0];
        next += 2;
    }
    total + factors[1] * next as f64
}

#[test]
fn snapshots_in_a_loop() {
    turns::gradcheck(&[0.3, -0.8, 1.1], 0.4, 4).unwrap();
    let (x, h) = ([0.3, -0.8, 1.1], 1e-6);
    let (_, tangent) = turns::jvp(&x, 0.4, 3, (vec![0.0; 3], 1.0));
    let difference = (turns(&x, 0.4 + h, 3) - turns(&x, 0.4 - h, 3)) / (2.0 * h);
    assert!((tangent - difference).abs() < 1e-7 * difference.abs());
}

#[derive(Differentiable)]
struct Spring {
    stiffness: f64,
    damping: f64,
}

impl Spring {
    #[differentiable]
    fn force(&self, x: f64, v: f64) -> f64 {
        -self.stiffness * x - self.damping * v
    }

    #[differentiable]
    fn swing(&self, mut x: f64, #[no_grad] n: usize) -> f64 {
        let mut v = 0.0;
        checkpoint!(
            snapshots = 3,
            for _ in 0..n {
                v += 0.1 * self.force(x, v);
                x += 0.1 * v;
            }
        );
        x
    }
}

#[test]
fn snapshots_in_a_method() {
    let spring = Spring { stiffness: 0.9, damping: 0.2 };
    let (gradient, dx) = spring.swing_grad(1.0, 20);
    let h = 1e-6;
    let moved = |d: f64| Spring { stiffness: 0.9, damping: 0.2 + d }.swing(1.0, 20);
    assert!((gradient.damping - (moved(h) - moved(-h)) / (2.0 * h)).abs() < 1e-8);
    assert!(
        (dx - (spring.swing(1.0 + h, 20) - spring.swing(1.0 - h, 20)) / (2.0 * h)).abs() < 1e-8
    );
}

#[differentiable]
fn tensors(w: &Tensor<2, f64>, b: &Tensor<1, f64>, x: &Tensor<2, f64>, layers: usize) -> f64 {
    let mut h = x.clone();
    for _ in 0..layers {
        h = checkpoint! { (h.matmul(w) + b).tanh() };
    }
    (&h * &h).sum()
}

#[test]
fn layers_of_tensors() {
    let (w, b) = (Tensor::randn([3, 3], 1), Tensor::randn([3], 2));
    tensors::gradcheck(&w, &b, &Tensor::randn([2, 3], 3), 3).unwrap();
}

#[derive(Differentiable)]
struct Model {
    first: Linear<f64>,
    second: Linear<f64>,
    scale: f64,
}

impl Model {
    #[differentiable]
    fn hidden(&self, x: &Tensor<2, f64>) -> Tensor<2, f64> {
        self.first.forward(x).tanh()
    }

    #[differentiable]
    fn loss(&self, #[no_grad] x: &Tensor<2, f64>) -> f64 {
        let h = checkpoint! {
            let h = self.hidden(x);
            self.second.forward(&h).sigmoid() * self.scale
        };
        (&h * &h).sum()
    }

    #[differentiable]
    fn plain_loss(&self, #[no_grad] x: &Tensor<2, f64>) -> f64 {
        let h = self.hidden(x);
        let h = self.second.forward(&h).sigmoid() * self.scale;
        (&h * &h).sum()
    }
}

#[test]
fn methods() {
    let model = Model { first: Linear::new(3, 4, 1), second: Linear::new(4, 2, 2), scale: 1.7 };
    let x = Tensor::randn([5, 3], 3);
    assert_eq!(model.loss_value_and_grad(&x), model.plain_loss_value_and_grad(&x));
}

#[differentiable]
fn by_value(x: f64, list: Vec<f64>, mut scale: f64) -> f64 {
    let z = checkpoint! {
        let shifted: Vec<f64> = list.iter().map(|v| v * x + scale).collect();
        scale = scale * 2.0;
        shifted[0] * shifted[1]
    };
    z * scale + list[0]
}

#[test]
fn parameters_by_value() {
    by_value::gradcheck(0.4, vec![0.3, 0.9], 1.2).unwrap();
}

thread_local! {
    static RUNS: Cell<u32> = const { Cell::new(0) };
}

fn count() -> bool {
    RUNS.set(RUNS.get() + 1);
    true
}

#[differentiable]
fn asserted(x: f64) -> f64 {
    checkpoint! {
        assert!(count());
        x.sin() * x
    }
}

#[test]
fn assertions_run_once() {
    let before = RUNS.get();
    asserted::grad(0.3);
    assert_eq!(RUNS.get(), before + 1);
}

#[differentiable]
fn constants(x: f64, data: &[f64]) -> f64 {
    let scale = no_grad! { checkpoint! { x * 2.0 } };
    let y = checkpoint! {
        let weight = no_grad! { data[0] * x };
        weight * x + x.detach() * data[1]
    };
    y * scale
}

#[test]
fn stopped_gradients_stay_stopped() {
    let (x, data) = (0.7, [0.4, 1.3]);
    let (gradient, of_data) = constants::grad(x, &data);
    // y = c x + d data[1], with c = data[0] x, d = x and the scale 2 x all constants.
    assert!((gradient - data[0] * x * 2.0 * x).abs() < 1e-15);
    assert_eq!(of_data, [0.0, x * 2.0 * x]);
}

/// Forward mode runs the block once.
#[test]
fn tangents() {
    let (x, dx, h) = ([0.3, 0.9, -0.4, 0.8], [0.1, -0.2, 0.5, 0.3], 1e-6);
    let moved = |s: f64| -> Vec<f64> { x.iter().zip(&dx).map(|(x, dx)| x + s * dx).collect() };
    let (_, tangent) = changes::jvp(&x, 0.6, (dx.to_vec(), 0.7));
    let difference =
        (changes(&moved(h), 0.6 + 0.7 * h) - changes(&moved(-h), 0.6 - 0.7 * h)) / (2.0 * h);
    assert!((tangent - difference).abs() < 1e-7 * difference.abs(), "{tangent} {difference}");
}

#[differentiable(order = 2)]
fn curved(x: f64, y: f64) -> f64 {
    let mut s = y;
    checkpoint!(
        every = 2,
        for _ in 0..5 {
            s = (s * x).sin() + 0.5;
        }
    );
    checkpoint! { s * s * y }
}

#[test]
fn second_derivatives() {
    let (x, y, h) = (0.8, 0.3, 1e-6);
    let (xx, xy) = curved::hvp(x, y, (1.0, 0.0));
    let (right, left) = (curved::grad(x + h, y), curved::grad(x - h, y));
    assert!((xx - (right.0 - left.0) / (2.0 * h)).abs() < 1e-7);
    assert!((xy - (right.1 - left.1) / (2.0 * h)).abs() < 1e-7);
}

#[differentiable]
fn reads_a_reference(x: &mut Vec<f64>, w: f64) -> f64 {
    x[0] *= w;
    let y = checkpoint! { (x[0] * w).sin() + x[1] };
    x[1] = y * w;
    x[1] * x[0]
}

#[test]
fn a_reference_that_changes_later() {
    let (w, h) = (0.7, 1e-6);
    let f = |w: f64| reads_a_reference(&mut vec![0.3, 0.8], w);
    let (_, pullback) = reads_a_reference::vjp(&mut vec![0.3, 0.8], w);
    let (_, gradient) = pullback(1.0, vec![0.0, 0.0]);
    assert!((gradient - (f(w + h) - f(w - h)) / (2.0 * h)).abs() < 1e-8);
}

/// Outside of a differentiable function.
#[test]
fn plain_blocks() {
    let mut s = 1;
    let t = checkpoint! { s += 1; s * 2 };
    checkpoint!(
        every = 2,
        for i in 0..5_i32 {
            s += i;
        }
    );
    assert_eq!((s, t), (12, 4));
}

#[differentiable]
fn elements(x: &[f64], w: f64) -> f64 {
    let mut list = x.to_vec();
    for v in &mut list {
        *v *= checkpoint! { (*v * w).sin() };
    }
    list.iter().sum()
}

#[test]
fn an_element_that_changes_later() {
    elements::gradcheck(&[0.3, 0.8], 1.1).unwrap();
}

/// A list under two names enters by the second.
#[differentiable]
fn renamed(x: &[f64], w: f64) -> f64 {
    let first: Vec<f64> = (0..3).map(|i| i as f64 + 0.5).collect();
    let list = first;
    let mut total = w;
    for v in x {
        total = checkpoint! { (total * list[1] + v).sin() + list.iter().sum::<f64>() };
    }
    total
}

#[test]
fn a_list_that_was_moved() {
    renamed::gradcheck(&[0.3, 0.8], 1.1).unwrap();
}
