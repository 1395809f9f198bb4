//! An arm of six joints, and the angles at which its hand is where it should be.
//!
//! The pullback of the hand's pose gives the Jacobian a row at a time. The angles are found by
//! damped least squares: C. W. Wampler, Manipulator inverse kinematic solutions based on vector
//! formulations and damped least-squares methods, 1986.

use autograd_runtime::prelude::*;

/// A point or a direction, in metres.
pub type Vector = [f64; 3];

/// Columns are where the axes go.
type Rotation = [Vector; 3];

/// How many numbers a pose has: the hand's place, and the direction in which it points.
pub const POSE: usize = 6;

/// The axis that a joint turns about, as seen from the link before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// Along the link before: it twists.
    Z,
    /// Across the link before: it bends.
    Y,
}

/// A joint and the link that it moves.
#[derive(Clone, Copy, Debug)]
pub struct Joint {
    /// What the joint turns about.
    pub axis: Axis,
    /// The length of the link, in metres, which points along its own z.
    pub length: f64,
    /// How far the joint turns to either side, in radians.
    pub limit: f64,
}

/// A chain of joints that stands on the ground and, with all angles zero, straight up.
#[derive(Clone, Debug)]
pub struct Arm {
    /// From the ground to the hand.
    pub joints: Vec<Joint>,
}

/// The rotation by `angle` that follows `outer`: two of its columns mix.
#[differentiable]
fn turned(outer: Rotation, #[no_grad] axis: Axis, angle: f64) -> Rotation {
    let (sin, cos) = angle.sin_cos();
    let [x, y, z] = outer;
    let mix = |a: Vector, s: f64, b: Vector, t: f64| {
        [s * a[0] + t * b[0], s * a[1] + t * b[1], s * a[2] + t * b[2]]
    };
    match axis {
        Axis::Z => [mix(x, cos, y, sin), mix(y, cos, x, -sin), z],
        Axis::Y => [mix(x, cos, z, -sin), y, mix(z, cos, x, sin)],
    }
}

/// Where each joint is, the ground first and the hand last, and the direction of the hand.
#[differentiable]
pub fn places(#[no_grad] arm: &Arm, angles: &[f64]) -> (Vec<Vector>, Vector) {
    let mut rotation = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    let mut at = [0.0; 3];
    let mut places = vec![at];
    for (joint, angle) in arm.joints.iter().zip(angles) {
        rotation = turned(rotation, joint.axis, *angle);
        for k in 0..3 {
            at[k] += joint.length * rotation[2][k];
        }
        places.push(at);
    }
    (places, rotation[2])
}

/// The place of the hand, and the direction in which it points.
#[differentiable]
pub fn pose(#[no_grad] arm: &Arm, angles: &[f64]) -> [f64; POSE] {
    let (places, direction) = places(arm, angles);
    let hand = places[places.len() - 1];
    [hand[0], hand[1], hand[2], direction[0], direction[1], direction[2]]
}

impl Arm {
    /// An arm of the size of an industrial robot's.
    pub fn six_joints() -> Self {
        let joint = |axis, length, limit: f64| Joint { axis, length, limit: limit.to_radians() };
        let joints = vec![
            joint(Axis::Z, 0.4, 170.0),
            joint(Axis::Y, 0.6, 120.0),
            joint(Axis::Y, 0.2, 150.0),
            joint(Axis::Z, 0.4, 360.0),
            joint(Axis::Y, 0.1, 120.0),
            joint(Axis::Z, 0.1, 180.0),
        ];
        Self { joints }
    }

    /// The hand's pose, and its derivatives: row `i` has those of number `i` by each angle.
    pub fn jacobian(&self, angles: &[f64]) -> ([f64; POSE], [Vec<f64>; POSE]) {
        let (pose, pullback) = pose::vjp(self, angles);
        let row = |i| {
            let mut cotangent = [0.0; POSE];
            cotangent[i] = 1.0;
            pullback.clone()(cotangent)
        };
        (pose, std::array::from_fn(row))
    }

