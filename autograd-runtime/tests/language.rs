//! The accepted language: each gradient against central differences.

#![allow(
    clippy::pedantic,
    clippy::all,
    unused_assignments,
    reason = "what users may write, not what is best"
)]

use autograd_runtime::prelude::*;
use autograd_runtime::{Differentiable, gradcheck};

/// Checks a gradient with respect to one argument.
#[track_caller]
fn check<X: Differentiable + Clone>(f: impl Fn(&X) -> f64, x: &X, gradient: &X::Tangent) {
    if let Err(error) = gradcheck(|x: &X| f(x), x, gradient) {
        panic!("{error}");
    }
}

#[differentiable]
fn straight(x: f64, y: f64) -> f64 {
    let a = x * y;
    let b = a.sin() + x / y;
    b * b.exp() - -x
}

#[test]
fn straight_line() {
    let (value, (gx, gy)) = straight::value_and_grad(1.3, 0.7);
    assert_eq!(value, straight(1.3, 0.7));
    check(|x| straight(*x, 0.7), &1.3, &gx);
    check(|y| straight(1.3, *y), &0.7, &gy);
}

#[differentiable]
fn shadowing(x: f64) -> f64 {
    let x = x.sin();
    let y = {
        let x = x * x;
        x + x.exp()
    };
    let x = x * y;
    x * x
}

#[test]
fn shadowed_names_keep_their_values() {
    check(|x| shadowing(*x), &0.8, &shadowing::grad(0.8));
}

#[differentiable]
fn overwritten(x: f64, y: f64) -> f64 {
    let mut s = x * y;
    let t = s.sin();
    s *= y;
    s -= x.cos();
    s /= 1.0 + y * y;
    s = s * t + s;
    s += s * s;
    s
}

#[test]
fn mutable_locals() {
    let (gx, gy) = overwritten::grad(0.4, 1.7);
    check(|x| overwritten(*x, 1.7), &0.4, &gx);
    check(|y| overwritten(0.4, *y), &1.7, &gy);
}

#[differentiable]
fn branches(x: f64, y: f64, flag: bool) -> f64 {
    let a = if x > y && flag {
        let t = x.exp();
        t * y
    } else if x < 0.0 {
        x * x * y
    } else {
        y.sin()
    };
    let mut b = a;
    if flag {
        b *= x;
    }
    if b > 1.0 { b.ln() } else { b * a }
}

#[test]
fn branches_follow_the_way_taken() {
    for (x, y, flag) in [(1.0, 0.5, true), (-1.0, 0.5, true), (0.3, 0.5, false), (2.0, 1.0, true)] {
        let (gx, gy) = branches::grad(x, y, flag);
        check(|x| branches(*x, y, flag), &x, &gx);
        check(|y| branches(x, *y, flag), &y, &gy);
    }
}

#[differentiable]
fn triangular(a: &[f64], n: usize) -> f64 {
    let mut total = 0.0;
    for i in 0..n {
        let mut row = a[i];
        for j in (0..i).rev() {
            row = row * a[j] + (row - a[j]).tanh();
            if j % 2 == 1 {
                total += row * row;
            }
        }
        for _ in 1..=i {
            row *= 0.9;
        }
        total += row;
    }
    total
}

#[test]
fn nested_loops() {
    let a = vec![0.5, -0.3, 0.8, 0.2, 0.6];
    for n in 0..=5 {
        check(|a| triangular(a, n), &a, &triangular::grad(&a, n));
    }
}

#[differentiable]
fn matrices(m: &[[f64; 3]], v: [f64; 3], scale: &[Vec<f64>]) -> f64 {
    let mut out = vec![0.0; m.len()];
    for (i, row) in [(0, 1)] {
        let _ = (i, row);
    }
    for i in 0..m.len() {
        for j in 0..3 {
            out[i] += m[i][j] * v[j];
        }
        let row = &m[i];
        out[i] = out[i] * row[0];
    }
    let mut total = 0.0;
    for i in 0..out.len() {
        for s in &scale[i] {
            total += s * out[i];
        }
    }
    for row in m {
        for x in row {
            total += x * x;
        }
    }
    for &[a, b, _] in m.iter() {
        total += a * b;
    }
    total
}

