//! The log-posterior of a Gaussian mixture.

use super::call::{Call, Outcome, ensure, flat, rows};
use crate::programs::gmm::{Data, log_posterior};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Input {
    d: usize,
    k: usize,
    n: usize,
    x: Vec<Vec<f64>>,
    m: usize,
    gamma: f64,
    alpha: Vec<f64>,
    mu: Vec<Vec<f64>>,
    q: Vec<Vec<f64>>,
    l: Vec<Vec<f64>>,
}

#[derive(Serialize)]
struct Gradient<'a> {
    alpha: &'a [f64],
    mu: Vec<&'a [f64]>,
    q: Vec<&'a [f64]>,
    l: Vec<&'a [f64]>,
}

pub(super) fn evaluate(call: &Call<'_>) -> Outcome {
    let Input { d, k, n, x, m, gamma, alpha, mu, q, l } = call.parse()?;
    ensure(d > 0 && k > 0 && n > 0, "`d`, `k` and `n` must be positive")?;
    ensure(alpha.len() == k, "`alpha` is not of `k` elements")?;
    let below = d * (d - 1) / 2;
    let means = flat("mu", &mu, [k, d])?;
    let (q, l) = (flat("q", &q, [k, d])?, flat("l", &l, [k, below])?);
    let points = flat("x", &x, [n, d])?;
    // Of each component first what is on the diagonal, then what is below it.
    let parts = rows(&q, d, k).into_iter().zip(rows(&l, below, k));
    let factors: Vec<f64> = parts.flat_map(|(q, l)| [q, l].concat()).collect();
    let data = Data { dimension: d, points, gamma, freedom: m };
    match call.function {
        "objective" => call.measure(|| log_posterior(&alpha, &means, &factors, &data)),
        "jacobian" => call.measure_and_report(
            || log_posterior::grad(&alpha, &means, &factors, &data),
            |(alpha, means, factors)| {
                let parts = rows(&factors, d + below, k).into_iter().map(|row| row.split_at(d));
                let (q, l) = parts.unzip();
                serde_json::json!(Gradient { alpha: &alpha, mu: rows(&means, d, k), q, l })
            },
        ),
        _ => call.unknown(),
    }
}
