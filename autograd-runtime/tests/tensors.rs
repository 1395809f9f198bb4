//! Each operation of tensors, differentiated, against central differences.
//!
//! Every function ends in a weighted sum, so that the cotangent differs from element to element.
//! Sample points keep away from kinks and ties; those have closed forms at the end.

#![allow(
    clippy::op_ref,
    clippy::range_plus_one,
    clippy::redundant_clone,
    clippy::needless_pass_by_value,
    clippy::assign_op_pattern,
    reason = "every way to write an operation is tested"
)]

mod support;

use autograd_runtime::Tensor;
use autograd_runtime::prelude::*;
use support::{check, positive, signed, weights};

type T0 = Tensor<0, f64>;
type T1 = Tensor<1, f64>;
type T2 = Tensor<2, f64>;
type T3 = Tensor<3, f64>;

/// Functions of one tensor, each at several points.
macro_rules! unary {
    ($($name:ident |$x:ident: $t:ty| $body:expr, [$($point:expr),+ $(,)?];)*) => {$(
        #[test]
        fn $name() {
            #[differentiable]
            fn f($x: &$t) -> f64 {
                let y = $body;
                (&y * weights(y.shape())).sum()
            }
            $(
                let x: $t = $point;
                let (value, gradient) = f::value_and_grad(&x);
                support::assert_close(value, f(&x), 1e-14, "the value");
                assert_eq!(gradient.shape(), x.shape());
                check(f, &x, &gradient);
            )+
        }
    )*};
}

/// Functions of one tensor whose value is a scalar, times a function of the same tensor.
macro_rules! reductions {
    ($($name:ident |$x:ident: $t:ty| $body:expr, [$($point:expr),+ $(,)?];)*) => {$(
        #[test]
        fn $name() {
            #[differentiable]
            fn f($x: &$t) -> f64 {
                let y: f64 = $body;
                y * 1.7 + y * y
            }
            $(
                let x: $t = $point;
                let (value, gradient) = f::value_and_grad(&x);
                support::assert_close(value, f(&x), 1e-14, "the value");
                assert_eq!(gradient.shape(), x.shape());
                check(f, &x, &gradient);
            )+
        }
    )*};
}

/// Functions of two tensors, each at several points.
macro_rules! binary {
    ($($name:ident |$a:ident: $s:ty, $b:ident: $t:ty| $body:expr, [$(($left:expr, $right:expr)),+ $(,)?];)*) => {$(
        #[test]
        fn $name() {
            #[differentiable]
            fn f($a: &$s, $b: &$t) -> f64 {
                let y = $body;
                (&y * weights(y.shape())).sum()
            }
            $(
                let (a, b): ($s, $t) = ($left, $right);
                let (value, (ga, gb)) = f::value_and_grad(&a, &b);
                support::assert_close(value, f(&a, &b), 1e-14, "the value");
                assert_eq!((ga.shape(), gb.shape()), (a.shape(), b.shape()));
                check(|a| f(a, &b), &a, &ga);
                check(|b| f(&a, b), &b, &gb);
            )+
        }
    )*};
}

/// Element-wise functions, at every rank, with sizes of zero and one.
macro_rules! elementwise {
    ($($name:ident |$x:ident| $body:expr, $sample:expr;)*) => {$(
        #[test]
        fn $name() {
            #[differentiable]
            fn f<const R: usize>($x: &Tensor<R, f64>) -> f64 {
                let y = $body;
                (&y * weights(y.shape())).sum()
            }
            fn at<const R: usize>(shape: [usize; R]) {
                let x = $sample(shape, 3);
                let (value, gradient) = f::value_and_grad(&x);
                support::assert_close(value, f(&x), 1e-14, "the value");
                assert_eq!(gradient.shape(), shape);
                check(f, &x, &gradient);
            }
            at([]);
            at([1]);
            at([5]);
            at([2, 3]);
            at([1, 1]);
            at([0, 3]);
            at([2, 1, 4]);
        }
    )*};
}

