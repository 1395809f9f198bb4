//! Points where a part of the function is singular, or not smooth.

use autograd_runtime::prelude::*;

// A selection whose loser is singular: `0 · ∞` in the reverse pass of the branch that is not taken
// gives NaN where both branches are always evaluated.

#[differentiable]
fn capped_by_if(x: f64) -> f64 {
    if x > 1.0 { 1.0 / x } else { 1.0 }
}

#[differentiable]
fn capped_by_match(x: f64) -> f64 {
    match x {
        x if x <= 1.0 => 1.0,
        x => 1.0 / x,
    }
}

#[test]
fn a_singular_quotient_in_the_branch_that_is_not_taken() {
    for f in [capped_by_if::value_and_grad, capped_by_match::value_and_grad] {
        assert_eq!(f(0.0), (1.0, 0.0));
        assert_eq!(f(-0.0), (1.0, 0.0));
        assert_eq!(f(2.0), (0.5, -0.25));
    }
}

// A quotient that is computed and then not selected: its cotangent is zero, its derivative infinite,
// and their product not a number. What was not selected contributes nothing.

#[differentiable]
fn capped_by_min(x: f64) -> f64 {
    f64::min(1.0, 1.0 / x)
}

#[differentiable]
fn capped_by_clamp(x: f64) -> f64 {
    x.recip().clamp(-1.0, 1.0)
}

#[differentiable]
fn capped_far_away(x: f64, y: f64) -> f64 {
    let inverse = 1.0 / x;
    let energy = inverse * y + y;
    (energy * energy).exp().min(1.0) * y
}

#[differentiable]
fn capped_by_assignment(x: f64) -> f64 {
    let inverse = 1.0 / x;
    let mut y = 1.0;
    if inverse < 1.0 {
        y = inverse;
    }
    y
}

#[differentiable]
fn capped_from_below(x: f64) -> f64 {
    x.sqrt().max(1.0)
}

#[differentiable]
fn one_of_a_list(v: &[f64], k: usize) -> f64 {
    let roots: Vec<f64> = v.iter().map(|x| x.sqrt()).collect();
    roots[k]
}

#[differentiable]
fn repelled(v: &[f64]) -> f64 {
    let mut energy = 0.0;
    for x in v {
        for y in v {
            let distance = (x - y).powi(2).sqrt();
            if distance < 0.1 {
                continue;
            }
            energy += 1.0 / distance;
        }
    }
    energy
}

#[test]
fn a_singular_value_that_is_not_selected() {
    assert_eq!(capped_by_min::value_and_grad(0.5), (1.0, 0.0));
    assert_eq!(capped_by_min::value_and_grad(2.0), (0.5, -0.25));
    assert_eq!(capped_by_min::value_and_grad(0.0), (1.0, 0.0));
    assert_eq!(capped_by_clamp::value_and_grad(0.0), (1.0, 0.0));
    assert_eq!(capped_by_clamp::value_and_grad(-2.0), (-0.5, -0.25));
    assert_eq!(capped_far_away::value_and_grad(0.0, 2.0), (2.0, (0.0, 1.0)));
    assert_eq!(capped_by_assignment::value_and_grad(0.0), (1.0, 0.0));
    assert_eq!(capped_by_assignment::value_and_grad(2.0), (0.5, -0.25));
    assert_eq!(capped_from_below::value_and_grad(0.0), (1.0, 0.0));
    assert_eq!(capped_from_below::value_and_grad(4.0), (2.0, 0.25));
    assert_eq!(one_of_a_list::value_and_grad(&[0.0, 4.0], 1), (2.0, vec![0.0, 0.25]));
    assert_eq!(repelled::value_and_grad(&[0.0, 2.0, 2.0]), (2.0, vec![1.0, -0.5, -0.5]));
}

// √x has an infinite derivative at 0: only the arm that was run may contribute.

#[differentiable]
fn root_of_positive(x: f64) -> f64 {
    if x > 0.0 { x.sqrt() } else { 3.0 * x }
}

#[differentiable]
fn norm_or_zero(v: &[f64]) -> f64 {
    let mut squares = 0.0;
    for x in v {
        squares += x * x;
    }
    if squares == 0.0 {
        return 0.0;
    }
    squares.sqrt()
}

#[differentiable]
fn root_in_a_chain(v: &[f64]) -> f64 {
    v.iter().map(|x| if *x > 0.0 { x.sqrt() } else { 0.0 }).sum()
}

#[differentiable]
fn root_in_a_skipped_turn(v: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..v.len() {
        if v[i] <= 0.0 {
            continue;
        }
        sum += v[i].sqrt();
    }
    sum
}

