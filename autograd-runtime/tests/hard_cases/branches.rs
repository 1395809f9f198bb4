//! Values that are alive in several branches, and branches that decide what is alive.

use super::support::differences::check;
use autograd_runtime::prelude::*;

// A value that both arms of a branch read: its cotangent is what the arm that ran gives it. Adding up
// both, or forgetting it at the join, are the two ways to be wrong.

#[differentiable]
fn read_in_both_arms(v: &[f64], flag: bool) -> f64 {
    let shared = v[0] * v[1];
    let y = if flag { shared.sin() * v[0] } else { shared * shared + v[1] };
    y * shared
}

#[differentiable]
fn written_in_both_arms(v: &[f64], flag: bool) -> f64 {
    let mut x = v[0];
    let mut y = v[1];
    if flag {
        x = x * y;
        y = x.sin();
    } else {
        y = y * y * x;
        x += y;
    }
    x * y + v[0]
}

#[differentiable]
fn written_in_one_arm(v: &[f64], flag: bool) -> f64 {
    let mut x = v[0] * v[0];
    if flag {
        x = x * v[1];
    }
    if !flag {
        x = x.sin() + x;
    }
    x * x
}

#[differentiable]
fn defined_by_the_arms(v: &[f64], which: usize) -> f64 {
    let x;
    let y;
    let z;
    match which {
        0 => {
            x = v[0];
            y = v[1];
            z = v[0] * v[1];
        }
        1 => {
            x = v[1] * v[1];
            y = x;
            z = 1.0;
        }
        _ => {
            x = 2.0;
            y = v[0];
            z = y * v[1];
        }
    }
    x * y + z * z
}

#[differentiable]
fn exchanged_in_one_arm(v: &[f64], flag: bool) -> f64 {
    let (mut x, mut y) = (v[0] * 2.0, v[1] * v[1]);
    if flag {
        std::mem::swap(&mut x, &mut y);
    }
    x * x * y
}

#[differentiable]
fn overwritten_by_a_constant(v: &[f64], flag: bool) -> f64 {
    let mut x = v[0] * v[1];
    let kept = x;
    if flag {
        x = 3.0;
    }
    x * x + kept * v[1]
}

#[test]
fn a_value_that_is_alive_in_both_arms() {
    let v = [0.6, 0.8];
    for flag in [false, true] {
        check(|v| read_in_both_arms(v, flag), |v| read_in_both_arms::value_and_grad(v, flag), &v);
        check(
            |v| written_in_both_arms(v, flag),
            |v| written_in_both_arms::value_and_grad(v, flag),
            &v,
        );
        check(|v| written_in_one_arm(v, flag), |v| written_in_one_arm::value_and_grad(v, flag), &v);
        check(
            |v| exchanged_in_one_arm(v, flag),
            |v| exchanged_in_one_arm::value_and_grad(v, flag),
            &v,
        );
        check(
            |v| overwritten_by_a_constant(v, flag),
            |v| overwritten_by_a_constant::value_and_grad(v, flag),
            &v,
        );
    }
    for which in 0..3 {
        check(
            |v| defined_by_the_arms(v, which),
            |v| defined_by_the_arms::value_and_grad(v, which),
            &v,
        );
    }
}

// A branch on a value that is overwritten afterwards: the reverse pass must take the arm that ran, not
// the one that the last value asks for.

#[differentiable]
fn condition_overwritten(v: &[f64]) -> f64 {
    let mut x = v[0];
    let mut y = v[1];
    if x > 0.0 {
        y *= x;
        x = -x * y;
    } else {
        y += x * x;
        x = 1.0 - x;
    }
    if x > 0.0 {
        y *= x;
    } else {
        y -= x * x;
    }
    x * y
}

#[differentiable]
fn condition_in_a_loop(v: &[f64], n: usize) -> f64 {
    let mut x = v[0];
    let mut flip = false;
    for i in 0..n {
        if flip {
            x = x * v[1] + 1.0;
        } else if x > 0.5 {
            x = x.sin() - v[1];
        } else {
            x = x * x - v[0];
            flip = i % 2 == 0;
        }
        flip = !flip;
    }
    x
}

#[test]
fn a_condition_whose_variable_changes() {
    for x in [0.6, -0.6] {
        check(condition_overwritten, condition_overwritten::value_and_grad, &[x, 0.8]);
        for n in 0..6 {
            check(
                |v| condition_in_a_loop(v, n),
                |v| condition_in_a_loop::value_and_grad(v, n),
                &[x, 0.8],
            );
        }
    }
}

// The function is a constant in one arm, and depends on its argument in the other.
#[differentiable]
fn constant_in_one_arm(x: f64) -> f64 {
    let y = match x {
        x if x > 1.0 => x * x,
        _ => 5.0,
    };
    y
}

// Early return, before anything that the reverse pass knows has happened.
#[differentiable]
fn returned_at_once(x: f64, n: usize) -> f64 {
    if n == 0 {
        return 7.0;
    }
    if n == 1 {
        return x;
    }
    let y = x * x;
    if n == 2 {
        return y;
    }
    y * x
}

#[test]
fn arms_that_do_not_depend_on_the_argument() {
    assert_eq!(constant_in_one_arm::value_and_grad(0.5), (5.0, 0.0));
    assert_eq!(constant_in_one_arm::value_and_grad(2.0), (4.0, 4.0));
    for (n, expected) in [(0, (7.0, 0.0)), (1, (3.0, 1.0)), (2, (9.0, 6.0)), (3, (27.0, 27.0))] {
        assert_eq!(returned_at_once::value_and_grad(3.0, n), expected);
    }
}

// Lazy operators: the right operand of `&&` runs or does not, and may be a whole loop.
#[differentiable]
fn lazy(v: &[f64], flag: bool) -> f64 {
    let mut x = v[0];
    if flag && {
        x *= v[1];
        x > 0.3
    } {
        x = x.sin();
    }
    if flag || {
        x = x * x;
        x > 0.3
    } {
        x *= v[1];
    }
    x
}

#[test]
fn an_operand_that_is_not_evaluated() {
    for flag in [false, true] {
        for x in [0.3, 0.9] {
            check(|v| lazy(v, flag), |v| lazy::value_and_grad(v, flag), &[x, 0.8]);
        }
    }
}
