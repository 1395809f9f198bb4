//! Layers of a network in scalars of the crate `reverse`.

use reverse::{Tape, Var};
use std::ops::Mul;

/// `numbers` as inputs of the tape.
pub(super) fn leaves<'t>(tape: &'t Tape, numbers: &[f32]) -> Vec<Var<'t>> {
    numbers.iter().map(|&number| tape.add_var(f64::from(number))).collect()
}

/// The product of `x: [m, k]` (of numbers or of scalars on the tape) and `w: [k, n]`, with the row
/// `bias` added if there is one.
pub(super) fn product<'t, X: Copy>(
    x: &[X],
    w: &[Var<'t>],
    n: usize,
    bias: Option<&[Var<'t>]>,
) -> Vec<Var<'t>>
where
    Var<'t>: Mul<X, Output = Var<'t>>,
{
    let k = w.len() / n;
    let mut y = Vec::with_capacity(x.len() / k * n);
    for row in x.chunks_exact(k) {
        for j in 0..n {
            let mut terms = row.iter().zip(w.iter().skip(j).step_by(n)).map(|(&x, &w)| w * x);
            let first = bias.map(|bias| bias[j]).or_else(|| terms.next());
            y.push(terms.fold(first.expect("an inner dimension"), |sum, term| sum + term));
        }
    }
    y
}

/// `max(x, 0)` of each.
pub(super) fn relu<'t>(tape: &'t Tape, x: &[Var<'t>]) -> Vec<Var<'t>> {
    let zero = tape.add_var(0.0);
    x.iter().map(|&x| if x.val() > 0.0 { x } else { zero }).collect()
}
