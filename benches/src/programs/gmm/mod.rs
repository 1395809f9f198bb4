//! The log-posterior of a Gaussian mixture with a Wishart prior: `ADBench`'s and `GradBench`'s
//! program `gmm`.
//!
//! For `n` points `xᵢ` of dimension `d` and `k` components with logits `α`, means `μ` and inverse
//! covariance factors `Q` (lower triangular, `Σ⁻¹ = QᵀQ`; the diagonal is kept as its logarithm `q`):
//!
//! ```text
//! βᵢ꜀ = α꜀ + Σⱼ q꜀ⱼ - ½ |Q꜀ (xᵢ - μ꜀)|²
//! log p(x | α, μ, Q) = Σᵢ lse(βᵢ) - n (lse(α) + d/2 ln 2π)
//! log p(Q) = k (ν d ln(γ/√2) - ln Γ_d(ν/2)) + Σ꜀ (m Σⱼ q꜀ⱼ - ½ γ² |Q꜀|²),   ν = d + m + 1
//! ```

mod by_hand;
mod primal;

pub use by_hand::{Workspace, gradient_by_hand};
pub use primal::log_posterior;

use crate::data::Stream;

/// What is differentiated: flat lists, one component after the other.
#[derive(Clone, Debug)]
pub struct Parameters {
    /// Logits of the components, `k`.
    pub alphas: Vec<f64>,
    /// Means, `k x d`.
    pub means: Vec<f64>,
    /// Of each component the `d` logarithms of the diagonal of `Q`, then its `d (d - 1) / 2` elements
    /// below the diagonal, column by column.
    pub factors: Vec<f64>,
}

/// What is constant.
#[derive(Clone, Debug)]
pub struct Data {
    /// The dimension `d` of a point.
    pub dimension: usize,
    /// Points, `n x d`.
    pub points: Vec<f64>,
    /// `γ` of the prior.
    pub gamma: f64,
    /// `m` of the prior: degrees of freedom above `d + 1`.
    pub freedom: usize,
}

impl Data {
    /// The number `n` of points.
    pub fn len(&self) -> usize {
        self.points.len() / self.dimension
    }

    /// Whether there are no points.
    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }
}

/// The length of a component's factor: a triangle with its diagonal.
fn triangle(d: usize) -> usize {
    d * (d + 1) / 2
}

/// What the log-posterior has of constants: `n d/2 ln 2π` and the normalisation of the prior.
fn constant(data: &Data, components: usize) -> f64 {
    let (n, d) = (data.len() as f64, data.dimension as f64);
    let freedom = data.dimension + data.freedom + 1;
    let scale = freedom as f64 * d * (data.gamma / std::f64::consts::SQRT_2).ln();
    let prior = components as f64 * (scale - ln_multivariate_gamma(data.dimension, freedom));
    prior - 0.5 * n * d * std::f64::consts::TAU.ln()
}

/// `ln Γ_d(ν/2) = d (d - 1)/4 ln π + Σⱼ ln Γ((ν - j)/2)` over `j` from 0 to `d - 1`.
fn ln_multivariate_gamma(d: usize, freedom: usize) -> f64 {
    let pairs = (d * (d - 1)) as f64 / 4.0;
    pairs * std::f64::consts::PI.ln() + (0..d).map(|j| ln_gamma_of_half(freedom - j)).sum::<f64>()
}

/// `ln Γ(n/2)`, from `Γ(1/2) = √π`, `Γ(1) = 1` and `Γ(x + 1) = x Γ(x)`.
fn ln_gamma_of_half(n: usize) -> f64 {
    let start = if n % 2 == 1 { 0.5 * std::f64::consts::PI.ln() } else { 0.0 };
    let first = if n % 2 == 1 { 1 } else { 2 };
    start + (first..n).step_by(2).map(|twice| (0.5 * twice as f64).ln()).sum::<f64>()
}

/// A mixture of `k` components for `n` points of dimension `d`.
pub fn input(n: usize, d: usize, k: usize) -> (Parameters, Data) {
    let mut stream = Stream::new(5);
    let parameters = Parameters {
        alphas: stream.evenly(k, -1.0, 1.0),
        means: stream.evenly(k * d, -1.0, 1.0),
        factors: stream.evenly(k * triangle(d), -0.5, 0.5),
    };
    let points = stream.evenly(n * d, -2.0, 2.0);
    (parameters, Data { dimension: d, points, gamma: 1.0, freedom: 0 })
}
