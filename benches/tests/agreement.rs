//! All versions of all workloads compute the same numbers, and the right ones.

use benches::agree::assert_agree;
use benches::workloads::{
    Workload, digits, elementwise_chain, rational3, recurrence, scalar3, two_layer,
};

/// Small networks for the scalar tape.
const SMALL_TWO_LAYER: two_layer::Shape =
    two_layer::Shape { batch: 7, inputs: 11, hidden: 9, outputs: 3 };
const SMALL_DIGITS: digits::Shape = digits::Shape { batch: 6, widths: [8, 10, 9, 4] };

fn agree(workload: Workload) -> Workload {
    let mut workload = workload;
    assert_agree(workload.name, &mut workload.contenders, workload.tolerance);
    workload
}

#[test]
fn the_versions_agree() {
    agree(rational3::workload());
    agree(scalar3::workload());
    agree(recurrence::workload());
    agree(two_layer::workload(SMALL_TWO_LAYER));
    agree(digits::workload(SMALL_DIGITS));
    let small = elementwise_chain::Shape { rows: 9, columns: 37 };
    agree(elementwise_chain::workload(small));
}

#[test]
fn the_versions_agree_in_full_size() {
    for mut workload in [two_layer::workload(two_layer::CLASSIC), digits::workload(digits::DIGITS)]
    {
        // The scalar tape would need half a gigabyte.
        workload.contenders.retain(|contender| contender.name() != "reverse");
        agree(workload);
    }
}

#[test]
fn steps_and_resets_are_the_same_in_all_versions() {
    let mut contenders = two_layer::workload(SMALL_TWO_LAYER).contenders;
    for contender in &mut contenders {
        contender.step();
        let first = contender.result();
        contender.batch(3);
        assert_ne!(contender.result(), first, "{}", contender.name());
        contender.reset();
        contender.batch(1);
        assert_eq!(contender.result(), first, "{}", contender.name());
    }
}

#[test]
#[should_panic(expected = "scalar3, wrong: y[0] is")]
fn a_wrong_gradient_is_found() {
    let mut workload = scalar3::workload();
    let wrong = |at| {
        let (value, [dx, dy, dz]) = scalar3::handwritten(at);
        (value, [dx, dy * (1.0 + 1e-9), dz])
    };
    let wrong = benches::contender::ScalarGradient::new("wrong", scalar3::INPUTS, wrong);
    workload.contenders.push(Box::new(wrong));
    agree(workload);
}

/// The derivative of `f` with respect to element `i` of `at`, by central differences.
fn difference(f: impl Fn(&[f64]) -> f64, at: &[f64], i: usize) -> f64 {
    let value = |step: f64| {
        let mut at = at.to_vec();
        at[i] += step;
        f(&at)
    };
    let h = 1e-6;
    (value(h) - value(-h)) / (2.0 * h)
}

/// Compares the gradients in `parts` of the most exact version with central differences of `loss`.
fn check(mut workload: Workload, parts: &[(&str, Vec<f64>)], loss: impl Fn(&[Vec<f64>]) -> f64) {
    let contender = workload.contenders.last_mut().expect("there are versions");
    contender.step();
    let result = contender.result();
    let inputs: Vec<Vec<f64>> = parts.iter().map(|(_, input)| input.clone()).collect();
    assert!((result[0].numbers[0] - loss(&inputs)).abs() < 1e-12 * loss(&inputs).abs());
    for (k, (name, input)) in parts.iter().enumerate() {
        let gradient = result.iter().find(|part| part.name == *name).expect(name);
        assert_eq!(gradient.numbers.len(), input.len(), "{name}");
        let scale = gradient.numbers.iter().fold(0.0_f64, |scale, g| scale.max(g.abs()));
        for (i, g) in gradient.numbers.iter().enumerate() {
            let along = |at: &[f64]| {
                let mut inputs = inputs.clone();
                inputs[k] = at.to_vec();
                loss(&inputs)
            };
            let expected = difference(along, input, i);
            assert!((g - expected).abs() < 1e-6 * scale, "{name}[{i}]: {g} {expected}");
        }
    }
}

fn wide(numbers: &[f32]) -> Vec<f64> {
    numbers.iter().map(|&number| f64::from(number)).collect()
}

/// `x w + b` in plain loops.
fn linear(x: &[f64], w: &[f64], b: &[f64]) -> Vec<f64> {
    let n = b.len();
    let rows = x.chunks_exact(w.len() / n);
    let element = |row: &[f64], j: usize| {
        row.iter().enumerate().fold(b[j], |sum, (k, x)| sum + x * w[k * n + j])
    };
    rows.flat_map(|row| (0..n).map(|j| element(row, j)).collect::<Vec<_>>()).collect()
}

fn relu(x: Vec<f64>) -> Vec<f64> {
    x.into_iter().map(|x| x.max(0.0)).collect()
}

#[test]
fn scalar3_against_differences() {
    let parts = scalar3::INPUTS.map(|(name, at)| (name, vec![at]));
    check(scalar3::workload(), &parts, |at| {
        let (x, y, z) = (at[0][0], at[1][0], at[2][0]);
        (x * y).sin() * (z / x).exp() + (y + z * z).ln() / (1.0 + x * x)
    });
}

#[test]
fn recurrence_against_differences() {
    let parts = recurrence::INPUTS.map(|(name, at)| (name, vec![at]));
    check(recurrence::workload(), &parts, |at| {
        let step = |s: f64, _| (at[0][0] * s + at[1][0]).sin();
        (0..recurrence::STEPS).fold(recurrence::START, step)
    });
}

#[test]
fn two_layer_against_differences() {
    let problem = two_layer::Problem::new(SMALL_TWO_LAYER);
    let parts = [("dw1", wide(&problem.w1)), ("dw2", wide(&problem.w2))];
    let (x, y) = (wide(&problem.x), wide(&problem.y));
    check(two_layer::workload(SMALL_TWO_LAYER), &parts, |w| {
        let hidden = relu(linear(&x, &w[0], &[0.0; SMALL_TWO_LAYER.hidden]));
        let predicted = linear(&hidden, &w[1], &[0.0; SMALL_TWO_LAYER.outputs]);
        predicted.iter().zip(&y).map(|(p, y)| (p - y).powi(2)).sum()
    });
}

#[test]
fn digits_against_differences() {
    let problem = digits::Problem::new(SMALL_DIGITS);
    let names = [["dw1", "db1"], ["dw2", "db2"], ["dw3", "db3"]];
    let parts = names
        .iter()
        .zip(&problem.layers)
        .flat_map(|(names, layer)| [(names[0], wide(&layer.w)), (names[1], wide(&layer.b))]);
    let parts: Vec<_> = parts.collect();
    let x = wide(&problem.x);
    check(digits::workload(SMALL_DIGITS), &parts, |p| {
        let h1 = relu(linear(&x, &p[0], &p[1]));
        let h2 = relu(linear(&h1, &p[2], &p[3]));
        let logits = linear(&h2, &p[4], &p[5]);
        let rows = logits.chunks_exact(p[5].len()).zip(&problem.classes);
        // Small logits need no shift.
        let losses = rows.map(|(row, &class)| {
            row.iter().map(|logit| logit.exp()).sum::<f64>().ln() - row[class]
        });
        losses.sum::<f64>() / problem.classes.len() as f64
    });
}
