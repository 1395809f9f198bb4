//! Values that are computed and then not used: what their derivatives are does not matter, and where most
//! are unused, most of the reverse pass is left out.
#![allow(clippy::pedantic, clippy::all, unused, reason = "what users may write, not what is best")]

use autograd_runtime::prelude::*;
use std::cell::Cell;

mod support;
use support::differences::tests;

#[differentiable]
fn distance(a: &[f64; 2], b: &[f64; 2]) -> f64 {
    ((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1])).sqrt()
}

#[differentiable]
fn farthest(points: &[[f64; 2]], from: &[f64; 2]) -> f64 {
    points.iter().map(|point| distance(point, from)).fold(0.0, f64::max)
}

#[differentiable]
fn collected(points: &[[f64; 2]], from: &[f64; 2]) -> f64 {
    let distances: Vec<f64> = points.iter().map(|point| distance(point, from)).collect();
    distances[1]
}

#[differentiable]
fn pushed(points: &[[f64; 2]], from: &[f64; 2]) -> f64 {
    let mut distances = Vec::new();
    for point in points {
        distances.push((distance(point, from), 1.0));
    }
    distances[1].0
}

/// Without a pole of its own: the poles are in what it calls.
#[differentiable]
fn shifted(a: &[f64; 2], b: &[f64; 2]) -> f64 {
    2.0 * distance(a, b) + 1.0
}

#[differentiable]
fn collected_twice(points: &[[f64; 2]], from: &[f64; 2]) -> f64 {
    let distances: Vec<f64> = points.iter().map(|point| shifted(point, from)).collect();
    distances[1]
}

mod elsewhere {
    use autograd_runtime::prelude::*;

    /// What it calls is in its own scope.
    #[differentiable]
    pub(crate) fn nested(a: f64, b: f64) -> f64 {
        #[differentiable]
        fn root(x: f64) -> f64 {
            x.sqrt()
        }
        root(a * a) * b
    }

    #[differentiable]
    pub(crate) fn product<T: Real>(a: T, b: T) -> T {
        a * b - a.sin()
    }

    #[differentiable]
    pub(crate) fn of_product(a: f64, b: f64) -> f64 {
        product::<f64>(a, b) * 3.0
    }
}

#[differentiable]
fn from_elsewhere(x: &[f64]) -> f64 {
    let products: Vec<f64> = x.windows(2).map(|x| elsewhere::of_product(x[0], x[1])).collect();
    let roots: Vec<f64> = x.iter().map(|x| elsewhere::nested(*x, 2.0)).collect();
    products[0] * products[0] + roots[1]
}

#[test]
fn constants_of_callees() {
    // The root's pole is at an element that is not used.
    let x = [1.5, 2.0, 0.0];
    // 3 (x₀ x₁ - sin x₀), and 2 |x₁|.
    let p = 3.0 * (3.0 - 1.5_f64.sin());
    let expected = [2.0 * p * 3.0 * (2.0 - 1.5_f64.cos()), 2.0 * p * 4.5 + 2.0, 0.0];
    let gradient = from_elsewhere::grad(&x);
    for (actual, expected) in gradient.iter().zip(expected) {
        assert!((actual - expected).abs() < 1e-12, "{gradient:?}");
    }
}

#[differentiable]
fn overwritten(points: &[[f64; 2]], from: &[f64; 2]) -> f64 {
    let mut last = [0.0; 1];
    for point in points {
        last[0] = distance(point, from);
    }
    last[0]
}

#[test]
fn an_infinite_derivative_in_a_callee_that_is_not_selected() {
    // Of the first point the distance is zero, where the root has no derivative.
    let (points, from) = ([[0.5, 0.25], [2.5, 0.25]], [0.5, 0.25]);
    let expected = ([[0.0, 0.0], [1.0, 0.0]], [-1.0, 0.0]);
    for (name, gradient) in [
        ("farthest", farthest::grad as fn(&_, &_) -> _),
        ("collected", collected::grad),
        ("pushed", pushed::grad),
        ("overwritten", overwritten::grad),
    ] {
        let (of_points, of_from) = gradient(&points, &from);
        assert_eq!((of_points.as_slice(), of_from), (&expected.0[..], expected.1), "{name}");
    }
    let (of_points, of_from) = collected_twice::grad(&points, &from);
    assert_eq!((of_points.as_slice(), of_from), (&[[0.0, 0.0], [2.0, 0.0]][..], [-2.0, 0.0]));
}

#[differentiable]
fn root<T: Real>(x: T) -> T {
    x.sqrt()
}

#[differentiable(order = 2)]
fn larger_root<T: Real>(x: T, y: T) -> T {
    root(x).max(root(y) * y)
}

#[differentiable(order = 2)]
fn square_of_stored<T: Real>(x: T) -> T {
    let mut list = vec![T::ONE; 2];
    list[1] = tripled(x);
    list[1] * list[1]
}

#[differentiable]
fn tripled<T: Real>(x: T) -> T {
    x * T::from_f64(3.0)
}

#[test]
fn second_derivatives() {
    // y^(3/2) at 4: 3/2 y^(1/2) = 3, and 3/4 y^(-1/2) = 3/8.
    assert_eq!(larger_root::grad(0.0, 4.0), (0.0, 3.0));
    assert_eq!(larger_root::hvp(0.0, 4.0, (0.0, 1.0)), (0.0, 0.375));
    // The cotangent of the element is zero, its tangent is not.
    assert_eq!(square_of_stored::grad(0.0), 0.0);
    assert_eq!(square_of_stored::hvp(0.0, 1.0), 18.0);
}

