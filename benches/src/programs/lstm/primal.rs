use super::Data;
use autograd_runtime::prelude::*;

#[differentiable]
fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// One layer: `signal` is what comes from below, and becomes what goes up; `state` is the hidden state
/// and the cell.
#[differentiable]
fn advance(weights: &[f64], signal: &mut [f64], state: &mut [f64]) {
    let b = signal.len();
    let (weights, biases) = weights.split_at(4 * b);
    for i in 0..b {
        let hidden = state[i];
        let forget = sigmoid(signal[i] * weights[i] + biases[i]);
        let admit = sigmoid(hidden * weights[b + i] + biases[b + i]);
        let emit = sigmoid(signal[i] * weights[2 * b + i] + biases[2 * b + i]);
        let change = (hidden * weights[3 * b + i] + biases[3 * b + i]).tanh();
        state[b + i] = state[b + i] * forget + admit * change;
        state[i] = emit * state[b + i].tanh();
        signal[i] = state[i];
    }
}

/// `Σ y (p - ln(2 + Σ exp p))`.
#[differentiable]
fn log_likelihood(prediction: &[f64], #[no_grad] next: &[f64]) -> f64 {
    let sum: f64 = prediction.iter().map(|p| p.exp()).sum();
    let normalisation = (2.0 + sum).ln();
    prediction.iter().zip(next).map(|(p, y)| y * (p - normalisation)).sum()
}

/// The loss of a network on a sequence, see the [module](super).
///
/// # Panics
/// If the lists are not as long as [`Parameters`](super::Parameters) and [`Data`] say.
#[differentiable]
pub fn loss(layers: &[f64], ends: &[f64], #[no_grad] data: &Data) -> f64 {
    let b = data.width;
    let steps = data.sequence.len() / b - 1;
    let mut state = data.state.clone();
    let mut signal = vec![0.0; b];
    let mut total = 0.0;
    for t in 0..steps {
        for i in 0..b {
            signal[i] = data.sequence[t * b + i] * ends[i];
        }
        for (weights, state) in layers.chunks_exact(8 * b).zip(state.chunks_exact_mut(2 * b)) {
            advance(weights, &mut signal, state);
        }
        for i in 0..b {
            signal[i] = signal[i] * ends[b + i] + ends[2 * b + i];
        }
        total += log_likelihood(&signal, &data.sequence[(t + 1) * b..(t + 2) * b]);
    }
    -total / (steps * b) as f64
}
