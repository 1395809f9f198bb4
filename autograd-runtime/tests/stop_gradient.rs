//! Every way to stop a gradient, for scalars and tensors, against closed forms; the values stay
//! those of the plain function.

#![allow(
    unused_assignments,
    clippy::all,
    clippy::pedantic,
    reason = "assignments in `no_grad!` cut the variable, and every way to write one is tested"
)]

mod support;

use autograd_runtime::prelude::*;
use autograd_runtime::private::gemm_count;
use support::{check, signed, weights};

/// Functions of two scalars, with the gradient that they must have at `(2, 3)`.
macro_rules! scalars {
    ($($name:ident |$x:ident, $y:ident| $body:expr => $gradient:expr;)*) => {$(
        #[test]
        fn $name() {
            #[differentiable]
            fn f($x: f64, $y: f64) -> f64 {
                let value = $body;
                value
            }
            let (value, gradient) = f::value_and_grad(2.0, 3.0);
            assert_eq!(value, f(2.0, 3.0));
            let expected: (f64, f64) = $gradient;
            assert_eq!(gradient, expected);
        }
    )*};
}

scalars! {
    variable |x, y| x * y.detach() => (3.0, 0.0);
    variable_beside_itself |x, y| x * x.detach() * y => (6.0, 4.0);
    temporary |x, y| (x * y).detach() * x + y => (6.0, 1.0);
    twice |x, y| x.detach().detach() * y => (0.0, 2.0);
    result_of_a_method |x, y| x * (y * y).detach().sqrt() => (3.0, 0.0);
    element |x, y| { let a = [x, y]; a[0] * a[1].detach() } => (3.0, 0.0);
    tuple |x, y| { let t = (x, y); t.0 * t.1.detach() + t.1 } => (3.0, 1.0);
    named |x, y| { let z = x * y; let fixed = z.detach(); z * fixed } => (18.0, 12.0);
    in_a_loop |x, y| {
        let mut s = x;
        for _ in 0..3 {
            s = s.detach() * y + x;
        }
        // s: 2, 8, 26, 80; the last step alone has a gradient.
        s
    } => (1.0, 26.0);
    in_a_loop_by_index |x, y| {
        let mut s = 0.0;
        for i in 0..3 {
            s += x.powi(i).detach() * y * x;
        }
        s
    } => (21.0, 14.0);
    in_a_branch |x, y| if x > 1.0 { x.detach() * y } else { x * y } => (0.0, 2.0);
    in_the_other_branch |x, y| if x > 9.0 { x.detach() * y } else { x * y } => (3.0, 2.0);
    in_a_condition |x, y| if (x * y).detach() > 5.0 { x } else { y } => (1.0, 0.0);
    of_what_is_assigned_later |x, y| {
        let mut a = x;
        let before = a.detach();
        a *= y;
        a * before
    } => (6.0, 4.0);
    assigned_detached |x, y| { let mut a = x * y; a = a.detach(); a * x } => (6.0, 0.0);
    added_detached |x, y| { let mut a = x * y; a += x.detach(); a } => (3.0, 2.0);

    block |x, y| no_grad! { x * x } * y => (0.0, 4.0);
    block_with_statements |x, y| {
        let z = no_grad! { let a = x * y; let b = a * a; b };
        z * x
    } => (36.0, 0.0);
    block_that_cuts |x, y| { let mut a = x * y; no_grad! { a = a * 2.0; } a * x } => (12.0, 0.0);
    block_that_cuts_by_a_compound_assignment |x, y| {
        let mut a = x * y;
        no_grad! { a *= 2.0; }
        a * x
    } => (12.0, 0.0);
    block_that_leaves_the_others |x, y| {
        let mut a = x;
        let mut b = y;
        no_grad! { a *= 2.0; }
        b *= 2.0;
        a * b
    } => (0.0, 8.0);
    block_in_a_loop |x, y| {
        let mut s = 0.0;
        for _ in 0..3 {
            let c = no_grad! { s + x };
            s += c * y;
        }
        // c: 2, 8, 32.
        s
    } => (0.0, 42.0);
    block_with_a_loop |x, y| {
        let n = no_grad! { let mut s = 1.0; for _ in 0..3 { s *= x; } s };
        n * y * x
    } => (24.0, 16.0);
    enabled_again |x, y| no_grad! { let c = x * 10.0; enable_grad! { c * y } } => (0.0, 20.0);
    enabled_of_an_outer_variable |x, y| no_grad! { x * enable_grad! { x * y } } + y => (0.0, 1.0);
    enabled_and_disabled |x, y| {
        no_grad! { enable_grad! { x * no_grad! { y * x } } }
    } => (6.0, 0.0);
    enabled_outside |x, y| enable_grad! { x * y } => (3.0, 2.0);

    literal_true |x, y| set_grad_enabled!(true, { x * y }) => (3.0, 2.0);
    literal_false |x, y| set_grad_enabled!(false, { x * y }) * x => (6.0, 0.0);
    enabled_in_no_grad |x, y| no_grad! { set_grad_enabled!(true, { x * y }) } => (3.0, 2.0);
    disabled_in_enabled |x, y| {
        set_grad_enabled!(true, { x * set_grad_enabled!(false, { y * y }) })
    } => (9.0, 0.0);
}

