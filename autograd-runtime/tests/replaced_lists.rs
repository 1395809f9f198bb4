//! Lists of which others take the place, longer or shorter, and lists that are exchanged: gradients against
//! central differences, tangents and pullbacks against gradients.
#![allow(clippy::pedantic, clippy::all, unused, reason = "what users may write, not what is best")]

use autograd_runtime::prelude::*;
use std::mem;

mod support;
use support::differences::tests;

tests! {
    tangents within 1e-12;
    lists_of_two_lengths_take_turns: exchanged;
    three_lists_go_round: around;
    an_exchange_in_a_branch: in_a_branch;
    an_exchange_that_nobody_reads: unread_exchange;
    an_exchange_of_a_constant: with_a_constant;
    an_exchange_of_lists_of_lists: of_lists;
    an_exchange_before_a_list_grows: before_a_push;
    an_exchange_in_a_checkpoint: in_a_checkpoint;
    an_exchange_before_the_loop_is_left: left_early;
    an_exchange_of_lists_that_are_given_values_late: late;
    an_element_that_is_an_array: array_elements;
    a_longer_list: longer;
    a_shorter_list_each_time: shorter;
    a_list_in_one_branch: in_one_branch;
    a_list_that_nobody_reads: unread;
    a_list_behind_a_reference: behind_a_reference;
    a_list_of_an_inner_block: of_an_inner_block;
    a_list_in_a_loop_with_return: with_return;
    the_state_of_an_integration: integrated;
    a_list_that_was_moved_out: moved_out;
    a_list_after_a_loop_in_pieces: after_pieces;
    a_growing_list_in_pieces_of_a_piece: growing_in_pieces;
    a_list_whose_elements_are_read_after_it_was_stored: stored_into_growing;
    a_list_of_a_branch_stored_into_one_that_grows: branch_into_growing;
    a_list_pushed_to_a_list_of_lists: pushed;
    a_list_that_becomes_one_that_grows: becomes_growing;
    a_list_of_a_branch_that_grows: grows_after_branch;
    a_list_of_a_function_that_grows: grows_after_call;
    a_list_in_a_list_that_grows: grows_around;
    a_list_in_a_tuple_that_grows: grows_in_tuple;
    a_list_that_waits: waits;
    a_list_that_is_moved_in_a_branch: moved_in_branch;
    a_struct_pushed_to_a_list: structs;
    a_list_swapped_before_it_is_pushed: swapped_pushed;
}

#[differentiable]
fn exchanged(x: &[f64]) -> f64 {
    let mut a = vec![x[0] * x[1], x[1], x[2] * x[3]];
    let mut b = vec![x[3], x[0]];
    let mut sum = 0.0;
    for i in 0..3 {
        for j in 0..a.len() {
            sum += a[j] * b[j % b.len()] * (i + j) as f64;
            a[j] = a[j] * x[i] + 0.5;
        }
        mem::swap(&mut a, &mut b);
    }
    sum + a[0] * b[2]
}

#[differentiable]
fn around(x: &[f64]) -> f64 {
    let mut a = vec![x[0]];
    let mut b = vec![x[1], x[2]];
    let mut c = vec![x[3], x[0] * x[1], x[2]];
    for _ in 0..4 {
        mem::swap(&mut a, &mut b);
        mem::swap(&mut b, &mut c);
        a[0] *= b[0] + c[0];
    }
    a.iter().sum::<f64>() * b[0] + c.iter().map(|v| v * v).sum::<f64>()
}

#[differentiable]
fn array_elements(x: &[f64]) -> f64 {
    let mut rows = vec![[x[0], x[1]], [x[2], 0.5]];
    let taken = rows[1];
    rows = vec![[x[3], taken[0]], [x[1], x[2]], [x[0], taken[1]]];
    rows[2] = rows[0];
    rows[0][1] += rows[1][0] * rows[2][1];
    rows[2][0] * rows[2][1] * rows[0][1]
}

#[differentiable]
fn in_a_branch(x: &[f64]) -> f64 {
    let mut a = vec![x[0], x[1] * x[1]];
    let mut b = vec![x[2], x[3], x[0] * x[3]];
    for i in 0..5 {
        if i % 2 == 0 || a[0] > 1.0 {
            mem::swap(&mut a, &mut b);
            a[1] += b[0] * b[1];
        }
        b[1] *= a[0];
    }
    a[0] * b[1] + a[1]
}