elementwise! {
    exp |x| x.exp(), signed;
    ln |x| x.ln(), positive;
    sqrt |x| x.sqrt(), positive;
    powi_three |x| x.powi(3), signed;
    powi_negative |x| x.powi(-2), signed;
    powi_zero |x| x.powi(0), signed;
    powf |x| x.powf(1.7), positive;
    powf_negative |x| x.powf(-0.4), positive;
    abs |x| x.abs(), signed;
    sin |x| x.sin(), signed;
    cos |x| x.cos(), signed;
    square |x| x.square(), signed;
    recip |x| x.recip(), signed;
    one_over |x| 1.0 / x, signed;
    logistic |x| 1.0 / (1.0 + (-x).exp()), signed;
    clamp |x| x.clamp(-0.71, 0.63), signed;
    relu |x| x.relu(), signed;
    leaky_relu |x| x.leaky_relu(0.1), signed;
    tanh |x| x.tanh(), signed;
    sigmoid |x| x.sigmoid(), signed;
    gelu |x| x.gelu(), signed;
    silu |x| x.silu(), signed;
    softplus |x| x.softplus(), signed;
    erf |x| x.erf(), signed;
    negation |x| -x, signed;
    negation_of_a_temporary |x| -(x.exp()), signed;
    negation_of_an_owned_tensor |x| -x.clone(), signed;
    a_chain |x| (x.sin().exp() + 1.0).ln().tanh().square(), signed;
}

// Operators between tensors, in each form, with each pair of ranks.