#[test]
fn nested_lists() {
    let m = vec![[0.1, 0.2, 0.3], [0.4, -0.5, 0.6]];
    let v = [1.0, 2.0, -3.0];
    let scale = vec![vec![0.5, 0.25], vec![2.0]];
    let (gm, gv, gs) = matrices::grad(&m, v, &scale);
    check(|m: &Vec<[f64; 3]>| matrices(m, v, &scale), &m, &gm);
    check(|v| matrices(&m, *v, &scale), &v, &gv);
    check(|s: &Vec<Vec<f64>>| matrices(&m, v, s), &scale, &gs);
}

#[derive(Differentiable, Clone, Debug, PartialEq)]
struct Spring {
    stiffness: f64,
    rest: f64,
    ends: (usize, usize),
}

#[derive(Differentiable, Clone, Debug, PartialEq)]
struct System {
    springs: Vec<Spring>,
    masses: Vec<f64>,
    #[no_grad]
    name: &'static str,
    gravity: [f64; 2],
}

impl Spring {
    #[differentiable]
    fn energy(&self, x: &[f64]) -> f64 {
        let (i, j) = self.ends;
        let stretch = (x[i] - x[j]).abs() - self.rest;
        0.5 * self.stiffness * stretch * stretch
    }
}

impl System {
    #[differentiable]
    fn total(&self, x: &[f64], #[no_grad] offset: &[f64]) -> f64 {
        let mut e = 0.0;
        for spring in &self.springs {
            e += spring.energy(x);
        }
        for i in 0..x.len() {
            let h = x[i] + offset[i];
            e += self.masses[i] * self.gravity[1] * h;
        }
        println!("{} has energy {e}", self.name);
        assert!(e.is_finite(), "energy {e}");
        e
    }
}

#[test]
fn methods_and_nested_structs() {
    let system = System {
        springs: vec![
            Spring { stiffness: 2.0, rest: 0.3, ends: (0, 1) },
            Spring { stiffness: 3.0, rest: 0.1, ends: (1, 2) },
        ],
        masses: vec![1.0, 2.0, 3.0],
        name: "chain",
        gravity: [0.0, 9.81],
    };
    let x = vec![0.0, 1.0, 1.7];
    let offset = vec![0.1, 0.2, 0.3];
    let (value, (g, gx)) = system.total_value_and_grad(&x, &offset);
    assert_eq!(value, system.total(&x, &offset));
    check(|s: &System| s.total(&x, &offset), &system, &g);
    check(|x: &Vec<f64>| system.total(x, &offset), &x, &gx);
    assert_eq!(g.springs[0].ends, (NoTangent, NoTangent));
}

#[differentiable]
fn make(a: f64, b: f64) -> Spring {
    Spring { stiffness: a * b, rest: b, ends: (0, 1) }
}

#[differentiable]
fn update(s: &Spring, a: f64) -> f64 {
    let changed = Spring { rest: a, ..s.clone() };
    let made = make(changed.stiffness, changed.rest);
    let Spring { stiffness, rest, .. } = made;
    stiffness * rest * changed.rest
}

#[test]
fn structs_are_built_and_taken_apart() {
    let s = Spring { stiffness: 1.5, rest: 0.2, ends: (0, 1) };
    let (gs, ga) = update::grad(&s, 0.7);
    check(|s| update(s, 0.7), &s, &gs);
    check(|a| update(&s, *a), &0.7, &ga);
    let (value, pullback) = make::vjp(2.0, 3.0);
    assert_eq!(value.stiffness, 6.0);
    let cotangent = SpringGrad { stiffness: 1.0, rest: 10.0, ..SpringGrad::default() };
    assert_eq!(pullback(cotangent), (3.0, 12.0));
}

#[differentiable]
fn polynomial<T: Real, const N: usize>(c: [T; N], x: T) -> T {
    let mut sum = c[N - 1];
    for i in (0..N - 1).rev() {
        sum = sum * x + c[i];
    }
    sum.tanh() * T::from_f64(2.0)
}

#[test]
fn generic_functions() {
    let c = [0.1, -0.2, 0.3, 0.4];
    let (gc, gx) = polynomial::grad(c, 0.9);
    check(|c| polynomial(*c, 0.9), &c, &gc);
    check(|x| polynomial(c, *x), &0.9, &gx);
    let (g32, _) = polynomial::grad(c.map(|c| c as f32), 0.9_f32);
    for (a, b) in g32.iter().zip(gc) {
        assert!((f64::from(*a) - b).abs() < 1e-6);
    }
}

