//! The determinant of a square matrix, and its gradient, the matrix of cofactors.
//!
//! * [`by_minors()`] expands along the first row: `det A = Σⱼ (-1)ʲ a₀ⱼ det M₀ⱼ`, where `M₀ⱼ` is `A` without
//!   row 0 and column `j`, whose determinant is found in the same way. This is `GradBench`'s program
//!   `det`, after Bradley Bell's `det_by_minor` in `cmpad`: `n!` multiplications of scalars in a recursion.
//! * [`by_elimination()`] is what one would use: Gaussian elimination with partial pivoting. The
//!   determinant is the product of the pivots, its sign that of the permutation.
//!
//! Jacobi's formula gives the gradient: `∂ det A / ∂ aᵢⱼ` is the cofactor of `aᵢⱼ`, and where `A` has an
//! inverse, the matrix of cofactors is `det A · A⁻ᵀ`.

use crate::data::Stream;
use autograd_runtime::prelude::*;

/// The determinant of the `n` by `n` matrix `a`, row by row, by expansion by minors.
///
/// # Panics
/// If `a` is not of `n²` elements.
#[differentiable]
pub fn by_minors(a: &[f64], n: usize) -> f64 {
    assert_eq!(a.len(), n * n, "determinant: length of a matrix of {n} rows");
    let mut columns: Vec<usize> = (0..n).collect();
    minor(a, n, &mut columns)
}

/// The same, with a gradient that keeps no more than the minors of [`KEPT`] rows need: each of those
/// is computed again when its turn comes in the reverse pass. [`by_minors()`] keeps something of each
/// of its `e n!` calls.
///
/// # Panics
/// If `a` is not of `n²` elements.
#[differentiable]
pub fn by_minors_again(a: &[f64], n: usize) -> f64 {
    assert_eq!(a.len(), n * n, "determinant: length of a matrix of {n} rows");
    let mut columns: Vec<usize> = (0..n).collect();
    minor_again(a, n, &mut columns)
}

/// The number of rows of the minors that [`by_minors_again()`] computes again.
pub const KEPT: usize = 6;

/// [`minor()`], which computes minors of [`KEPT`] rows again.
#[differentiable]
fn minor_again(a: &[f64], n: usize, columns: &mut Vec<usize>) -> f64 {
    if columns.len() <= KEPT {
        return small_minor(a, n, columns);
    }
    let row = n - columns.len();
    let mut sum = 0.0;
    let mut sign = 1.0;
    for j in 0..columns.len() {
        let column = columns.remove(j);
        sum += sign * a[row * n + column] * minor_again(a, n, columns);
        columns.insert(j, column);
        sign = -sign;
    }
    sum
}

/// [`minor()`], of which only the arguments are kept.
#[differentiable(vjp = small_minor_rule)]
fn small_minor(a: &[f64], n: usize, columns: &[usize]) -> f64 {
    minor(a, n, &mut columns.to_vec())
}

fn small_minor_rule(
    a: &[f64],
    n: usize,
    columns: &[usize],
) -> (f64, impl FnOnce(f64) -> Vec<f64> + use<>) {
    let value = small_minor(a, n, columns);
    let (a, columns) = (a.to_vec(), columns.to_vec());
    (value, move |cotangent| minor::vjp(&a, n, &mut columns.clone()).1(cotangent))
}

/// The determinant of the last rows of `a` in the given columns, of which there are as many.
#[differentiable]
fn minor(a: &[f64], n: usize, columns: &mut Vec<usize>) -> f64 {
    if columns.is_empty() {
        return 1.0;
    }
    let row = n - columns.len();
    let mut sum = 0.0;
    let mut sign = 1.0;
    for j in 0..columns.len() {
        let column = columns.remove(j);
        sum += sign * a[row * n + column] * minor(a, n, columns);
        columns.insert(j, column);
        sign = -sign;
    }
    sum
}

/// The determinant of the `n` by `n` matrix `a`, row by row, by Gaussian elimination.
///
/// Of a matrix without an inverse this is 0, and so is the gradient that is generated: elimination
/// ends before it has seen the whole matrix.
///
/// # Panics
/// If `a` is not of `n²` elements.
#[differentiable]
pub fn by_elimination(a: &[f64], n: usize) -> f64 {
    assert_eq!(a.len(), n * n, "determinant: length of a matrix of {n} rows");
    let mut a = a.to_vec();
    let mut product = 1.0;
    for k in 0..n {
        let mut pivot = k;
        for i in k + 1..n {
            if a[i * n + k].abs() > a[pivot * n + k].abs() {
                pivot = i;
            }
        }
        if a[pivot * n + k] == 0.0 {
            return 0.0;
        }
        if pivot != k {
            for j in k..n {
                a.swap(k * n + j, pivot * n + j);
            }
            product = -product;
        }
        product *= a[k * n + k];
        for i in k + 1..n {
            let factor = a[i * n + k] / a[k * n + k];
            for j in k + 1..n {
                a[i * n + j] -= factor * a[k * n + j];
            }
        }
    }
    product
}

