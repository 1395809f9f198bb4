//! Control flow that leaves early, loops without a known end, and patterns: each gradient against
//! central differences.

#![allow(
    clippy::pedantic,
    clippy::all,
    unused_assignments,
    reason = "what users may write, not what is best"
)]

use autograd_runtime::prelude::*;

/// Checks value and derivative of a function of one scalar.
#[track_caller]
fn check(f: impl Fn(f64) -> f64, value_and_grad: impl Fn(f64) -> (f64, f64), points: &[f64]) {
    let h = 1e-6;
    for &x in points {
        let (value, gradient) = value_and_grad(x);
        assert_eq!(value, f(x), "the value at {x}");
        let difference = (f(x + h) - f(x - h)) / (2.0 * h);
        let error = (gradient - difference).abs();
        assert!(error <= 1e-5 * (1.0 + difference.abs()), "at {x}: {gradient}, not {difference}");
    }
}

macro_rules! checks {
    ($($test:ident: $name:ident at $points:expr;)*) => {$(
        #[test]
        fn $test() {
            check($name, $name::value_and_grad, &$points);
        }
    )*};
}

checks! {
    early_return: early at [0.1, 0.9, 2.0, 4.0, -1.0];
    data_dependent_trip_count: newton at [2.0, 9.0];
    break_and_continue: breaks at [0.1, 0.9, 2.0, -1.0, 0.5];
    break_with_a_value: loop_value at [0.1, 0.9, 2.0, -1.0, 1.5];
    labels: nested at [0.1, 0.9, 2.0, -1.0, 1.5];
    match_with_guards: matched at [0.1, 0.9, 2.0, -1.0, 1.5];
    let_else_and_if_let: options at [0.1, 2.0];
    blocks_with_labels: labelled_block at [0.1, 1.0, 0.3, 0.25, -1.0];
    patterns_and_conditions: let_chain at [0.1, 0.6, 0.9, 4.0];
    while_let: while_some at [0.1, 0.6];
    break_out_of_reversed_and_element_loops: reversed at [0.1, 0.6, 0.9, 1.3, 2.0];
    early_return_with_vectors: vectors at [0.1, 0.6, 0.9, 1.3, 2.0];
}

#[differentiable]
fn early(x: f64) -> f64 {
    let a = x.sin();
    if a > 0.5 {
        return a * a * x;
    }
    let b = a.exp() * x;
    if b < -0.2 {
        return b * b;
    }
    b * 3.0 + a
}

#[differentiable]
fn newton(x: f64) -> f64 {
    // sqrt of x
    let mut y = x;
    while (y * y - x).abs() > 1e-12 {
        y = 0.5 * (y + x / y);
    }
    y
}

#[differentiable]
fn breaks(x: f64) -> f64 {
    let mut s = 0.0;
    let mut t = x;
    for i in 0..10 {
        t = t * x.cos() + i as f64 * 0.1;
        if t > 2.0 {
            break;
        }
        if t < 0.3 {
            s += x;
            continue;
        }
        let u = t.sin();
        s += u * t;
        if s > 1.5 {
            s *= x;
        }
    }
    s
}

#[differentiable]
fn loop_value(x: f64) -> f64 {
    let mut n = 0;
    let mut y = x;
    let r = loop {
        y = y * x + 0.3;
        n += 1;
        if n > 5 {
            break y * y;
        }
        if y > 3.0 {
            break y.sin() * x;
        }
    };
    r * x
}

#[differentiable]
fn nested(x: f64) -> f64 {
    let mut s = x;
    'outer: for i in 0..4 {
        for j in 0..=i {
            let w = s * 0.3 + x * j as f64;
            if w > 4.0 {
                break 'outer;
            }
            if w < 0.5 {
                continue 'outer;
            }
            if w > 3.5 {
                return w * w;
            }
            s = s + w.sin();
        }
        s *= 1.1;
    }
    s * x
}

