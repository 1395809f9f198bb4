//! The cost of k-means clustering, and the step of Newton's method.

use super::call::{Call, Outcome, ensure, flat, rows};
use crate::programs::kmeans::flat::{cost, newton_step};
use serde::Deserialize;

#[derive(Deserialize)]
struct Input {
    points: Vec<Vec<f64>>,
    centroids: Vec<Vec<f64>>,
}

pub(super) fn evaluate(call: &Call<'_>) -> Outcome {
    let Input { points, centroids } = call.parse()?;
    let (n, k) = (points.len(), centroids.len());
    ensure(n > 0 && k > 0, "there must be points and centroids")?;
    let d = points[0].len();
    ensure(d > 0, "the points must have coordinates")?;
    let (points, centroids) =
        (flat("points", &points, [n, d])?, flat("centroids", &centroids, [k, d])?);
    match call.function {
        "cost" => call.measure(|| cost(&points, &centroids, d)),
        "dir" => call.measure_and_report(
            || newton_step(&points, &centroids, d),
            |step| serde_json::json!(rows(&step, d, k)),
        ),
        _ => call.unknown(),
    }
}