thread_local! {
    static PULLED_BACK: Cell<usize> = const { Cell::new(0) };
}

/// A function whose pullbacks are counted.
#[differentiable(vjp = counted_rule)]
fn counted(x: f64, y: f64) -> f64 {
    x * y
}

fn counted_rule(x: f64, y: f64) -> (f64, impl FnOnce(f64) -> (f64, f64)) {
    (x * y, move |bar| {
        PULLED_BACK.set(PULLED_BACK.get() + 1);
        (bar * y, bar * x)
    })
}

/// Sums of products of which two are used.
#[differentiable]
fn gathered(x: &[f64]) -> f64 {
    let mut sums = Vec::new();
    for i in 0..10 {
        let mut sum = 0.0;
        for j in 0..x.len() {
            sum += counted(x[j], (i * j) as f64);
        }
        sums.push(sum);
    }
    sums[3] * sums[7]
}

#[test]
fn what_is_not_used_is_not_pulled_back() {
    let x = [1.0, -2.0, 3.0, 0.5];
    PULLED_BACK.set(0);
    let gradient = gathered::grad(&x);
    assert_eq!(PULLED_BACK.get(), 2 * x.len());
    // (3 s) (7 s) with s = Σ j x_j, so 42 s j.
    let s: f64 = x.iter().enumerate().map(|(j, x)| j as f64 * x).sum();
    let expected: Vec<f64> = (0..x.len()).map(|j| 42.0 * s * j as f64).collect();
    assert_eq!(gradient, expected);
}

tests! {
    tangents within 1e-12;
    inner_loops_with_frames: with_frames;
    inner_loops_in_inner_loops: in_two;
    inner_loops_in_branches: in_branches;
    inner_loops_that_keep_lists: with_lists;
    inner_loops_that_are_left: left_early;
    rows_that_are_written_twice: written_twice;
    what_an_iteration_adds_to_what_it_reads: carried;
    a_callee_that_writes: through_a_callee;
}

#[differentiable]
fn with_frames(x: &[f64]) -> f64 {
    let mut values = vec![0.0; 8];
    for i in 0..8 {
        let mut value = 1.0;
        for j in 0..4 {
            value = (value * x[j]).sin() + 0.1 * i as f64;
        }
        values[i] = value * x[0];
    }
    values[1] * values[6] + values[6]
}

#[differentiable]
fn in_two(x: &[f64]) -> f64 {
    let mut values = vec![0.0; 6];
    for i in 0..6 {
        let mut value = 1.0;
        for j in 0..4 {
            for k in 0..j {
                value = (value * x[j]).cos() + x[k] * x[i % 4];
            }
        }
        values[i] = value;
    }
    values[4] * x[1]
}

#[differentiable]
fn in_branches(x: &[f64]) -> f64 {
    let mut values = vec![0.0; 6];
    for i in 0..6 {
        let mut value = x[i % 4];
        if value > 0.6 {
            for j in 0..3 {
                value = (value * x[j]).sin();
            }
        }
        for j in 0..i {
            value = value * value.cos() + x[j % 4];
        }
        values[i] = value;
    }
    values[2] + values[5] * values[0]
}

#[differentiable]
fn scaled(list: &[f64], by: f64) -> Vec<f64> {
    list.iter().map(|x| (x * by).sin()).collect()
}

#[differentiable]
fn with_lists(x: &[f64]) -> f64 {
    let mut values = vec![0.0; 6];
    for i in 0..6 {
        let mut list = vec![x[0], x[1] * x[2]];
        for j in 0..3 {
            list = scaled(&list, x[j] + i as f64);
        }
        values[i] = list[0] * list[1];
    }
    values[2] + values[4] * values[4]
}

#[differentiable]
fn left_early(x: &[f64]) -> f64 {
    let mut values = vec![0.0; 6];
    for i in 0..6 {
        let mut value = x[3];
        for j in 0..4 {
            value = value * x[j] + 0.3;
            if value > 1.0 {
                break;
            }
        }
        values[i] = value * (i as f64 + x[1]);
    }
    values[0] * values[5]
}

#[differentiable]
fn written_twice(x: &[f64]) -> f64 {
    let mut rows = vec![[0.0; 2]; 5];
    for i in 0..10 {
        let mut row = [x[i % 4], 1.0];
        for j in 0..3 {
            row[1] *= row[0] * x[j];
        }
        rows[i % 5] = row;
    }
    rows[0][1] * rows[3][0]
}

#[differentiable]
fn carried(x: &[f64]) -> f64 {
    let mut values = vec![0.0; 6];
    let mut state = x[0];
    for i in 0..6 {
        let mut value = state;
        for j in 0..4 {
            value = (value * x[j]).sin();
        }
        values[i] = value;
        state = state * x[1] + 0.2;
    }
    values[2] * values[5]
}

#[differentiable]
fn bump(list: &mut [f64], by: f64) -> f64 {
    list[0] *= by;
    list[0] * by
}

#[differentiable]
fn through_a_callee(x: &[f64]) -> f64 {
    let mut values = vec![0.0; 6];
    let mut list = [x[0], x[1]];
    for i in 0..6 {
        let mut value = bump(&mut list, x[2]);
        for j in 0..4 {
            value = (value * x[j]).sin();
        }
        values[i] = value;
    }
    values[1] + list[0]
}
