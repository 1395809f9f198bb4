//! Fisher's equation `u_t = d u_xx + r u (1 - u)` on a ring of cells, by explicit steps: a long recurrence,
//! whose gradient needs the state before each step, from last to first. With [`checkpoint!`] in three ways.

use autograd_runtime::prelude::*;

/// The length of a step, in units in which a cell has the length 1.
const STEP: f64 = 0.1;

/// The state after a step.
#[differentiable]
pub fn stepped(u: &[f64], diffusion: f64, rate: f64) -> Vec<f64> {
    let n = u.len();
    let mut next = vec![0.0; n];
    for i in 0..n {
        let left = u[if i == 0 { n - 1 } else { i - 1 }];
        let right = u[if i + 1 == n { 0 } else { i + 1 }];
        let change = diffusion * (left - 2.0 * u[i] + right) + rate * u[i] * (1.0 - u[i]);
        next[i] = u[i] + STEP * change;
    }
    next
}

/// The sum of the squares of the state after `steps` steps.
#[differentiable]
pub fn plain(u: &[f64], diffusion: f64, rate: f64, steps: usize) -> f64 {
    let mut state = u.to_vec();
    for _ in 0..steps {
        state = stepped(&state, diffusion, rate);
    }
    state.iter().map(|u| u * u).sum()
}

/// [`plain()`] in pieces of `every` steps.
#[differentiable]
pub fn in_pieces(u: &[f64], diffusion: f64, rate: f64, steps: usize, every: usize) -> f64 {
    let mut state = u.to_vec();
    checkpoint!(
        every = every,
        for _ in 0..steps {
            state = stepped(&state, diffusion, rate);
        }
    );
    state.iter().map(|u| u * u).sum()
}

/// [`plain()`] from at most `snapshots` snapshots at a time.
#[differentiable]
pub fn from_snapshots(u: &[f64], diffusion: f64, rate: f64, steps: usize, snapshots: usize) -> f64 {
    let mut state = u.to_vec();
    checkpoint!(
        snapshots = snapshots,
        for _ in 0..steps {
            state = stepped(&state, diffusion, rate);
        }
    );
    state.iter().map(|u| u * u).sum()
}

/// A hump on a ring of so many cells.
pub fn input(cells: usize) -> Vec<f64> {
    (0..cells)
        .map(|i| 0.3 + 0.2 * (i as f64 * std::f64::consts::TAU / cells as f64).sin())
        .collect()
}
