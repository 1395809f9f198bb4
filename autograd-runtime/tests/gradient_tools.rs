//! Looking at cotangents, and accumulating gradients over minibatches.

mod support;

use autograd_runtime::nn::Linear;
use autograd_runtime::prelude::*;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use support::signed;

#[differentiable]
fn looked_at(x: f64, y: f64, #[no_grad] seen: &RefCell<Vec<f64>>) -> f64 {
    let product = inspect_grad!(x * y, |g| seen.borrow_mut().push(*g));
    let root = inspect_grad!(product.sqrt(), |g| seen.borrow_mut().push(*g));
    3.0 * root + product
}

#[test]
fn cotangents_in_the_order_of_the_reverse_pass() {
    let seen = RefCell::default();
    let (value, gradient) = looked_at::value_and_grad(2.0, 8.0, &seen);
    // d/dp (3 √p + p) = 3 / (2 √p) + 1
    let product = 3.0 / 8.0 + 1.0;
    assert_eq!((value, gradient), (28.0, (8.0 * product, 2.0 * product)));
    assert_eq!(seen.take(), [3.0, product]);
    // The plain function looks at nothing, and neither does forward mode.
    assert_eq!(looked_at(2.0, 8.0, &seen), 28.0);
    assert_eq!(looked_at::jvp(2.0, 8.0, &seen, (1.0, -0.5)), (28.0, 7.0 * product));
    assert!(seen.take().is_empty());
}

/// What a hook reads: a parameter, a constant, an index, a value that is kept, the receiver.
#[derive(Differentiable)]
struct Chain {
    rate: f64,
    #[no_grad]
    log: Rc<RefCell<Vec<(usize, f64, f64)>>>,
}

impl Chain {
    #[differentiable]
    fn run(&self, x: f64, n: usize) -> f64 {
        let mut state = x;
        for i in 0..n {
            let before = state;
            state = inspect_grad!(before * self.rate, |g| {
                let entry = (i, before, g * self.rate);
                self.log.borrow_mut().push(entry);
            });
        }
        state
    }
}

#[test]
fn what_a_hook_reads() {
    let chain = Chain { rate: 3.0, log: Rc::default() };
    let (value, (gradient, dx)) = chain.run_value_and_grad(2.0, 3);
    assert_eq!((value, gradient.rate, dx), (54.0, 3.0 * 2.0 * 9.0, 27.0));
    assert_eq!(chain.log.take(), [(2, 18.0, 3.0), (1, 6.0, 9.0), (0, 2.0, 27.0)]);
}

thread_local! {
    static NORM: Cell<f64> = const { Cell::new(0.0) };
}

fn remember(g: &Tensor<2, f64>) {
    NORM.set(g.norm());
}

/// Of a tensor, by the name of a function, in a branch.
#[differentiable]
fn layer(w: &Tensor<2, f64>, #[no_grad] x: &Tensor<2, f64>, deep: bool) -> f64 {
    let h = inspect_grad!(x.matmul(w), remember);
    if deep {
        let a = inspect_grad!(h.tanh(), |g: &Tensor<2, f64>| assert_eq!(g.shape(), [2, 3]));
        a.sum()
    } else {
        h[[0, 1]]
    }
}

#[test]
fn tensors() {
    let (w, x) = (signed([4, 3], 1), signed([2, 4], 2));
    let gradient = layer::grad(&w, &x, true);
    let expected = x.matmul(&w).map(|h| 1.0 - h.tanh() * h.tanh());
    assert!((NORM.get() - expected.norm()).abs() < 1e-12);
    let difference = gradient - x.t().matmul(&expected);
    assert!(difference.abs().max() < 1e-12);
    let _ = layer::grad(&w, &x, false);
    assert_eq!(NORM.get(), 1.0);
}

/// A stopped value has no cotangent, and one that nothing depends on none either.
#[differentiable]
fn stopped(x: f64, #[no_grad] calls: &Cell<u32>) -> f64 {
    let constant = no_grad! { inspect_grad!(x * x, |_| calls.set(calls.get() + 1)) };
    let detached = inspect_grad!(x.detach(), |_| calls.set(calls.get() + 1));
    let _unused = inspect_grad!(2.0 * x, |_| calls.set(calls.get() + 1));
    constant * detached * x
}

#[test]
fn no_cotangent() {
    let calls = Cell::new(0);
    assert_eq!(stopped::value_and_grad(2.0, &calls), (16.0, 8.0));
    assert_eq!(stopped(2.0, &calls), 16.0);
    assert_eq!(calls.get(), 0);
}

/// In the closure of a chain, in an arm of a match, beside a name that is used twice.
#[differentiable]
fn nested(x: f64, y: Option<f64>, n: usize, #[no_grad] seen: &RefCell<Vec<String>>) -> f64 {
    let scale = 2.0;
    let sum: f64 = (0..n)
        .map(|i| {
            let power = i as f64 * scale;
            inspect_grad!(x * power, |g| seen.borrow_mut().push(format!("{i} {power}: {g}")))
        })
        .sum();
    let scale = 10.0;
    match y {
        Some(y) => {
            let product = inspect_grad!(y * sum, |g| {
                let text = format!("{scale}: {g}");
                seen.borrow_mut().push(text);
            });
            product * scale
        }
        None => sum,
    }
}

#[test]
fn in_closures_and_arms() {
    let seen = RefCell::default();
    let (gradient, _) = nested::grad(1.5, Some(3.0), 3, &seen);
    assert_eq!(gradient, 3.0 * 10.0 * (2.0 + 4.0));
    assert_eq!(seen.take(), ["10: 10", "2 4: 30", "1 2: 30", "0 0: 30"]);
    let _ = nested::grad(1.5, None, 1, &seen);
    assert_eq!(seen.take(), ["0 0: 1"]);
}

#[test]
fn outside_of_a_differentiable_function() {
    let x = inspect_grad!(vec![1.0, 2.0], |g| unreachable!("{g:?}"));
    assert_eq!(x, [1.0, 2.0]);
}

#[differentiable]
fn squares(
    model: &Linear<f64>,
    #[no_grad] x: &Tensor<2, f64>,
    #[no_grad] y: &Tensor<2, f64>,
) -> f64 {
    loss::mse_loss(&model.forward(x), y, loss::Reduction::Sum)
}

/// Minibatches add up to the gradient of all: Σ 2 xᵀ (x w + b - y), in closed form.
#[test]
fn accumulated_over_minibatches() {
    let model = Linear::<f64>::new(3, 2, 1);
    let (x, y) = (signed([8, 3], 2), signed([8, 2], 3));
    let mut gradient = model.zero_tangent();
    let mut total = 0.0;
    for batch in 0..4 {
        let rows = 2 * batch..2 * batch + 2;
        let (x, y) = (x.slice(0, rows.clone()), y.slice(0, rows));
        total += squares::value_and_grad_into(&model, &x, &y, &mut gradient);
    }
    let residual = x.matmul(&model.weight) + &model.bias - &y;
    assert!((total - residual.square().sum()).abs() < 1e-12);
    let expected = 2.0 * x.t().matmul(&residual);
    assert!((&gradient.weight - expected).abs().max() < 1e-12);
    assert!((&gradient.bias - 2.0 * residual.sum_axis(0)).abs().max() < 1e-12);
    // From zero, the same once more.
    gradient.zero();
    squares::value_and_grad_into(&model, &x, &y, &mut gradient);
    assert!((&gradient.bias - 2.0 * residual.sum_axis(0)).abs().max() < 1e-12);
}
