//! Products of integers, of which the sums are exact in any order, and comparisons of bits.

use super::choice::Kernel;
use super::division::Division;
use super::product::Product;
use super::vector::Scalar;
use super::*;
use crate::kernel::dispatch::Set;

/// A matrix with a way to store it.
struct Stored<T> {
    data: Vec<T>,
    strides: [usize; 2],
}

/// The element `(i, j)` of the matrix of a seed.
fn integer(i: usize, j: usize, seed: usize) -> i64 {
    ((i * 7 + j * 5 + i * j * 3 + seed * 3) % 11).cast_signed() as i64 - 5
}

/// The ways to store a matrix: by rows, by columns, and with gaps.
fn ways([rows, columns]: [usize; 2]) -> [[usize; 2]; 4] {
    [[columns, 1], [1, rows], [columns + 3, 1], [2, 2 * rows + 1]]
}

fn stored<T: Real>([rows, columns]: [usize; 2], strides: [usize; 2], seed: usize) -> Stored<T> {
    // What is not an element would spoil what it came into.
    let mut data = vec![T::from_f64(f64::NAN); rows * strides[0] + columns * strides[1] + 1];
    for i in 0..rows {
        for j in 0..columns {
            data[i * strides[0] + j * strides[1]] = T::from_f64(integer(i, j, seed) as f64);
        }
    }
    Stored { data, strides }
}

/// `alpha A B + beta C` by the definition.
fn definition([m, k, n]: [usize; 3], alpha: i64, beta: i64) -> Vec<f64> {
    let element = |i, j| {
        let sum: i64 = (0..k).map(|l| integer(i, l, 1) * integer(l, j, 2)).sum();
        (alpha * sum + beta * integer(i, j, 3)) as f64
    };
    (0..m).flat_map(|i| (0..n).map(move |j| (i, j))).map(|(i, j)| element(i, j)).collect()
}

fn product<T: Scalar>(
    [m, k, n]: [usize; 3],
    a: &Stored<T>,
    b: &Stored<T>,
    [alpha, beta]: [i64; 2],
    c: &mut [T],
) -> Product<T> {
    let strides = |x: &Stored<T>| x.strides.map(usize::cast_signed);
    Product {
        m,
        k,
        n,
        alpha: T::from_f64(alpha as f64),
        a: a.data.as_ptr(),
        a_strides: strides(a),
        b: b.data.as_ptr(),
        b_strides: strides(b),
        beta: T::from_f64(beta as f64),
        c: c.as_mut_ptr(),
        c_row: n.cast_signed(),
    }
}

/// The kernels that can compute a product.
fn kernels<T: Scalar>(set: Set, p: &Product<T>) -> Vec<Kernel> {
    let mut kernels = vec![Kernel::choose(set, p), Kernel::Backend];
    for copy_a in [false, true] {
        for copy_b in [false, true] {
            if (!copy_a || p.a_strides[0] == 1) && (copy_b || p.b_strides[1] == 1) {
                kernels.push(Kernel::Tiles { copy_a, copy_b });
            }
        }
    }
    kernels
}

/// Compares all kernels with the definition, for all instruction sets of this processor.
fn compare<T: Scalar + Backend>(shape: [usize; 3], factors: &[[i64; 2]]) {
    let [m, k, n] = shape;
    for &[alpha, beta] in factors {
        let expected = definition(shape, alpha, beta);
        for a in ways([m, k]).map(|strides| stored::<T>([m, k], strides, 1)) {
            for b in ways([k, n]).map(|strides| stored::<T>([k, n], strides, 2)) {
                for set in Set::available() {
                    let mut c = vec![T::ZERO; m * n];
                    for kernel in kernels(set, &product(shape, &a, &b, [1, 0], &mut c)) {
                        // There is more than `C`, to see that it stays.
                        let mut c = stored::<T>([m, n], [n, 1], 3).data;
                        c.truncate(m * n);
                        c.push(T::ONE);
                        if beta == 0 {
                            c[..m * n].fill(T::from_f64(f64::NAN));
                        }
                        let p = product(shape, &a, &b, [alpha, beta], &mut c);
                        // SAFETY: `stored` has all elements, `c` those of the result.
                        unsafe { kernel.run(set, p) };
                        let what = || format!("{shape:?} {alpha} {beta} {kernel:?} {set:?}");
                        for (x, y) in c.iter().zip(&expected) {
                            assert_eq!(x.to_f64(), *y, "{}", what());
                        }
                        assert_eq!(c[c.len() - 1], T::ONE, "{}", what());
                    }
                }
            }
        }
    }
}

