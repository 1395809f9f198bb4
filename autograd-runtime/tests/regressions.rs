//! Programs that went wrong once, each with the value and the gradient that it has.
#![allow(unused, clippy::pedantic, clippy::all, reason = "what users may write, not what is best")]

use autograd_runtime::prelude::*;

#[differentiable]
fn return_inside_a_macro(x: f64) -> f64 {
    let kept = 0.5_f64;
    let result = vec![
        x,
        if kept < x {
            0.5_f64
        } else {
            let none: Option<f64> = None;
            let Some(value) = none else {
                return 0.5_f64;
            };
            value
        },
    ];
    result[0] * 2.0
}

#[test]
fn a_return_inside_a_macro_leaves_the_function() {
    assert_eq!(return_inside_a_macro::value_and_grad(0.25), (0.5, 0.0));
    assert_eq!(return_inside_a_macro::value_and_grad(0.75), (1.5, 2.0));
}

#[differentiable]
fn assigned_inside_a_macro(x: f64) -> f64 {
    let mut y = 1.0;
    let v = vec![{
        y = x * x;
        2.0
    }];
    v[0] * y
}

#[test]
fn what_is_assigned_inside_a_macro_is_active() {
    assert_eq!(assigned_inside_a_macro::value_and_grad(3.0), (18.0, 12.0));
}

#[differentiable]
fn assigned_to_itself(x: f64) -> f64 {
    let mut z = [x, 0.5];
    z = z;
    z[0] * z[1]
}

#[test]
fn a_list_is_assigned_to_itself() {
    assert_eq!(assigned_to_itself::value_and_grad(3.0), (1.5, 0.5));
}

#[differentiable]
fn return_inside_a_condition(x: f64, y: f64) -> f64 {
    if (if y > 0.5 { return x } else { 0.25 }) > 0.0 {
        return x * y;
    }
    y
}

#[test]
fn a_condition_may_leave_the_function() {
    assert_eq!(return_inside_a_condition::value_and_grad(3.0, 1.0), (3.0, (1.0, 0.0)));
    assert_eq!(return_inside_a_condition::value_and_grad(3.0, 0.5), (1.5, (0.5, 3.0)));
}

#[differentiable]
fn chain_over_detached(y: [f64; 2]) -> f64 {
    let slot = y[1];
    let detached = y.detach();
    detached.iter().copied().map(|v| slot * v).sum::<f64>()
}

#[test]
fn a_chain_runs_over_a_detached_list() {
    assert_eq!(chain_over_detached::value_and_grad([2.0, 3.0]), (15.0, [0.0, 5.0]));
}

#[differentiable]
fn scaled(x: f64, #[no_grad] factor: f64) -> f64 {
    x * factor
}
#[differentiable]
fn active_for_inactive(x: f64, y: f64) -> f64 {
    scaled(x, y * y) * y
}

#[test]
fn an_active_value_is_given_to_a_parameter_without_gradient() {
    assert_eq!(active_for_inactive::value_and_grad(3.0, 2.0), (24.0, (8.0, 12.0)));
}

#[derive(Differentiable, Clone)]
struct Table {
    scale: f64,
    #[no_grad]
    rows: Vec<f64>,
}
#[differentiable]
fn first(list: &[f64], x: f64) -> f64 {
    list[0] * x
}
#[differentiable]
fn parts_without_gradient(table: &Table, x: f64) -> f64 {
    let mut sum = 0.0;
    for i in 0..table.rows.len() {
        sum += table.rows[i] * x;
    }
    for row in &table.rows[1..] {
        sum += row * table.scale;
    }
    sum + first(&table.rows, x) + table.rows.iter().map(|row| row * x).sum::<f64>()
}

#[test]
fn elements_of_a_field_without_gradient_are_read() {
    let table = Table { scale: 3.0, rows: vec![1.0, 2.0] };
    let (value, (gradient, x)) = parts_without_gradient::value_and_grad(&table, 5.0);
    assert_eq!(value, 15.0 + 6.0 + 5.0 + 15.0);
    assert_eq!((gradient.scale, x), (2.0, 7.0));
}

#[differentiable]
fn copies_of_parts(v: &[f64]) -> f64 {
    let part = &v[1..3];
    let copy = part.to_vec();
    let mut list = vec![v[0]];
    list.push(copy[1]);
    let grown = list.to_vec();
    let mut target = [0.0; 2];
    target.copy_from_slice(&list);
    copy[0] * grown[1] + target[0] * target[1]
}

#[test]
fn parts_of_lists_and_grown_lists_are_copied() {
    // v₁v₂ + v₀v₂
    assert_eq!(copies_of_parts::value_and_grad(&[2.0, 3.0, 5.0]), (25.0, vec![5.0, 5.0, 5.0]));
}

/// Checks value and derivative of a function of one scalar against central differences.
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
    ($($name:ident at $points:expr;)*) => {$(
        #[test]
        fn $name() {
            check(functions::$name, functions::$name::value_and_grad, &$points);
        }
    )*};
}

checks! {
    a_return_inside_a_condition at [0.2, 0.6];
    a_break_inside_a_condition at [0.2, 0.6];
    an_assignment_inside_a_block_of_a_condition at [0.2, 0.6];
}

mod functions {
    use super::*;

    #[differentiable]
    pub(super) fn a_return_inside_a_condition(x: f64) -> f64 {
        let mut y = x;
        if (if x > 0.3 { return 3.0 * x } else { 0.5 }) > 0.25 {
            y *= x;
        }
        y
    }

    #[differentiable]
    pub(super) fn a_break_inside_a_condition(x: f64) -> f64 {
        let mut y = x;
        for k in 0..3 {
            if (no_grad! {
                if x > 0.3 { break; }
                x
            }) < k as f64
            {
                y *= x;
            }
            y += 1.0;
        }
        y
    }

    #[differentiable]
    pub(super) fn an_assignment_inside_a_block_of_a_condition(x: f64) -> f64 {
        let mut y = x;
        if x < 0.7
            || (if x > 1.0 {
                0.5
            } else {
                enable_grad! { y = x * x; }
                0.3
            }) < 0.4
        {
            y *= 2.0;
        }
        y
    }
}