macro_rules! operators {
    ($($name:ident $op:tt $assign:tt;)*) => {$(
        mod $name {
            use super::*;

            binary! {
                borrowed |a: T2, b: T2| a $op b, [
                    (signed([2, 3], 1), signed([2, 3], 2)),
                    (signed([2, 1], 1), signed([1, 3], 2)),
                    (signed([1, 3], 1), signed([2, 1], 2)),
                    (signed([1, 1], 1), signed([2, 3], 2)),
                    (signed([1, 1], 1), signed([1, 1], 2)),
                    (signed([0, 3], 1), signed([1, 3], 2)),
                    (signed([1, 3], 1), signed([0, 1], 2)),
                    (signed([0, 0], 1), signed([0, 0], 2)),
                ];
                owned_left |a: T2, b: T2| a.sin() $op b, [
                    (signed([2, 3], 1), signed([2, 3], 2)),
                    (signed([2, 1], 1), signed([1, 3], 2)),
                    (signed([0, 1], 1), signed([1, 3], 2)),
                ];
                owned_right |a: T2, b: T2| a $op b.exp(), [
                    (signed([2, 3], 1), signed([2, 3], 2)),
                    (signed([2, 1], 1), signed([1, 3], 2)),
                    (signed([1, 3], 1), signed([0, 1], 2)),
                ];
                owned_both |a: T2, b: T2| a.clone() $op b.clone(), [
                    (signed([2, 3], 1), signed([2, 3], 2)),
                    (signed([2, 1], 1), signed([1, 3], 2)),
                    (signed([1, 3], 1), signed([1, 1], 2)),
                ];
                borrowed_again |a: T2, b: T2| { let c = a.sin(); &c $op &(b.exp()) }, [
                    (signed([2, 3], 1), signed([2, 3], 2)),
                    (signed([3, 1], 1), signed([1, 2], 2)),
                    (signed([0, 2], 1), signed([0, 1], 2)),
                ];
                rank_one_right |a: T2, b: T1| a $op b, [
                    (signed([2, 3], 1), signed([3], 2)),
                    (signed([2, 1], 1), signed([3], 2)),
                    (signed([0, 3], 1), signed([3], 2)),
                    (signed([2, 3], 1), signed([1], 2)),
                ];
                rank_one_left |a: T1, b: T2| a $op b, [
                    (signed([3], 1), signed([2, 3], 2)),
                    (signed([3], 1), signed([2, 1], 2)),
                    (signed([3], 1), signed([0, 3], 2)),
                ];
                rank_zero_left |a: T0, b: T2| a $op b, [
                    (signed([], 1), signed([2, 3], 2)),
                    (signed([], 1), signed([1, 1], 2)),
                    (signed([], 1), signed([0, 1], 2)),
                ];
                rank_zero_right |a: T3, b: T0| a $op b, [
                    (signed([2, 3, 2], 1), signed([], 2)),
                    (signed([1, 1, 1], 1), signed([], 2)),
                    (signed([2, 0, 1], 1), signed([], 2)),
                ];
                rank_three |a: T3, b: T2| a $op b, [
                    (signed([2, 3, 2], 1), signed([3, 2], 2)),
                    (signed([2, 1, 2], 1), signed([3, 1], 2)),
                    (signed([2, 3, 0], 1), signed([1, 1], 2)),
                ];
                assigned |a: T2, b: T2| {
                    let mut c = a.exp();
                    c $assign b;
                    c $assign &b.cos();
                    c $assign b.exp();
                    c $assign 1.3;
                    c.sin()
                }, [
                    (signed([2, 3], 1), signed([2, 3], 2)),
                    (signed([2, 3], 1), signed([2, 1], 2)),
                    (signed([2, 3], 1), signed([1, 1], 2)),
                    (signed([0, 3], 1), signed([1, 3], 2)),
                ];
                assigned_rank_one |a: T2, b: T1| { let mut c = a.clone(); c $assign b; c $assign b; c }, [
                    (signed([2, 3], 1), signed([3], 2)),
                    (signed([2, 3], 1), signed([1], 2)),
                    (signed([0, 3], 1), signed([3], 2)),
                ];
                assigned_in_a_loop |a: T2, b: T1| {
                    let mut c = a.clone();
                    for _ in 0..3 {
                        c $assign b;
                        c = c.sin() + a;
                    }
                    c
                }, [
                    (signed([2, 3], 1), positive([3], 2)),
                    (signed([1, 1], 1), positive([1], 2)),
                    (signed([2, 0], 1), positive([1], 2)),
                ];
            }

            unary! {
                the_same_operand_twice |x: T2| x $op x, [
                    signed([2, 3], 1), signed([1, 1], 1), signed([0, 2], 1),
                ];
                scalar_constant_right |x: T2| x.exp() $op 2.5, [
                    signed([2, 3], 1), signed([1, 1], 1), signed([0, 2], 1),
                ];
                scalar_constant_right_of_a_borrow |x: T2| x $op 2.5, [
                    signed([2, 3], 1), signed([1, 1], 1), signed([0, 2], 1),
                ];
                scalar_constant_left |x: T2| 2.5 $op x, [
                    signed([2, 3], 1), signed([1, 1], 1), signed([0, 2], 1),
                ];
                scalar_constant_left_of_a_temporary |x: T2| 2.5 $op x.exp(), [
                    signed([2, 3], 1), signed([1, 1], 1), signed([0, 2], 1),
                ];
            }

            #[differentiable]
            fn scalar(x: &T2, s: f64) -> f64 {
                let y = x $op s;
                let z = s $op x;
                let u = x.exp() $op s * 0.5;
                let v = s * 0.5 $op x.exp();
                let mut a = x.cos();
                a $assign s;
                let sum = y * 0.3 + z * 0.7 + u * 1.1 + v * 0.9 + a;
                (&sum * weights(sum.shape())).sum()
            }

            #[differentiable]
            fn scalar_reference(x: &T2, s: &f64) -> f64 {
                let y = x $op s;
                let z = s $op x;
                let u = x.exp() $op s;
                let v = s $op x.exp();
                let mut a = x.cos();
                a $assign s;
                let sum = y * 0.3 + z * 0.7 + u * 1.1 + v * 0.9 + a;
                (&sum * weights(sum.shape())).sum()
            }

            #[test]
            fn active_scalars() {
                for shape in [[2, 3], [1, 1], [0, 2]] {
                    let (x, s) = (signed(shape, 1), 1.4);
                    let (gx, gs) = scalar::grad(&x, s);
                    assert_eq!(gx.shape(), shape);
                    check(|x| scalar(x, s), &x, &gx);
                    check(|s| scalar(&x, *s), &s, &gs);
                    let (gx, gs) = scalar_reference::grad(&x, &s);
                    check(|x| scalar_reference(x, &s), &x, &gx);
                    check(|s| scalar_reference(&x, s), &s, &gs);
                }
            }

            #[differentiable]
            fn moved(a: T2, b: T2) -> f64 {
                let y = a $op b;
                (&y * weights(y.shape())).sum()
            }

            #[test]
            fn owned_parameters() {
                for (s, t) in [([2, 3], [2, 3]), ([2, 1], [1, 3]), ([0, 2], [1, 2])] {
                    let (a, b) = (signed(s, 1), signed(t, 2));
                    let (ga, gb) = moved::grad(a.clone(), b.clone());
                    check(|a| moved(a.clone(), b.clone()), &a, &ga);
                    check(|b| moved(a.clone(), b.clone()), &b, &gb);
                }
            }
        }
    )*};
}

