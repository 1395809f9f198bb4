use super::{assert_close, differences, waves};
use benches::programs::lstm::{Data, Parameters, Workspace, gradient_by_hand, input, loss};

fn generated(p: &Parameters, data: &Data) -> (f64, Parameters) {
    let (value, (layers, ends)) = loss::value_and_grad(&p.layers, &p.ends, data);
    (value, Parameters { layers, ends })
}

fn by_hand(p: &Parameters, data: &Data, workspace: &mut Workspace) -> (f64, Parameters) {
    let mut gradient =
        Parameters { layers: vec![f64::NAN; p.layers.len()], ends: vec![f64::NAN; p.ends.len()] };
    let value = gradient_by_hand(p, data, workspace, &mut gradient);
    (value, gradient)
}

#[track_caller]
fn assert_gradient(got: &(f64, Parameters), expected: &(f64, Parameters)) {
    assert_close(&[got.0], &[expected.0], 1e-12);
    assert_close(&got.1.layers, &expected.1.layers, 1e-10);
    assert_close(&got.1.ends, &expected.1.ends, 1e-10);
}

/// One workspace for all sizes: what an earlier call left in it does not matter.
#[test]
fn as_by_hand() {
    let mut workspace = Workspace::default();
    for (layers, length, width) in [(2, 30, 14), (1, 5, 1), (4, 5, 3), (1, 20, 6)] {
        let (parameters, data) = input(layers, length, width);
        let expected = by_hand(&parameters, &data, &mut workspace);
        assert_gradient(&generated(&parameters, &data), &expected);
    }
}

#[test]
fn as_central_differences() {
    let (p, data) = input(2, 5, 3);
    let (_, gradient) = generated(&p, &data);
    let check = differences();
    check
        .check(|layers: &Vec<f64>| loss(layers, &p.ends, &data), &p.layers, &gradient.layers)
        .unwrap();
    check.check(|ends: &Vec<f64>| loss(&p.layers, ends, &data), &p.ends, &gradient.ends).unwrap();
}

/// Printed by `reference/lstm.py`.
#[test]
fn as_the_formulas_in_sixty_digits() {
    let (layers, length, b) = (2, 4, 3);
    let parameters =
        Parameters { layers: waves(layers * 8 * b, 1.0, 1.0), ends: waves(3 * b, 2.0, 1.0) };
    let data = Data {
        width: b,
        state: waves(layers * 2 * b, 3.0, 1.0),
        sequence: waves(length * b, 4.0, 1.0),
    };
    let gradient = Parameters {
        layers: vec![
            1.3324491700217964e-5,
            -1.6224565994153186e-5,
            -8.204036475970857e-5,
            -8.856828694279991e-9,
            1.5676837342331527e-5,
            -9.4289482208411e-5,
            3.50637516416762e-5,
            -1.7982223416423686e-5,
            -1.754391313739626e-5,
            -2.013226027577902e-5,
            -0.00018165395202150486,
            0.0005155581099014128,
            -7.239077388479054e-6,
            6.0802244758696693e-5,
            -0.0005043320521712149,
            5.1602952723892304e-6,
            -3.60501651595331e-5,
            0.0006198215094172295,
            -3.843873972160668e-6,
            7.986926813241249e-5,
            -0.00010469197307432543,
            0.0002173287406979019,
            0.0002721746272230456,
            -0.0009830227200253588,
            -9.697784350647412e-6,
            6.487208276873407e-5,
            -0.00014069110285384572,
            -0.0002596972178208378,
            -0.00023845034461731287,
            0.001557528843918158,
            -2.1955751551387576e-5,
            0.0003471144632995996,
            -0.00023373073812977188,
            -0.00041872884890825613,
            -0.0013866797444362512,
            0.002635163289332129,
            -0.0004891878902530566,
            0.0005772147007982529,
            -0.003868158602562191,
            -0.0009673960713301491,
            0.0005489799885738481,
            0.0030206057205762484,
            -0.002788458949599315,
            0.0013848304447515614,
            -0.0006903439510932341,
            -0.0015960606817987469,
            0.0040928821863152835,
            -0.0051917304866948,
        ],
        ends: vec![
            3.766489057600505e-5,
            -0.0002306109359468274,
            2.4851540474729445e-5,
            0.0039984379083234795,
            -0.010864087778772503,
            -0.0038928937929487355,
            0.022955553023737904,
            -0.059086408107272156,
            -0.03312125025245711,
        ],
    };
    let expected = (0.3568641587921299, gradient);
    assert_gradient(&generated(&parameters, &data), &expected);
    assert_gradient(&by_hand(&parameters, &data, &mut Workspace::default()), &expected);
}

/// With weights and biases of zero nothing reaches the output: the prediction is its bias.
#[test]
fn only_the_bias_of_the_output() {
    let b = 2;
    let parameters = Parameters { layers: vec![0.0; 8 * b], ends: vec![0.0; 3 * b] };
    let data = Data { width: b, state: vec![0.0; 2 * b], sequence: vec![0.0, 0.0, 1.0, 0.0] };
    let (value, gradient) = generated(&parameters, &data);
    // -(0 - ln(2 + 2)) / 2, and the softmax of (0, 0) with 2 more in its denominator is (1/4, 1/4).
    assert_close(&[value], &[4.0_f64.ln() / 2.0], 1e-15);
    assert_close(&gradient.ends, &[0.0, 0.0, 0.0, 0.0, -0.375, 0.125], 1e-15);
    assert!(gradient.layers.iter().all(|bar| *bar == 0.0));
}
