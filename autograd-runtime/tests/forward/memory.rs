//! Structs that are rebuilt, lists that are changed in place, and labelled loops.

use autograd_runtime::prelude::*;

#[derive(Differentiable, Clone)]
struct Outer {
    #[no_grad]
    k: f64,
    n: usize,
    w: Vec<f64>,
    maybe: Option<f64>,
}

#[differentiable]
fn nested_no_grad(s: &Outer, x: f64) -> f64 {
    let k = s.k;
    let mut t = s.clone();
    t.w[0] = x * k;
    t.w.push(x);
    let m = match &s.maybe {
        Some(v) => v * x,
        None => x,
    };
    t.w.iter().map(|w| w * s.k).sum::<f64>() + m + s.n as f64 * x
}

#[differentiable]
fn rebuilt(s: &Outer, x: f64) -> Outer {
    Outer { w: vec![x, s.w[0] * x], maybe: Some(x), ..s.clone() }
}

#[differentiable]
fn swapped(v: &[f64], flag: bool) -> Vec<f64> {
    let mut w = v.to_vec();
    w.swap(0, 1);
    w.reverse();
    if flag {
        w.truncate(2);
        w.fill(v[0]);
    }
    let mut z = vec![0.0; w.len()];
    z.copy_from_slice(&w);
    z[0] *= 2.0;
    z
}

#[differentiable]
fn labelled(x: f64) -> f64 {
    let mut y = x;
    'outer: for i in 0..5 {
        let mut j = 0;
        loop {
            y = y * 1.1 + x;
            j += 1;
            if y > 20.0 {
                break 'outer;
            }
            if j > i {
                continue 'outer;
            }
        }
    }
    let z = loop {
        y -= 1.0;
        if y < 10.0 {
            break y * x;
        }
    };
    let Some(w) = (if z > 0.0 { Some(z) } else { None }) else {
        return x;
    };
    w
}

#[test]
fn against_closed_forms_and_differences() {
    let s = Outer { k: 3.0, n: 2, w: vec![1.0, 2.0], maybe: Some(4.0) };
    let dot = OuterGrad { k: NoTangent, n: NoTangent, w: vec![0.5, 1.0], maybe: Some(10.0) };
    let (v, d) = nested_no_grad::jvp(&s, 2.0, (dot.clone(), 1.0));
    let h = 1e-6;
    let f = |t: f64| {
        let mut q = s.clone();
        q.w[0] += 0.5 * t;
        q.w[1] += t;
        q.maybe = Some(4.0 + 10.0 * t);
        nested_no_grad(&q, 2.0 + t)
    };
    assert_eq!(v, f(0.0));
    assert!((d - (f(h) - f(-h)) / (2.0 * h)).abs() < 1e-6, "{d}");
    let (_, r) = rebuilt::jvp(&s, 2.0, (dot, 1.0));
    assert_eq!(
        r,
        OuterGrad { k: NoTangent, n: NoTangent, w: vec![1.0, 0.5 * 2.0 + 1.0], maybe: Some(1.0) }
    );
    assert_eq!(swapped::jvp(&[1.0, 2.0, 3.0], false, vec![1.0, 10.0, 100.0]).1, [200.0, 1.0, 10.0]);
    assert_eq!(swapped::jvp(&[1.0, 2.0, 3.0], true, vec![1.0, 10.0, 100.0]).1, [2.0, 1.0]);
    for x in [0.3, 1.0, 2.5, 7.0] {
        let (v, d) = labelled::jvp(x, 1.0);
        assert_eq!(v, labelled(x));
        let h = 1e-6;
        let expected = (labelled(x + h) - labelled(x - h)) / (2.0 * h);
        assert!((d - expected).abs() < 1e-6 * expected.abs().max(1.0), "{d}, not {expected}");
    }
}
