use super::{assert_close, differences, waves};
use benches::programs::ba::{
    Camera, Jacobian, Observation, Parameters, gradient_by_hand, input, jacobian, jacobian_by_hand,
    objective, reprojection, weight_error,
};

fn generated(p: &Parameters, observations: &[Observation]) -> (f64, Parameters) {
    let (value, (cameras, points, weights)) =
        objective::value_and_grad(&p.cameras, &p.points, &p.weights, observations);
    (value, Parameters { cameras, points, weights })
}

fn by_hand(p: &Parameters, observations: &[Observation]) -> (f64, Parameters) {
    let mut gradient = Parameters {
        cameras: vec![[f64::NAN; 11]; p.cameras.len()],
        points: vec![[f64::NAN; 3]; p.points.len()],
        weights: vec![f64::NAN; p.weights.len()],
    };
    let value = gradient_by_hand(p, observations, &mut gradient);
    (value, gradient)
}

#[track_caller]
fn assert_gradient(got: &(f64, Parameters), expected: &(f64, Parameters)) {
    assert_close(&[got.0], &[expected.0], 1e-12);
    assert_close(got.1.cameras.as_flattened(), expected.1.cameras.as_flattened(), 1e-10);
    assert_close(got.1.points.as_flattened(), expected.1.points.as_flattened(), 1e-10);
    assert_close(&got.1.weights, &expected.1.weights, 1e-10);
}

#[track_caller]
fn assert_jacobian(got: &Jacobian, expected: &Jacobian) {
    let flat = |rows: &[[[f64; 15]; 2]]| rows.as_flattened().as_flattened().to_vec();
    assert_close(&flat(&got.reprojections), &flat(&expected.reprojections), 1e-10);
    assert_close(&got.weights, &expected.weights, 1e-15);
}

fn both_jacobians(p: &Parameters, observations: &[Observation]) -> [Jacobian; 2] {
    let mut jacobians = [Jacobian::default(), Jacobian::default()];
    jacobian(p, observations, &mut jacobians[0]);
    jacobian_by_hand(p, observations, &mut jacobians[1]);
    jacobians
}

#[test]
fn as_by_hand() {
    for (n, m, p) in [(5, 20, 100), (1, 1, 1), (3, 2, 7)] {
        let (parameters, observations) = input(n, m, p);
        let expected = by_hand(&parameters, &observations);
        assert_gradient(&generated(&parameters, &observations), &expected);
        let [generated, by_hand] = both_jacobians(&parameters, &observations);
        assert_jacobian(&generated, &by_hand);
    }
}

#[test]
fn as_central_differences() {
    let (p, seen) = input(2, 3, 6);
    let (_, gradient) = generated(&p, &seen);
    let check = differences();
    check
        .check(
            |cameras: &Vec<Camera>| objective(cameras, &p.points, &p.weights, &seen),
            &p.cameras,
            &gradient.cameras,
        )
        .unwrap();
    check
        .check(
            |points: &Vec<[f64; 3]>| objective(&p.cameras, points, &p.weights, &seen),
            &p.points,
            &gradient.points,
        )
        .unwrap();
    check
        .check(
            |weights: &Vec<f64>| objective(&p.cameras, &p.points, weights, &seen),
            &p.weights,
            &gradient.weights,
        )
        .unwrap();
}