#[differentiable]
fn matched(x: f64) -> f64 {
    let mut s = 0.0;
    for i in 0..6usize {
        s += match i {
            0 => x,
            1 | 2 => x * x,
            n if n % 2 == 1 => {
                let k = n as f64;
                k * x.sin()
            }
            _ => {
                if s > 2.0 {
                    return s * x;
                }
                s * x
            }
        };
    }
    s
}

#[differentiable]
fn options(x: f64) -> f64 {
    let o = if x > 1.0 { Some(x * x) } else { None };
    let Some(v) = o else {
        return x * 3.0;
    };
    let w = if let Some(u) = Some(v * 2.0) { u * x } else { 0.0 };
    v * x + w
}

#[differentiable]
fn labelled_block(x: f64) -> f64 {
    let y = 'a: {
        let t = x.exp();
        if t > 2.0 {
            break 'a t * x;
        }
        let u = t * t;
        if u > 1.5 {
            break 'a u;
        }
        u + x
    };
    y.sin() * x
}
#[differentiable]
fn let_chain(x: f64) -> f64 {
    let o = if x > 0.5 { Some(x * 2.0) } else { None };
    let y = if x < 3.0
        && let Some(v) = o
        && v > 1.5
    {
        v * v
    } else {
        x * 7.0
    };
    y * x
}
#[differentiable]
fn while_some(x: f64) -> f64 {
    let mut n = Some(3);
    let mut p = x;
    while let Some(k) = n {
        p *= x + k as f64;
        n = if k > 0 { Some(k - 1) } else { None };
    }
    p
}
#[differentiable]
fn reversed(x: f64) -> f64 {
    let xs = [x, x * x, x.sin(), 2.0 * x];
    let mut s = 0.0;
    for i in (0..=3).rev() {
        s += xs[i] * i as f64;
        if s > 3.0 {
            break;
        }
    }
    for v in xs.iter() {
        if *v > 1.9 {
            break;
        }
        s *= v;
    }
    for v in xs {
        if v < 0.2 {
            return s;
        }
        s += v * v;
    }
    s
}
#[differentiable]
fn vectors(x: f64) -> f64 {
    let v = vec![x, x * x];
    if x > 1.0 {
        return v[0] * v[1];
    }
    let mut w = v.clone();
    let mut k = 0;
    while k < 5 {
        if w[0] > 2.0 {
            return w[1] + v[0];
        }
        w[0] = w[0] * 1.5 + v[1];
        w[1] *= w[0];
        k += 1;
    }
    w[0] + w[1]
}
#[differentiable]
fn gate(x: f64, #[no_grad] on: bool) -> f64 {
    let mut s = x;
    for i in 0..4 {
        let y = set_grad_enabled!(on, {
            if i == 3 {
                break;
            }
            s * x
        });
        s += y;
    }
    s
}

#[derive(Differentiable, Clone, Debug, PartialEq)]
enum Shape {
    Circle(f64),
    Rect { w: f64, h: f64 },
    Poly(Vec<f64>),
    Empty,
}

#[differentiable]
fn area(s: &Shape, k: f64) -> f64 {
    match s {
        Shape::Circle(r) => r * r * 3.0 * k,
        Shape::Rect { w, h } => {
            let a = w * h;
            if a > 10.0 {
                return a;
            }
            a * k
        }
        Shape::Poly(xs) => {
            let mut t = 0.0;
            for x in xs.iter() {
                t += x * x * k;
            }
            t
        }
        Shape::Empty => k,
    }
}
#[differentiable]
fn build(x: f64, n: usize) -> f64 {
    let s = match n {
        0 => Shape::Circle(x),
        1 => Shape::Rect { w: x, h: x * x },
        2 => Shape::Poly(vec![x, 2.0 * x]),
        _ => Shape::Empty,
    };
    area(&s, x)
}

