//! Hand tracking: `ADBench`'s program `hand`, which is `GradBench`'s `ht`.
//!
//! The skeleton of a hand has 22 bones: two, and four for each finger. A pose has 26 numbers: the
//! rotation vector and the translation of the whole hand, and for each finger the two angles of its
//! first joint and one of each of the next two. A bone turns by `B(x, z) = R_z(z) R_x(x)`, so that
//!
//! ```text
//! absolute = absolute of the parent · base relative · B(x, z)
//! transform = absolute · inverse of the absolute at rest
//! vertex = R(r) M Σ weight · transform · vertex at rest + t
//! ```
//!
//! summed over the bones; `M` mirrors a left hand to a right one. The residuals are the differences
//! between points that were measured and the vertices they belong to (the simple form), or places on
//! the triangles they belong to, which are also sought (the complicated form).

mod by_hand;
mod jacobian;
mod primal;

pub use by_hand::{Workspace, gradient_by_hand, gradient_on_surface_by_hand};
pub use jacobian::{
    RowOnSurface, Vertex, jacobian, jacobian_on_surface, mapped, maps, residual,
    residual_on_surface,
};
pub use primal::{objective, objective_on_surface, residuals, residuals_on_surface};

use crate::data::Stream;

/// The first three rows of a matrix that maps `(x, y, z, 1)`.
pub type Affine = [[f64; 4]; 3];

/// A pose: rotation vector, translation, and four angles of each finger.
pub type Pose = [f64; 26];

/// The number of bones.
pub const BONES: usize = 22;

/// A bone at rest.
#[derive(Clone, Debug)]
pub struct Bone {
    /// The index of its parent, lower than its own; `None` of the first.
    pub parent: Option<usize>,
    /// Its place relative to its parent.
    pub base_relative: Affine,
    /// The inverse of its place relative to the hand.
    pub inverse_base: Affine,
}

/// A hand at rest.
#[derive(Clone, Debug)]
pub struct Model {
    /// The 22 bones.
    pub bones: Vec<Bone>,
    /// The vertices of the surface.
    pub vertices: Vec<[f64; 3]>,
    /// Of each vertex how much each bone moves it.
    pub weights: Vec<[f64; BONES]>,
    /// The triangles of the surface, by their vertices.
    pub triangles: Vec<[usize; 3]>,
    /// Whether the model is that of the other hand.
    pub is_mirrored: bool,
}

/// What was measured.
#[derive(Clone, Debug)]
pub struct Data {
    /// The hand.
    pub model: Model,
    /// Points.
    pub points: Vec<[f64; 3]>,
    /// Of each point its vertex in the simple form, its triangle in the complicated one.
    pub correspondences: Vec<usize>,
}

/// The parent of a bone: those of a finger follow each other, the others hang on the first bone.
pub fn parent(bone: usize) -> Option<usize> {
    match bone {
        0 => None,
        1 => Some(0),
        bone if (bone - 2).is_multiple_of(4) => Some(0),
        bone => Some(bone - 1),
    }
}

/// A pose, a hand of so many vertices and triangles, and so many points.
pub fn input(vertices: usize, points: usize, is_mirrored: bool) -> (Pose, Data) {
    let mut stream = Stream::new(61);
    let bones = (0..BONES).map(|bone| {
        let at = stream.evenly(3, -1.0, 1.0);
        let placed = |sign: f64| {
            [[1.0, 0.0, 0.0, sign * at[0]], [0.0, 0.8, -0.6, sign * at[1]], [0.0, 0.6, 0.8, sign]]
        };
        Bone { parent: parent(bone), base_relative: placed(1.0), inverse_base: placed(-1.0) }
    });
    let bones = bones.collect();
    let mut spread = |low, high| -> [f64; 3] {
        let numbers = stream.evenly(3, low, high);
        [numbers[0], numbers[1], numbers[2]]
    };
    let at_rest = (0..vertices).map(|_| spread(-2.0, 2.0)).collect();
    let measured = (0..points).map(|_| spread(-2.0, 2.0)).collect();
    let weights = stream.evenly(vertices * BONES, 0.0, 2.0 / BONES as f64);
    let weights =
        weights.chunks_exact(BONES).map(|w| std::array::from_fn(|bone| w[bone])).collect();
    let triangles = (0..vertices).map(|v| [v, (v + 1) % vertices, (v + 2) % vertices]).collect();
    let pose = stream.evenly(26, -0.7, 0.7);
    let model = Model { bones, vertices: at_rest, weights, triangles, is_mirrored };
    let correspondences = stream.classes(points, vertices);
    (std::array::from_fn(|i| pose[i]), Data { model, points: measured, correspondences })
}