#[derive(Differentiable, Clone, Debug)]
struct Pair<T: Real> {
    a: T,
    b: T,
}

impl<T: Real> Pair<T> {
    #[differentiable]
    fn product(&self, x: T) -> T {
        self.a * x * self.b
    }

    #[differentiable(associated)]
    fn of_squares(a: T, b: T) -> T {
        a * a * b
    }

    #[differentiable]
    fn swapped(self, x: T) -> T {
        let sum = Self::of_squares(self.b, x);
        sum * self.a + self.product(x)
    }
}

#[test]
fn methods_of_generic_types() {
    let p = Pair { a: 1.2, b: 0.7 };
    let (g, gx) = p.clone().swapped_grad(0.4);
    check(|p: &Pair<f64>| p.clone().swapped(0.4), &p, &g);
    check(|x| p.clone().swapped(*x), &0.4, &gx);
}

#[differentiable]
fn norm2(v: &[f64]) -> f64 {
    let mut s = 0.0;
    for x in v {
        s += x * x;
    }
    s
}

#[differentiable]
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..a.len() {
        s += a[i] * b[i] * b[i];
    }
    s
}

#[differentiable]
fn calls(x: &[f64], k: usize) -> f64 {
    let mut v = x.to_vec();
    let mut total = dot(x, x) + dot(&x[..2], &x[1..3]);
    for i in 0..k {
        total += norm2(&v) * dot(&v[i..], &x[i..]);
        v[i] = v[i] * total.sin();
        if total > 2.0 {
            total = total.sqrt() * norm2(&v[..=i]);
        }
    }
    total
}

#[test]
fn calls_with_slices_of_what_changes() {
    let x = vec![0.3, -0.9, 0.5];
    for k in 0..=3 {
        check(|x: &Vec<f64>| calls(x, k), &x, &calls::grad(&x, k));
    }
}

#[differentiable]
fn aliased(x: f64, y: f64) -> f64 {
    let mut a = [x, y, x * y];
    let i = 1;
    let j = i;
    a[i] = a[i] * a[j];
    a[0] += a[0];
    let b = a;
    a[2] = b[0] * b[2];
    a[0] * a[1] + a[2] * a[2] + b[2]
}

#[test]
fn the_same_element_twice() {
    let (gx, gy) = aliased::grad(1.4, 0.6);
    check(|x| aliased(*x, 0.6), &1.4, &gx);
    check(|y| aliased(1.4, *y), &0.6, &gy);
}

#[differentiable]
fn mixed(x: f64, w: &[f32], n: usize) -> f64 {
    let mut s = 0.0;
    for i in 0..n {
        s += w[i] as f64 * x.powi(i as i32) * i as f64;
    }
    s * f64::from(2) + (x.detach() as i64) as f64 * x
}

#[test]
fn casts() {
    let w = [0.5_f32, 0.25, 2.0];
    let (gx, gw) = mixed::grad(1.5, &w, 3);
    check(|x| mixed(*x, &w, 3) - 1.0 * x, &1.5, &(gx - 1.0));
    assert_eq!(gw, vec![0.0, 3.0, 9.0]);
}

#[differentiable]
fn late(x: f64, flag: bool) -> f64 {
    let y;
    if flag {
        y = x * x;
    } else {
        y = x.sin();
    }
    let (a, mut b) = (y, x);
    b *= a;
    let ((c, d), e) = ((a, b), x);
    c * d * e
}

#[test]
fn late_initialisation_and_tuples() {
    for flag in [true, false] {
        check(|x| late(*x, flag), &0.8, &late::grad(0.8, flag));
    }
}

#[differentiable]
fn stops(x: f64, y: f64, training: bool) -> f64 {
    let mut s = x * y;
    no_grad! {
        s = s * 2.0;
    }
    let mut t = x;
    for i in 0..3 {
        let gated = set_grad_enabled!(training, { t * y });
        t += gated;
        if i == 1 {
            no_grad! { t += 1.0 };
            t = t * enable_grad! { x };
        }
    }
    let frozen = no_grad! { x.exp() * s };
    s * x + t + frozen * y
}

