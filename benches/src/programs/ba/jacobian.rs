use super::{Observation, Parameters, reprojection, weight_error};

/// The sparse Jacobian: the blocks that are not zero.
#[derive(Clone, Debug, Default)]
pub struct Jacobian {
    /// Of each observation the two residuals, by its camera (11), its point (3) and its weight.
    pub reprojections: Vec<[[f64; 15]; 2]>,
    /// Of each weight its residual, by itself.
    pub weights: Vec<f64>,
}

/// The Jacobian by the pullbacks of the parts, two of an observation.
pub fn jacobian(p: &Parameters, observations: &[Observation], jacobian: &mut Jacobian) {
    jacobian.reprojections.clear();
    jacobian.weights.clear();
    for (seen, &weight) in observations.iter().zip(&p.weights) {
        jacobian.reprojections.push(block(p, seen, weight));
        jacobian.weights.push(weight_error::grad(weight));
    }
}

/// The block of an observation in the Jacobian: its two residuals, by its camera (11), its point (3)
/// and its weight.
pub fn block(p: &Parameters, seen: &Observation, weight: f64) -> [[f64; 15]; 2] {
    let (_, pullback) =
        reprojection::vjp(&p.cameras[seen.camera], &p.points[seen.point], weight, seen.feature);
    [row(pullback.clone()([1.0, 0.0])), row(pullback([0.0, 1.0]))]
}

pub(super) fn row((camera, point, weight): ([f64; 11], [f64; 3], f64)) -> [f64; 15] {
    let mut row = [0.0; 15];
    row[..11].copy_from_slice(&camera);
    row[11..14].copy_from_slice(&point);
    row[14] = weight;
    row
}
