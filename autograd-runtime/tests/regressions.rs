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
    an_assignment_inside_a_mode at [0.2, 0.6];
    an_assertion_that_assigns at [0.2, 0.6];
    a_list_split_before_it_is_replaced at [0.2, 0.6];
    a_list_of_constants_pushed_without_recording at [0.2, 0.6];
    a_struct_that_is_initialised_later at [0.2, 0.6];
    a_list_that_is_initialised_later at [0.2, 0.6];
    a_labelled_block_that_returns at [0.2, 0.6];
    differences_that_are_reduced at [0.2, 0.6];
}

/// The value of an `if` is a constant where nothing is recorded, also after an assignment.
#[differentiable]
fn a_branch_without_recording(x: f64) -> f64 {
    let c = set_grad_enabled!(false, {
        let mut n = 0;
        n += 1;
        if x > 0.3 * f64::from(n) { x } else { 2.0 }
    });
    let d = set_grad_enabled!(false, {
        let mut n = 0;
        n += 1;
        match n {
            1 => x,
            _ => 1.0,
        }
    });
    c * d * x
}

#[test]
fn a_branch_is_a_constant_where_nothing_is_recorded() {
    assert_eq!(a_branch_without_recording::grad(0.5), 0.25);
    assert_eq!(a_branch_without_recording::grad(0.25), 0.5);
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
    pub(super) fn an_assignment_inside_a_mode(x: f64) -> f64 {
        let (mut y, mut n) = (x, 0);
        while n < 3
            && set_grad_enabled!(
                {
                    y += x * x;
                    y > 1.0
                } && n == 1,
                { x * 0.0 }
            ) < 0.5
        {
            n += 1;
        }
        y * y
    }

    #[differentiable]
    pub(super) fn an_assertion_that_assigns(x: f64) -> f64 {
        let mut y = x;
        assert!({
            y *= x;
            y < 3.0
        });
        assert!(
            {
                y *= x;
                y < 3.0
            },
            "{y} is too much"
        );
        y
    }

    #[differentiable]
    pub(super) fn a_list_split_before_it_is_replaced(x: f64) -> f64 {
        let mut list = vec![x, 0.5];
        {
            let (low, high) = list.split_at_mut(1);
            low[0] += high[0] * x;
        }
        let first = list[0];
        for k in 1..3 {
            list = vec![x; 2 + k];
        }
        list[2] * first
    }

    #[differentiable]
    pub(super) fn a_list_of_constants_pushed_without_recording(x: f64) -> f64 {
        let mut y = x;
        y *= no_grad! {
            let mut list = vec![0.5, 0.25];
            list.push(1.5);
            list[2]
        };
        no_grad! {
            let mut list = vec![0.5, 0.25];
            list.push(y);
        }
        y * x
    }

    #[derive(Differentiable, Clone)]
    struct Pair {
        a: f64,
        b: Vec<f64>,
    }

    #[differentiable]
    pub(super) fn a_struct_that_is_initialised_later(x: f64) -> f64 {
        let pair;
        if x > 0.3 {
            pair = Pair { a: x, b: vec![x * x, 2.0] };
        } else {
            let b = vec![x.sin(), x, x * 3.0];
            pair = Pair { a: b[2], b };
        }
        pair.a * pair.b[0] + pair.b[1]
    }

    #[differentiable]
    pub(super) fn a_list_that_is_initialised_later(x: f64) -> f64 {
        let list;
        if x > 0.3 {
            list = vec![x * x, 2.0];
        } else {
            list = vec![x.sin(), x, x * 3.0];
        }
        list[0] * list[1] + list[list.len() - 1]
    }

    #[differentiable]
    pub(super) fn a_labelled_block_that_returns(x: f64) -> f64 {
        let Pair { a, .. } = Pair { a: x * x, b: Vec::new() };
        let p = 'block: {
            if x > 0.3 {
                return x * x * x;
            }
            if x < 0.1 {
                break 'block x;
            }
            a
        };
        p * 2.0
    }

    #[differentiable]
    pub(super) fn differences_that_are_reduced(x: f64) -> f64 {
        let pair = Pair { a: x, b: vec![x, x * x, 1.0, x.exp()] };
        let last = pair.b.chunks_exact(2).map(|c| c[1] - c[0]).step_by(1).reduce(|_, b| b.tanh());
        last.unwrap_or(0.5) * pair.a
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

/// What a `macro_rules!` puts into a function stays one operand, in the function itself too.
mod written_by_a_macro {
    use autograd_runtime::prelude::*;

    macro_rules! product {
        ($name:ident, $x:ident, $t:ty, $e:expr, $n:expr, $p:pat) => {
            #[differentiable]
            fn $name($x: $t) -> f64 {
                let k = 2 * $n;
                let p = 2.0 * $e;
                if $e < 0.0 {
                    return $e.powi(2);
                }
                match k {
                    $p => p,
                    _ => $e,
                }
            }
        };
    }
    product!(scalar, x, f64, x + 1.0, 1 + 2, 1 | 6);
    product!(list, x, &[f64], -x[0], 1 - 2, -2);

    macro_rules! tail {
        ($name:ident, $x:ident, $e:expr) => {
            #[differentiable]
            fn $name($x: f64) -> f64 {
                $e
            }
        };
    }
    tail!(block_first, x, no_grad! { x } + x * x);

    #[test]
    fn keeps_together() {
        assert_eq!((scalar(0.5), scalar::value_and_grad(0.5)), (3.0, (3.0, 2.0)));
        assert_eq!((scalar(-2.0), scalar::value_and_grad(-2.0)), (1.0, (1.0, -2.0)));
        assert_eq!((list(&[-0.5]), list::value_and_grad(&[-0.5])), (1.0, (1.0, vec![-2.0])));
        assert_eq!((list(&[3.0]), list::value_and_grad(&[3.0])), (9.0, (9.0, vec![6.0])));
        assert_eq!(block_first::value_and_grad(3.0), (12.0, 6.0));
    }
}

fn ones(n: usize) -> Vec<f64> {
    vec![1.0; n]
}

/// A call that no active value goes into may be of any function, also where its value is changed
/// later.
#[differentiable]
fn starts_from_any_function(x: f64, n: usize) -> f64 {
    let mut list = ones(n);
    list[0] += x;
    list[0] * list[1] * x
}

#[differentiable]
fn scaled_in_place(x: f64, v: &mut f64) -> f64 {
    *v *= x;
    *v * *v
}

#[differentiable]
fn picked(x: &[f64], order: &mut Vec<usize>) -> f64 {
    order.push(1);
    x[order[0]] * x[order[order.len() - 1]]
}

#[differentiable]
fn values_for_mutable_references(x: f64) -> f64 {
    scaled_in_place(x, &mut (x * 2.0)) * x + picked(&[x, x * x], &mut (0..1).collect())
}

#[test]
fn arguments_and_first_values_of_any_origin() {
    starts_from_any_function::gradcheck(0.7, 3).unwrap();
    values_for_mutable_references::gradcheck(0.7).unwrap();
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

/// Recording is on again inside, so the variable that is named there is not cut.
#[differentiable]
fn a_name_where_recording_is_on_again(x: f64) -> f64 {
    let y = x * x;
    let z = no_grad! { enable_grad! { y } };
    let w = no_grad! { y };
    z * w
}

#[test]
fn a_variable_named_where_recording_is_on_again() {
    assert_eq!(a_name_where_recording_is_on_again::value_and_grad(2.0), (16.0, 4.0 * 4.0));
}

/// The default is evaluated, also where it is not taken.
#[differentiable]
fn a_default_that_assigns(x: f64, some: bool) -> f64 {
    let mut y = 0.5;
    let option = if some { Some(x) } else { None };
    let value = option.unwrap_or({
        y = x * x;
        2.0 * y
    });
    value * y
}

#[test]
fn a_default_is_evaluated_before_it_is_needed() {
    assert_eq!(a_default_that_assigns::value_and_grad(2.0, true), (8.0, 3.0 * 4.0));
    assert_eq!(a_default_that_assigns::value_and_grad(2.0, false), (32.0, 8.0 * 8.0));
}

#[differentiable]
fn halved_by_depth(x: f64, m: &mut [f64], depth: usize) -> f64 {
    if depth == 0 {
        m[0] * m[2] * x
    } else {
        for pair in m.chunks_mut(2) {
            pair[0] *= 0.5 * x;
        }
        halved_by_depth(0.5 * x, m, depth - 1)
    }
}

/// `Σ` over the depths of the factors: `m₀ m₂ (x/2)² (x/4)² x/4` at depth 2.
#[test]
fn a_slice_that_is_changed_and_passed_on() {
    let (value, (x, m)) = halved_by_depth::value_and_grad(4.0, &mut [3.0, 1.0, 5.0], 2);
    assert_eq!(value, 3.0 * 5.0 * 4.0);
    assert_eq!(x, 5.0 * value / 4.0);
    assert_eq!(m, [value / 3.0, 0.0, value / 5.0]);
}

#[differentiable]
fn a_block_that_is_left_inside_a_guard(x: f64, n: usize) -> f64 {
    match n {
        0 if 'found: {
            for k in 0..3 {
                if x < k as f64 {
                    break 'found true;
                }
            }
            false
        } =>
        {
            x * x
        }
        _ => x,
    }
}

#[test]
fn labels_inside_a_guard() {
    assert_eq!(a_block_that_is_left_inside_a_guard::value_and_grad(1.5, 0), (2.25, 3.0));
    assert_eq!(a_block_that_is_left_inside_a_guard::value_and_grad(2.5, 0), (2.5, 1.0));
}

#[differentiable]
fn conditions_in_braces(x: f64, n: usize) -> f64 {
    let n = x * n as f64;
    let mut count = 0.0;
    assert!(
        { n } > 0.0
            || { n } < 1.0
            || if x > 0.0 {
                count = x;
                true
            } else {
                false
            }
    );
    debug_assert!(
        if x > 1e9 {
            count = x;
            false
        } else {
            true
        },
        "{n} is too large"
    );
    n * x + count
}

#[test]
fn assertions_with_braces() {
    assert_eq!(conditions_in_braces::value_and_grad(1.5, 2), (4.5, 6.0));
}

#[differentiable]
fn divided_by_a_recorded_difference(x: f64, y: f64) -> f64 {
    let mut quotient = 1.23;
    no_grad! {
        quotient /= enable_grad! {
            (-0.73) - y
        };
    }
    x * quotient
}

#[test]
fn a_recorded_block_is_one_operand() {
    let quotient = 1.23 / (-0.73 - 1.31);
    let (value, gradient) = divided_by_a_recorded_difference::value_and_grad(2.0, 1.31);
    assert_eq!((value, gradient), (2.0 * quotient, (quotient, 0.0)));
}

#[differentiable]
fn branches_left_inside_a_single_arm(x: f64, n: usize) -> f64 {
    let mut total = 0.0;
    for k in 0..4 {
        let term = match k {
            _ => {
                match n + k {
                    3 => {
                        if x < 0.5 {
                            break;
                        }
                    }
                    _ => {}
                }
                x.powi(k as i32)
            }
        };
        total += term;
    }
    total
}

#[test]
fn a_loop_left_inside_a_single_arm() {
    // 1 + x + x^2 + x^3, of which the last two are not reached below 0.5.
    assert_eq!(branches_left_inside_a_single_arm::value_and_grad(0.25, 1), (1.25, 1.0));
    assert_eq!(branches_left_inside_a_single_arm::value_and_grad(2.0, 1), (15.0, 17.0));
}

#[differentiable]
fn parts_of_a_constant_list(x: f64, y: f64, n: usize) -> f64 {
    let mut list = vec![0.5; 4];
    {
        let (low, high) = list.split_at_mut(1);
        low[0] = x;
        high[n] *= y;
    }
    for (k, part) in list.chunks_exact_mut(2).enumerate() {
        part[k] *= x;
    }
    list[0] * list[n + 1] + y * list[3]
}

#[test]
fn active_values_written_through_parts() {
    // n = 0: list = [x^2, y/2, 1/2, x/2]; n = 2: list[3] = x y / 2.
    let (x, y) = (3.0, 5.0);
    let first = parts_of_a_constant_list::value_and_grad(x, y, 0);
    assert_eq!(first, (x * x * y / 2.0 + y * x / 2.0, (x * y + y / 2.0, x * x / 2.0 + x / 2.0)));
    let third = parts_of_a_constant_list::value_and_grad(x, y, 2);
    let value = x * x * x * y / 2.0 + x * y * y / 2.0;
    assert_eq!(third, (value, (1.5 * x * x * y + y * y / 2.0, 0.5 * x * x * x + x * y)));
}

#[differentiable]
fn constant_after_an_operand_that_may_leave(a: f64, b: f64) -> f64 {
    (if a > 0.25 {
        a
    } else {
        if b > 100.0 {
            return 0.5;
        }
        b
    })
    .mul_add(no_grad! { b }, a)
}

#[test]
fn an_operand_before_a_constant_block() {
    // a b + a, where the factor b is a constant, and b b + a.
    let (a, b) = (1.5, 0.75);
    let first = constant_after_an_operand_that_may_leave::value_and_grad(a, b);
    assert_eq!(first, (a * b + a, (b + 1.0, 0.0)));
    let second = constant_after_an_operand_that_may_leave::value_and_grad(0.0, b);
    assert_eq!(second, (b * b, (1.0, b)));
    let left = constant_after_an_operand_that_may_leave::value_and_grad(0.0, 200.0);
    assert_eq!(left, (0.5, (0.0, 0.0)));
}

#[derive(Differentiable, Clone)]
struct Weighted {
    x: f64,
    #[no_grad]
    scale: f64,
    #[no_grad]
    list: Vec<f64>,
}

#[differentiable]
fn with_a_part(whole: &Weighted, scale: &f64, list: &[f64]) -> f64 {
    whole.x * scale + whole.x.powi(2) * list[0]
}

#[differentiable]
fn a_whole_and_its_parts(whole: &Weighted) -> f64 {
    with_a_part(whole, &whole.scale, &whole.list)
}

#[test]
fn a_struct_and_its_constant_fields_in_one_call() {
    let whole = Weighted { x: 3.0, scale: 0.5, list: vec![2.0] };
    let (value, gradient) = a_whole_and_its_parts::value_and_grad(&whole);
    assert_eq!(value, 19.5);
    // d (s x + l x^2) = s + 2 l x
    assert_eq!(gradient.x, 12.5);
}