#[differentiable]
fn gated(x: f64, y: f64, mode: bool) -> f64 {
    let mut a = x;
    let b = set_grad_enabled!(mode, {
        a *= 2.0;
        x * y
    });
    a * b + y
}

#[test]
fn a_mode_read_at_run_time() {
    assert_eq!(gated::value_and_grad(2.0, 3.0, true), (27.0, (4.0 * 2.0 * 3.0, 2.0 * 4.0 + 1.0)));
    assert_eq!(gated::value_and_grad(2.0, 3.0, false), (27.0, (0.0, 1.0)));
    assert_eq!(gated(2.0, 3.0, true), 27.0);
}

#[differentiable]
fn gated_each_time(x: f64, modes: &[bool]) -> f64 {
    let mut s = 1.0;
    for i in 0..modes.len() {
        s *= set_grad_enabled!(modes[i], { x });
    }
    s
}

#[test]
fn a_mode_that_changes_in_a_loop() {
    for (modes, gradient) in [([true; 3], 12.0), ([true, false, true], 8.0), ([false; 3], 0.0)] {
        assert_eq!(gated_each_time::value_and_grad(2.0, &modes), (8.0, gradient));
    }
}

#[differentiable]
fn parameter(#[no_grad] x: f64, y: f64, #[no_grad] z: &[f64]) -> f64 {
    x * x * y * z[0]
}

#[test]
fn a_parameter_without_gradient() {
    assert_eq!(parameter::value_and_grad(2.0, 3.0, &[5.0]), (60.0, 20.0));
}

#[differentiable]
fn scaled<T: Real>(x: T, #[no_grad] factor: T, #[no_grad] shift: Tensor<1, T>) -> T {
    x * factor + shift.sum()
}

#[differentiable]
fn gives_it_active_arguments(x: f64, t: &Tensor<1, f64>) -> f64 {
    let y = x * x;
    let z = scaled(2.0, y, t * x);
    scaled(x, x, t.clone()) * z * x + y + t.sum()
}

#[test]
fn a_parameter_without_gradient_is_a_constant_for_active_arguments() {
    let t = Tensor::from([1.0, 2.0]);
    let (value, (x, dt)) = gives_it_active_arguments::value_and_grad(3.0, &t);
    // z = 2·9 + 3·3 = 27 is a constant, and so is every argument but the first: the derivative of
    // `scaled(x, 3, …)·27·x + x²` is `3·27·x + 27·(3·3 + 3) + 2x`.
    assert_eq!(value, (9.0 + 3.0) * 27.0 * 3.0 + 9.0 + 3.0);
    assert_eq!(x, 3.0 * 27.0 * 3.0 + 27.0 * 12.0 + 6.0);
    assert_eq!(dt.as_slice(), [1.0, 1.0]);
}