operators! {
    add + +=;
    sub - -=;
    mul * *=;
    div / /=;
}

binary! {
    maximum |a: T2, b: T2| a.maximum(b), [
        (signed([2, 3], 1), signed([2, 3], 2)),
        (signed([2, 1], 1), signed([1, 3], 2)),
        (signed([1, 1], 1), signed([1, 1], 2)),
        (signed([0, 3], 1), signed([1, 3], 2)),
    ];
    minimum |a: T2, b: T2| a.minimum(b), [
        (signed([2, 3], 1), signed([2, 3], 2)),
        (signed([2, 1], 1), signed([1, 3], 2)),
        (signed([1, 1], 1), signed([1, 1], 2)),
        (signed([0, 3], 1), signed([1, 3], 2)),
    ];
    maximum_and_minimum_of_other_ranks |a: T2, b: T1| a.maximum(b) * b.minimum(a), [
        (signed([2, 3], 1), signed([3], 2)),
        (signed([2, 1], 1), signed([3], 2)),
        (signed([0, 1], 1), signed([2], 2)),
    ];

    matmul |a: T2, b: T2| a.matmul(b), [
        (signed([2, 3], 1), signed([3, 4], 2)),
        (signed([1, 3], 1), signed([3, 1], 2)),
        (signed([3, 1], 1), signed([1, 2], 2)),
        (signed([1, 1], 1), signed([1, 1], 2)),
        (signed([0, 3], 1), signed([3, 2], 2)),
        (signed([2, 0], 1), signed([0, 3], 2)),
        (signed([2, 3], 1), signed([3, 0], 2)),
        (signed([9, 17], 1), signed([17, 5], 2)),
    ];
    matrix_times_vector |a: T2, b: T1| a.matmul(b), [
        (signed([2, 3], 1), signed([3], 2)),
        (signed([1, 1], 1), signed([1], 2)),
        (signed([2, 0], 1), signed([0], 2)),
        (signed([0, 3], 1), signed([3], 2)),
    ];
    vector_times_matrix |a: T1, b: T2| a.matmul(b), [
        (signed([3], 1), signed([3, 2], 2)),
        (signed([1], 1), signed([1, 1], 2)),
        (signed([0], 1), signed([0, 2], 2)),
        (signed([3], 1), signed([3, 0], 2)),
    ];
    matmul_of_transposes |a: T2, b: T2| a.t().matmul(&b.t()).t(), [
        (signed([3, 2], 1), signed([4, 3], 2)),
        (signed([1, 2], 1), signed([3, 1], 2)),
        (signed([0, 2], 1), signed([3, 0], 2)),
    ];
    matmul_of_temporaries |a: T2, b: T2| a.sin().matmul(&(b * 2.0)), [
        (signed([2, 3], 1), signed([3, 2], 2)),
        (signed([1, 1], 1), signed([1, 3], 2)),
        (signed([2, 0], 1), signed([0, 2], 2)),
    ];
    dot |a: T1, b: T1| a * a.dot(b) + b * a.dot(a), [
        (signed([3], 1), signed([3], 2)),
        (signed([1], 1), signed([1], 2)),
        (signed([0], 1), signed([0], 2)),
    ];

    concat |a: T2, b: T2| Tensor::concat(&[a, b, a], 0), [
        (signed([2, 3], 1), signed([1, 3], 2)),
        (signed([1, 1], 1), signed([1, 1], 2)),
        (signed([0, 2], 1), signed([3, 2], 2)),
    ];
    concat_columns |a: T2, b: T2| Tensor::concat(&[&a.exp(), b], 1), [
        (signed([2, 3], 1), signed([2, 1], 2)),
        (signed([1, 1], 1), signed([1, 1], 2)),
        (signed([2, 0], 1), signed([2, 2], 2)),
    ];
    stack_first |a: T2, b: T2| Tensor::stack(&[a, b, a], 0), [
        (signed([2, 3], 1), signed([2, 3], 2)),
        (signed([1, 1], 1), signed([1, 1], 2)),
        (signed([0, 2], 1), signed([0, 2], 2)),
    ];
    stack_last |a: T1, b: T1| Tensor::stack(&[a, &b.exp()], 1), [
        (signed([3], 1), signed([3], 2)),
        (signed([1], 1), signed([1], 2)),
        (signed([0], 1), signed([0], 2)),
    ];
    where_of_a_comparison |a: T2, b: T2| a.gt(b).where_(&a.square(), &(b * a)), [
        (signed([2, 3], 1), signed([2, 3], 2)),
        (signed([1, 1], 1), signed([1, 1], 2)),
        (signed([0, 2], 1), signed([0, 2], 2)),
    ];
    where_of_a_mask |a: T2, b: T2| no_grad! { a.detach().lt(0.1) }.where_(a, b), [
        (signed([2, 3], 1), signed([2, 3], 2)),
        (signed([1, 1], 1), signed([1, 1], 2)),
        (signed([0, 2], 1), signed([0, 2], 2)),
    ];
}