#[differentiable]
fn unread_exchange(x: &[f64]) -> f64 {
    let mut a = vec![x[0], x[1] * x[2]];
    let mut b = vec![x[3], x[0], x[1]];
    let sum = a[0] * a[1] + b[2] * b[0];
    mem::swap(&mut a, &mut b);
    sum
}

#[differentiable]
fn with_a_constant(x: &[f64]) -> f64 {
    let mut a = vec![x[0], x[1], x[2] * x[3]];
    let mut b = vec![2.0, 3.0];
    let before = a[2] * b[1];
    mem::swap(&mut a, &mut b);
    let between = a[0] * b[1];
    b[0] *= x[3];
    mem::swap(&mut a, &mut b);
    before * between + a[0] * a[1] + b[1]
}

#[differentiable]
fn of_lists(x: &[f64]) -> f64 {
    let mut a = vec![vec![x[0], x[1]], vec![x[2]]];
    let mut b = vec![vec![x[3]]];
    for i in 0..3 {
        mem::swap(&mut a, &mut b);
        a[0][0] *= b[0][0];
    }
    a[0][0] + b[1][0] * b[0][1]
}

#[differentiable]
fn before_a_push(x: &[f64]) -> f64 {
    let mut a = vec![x[0], x[1]];
    let mut b = vec![x[2]];
    for i in 0..3 {
        a.push(b[0] * x[3]);
        mem::swap(&mut a, &mut b);
        b[0] += a[0];
    }
    a.iter().sum::<f64>() * b.iter().map(|v| v * v).sum::<f64>()
}

#[differentiable]
fn in_a_checkpoint(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..3 {
        sum += checkpoint! {
            let mut a = vec![x[0] * x[1], x[2]];
            let mut b = vec![x[3]];
            mem::swap(&mut a, &mut b);
            b[0] *= a[0];
            a = vec![b[0], b[1], a[0]];
            a[0] * a[1] * a[2] + b[0]
        };
    }
    sum
}

#[differentiable]
fn left_early(x: &[f64]) -> f64 {
    let mut a = vec![x[0], x[1]];
    let mut b = vec![x[2], x[3], x[0]];
    let mut i = 0;
    loop {
        a[1] *= b[1];
        if i == 2 {
            mem::swap(&mut a, &mut b);
            break;
        }
        i += 1;
        if a[0] > 100.0 {
            continue;
        }
        mem::swap(&mut a, &mut b);
        a[0] += b[0];
    }
    a[0] * a[1] + b[0]
}

#[differentiable]
fn late(x: &[f64]) -> f64 {
    let mut a;
    if x[0] > 1.0 {
        a = vec![x[0], x[1]];
    } else {
        a = vec![x[2]];
    }
    let mut b = vec![x[3], x[0] * x[1]];
    mem::swap(&mut a, &mut b);
    a[0] * a[1] + b[0]
}

#[differentiable]
fn longer(x: &[f64]) -> f64 {
    let mut a = vec![x[0], x[1]];
    let mut sum = 0.0;
    for i in 0..3 {
        sum += a[1] * a[a.len() - 1];
        let mut next = vec![0.0; a.len() + 2];
        for j in 0..a.len() {
            next[j + 1] = a[j] * x[i] + 1.0;
            next[j] += a[j] * x[3];
        }
        a = next;
    }
    sum + a.iter().map(|v| v * v).sum::<f64>()
}

#[differentiable]
fn shorter(x: &[f64]) -> f64 {
    let mut a: Vec<f64> = x.iter().map(|v| v * v).collect();
    while a.len() > 1 {
        a = a.windows(2).map(|pair| pair[0] * pair[1] + x[0]).collect();
    }
    a[0]
}

#[differentiable]
fn in_one_branch(x: &[f64]) -> f64 {
    let mut a = vec![x[0] * x[1]];
    let mut sum = 0.0;
    for i in 0..4 {
        if i == 1 || x[0] > 1.0 {
            a = vec![a[0] * x[2], x[3], a[0]];
        }
        let last = a.len() - 1;
        sum += a[last] * a[0];
        a[last] *= x[1];
    }
    sum + a[0]
}

