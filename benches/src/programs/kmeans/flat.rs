//! Clustering over flat lists, for a dimension that is known only at run time, and its Newton step.
//!
//! Where no point changes its centroid, the cost is a quadratic function of the centroids. Its Hessian is
//! diagonal: twice the number of points of the centroid. So the Hessian times a vector of ones is its
//! diagonal.

use autograd_runtime::prelude::*;

/// The sum over the points of the squared distance to the nearest centroid.
#[differentiable(order = 2)]
pub fn cost<T: Real>(#[no_grad] points: &[T], centroids: &[T], dimension: usize) -> T {
    let mut sum = T::ZERO;
    for point in points.chunks_exact(dimension) {
        let first = dimension * nearest(point, centroids);
        sum += squared_distance(point, &centroids[first..first + dimension]);
    }
    sum
}

#[differentiable]
fn squared_distance<T: Real>(#[no_grad] a: &[T], b: &[T]) -> T {
    a.iter().zip(b).map(|(&a, &b)| (a - b) * (a - b)).sum::<T>()
}

/// The index of the centroid that is nearest to `point`, the first of several.
fn nearest<T: Real>(point: &[T], centroids: &[T]) -> usize {
    let (mut nearest, mut smallest) = (0, T::INFINITY);
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
    let diagonal = cost::hvp(points, centroids, dimension, vec![1.0; centroids.len()]);
    gradient.iter().zip(diagonal).map(|(gradient, curvature)| gradient / curvature).collect()
}
