use super::{Affine, BONES, Data, Model, Pose};

/// What the gradients by hand need of memory, kept from call to call.
#[derive(Clone, Debug, Default)]
pub struct Workspace {
    relatives: Vec<Affine>,
    absolutes: Vec<Affine>,
    transforms: Vec<Affine>,
    bars: Vec<Affine>,
    /// The vertices before the whole hand moves, and after.
    blended: Vec<[f64; 3]>,
    vertices: Vec<[f64; 3]>,
    vertices_bar: Vec<[f64; 3]>,
}

/// The value and the gradient of the simple form.
pub fn gradient_by_hand(
    pose: &Pose,
    data: &Data,
    workspace: &mut Workspace,
    gradient: &mut Pose,
) -> f64 {
    let whole = forward(pose, &data.model, workspace);
    let mut total = 0.0;
    for (point, &vertex) in data.points.iter().zip(&data.correspondences) {
        let bars = &mut workspace.vertices_bar[vertex];
        for ((at, place), bar) in point.iter().zip(&workspace.vertices[vertex]).zip(bars) {
            let residual = at - place;
            *bar -= residual;
            total += residual * residual;
        }
    }
    reverse(pose, &whole, &data.model, workspace, gradient);
    0.5 * total
}

/// The value and the gradients of the complicated form.
pub fn gradient_on_surface_by_hand(
    pose: &Pose,
    places: &[[f64; 2]],
    data: &Data,
    workspace: &mut Workspace,
    gradient: (&mut Pose, &mut [[f64; 2]]),
) -> f64 {
    let whole = forward(pose, &data.model, workspace);
    let (vertices, bars) = (&workspace.vertices, &mut workspace.vertices_bar);
    let mut total = 0.0;
    let points = data.points.iter().zip(&data.correspondences);
    for (((point, &triangle), [u, v]), place_bar) in points.zip(places).zip(gradient.1) {
        let [a, b, c] = data.model.triangles[triangle];
        *place_bar = [0.0; 2];
        let w = 1.0 - u - v;
        for i in 0..3 {
            let (at_a, at_b, at_c) = (vertices[a][i], vertices[b][i], vertices[c][i]);
            let residual = point[i] - (u * at_a + v * at_b + w * at_c);
            bars[a][i] -= u * residual;
            bars[b][i] -= v * residual;
            bars[c][i] -= w * residual;
            place_bar[0] -= residual * (at_a - at_c);
            place_bar[1] -= residual * (at_b - at_c);
            total += residual * residual;
        }
    }
    reverse(pose, &whole, &data.model, workspace, gradient.0);
    0.5 * total
}

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

/// The cotangent of `a` in `compose(a, b)`.
fn left_bar(bar: &Affine, b: &Affine) -> Affine {
    let entry = |i: usize, k: usize| (0..4).map(|j| bar[i][j] * b[k][j]).sum();
    std::array::from_fn(|i| [entry(i, 0), entry(i, 1), entry(i, 2), bar[i][3]])
}

/// The cotangent of `b` in `compose(a, b)`.
fn right_bar(a: &Affine, bar: &Affine) -> Affine {
    let entry =
        |k: usize, j: usize| a[0][k] * bar[0][j] + a[1][k] * bar[1][j] + a[2][k] * bar[2][j];
    std::array::from_fn(|k| std::array::from_fn(|j| entry(k, j)))
}

fn apply(map: &Affine, v: &[f64; 3]) -> [f64; 3] {
    map.map(|row| row[0] * v[0] + row[1] * v[1] + row[2] * v[2] + row[3])
}

/// Where the angles `x` and `z` of a bone are in a pose.
fn angles(bone: usize) -> (Option<usize>, Option<usize>) {
    if bone < 2 {
        return (None, None);
    }
    let (first, joint) = (6 + 4 * ((bone - 2) / 4), (bone - 2) % 4);
    match joint {
        0 => (Some(first), Some(first + 1)),
        3 => (None, None),
        _ => (Some(first + joint + 1), None),
    }
}

/// The sines and cosines of both angles.
fn turns(pose: &Pose, bone: usize) -> ((f64, f64), (f64, f64)) {
    let of = |angle: Option<usize>| angle.map_or((0.0, 1.0), |angle| pose[angle].sin_cos());
    let (x, z) = angles(bone);
    (of(x), of(z))
}

/// Fills all but `bars` and `vertices_bar`, which become zero; the motion of the whole hand.
fn forward(pose: &Pose, model: &Model, workspace: &mut Workspace) -> Affine {
    let Workspace { relatives, absolutes, transforms, bars, blended, vertices, vertices_bar } =
        workspace;
    for list in [&mut *relatives, absolutes, transforms] {
        list.clear();
    }
    for (index, bone) in model.bones.iter().enumerate() {
        let ((sx, cx), (sz, cz)) = turns(pose, index);
        let bend = [[cz, -sz * cx, sz * sx, 0.0], [sz, cz * cx, -cz * sx, 0.0], [0.0, sx, cx, 0.0]];
        let relative = compose(&bone.base_relative, &bend);
        let absolute =
            bone.parent.map_or(relative, |parent| compose(&absolutes[parent], &relative));
        transforms.push(compose(&absolute, &bone.inverse_base));
        relatives.push(relative);
        absolutes.push(absolute);
    }
    bars.clear();
    bars.resize(BONES, [[0.0; 4]; 3]);
    let whole = motion(pose);
    blended.clear();
    vertices.clear();
    for (at_rest, weights) in model.vertices.iter().zip(&model.weights) {
        let mut map = [[0.0; 4]; 3];
        for (transform, weight) in transforms.iter().zip(weights) {
            add_scaled(&mut map, *weight, transform);
        }
        let mut place = apply(&map, at_rest);
        if model.is_mirrored {
            place[0] = -place[0];
        }
        vertices.push(apply(&whole, &place));
        blended.push(place);
    }
    vertices_bar.clear();
    vertices_bar.resize(vertices.len(), [0.0; 3]);
    whole
}

