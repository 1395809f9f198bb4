//! The Jacobian of the residuals, from pullbacks of two stages.
//!
//! The residuals of a point depend on the pose through the maps of the bones and of the whole hand only.
//! So the Jacobian is the product of that of the residuals by the maps, of which a point takes three
//! rows, and that of the maps by the pose, which is the same for all points.

use super::primal::{apply, motion, transforms};
use super::{Affine, BONES, Data, Pose};
use autograd_runtime::prelude::*;

/// How many numbers the maps are: those of the bones, and that of the whole hand.
const MAPS: usize = 12 * (BONES + 1);

/// The maps of a pose, the one of the whole hand last.
#[differentiable]
pub fn maps(pose: &Pose, #[no_grad] data: &Data) -> Vec<Affine> {
    let mut maps = transforms(pose, &data.model);
    maps.push(motion(&[pose[0], pose[1], pose[2]], &[pose[3], pose[4], pose[5]]));
    maps
}

/// Where the [`maps()`] take a vertex.
#[differentiable]
pub fn mapped(maps: &[Affine], vertex: usize, #[no_grad] data: &Data) -> [f64; 3] {
    let model = &data.model;
    let mut place = [0.0; 3];
    for (map, weight) in maps.iter().zip(&model.weights[vertex]) {
        let moved = apply(map, &model.vertices[vertex]);
        for i in 0..3 {
            place[i] += weight * moved[i];
        }
    }
    if model.is_mirrored {
        place[0] = -place[0];
    }
    apply(&maps[BONES], &place)
}

/// The residuals of a point in the simple form.
#[differentiable]
pub fn residual(maps: &[Affine], point: usize, #[no_grad] data: &Data) -> [f64; 3] {
    let place = mapped(maps, data.correspondences[point], data);
    let measured = data.points[point];
    [measured[0] - place[0], measured[1] - place[1], measured[2] - place[2]]
}

/// The residuals of a point in the complicated form.
#[differentiable]
pub fn residual_on_surface(
    maps: &[Affine],
    place: [f64; 2],
    point: usize,
    #[no_grad] data: &Data,
) -> [f64; 3] {
    let [a, b, c] = data.model.triangles[data.correspondences[point]];
    let (a, b, c) = (mapped(maps, a, data), mapped(maps, b, data), mapped(maps, c, data));
    let [u, v] = place;
    let w = 1.0 - u - v;
    let measured = data.points[point];
    [
        measured[0] - (u * a[0] + v * b[0] + w * c[0]),
        measured[1] - (u * a[1] + v * b[1] + w * c[1]),
        measured[2] - (u * a[2] + v * b[2] + w * c[2]),
    ]
}

/// The Jacobian of [`residuals`](super::residuals()) by the pose, a row for each residual.
pub fn jacobian(pose: &Pose, data: &Data) -> Vec<[f64; 26]> {
    let (maps, of_maps) = jacobian_of_maps(pose, data);
    let mut rows = Vec::with_capacity(3 * data.points.len());
    for point in 0..data.points.len() {
        let (_, pullback) = residual::vjp(&maps, point, data);
        for i in 0..3 {
            rows.push(product(&pullback.clone()(unit(i)), &of_maps));
        }
    }
    rows
}

/// A row of the Jacobian of the complicated form: by the two coordinates of the point that the residual
/// belongs to, and by the pose.
pub type RowOnSurface = ([f64; 2], [f64; 26]);

/// The Jacobian of [`residuals_on_surface`](super::residuals_on_surface()), a row for each residual.
///
/// # Panics
/// If there are not as many places as points.
pub fn jacobian_on_surface(pose: &Pose, places: &[[f64; 2]], data: &Data) -> Vec<RowOnSurface> {
    assert_eq!(places.len(), data.points.len(), "a place of each point");
    let (maps, of_maps) = jacobian_of_maps(pose, data);
    let mut rows = Vec::with_capacity(3 * places.len());
    for (point, &place) in places.iter().enumerate() {
        let (_, pullback) = residual_on_surface::vjp(&maps, place, point, data);
        for i in 0..3 {
            let (by_maps, by_place) = pullback.clone()(unit(i));
            rows.push((by_place, product(&by_maps, &of_maps)));
        }
    }
    rows
}

/// The maps, and the derivatives of each of their numbers by the pose.
fn jacobian_of_maps(pose: &Pose, data: &Data) -> (Vec<Affine>, Vec<[f64; 26]>) {
    let (maps, pullback) = maps::vjp(pose, data);
    let rows = (0..MAPS).map(|number| {
        let mut cotangent = vec![[[0.0; 4]; 3]; maps.len()];
        cotangent[number / 12][number % 12 / 4][number % 4] = 1.0;
        pullback.clone()(cotangent)
    });
    let rows = rows.collect();
    (maps, rows)
}

fn unit(i: usize) -> [f64; 3] {
    let mut unit = [0.0; 3];
    unit[i] = 1.0;
    unit
}

/// `row · matrix`
fn product(row: &[Affine], matrix: &[[f64; 26]]) -> [f64; 26] {
    let mut product = [0.0; 26];
    for (factor, row) in row.as_flattened().as_flattened().iter().zip(matrix) {
        // Most bones do not move a vertex.
        if *factor != 0.0 {
            product.iter_mut().zip(row).for_each(|(sum, number)| *sum += factor * number);
        }
    }
    product
}
