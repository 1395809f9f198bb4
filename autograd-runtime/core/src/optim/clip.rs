//! Gradient clipping.

use crate::Real;
use crate::differentiable::{Tangent, TangentVisitor};

/// Scales `gradient` so that its Euclidean norm is at most `max_norm`, and gives the norm that it had.
///
/// The norm is that of all buffers together, as of one vector; the scale is
/// `max_norm / (norm + 1e-6)` where that is below 1. A NaN or an infinity in the gradient makes all
/// of it NaN or zero, as in `PyTorch`: look at what is returned.
///
/// # Panics
/// If `max_norm` is negative or NaN.
///
/// ```
/// use autograd_runtime::optim::clip_grad_norm;
///
/// let mut gradient = (vec![3.0_f64], 4.0_f64);
/// assert_eq!(clip_grad_norm(&mut gradient, 1.0), 5.0);
/// assert!((gradient.0[0] - 0.6).abs() < 1e-6);
///
/// let clipped = gradient.clone();
/// assert!(clip_grad_norm(&mut gradient, 2.0) < 1.0);
/// assert_eq!(gradient, clipped); // short enough as it is
/// ```
#[track_caller]
pub fn clip_grad_norm<G: Tangent>(gradient: &mut G, max_norm: f64) -> f64 {
    assert!(max_norm >= 0.0, "clip_grad_norm: max_norm must be at least 0, got {max_norm}");
    let mut squares = SumOfSquares(0.0);
    gradient.visit_tangents(&mut squares);
    let norm = squares.0.sqrt();
    let scale = max_norm / (norm + 1e-6);
    if scale < 1.0 || scale.is_nan() {
        gradient.visit_tangents(&mut Scale(scale));
    }
    norm
}

/// Limits every element of `gradient` to `[-limit, limit]`. A NaN stays a NaN.
///
/// # Panics
/// If `limit` is negative or NaN.
///
/// ```
/// use autograd_runtime::optim::clip_grad_value;
///
/// let mut gradient = (vec![3.0_f64, -0.5], -4.0_f32);
/// clip_grad_value(&mut gradient, 1.0);
/// assert_eq!(gradient, (vec![1.0, -0.5], -1.0));
/// ```
#[track_caller]
pub fn clip_grad_value<G: Tangent>(gradient: &mut G, limit: f64) {
    assert!(limit >= 0.0, "clip_grad_value: limit must be at least 0, got {limit}");
    gradient.visit_tangents(&mut Limit(limit));
}

struct SumOfSquares(f64);

impl TangentVisitor for SumOfSquares {
    fn visit<T: Real>(&mut self, gradient: &mut [T]) {
        self.0 += gradient.iter().map(|g| g.to_f64() * g.to_f64()).sum::<f64>();
    }
}

struct Scale(f64);

impl TangentVisitor for Scale {
    fn visit<T: Real>(&mut self, gradient: &mut [T]) {
        let scale = T::from_f64(self.0);
        for g in gradient {
            *g *= scale;
        }
    }
}

struct Limit(f64);

impl TangentVisitor for Limit {
    fn visit<T: Real>(&mut self, gradient: &mut [T]) {
        let limit = T::from_f64(self.0);
        for g in gradient {
            *g = g.clamp(-limit, limit);
        }
    }
}