/// The determinant by minors; the gradient replaces what is in `gradient`.
///
/// The recursion of the function gives the gradient on its way back, without keeping anything: going
/// down, each minor is told the product of the signed elements above it, its adjoint.
///
/// # Panics
/// If `a` and `gradient` are not of `n²` elements, or `n` is above 32.
pub fn gradient_by_hand(a: &[f64], n: usize, gradient: &mut [f64]) -> f64 {
    assert!(n <= 32 && a.len() == n * n && gradient.len() == n * n, "determinant: {n} rows");
    gradient.fill(0.0);
    if n == 0 {
        return 1.0;
    }
    minor_by_hand(a, gradient, n, u32::MAX >> (32 - n), 1.0)
}

/// The minor of the columns in a set of bits; its adjoint times its gradient is added to `gradient`.
fn minor_by_hand(a: &[f64], gradient: &mut [f64], n: usize, columns: u32, adjoint: f64) -> f64 {
    let left = columns.count_ones() as usize;
    let (top, rest) = a.split_at(n);
    let (top_gradient, rest_gradient) = gradient.split_at_mut(n);
    if left == 2 {
        let first = columns.trailing_zeros() as usize;
        let second = (columns & (columns - 1)).trailing_zeros() as usize;
        top_gradient[first] += adjoint * rest[second];
        top_gradient[second] -= adjoint * rest[first];
        rest_gradient[first] -= adjoint * top[second];
        rest_gradient[second] += adjoint * top[first];
        return top[first] * rest[second] - top[second] * rest[first];
    }
    if left == 1 {
        let column = columns.trailing_zeros() as usize;
        top_gradient[column] += adjoint;
        return top[column];
    }
    let (mut sum, mut sign) = (0.0, 1.0);
    let mut ahead = columns;
    while ahead != 0 {
        let column = ahead.trailing_zeros();
        ahead &= ahead - 1;
        let element = sign * top[column as usize];
        let without = columns & !(1 << column);
        let minor = minor_by_hand(rest, rest_gradient, n, without, adjoint * element);
        top_gradient[column as usize] += adjoint * sign * minor;
        sum += element * minor;
        sign = -sign;
    }
    sum
}

/// The factors of a matrix, which [`elimination_by_hand`] allocates once.
#[derive(Clone, Debug, Default)]
pub struct Factors {
    /// Below the diagonal the factors of the elimination, the others are what is left.
    lu: Vec<f64>,
    /// Which row of the matrix has come to be which.
    rows: Vec<usize>,
}

/// The determinant by elimination; the gradient replaces what is in `gradient`.
///
/// By Jacobi's formula: row `i` of the gradient is the `z` of `A z = det A · eᵢ`, by substitution.
/// Of a matrix without an inverse both are 0, as in [`by_elimination()`].
///
/// # Panics
/// If `a` and `gradient` are not of `n²` elements.
pub fn elimination_by_hand(
    a: &[f64],
    n: usize,
    factors: &mut Factors,
    gradient: &mut [f64],
) -> f64 {
    assert!(a.len() == n * n && gradient.len() == n * n, "determinant: {n} rows");
    gradient.fill(0.0);
    let determinant = factors.eliminate(a, n);
    if determinant == 0.0 {
        return determinant;
    }
    let lu = &factors.lu;
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    for (place, row) in factors.rows.iter().enumerate() {
        let z = &mut gradient[row * n..][..n];
        z[place] = determinant;
        for i in place + 1..n {
            z[i] = -dot(&lu[i * n + place..i * n + i], &z[place..i]);
        }
        for i in (0..n).rev() {
            z[i] = (z[i] - dot(&lu[i * n + i + 1..(i + 1) * n], &z[i + 1..])) / lu[i * n + i];
        }
    }
    determinant
}

impl Factors {
    /// Factors `a` and returns its determinant.
    fn eliminate(&mut self, a: &[f64], n: usize) -> f64 {
        let Self { lu, rows } = self;
        lu.clear();
        lu.extend_from_slice(a);
        rows.clear();
        rows.extend(0..n);
        let mut determinant = 1.0;
        for k in 0..n {
            let mut pivot = k;
            for i in k + 1..n {
                if lu[i * n + k].abs() > lu[pivot * n + k].abs() {
                    pivot = i;
                }
            }
            if lu[pivot * n + k] == 0.0 {
                return 0.0;
            }
            let (above, below) = lu.split_at_mut((k + 1) * n);
            let top = &mut above[k * n..];
            if pivot != k {
                top.swap_with_slice(&mut below[(pivot - k - 1) * n..][..n]);
                rows.swap(k, pivot);
                determinant = -determinant;
            }
            determinant *= top[k];
            for row in below.chunks_exact_mut(n) {
                let factor = row[k] / top[k];
                row[k] = factor;
                for (x, top) in row[k + 1..].iter_mut().zip(&top[k + 1..]) {
                    *x -= factor * top;
                }
            }
        }
        determinant
    }
}

/// A matrix of numbers between 0 and 1, as `GradBench` has.
pub fn input(n: usize) -> Vec<f64> {
    Stream::new(32).evenly(n * n, 0.0, 1.0)
}
