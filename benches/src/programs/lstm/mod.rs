//! The loss of a recurrent network on a sequence: `ADBench`'s and `GradBench`'s program `lstm`.
//!
//! A network of `l` layers of long short-term memory with diagonal weights reads a sequence of vectors
//! of `b` numbers, and is asked for the logits of the next one. With the signal `s` that comes from the
//! layer below, the hidden state `h`, the cell `c`, and element-wise products, a layer computes
//!
//! ```text
//! c' = c sigmoid(w₀ s + b₀) + sigmoid(w₁ h + b₁) tanh(w₃ h + b₃)
//! h' = sigmoid(w₂ s + b₂) tanh(c')
//! ```
//!
//! and passes `h'` on. The loss is the mean over the steps and the `b` numbers of
//! `-y (p - ln(2 + Σ exp p))`, for the prediction `p` and the next vector `y`.

mod by_hand;
mod primal;

pub use by_hand::{Workspace, gradient_by_hand};
pub use primal::loss;

use crate::data::Stream;

/// What is differentiated.
#[derive(Clone, Debug)]
pub struct Parameters {
    /// Of each layer four weights, then four biases, of `b` numbers each: `l x 8 x b`.
    pub layers: Vec<f64>,
    /// The weights of the input, the weights and the biases of the output: `3 x b`.
    pub ends: Vec<f64>,
}

/// What is constant.
#[derive(Clone, Debug)]
pub struct Data {
    /// The length `b` of a vector.
    pub width: usize,
    /// Of each layer the hidden state and the cell at the start: `l x 2 x b`.
    pub state: Vec<f64>,
    /// The vectors, one after the other: at least two.
    pub sequence: Vec<f64>,
}

/// A network of `layers` layers, and a sequence of `length` vectors of `width` bits.
pub fn input(layers: usize, length: usize, width: usize) -> (Parameters, Data) {
    let mut stream = Stream::new(23);
    let parameters = Parameters {
        layers: stream.evenly(layers * 8 * width, -1.0, 1.0),
        ends: stream.evenly(3 * width, -1.0, 1.0),
    };
    let state = stream.evenly(layers * 2 * width, -1.0, 1.0);
    let bits = stream.classes(length * width, 2);
    let sequence = bits.into_iter().map(|bit| bit as f64).collect();
    (parameters, Data { width, state, sequence })
}
