use super::{assert_close, differences, waves};
use benches::programs::hand::{
    Affine, BONES, Bone, Data, Model, Pose, Workspace, gradient_by_hand,
    gradient_on_surface_by_hand, input, jacobian, jacobian_on_surface, objective,
    objective_on_surface, parent, residuals, residuals_on_surface,
};

fn by_hand(pose: &Pose, data: &Data, workspace: &mut Workspace) -> (f64, Pose) {
    let mut gradient = [f64::NAN; 26];
    (gradient_by_hand(pose, data, workspace, &mut gradient), gradient)
}

type OnSurface = (f64, (Pose, Vec<[f64; 2]>));

fn on_surface_by_hand(
    pose: &Pose,
    places: &[[f64; 2]],
    data: &Data,
    workspace: &mut Workspace,
) -> OnSurface {
    let mut gradient = ([f64::NAN; 26], vec![[f64::NAN; 2]; places.len()]);
    let bars = (&mut gradient.0, &mut *gradient.1);
    let value = gradient_on_surface_by_hand(pose, places, data, workspace, bars);
    (value, gradient)
}

#[track_caller]
fn assert_gradient(got: &(f64, Pose), expected: &(f64, Pose)) {
    assert_close(&[got.0], &[expected.0], 1e-12);
    assert_close(&got.1, &expected.1, 1e-10);
}

#[track_caller]
fn assert_on_surface(got: &OnSurface, expected: &OnSurface) {
    assert_gradient(&(got.0, got.1.0), &(expected.0, expected.1.0));
    assert_close(got.1.1.as_flattened(), expected.1.1.as_flattened(), 1e-10);
}

fn places(n: usize) -> Vec<[f64; 2]> {
    waves(2 * n, 7.0, 0.4).chunks_exact(2).map(|place| [place[0], place[1]]).collect()
}

/// One workspace for all: what an earlier call left in it does not matter.
#[test]
fn as_by_hand() {
    let mut workspace = Workspace::default();
    for (vertices, points, is_mirrored) in [(50, 20, false), (7, 30, true), (3, 1, false)] {
        let (pose, data) = input(vertices, points, is_mirrored);
        let expected = by_hand(&pose, &data, &mut workspace);
        assert_gradient(&objective::value_and_grad(&pose, &data), &expected);
        let places = places(points);
        let expected = on_surface_by_hand(&pose, &places, &data, &mut workspace);
        assert_on_surface(&objective_on_surface::value_and_grad(&pose, &places, &data), &expected);
    }
}

#[test]
fn as_central_differences() {
    let (mut pose, data) = input(6, 4, true);
    let places = places(4);
    let check = differences();
    let (by_pose, by_place) = objective_on_surface::grad(&pose, &places, &data);
    let of_pose = |pose: &Pose| objective_on_surface(pose, &places, &data);
    check.check(of_pose, &pose, &by_pose).unwrap();
    let of_place = |places: &Vec<[f64; 2]>| objective_on_surface(&pose, places, &data);
    check.check(of_place, &places, &by_place).unwrap();
    // Nearly no rotation is none: it has no gradient then, in the program as it is written.
    pose[..3].fill(1e-5);
    let gradient = objective::grad(&pose, &data);
    assert_eq!(gradient[..3], [0.0; 3]);
    assert_gradient(
        &(objective(&pose, &data), gradient),
        &by_hand(&pose, &data, &mut Workspace::default()),
    );
}

/// The rows of the Jacobian, by a pullback for each, make the gradient.
#[test]
fn the_jacobian_of_the_residuals() {
    let (pose, data) = input(8, 5, false);
    let (values, pullback) = residuals::vjp(&pose, &data);
    let mut sum = [0.0; 26];
    for (row, value) in values.iter().enumerate() {
        let mut bar = vec![0.0; values.len()];
        bar[row] = 1.0;
        let row_bar = pullback.clone()(bar);
        let of_pose = |pose: &Pose| residuals(pose, &data)[row];
        differences().check(of_pose, &pose, &row_bar).unwrap();
        sum.iter_mut().zip(row_bar).for_each(|(sum, bar)| *sum += value * bar);
    }
    assert_close(&objective::grad(&pose, &data), &sum, 1e-10);
}