/// Printed by `reference/ba.py`.
#[test]
fn as_the_exponential_of_a_matrix_in_sixty_digits() {
    let cameras = waves(22, 1.0, 0.5).chunks(11).map(|c| c.try_into().unwrap()).collect();
    let points = waves(9, 2.0, 1.0).chunks(3).map(|x| [x[0], x[1], x[2] + 5.0]).collect();
    let p = Parameters { cameras, points, weights: waves(5, 3.0, 1.0) };
    let features = waves(10, 4.0, 1.0);
    let seen = |i: usize| Observation {
        camera: i % 2,
        point: i % 3,
        feature: [features[2 * i], features[2 * i + 1]],
    };
    let observations: Vec<_> = (0..5).map(seen).collect();
    let cameras = [
        [
            0.12314233911977941,
            0.3872427833899658,
            -0.04338657545422129,
            -0.07196029089239936,
            0.03382452655281211,
            0.006935122676436458,
            0.12352405569925977,
            0.16556287397408895,
            -0.3312135175164164,
            -0.04912624193038059,
            -0.059433240964863306,
        ],
        [
            -0.0300130464262189,
            -0.1033163638972288,
            -0.005108708949522128,
            0.01719172161476496,
            -0.0068907391035073675,
            -0.0009125034155215497,
            0.02215464124052626,
            0.2514876710176687,
            -0.05781412799677387,
            -0.004787353310794232,
            -0.0013669056169543922,
        ],
    ];
    let points = [
        [-0.015555090108783304, -0.005361898693151082, 0.0027657429903247244],
        [0.014072020499723326, 0.013555038562627348, 0.0011383862456374732],
        [0.05625163888669437, -0.035126927318781004, -0.009926748496877106],
    ];
    let weights = vec![
        0.15938350249383332,
        0.48752691985228047,
        -0.03911410241596514,
        -0.009754879664625073,
        0.18519421903412903,
    ];
    let gradient = Parameters { cameras: cameras.to_vec(), points: points.to_vec(), weights };
    let expected = (1.7245237993974614, gradient);
    assert_gradient(&generated(&p, &observations), &expected);
    assert_gradient(&by_hand(&p, &observations), &expected);
    let rows = [
        [
            -0.06385695263363478,
            -0.1680013042556974,
            0.025750110786693377,
            0.03405022451356636,
            -0.01864186013332873,
            -0.0073644355848904094,
            0.03702007717755554,
            0.1411200080598672,
            0.0,
            0.04189036659451244,
            0.04019781763756597,
            -0.03405022451356636,
            0.01864186013332873,
            0.0073644355848904094,
            1.3376554182231144,
        ],
        [
            0.003240055309325556,
            0.05451327602222636,
            0.0013171979820845929,
            -0.011386949222199655,
            0.001735808558259973,
            0.00309971282380952,
            -0.010607308754324514,
            0.0,
            0.1411200080598672,
            -0.012002785682176562,
            -0.011517822096551575,
            0.011386949222199655,
            -0.001735808558259973,
            -0.00309971282380952,
            1.1402922640879876,
        ],
    ];
    for jacobian in both_jacobians(&p, &observations) {
        assert_close(jacobian.reprojections[0].as_flattened(), rows.as_flattened(), 1e-12);
        let weights: Vec<f64> = p.weights.iter().map(|w| -2.0 * w).collect();
        assert_close(&jacobian.weights, &weights, 1e-15);
    }
}

/// To first order a rotation by nothing turns by the cross product.
#[test]
fn a_camera_that_is_not_turned() {
    let (mut p, observations) = input(1, 1, 1);
    p.cameras[0][..3].fill(0.0);
    let [generated, by_hand] = both_jacobians(&p, &observations);
    assert_jacobian(&generated, &by_hand);
    let (_, gradient) = self::generated(&p, &observations);
    differences()
        .check(
            |cameras: &Vec<Camera>| objective(cameras, &p.points, &p.weights, &observations),
            &p.cameras,
            &gradient.cameras,
        )
        .unwrap();
}

/// A point on the axis of an undistorted camera, seen in the middle.
#[test]
fn the_middle_of_a_picture() {
    let camera = [0.0, 0.0, 0.0, 1.0, 2.0, 3.0, 2.0, 0.5, 0.25, 0.0, 0.0];
    let point = [1.0, 2.0, 7.0];
    assert_eq!(reprojection(&camera, &point, 1.0, [0.5, 0.25]), [0.0, 0.0]);
    let (_, pullback) = reprojection::vjp(&camera, &point, 1.0, [0.5, 0.25]);
    let (camera, point, weight) = pullback([1.0, 0.0]);
    // Half a pixel for a step to the side at a depth of four, two for a turn.
    assert_eq!(camera, [0.0, 2.0, 0.0, -0.5, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
    assert_eq!((point, weight), ([0.5, 0.0, 0.0], 0.0));
    assert_eq!(weight_error::value_and_grad(0.5), (0.75, -1.0));
}
