//! Bundle adjustment: `ADBench`'s and `GradBench`'s program `ba`.
//!
//! Cameras look at points, and every observation says where in its picture a camera saw a point, with
//! a weight `w` that may be lowered for outliers. A camera is a rotation vector `r`, a centre `C`, a
//! focal length `f`, a principal point `u` and two coefficients `k` of radial distortion. With
//!
//! ```text
//! q = R(r) (x - C),   p = (q₁, q₂) / q₃,   s = |p|²
//! projection = f (1 + k₁ s + k₂ s²) p + u
//! ```
//!
//! the residuals are `w (projection - feature)`, two of an observation, and `1 - w²`. Their Jacobian is
//! sparse: those of an observation depend on 15 numbers.

mod by_hand;
mod jacobian;
mod primal;

pub use by_hand::{gradient_by_hand, jacobian_by_hand};
pub use jacobian::{Jacobian, block, jacobian};
pub use primal::{objective, reprojection, weight_error};

use crate::data::Stream;

/// A camera: rotation vector, centre, focal length, principal point, radial distortion.
pub type Camera = [f64; 11];

/// What is differentiated.
#[derive(Clone, Debug)]
pub struct Parameters {
    /// The cameras.
    pub cameras: Vec<Camera>,
    /// Points in space.
    pub points: Vec<[f64; 3]>,
    /// The weight of each observation.
    pub weights: Vec<f64>,
}

/// Where a camera saw a point.
#[derive(Clone, Copy, Debug)]
pub struct Observation {
    /// The index of the camera.
    pub camera: usize,
    /// The index of the point.
    pub point: usize,
    /// The place in the picture.
    pub feature: [f64; 2],
}

/// `n` cameras, `m` points and `p` observations: the cameras in turn look at the points in turn.
pub fn input(n: usize, m: usize, p: usize) -> (Parameters, Vec<Observation>) {
    let mut stream = Stream::new(31);
    // The points are before the cameras, whose distortion is a small one.
    let ranges = [0.3, 0.3, 0.3, 1.0, 1.0, 1.0, 0.1, 1.0, 1.0, 0.1, 0.1];
    let numbers = stream.evenly(11 * n, -1.0, 1.0);
    let mut cameras = vec![[0.0; 11]; n];
    for (camera, numbers) in cameras.iter_mut().zip(numbers.chunks_exact(11)) {
        *camera = std::array::from_fn(|i| ranges[i] * numbers[i]);
        camera[6] += 1.0;
    }
    let points = stream.evenly(3 * m, -1.0, 1.0);
    let points = points.chunks_exact(3).map(|x| [x[0], x[1], x[2] + 5.0]).collect();
    let weights = stream.evenly(p, 0.5, 1.0);
    let features = stream.evenly(2 * p, -1.0, 1.0);
    let seen = |(i, feature): (usize, &[f64])| Observation {
        camera: i % n,
        point: i % m,
        feature: [feature[0], feature[1]],
    };
    let observations = features.chunks_exact(2).enumerate().map(seen).collect();
    (Parameters { cameras, points, weights }, observations)
}