/// The same with what is stopped passed in as numbers.
fn stops_by_hand(x: f64, y: f64, training: bool, at: (f64, f64)) -> f64 {
    let s0 = at.0 * at.1 * 2.0;
    let run = |x: f64, y: f64, fixed: Option<[f64; 4]>| {
        let mut seen = [0.0; 4];
        let mut t = x;
        for i in 0..3 {
            seen[i] = t * y;
            let gated = if training { t * y } else { fixed.map_or(seen[i], |f| f[i]) };
            t += gated;
            if i == 1 {
                seen[3] = t + 1.0;
                t = fixed.map_or(seen[3], |f| f[3]) * x;
            }
        }
        (t, seen)
    };
    let (_, seen) = run(at.0, at.1, None);
    let (t, _) = run(x, y, Some(seen));
    s0 * x + t + at.0.exp() * s0 * y
}

#[test]
fn stop_gradients_in_control_flow() {
    for training in [true, false] {
        let (gx, gy) = stops::grad(0.7, 1.3, training);
        let at = (0.7, 1.3);
        check(|x| stops_by_hand(*x, 1.3, training, at), &0.7, &gx);
        check(|y| stops_by_hand(0.7, *y, training, at), &1.3, &gy);
    }
}

#[differentiable]
fn not_taken(x: f64) -> f64 {
    let mut s = x.sqrt();
    s = 2.0 * x;
    if x > 0.0 { s.sqrt() } else { s }
}

#[test]
fn what_is_overwritten_or_not_taken_contributes_nothing() {
    assert_eq!(not_taken::grad(0.0), 2.0);
}

#[test]
fn accumulation() {
    let mut g = (0.0, 0.0);
    assert_eq!(straight::value_and_grad_into(1.3, 0.7, &mut g), straight(1.3, 0.7));
    let once = g;
    straight::value_and_grad_into(1.3, 0.7, &mut g);
    assert_eq!(g, (2.0 * once.0, 2.0 * once.1));
    g.zero();
    assert_eq!(g, (0.0, 0.0));
    let mut g = Vec::new();
    norm2::value_and_grad_into(&[1.0, 2.0], &mut g);
    norm2::value_and_grad_into(&[1.0, 2.0], &mut g);
    assert_eq!(g, vec![4.0, 8.0]);
}

#[test]
fn a_pullback_holds_no_borrow() {
    let mut x = vec![1.0, 2.0];
    let (_, pullback) = norm2::vjp(&x);
    x[0] = 5.0;
    assert_eq!(pullback(10.0), vec![20.0, 40.0]);
    assert_eq!(x[0], 5.0);
}

mod inner {
    use autograd_runtime::prelude::*;

    #[differentiable]
    pub(crate) fn cube(x: f64) -> f64 {
        x * x * x
    }
}

#[differentiable]
fn across_modules(x: f64) -> f64 {
    #[differentiable]
    fn local(x: f64) -> f64 {
        x.cos()
    }
    use inner::cube;
    inner::cube(x) * cube(local(x))
}

#[test]
fn calls_across_modules_and_nested_functions() {
    check(|x| across_modules(*x), &0.6, &across_modules::grad(0.6));
}

#[differentiable]
fn three_lines(#[no_grad] x: f64, w: f64) -> f64 {
    let y = x * w;
    y
}

#[test]
fn requires_grad_is_reported_for_each_node() {
    let graph = three_lines::graph();
    let requires_grad = |name| graph.node(name).expect("the node exists").requires_grad;
    assert_eq!((requires_grad("x"), requires_grad("w"), requires_grad("y")), (false, true, true));
    let stopped = stops::graph().node("frozen").expect("the node exists");
    assert!(stopped.is_stop_gradient && !stopped.requires_grad);
}

#[test]
fn gradients_are_checked_by_name() {
    use autograd_runtime::gradcheck;
    gradcheck!(straight, 1.3, 0.7).unwrap();
    gradcheck!(triangular, &[0.5, -0.3, 0.8], 3).unwrap();
    gradcheck!(polynomial, [0.1, 0.2, 0.3], 0.4_f64).unwrap();
    gradcheck!(inner::cube, 0.4).unwrap();
    let spring = Spring { stiffness: 2.0, rest: 0.3, ends: (0, 1) };
    spring.energy_gradcheck(&[0.1, 0.9]).unwrap();
}