unary! {
    t |x: T2| x.t(), [signed([2, 3], 1), signed([1, 1], 1), signed([3, 1], 1), signed([0, 2], 1), signed([17, 19], 1)];
    permute |x: T3| x.permute([2, 0, 1]), [signed([2, 3, 4], 1), signed([1, 2, 1], 1), signed([2, 0, 3], 1)];
    permute_by_a_variable |x: T3| { let axes = [1, 2, 0]; x.permute(axes).permute(axes) }, [
        signed([2, 3, 4], 1), signed([1, 2, 1], 1), signed([2, 0, 3], 1),
    ];
    reshape |x: T2| x.reshape([x.len()]), [signed([2, 3], 1), signed([1, 1], 1), signed([0, 2], 1)];
    reshape_to_rank_three |x: T2| x.reshape([1, x.shape()[1], x.shape()[0]]), [
        signed([2, 3], 1), signed([1, 1], 1), signed([0, 2], 1),
    ];
    broadcast_to |x: T2| x.broadcast_to([4, 2, 3]), [signed([2, 3], 1), signed([1, 1], 1), signed([2, 1], 1), signed([1, 3], 1)];
    broadcast_to_nothing |x: T2| x.broadcast_to([0, 3]), [signed([1, 3], 1), signed([0, 1], 1), signed([1, 1], 1)];
    broadcast_of_a_scalar |x: T0| x.broadcast_to([2, 3]), [signed([], 1), positive([], 1), signed([], 7)];

    sum_axis |x: T2| x.sum_axis(0) * x.sum_axis(1).sum(), [signed([2, 3], 1), signed([1, 1], 1), signed([0, 2], 1)];
    sum_axis_of_rank_three |x: T3| x.sum_axis(1).exp(), [signed([2, 3, 4], 1), signed([1, 1, 1], 1), signed([2, 0, 3], 1)];
    sum_axis_keepdim |x: T2| x / x.square().sum_axis_keepdim(1), [signed([2, 3], 1), signed([1, 1], 1), signed([0, 2], 1)];
    mean_axis |x: T2| x.mean_axis(1).exp(), [signed([2, 3], 1), signed([1, 1], 1), signed([0, 2], 1)];
    mean_axis_of_rank_three |x: T3| x.mean_axis(1).exp(), [signed([2, 3, 4], 1), signed([1, 1, 1], 1), signed([0, 2, 3], 1)];
    mean_axis_keepdim |x: T2| x - x.mean_axis_keepdim(0).square(), [signed([2, 3], 1), signed([1, 1], 1), signed([3, 0], 1)];
    max_axis |x: T2| x.max_axis(1).square(), [signed([2, 3], 1), signed([1, 1], 1), signed([0, 2], 1)];
    max_axis_of_rank_three |x: T3| x.max_axis(1).square(), [signed([2, 3, 4], 1), signed([1, 1, 1], 1), signed([2, 3, 0], 1)];
    min_axis |x: T2| x.min_axis(0).square(), [signed([2, 3], 1), signed([1, 1], 1), signed([2, 0], 1)];
    logsumexp_axis |x: T2| x.logsumexp_axis(1).square(), [signed([2, 3], 1), signed([1, 1], 1), signed([0, 2], 1)];
    logsumexp_axis_of_rank_three |x: T3| x.logsumexp_axis(0), [signed([2, 3, 4], 1), signed([1, 1, 1], 1), signed([2, 3, 0], 1)];
    cumsum |x: T2| x.cumsum(1).sin(), [signed([2, 3], 1), signed([1, 1], 1), signed([0, 2], 1), signed([2, 0], 1)];
    cumsum_of_rank_three |x: T3| x.cumsum(1).sin(), [signed([2, 3, 4], 1), signed([1, 1, 1], 1), signed([2, 0, 3], 1)];
    softmax |x: T2| x.softmax(1), [signed([2, 3], 1), signed([1, 1], 1), signed([0, 2], 1)];
    softmax_of_rank_three |x: T3| x.softmax(1), [signed([2, 3, 4], 1), signed([1, 1, 1], 1), signed([2, 3, 0], 1)];
    log_softmax |x: T2| x.log_softmax(0), [signed([2, 3], 1), signed([1, 1], 1), signed([2, 0], 1)];
    log_softmax_of_rank_three |x: T3| x.log_softmax(2).square(), [signed([2, 3, 4], 1), signed([1, 1, 1], 1), signed([0, 2, 3], 1)];

    slice_columns |x: T2| x.slice(1, 1..3).exp() * x.slice(1, ..2), [signed([2, 3], 1), signed([1, 4], 1), signed([0, 3], 1)];
    slice_rows |x: T2| x.slice(0, 1..).exp() + x.slice(0, ..=0).sum(), [signed([2, 3], 1), signed([3, 1], 1), signed([2, 0], 1)];
    slice_to_nothing |x: T2| x.slice(0, 1..1), [signed([2, 3], 1), signed([1, 1], 1), signed([1, 0], 1)];
    slice_all |x: T3| x.slice(1, ..), [signed([2, 3, 2], 1), signed([1, 1, 1], 1), signed([2, 0, 1], 1)];
    slice_in_a_loop |x: T2| {
        let mut s = x.slice(0, 0..1).exp();
        for i in 0..x.shape()[0] {
            s = s * x.slice(0, i..i + 1);
        }
        s
    }, [signed([2, 3], 1), signed([1, 1], 1), signed([3, 0], 1)];
    select_row |x: T2| x.select(0, 1).square(), [signed([2, 3], 1), signed([3, 1], 1), signed([2, 0], 1)];
    select_column |x: T2| x.select(1, 0).square(), [signed([2, 3], 1), signed([1, 1], 1), signed([0, 2], 1)];
    select_of_rank_three |x: T3| x.select(1, 1).select(0, 0), [signed([2, 3, 2], 1), signed([1, 2, 1], 1), signed([1, 2, 0], 1)];
    select_to_a_scalar |x: T1| x.select(0, 1).exp() * x.select(0, 0), [signed([2], 1), signed([5], 1), signed([3], 4)];
    pad |x: T2| x.pad([(1, 0), (2, 1)], 0.5).exp(), [signed([2, 3], 1), signed([1, 1], 1), signed([0, 2], 1)];
    pad_nothing |x: T1| x.pad([(0, 0)], 0.5), [signed([2], 1), signed([1], 1), signed([0], 1)];
    item |x: T0| x.exp() * x.item(), [signed([], 1), positive([], 1), signed([], 5)];
    item_of_one_element |x: T2| x * x.item() * x.item(), [signed([1, 1], 1), positive([1, 1], 1), signed([1, 1], 5)];
    index |x: T2| x * x[[1, 0]] + x[[0, 0]] * x[[1, 0]], [signed([2, 3], 1), signed([2, 1], 1), signed([3, 2], 1)];
    index_of_a_local |x: T1| { let y = x.exp(); x * y[[0]] + y[[2]] * x[[1]] }, [
        signed([3], 1), signed([4], 2), positive([3], 1),
    ];
    index_in_loops |x: T2| {
        let mut s = 0.5;
        for i in 0..x.shape()[0] {
            for j in 0..x.shape()[1] {
                s = s * x[[i, j]] + x[[i, 0]].sin();
            }
        }
        x * s
    }, [signed([2, 3], 1), signed([1, 1], 1), signed([2, 0], 1), signed([0, 2], 1)];
}

