use super::{Data, constant, triangle};
use crate::programs::lse::log_sum_exp;
use autograd_runtime::prelude::*;

/// `|Q v|²`, of which `diagonal` is the diagonal, and what is below it comes by columns after the logarithms in `factor`.
#[differentiable]
fn square_norm(diagonal: &[f64], factor: &[f64], v: &[f64]) -> f64 {
    let mut image: Vec<f64> = diagonal.iter().zip(v).map(|(q, v)| q * v).collect();
    let mut next = v.len();
    for (column, v) in v.iter().enumerate() {
        for y in &mut image[column + 1..] {
            *y += factor[next] * v;
            next += 1;
        }
    }
    image.iter().map(|y| y * y).sum()
}

/// The log-density of the prior without its normalisation; `diagonals` are those of all factors.
#[differentiable]
fn log_prior(diagonals: &[f64], factors: &[f64], #[no_grad] data: &Data) -> f64 {
    let d = data.dimension;
    let weight = 0.5 * data.gamma * data.gamma;
    let mut total = -weight * diagonals.iter().map(|q| q * q).sum::<f64>();
    for factor in factors.chunks_exact(triangle(d)) {
        let below: f64 = factor[d..].iter().map(|l| l * l).sum();
        total += data.freedom as f64 * factor[..d].iter().sum::<f64>() - weight * below;
    }
    total
}

/// The log-posterior of a mixture, see the [module](super).
///
/// # Panics
/// If the lists of parameters are not as long as [`Parameters`](super::Parameters) says.
#[differentiable]
pub fn log_posterior(
    alphas: &[f64],
    means: &[f64],
    factors: &[f64],
    #[no_grad] data: &Data,
) -> f64 {
    let (d, k, size) = (data.dimension, alphas.len(), triangle(data.dimension));
    let mut diagonals = vec![0.0; k * d];
    let mut logits = alphas.to_vec();
    for c in 0..k {
        for j in 0..d {
            let q = factors[c * size + j];
            diagonals[c * d + j] = q.exp();
            logits[c] += q;
        }
    }
    let mut total = 0.0;
    let mut beta = vec![0.0; k];
    for point in data.points.chunks_exact(d) {
        for c in 0..k {
            let mean = &means[c * d..(c + 1) * d];
            let centred: Vec<f64> = point.iter().zip(mean).map(|(x, m)| x - m).collect();
            let diagonal = &diagonals[c * d..(c + 1) * d];
            let factor = &factors[c * size..(c + 1) * size];
            beta[c] = logits[c] - 0.5 * square_norm(diagonal, factor, &centred);
        }
        total += log_sum_exp(&beta);
    }
    let n = data.len() as f64;
    total - n * log_sum_exp(alphas) + log_prior(&diagonals, factors, data) + constant(data, k)
}
