//! Clustering over flat lists, for a dimension that is known only at run time, and its Newton step.
//!
//! Where no point changes its centroid, the cost is a quadratic function of the centroids. Its Hessian is
//! diagonal: twice the number of points of the centroid. So the Hessian times a vector of ones is its
//! diagonal, which one pullback of the gradient gives.

use autograd_runtime::prelude::*;

/// The sum over the points of the squared distance to the nearest centroid.
#[differentiable]
pub fn cost(#[no_grad] points: &[f64], centroids: &[f64], dimension: usize) -> f64 {
    let mut sum = 0.0;
    for point in points.chunks_exact(dimension) {
        let first = dimension * nearest(point, centroids);
        sum += squared_distance(point, &centroids[first..first + dimension]);
    }
    sum
}

/// The gradient of the [`cost()`] as a formula, to be differentiated itself.
#[differentiable]
pub fn slope(#[no_grad] points: &[f64], centroids: &[f64], dimension: usize) -> Vec<f64> {
    let mut slope = vec![0.0; centroids.len()];
    for point in points.chunks_exact(dimension) {
        let first = dimension * nearest(point, centroids);
        for i in 0..dimension {
            slope[first + i] += 2.0 * (centroids[first + i] - point[i]);
        }
    }
    slope
}

#[differentiable]
fn squared_distance(#[no_grad] a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

/// The index of the centroid that is nearest to `point`, the first of several.
fn nearest(point: &[f64], centroids: &[f64]) -> usize {
    let (mut nearest, mut smallest) = (0, f64::INFINITY);
    for (j, centroid) in centroids.chunks_exact(point.len()).enumerate() {
        let distance = squared_distance(point, centroid);
        if distance < smallest {
            (nearest, smallest) = (j, distance);
        }
    }
    nearest
}

/// The gradient of the [`cost()`] divided by the diagonal of its Hessian: what leads from the means of the
/// clusters to the centroids.
///
/// A centroid without points has a Hessian of 0, and its step is not a number.
pub fn newton_step(points: &[f64], centroids: &[f64], dimension: usize) -> Vec<f64> {
    let gradient = cost::grad(points, centroids, dimension);
    let (_, pullback) = slope::vjp(points, centroids, dimension);
    let diagonal = pullback(vec![1.0; centroids.len()]);
    gradient.iter().zip(diagonal).map(|(gradient, curvature)| gradient / curvature).collect()
}
