//! Jacobians, dense and compressed, against closed forms.

#![allow(
    clippy::pedantic,
    clippy::all,
    dead_code,
    reason = "what users may write, not what is best"
)]

use autograd_runtime::Sparsity;
use autograd_runtime::prelude::*;

#[differentiable]
fn tall(x: f64, y: f64) -> [f64; 3] {
    [x * y, x.sin(), y * y]
}

#[differentiable]
fn wide(x: &[f64], k: f64) -> (f64, f64) {
    (x.iter().sum::<f64>() * k, x[0] * x[2])
}

#[differentiable]
fn tensor(x: &Tensor<1, f32>) -> Tensor<1, f32> {
    x * x
}

#[test]
fn by_columns_and_by_rows() {
    let (x, y) = (0.5_f64, 3.0);
    let jacobian = tall::jacobian(x, y);
    assert_eq!(jacobian, Tensor::from([[y, x], [x.cos(), 0.0], [0.0, 2.0 * y]]));
    let jacobian = wide::jacobian(&[1.0, 2.0, 3.0], 4.0);
    assert_eq!(jacobian, Tensor::from([[4.0, 4.0, 4.0, 6.0], [3.0, 0.0, 1.0, 0.0]]));
    let jacobian = tensor::jacobian(&Tensor::from([1.0, 2.0]));
    assert_eq!(jacobian, Tensor::from([[2.0_f32, 0.0], [0.0, 4.0]]));
}

/// Residuals of cameras `(c₀, c₁)` that see points `p`, as a bundle adjustment has them.
#[differentiable]
fn residuals(cameras: &[[f64; 2]], points: &[f64], seen: &[(usize, usize)]) -> Vec<f64> {
    let mut residuals = Vec::new();
    for i in 0..seen.len() {
        let (c, p) = seen[i];
        let camera = cameras[c];
        residuals.push(camera[0] * points[p] + camera[1].sin());
        residuals.push(points[p] * points[p] * camera[1]);
    }
    residuals
}

#[test]
fn a_bundle_adjustment_takes_as_many_tangents_as_a_residual_has_parameters() {
    let cameras: Vec<[f64; 2]> =
        (0..4).map(|c| [1.0 + c as f64 * 0.5, 0.3 - c as f64 * 0.1]).collect();
    let points: Vec<f64> = (0..9).map(|p| 0.5 + p as f64 * 0.25).collect();
    let seen: Vec<(usize, usize)> = (0..4)
        .flat_map(|c| (0..9).filter(move |p| (p + c) % 2 == 0).map(move |p| (c, p)))
        .collect();
    let entries = seen.iter().enumerate().flat_map(|(i, &(c, p))| {
        [2 * i, 2 * i + 1].into_iter().flat_map(move |row| {
            [2 * c, 2 * c + 1, 8 + p].into_iter().map(move |column| (row, column))
        })
    });
    let pattern = Sparsity::new(2 * seen.len(), 8 + 9, entries);
    assert_eq!(pattern.colours(), 3);
    let sparse = residuals::jacobian_sparse(&cameras, &points, &seen, &pattern);
    for (i, &(c, p)) in seen.iter().enumerate() {
        let (k, x) = (cameras[c], points[p]);
        let rows = [[x, k[1].cos(), k[0]], [0.0, x * x, 2.0 * x * k[1]]];
        for (part, row) in rows.iter().enumerate() {
            for (column, expected) in [2 * c, 2 * c + 1, 8 + p].into_iter().zip(row) {
                assert!((sparse.get(2 * i + part, column) - expected).abs() < 1e-12);
            }
        }
    }
    assert_eq!(sparse.get(0, 8 + 8), 0.0);
    let dense = residuals::jacobian(&cameras, &points, &seen);
    let difference = dense - sparse.to_dense();
    assert!(difference.as_slice().iter().all(|x| x.abs() < 1e-12));
}

#[test]
#[should_panic(expected = "row 1 has an entry that the pattern does not have")]
fn a_pattern_that_leaves_entries_out() {
    let pattern = Sparsity::new(3, 2, [(0, 0), (0, 1), (2, 1)]);
    tall::jacobian_sparse(0.5, 3.0, &pattern);
}

#[test]
#[should_panic(expected = "the parameters have 2 scalars, the pattern 3 columns")]
fn a_pattern_of_another_shape() {
    tall::jacobian_sparse(0.5, 3.0, &Sparsity::new(3, 3, [(0, 0)]));
}