/// Sizes around those of the tiles and registers.
const SIZES: [usize; 12] = [1, 2, 3, 4, 5, 7, 8, 13, 17, 33, 49, 66];

#[test]
fn all_kernels_agree_with_the_definition() {
    // All pairs of sizes, and with each pair another third size.
    for (i, &x) in SIZES.iter().enumerate() {
        for (j, &y) in SIZES.iter().enumerate() {
            let z = SIZES[(3 * i + 5 * j) % SIZES.len()];
            compare::<f32>([x, y, z], &[[1, 0]]);
            compare::<f64>([y, z, x], &[[1, 1]]);
        }
    }
}

#[test]
fn factors() {
    for shape in [[1, 5, 40], [3, 9, 21], [9, 1, 30], [2, 40, 9], [12, 12, 12]] {
        compare::<f32>(shape, &[[2, 0], [1, 1], [-1, 3]]);
        compare::<f64>(shape, &[[2, 0], [1, 1], [-1, 3]]);
    }
}

#[test]
fn more_than_a_block() {
    compare::<f64>([9, 2 * tile::TERMS + 3, 7], &[[1, 0], [1, 1]]);
    compare::<f32>([tile::block::<f32>() + 5, 6, 10], &[[1, 0]]);
    compare::<f32>([1, tile::TERMS + 1, 300], &[[1, 1]]);
}

#[test]
fn without_elements() {
    for shape in [[3, 0, 2], [1, 0, 5], [3, 0, 1], [0, 2, 3], [2, 3, 0], [0, 0, 0]] {
        for beta in [0, 1] {
            let [m, k, n] = shape;
            let mut c = stored::<f64>([m, n], [n, 1], 3).data;
            if beta == 0 {
                c.fill(f64::NAN);
            }
            let (a, b) = (vec![1.0; m * k], vec![1.0; k * n]);
            let (a, b) = (Matrix::new(&a, [m, k]), Matrix::new(&b, [k, n]));
            gemm(a, b, 1.0, f64::from(beta), &mut c[..m * n]);
            assert_eq!(c[..m * n], definition(shape, 1, i64::from(beta)), "{shape:?}");
        }
    }
}

/// Memory of a product that was used before holds other numbers.
#[test]
fn products_in_used_memory() {
    for shape in [[3, 0, 2], [1, 5, 3], [2, 3, 0], [9, 17, 33], [1, 64, 5], [7, 1, 9]] {
        let [m, k, n] = shape;
        let (a, b) = (stored::<f64>([m, k], [k, 1], 1), stored::<f64>([k, n], [n, 1], 2));
        for _ in 0..2 {
            super::pool::give(vec![f64::NAN; m * n]);
            let c = super::product(Matrix::new(&a.data, [m, k]), Matrix::new(&b.data, [k, n]));
            assert_eq!(c, definition(shape, 1, 0), "{shape:?}");
            super::pool::give(c);
        }
    }
}

