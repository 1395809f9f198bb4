//! Chains of element-wise operations that are computed in one pass: values against the plain
//! function, gradients against central differences and closed forms.

#![allow(clippy::needless_pass_by_value, reason = "every way to pass a tensor is tested")]

mod support;

use autograd_runtime::prelude::*;
use support::{assert_close, check, positive, signed};

#[differentiable]
fn chain(x: &Tensor<2, f64>, w: &Tensor<1, f64>, b: &Tensor<1, f64>, s: f64) -> f64 {
    ((x * w + b).tanh() * x.sigmoid() * s).sum()
}

#[test]
fn rows_are_broadcast() {
    // Rows that are shorter than a register, that fill some, and that fill blocks.
    for (m, n) in [(1, 1), (5, 3), (40, 7), (200, 5), (3, 80), (2, 1100)] {
        let (x, w, b) = (signed([m, n], 1), signed([n], 2), signed([n], 3));
        let (value, (gx, gw, gb, gs)) = chain::value_and_grad(&x, &w, &b, 0.7);
        assert_close(value, chain(&x, &w, &b, 0.7), 1e-13, "the value");
        if m * n < 400 {
            check(|x| chain(x, &w, &b, 0.7), &x, &gx);
            check(|w| chain(&x, w, &b, 0.7), &w, &gw);
            check(|b| chain(&x, &w, b, 0.7), &b, &gb);
        }
        check(|s| chain(&x, &w, &b, *s), &0.7, &gs);
        // The closed form.
        let (mut column, mut scale) = (0.0, 0.0);
        for i in 0..m {
            let z = (x[[i, n - 1]] * w[[n - 1]] + b[[n - 1]]).tanh();
            let sigmoid = 1.0 / (1.0 + (-x[[i, n - 1]]).exp());
            column += 0.7 * (1.0 - z * z) * sigmoid;
            for j in 0..n {
                let sigmoid = 1.0 / (1.0 + (-x[[i, j]]).exp());
                scale += (x[[i, j]] * w[[j]] + b[[j]]).tanh() * sigmoid;
            }
        }
        assert_close(gb[[n - 1]], column, 1e-12, "a bias");
        assert_close(gs, scale, 1e-12, "the factor");
    }
}

#[differentiable]
fn layer(
    x: &Tensor<2, f64>,
    w: &Tensor<2, f64>,
    b: &Tensor<1, f64>,
    c: &Tensor<2, f64>,
) -> Tensor<2, f64> {
    let h = (x.matmul(w) + b).gelu();
    let k = (&h / c).softplus() - 1.5;
    h * k.exp()
}

#[test]
fn tensors_are_written_and_read_again() {
    let (x, w, b) = (signed([4, 3], 1), signed([3, 5], 2), signed([5], 3));
    for shape in [[4, 5], [4, 1], [1, 5], [1, 1]] {
        let c = positive(shape, 4);
        let seed: Tensor<2, f64> = support::weights([4, 5]);
        let value = |x: &Tensor<2, f64>,
                     w: &Tensor<2, f64>,
                     b: &Tensor<1, f64>,
                     c: &Tensor<2, f64>| (layer(x, w, b, c) * &seed).sum();
        let (y, pullback) = layer::vjp(&x, &w, &b, &c);
        for (a, b) in y.iter().zip(layer(&x, &w, &b, &c).iter()) {
            assert_close(*a, *b, 1e-14, "an element");
        }
        let (gx, gw, gb, gc) = pullback(seed.clone());
        check(|x| value(x, &w, &b, &c), &x, &gx);
        check(|w| value(&x, w, &b, &c), &w, &gw);
        check(|b| value(&x, &w, b, &c), &b, &gb);
        check(|c| value(&x, &w, &b, c), &c, &gc);
    }
}

#[derive(Clone, Differentiable)]
struct Params {
    w: Tensor<2, f64>,
    b: Tensor<1, f64>,
    scale: f64,
    #[no_grad]
    mask: Tensor<2, f64>,
    layers: Vec<Tensor<1, f64>>,
}

fn params() -> Params {
    Params {
        w: signed([3, 4], 1),
        b: signed([4], 2),
        scale: 0.6,
        mask: positive([2, 4], 3),
        layers: vec![signed([4], 5), signed([4], 6)],
    }
}

