//! What k-means clustering minimizes, with its gradient with respect to the centroids: `GradBench`'s
//! program `kmeans`, first order.
//!
//! For points `P` and centroids `C` the cost is `Σᵢ minⱼ ‖Pᵢ - Cⱼ‖²` (Bottou and Bengio, *Convergence
//! Properties of the K-Means Algorithms*, 1994). The gradient with respect to `Cⱼ` is `2 (Cⱼ - Pᵢ)`, summed
//! over the points whose nearest centroid it is. So a step of Lloyd's algorithm, which moves each
//! centroid to the mean of its `n` points, is one of gradient descent with rate `1 / 2n`.

pub mod flat;

use crate::data::Stream;
use autograd_runtime::prelude::*;

/// The sum over the points of the squared distance to the nearest centroid.
///
/// Where two centroids are equally near, the gradient is split between them.
#[differentiable]
pub fn cost<const D: usize>(#[no_grad] points: &[[f64; D]], centroids: &[[f64; D]]) -> f64 {
    let mut sum = 0.0;
    for point in points {
        sum += centroids
            .iter()
            .map(|centroid| squared_distance(point, centroid))
            .fold(f64::INFINITY, f64::min);
    }
    sum
}

/// The same, with the nearest centroids found first: the gradient needs no other distances.
///
/// Where two centroids are equally near, the gradient goes to the first.
#[differentiable]
pub fn cost_of_nearest<const D: usize>(
    #[no_grad] points: &[[f64; D]],
    centroids: &[[f64; D]],
) -> f64 {
    points.iter().map(|point| squared_distance(point, &centroids[nearest(point, centroids)])).sum()
}

#[differentiable]
fn squared_distance<const D: usize>(#[no_grad] a: &[f64; D], b: &[f64; D]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

/// The index of the centroid that is nearest to `point`.
fn nearest<const D: usize>(point: &[f64; D], centroids: &[[f64; D]]) -> usize {
    let (mut nearest, mut smallest) = (0, f64::INFINITY);
    for (j, centroid) in centroids.iter().enumerate() {
        let distance = squared_distance(point, centroid);
        if distance < smallest {
            (nearest, smallest) = (j, distance);
        }
    }
    nearest
}

/// The cost; the gradient with respect to the centroids replaces what is in `gradient`.
///
/// # Panics
/// If `gradient` is not as long as `centroids`, or there are points but no centroids.
pub fn gradient_by_hand<const D: usize>(
    points: &[[f64; D]],
    centroids: &[[f64; D]],
    gradient: &mut [[f64; D]],
) -> f64 {
    assert_eq!(centroids.len(), gradient.len(), "k-means: length of the gradient");
    gradient.fill([0.0; D]);
    let mut cost = 0.0;
    for point in points {
        let (mut nearest, mut smallest) = (0, f64::INFINITY);
        for (j, centroid) in centroids.iter().enumerate() {
            let distance = squared_distance(point, centroid);
            if distance < smallest {
                (nearest, smallest) = (j, distance);
            }
        }
        cost += smallest;
        let centroid = &centroids[nearest];
        for (g, (c, p)) in gradient[nearest].iter_mut().zip(centroid.iter().zip(point)) {
            *g += 2.0 * (c - p);
        }
    }
    cost
}

/// `n` points between 0 and 1 in each coordinate. The last `k` of them, as [`centroids`], leave no
/// cluster empty.
pub fn points<const D: usize>(n: usize) -> Vec<[f64; D]> {
    let numbers = Stream::new(33).evenly(n * D, 0.0, 1.0);
    numbers.as_chunks().0.to_vec()
}

/// The last `k` of the points.
///
/// # Panics
/// If there are fewer points.
pub fn centroids<const D: usize>(points: &[[f64; D]], k: usize) -> Vec<[f64; D]> {
    points[points.len() - k..].to_vec()
}
