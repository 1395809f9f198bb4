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

#[differentiable]
fn bare_name(w: &[f64]) -> f64 {
    let list = w.iter().copied().map(|v| no_grad! { v }).collect::<Vec<f64>>();
    let y = {
        let v = w[0] * w[0];
        no_grad! { v }
    };
    let z = {
        let v = w[0] * w[1];
        no_grad! { enable_grad! { v * v } }
    };
    list[0] + w[1] * y + z
}

#[test]
fn a_bare_name_is_cut_behind_its_definition() {
    let (value, gradient) = bare_name::value_and_grad(&[2.0, 3.0]);
    assert_eq!(value, 2.0 + 12.0 + 36.0);
    assert_eq!(gradient, [2.0 * 6.0 * 3.0, 4.0 + 2.0 * 6.0 * 2.0]);
}

#[differentiable]
fn behind_an_arm_that_may_leave(x: f64, w: f64, n: usize) -> f64 {
    match n {
        k => {
            for _ in 0..k {
                if w < -5.0 {
                    return 0.5;
                }
            }
        }
    }
    x * 2.0
}

#[test]
fn what_follows_an_arm_that_may_leave_has_its_gradient() {
    assert_eq!(behind_an_arm_that_may_leave::value_and_grad(3.0, 1.0, 2), (6.0, (2.0, 0.0)));
    assert_eq!(behind_an_arm_that_may_leave::value_and_grad(3.0, -9.0, 2), (0.5, (0.0, 0.0)));
}

fn bucket(x: f64) -> u64 {
    x as u64
}

#[differentiable]
fn bits_of_a_call(x: f64) -> f64 {
    let b = bucket(x);
    let parity = b & 1;
    x * x * parity as f64 + x * (bucket(x) >> 1) as f64
}

#[test]
fn the_bits_of_an_integer_that_a_function_returns() {
    assert_eq!(bits_of_a_call::value_and_grad(3.5), (3.5 * 3.5 + 3.5, 7.0 + 1.0));
    assert_eq!(bits_of_a_call::value_and_grad(2.5), (2.5, 1.0));
}