#[test]
fn a_root_at_zero_in_the_branch_that_is_not_taken() {
    assert_eq!(root_of_positive::value_and_grad(0.0), (0.0, 3.0));
    assert_eq!(root_of_positive::value_and_grad(4.0), (2.0, 0.25));
    assert_eq!(norm_or_zero::value_and_grad(&[0.0, 0.0]), (0.0, vec![0.0, 0.0]));
    assert_eq!(norm_or_zero::value_and_grad(&[0.0, -4.0]), (4.0, vec![0.0, -1.0]));
    assert_eq!(root_in_a_chain::value_and_grad(&[0.0, 4.0]), (2.0, vec![0.0, 0.25]));
    assert_eq!(root_in_a_skipped_turn::value_and_grad(&[0.0, 4.0]), (2.0, vec![0.0, 0.25]));
}

// Where the root is taken the derivative is infinite, and says so: it is not replaced by a number.
#[differentiable]
fn root(x: f64) -> f64 {
    x.sqrt()
}

#[test]
fn a_root_at_zero_that_is_taken() {
    assert_eq!(root::value_and_grad(0.0), (0.0, f64::INFINITY));
}

// A tie gives the whole gradient twice, or not at all, where `<` and `<=` are mixed up. Half each
// goes to the arguments of a method; an `if` has one arm, which gets it all.

#[differentiable]
fn larger(x: f64, y: f64) -> f64 {
    x.max(y)
}

#[differentiable]
fn larger_by_if(x: f64, y: f64) -> f64 {
    if x > y { x } else { y }
}

#[differentiable]
fn largest_of_three(x: f64, y: f64, z: f64) -> f64 {
    x.max(y).max(z)
}

#[differentiable]
fn largest_by_fold(v: &[f64]) -> f64 {
    v.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

#[differentiable]
fn largest_by_loop(v: &[f64]) -> f64 {
    let mut largest = v[0];
    for i in 1..v.len() {
        if v[i] > largest {
            largest = v[i];
        }
    }
    largest
}

#[test]
fn ties() {
    assert_eq!(larger::value_and_grad(2.0, 2.0), (2.0, (0.5, 0.5)));
    assert_eq!(larger_by_if::value_and_grad(2.0, 2.0), (2.0, (0.0, 1.0)));
    // Pairwise halves: those of the inner pair share one half.
    assert_eq!(largest_of_three::grad(2.0, 2.0, 2.0), (0.25, 0.25, 0.5));
    assert_eq!(largest_of_three::grad(2.0, 2.0, 1.0), (0.5, 0.5, 0.0));
    assert_eq!(largest_by_fold::grad(&[2.0, 2.0, 2.0]), [0.25, 0.25, 0.5]);
    assert_eq!(largest_by_loop::grad(&[2.0, 2.0, 1.0]), [1.0, 0.0, 0.0]);
}

// The largest element of a tensor is one operation: its ties share evenly.
#[differentiable]
fn largest_of_tensor(v: &Tensor<1, f64>) -> f64 {
    v.max()
}

#[test]
fn ties_of_a_reduction() {
    let gradient = largest_of_tensor::grad(&Tensor::from([3.0, 1.0, 3.0, 3.0, 3.0]));
    assert_eq!(gradient.as_slice(), [0.25, 0.0, 0.25, 0.25, 0.25]);
}

// A condition that compares for equality does not make its arm a constant: `if x == 0 { x } else …`
// has the derivative of the arm that runs.
#[differentiable]
fn equal_to_zero(x: f64) -> f64 {
    if x == 0.0 { x } else { x.sin() }
}

#[differentiable]
fn sinc(x: f64) -> f64 {
    if x == 0.0 { 1.0 } else { x.sin() / x }
}

#[test]
fn a_removable_singularity() {
    assert_eq!(equal_to_zero::value_and_grad(0.0), (0.0, 1.0));
    assert_eq!(sinc::value_and_grad(0.0), (1.0, 0.0));
    let expected = (0.5_f64.cos() * 0.5 - 0.5_f64.sin()) / 0.25;
    assert!((sinc::grad(0.5) - expected).abs() < 1e-15);
}

// `x.powi(0)` and `0⁰`: the rule `n x^(n-1)` is `0 · ∞` there.
#[differentiable]
fn powers(x: f64, exponents: &[i32]) -> f64 {
    let mut sum = 0.0;
    for i in 0..exponents.len() {
        sum += x.powi(exponents[i]);
    }
    sum
}

#[differentiable]
fn power(x: f64, y: f64) -> f64 {
    x.powf(y)
}

#[test]
fn powers_of_zero() {
    assert_eq!(powers::value_and_grad(0.0, &[0, 1, 2, 3]), (1.0, 1.0));
    assert_eq!(power::value_and_grad(0.0, 2.0), (0.0, (0.0, 0.0)));
    assert_eq!(power::value_and_grad(0.0, 1.0), (0.0, (1.0, 0.0)));
    // A negative base has a derivative for an exponent that is an integer; the logarithm that the
    // derivative with respect to the exponent takes has none.
    assert_eq!(power::grad(-2.0, 3.0).0, 12.0);
}
