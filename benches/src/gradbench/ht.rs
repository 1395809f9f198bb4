//! Hand tracking.

use super::call::{Call, Outcome, ensure};
use crate::programs::hand::{
    Affine, BONES, Bone, Data, Model, Pose, jacobian, jacobian_on_surface, residuals,
    residuals_on_surface,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Input {
    /// The pose.
    theta: Vec<f64>,
    data: Measurement,
    /// The places of the points on their triangles; none in the simple form.
    us: Vec<[f64; 2]>,
}

#[derive(Deserialize)]
struct Measurement {
    model: Hand,
    correspondences: Vec<usize>,
    points: Vec<[f64; 3]>,
}

#[derive(Deserialize)]
struct Hand {
    /// Of each bone the index of its parent, or -1.
    parents: Vec<i64>,
    base_relatives: Vec<[[f64; 4]; 4]>,
    inverse_base_absolutes: Vec<[[f64; 4]; 4]>,
    /// Of each vertex its place and a 1.
    base_positions: Vec<[f64; 4]>,
    weights: Vec<[f64; BONES]>,
    triangles: Vec<[usize; 3]>,
    is_mirrored: bool,
}

pub(super) fn evaluate(call: &Call<'_>) -> Outcome {
    let Input { theta, data, us } = call.parse()?;
    let pose: Pose = theta.try_into().map_err(|_| "`theta` is not of 26 elements")?;
    let is_simple = us.is_empty();
    let data = data.checked(is_simple)?;
    ensure(is_simple || us.len() == data.points.len(), "`us` and `points` differ in length")?;
    match (call.function, is_simple) {
        ("objective", true) => call.measure(|| residuals(&pose, &data)),
        ("objective", false) => call.measure(|| residuals_on_surface(&pose, &us, &data)),
        ("jacobian", true) => call.measure_and_report(
            || jacobian(&pose, &data),
            |rows| listed(rows.iter().map(|row| row.to_vec())),
        ),
        ("jacobian", false) => call.measure_and_report(
            || jacobian_on_surface(&pose, &us, &data),
            |rows| listed(rows.iter().map(|(place, pose)| [&place[..], pose].concat())),
        ),
        _ => call.unknown(),
    }
}

/// The rows as lists.
fn listed(rows: impl Iterator<Item = Vec<f64>>) -> Vec<Vec<f64>> {
    rows.collect()
}

impl Measurement {
    /// The data of the program, if all lengths and indices fit.
    fn checked(self, is_simple: bool) -> Result<Data, String> {
        let Self { model, correspondences, points } = self;
        let model = model.checked()?;
        let ends = if is_simple { model.vertices.len() } else { model.triangles.len() };
        let fits = correspondences.len() == points.len()
            && correspondences.iter().all(|&correspondence| correspondence < ends);
        ensure(fits, "`correspondences` do not fit `points` and `model`")?;
        Ok(Data { model, points, correspondences })
    }
}

impl Hand {
    fn checked(self) -> Result<Model, String> {
        let lengths = [&self.base_relatives, &self.inverse_base_absolutes].map(Vec::len);
        let fits = self.parents.len() == BONES && lengths == [BONES; 2];
        ensure(fits, &format!("the hand must have {BONES} bones"))?;
        let vertices = self.base_positions.len();
        ensure(self.weights.len() == vertices, "each vertex must have weights")?;
        let exists = |triangle: &[usize; 3]| triangle.iter().all(|&vertex| vertex < vertices);
        ensure(self.triangles.iter().all(exists), "`triangles` have vertices that do not exist")?;
        let places = self.base_relatives.iter().zip(&self.inverse_base_absolutes);
        let bones =
            places.zip(&self.parents).enumerate().map(|(index, ((relative, inverse), parent))| {
                let parent = usize::try_from(*parent).ok();
                ensure(
                    parent.is_none_or(|parent| parent < index),
                    "a parent must come before its bone",
                )?;
                Ok(Bone { parent, base_relative: affine(relative), inverse_base: affine(inverse) })
            });
        Ok(Model {
            bones: bones.collect::<Result<_, String>>()?,
            vertices: self.base_positions.iter().map(|&[x, y, z, _]| [x, y, z]).collect(),
            weights: self.weights,
            triangles: self.triangles,
            is_mirrored: self.is_mirrored,
        })
    }
}

/// The matrix without its last row, which is that of the identity.
fn affine(&[first, second, third, _]: &[[f64; 4]; 4]) -> Affine {
    [first, second, third]
}
