//! Against loops over all indices.

use super::{Input, Sink, run};
use crate::kernel::dispatch::tests::on_each_set;
use crate::kernel::threads::with_threads;
use crate::kernel::{ElementwiseKernel, Lane};
use std::panic::catch_unwind;

/// `a b + c`, and the product twice.
struct Kernel;

impl ElementwiseKernel<f64, 3, 4> for Kernel {
    #[inline(always)]
    fn eval<L: Lane<Scalar = f64>>(&self, [a, b, c]: [L; 3]) -> [L; 4] {
        [a * b + c, a * b, a * b, b]
    }
}

/// The position in a tensor of the dimensions `own` of an index into `shape`.
fn position(index: &[usize], own: &[usize]) -> usize {
    let index = &index[index.len() - own.len()..];
    index.iter().zip(own).fold(0, |at, (&i, &size)| at * size + if size == 1 { 0 } else { i })
}

fn indices(shape: &[usize]) -> Vec<Vec<usize>> {
    let len: usize = shape.iter().product();
    let index = |mut rest: usize| {
        let mut index: Vec<usize> = Vec::new();
        for &size in shape.iter().rev() {
            index.insert(0, rest % size);
            rest /= size;
        }
        index
    };
    (0..len).map(index).collect()
}

/// Small integers, so that sums are exact in every order.
fn data(shape: &[usize], seed: usize) -> Vec<f64> {
    let len: usize = shape.iter().product();
    (0..len).map(|i| ((i * 7 + seed) % 11) as f64 - 5.0).collect()
}

fn check(shape: &[usize], a: &[usize], b: &[usize], c: &[usize]) {
    on_each_set(|_| check_once(shape, a, b, c));
}

fn check_once(shape: &[usize], a: &[usize], b: &[usize], c: &[usize]) {
    let tensors = [data(a, 1), data(b, 2), data(c, 3)];
    let [x, y, z] = &tensors;
    let len: usize = shape.iter().product();
    let (mut written, mut sum) = (Vec::with_capacity(len), 1.0);
    let (mut to_b, mut to_c) = (data(b, 4), data(c, 5));
    let mut expected = (vec![0.0; len], sum, to_b.clone(), to_c.clone());
    for (i, index) in indices(shape).iter().enumerate() {
        let (at_b, at_c) = (position(index, b), position(index, c));
        let product = x[position(index, a)] * y[at_b];
        expected.0[i] = product + z[at_c];
        expected.1 += product;
        expected.2[at_b] += product;
        expected.3[at_c] += y[at_b];
    }
    let input = |data, shape| Input { data, shape, is_cotangent: false };
    run(
        &Kernel,
        shape,
        [input(x, a), input(y, b), input(z, c)],
        [
            Sink::New(&mut written),
            Sink::Sum(&mut sum),
            Sink::Add { data: &mut to_b, shape: b },
            Sink::Add { data: &mut to_c, shape: c },
        ],
    );
    assert_eq!((written, sum, to_b, to_c), expected, "{shape:?} {a:?} {b:?} {c:?}");
}

#[test]
fn every_way_to_broadcast() {
    check(&[5], &[5], &[5], &[5]);
    check(&[1030], &[1030], &[], &[1]);
    check(&[3, 4], &[3, 4], &[4], &[3, 1]);
    check(&[300, 4], &[300, 4], &[4], &[300, 1]);
    check(&[300, 4], &[4], &[300, 1], &[]);
    check(&[3, 1500], &[3, 1500], &[1500], &[3, 1]);
    check(&[300, 70], &[300, 70], &[70], &[300, 1]);
    check(&[300, 70], &[1, 70], &[300, 70], &[1, 1]);
    check(&[2, 3, 4, 5], &[2, 3, 4, 5], &[3, 1, 5], &[2, 1, 4, 1]);
    check(&[2, 3, 4, 65], &[2, 3, 4, 65], &[3, 1, 65], &[2, 1, 4, 1]);
    check(&[2, 3, 4, 65], &[4, 65], &[2, 1, 1, 1], &[3, 4, 1]);
    check(&[1, 1], &[1, 1], &[1], &[]);
    check(&[], &[], &[], &[]);
    check(&[200, 3, 1, 2], &[3, 1, 2], &[200, 1, 1, 2], &[2]);
}

#[test]
fn nothing_to_visit() {
    check(&[0, 3], &[0, 3], &[3], &[1]);
}

#[test]
fn a_zero_cotangent_is_read_as_zero() {
    let x = [1.0, 2.0];
    let mut sum = 0.0;
    let input = |data, shape| Input { data, shape, is_cotangent: true };
    run(
        &Kernel,
        &[2],
        [input(&x, &[2]), input(&x, &[2]), input(&[], &[0])],
        [Sink::Sum(&mut sum), Sink::None, Sink::None, Sink::None],
    );
    assert_eq!(sum, 5.0);
}

