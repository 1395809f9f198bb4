//! One value under several names, and several values under one.

use super::support::differences::check;
use autograd_runtime::prelude::*;

#[differentiable]
fn product(x: f64, y: f64) -> f64 {
    x * x * y
}

#[differentiable]
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..a.len() {
        sum += a[i] * a[i] * b[i];
    }
    sum
}

#[differentiable]
fn by_reference(a: &f64, b: &f64) -> f64 {
    a * a * b
}

#[differentiable]
fn arrays(a: [f64; 2], b: &[f64; 2]) -> f64 {
    a[0] * b[0] + a[1] * a[1] * b[1]
}

// An argument that is passed twice has two contributions; where the cotangent of an argument is
// stored instead of added, the last one wins.

#[differentiable]
fn the_same_scalar(x: f64) -> f64 {
    product(x, x)
}

#[differentiable]
fn the_same_reference(x: f64) -> f64 {
    by_reference(&x, &x)
}

#[differentiable]
fn the_same_slice(v: &[f64]) -> f64 {
    dot(v, v)
}

#[differentiable]
fn the_same_part(v: &[f64]) -> f64 {
    dot(&v[1..], &v[1..]) + dot(&v[..2], &v[1..3])
}

#[differentiable]
fn the_same_list_by_value_and_by_reference(v: [f64; 2]) -> f64 {
    arrays(v, &v)
}

#[differentiable]
fn an_element_and_its_list(v: &[f64]) -> f64 {
    product(v[0], v[0]) * dot(v, v)
}

#[test]
fn an_argument_that_is_passed_twice() {
    assert_eq!(the_same_scalar::value_and_grad(3.0), (27.0, 27.0));
    assert_eq!(the_same_reference::value_and_grad(3.0), (27.0, 27.0));
    // Σ v³
    assert_eq!(the_same_slice::value_and_grad(&[1.0, 2.0]), (9.0, vec![3.0, 12.0]));
    check(the_same_part, the_same_part::value_and_grad, &[1.3, 0.4, -0.7]);
    assert_eq!(
        the_same_list_by_value_and_by_reference::value_and_grad([3.0, 2.0]),
        (17.0, [6.0, 12.0])
    );
    check(an_element_and_its_list, an_element_and_its_list::value_and_grad, &[1.3, 0.4]);
}

// The caller passes one place twice. The two gradients stay apart: each is the partial derivative
// with respect to its parameter.
#[test]
fn one_place_for_two_parameters() {
    let x = 3.0;
    assert_eq!(product::grad(x, x), (18.0, 9.0));
    assert_eq!(by_reference::grad(&x, &x), (18.0, 9.0));
    let v = [1.0, 2.0];
    assert_eq!(dot::grad(&v, &v), (vec![2.0, 8.0], vec![1.0, 4.0]));
    // Parts that overlap.
    let v = [1.0, 2.0, 3.0];
    assert_eq!(dot::grad(&v[..2], &v[1..]), (vec![4.0, 12.0], vec![1.0, 4.0]));
    // And in one accumulator each.
    let mut gradients = (vec![0.0; 2], vec![0.0; 2]);
    let value = dot::value_and_grad_into(&v[..2], &v[..2], &mut gradients);
    assert_eq!((value, gradients), (9.0, (vec![2.0, 8.0], vec![1.0, 4.0])));
}

#[differentiable]
fn the_same_tensor(m: &Tensor<2, f64>) -> f64 {
    (m.matmul(m) * m).sum()
}

#[test]
fn a_tensor_times_itself() {
    let m: Tensor<2, f64> = super::support::signed([3, 3], 1);
    let (value, gradient) = the_same_tensor::value_and_grad(&m);
    assert_eq!(value, the_same_tensor(&m));
    super::support::check(the_same_tensor, &m, &gradient);
}

// An element that is overwritten by a product of itself: with `i == j` both factors are the old
// value of the element that is assigned, which the reverse pass must take from before.

#[differentiable]
fn element_times_element(v: &[f64], i: usize, j: usize) -> f64 {
    let mut a = v.to_vec();
    a[i] = a[i] * a[j];
    a[i] = a[i] * a[j];
    let mut sum = 0.0;
    for k in 0..a.len() {
        sum += a[k] * (k as f64 + 1.0);
    }
    sum
}

#[differentiable]
fn element_times_element_in_place(v: &[f64], i: usize, j: usize) -> f64 {
    let mut a = v.to_vec();
    a[i] *= a[j];
    a[j] += a[i] * a[i];
    a[0] * a[1] + a[2]
}

#[differentiable]
fn exchanged(v: &[f64], i: usize, j: usize) -> f64 {
    let mut a = v.to_vec();
    let t = a[i];
    a[i] = a[j] * 2.0;
    a[j] = t;
    a.swap(i, j);
    a[0] * a[1] * a[2] + a[i] * a[j]
}