#[differentiable]
fn with_fields(p: &Params, x: &Tensor<2, f64>) -> f64 {
    let h = (x.matmul(&p.w) + &p.b).tanh() * &p.mask;
    let h = (h * p.scale + &p.layers[0]).sin() * &p.layers[1] - &p.layers[0];
    h.square().mean()
}

#[differentiable]
fn fields_to_tensor(p: &Params, x: &Tensor<2, f64>) -> Tensor<2, f64> {
    let h = x.matmul(&p.w);
    (&h + &p.b).tanh() * &p.mask * &p.layers[0] - &p.layers[1] * p.scale
}

#[test]
fn fields_elements_and_a_field_without_gradient() {
    let (p, x) = (params(), signed([2, 3], 7));
    let (value, (gp, gx)) = with_fields::value_and_grad(&p, &x);
    assert_close(value, with_fields(&p, &x), 1e-14, "the value");
    check(|p| with_fields(p, &x), &p, &gp);
    check(|x| with_fields(&p, x), &x, &gx);
    let seed: Tensor<2, f64> = support::weights([2, 4]);
    let (_, pullback) = fields_to_tensor::vjp(&p, &x);
    let (gp, gx) = pullback(seed.clone());
    check(|p| (fields_to_tensor(p, &x) * &seed).sum(), &p, &gp);
    check(|x| (fields_to_tensor(&p, x) * &seed).sum(), &x, &gx);
}

#[differentiable]
fn loops(x: &Tensor<2, f64>, ws: &[Tensor<1, f64>], n: usize) -> f64 {
    let mut h = x.clone();
    let mut total = 0.0;
    for i in 0..n {
        let k = (&h * &ws[i] + &ws[0]).tanh();
        if i % 2 == 0 {
            total += (&k - x).square().sum();
            h = k;
        } else {
            h = (k * 0.5).exp() - &h;
        }
    }
    total + (h * 2.0).abs().mean()
}

#[test]
fn in_loops_and_branches() {
    let x = signed([2, 3], 1);
    let ws: Vec<Tensor<1, f64>> = (0..4).map(|i| signed([3], 10 + i)).collect();
    for n in 0..4 {
        let (value, (gx, gw)) = loops::value_and_grad(&x, &ws, n);
        assert_close(value, loops(&x, &ws, n), 1e-13, "the value");
        check(|x| loops(x, &ws, n), &x, &gx);
        check(|ws: &Vec<Tensor<1, f64>>| loops(&x, ws, n), &ws, &gw);
    }
}

#[differentiable]
fn generic<const R: usize, T: Real>(x: &Tensor<R, T>, y: &Tensor<R, T>, s: T) -> T {
    let half = T::from_f64(0.5);
    ((x * y + s).powi(3) * half - x.powf(half)).sum()
}

#[test]
fn generic_in_rank_and_scalar() {
    let (x, y) = (positive([3, 2], 1), signed([3, 2], 2));
    let (value, (gx, gy, gs)) = generic::value_and_grad(&x, &y, 0.3);
    assert_close(value, generic(&x, &y, 0.3), 1e-14, "the value");
    check(|x| generic(x, &y, 0.3), &x, &gx);
    check(|y| generic(&x, y, 0.3), &y, &gy);
    check(|s| generic(&x, &y, *s), &0.3, &gs);
    let narrow = |x: &Tensor<2, f64>| x.map(|x| x as f32);
    let (value32, (gx32, _, gs32)) = generic::value_and_grad(&narrow(&x), &narrow(&y), 0.3_f32);
    assert_close(f64::from(value32), value, 1e-5, "the value");
    assert_close(f64::from(gs32), gs, 1e-5, "the scalar's gradient");
    for (a, b) in gx32.iter().zip(gx.iter()) {
        assert_close(f64::from(*a), *b, 1e-5, "an element");
    }
}

#[differentiable]
fn exponentials(x: &Tensor<2, f64>) -> f64 {
    let a = x.exp() + x.exp2() * x.exp_m1() - x.ln() / x.ln_1p() + x.log2() * x.log10();
    (a * x.sqrt() - x.cbrt() * x.square() + x.recip()).mean()
}

