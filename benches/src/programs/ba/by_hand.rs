use super::jacobian::row;
use super::{Camera, Jacobian, Observation, Parameters};

/// The Jacobian; what is in `jacobian` is replaced.
pub fn jacobian_by_hand(p: &Parameters, observations: &[Observation], jacobian: &mut Jacobian) {
    jacobian.reprojections.clear();
    jacobian.weights.clear();
    for (seen, &weight) in observations.iter().zip(&p.weights) {
        let projection = Projection::new(&p.cameras[seen.camera], &p.points[seen.point]);
        let of = |bar| row(projection.pull_back(bar, weight, seen.feature));
        jacobian.reprojections.push([of([1.0, 0.0]), of([0.0, 1.0])]);
        jacobian.weights.push(-2.0 * weight);
    }
}

/// The value; the gradient replaces what is in `gradient`, of the same lengths as `p`.
pub fn gradient_by_hand(
    p: &Parameters,
    observations: &[Observation],
    gradient: &mut Parameters,
) -> f64 {
    gradient.cameras.fill([0.0; 11]);
    gradient.points.fill([0.0; 3]);
    let mut total = 0.0;
    for (i, (seen, &weight)) in observations.iter().zip(&p.weights).enumerate() {
        let projection = Projection::new(&p.cameras[seen.camera], &p.points[seen.point]);
        let [u, v] = projection.picture();
        let error = [weight * (u - seen.feature[0]), weight * (v - seen.feature[1])];
        let (camera, point, by_weight) = projection.pull_back(error, weight, seen.feature);
        add(&mut gradient.cameras[seen.camera], &camera);
        add(&mut gradient.points[seen.point], &point);
        let outlier = 1.0 - weight * weight;
        gradient.weights[i] = by_weight - 2.0 * weight * outlier;
        total += error[0] * error[0] + error[1] * error[1] + outlier * outlier;
    }
    0.5 * total
}

fn add<const N: usize>(sum: &mut [f64; N], term: &[f64; N]) {
    sum.iter_mut().zip(term).for_each(|(sum, term)| *sum += term);
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/// A rotation of a vector, and what its pullback needs of it.
struct Rotation {
    vector: [f64; 3],
    axis: [f64; 3],
    angle: f64,
    sin: f64,
    cos: f64,
}

impl Rotation {
    fn new(r: [f64; 3], vector: [f64; 3]) -> (Self, [f64; 3]) {
        let angle = dot(r, r).sqrt();
        if angle == 0.0 {
            return (Self { vector, axis: r, angle, sin: 0.0, cos: 1.0 }, vector);
        }
        let (sin, cos) = angle.sin_cos();
        let axis = r.map(|r| r / angle);
        let (turned, along) = (cross(axis, vector), dot(axis, vector) * (1.0 - cos));
        let rotated = std::array::from_fn(|i| vector[i] * cos + turned[i] * sin + axis[i] * along);
        (Self { vector, axis, angle, sin, cos }, rotated)
    }

    /// The cotangents of the rotation vector and of the vector.
    fn pull_back(&self, bar: [f64; 3]) -> ([f64; 3], [f64; 3]) {
        let &Self { vector, axis, angle, sin, cos } = self;
        let torque = cross(vector, bar);
        if angle == 0.0 {
            return (torque, bar);
        }
        let (back, rest) = (cross(bar, axis), 1.0 - cos);
        let (along, along_bar) = (dot(axis, vector), dot(axis, bar));
        let angle_bar = cos * dot(axis, torque) + sin * (along * along_bar - dot(vector, bar));
        let axis_bar: [f64; 3] = std::array::from_fn(|i| {
            sin * torque[i] + rest * (along * bar[i] + along_bar * vector[i])
        });
        let radial = angle_bar - dot(axis, axis_bar) / angle;
        (
            std::array::from_fn(|i| axis_bar[i] / angle + axis[i] * radial),
            std::array::from_fn(|i| cos * bar[i] + sin * back[i] + rest * along_bar * axis[i]),
        )
    }
}

/// A point as a camera sees it, and what the pullback needs of it.
struct Projection<'c> {
    camera: &'c Camera,
    rotation: Rotation,
    x: f64,
    y: f64,
    inverse_depth: f64,
    square: f64,
    distortion: f64,
}

impl<'c> Projection<'c> {
    fn new(camera: &'c Camera, point: &[f64; 3]) -> Self {
        let [r1, r2, r3, c1, c2, c3, _, _, _, k1, k2] = *camera;
        let (rotation, seen) =
            Rotation::new([r1, r2, r3], [point[0] - c1, point[1] - c2, point[2] - c3]);
        let inverse_depth = 1.0 / seen[2];
        let (x, y) = (seen[0] * inverse_depth, seen[1] * inverse_depth);
        let square = x * x + y * y;
        let distortion = 1.0 + square * (k1 + k2 * square);
        Self { camera, rotation, x, y, inverse_depth, square, distortion }
    }

    fn picture(&self) -> [f64; 2] {
        let scale = self.camera[6] * self.distortion;
        [self.x * scale + self.camera[7], self.y * scale + self.camera[8]]
    }

    /// The cotangents of camera, point and weight from that of the residuals.
    fn pull_back(
        &self,
        bar: [f64; 2],
        weight: f64,
        feature: [f64; 2],
    ) -> ([f64; 11], [f64; 3], f64) {
        let &Self { camera, x, y, inverse_depth, square, distortion, .. } = self;
        let [focal, k1, k2] = [camera[6], camera[9], camera[10]];
        let [u, v] = self.picture();
        let weight_bar = bar[0] * (u - feature[0]) + bar[1] * (v - feature[1]);
        let (u_bar, v_bar) = (weight * bar[0], weight * bar[1]);
        // Of `focal * distortion`.
        let scale_bar = u_bar * x + v_bar * y;
        let distortion_bar = scale_bar * focal;
        let square_bar = distortion_bar * (k1 + 2.0 * k2 * square);
        let scale = focal * distortion;
        let x_bar = u_bar * scale + 2.0 * x * square_bar;
        let y_bar = v_bar * scale + 2.0 * y * square_bar;
        let seen_bar = [
            x_bar * inverse_depth,
            y_bar * inverse_depth,
            -(x_bar * x + y_bar * y) * inverse_depth,
        ];
        let (r, point) = self.rotation.pull_back(seen_bar);
        let (by_k1, by_k2) = (distortion_bar * square, distortion_bar * square * square);
        let camera = [
            r[0],
            r[1],
            r[2],
            -point[0],
            -point[1],
            -point[2],
            scale_bar * distortion,
            u_bar,
            v_bar,
            by_k1,
            by_k2,
        ];
        (camera, point, weight_bar)
    }
}