#[test]
fn two_indices_that_may_be_equal() {
    let v = [1.3, -0.4, 0.7];
    for i in 0..3 {
        for j in 0..3 {
            check(
                |v| element_times_element(v, i, j),
                |v| element_times_element::value_and_grad(v, i, j),
                &v,
            );
            check(
                |v| element_times_element_in_place(v, i, j),
                |v| element_times_element_in_place::value_and_grad(v, i, j),
                &v,
            );
            check(|v| exchanged(v, i, j), |v| exchanged::value_and_grad(v, i, j), &v);
        }
    }
    // a = v₀⁴, twice squared.
    assert_eq!(element_times_element::grad(&[3.0, 0.0, 0.0], 0, 0)[0], 108.0);
}

// The same element read twice in one expression, and through two indices: gathered cotangents are
// added, not stored.

#[differentiable]
fn gathered(v: &[f64], at: &[usize]) -> f64 {
    let mut product = 1.0;
    for k in 0..at.len() {
        product *= v[at[k]];
    }
    product + v[at[0]] * v[at[0]]
}

#[differentiable]
fn gathered_by_chain(v: &[f64], at: &[usize]) -> f64 {
    at.iter().map(|k| v[*k] * v[*k]).sum()
}

#[differentiable]
fn scattered(v: &[f64], at: &[usize]) -> f64 {
    let mut bins = vec![0.0; v.len()];
    for k in 0..at.len() {
        bins[at[k]] += v[k] * v[k];
    }
    let mut sum = 0.0;
    for bin in bins.iter() {
        sum += bin * bin;
    }
    sum
}

#[differentiable]
fn overwritten_bin(v: &[f64], at: &[usize]) -> f64 {
    let mut bins = vec![1.0; v.len()];
    for k in 0..at.len() {
        bins[at[k]] = v[k] * 2.0;
    }
    bins[0] * bins[1] * bins[2]
}

#[test]
fn an_index_that_occurs_twice() {
    let v = [1.3, -0.4, 0.7];
    for at in [[0, 0, 0], [0, 1, 0], [2, 2, 1], [0, 1, 2]] {
        check(|v| gathered(v, &at), |v| gathered::value_and_grad(v, &at), &v);
        check(|v| gathered_by_chain(v, &at), |v| gathered_by_chain::value_and_grad(v, &at), &v);
        check(|v| scattered(v, &at), |v| scattered::value_and_grad(v, &at), &v);
        check(|v| overwritten_bin(v, &at), |v| overwritten_bin::value_and_grad(v, &at), &v);
    }
}

// A matrix whose rows are aliased by its columns: `m[i][j]` and `m[j][i]` are one element on the
// diagonal.
#[differentiable]
fn symmetric_part(m: &[[f64; 2]; 2]) -> f64 {
    let mut a = *m;
    for i in 0..2 {
        for j in 0..2 {
            a[i][j] = a[i][j] * a[j][i] + a[i][i];
        }
    }
    a[0][0] * a[1][1] - a[0][1] * a[1][0]
}

#[test]
fn an_element_and_its_transposed() {
    let matrix = |v: &[f64]| [[v[0], v[1]], [v[2], v[3]]];
    check(
        |v| symmetric_part(&matrix(v)),
        |v| {
            let (value, gradient) = symmetric_part::value_and_grad(&matrix(v));
            (value, gradient.concat())
        },
        &[1.3, -0.4, 0.7, 0.9],
    );
}

// A copy is not the original: what is done to one later has no effect on the other.
#[differentiable]
fn copies(v: [f64; 2]) -> f64 {
    let mut a = v;
    let b = a;
    a[0] = a[0] * b[0];
    let mut c = a;
    c[1] *= c[0];
    a[1] += b[1] * c[1];
    a[0] * a[1] + b[0] + c[1]
}

#[test]
fn a_copy_and_its_original() {
    check(
        |v| copies([v[0], v[1]]),
        |v| {
            let (value, gradient) = copies::value_and_grad([v[0], v[1]]);
            (value, gradient.to_vec())
        },
        &[1.3, -0.4],
    );
}

// A parameter that is changed, with one of its own elements as a factor.
#[differentiable]
fn scale_by_own_element(v: &mut [f64], k: usize) {
    for i in 0..v.len() {
        v[i] *= v[k];
    }
}

#[test]
fn a_parameter_that_is_scaled_by_its_own_element() {
    let mut v = [2.0, 3.0, 5.0];
    let ((), pullback) = scale_by_own_element::vjp(&mut v, 1);
    // 2·3, 3·3, and 5 times the new element.
    assert_eq!(v, [6.0, 9.0, 45.0]);
    // v₀ v₁, v₁², v₂ v₁²
    assert_eq!(pullback(vec![1.0, 0.0, 0.0]), [3.0, 2.0, 0.0]);
}