reductions! {
    sum |x: T2| x.sum(), [signed([2, 3], 1), signed([1, 1], 1), signed([0, 2], 1)];
    sum_of_rank_zero |x: T0| x.sum(), [signed([], 1), signed([], 2), positive([], 2)];
    mean |x: T2| x.mean(), [signed([2, 3], 1), signed([1, 1], 1), signed([9, 11], 1)];
    max |x: T2| x.max(), [signed([2, 3], 1), signed([1, 1], 1), signed([9, 11], 1)];
    min |x: T2| x.min(), [signed([2, 3], 1), signed([1, 1], 1), signed([9, 11], 1)];
    var |x: T2| x.var(), [signed([2, 3], 1), signed([1, 2], 1), signed([9, 11], 1)];
    norm |x: T2| x.norm(), [signed([2, 3], 1), signed([1, 1], 1), signed([9, 11], 1)];
    norm_of_rank_three |x: T3| x.norm() * x.square().sum(), [signed([2, 3, 2], 1), signed([1, 1, 1], 1), signed([2, 1, 3], 1)];
    to_vec_and_back |x: T1| { let v = x.exp().sum(); v.ln() }, [signed([3], 1), signed([1], 1), positive([2], 1)];
}

#[differentiable]
fn gathered(x: &T2, axis: usize, #[no_grad] indices: &Tensor<2, usize>) -> f64 {
    let y = x.gather(axis, indices).square();
    (&y * weights(y.shape())).sum()
}

