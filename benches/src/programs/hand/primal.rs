use super::{Affine, Data, Model, Pose};
use autograd_runtime::prelude::*;

/// The product of two maps: `b` comes first.
#[differentiable]
fn compose(a: &Affine, b: &Affine) -> Affine {
    let mut product = [[0.0; 4]; 3];
    for i in 0..3 {
        for j in 0..4 {
            product[i][j] = a[i][0] * b[0][j] + a[i][1] * b[1][j] + a[i][2] * b[2][j];
        }
        product[i][3] += a[i][3];
    }
    product
}

#[differentiable]
fn entry(row: &[f64; 4], v: &[f64; 3]) -> f64 {
    row[0] * v[0] + row[1] * v[1] + row[2] * v[2] + row[3]
}

#[differentiable]
pub(super) fn apply(map: &Affine, v: &[f64; 3]) -> [f64; 3] {
    [entry(&map[0], v), entry(&map[1], v), entry(&map[2], v)]
}

/// `R_z(z) R_x(x)`.
#[differentiable]
fn bend(x: f64, z: f64) -> Affine {
    let ((sx, cx), (sz, cz)) = (x.sin_cos(), z.sin_cos());
    [[cz, -sz * cx, sz * sx, 0.0], [sz, cz * cx, -cz * sx, 0.0], [0.0, sx, cx, 0.0]]
}

/// The angles `x` and `z` of a bone.
#[differentiable]
fn angles(pose: &Pose, bone: usize) -> (f64, f64) {
    if bone < 2 {
        return (0.0, 0.0);
    }
    let (finger, joint) = ((bone - 2) / 4, (bone - 2) % 4);
    match (6 + 4 * finger, joint) {
        (first, 0) => (pose[first], pose[first + 1]),
        (_, 3) => (0.0, 0.0),
        (first, joint) => (pose[first + joint + 1], 0.0),
    }
}

/// The map that takes each bone from where it rests.
#[differentiable]
pub(super) fn transforms(pose: &Pose, #[no_grad] model: &Model) -> Vec<Affine> {
    let mut absolutes: Vec<Affine> = Vec::new();
    let mut transforms: Vec<Affine> = Vec::new();
    for (index, bone) in model.bones.iter().enumerate() {
        let (x, z) = angles(pose, index);
        let relative = compose(&bone.base_relative, &bend(x, z));
        let absolute = match bone.parent {
            Some(parent) => compose(&absolutes[parent], &relative),
            None => relative,
        };
        transforms.push(compose(&absolute, &bone.inverse_base));
        absolutes.push(absolute);
    }
    transforms
}

/// The rotation by a vector's length around its direction, and then a translation.
#[differentiable]
pub(super) fn motion(r: &[f64; 3], t: &[f64; 3]) -> Affine {
    let angle = (r[0] * r[0] + r[1] * r[1] + r[2] * r[2]).sqrt();
    if angle < 1e-4 {
        return [[1.0, 0.0, 0.0, t[0]], [0.0, 1.0, 0.0, t[1]], [0.0, 0.0, 1.0, t[2]]];
    }
    let [x, y, z] = r.map(|r| r / angle);
    let (s, c) = angle.sin_cos();
    let d = 1.0 - c;
    [
        [c + d * x * x, d * x * y - s * z, d * x * z + s * y, t[0]],
        [d * y * x + s * z, c + d * y * y, d * y * z - s * x, t[1]],
        [d * z * x - s * y, d * z * y + s * x, c + d * z * z, t[2]],
    ]
}

/// The vertices of the hand in a pose.
#[differentiable]
fn posed(pose: &Pose, #[no_grad] model: &Model) -> Vec<[f64; 3]> {
    let transforms = transforms(pose, model);
    let whole = motion(&[pose[0], pose[1], pose[2]], &[pose[3], pose[4], pose[5]]);
    let mut vertices = Vec::with_capacity(model.vertices.len());
    for (at_rest, weights) in model.vertices.iter().zip(&model.weights) {
        let mut place = [0.0; 3];
        for (transform, weight) in transforms.iter().zip(weights) {
            let moved = apply(transform, at_rest);
            for i in 0..3 {
                place[i] += weight * moved[i];
            }
        }
        if model.is_mirrored {
            place[0] = -place[0];
        }
        vertices.push(apply(&whole, &place));
    }
    vertices
}

/// The simple form: three residuals of each point.
#[differentiable]
pub fn residuals(pose: &Pose, #[no_grad] data: &Data) -> Vec<f64> {
    let vertices = posed(pose, &data.model);
    let mut residuals = Vec::with_capacity(3 * data.points.len());
    for (point, &vertex) in data.points.iter().zip(&data.correspondences) {
        for i in 0..3 {
            residuals.push(point[i] - vertices[vertex][i]);
        }
    }
    residuals
}

/// The complicated form: `places` has the first two barycentric coordinates of each point.
#[differentiable]
pub fn residuals_on_surface(pose: &Pose, places: &[[f64; 2]], #[no_grad] data: &Data) -> Vec<f64> {
    let vertices = posed(pose, &data.model);
    let mut residuals = Vec::with_capacity(3 * data.points.len());
    for ((point, &triangle), [u, v]) in data.points.iter().zip(&data.correspondences).zip(places) {
        let [a, b, c] = data.model.triangles[triangle];
        for i in 0..3 {
            let place = u * vertices[a][i] + v * vertices[b][i] + (1.0 - u - v) * vertices[c][i];
            residuals.push(point[i] - place);
        }
    }
    residuals
}

/// Half of the sum of the squares of the residuals of the simple form.
#[differentiable]
pub fn objective(pose: &Pose, #[no_grad] data: &Data) -> f64 {
    0.5 * residuals(pose, data).iter().map(|r| r * r).sum::<f64>()
}

/// Half of the sum of the squares of the residuals of the complicated form.
#[differentiable]
pub fn objective_on_surface(pose: &Pose, places: &[[f64; 2]], #[no_grad] data: &Data) -> f64 {
    0.5 * residuals_on_surface(pose, places, data).iter().map(|r| r * r).sum::<f64>()
}
