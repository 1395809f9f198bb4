//! The Jacobian of the residuals, from pullbacks of two stages.
//!
//! The residuals of a point depend on the pose through the maps of the bones and of the whole hand only.
//! So the Jacobian is the product of that of the residuals by the maps, of which a point takes three
//! rows, and that of the maps by the pose, which is the same for all points.

use super::primal::{apply, motion, transforms};
use super::{Affine, BONES, Data, Model, Pose};
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

/// A vertex at rest, and how much each bone moves it: small, because a pullback keeps a copy of it.
#[derive(Clone, Copy, Debug)]
pub struct Vertex {
    at_rest: [f64; 3],
    weights: [f64; BONES],
    is_mirrored: bool,
}

impl Vertex {
    fn of(model: &Model, index: usize) -> Self {
        let (at_rest, weights) = (model.vertices[index], model.weights[index]);
        Self { at_rest, weights, is_mirrored: model.is_mirrored }
    }
}

/// Where the [`maps()`] take a vertex.
#[differentiable]
pub fn mapped(maps: &[Affine], #[no_grad] vertex: &Vertex) -> [f64; 3] {
    let mut place = [0.0; 3];
    for (map, weight) in maps.iter().zip(&vertex.weights) {
        let moved = apply(map, &vertex.at_rest);
        for i in 0..3 {
            place[i] += weight * moved[i];
        }
    }
    if vertex.is_mirrored {
        place[0] = -place[0];
    }
    apply(&maps[BONES], &place)
}

/// The residuals of a point in the simple form.
#[differentiable]
pub fn residual(
    maps: &[Affine],
    #[no_grad] vertex: &Vertex,
    #[no_grad] measured: [f64; 3],
) -> [f64; 3] {
    let place = mapped(maps, vertex);
    [measured[0] - place[0], measured[1] - place[1], measured[2] - place[2]]
}

/// The residuals of a point in the complicated form.
#[differentiable]
pub fn residual_on_surface(
    maps: &[Affine],
    place: [f64; 2],
    #[no_grad] triangle: &[Vertex; 3],
    #[no_grad] measured: [f64; 3],
) -> [f64; 3] {
    let a = mapped(maps, &triangle[0]);
    let b = mapped(maps, &triangle[1]);
    let c = mapped(maps, &triangle[2]);
    let [u, v] = place;
    let w = 1.0 - u - v;
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
    for (&measured, &vertex) in data.points.iter().zip(&data.correspondences) {
        let vertex = Vertex::of(&data.model, vertex);
        let (_, pullback) = residual::vjp(&maps, &vertex, measured);
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
    let points = data.points.iter().zip(&data.correspondences);
    for ((&measured, &triangle), &place) in points.zip(places) {
        let triangle = data.model.triangles[triangle].map(|index| Vertex::of(&data.model, index));
        let (_, pullback) = residual_on_surface::vjp(&maps, place, &triangle, measured);
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
