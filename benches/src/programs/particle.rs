//! The path of a charged particle, and where it lands: `GradBench`'s program `particle`, by
//! Pearlmutter and Siskind, with the force as a formula.
//!
//! A particle starts at (0, 8) with velocity (0.75, 0). Two charges at (10, 10 - w) and (10, 0) repel it.
//! Its potential is `p(x) = Σ 1 / ‖x - q‖` over their positions `q`, its acceleration
//! `-∇p = Σ (x - q) / ‖x - q‖³`. Euler's method with steps of [`STEP`] follows it until it crosses the
//! x axis, where the last step is cut. Wanted is the `w` for which it lands in the origin: the
//! minimum of the square of the place where it lands.
//!
//! (The original takes `∇p` by automatic differentiation, inside of what is differentiated: see
//! [`nested`](super::nested).)

use super::descent;
use autograd_runtime::prelude::*;

/// The length of a step in time.
pub const STEP: f64 = 0.1;

/// The `w` that `GradBench` starts from.
pub const INPUT: f64 = 0.0;

/// A point or a vector of the plane.
#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Vector {
    /// Along the axis where the particle lands.
    pub x: f64,
    /// Above the axis.
    pub y: f64,
}

impl Vector {
    /// The Euclidean length.
    #[differentiable]
    pub fn length(self) -> f64 {
        (self.x * self.x + self.y * self.y).sqrt()
    }

    /// The vector from `other` to here.
    #[differentiable]
    pub fn minus(self, other: Self) -> Self {
        Self { x: self.x - other.x, y: self.y - other.y }
    }

    /// Where one gets from here by `factor` times `direction`.
    #[differentiable]
    pub fn moved(self, factor: f64, direction: Self) -> Self {
        Self { x: self.x + factor * direction.x, y: self.y + factor * direction.y }
    }
}

/// The potential of unit charges in a point.
#[differentiable]
pub fn potential(at: Vector, charges: &[Vector]) -> f64 {
    charges.iter().map(|charge| 1.0 / at.minus(*charge).length()).sum()
}

/// The acceleration by unit charges in a point, the negative gradient of the potential.
#[differentiable]
pub fn acceleration(at: Vector, charges: &[Vector]) -> Vector {
    let mut sum = Vector { x: 0.0, y: 0.0 };
    for charge in charges {
        let away = at.minus(*charge);
        sum = sum.moved(away.length().powi(-3), away);
    }
    sum
}

/// The square of the distance from the origin to where the particle lands.
///
/// Where `w` is too large (1.5, for one) it never lands, and this does not return.
#[differentiable]
pub fn miss(w: f64) -> f64 {
    let charges = [Vector { x: 10.0, y: 10.0 - w }, Vector { x: 10.0, y: 0.0 }];
    let mut position = Vector { x: 0.0, y: 8.0 };
    let mut velocity = Vector { x: 0.75, y: 0.0 };
    loop {
        let next = position.moved(STEP, velocity);
        if next.y <= 0.0 {
            break;
        }
        velocity = velocity.moved(STEP, acceleration(position, &charges));
        position = next;
    }
    let landing = position.x - position.y / velocity.y * velocity.x;
    landing * landing
}

/// The `w` that makes the particle land in the origin, by gradient descent from `start`.
pub fn aim(start: f64) -> f64 {
    let [w] = descent::argmin(|[w]| miss(w), |[w]| [miss::grad(w)], [start]);
    w
}

/// [`miss()`] and its derivative, in reverse mode by hand: `path` is what is kept, position and
/// velocity before each step.
pub fn gradient_by_hand(w: f64, path: &mut Vec<[f64; 4]>) -> (f64, f64) {
    path.clear();
    let first = 10.0 - w;
    let [mut x, mut y, mut vx, mut vy] = START;
    while y + STEP * vy > 0.0 {
        path.push([x, y, vx, vy]);
        let ([ax, ay], [bx, by]) = (repulsion(x - 10.0, y - first), repulsion(x - 10.0, y));
        [x, y] = [x + STEP * vx, y + STEP * vy];
        [vx, vy] = [vx + STEP * (ax + bx), vy + STEP * (ay + by)];
    }
    let slope = vx / vy;
    let landing = x - y * slope;
    // The adjoints of position and velocity.
    let mut dx = 2.0 * landing;
    let mut dy = -slope * dx;
    let mut dvx = -y / vy * dx;
    let mut dvy = -slope * dvx;
    let mut dw = 0.0;
    for &[x, y, ..] in path.iter().rev() {
        let acceleration = [STEP * dvx, STEP * dvy];
        [dvx, dvy] = [dvx + STEP * dx, dvy + STEP * dy];
        let [ax, ay] = repulsion_adjoint(x - 10.0, y - first, acceleration);
        let [bx, by] = repulsion_adjoint(x - 10.0, y, acceleration);
        [dx, dy] = [dx + ax + bx, dy + ay + by];
        // With `w` the charge moves down, as if the particle moved up.
        dw += ay;
    }
    (landing * landing, dw)
}

/// The same in forward mode by hand: with a single parameter its tangents need no memory.
pub fn gradient_forward(w: f64) -> (f64, f64) {
    let first = 10.0 - w;
    let [mut x, mut y, mut vx, mut vy] = START;
    // The derivatives by `w`.
    let [mut tx, mut ty, mut tvx, mut tvy] = [0.0; 4];
    while y + STEP * vy > 0.0 {
        let ([ax, ay], [bx, by]) = (repulsion(x - 10.0, y - first), repulsion(x - 10.0, y));
        // The derivative of a repulsion is symmetric, so that its adjoint is its tangent.
        let [tax, tay] = repulsion_adjoint(x - 10.0, y - first, [tx, ty + 1.0]);
        let [tbx, tby] = repulsion_adjoint(x - 10.0, y, [tx, ty]);
        [x, y, tx, ty] = [x + STEP * vx, y + STEP * vy, tx + STEP * tvx, ty + STEP * tvy];
        [vx, vy] = [vx + STEP * (ax + bx), vy + STEP * (ay + by)];
        [tvx, tvy] = [tvx + STEP * (tax + tbx), tvy + STEP * (tay + tby)];
    }
    let slope = vx / vy;
    let landing = x - y * slope;
    let tangent = tx - ty * slope - y * (tvx - slope * tvy) / vy;
    (landing * landing, 2.0 * landing * tangent)
}

/// Position and velocity at first.
const START: [f64; 4] = [0.0, 8.0, 0.75, 0.0];

/// `d / ‖d‖³`
fn repulsion(x: f64, y: f64) -> [f64; 2] {
    let squared = x * x + y * y;
    let scale = 1.0 / (squared * squared.sqrt());
    [scale * x, scale * y]
}

/// `c / ‖d‖³ - 3 d (c · d) / ‖d‖⁵`
fn repulsion_adjoint(x: f64, y: f64, [cx, cy]: [f64; 2]) -> [f64; 2] {
    let squared = x * x + y * y;
    let scale = 1.0 / (squared * squared.sqrt());
    let along = 3.0 * (cx * x + cy * y) / squared;
    [scale * (cx - along * x), scale * (cy - along * y)]
}