#[test]
fn gather() {
    let indices = Tensor::from([[2_usize, 0, 2, 2], [0, 1, 1, 0]]);
    let one = Tensor::from([[0_usize]]);
    let rows = Tensor::from([[1_usize, 0, 1], [1, 1, 0], [0, 0, 0]]);
    let none = Tensor::<2, usize>::from_vec([2, 0], vec![]).unwrap();
    for (shape, axis, indices) in
        [([2, 3], 1, &indices), ([1, 1], 1, &one), ([2, 3], 0, &rows), ([2, 3], 1, &none)]
    {
        let x = signed(shape, 1);
        let gradient = gathered::grad(&x, axis, indices);
        assert_eq!(gradient.shape(), shape);
        check(|x| gathered(x, axis, indices), &x, &gradient);
    }
}

#[differentiable]
fn padded(x: &T2, value: f64) -> f64 {
    let y = x.pad([(1, 1), (0, 2)], value * value).sin();
    (&y * weights(y.shape())).sum()
}

#[test]
fn pad_with_an_active_value() {
    for shape in [[2, 3], [1, 1], [0, 2]] {
        let x = signed(shape, 1);
        let (gx, gv) = padded::grad(&x, 0.6);
        check(|x| padded(x, 0.6), &x, &gx);
        check(|v| padded(&x, *v), &0.6, &gv);
    }
}

#[differentiable]
fn rows_of(x: &T2, rows: &[usize]) -> f64 {
    let y = x.index_rows(rows).square();
    (&y * weights(y.shape())).sum()
}

#[test]
fn index_rows() {
    for (shape, rows) in [
        ([2, 3], &[1, 0, 1, 1][..]),
        ([3, 1], &[2]),
        ([2, 0], &[1, 1]),
        ([2, 3], &[]),
        ([0, 2], &[]),
    ] {
        let x = signed(shape, 1);
        let gradient = rows_of::grad(&x, rows);
        assert_eq!(gradient.shape(), shape);
        check(|x| rows_of(x, rows), &x, &gradient);
    }
}

#[differentiable]
fn masked(a: &T2, b: &T2) -> f64 {
    let mask = no_grad! { a.gt(b) };
    let y = mask.where_(a, b);
    (&y * weights(y.shape())).sum()
}

#[test]
fn where_gives_each_cotangent_to_the_chosen_one() {
    let (a, b) = (Tensor::from([[1.0, 2.0, 3.0]]), Tensor::from([[0.0, 5.0, -1.0]]));
    let w = weights::<2, f64>([1, 3]);
    let (ga, gb) = masked::grad(&a, &b);
    assert_eq!(ga, Tensor::from([[w[[0, 0]], 0.0, w[[0, 2]]]]));
    assert_eq!(gb, Tensor::from([[0.0, w[[0, 1]], 0.0]]));
}

// Kinks and ties, by PyTorch's conventions.