impl Spring {
    #[differentiable]
    fn work(self, x: f64) -> f64 {
        self.stiffness * x * x + self.rest
    }
}

#[test]
fn receivers_by_value() {
    let spring = Spring { stiffness: 2.0, rest: 0.3, ends: (0, 1) };
    spring.work_gradcheck(0.4).unwrap();
}

#[differentiable]
fn in_place(x: &[f64], a: f64) -> f64 {
    let mut v = x.to_vec();
    let mut s = a;
    for y in v.iter_mut() {
        *y = *y * s + y.sin();
        s *= *y;
    }
    for y in &mut v {
        *y *= a;
    }
    for i in 0..v.len() / 2 {
        let j = v.len() - 1 - i;
        let t = v[i];
        v[i] = v[j] * t;
        v[j] = t;
    }
    dot(&v, x) + s
}

#[test]
fn elements_are_changed_in_place() {
    autograd_runtime::gradcheck!(in_place, &[0.4, -0.7, 1.1, 0.3], 0.9).unwrap();
    autograd_runtime::gradcheck!(in_place, &[], 0.9).unwrap();
}

/// A field without gradient costs nothing and receives nothing.
#[derive(Differentiable, Clone, Debug)]
struct Frozen {
    #[no_grad]
    table: Tensor<2, f64>,
    weight: Tensor<2, f64>,
    #[no_grad]
    scale: f64,
    count: usize,
    layer: nn::Linear<f64>,
}

#[differentiable]
fn sum_of_product(a: &Tensor<2, f64>, b: &Tensor<2, f64>) -> f64 {
    a.sum() * b.mean()
}

impl Frozen {
    #[differentiable]
    fn loss(&self, #[no_grad] x: &Tensor<2, f64>) -> f64 {
        let h = x.matmul(&self.table).tanh();
        let y = self.layer.forward(&(h.matmul(&self.weight) * self.scale));
        y.sum() + sum_of_product(&self.table, &y) * self.count as f64
    }
}

#[test]
fn fields_without_gradient() {
    let model = Frozen {
        table: Tensor::randn([3, 4], 1),
        weight: Tensor::randn([4, 2], 2),
        scale: 0.5,
        count: 3,
        layer: nn::Linear::new(2, 2, 1),
    };
    let x = Tensor::randn([5, 3], 3);
    model.loss_gradcheck(&x).unwrap();
    assert_eq!(model.loss_grad(&x).table, NoTangent);
}

#[derive(Differentiable, Clone, Copy, Debug, PartialEq)]
struct Vector {
    x: f64,
    y: f64,
}

impl Vector {
    #[differentiable]
    fn len(&self) -> f64 {
        (self.x * self.x + self.y * self.y).sqrt()
    }
}

/// A trait of the user's with a method that tensors have too.
trait Power {
    fn square(self) -> f64;
}

impl Power for f64 {
    fn square(self) -> f64 {
        self * self * self
    }
}

#[differentiable]
fn named_like_others(v: &Vector, list: &[f64]) -> f64 {
    let cube = no_grad! { v.x.square() };
    Vector::len(v) * cube + list.len() as f64 * v.x.floor() * v.y
}

#[test]
fn names_of_std_do_not_hide_methods() {
    autograd_runtime::gradcheck!(named_like_others, &Vector { x: 3.0 + 0.5, y: 4.0 }, &[1.0, 2.0])
        .unwrap_err();
    let g = named_like_others::grad(&Vector { x: 3.0, y: 4.0 }, &[1.0, 2.0]).0;
    assert!((g.x - 0.6 * 27.0).abs() < 1e-12 && (g.y - 0.8 * 27.0 - 6.0).abs() < 1e-12, "{g:?}");
}

#[differentiable]
fn result_overwritten(x: f64, y: f64) -> f64 {
    let mut a = x.exp();
    a *= y;
    let mut b = x / y;
    b = b * b + a;
    let mut c = y.sqrt();
    for _ in 0..3 {
        c = c * x + b.tanh();
    }
    let mut d = (x * y).tanh();
    d -= c;
    a + b * d
}

#[test]
fn a_result_that_is_overwritten_is_still_known() {
    autograd_runtime::gradcheck!(result_overwritten, 0.4, 1.3).unwrap();
}