#[test]
fn a_gate_in_a_loop() {
    // (1 + x)³ x, and 1 where the products are constants.
    assert_eq!(gate::grad(2.0, true), 1.0 * 27.0 + 2.0 * 3.0 * 9.0);
    assert_eq!(gate::grad(2.0, false), 1.0);
}

#[test]
fn the_gradient_of_an_enum_is_that_of_its_variant() {
    assert_eq!(area::grad(&Shape::Circle(2.0), 0.5), (ShapeGrad::Circle(6.0), 12.0));
    let rect = Shape::Rect { w: 2.0, h: 3.0 };
    assert_eq!(area::grad(&rect, 0.5), (ShapeGrad::Rect { w: 1.5, h: 1.0 }, 6.0));
    let poly = Shape::Poly(vec![1.0, 2.0]);
    assert_eq!(area::grad(&poly, 0.5), (ShapeGrad::Poly(vec![1.0, 2.0]), 5.0));
    assert_eq!(area::grad(&Shape::Empty, 0.5), (ShapeGrad::Zero, 1.0));
}

#[test]
fn an_enum_that_is_built_passes_cotangents_on() {
    // 3 x³, x⁴, 5 x³ and x at 2.
    let expected = [36.0, 32.0, 60.0, 1.0];
    for (n, expected) in expected.into_iter().enumerate() {
        assert_eq!(build::grad(2.0, n), expected);
    }
}

/// Patterns of lists.
mod slices {
    use autograd_runtime::prelude::*;

    #[differentiable]
    fn horner(x: f64, coefficients: &[f64]) -> f64 {
        match coefficients {
            [] => 0.0,
            [head, tail @ ..] => head + x * horner(x, tail),
        }
    }
    #[differentiable]
    fn ends(v: &[f64]) -> f64 {
        let [a, .., b] = v else { return 7.0 };
        let inner = match v {
            [] | [_] => 0.0,
            [x, y] => x * y,
            [x, middle @ .., y, z] => x * y * z + middle.iter().map(|m| m * m).sum::<f64>(),
        };
        if let [c, d, ..] = &v[..] {
            return a * b * c + d + inner;
        }
        a * b
    }
    #[differentiable]
    fn arrays(v: [f64; 4]) -> f64 {
        let [a, .., d] = v;
        let [_, rest @ ..] = &v;
        a * d + rest[0] * rest[1]
    }
    #[differentiable]
    fn vectors(v: Vec<f64>) -> f64 {
        match v.as_slice() {
            [a, b, c, ..] if a < b => a * b * c,
            [a, ..] => a * a,
            _ => 0.0,
        }
    }

    #[test]
    fn against_closed_forms() {
        assert_eq!(
            horner::value_and_grad(2.0, &[3.0, 4.0, 5.0]),
            (31.0, (24.0, vec![1.0, 2.0, 4.0]))
        );
        assert_eq!(ends::value_and_grad(&[3.0]), (7.0, vec![0.0]));
        // a²b + a·b + b
        assert_eq!(
            ends::value_and_grad(&[2.0, 3.0]),
            (12.0 + 3.0 + 6.0, vec![12.0 + 3.0, 4.0 + 1.0 + 2.0])
        );
        // a²d + b + a·c·d + b²
        assert_eq!(
            ends::value_and_grad(&[2.0, 3.0, 4.0, 5.0]),
            (20.0 + 3.0 + 40.0 + 9.0, vec![20.0 + 20.0, 1.0 + 6.0, 10.0, 4.0 + 8.0])
        );
        assert_eq!(arrays::value_and_grad([2.0, 3.0, 4.0, 5.0]), (22.0, [5.0, 4.0, 3.0, 2.0]));
        assert_eq!(
            vectors::value_and_grad(vec![2.0, 3.0, 4.0, 5.0]),
            (24.0, vec![12.0, 8.0, 6.0, 0.0])
        );
        assert_eq!(vectors::value_and_grad(vec![2.0, 1.0]), (4.0, vec![4.0, 0.0]));
    }
}