/// In two stages, through the maps of the bones.
#[test]
fn the_jacobian_in_two_stages() {
    for (vertices, points, is_mirrored) in [(8, 5, false), (4, 3, true)] {
        let (pose, data) = input(vertices, points, is_mirrored);
        let rows = jacobian(&pose, &data);
        assert_eq!(rows.len(), 3 * points);
        for (row, by_pose) in rows.iter().enumerate() {
            let of_pose = |pose: &Pose| residuals(pose, &data)[row];
            differences().check(of_pose, &pose, by_pose).unwrap();
        }
        let places = places(points);
        let rows = jacobian_on_surface(&pose, &places, &data);
        assert_eq!(rows.len(), 3 * points);
        for (row, (by_place, by_pose)) in rows.iter().enumerate() {
            let of_pose = |pose: &Pose| residuals_on_surface(pose, &places, &data)[row];
            differences().check(of_pose, &pose, by_pose).unwrap();
            let of_place = |place: &[f64; 2]| {
                let mut places = places.clone();
                places[row / 3] = *place;
                residuals_on_surface(&pose, &places, &data)[row]
            };
            differences().check(of_place, &places[row / 3], by_place).unwrap();
        }
    }
}

/// The hand of `reference/hand.py`.
fn hand_of_waves() -> (Pose, Data) {
    let affine = |start| -> Vec<Affine> {
        let numbers = waves(12 * BONES, start, 0.7);
        let row = |n: &[f64], i: usize| [n[i], n[i + 1], n[i + 2], n[i + 3]];
        numbers.chunks_exact(12).map(|n| [row(n, 0), row(n, 4), row(n, 8)]).collect()
    };
    let spread = |n: usize, start| -> Vec<[f64; 3]> {
        waves(3 * n, start, 1.0).chunks_exact(3).map(|v| [v[0], v[1], v[2]]).collect()
    };
    let bones = affine(1.0).into_iter().zip(affine(2.0)).enumerate();
    let bone = |(i, (base_relative, inverse_base))| Bone {
        parent: parent(i),
        base_relative,
        inverse_base,
    };
    let weights = waves(5 * BONES, 4.0, 0.1);
    let model = Model {
        bones: bones.map(bone).collect(),
        vertices: spread(5, 3.0),
        weights: weights.chunks_exact(BONES).map(|w| w.try_into().unwrap()).collect(),
        triangles: (0..5).map(|v| [v, (v + 1) % 5, (v + 2) % 5]).collect(),
        is_mirrored: true,
    };
    let data = Data { model, points: spread(4, 5.0), correspondences: vec![0, 1, 2, 3] };
    (waves(26, 6.0, 0.5).try_into().unwrap(), data)
}

/// Printed by `reference/hand.py`.
#[test]
fn as_the_definitions_in_sixty_digits() {
    let (pose, data) = hand_of_waves();
    let simple = (
        3.513880727268203,
        [
            -0.6827992611455456,
            0.9978785257230354,
            1.4464743985074195,
            0.5119007941803458,
            -0.4191622425921871,
            -3.2169357166612045,
            -0.09158383226197352,
            0.02154248445466597,
            -0.03756117836842303,
            -0.06448832506676569,
            -0.3015778934570112,
            -0.029074459184343107,
            -0.15871619247059163,
            -0.00282192767692044,
            0.05839659509126078,
            -0.29242837312857567,
            -0.018636516303083727,
            -0.012069930654344524,
            0.045511985611051076,
            0.1450904572423827,
            0.09227178682560123,
            0.04930332257045281,
            -0.13471702085057413,
            -0.1394605714842697,
            0.04626454057421056,
            0.05195326609265439,
        ],
    );
    assert_gradient(&objective::value_and_grad(&pose, &data), &simple);
    assert_gradient(&by_hand(&pose, &data, &mut Workspace::default()), &simple);
    let by_pose = [
        -0.3083680989743432,
        0.6071058125656638,
        1.0008485282552684,
        0.5699701000309603,
        -0.8939486660825805,
        -2.804279428233459,
        -0.08810761019523018,
        -0.0037537591857647714,
        -0.030761676001028148,
        -0.06938365540010032,
        -0.26552492269481315,
        -0.0181263276370095,
        -0.16625515225904733,
        -0.01730020521061704,
        -0.00898154904630046,
        -0.1692397011749335,
        -0.03870957324794464,
        0.0009809233467760105,
        0.028434904288140557,
        0.001913221570222826,
        0.07605010392754795,
        0.01844602700905522,
        -0.12899051338538872,
        -0.12693034301255304,
        0.045372133672824985,
        0.06317450432226797,
    ];
    let by_place = vec![
        [0.04422395244494728, 0.9741574212621507],
        [0.04542987927843756, -0.501413726662494],
        [0.006692058629725666, 0.20130457202094726],
        [-0.554034977128947, 0.04741378495411914],
    ];
    let complicated = (3.87580560013358, (by_pose, by_place));
    let places = places(4);
    assert_on_surface(&objective_on_surface::value_and_grad(&pose, &places, &data), &complicated);
    let workspace = &mut Workspace::default();
    assert_on_surface(&on_surface_by_hand(&pose, &places, &data, workspace), &complicated);
}
