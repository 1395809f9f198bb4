//! Against exact sums, and on several threads.

use super::*;
use crate::kernel::dispatch::Vectorized as _;
use crate::kernel::dispatch::tests::on_each_set;
use crate::kernel::threads::with_threads;

/// Integers, whose sums are exact in any order.
fn integers(len: usize) -> Vec<f32> {
    (0..len).map(|i| (i * 7 % 11) as f32 - 5.0).collect()
}

#[test]
fn sums_of_all_lengths() {
    for len in (0..300).chain([4095, 4096, 4097, 20_000]) {
        let (x, y) = (integers(len), integers(2 * len + 3));
        let y = &y[len + 3..];
        let sum: f32 = x.iter().sum();
        let squares: f32 = x.iter().map(|x| (x - 1.0) * (x - 1.0)).sum();
        let products: f32 = x.iter().zip(y).map(|(x, y)| x * y).sum();
        on_each_set(|set| {
            assert_eq!(f32::sum_of_terms(&x), sum, "{set:?}, {len}");
            assert_eq!(f32::sum_of_squares(&x, 1.0), squares, "{set:?}, {len}");
            assert_eq!(f32::sum_of_products(&x, y), products, "{set:?}, {len}");
        });
    }
}

#[test]
fn rounding_errors_do_not_grow_with_the_length() {
    let x = vec![0.1_f32; 1 << 20];
    let expected = f64::from(0.1_f32) * f64::from(1 << 20);
    on_each_set(|set| {
        let error = (f64::from(f32::sum_of_terms(&x)) - expected).abs() / expected;
        assert!(error < 1e-6, "{set:?}: off by {error}");
    });
}

#[test]
fn a_sum_does_not_depend_on_where_it_stands() {
    let x: Vec<f64> = (0..300).map(|i| f64::from(i).sin()).collect();
    on_each_set(|_| {
        let expected = f64::sum_of_terms(&x[..200]);
        for start in 1..20 {
            let mut moved = vec![0.0; start];
            moved.extend_from_slice(&x[..200]);
            assert_eq!(f64::sum_of_terms(&moved[start..]), expected);
        }
    });
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    for len in [-1, 0, 1, 4097, PART.cast_signed() * 3, PART.cast_signed() * 3 + 5] {
        let len = WORTH.checked_add_signed(len).unwrap();
        let x: Vec<f64> = (0..len).map(|i| (i as f64).sin()).collect();
        let sums = || {
            let products = f64::sum_of_products(&x, &x);
            [f64::sum_of_terms(&x), f64::sum_of_squares(&x, 0.1), products]
        };
        let expected = with_threads(1, sums);
        for threads in [2, 3, 7] {
            assert_eq!(with_threads(threads, sums), expected, "{threads} threads, {len}");
        }
    }
}

#[test]
fn rows_on_several_threads() {
    for [rows, columns] in [[2, WORTH_EXP / 2], [3, WORTH_EXP + 1], [2000, 33], [9, PART_EXP]] {
        let x: Vec<f64> = (0..rows * columns).map(|i| (i as f64).sin()).collect();
        let softmax = |normalized| {
            let mut e = x.clone();
            let (mut maxima, mut sums) = (vec![0.0; rows], vec![0.0; rows]);
            f64::exp_rows(ExpRows {
                x: &x,
                columns,
                normalized,
                exponentials: Some(&mut e),
                maxima: &mut maxima,
                sums: &mut sums,
            });
            (e, maxima, sums)
        };
        for normalized in [false, true] {
            let expected = with_threads(1, || softmax(normalized));
            for threads in [2, 3, 7] {
                let result = with_threads(threads, || softmax(normalized));
                assert!(result == expected, "{threads} threads, {rows} {columns}");
            }
        }
    }
}

#[test]
fn maxima() {
    on_each_set(|set| {
        for len in 1..150 {
            for at in [0, len / 2, len - 1] {
                let mut x = vec![-3.0_f64; len];
                x[at] = -1.0;
                assert_eq!(f64::largest(&x), -1.0, "{set:?}, {len}");
                x[at] = f64::NAN;
                assert!(f64::largest(&x).is_nan(), "{set:?}, {len}");
            }
        }
    });
}

#[test]
fn exponentials_of_rows() {
    on_each_set(|set| {
        for columns in [1, 3, 10, 16, 40, 300] {
            let x: Vec<f64> = (0..3 * columns).map(|i| (i * 5 % 17) as f64 + 700.0).collect();
            let (mut e, mut maxima, mut sums) = (x.clone(), vec![0.0; 3], vec![0.0; 3]);
            f64::exp_rows(ExpRows {
                x: &x,
                columns,
                normalized: false,
                exponentials: Some(&mut e),
                maxima: &mut maxima,
                sums: &mut sums,
            });
            let per_row = maxima.iter().zip(&sums);
            for ((x, e), (&maximum, &sum)) in x.chunks(columns).zip(e.chunks(columns)).zip(per_row)
            {
                assert_eq!(maximum, x.iter().copied().fold(0.0, f64::max), "{set:?}");
                let expected: f64 = x.iter().map(|x| (x - maximum).exp()).sum();
                assert!((sum - expected).abs() < 1e-13 * expected, "{set:?}");
                for (e, x) in e.iter().zip(x) {
                    // One ulp of each.
                    assert!((e - (x - maximum).exp()).abs() <= 2.0 * f64::EPSILON * e, "{set:?}");
                }
            }
        }
    });
}