#[differentiable]
fn angles(x: &Tensor<2, f64>) -> f64 {
    let a = x.sin() * x.cos() + x.tan() - (x * 0.5).asin() * (x * 0.5).acos() / x.atan();
    (a + x.sinh() / x.cosh() + x.asinh() * (x + 1.0).acosh() - (x * 0.3).atanh()).mean()
}

#[differentiable]
fn activations(x: &Tensor<2, f64>) -> f64 {
    let a = (-x).relu() + x.abs() * x.clone().gelu() - x.softplus() / x.sigmoid() + x.tanh();
    (a * x.silu() - x.erf() * x.powi(-2) + x.powf(1.7)).mean()
}

#[differentiable]
fn selections(x: &Tensor<2, f64>) -> f64 {
    let a = x.leaky_relu(0.1) * (x * 1.0).clamp(0.3, 0.9);
    (a - x.maximum(&(1.3 - x)) * x.minimum(&(1.1 - x))).mean()
}

#[test]
fn every_function_of_one_element() {
    let x = positive([3, 7], 1);
    let programs = [
        (exponentials as fn(&Tensor<2, f64>) -> f64, exponentials::value_and_grad(&x)),
        (angles, angles::value_and_grad(&x)),
        (activations, activations::value_and_grad(&x)),
        (selections, selections::value_and_grad(&x)),
    ];
    for (program, (value, gradient)) in programs {
        assert_close(value, program(&x), 1e-13, "the value");
        check(program, &x, &gradient);
    }
}

#[differentiable]
fn stopped(x: &Tensor<2, f64>, y: &Tensor<2, f64>) -> f64 {
    let a = (x * y).tanh();
    let frozen = no_grad! { (x * 2.0 + 1.0).exp() };
    let held = a.detach();
    (&a * frozen - held * y + x.detach() * 3.0).sum()
}

#[test]
fn stops_inside_of_a_chain() {
    let (x, y) = (signed([2, 3], 1), signed([2, 3], 2));
    let (value, (gx, gy)) = stopped::value_and_grad(&x, &y);
    assert_close(value, stopped(&x, &y), 1e-14, "the value");
    for i in 0..6 {
        let (x, y) = (x.as_slice()[i], y.as_slice()[i]);
        let (a, frozen) = ((x * y).tanh(), (2.0 * x + 1.0).exp());
        let slope = (1.0 - a * a) * frozen;
        assert_close(gx.as_slice()[i], slope * y, 1e-13, "x");
        assert_close(gy.as_slice()[i], slope * x - a, 1e-13, "y");
    }
}

#[differentiable]
fn used_outside(x: &Tensor<2, f64>, w: &Tensor<2, f64>) -> (Tensor<2, f64>, f64, Tensor<2, f64>) {
    let r = x * w - 1.0;
    let loss = r.square().mean();
    (r.t(), loss, r)
}

#[test]
fn values_that_are_read_outside_are_written() {
    let (x, w) = (signed([2, 3], 1), signed([2, 3], 2));
    let ((rt, loss, r), pullback) = used_outside::vjp(&x, &w);
    assert_eq!((&rt, &r), (&r.t(), &(&x * &w - 1.0)));
    assert_close(loss, used_outside(&x, &w).1, 1e-15, "the loss");
    let (a, b): (Tensor<2, f64>, Tensor<2, f64>) =
        (support::weights([3, 2]), support::weights([2, 3]));
    let (gx, gw) = pullback((a.clone(), 0.4, b.clone()));
    let value = |x: &Tensor<2, f64>, w: &Tensor<2, f64>| {
        let (rt, loss, r) = used_outside(x, w);
        (rt * &a).sum() + 0.4 * loss + (r * &b).sum()
    };
    check(|x| value(x, &w), &x, &gx);
    check(|w| value(&x, w), &w, &gw);
}

#[differentiable]
fn two_sums(x: &Tensor<1, f64>, s: f64) -> f64 {
    let a = (x * s).exp();
    let b = (&a + 1.0).ln().sum();
    (a * b - x).sum() * s
}

#[test]
fn a_sum_that_is_used_by_the_next_chain() {
    let x = signed([5], 1);
    let (value, (gx, gs)) = two_sums::value_and_grad(&x, 0.8);
    assert_close(value, two_sums(&x, 0.8), 1e-14, "the value");
    check(|x| two_sums(x, 0.8), &x, &gx);
    check(|s| two_sums(&x, *s), &0.8, &gs);
}

