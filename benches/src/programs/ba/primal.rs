use super::{Camera, Observation};
use autograd_runtime::prelude::*;

#[differentiable]
fn dot(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

#[differentiable]
fn cross(a: &[f64; 3], b: &[f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/// `v`, rotated around the direction of `r` by its length (Rodrigues' formula).
#[differentiable]
fn rotate(r: &[f64; 3], v: &[f64; 3]) -> [f64; 3] {
    let square = dot(r, r);
    if square == 0.0 {
        // To first order.
        let turned = cross(r, v);
        return [v[0] + turned[0], v[1] + turned[1], v[2] + turned[2]];
    }
    let angle = square.sqrt();
    let (sin, cos) = angle.sin_cos();
    let axis = r.map(|r| r / angle);
    let turned = cross(&axis, v);
    let along = dot(&axis, v) * (1.0 - cos);
    let mut rotated = [0.0; 3];
    for i in 0..3 {
        rotated[i] = v[i] * cos + turned[i] * sin + axis[i] * along;
    }
    rotated
}

/// The residuals of an observation: where the camera should see the point, less where it did.
#[differentiable]
pub fn reprojection(
    camera: &Camera,
    point: &[f64; 3],
    weight: f64,
    #[no_grad] feature: [f64; 2],
) -> [f64; 2] {
    let [r1, r2, r3, c1, c2, c3, focal, u, v, k1, k2] = *camera;
    let from_camera = [point[0] - c1, point[1] - c2, point[2] - c3];
    let seen = rotate(&[r1, r2, r3], &from_camera);
    let (x, y) = (seen[0] / seen[2], seen[1] / seen[2]);
    let square = x * x + y * y;
    let scale = focal * (1.0 + k1 * square + k2 * square * square);
    [weight * (x * scale + u - feature[0]), weight * (y * scale + v - feature[1])]
}

/// The residual of a weight: `1 - w²`.
#[differentiable]
pub fn weight_error(weight: f64) -> f64 {
    1.0 - weight * weight
}

/// Half of the sum of the squares of all residuals.
///
/// # Panics
/// If there are not as many weights as observations, or an observation is of a camera or point that
/// does not exist.
#[differentiable]
pub fn objective(
    cameras: &[Camera],
    points: &[[f64; 3]],
    weights: &[f64],
    #[no_grad] observations: &[Observation],
) -> f64 {
    assert_eq!(weights.len(), observations.len(), "a weight of each observation");
    let mut total = 0.0;
    for (seen, &weight) in observations.iter().zip(weights) {
        let error = reprojection(&cameras[seen.camera], &points[seen.point], weight, seen.feature);
        total += error[0].powi(2) + error[1].powi(2) + weight_error(weight).powi(2);
    }
    0.5 * total
}