fn add_scaled(sum: &mut Affine, scale: f64, map: &Affine) {
    for (sum, entry) in sum.as_flattened_mut().iter_mut().zip(map.as_flattened()) {
        *sum += scale * entry;
    }
}

/// Pulls the cotangents of the vertices back to the pose.
fn reverse(
    pose: &Pose,
    whole: &Affine,
    model: &Model,
    workspace: &mut Workspace,
    gradient: &mut Pose,
) {
    let mut whole_bar = [[0.0; 4]; 3];
    for (v, bar) in workspace.vertices_bar.iter().enumerate() {
        // Most vertices have no point.
        if *bar == [0.0; 3] {
            continue;
        }
        let place = &workspace.blended[v];
        let mut place_bar = [0.0; 3];
        for i in 0..3 {
            for j in 0..3 {
                whole_bar[i][j] += bar[i] * place[j];
                place_bar[j] += bar[i] * whole[i][j];
            }
            whole_bar[i][3] += bar[i];
        }
        if model.is_mirrored {
            place_bar[0] = -place_bar[0];
        }
        let at_rest = &model.vertices[v];
        let outer =
            place_bar.map(|bar| [bar * at_rest[0], bar * at_rest[1], bar * at_rest[2], bar]);
        for (transform_bar, weight) in workspace.bars.iter_mut().zip(&model.weights[v]) {
            add_scaled(transform_bar, *weight, &outer);
        }
    }
    *gradient = [0.0; 26];
    motion_bar(pose, &whole_bar, gradient);
    skeleton_bar(pose, model, workspace, gradient);
}

/// Pulls the cotangents of the transforms, in `bars`, back to the angles.
fn skeleton_bar(pose: &Pose, model: &Model, workspace: &mut Workspace, gradient: &mut Pose) {
    let Workspace { relatives, absolutes, bars, .. } = workspace;
    for (bar, bone) in bars.iter_mut().zip(&model.bones) {
        *bar = left_bar(bar, &bone.inverse_base);
    }
    for (index, bone) in model.bones.iter().enumerate().rev() {
        let absolute_bar = bars[index];
        let relative_bar = match bone.parent {
            Some(parent) => {
                add_scaled(&mut bars[parent], 1.0, &left_bar(&absolute_bar, &relatives[index]));
                right_bar(&absolutes[parent], &absolute_bar)
            }
            None => absolute_bar,
        };
        let (x, z) = angles(index);
        if x.is_none() && z.is_none() {
            continue;
        }
        let [first, second, third] = right_bar(&bone.base_relative, &relative_bar);
        let ((sx, cx), (sz, cz)) = turns(pose, index);
        if let Some(x) = x {
            gradient[x] += sz * (first[1] * sx + first[2] * cx)
                - cz * (second[1] * sx + second[2] * cx)
                + third[1] * cx
                - third[2] * sx;
        }
        if let Some(z) = z {
            gradient[z] += cz * (second[0] + first[2] * sx - first[1] * cx)
                - sz * (first[0] + second[1] * cx - second[2] * sx);
        }
    }
}

fn motion(pose: &Pose) -> Affine {
    let &[r1, r2, r3, t1, t2, t3, ..] = pose;
    let angle = (r1 * r1 + r2 * r2 + r3 * r3).sqrt();
    if angle < 1e-4 {
        return [[1.0, 0.0, 0.0, t1], [0.0, 1.0, 0.0, t2], [0.0, 0.0, 1.0, t3]];
    }
    let (x, y, z) = (r1 / angle, r2 / angle, r3 / angle);
    let (s, c) = angle.sin_cos();
    let d = 1.0 - c;
    [
        [c + d * x * x, d * x * y - s * z, d * x * z + s * y, t1],
        [d * y * x + s * z, c + d * y * y, d * y * z - s * x, t2],
        [d * z * x - s * y, d * z * y + s * x, c + d * z * z, t3],
    ]
}

fn motion_bar(pose: &Pose, bar: &Affine, gradient: &mut Pose) {
    for i in 0..3 {
        gradient[3 + i] = bar[i][3];
    }
    let &[r1, r2, r3, ..] = pose;
    let angle = (r1 * r1 + r2 * r2 + r3 * r3).sqrt();
    if angle < 1e-4 {
        return;
    }
    let axis = [r1 / angle, r2 / angle, r3 / angle];
    let (s, c) = angle.sin_cos();
    let d = 1.0 - c;
    // Of the cross product with the axis.
    let torque = [bar[2][1] - bar[1][2], bar[0][2] - bar[2][0], bar[1][0] - bar[0][1]];
    let mut angle_bar = -s * (bar[0][0] + bar[1][1] + bar[2][2]);
    let mut axis_bar = [0.0; 3];
    for i in 0..3 {
        let symmetric: f64 = (0..3).map(|j| (bar[i][j] + bar[j][i]) * axis[j]).sum();
        axis_bar[i] = d * symmetric + s * torque[i];
        angle_bar += axis[i] * (0.5 * s * symmetric + c * torque[i]);
    }
    let along = axis[0] * axis_bar[0] + axis[1] * axis_bar[1] + axis[2] * axis_bar[2];
    for i in 0..3 {
        gradient[i] = axis_bar[i] / angle + axis[i] * (angle_bar - along / angle);
    }
}