macro_rules! kinks {
    ($($name:ident |$x:ident: $t:ty| $body:expr, $at:expr => $gradient:expr;)*) => {$(
        #[test]
        fn $name() {
            #[differentiable]
            fn f($x: &$t) -> f64 {
                $body
            }
            assert_eq!(f::grad(&$at.into()), $gradient.into());
        }
    )*};
}

kinks! {
    kink_of_abs |x: T1| x.abs().sum(), [-2.0, 0.0, -0.0, 3.0] => [-1.0, 0.0, 0.0, 1.0];
    kink_of_relu |x: T1| x.relu().sum(), [-2.0, 0.0, -0.0, 3.0] => [0.0, 0.0, 0.0, 1.0];
    kink_of_leaky_relu |x: T1| x.leaky_relu(0.25).sum(), [-2.0, 0.0, 3.0] => [0.25, 0.25, 1.0];
    bounds_of_clamp |x: T1| x.clamp(-1.0, 1.0).sum(), [-2.0, -1.0, 0.0, 1.0, 3.0] => [0.0, 1.0, 1.0, 1.0, 0.0];
    ties_of_max |x: T1| 3.0 * x.max(), [2.0, 1.0, 2.0, 2.0] => [1.0, 0.0, 1.0, 1.0];
    ties_of_min |x: T1| 2.0 * x.min(), [1.0, 2.0, 1.0] => [1.0, 0.0, 1.0];
    ties_of_maximum |x: T1| x.maximum(&(x.detach() * 1.0)).sum(), [1.0, -2.0] => [0.5, 0.5];
    ties_of_minimum |x: T1| x.minimum(&(x.detach() * 1.0)).sum(), [1.0, -2.0] => [0.5, 0.5];
    norm_at_zero |x: T1| x.norm(), [0.0, 0.0] => [0.0, 0.0];
    square_of_zero |x: T1| x.powi(2).sum(), [0.0, 3.0] => [0.0, 6.0];
    first_power_at_zero |x: T1| x.powi(1).sum(), [0.0, 3.0] => [1.0, 1.0];
    zeroth_power_at_zero |x: T1| x.powi(0).sum() + x.powf(0.0).sum(), [0.0, 3.0] => [0.0, 0.0];
    saturated_sigmoid |x: T1| x.sigmoid().sum(), [-1e3, 0.0, 1e3] => [0.0, 0.25, 0.0];
    saturated_softplus |x: T1| x.softplus().sum(), [-1e3, 0.0, 1e3] => [0.0, 0.5, 1.0];
    saturated_softmax |x: T1| x.log_softmax(0)[[0]], [1e4, 0.0] => [0.0, 0.0];
}

#[test]
fn ties_of_an_axis_split_evenly() {
    #[differentiable]
    fn f(x: &T2) -> f64 {
        x.max_axis(1).sum() + 10.0 * x.min_axis(0).sum()
    }
    let x = Tensor::from([[2.0, 2.0, 1.0], [2.0, 3.0, 1.0]]);
    // `amax` and `amin` of PyTorch share the cotangent among equal elements.
    assert_eq!(f::grad(&x), Tensor::from([[5.5, 10.5, 5.0], [5.0, 1.0, 5.0]]));
}

#[test]
fn reductions_of_nothing() {
    #[differentiable]
    fn f(x: &T2) -> f64 {
        x.sum() + x.mean() * 2.0 + x.norm()
    }
    let (value, gradient) = f::value_and_grad(&Tensor::zeros([0, 3]));
    assert!(value.is_nan(), "the mean of nothing is NaN, as in PyTorch");
    assert_eq!(gradient.shape(), [0, 3]);
}

#[test]
fn single_precision_agrees_with_double() {
    #[differentiable]
    fn f<T: Real>(x: &Tensor<2, T>, w: &Tensor<2, T>) -> T {
        let h = x.matmul(w).gelu().softmax(1);
        (&h * weights(h.shape())).sum() + x.norm() * w.max()
    }
    let (x, w) = (signed([3, 4], 1), signed([4, 2], 2));
    let (gx, gw) = f::grad(&x, &w);
    let single = |t: &T2| t.map(|x| x as f32);
    let (sx, sw) = f::grad(&single(&x), &single(&w));
    for (single, double) in sx.iter().zip(&gx).chain(sw.iter().zip(&gw)) {
        support::assert_close(*single, *double, 1e-5, "f32");
    }
}
