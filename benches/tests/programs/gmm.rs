use super::{assert_close, differences, waves};
use benches::programs::gmm::{Data, Parameters, Workspace, gradient_by_hand, input, log_posterior};

fn generated(p: &Parameters, data: &Data) -> (f64, Parameters) {
    let (value, (alphas, means, factors)) =
        log_posterior::value_and_grad(&p.alphas, &p.means, &p.factors, data);
    (value, Parameters { alphas, means, factors })
}

fn by_hand(p: &Parameters, data: &Data, workspace: &mut Workspace) -> (f64, Parameters) {
    let mut gradient = p.clone();
    for list in [&mut gradient.alphas, &mut gradient.means, &mut gradient.factors] {
        list.fill(f64::NAN);
    }
    let value = gradient_by_hand(p, data, workspace, &mut gradient);
    (value, gradient)
}

#[track_caller]
fn assert_gradient(got: &(f64, Parameters), expected: &(f64, Parameters)) {
    assert_close(&[got.0], &[expected.0], 1e-12);
    // A single component has no gradient of its logit.
    if expected.1.alphas.len() > 1 {
        assert_close(&got.1.alphas, &expected.1.alphas, 1e-10);
    } else {
        assert!(got.1.alphas[0].abs() < 1e-10);
    }
    assert_close(&got.1.means, &expected.1.means, 1e-10);
    assert_close(&got.1.factors, &expected.1.factors, 1e-10);
}

/// One workspace for all sizes: what an earlier call left in it does not matter.
#[test]
fn as_by_hand() {
    let mut workspace = Workspace::default();
    for (n, d, k) in [(200, 8, 10), (1, 1, 1), (30, 1, 4), (20, 5, 1), (1, 3, 2)] {
        let (parameters, data) = input(n, d, k);
        let expected = by_hand(&parameters, &data, &mut workspace);
        assert_gradient(&generated(&parameters, &data), &expected);
    }
}

#[test]
fn as_central_differences() {
    let (p, data) = input(12, 3, 4);
    let (_, gradient) = generated(&p, &data);
    let check = differences();
    check
        .check(
            |alphas: &Vec<f64>| log_posterior(alphas, &p.means, &p.factors, &data),
            &p.alphas,
            &gradient.alphas,
        )
        .unwrap();
    check
        .check(
            |means: &Vec<f64>| log_posterior(&p.alphas, means, &p.factors, &data),
            &p.means,
            &gradient.means,
        )
        .unwrap();
    check
        .check(
            |factors: &Vec<f64>| log_posterior(&p.alphas, &p.means, factors, &data),
            &p.factors,
            &gradient.factors,
        )
        .unwrap();
}

/// Printed by `reference/gmm.py`.
#[test]
fn as_the_definition_in_sixty_digits() {
    let (d, k) = (3, 2);
    let parameters = Parameters {
        alphas: waves(k, 1.0, 1.0),
        means: waves(k * d, 2.0, 1.0),
        factors: waves(k * 6, 3.0, 0.5),
    };
    let data = Data { dimension: d, points: waves(4 * d, 5.0, 2.0), gamma: 1.25, freedom: 2 };
    let gradient = Parameters {
        alphas: vec![0.08417095439282023, -0.08417095439282023],
        means: vec![
            2.727083947410597,
            1.397108214742209,
            0.9329739071816021,
            -2.9509384310199724,
            -0.4238511088127135,
            -0.262381425441609,
        ],
        factors: vec![
            -0.6618726226909872,
            2.6213549291058382,
            3.4072535382680504,
            -0.8257753720940082,
            -2.1539113913196624,
            -2.3064483770028708,
            -1.4958282400942777,
            2.888487361035467,
            3.444175290190788,
            0.11854254366710566,
            -0.8005237390051998,
            -1.1569981973999448,
        ],
    };
    let expected = (-36.99806938415983, gradient);
    assert_gradient(&generated(&parameters, &data), &expected);
    assert_gradient(&by_hand(&parameters, &data, &mut Workspace::default()), &expected);
}

/// All responsibility is with the one component there is, and the best mean is that of the points.
#[test]
fn one_component_at_its_maximum() {
    let points = [1.0, 2.0, -3.0, 4.0, 5.0, 0.0];
    let data = Data { dimension: 2, points: points.to_vec(), gamma: 1.0, freedom: 0 };
    let parameters =
        Parameters { alphas: vec![0.7], means: vec![1.0, 2.0], factors: vec![0.3, -0.2, 0.4] };
    let (_, gradient) = generated(&parameters, &data);
    gradient.alphas.iter().chain(&gradient.means).for_each(|bar| assert!(bar.abs() < 1e-12));
}

/// Far from both components, where all densities are zero in `f64`.
#[test]
fn points_far_away() {
    let data = Data { dimension: 1, points: vec![1e3], gamma: 1.0, freedom: 0 };
    let parameters =
        Parameters { alphas: vec![0.0; 2], means: vec![0.0, 1.0], factors: vec![0.0; 2] };
    let (value, gradient) = generated(&parameters, &data);
    // The nearer component is responsible: its mean is pulled by the distance.
    assert_close(&gradient.means, &[0.0, 999.0], 1e-12);
    assert_gradient(&by_hand(&parameters, &data, &mut Workspace::default()), &(value, gradient));
}