#[differentiable]
fn accumulated(x: &Tensor<1, f64>, y: &Tensor<1, f64>) -> f64 {
    (x * y + x).square().sum() * 3.0 + (y.exp() * x).mean()
}

#[test]
fn gradients_are_added_to_what_is_there() {
    let (x, y) = (signed([9], 1), signed([9], 2));
    let (_, (gx, gy)) = accumulated::value_and_grad(&x, &y);
    let mut gradient = (Tensor::<1, f64>::ones([9]), Tensor::<1, f64>::ones([9]) * 2.0);
    accumulated::value_and_grad_into(&x, &y, &mut gradient);
    for i in 0..9 {
        assert_close(gradient.0[[i]], gx[[i]] + 1.0, 1e-14, "x");
        assert_close(gradient.1[[i]], gy[[i]] + 2.0, 1e-14, "y");
    }
    check(|x| accumulated(x, &y), &x, &gx);
    check(|y| accumulated(&x, y), &y, &gy);
}

#[differentiable]
fn kinks(x: &Tensor<1, f64>, y: &Tensor<1, f64>) -> f64 {
    let a = (x - 1.0).abs() + (x * 1.0).relu() + (x * 1.0).clamp(0.0, 1.0) * 10.0;
    (a + (x * 1.0).maximum(y) * 100.0 + (x * 1.0).minimum(y) * 1000.0).sum()
}

/// As `PyTorch` has them: 0 at the kink of `abs` and `relu`, all at the bounds of `clamp`, half of a
/// tie.
#[test]
fn subgradients() {
    let (x, y) =
        (Tensor::<1, f64>::from([0.0, 1.0, -1.0]), Tensor::<1, f64>::from([0.0, 2.0, -1.5]));
    let (gx, gy) = kinks::grad(&x, &y);
    assert_eq!(
        gx,
        Tensor::<1, f64>::from([
            -1.0 + 0.0 + 10.0 + 550.0,
            0.0 + 1.0 + 10.0 + 1000.0,
            -1.0 + 100.0
        ])
    );
    assert_eq!(gy, Tensor::<1, f64>::from([550.0, 100.0, 1000.0]));
}

#[differentiable]
fn masked(x: &Tensor<1, f64>) -> f64 {
    // The logarithm of what is not selected is infinite or not a number.
    ((x - 2.0).relu() * 3.0 + 1.0).ln().sum()
}

#[test]
fn what_is_not_selected_contributes_exactly_nothing() {
    let x = Tensor::<1, f64>::from([-1.0, 3.0, f64::NEG_INFINITY]);
    let gradient = masked::grad(&x);
    assert_eq!(gradient, Tensor::<1, f64>::from([0.0, 3.0 / 4.0, 0.0]));
    // Whatever the cotangent is.
    let (_, pullback) = masked::vjp(&x);
    let gradient = pullback(f64::INFINITY);
    assert_eq!((gradient[[0]], gradient[[1]], gradient[[2]]), (0.0, f64::INFINITY, 0.0));
    let gradient = masked::grad(&Tensor::<1, f64>::from([f64::NAN]));
    assert!(gradient[[0]].is_nan());
}

#[differentiable]
fn unused(x: &Tensor<2, f64>, y: &Tensor<2, f64>, first: bool) -> f64 {
    let a = x * y + 1.0;
    let b = (x - y).exp() * 2.0;
    if first { a.max() } else { b.max() }
}

#[test]
fn the_cotangent_of_what_a_branch_does_not_read_is_zero() {
    let (x, y) = (signed([2, 3], 1), signed([2, 3], 2));
    for first in [false, true] {
        let (value, (gx, gy)) = unused::value_and_grad(&x, &y, first);
        assert_close(value, unused(&x, &y, first), 1e-14, "the value");
        check(|x| unused(x, &y, first), &x, &gx);
        check(|y| unused(&x, y, first), &y, &gy);
    }
}

#[differentiable]
fn owned(x: Tensor<1, f64>, y: Tensor<1, f64>) -> f64 {
    let a = x.square() * &y;
    let b = consume(y);
    (a - b * x).sum()
}