#[differentiable]
fn unread(x: &[f64]) -> f64 {
    let mut a = vec![x[0], x[1] * x[2], x[3]];
    let mut sum = a[0] * a[2];
    for i in 0..2 {
        sum += a[i] * x[i];
        a = vec![x[i] * x[3]; 3 - i];
    }
    let last = a[1] * sum;
    a = vec![x[0]];
    last
}

#[differentiable]
fn behind_a_reference(x: &[f64]) -> f64 {
    let mut rows = vec![vec![x[0], x[1]], vec![x[2]]];
    let mut sum = rows[0][1] * rows[1][0];
    for row in rows.iter_mut() {
        *row = vec![row[0] * x[2], x[3], x[0] * x[1]];
        row[2] *= x[0];
    }
    sum += rows[0][2] * rows[1][0];
    sum * rows[1][1]
}

#[differentiable]
fn of_an_inner_block(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..2 {
        let mut a = vec![x[i] * x[i + 1]];
        let mut b = vec![x[3], x[0]];
        for j in 0..2 {
            b[0] *= a[0];
            a = vec![a[0] * x[j], b[1]];
            mem::swap(&mut a, &mut b);
        }
        sum += a[0] * b[1];
    }
    sum
}

#[differentiable]
fn with_return(x: &[f64]) -> f64 {
    let mut a = vec![x[0], x[1]];
    let mut b = vec![x[2], x[3], x[0] * x[1]];
    for i in 0..6 {
        a[0] = a[0] * b[1] + x[3];
        if i == 3 {
            return a[0] * b[0] + a[1];
        }
        a = vec![a[1] * x[1], a[0], b[0]];
        mem::swap(&mut a, &mut b);
    }
    a[1]
}

#[differentiable]
fn derivative(state: &[f64], k: f64) -> Vec<f64> {
    vec![state[1], -k * state[0] * state[0], state[0] * state[1]]
}

#[differentiable]
fn turned(list: Vec<f64>, k: f64) -> Vec<f64> {
    vec![list[1] * k, list[0] * list[0], k]
}

#[differentiable]
fn moved_out(x: &[f64]) -> f64 {
    let mut a = vec![x[0], x[1]];
    let mut sum = 0.0;
    for i in 0..3 {
        sum += a[0] * a[1];
        a = turned(a, x[2]);
        a[0] += x[3];
    }
    sum + a[2]
}

#[differentiable]
fn after_pieces(x: &[f64]) -> f64 {
    let mut a = vec![x[0]; 2];
    let mut sum = a[1] * x[1];
    checkpoint!(
        every = 2,
        for i in 0..5 {
            a[0] *= x[1] + a[1];
            a[1] = a[0].sin();
        }
    );
    sum += a[0];
    a = vec![x[2], a[1], x[3]];
    sum * a[2] + a[1]
}

#[differentiable]
fn integrated(x: &[f64]) -> f64 {
    let mut state = vec![x[0], x[1], x[2]];
    for _ in 0..5 {
        let first = derivative(&state, x[3]);
        let half: Vec<f64> = state.iter().zip(&first).map(|(s, d)| s + 0.05 * d).collect();
        let second = derivative(&half, x[3]);
        state = state.iter().zip(&second).map(|(s, d)| s + 0.1 * d).collect();
    }
    state[0] * state[1] + state[2]
}

#[differentiable]
fn growing_in_pieces(x: &[f64]) -> f64 {
    let y = [x[0] * x[1], x[2]];
    let mut l: Vec<f64> = vec![x[3], 0.5];
    l.push(x[1]);
    l.push(0.5);
    checkpoint! {
        checkpoint!(snapshots = 2, for i in 1..4 {
            l[(i + 2) % 4] -= y[i % 2];
        });
    }
    l[0]
}

#[differentiable]
fn stored_into_growing(x: &[f64]) -> f64 {
    let mut l = vec![x[0]];
    l.push(x[1]);
    let mut b: Vec<f64> = x.iter().map(|v| v * v).collect();
    for i in 0..4 {
        b[i] *= x[3 - i];
    }
    let s = b[3] * b[1];
    l = b;
    l.push(s);
    l[0] * l[4]
}