    /// Moves the angles until the hand is at `target`, in so many steps at most, and gives the
    /// distances before each step and after the last.
    pub fn reach(&self, angles: &mut [f64], target: &[f64; POSE], steps: usize) -> Vec<f64> {
        const DAMPING: f64 = 1e-3;
        let mut distances = Vec::new();
        for step in 0..=steps {
            let (pose, jacobian) = self.jacobian(angles);
            let error: [f64; POSE] = std::array::from_fn(|i| target[i] - pose[i]);
            let distance = error.iter().map(|e| e * e).sum::<f64>().sqrt();
            distances.push(distance);
            if step == steps || distance < 1e-9 {
                break;
            }
            // (J J' + d I) w = error, and then J' w.
            let normal = std::array::from_fn(|i| {
                std::array::from_fn(|j| {
                    let product = jacobian[i].iter().zip(&jacobian[j]).map(|(a, b)| a * b);
                    product.sum::<f64>() + if i == j { DAMPING * distance } else { 0.0 }
                })
            });
            let weights = solve(normal, error);
            for (k, (angle, joint)) in angles.iter_mut().zip(&self.joints).enumerate() {
                let change: f64 = weights.iter().zip(&jacobian).map(|(w, row)| w * row[k]).sum();
                *angle = (*angle + change.clamp(-0.3, 0.3)).clamp(-joint.limit, joint.limit);
            }
        }
        distances
    }
}

/// Solves a symmetric positive definite system by elimination.
fn solve(mut a: [[f64; POSE]; POSE], mut b: [f64; POSE]) -> [f64; POSE] {
    for k in 0..POSE {
        for i in k + 1..POSE {
            let factor = a[i][k] / a[k][k];
            let pivot = a[k];
            for (entry, above) in a[i].iter_mut().zip(pivot).skip(k) {
                *entry -= factor * above;
            }
            b[i] -= factor * b[k];
        }
    }
    for k in (0..POSE).rev() {
        for j in k + 1..POSE {
            b[k] -= a[k][j] * b[j];
        }
        b[k] /= a[k][k];
    }
    b
}

/// A circle of so many poses in front of the arm, at all of which the hand points down and away.
pub fn circle(n: usize) -> Vec<[f64; POSE]> {
    let pose = |k| {
        let (sin, cos) = (std::f64::consts::TAU * k as f64 / n as f64).sin_cos();
        [0.75, 0.25 * cos, 0.7 + 0.25 * sin, 0.8, 0.0, -0.6]
    };
    (0..n).map(pose).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANGLES: [f64; 6] = [0.3, 0.7, 0.9, -0.4, 0.5, 0.2];

    #[test]
    fn straight_up_and_bent() {
        let arm = Arm::six_joints();
        assert_eq!(pose(&arm, &[0.0; 6])[..3], [0.0, 0.0, 0.4 + 0.6 + 0.2 + 0.4 + 0.1 + 0.1]);
        // A right angle at the shoulder: all but the first link lies along x.
        let bent = pose(&arm, &[0.0, std::f64::consts::FRAC_PI_2, 0.0, 0.0, 0.0, 0.0]);
        for (a, b) in bent.into_iter().zip([1.4, 0.0, 0.4, 1.0, 0.0, 0.0]) {
            assert!((a - b).abs() < 1e-15);
        }
    }

    /// What a joint moves turns about its axis: the derivative of the hand's place by the angle is
    /// `axis x (hand - joint)`, that of its direction `axis x direction`.
    #[test]
    fn jacobian_against_cross_products() {
        let arm = Arm::six_joints();
        let (places, direction) = places(&arm, &ANGLES);
        let (_, jacobian) = arm.jacobian(&ANGLES);
        let cross = |a: Vector, b: Vector| {
            [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
        };
        let mut rotation = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
        for (k, joint) in arm.joints.iter().enumerate() {
            let axis = rotation[if joint.axis == Axis::Z { 2 } else { 1 }];
            let arm_of = std::array::from_fn(|i| places[6][i] - places[k][i]);
            let expected = [cross(axis, arm_of), cross(axis, direction)].concat();
            for (row, expected) in jacobian.iter().zip(expected) {
                assert!((row[k] - expected).abs() < 1e-14);
            }
            rotation = turned(rotation, joint.axis, ANGLES[k]);
        }
    }

    #[test]
    fn a_reachable_pose_is_reached() {
        let arm = Arm::six_joints();
        let target = pose(&arm, &ANGLES);
        let mut angles = [0.0, 0.5, 0.5, 0.0, 0.5, 0.0];
        let distances = arm.reach(&mut angles, &target, 200);
        assert!(distances[distances.len() - 1] < 1e-9, "{distances:?}");
    }

    #[test]
    fn the_hand_follows_a_circle_within_the_limits() {
        let arm = Arm::six_joints();
        let mut angles = [0.0, 0.5, 0.5, 0.0, 0.5, 0.0];
        for target in circle(24) {
            let distances = arm.reach(&mut angles, &target, 200);
            assert!(distances[distances.len() - 1] < 1e-9, "{target:?} {distances:?}");
            assert!(arm.joints.iter().zip(angles).all(|(joint, a)| a.abs() <= joint.limit));
        }
    }
}