#[test]
fn long_sums_are_accurate() {
    struct Identity;
    impl ElementwiseKernel<f32, 1, 2> for Identity {
        #[inline(always)]
        fn eval<L: Lane<Scalar = f32>>(&self, [x]: [L; 1]) -> [L; 2] {
            [x, x]
        }
    }
    let x = vec![0.1_f32; 1 << 22];
    let exact = f64::from(0.1_f32) * f64::from(1 << 22);
    on_each_set(|set| {
        let (mut sum, mut columns) = (0.0, vec![0.0; 64]);
        run(
            &Identity,
            &[1 << 16, 64],
            [Input { data: &x, shape: &[1 << 16, 64], is_cotangent: false }],
            [Sink::Sum(&mut sum), Sink::Add { data: &mut columns, shape: &[64] }],
        );
        assert!((f64::from(sum) / exact - 1.0).abs() < 1e-5, "{set:?}: {sum}, not {exact}");
        for column in columns {
            let ratio = f64::from(column) * 64.0 / exact;
            assert!((ratio - 1.0).abs() < 3e-5, "{set:?}: {column}, not {}", exact / 64.0);
        }
    });
}

#[test]
fn infinite_sums_are_infinite() {
    let x = [f64::INFINITY, 1.0];
    let y = [1.0, 1.0];
    let mut sum = 0.0;
    let input = |data| Input { data, shape: &[2], is_cotangent: false };
    run(
        &Kernel,
        &[2],
        [input(&x), input(&y), input(&y)],
        [Sink::Sum(&mut sum), Sink::None, Sink::None, Sink::None],
    );
    assert_eq!(sum, f64::INFINITY);
}

/// Shapes of passes that are divided, and those of their operands.
const LARGE: [[&[usize]; 4]; 11] = [
    [&[70_001], &[70_001], &[], &[1]],
    [&[140_001], &[140_001], &[], &[1]],
    [&[2, 70_000], &[2, 70_000], &[70_000], &[2, 1]],
    [&[70, 17_000], &[70, 17_000], &[70, 1], &[17_000]],
    [&[400, 350], &[400, 350], &[350], &[400, 1]],
    [&[3000, 64], &[3000, 64], &[64], &[3000, 1]],
    [&[14_000, 10], &[14_000, 10], &[10], &[14_000, 1]],
    [&[14_000, 10], &[10], &[14_000, 1], &[]],
    [&[70_000, 2], &[70_000, 2], &[2], &[1, 1]],
    [&[70, 30, 8, 9], &[70, 30, 8, 9], &[30, 1, 9], &[70, 1, 8, 1]],
    [&[7, 30, 8, 90], &[8, 90], &[7, 1, 1, 1], &[30, 8, 1]],
];

#[test]
fn parts_give_what_loops_give() {
    for [shape, a, b, c] in LARGE {
        with_threads(3, || check_once(shape, a, b, c));
    }
}

/// All outputs of a pass over numbers whose sums are rounded.
fn outputs([shape, a, b, c]: [&[usize]; 4]) -> Vec<u64> {
    let numbers = |shape: &[usize]| -> Vec<f64> {
        (0..shape.iter().product()).map(|i: usize| (i as f64 * 0.7).sin()).collect()
    };
    let (x, y, z) = (numbers(a), numbers(b), numbers(c));
    let (mut written, mut sum) = (Vec::with_capacity(shape.iter().product()), 1.0);
    let (mut to_b, mut to_c) = (numbers(b), numbers(c));
    let input = |data, shape| Input { data, shape, is_cotangent: false };
    run(
        &Kernel,
        shape,
        [input(&x, a), input(&y, b), input(&z, c)],
        [
            Sink::New(&mut written),
            Sink::Sum(&mut sum),
            Sink::Add { data: &mut to_b, shape: b },
            Sink::Add { data: &mut to_c, shape: c },
        ],
    );
    written.push(sum);
    written.iter().chain(&to_b).chain(&to_c).map(|x: &f64| x.to_bits()).collect()
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    for shapes in LARGE {
        let expected = with_threads(1, || outputs(shapes));
        for threads in [2, 3, 7] {
            assert!(with_threads(threads, || outputs(shapes)) == expected, "{threads}: {shapes:?}");
        }
    }
}

#[test]
fn a_panic_within_a_part_comes_back() {
    struct Fails;
    impl ElementwiseKernel<f64, 1, 1> for Fails {
        #[inline(always)]
        fn eval<L: Lane<Scalar = f64>>(&self, [x]: [L; 1]) -> [L; 1] {
            let mut scalars = [0.0; crate::kernel::lane::MAX_LEN];
            x.store(&mut scalars);
            assert!(!scalars.contains(&1.0), "a pass fails");
            [x]
        }
    }
    let mut x = vec![0.0; 200_000];
    x[77_777] = 1.0;
    let outcome = catch_unwind(|| {
        with_threads(2, || {
            let (shape, mut y) = ([x.len()], Vec::with_capacity(x.len()));
            let input = Input { data: &x, shape: &shape, is_cotangent: false };
            run(&Fails, &shape, [input], [Sink::New(&mut y)]);
        });
    });
    let says = outcome.unwrap_err();
    assert_eq!(*says.downcast_ref::<&str>().unwrap(), "a pass fails");
}