#[test]
fn transposes_of_matrices() {
    for shape in [[1, 1, 1], [2, 3, 4], [1, 5, 3], [5, 4, 1], [9, 17, 33], [6, 1, 7]] {
        let [m, k, n] = shape;
        let expected = definition(shape, 1, 0);
        for a in &ways([m, k])[..2] {
            for b in &ways([k, n])[..2] {
                let (lhs, rhs) = (stored::<f64>([m, k], *a, 1), stored::<f64>([k, n], *b, 2));
                let lhs = Matrix::strided(&lhs.data, [m, k], *a);
                let rhs = Matrix::strided(&rhs.data, [k, n], *b);
                let mut c = vec![f64::NAN; m * n];
                gemm(lhs, rhs, 1.0, 0.0, &mut c);
                assert_eq!(c, expected, "{shape:?}");
                // (A B)ᵀ = Bᵀ Aᵀ
                let mut c = vec![f64::NAN; m * n];
                gemm(rhs.transposed(), lhs.transposed(), 1.0, 0.0, &mut c);
                let transposed = |at: usize| expected[at % m * n + at / m];
                assert!(c.iter().enumerate().all(|(at, c)| *c == transposed(at)), "{shape:?}");
            }
        }
    }
}

/// Numbers with rounding errors.
fn fractions(len: usize, seed: usize) -> Vec<f32> {
    (0..len).map(|i| ((i * 37 + seed) % 101) as f32 / 7.0 - 6.3).collect()
}

#[test]
fn a_division_changes_no_bit() {
    for [m, k, n] in [[70, 300, 75], [1, 90, 300], [200, 1, 60], [3, 60, 150], [130, 20, 10]] {
        let (a, b, start) = (fractions(m * k, 1), fractions(k * n, 2), fractions(m * n, 3));
        for transposed in [false, true] {
            for set in Set::available() {
                let a = Stored { data: a.clone(), strides: [k, 1] };
                let strides = if transposed { [1, k] } else { [n, 1] };
                let b = Stored { data: b.clone(), strides };
                let mut whole = start.clone();
                let p = product([m, k, n], &a, &b, [1, 1], &mut whole);
                let kernel = Kernel::choose(set, &p);
                // SAFETY: all elements are there.
                unsafe { kernel.run(set, p) };
                for division in
                    [Division::by_rows(m, 5), Division::by_rows(m, 24), Division::by_columns(n, 7)]
                {
                    let mut parts = start.clone();
                    let p = product([m, k, n], &a, &b, [1, 1], &mut parts);
                    for first in (0..division.len).step_by(division.chunk) {
                        let end = division.len.min(first + division.chunk);
                        // SAFETY: as above.
                        unsafe { kernel.run(set, division.part(p, first..end)) };
                    }
                    assert_eq!(whole, parts, "{m} {k} {n} {kernel:?} {set:?}");
                }
            }
        }
    }
}

#[cfg(feature = "threads")]
#[test]
fn the_number_of_threads_changes_no_bit() {
    use crate::kernel::{num_threads, set_num_threads};
    let before = num_threads();
    for shape in [[64, 1000, 100], [9, 500, 1500], [1, 2000, 2000]] {
        let [m, k, n] = shape;
        let (a, b) = (fractions(m * k, 1), fractions(k * n, 2));
        let results = [1, 2, 3, 7].map(|threads| {
            set_num_threads(threads);
            let mut c = vec![f32::NAN; m * n];
            gemm(Matrix::new(&a, [m, k]), Matrix::new(&b, [k, n]), 1.0, 0.0, &mut c);
            c
        });
        assert!(results.iter().all(|c| *c == results[0]), "{shape:?}");
    }
    set_num_threads(before);
}

#[test]
fn counts() {
    let before = gemm_count();
    gemm(Matrix::new(&[2.0_f32], [1, 1]), Matrix::new(&[3.0], [1, 1]), 1.0, 0.0, &mut [0.0]);
    assert_eq!(gemm_count(), before + 1);
}

#[test]
#[should_panic(expected = "does not fit 5 elements")]
fn elements_outside_the_slice() {
    Matrix::new(&[0.0; 5], [2, 3]);
}

#[test]
#[should_panic(expected = "does not fit 5 elements")]
fn strides_that_overflow() {
    Matrix::strided(&[0.0; 5], [3, 2], [usize::MAX, 1]);
}