#[derive(Differentiable, Clone, Debug)]
struct Model {
    weight: Tensor<2, f64>,
    #[no_grad]
    frozen: Tensor<2, f64>,
    #[no_grad]
    scale: f64,
    bias: f64,
}

impl Model {
    #[differentiable]
    fn loss(&self, #[no_grad] x: &Tensor<2, f64>) -> f64 {
        let h = x.matmul(&self.frozen).matmul(&self.weight);
        let y = h * self.scale + self.bias * self.weight.detach().sum();
        (&y * weights(y.shape())).sum()
    }

    #[differentiable]
    fn constant_receiver(#[no_grad] &self, x: &Tensor<2, f64>) -> f64 {
        x.matmul(&self.frozen).matmul(&self.weight).sum() * self.bias
    }
}

fn model() -> Model {
    Model { weight: signed([3, 2], 1), frozen: signed([4, 3], 2), scale: 0.5, bias: 0.7 }
}

#[test]
fn fields() {
    let (model, x) = (model(), signed([5, 4], 3));
    let (value, gradient) = model.loss_value_and_grad(&x);
    assert_eq!(value, model.loss(&x));
    assert_eq!((gradient.frozen, gradient.scale), (NoTangent, NoTangent));
    // The detached sum, as a number.
    let total = model.weight.sum();
    let loss = |weight: &Tensor<2, f64>, bias: f64| {
        let y = x.matmul(&model.frozen).matmul(weight) * model.scale + bias * total;
        (&y * weights(y.shape())).sum()
    };
    check(|w| loss(w, model.bias), &model.weight, &gradient.weight);
    check(|b| loss(&model.weight, *b), &model.bias, &gradient.bias);
    let gx = model.constant_receiver_grad(&x);
    check(|x| model.constant_receiver(x), &x, &gx);
}

/// Functions of a tensor, beside what they are with the stopped part `c` given as a constant.
macro_rules! tensors {
    ($($name:ident |$x:ident| $body:expr, |$c:ident| $stopped:expr, $by_hand:expr;)*) => {$(
        #[test]
        fn $name() {
            #[differentiable]
            fn f($x: &Tensor<2, f64>) -> f64 {
                let y = $body;
                (&y * weights(y.shape())).sum()
            }
            let at: Tensor<2, f64> = signed([2, 3], 1);
            let $c = { let $x = &at; $stopped };
            let (value, gradient) = f::value_and_grad(&at);
            support::assert_close(value, f(&at), 1e-14, "the value");
            check(|$x: &Tensor<2, f64>| { let y = $by_hand; (&y * weights(y.shape())).sum() }, &at, &gradient);
        }
    )*};
}

tensors! {
    tensor_variable |x| x * x.detach(), |c| x.clone(), x * &c;
    tensor_temporary |x| x * (x.exp() * 2.0).detach(), |c| x.exp() * 2.0, x * &c;
    tensor_method_of_detached |x| x.detach().exp() * x.sin(), |c| x.exp(), &c * x.sin();
    tensor_block |x| no_grad! { x.softmax(1) } * x, |c| x.softmax(1), &c * x;
    tensor_enabled_again |x| no_grad! { let c = x.exp(); enable_grad! { c * x } }, |c| x.exp(), &c * x;
    tensor_scalar_block |x| x / no_grad! { x.norm() }, |c| x.norm(), x / c;
    tensor_detached_scalar |x| x.exp() - x.max().detach() * x, |c| x.max(), x.exp() - c * x;
    tensor_in_a_loop |x| {
        let mut s = x.clone();
        for _ in 0..2 {
            s = s.detach() * x + x.sin();
        }
        s
    }, |c| x * x + x.sin(), &c * x + x.sin();
    tensor_in_a_branch |x| if x.sum() > 1e9 { x.exp() } else { x.detach() * x }, |c| x.clone(), &c * x;
    tensor_cut |x| { let mut s = x.exp(); no_grad! { s *= 2.0; } s * x }, |c| x.exp() * 2.0, &c * x;
}