#[differentiable]
fn branch_into_growing(x: &[f64]) -> f64 {
    let mut l = vec![x[0]];
    l.push(x[1]);
    let mut b: Vec<f64> = vec![x[2], x[3], x[0] * x[2]];
    b[1] *= x[0];
    let c = if x[0] > 1.0 {
        b
    } else {
        let mut c = vec![x[1] * x[1], x[3], 1.0];
        c[2] = x[0] * c[1];
        c
    };
    l = c;
    l.push(x[3]);
    l[0] * l[3]
}

#[differentiable]
fn pushed(x: &[f64]) -> f64 {
    let mut all: Vec<Vec<f64>> = Vec::new();
    for i in 0..3 {
        let mut a = vec![0.5; 3];
        a[2] += x[i];
        a[0] -= x[i + 1];
        all.push(a);
    }
    all[1][0] * x[1]
}

#[differentiable]
fn becomes_growing(x: &[f64]) -> f64 {
    let mut a = vec![0.5; 3];
    a[2] += x[1];
    a[0] -= x[0];
    let mut b = a;
    b.push(x[2]);
    b[0]
}

#[differentiable]
fn grows_after_branch(x: &[f64]) -> f64 {
    let mut b = if x[0] > 1.0 {
        let mut a = vec![0.5; 3];
        a[2] += x[1];
        a[0] -= x[0];
        a
    } else {
        let mut c = vec![0.5; 2];
        c[1] += x[1];
        c[0] -= x[0];
        c
    };
    b.push(x[2]);
    b[0]
}

#[differentiable]
fn edited(k: f64) -> Vec<f64> {
    let mut a = vec![0.5; 3];
    a[2] += k;
    a[0] -= k;
    a
}

#[differentiable]
fn grows_after_call(x: &[f64]) -> f64 {
    let mut a = edited(x[0]);
    a.push(x[2]);
    a[0]
}

#[differentiable]
fn grows_around(x: &[f64]) -> f64 {
    let mut a = vec![0.5; 3];
    a[2] += x[1];
    a[0] -= x[0];
    let mut all = vec![edited(x[2]), a, edited(x[3])];
    all.push(vec![x[2]]);
    all[1][0] + all[2][0]
}

#[differentiable]
fn grows_in_tuple(x: &[f64]) -> f64 {
    let mut a = vec![0.5; 3];
    a[2] += x[1];
    a[0] -= x[0];
    let mut pair = (a, x[2]);
    pair.0.push(x[3]);
    pair.0[0] * pair.1
}

#[differentiable]
fn waits(x: &[f64]) -> f64 {
    let mut last: Vec<f64> = vec![x[3]];
    let mut sum = 0.0;
    for i in 0..3 {
        let mut a = vec![0.5; 3];
        a[2] += x[i];
        a[0] -= x[i + 1];
        sum += last[0];
        last = a;
        last.push(x[i]);
    }
    sum
}

#[differentiable]
fn moved_in_branch(x: &[f64]) -> f64 {
    let mut keep = vec![x[0], x[1]];
    let mut a = vec![0.5; 3];
    a[2] += x[1];
    a[0] -= x[0];
    if x[0] > 1.0 {
        keep = a;
    }
    keep[0] * keep[1]
}

#[derive(Clone, Differentiable)]
struct Row {
    weights: Vec<f64>,
    bias: f64,
}

#[differentiable]
fn structs(x: &[f64]) -> f64 {
    let mut rows: Vec<Row> = Vec::new();
    for i in 0..3 {
        let mut row = Row { weights: vec![0.5; 3], bias: 0.1 };
        row.weights[2] += x[i];
        row.weights[0] -= x[i + 1];
        row.bias *= x[3];
        rows.push(row);
    }
    rows[1].weights[0] * rows[2].bias
}

#[differentiable]
fn swapped_pushed(x: &[f64]) -> f64 {
    let mut all: Vec<Vec<f64>> = Vec::new();
    for i in 0..3 {
        let mut a = vec![x[i], x[3], x[1] * x[2]];
        a.swap(0, 2);
        a.reverse();
        a.swap(1, 2);
        all.push(a);
    }
    all[1][0] * x[1]
}
