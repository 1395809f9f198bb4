//! The loss of a recurrent network.

use super::call::{Call, Outcome, ensure, flat};
use crate::programs::lstm::{Data, loss};
use serde::Deserialize;

#[derive(Deserialize)]
struct Input {
    /// Of each layer a row of weights and a row of biases.
    main_params: Vec<Vec<f64>>,
    extra_params: Vec<Vec<f64>>,
    /// Of each layer its hidden state and its cell.
    state: Vec<Vec<f64>>,
    sequence: Vec<Vec<f64>>,
}

pub(super) fn evaluate(call: &Call<'_>) -> Outcome {
    let Input { main_params, extra_params, state, sequence } = call.parse()?;
    let (layers, length) = (main_params.len() / 2, sequence.len());
    ensure(length >= 2, "`sequence` must have two vectors at least")?;
    let width = sequence[0].len();
    ensure(width > 0, "`sequence` must not have empty vectors")?;
    let weights = flat("main_params", &main_params, [2 * layers, 4 * width])?;
    let ends = flat("extra_params", &extra_params, [3, width])?;
    let state = flat("state", &state, [2 * layers, width])?;
    let data = Data { width, state, sequence: flat("sequence", &sequence, [length, width])? };
    match call.function {
        "objective" => call.measure(|| loss(&weights, &ends, &data)),
        "jacobian" => call.measure_and_report(
            || loss::grad(&weights, &ends, &data),
            |(weights, ends)| [weights, ends].concat(),
        ),
        _ => call.unknown(),
    }
}