#[differentiable]
fn consume(y: Tensor<1, f64>) -> Tensor<1, f64> {
    y * 2.0 + 1.0
}

#[differentiable]
fn moved_alone(x: Tensor<1, f64>, w: &Tensor<1, f64>) -> f64 {
    let a = &x * w;
    let c = x + 1.0;
    let d = a.exp() * w;
    d.sum() * c.max()
}

#[test]
fn an_operand_that_is_moved_by_an_operation_alone() {
    let (x, w) = (signed([4], 1), signed([4], 2));
    let (value, (gx, gw)) = moved_alone::value_and_grad(x.clone(), &w);
    assert_close(value, moved_alone(x.clone(), &w), 1e-14, "the value");
    check(|x| moved_alone(x.clone(), &w), &x, &gx);
    check(|w| moved_alone(x.clone(), w), &w, &gw);
}

#[test]
fn operands_that_are_moved() {
    let (x, y) = (signed([4], 1), signed([4], 2));
    let (value, (gx, gy)) = owned::value_and_grad(x.clone(), y.clone());
    assert_close(value, owned(x.clone(), y.clone()), 1e-14, "the value");
    check(|x| owned(x.clone(), y.clone()), &x, &gx);
    check(|y| owned(x.clone(), y.clone()), &y, &gy);
}

#[test]
fn tensors_without_elements() {
    let (x, w) = (Tensor::<2, f64>::zeros([0, 3]), Tensor::<1, f64>::ones([3]));
    let (value, (gx, gw, gb, gs)) = chain::value_and_grad(&x, &w, &w, 2.0);
    assert_eq!((value, gs), (0.0, 0.0));
    assert_eq!(
        (gx, gw, gb),
        (
            Tensor::<2, f64>::zeros([0, 3]),
            Tensor::<1, f64>::zeros([3]),
            Tensor::<1, f64>::zeros([3])
        )
    );
}

#[test]
#[should_panic(expected = "add: [2, 3] and [4]: the dimensions 3 and 4 differ")]
fn shapes_that_do_not_fit() {
    chain::value_and_grad(
        &Tensor::<2, f64>::ones([2, 3]),
        &Tensor::<1, f64>::ones([3]),
        &Tensor::<1, f64>::ones([4]),
        1.0,
    );
}

#[test]
#[should_panic(expected = "clamp: 2 to 1 is not an interval")]
fn bounds_that_are_no_interval() {
    #[differentiable]
    fn limited(x: &Tensor<1, f64>, #[no_grad] lo: f64) -> f64 {
        (x * 2.0).clamp(lo, 1.0).sum()
    }
    limited::value_and_grad(&Tensor::<1, f64>::ones([2]), 2.0);
}

#[differentiable]
fn over_elements(x: &Tensor<2, f64>, ws: &[Tensor<1, f64>], extra: Option<Tensor<1, f64>>) -> f64 {
    let mut h = x.clone();
    for w in ws {
        h = (&h * w + 1.0).tanh() - w;
    }
    if let Some(b) = &extra { (h * b - b).square().sum() } else { h.square().sum() }
}

#[test]
fn operands_that_are_elements_of_lists_and_options() {
    let x = signed([2, 3], 1);
    let ws: Vec<Tensor<1, f64>> = (0..3).map(|i| signed([3], 10 + i)).collect();
    for extra in [None, Some(signed([3], 20))] {
        let (value, (gx, gw, ge)) = over_elements::value_and_grad(&x, &ws, extra.clone());
        assert_close(value, over_elements(&x, &ws, extra.clone()), 1e-13, "the value");
        check(|x| over_elements(x, &ws, extra.clone()), &x, &gx);
        check(|ws: &Vec<Tensor<1, f64>>| over_elements(&x, ws, extra.clone()), &ws, &gw);
        check(|e| over_elements(&x, &ws, e.clone()), &extra, &ge);
    }
}

#[test]
fn the_graph_shows_what_is_computed_in_one_pass() {
    let graph = layer::graph();
    let pass = |name| graph.node(name).expect("the node exists").group();
    // All that follows the product.
    assert_eq!((pass("x"), pass("h"), pass("k")), (None, Some(0), Some(0)));
    let product = graph.nodes().iter().find(|node| node.operation == "matmul");
    assert_eq!(product.expect("there is a product").group(), None);
}