/// How many matrix products `run` takes.
fn products(run: impl FnOnce()) -> u64 {
    let before = gemm_count();
    run();
    gemm_count() - before
}

#[differentiable]
fn two_layers(#[no_grad] x: &Tensor<2, f64>, v: &Tensor<2, f64>, w: &Tensor<2, f64>) -> f64 {
    x.matmul(v).tanh().matmul(w).square().sum()
}

#[differentiable]
fn frozen_first_layer(
    #[no_grad] x: &Tensor<2, f64>,
    #[no_grad] v: &Tensor<2, f64>,
    w: &Tensor<2, f64>,
) -> f64 {
    x.matmul(v).tanh().matmul(w).square().sum()
}

#[differentiable]
fn detached_first_layer(
    #[no_grad] x: &Tensor<2, f64>,
    v: &Tensor<2, f64>,
    w: &Tensor<2, f64>,
) -> f64 {
    x.matmul(v).detach().matmul(w).square().sum() + v.sum()
}

#[differentiable]
fn gated_first_layer(
    #[no_grad] x: &Tensor<2, f64>,
    v: &Tensor<2, f64>,
    w: &Tensor<2, f64>,
    mode: bool,
) -> f64 {
    let h = set_grad_enabled!(mode, { x.matmul(v) });
    h.matmul(w).square().sum()
}

#[test]
fn what_is_stopped_costs_no_product_in_reverse() {
    let (x, v, w) = (signed([4, 3], 1), signed([3, 3], 2), signed([3, 2], 3));
    // Forward two each; in reverse one for each active operand of a product.
    assert_eq!(products(|| drop(two_layers::grad(&x, &v, &w))), 2 + 3);
    assert_eq!(products(|| drop(frozen_first_layer::grad(&x, &v, &w))), 2 + 1);
    assert_eq!(products(|| drop(detached_first_layer::grad(&x, &v, &w))), 2 + 1);
    assert_eq!(products(|| drop(gated_first_layer::grad(&x, &v, &w, true))), 2 + 3);
    let (value, (gv, _)) = gated_first_layer::value_and_grad(&x, &v, &w, false);
    assert_eq!(value, gated_first_layer(&x, &v, &w, false));
    assert_eq!(gv, Tensor::zeros([3, 3]));
}

#[differentiable]
fn product(#[no_grad] x: &Tensor<2, f64>, w: &Tensor<2, f64>) -> f64 {
    let y = x * w;
    let z = y.detach();
    y.sum() + (z * 2.0).sum()
}

#[test]
fn the_graph_reports_requires_grad() {
    let node = |name| product::graph().node(name).expect("the node exists");
    assert_eq!(["x", "w", "y", "z"].map(|n| node(n).requires_grad), [false, true, true, false]);
    assert!(node("z").is_stop_gradient && !node("y").is_stop_gradient);
}

#[test]
fn gradients_accumulate_until_they_are_zeroed() {
    let (x, w) = (signed([2, 3], 1), signed([2, 3], 2));
    let mut gradient = w.zero_tangent();
    for _ in 0..3 {
        let value = product::value_and_grad_into(&x, &w, &mut gradient);
        support::assert_close(value, product(&x, &w), 1e-14, "the value");
    }
    for (g, x) in gradient.iter().zip(&x) {
        support::assert_close(*g, 3.0 * x, 1e-15, "accumulated");
    }
    gradient.zero();
    product::value_and_grad_into(&x, &w, &mut gradient);
    assert_eq!(gradient, x);
}
