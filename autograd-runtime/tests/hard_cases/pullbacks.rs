//! Pullbacks that are called later, twice, or elsewhere: what they keep must be theirs.

use autograd_runtime::prelude::*;

#[differentiable]
fn weighted(v: &[f64], w: f64) -> f64 {
    let mut sum = 0.0;
    for x in v {
        sum += x * x * w;
    }
    sum
}

#[differentiable]
fn of_a_list(v: Vec<f64>, w: f64) -> Vec<f64> {
    let mut out = Vec::new();
    for i in 0..v.len() {
        out.push(v[i] * v[i] * w);
    }
    out
}

#[differentiable]
fn advance(v: &mut [f64], w: f64) -> f64 {
    let mut sum = 0.0;
    for i in 0..v.len() {
        v[i] = v[i] * v[i] * w;
        sum += v[i];
    }
    sum
}

// The arguments are written to between the passes, and restored: a pullback that reads them when it
// is called would be right again. Not restored, it would be wrong.
#[test]
fn arguments_that_are_mutated_between_the_passes() {
    let mut v = vec![1.0, 2.0];
    let (value, pullback) = weighted::vjp(&v, 3.0);
    let pullback = pullback.clone();
    assert_eq!(value, 15.0);
    let kept = v.clone();
    v.fill(f64::NAN);
    v.copy_from_slice(&kept);
    assert_eq!(pullback(1.0), (vec![6.0, 12.0], 5.0));

    let mut array = [1.0, 2.0];
    let (_, pullback) = weighted::vjp(&array.clone(), 3.0);
    array = [f64::NAN; 2];
    assert_eq!(pullback(2.0), (vec![12.0, 24.0], 10.0));
    assert!(array[0].is_nan());
}

// A parameter that is changed: the caller goes on with it before the pullback runs.
#[test]
fn a_changed_parameter_is_changed_again_between_the_passes() {
    let mut v = [1.0, 2.0];
    let (value, pullback) = advance::vjp(&mut v, 3.0);
    assert_eq!((value, v), (15.0, [3.0, 12.0]));
    v = [f64::NAN; 2];
    // v² w, once in the sum and once, times 10, on exit.
    assert_eq!(pullback(1.0, vec![10.0, 0.0]), (vec![66.0, 12.0], 11.0 + 4.0));
    assert!(v[0].is_nan());
}

// A second application to the value on exit, with both pullbacks pending.
#[test]
fn two_steps_of_one_state() {
    let mut v = [2.0];
    let (_, first) = advance::vjp(&mut v, 1.0);
    let (_, second) = advance::vjp(&mut v, 1.0);
    assert_eq!(v, [16.0]);
    // (v²)² by v is 4 v³.
    let (between, _) = second(1.0, vec![0.0]);
    assert_eq!(first(0.0, between).0, [32.0]);
}

// Residuals that are moved out by the first call leave nothing for the second.
#[test]
fn a_clone_gives_the_same_gradient() {
    let (_, pullback) = of_a_list::vjp(vec![1.0, 2.0], 3.0);
    let rows: Vec<(Vec<f64>, f64)> = [[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]
        .into_iter()
        .map(|row| pullback.clone()(row.to_vec()))
        .collect();
    assert_eq!(rows[0], (vec![6.0, 0.0], 1.0));
    assert_eq!(rows[1], (vec![0.0, 12.0], 4.0));
    assert_eq!(rows[2], rows[0]);
    // A clone of a clone, and the original after them all.
    assert_eq!(pullback.clone().clone()(vec![0.0, 1.0]), rows[1]);
    assert_eq!(pullback(vec![1.0, 1.0]), (vec![6.0, 12.0], 5.0));
}

#[test]
fn a_clone_of_a_pullback_of_a_changed_parameter() {
    let mut v = vec![1.0, 2.0];
    let (_, pullback) = advance::vjp(&mut v, 3.0);
    v.clear();
    let again = pullback.clone();
    assert_eq!(again(1.0, vec![0.0, 0.0]), (vec![6.0, 12.0], 5.0));
    assert_eq!(pullback(1.0, vec![0.0, 0.0]), (vec![6.0, 12.0], 5.0));
}

// Linear in its cotangent: zero gives zero, and a large cotangent is not clipped.
#[test]
fn a_pullback_is_linear() {
    let (_, pullback) = of_a_list::vjp(vec![1.0, 2.0], 3.0);
    assert_eq!(pullback.clone()(vec![0.0, 0.0]), (vec![0.0, 0.0], 0.0));
    assert_eq!(pullback.clone()(vec![1e200, 0.0]), (vec![6e200, 0.0], 1e200));
    assert_eq!(pullback(vec![-1.0, 0.5]), (vec![-6.0, 6.0], 1.0));
}

// Made in one thread and called in another.
#[test]
fn a_pullback_in_another_thread() {
    let (_, pullback) = of_a_list::vjp(vec![1.0, 2.0], 3.0);
    let gradient = std::thread::spawn(move || pullback(vec![1.0, 1.0])).join().expect("it returns");
    assert_eq!(gradient, (vec![6.0, 12.0], 5.0));
}

// A pullback that is never called has no effect on the next one.
#[test]
fn a_pullback_that_is_dropped() {
    let mut gradient = (vec![0.0; 2], 0.0);
    drop(weighted::vjp(&[7.0, 8.0], 3.0));
    weighted::value_and_grad_into(&[1.0, 2.0], 3.0, &mut gradient);
    drop(weighted::vjp(&[7.0, 8.0], 3.0));
    weighted::value_and_grad_into(&[1.0, 2.0], 3.0, &mut gradient);
    assert_eq!(gradient, (vec![12.0, 24.0], 10.0));
}

// Cotangents of several results arrive at once.
#[differentiable]
fn two_results(x: f64, y: f64) -> (f64, [f64; 2]) {
    let z = x * y;
    (z * z, [z, x])
}

#[test]
fn cotangents_of_several_results() {
    let (value, pullback) = two_results::vjp(2.0, 3.0);
    assert_eq!(value, (36.0, [6.0, 2.0]));
    assert_eq!(pullback.clone()((1.0, [0.0, 0.0])), (36.0, 24.0));
    assert_eq!(pullback.clone()((0.0, [1.0, 0.0])), (3.0, 2.0));
    assert_eq!(pullback((1.0, [1.0, 10.0])), (49.0, 26.0));
}
