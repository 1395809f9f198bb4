//! Operators against loops over multi-indices, and their cotangents against central differences.

use crate::adjoint::difference::{check, close, sample};
use crate::differentiable::Tangent;
use crate::ops::broadcast::{Broadcast, BroadcastRank};
use crate::ops::rank::{AnyRank, Rank};
use crate::private::{Witness, sum_to};
use crate::{Real, Tensor};

/// The dimensions of the result of broadcasting, by the definition: `None` if there is none.
fn broadcast_shape(a: &[usize], b: &[usize]) -> Option<Vec<usize>> {
    let rank = a.len().max(b.len());
    let padded = |shape: &[usize]| [vec![1; rank - shape.len()], shape.to_vec()].concat();
    let pairs = padded(a).into_iter().zip(padded(b));
    pairs
        .map(|pair| match pair {
            (m, n) if m == n => Some(m),
            (1, n) | (n, 1) => Some(n),
            _ => None,
        })
        .collect()
}

/// The element that stands at `index` of a result, in an operand that was broadcast.
fn at<const R: usize>(x: &Tensor<R, f64>, index: &[usize]) -> f64 {
    let own = &index[index.len() - R..];
    let position = own
        .iter()
        .zip(&x.shape)
        .fold(0, |position, (&i, &size)| position * size + if size == 1 { 0 } else { i });
    x.data[position]
}

/// All indices of a shape in row-major order.
fn indices(shape: &[usize]) -> Vec<Vec<usize>> {
    shape.iter().fold(vec![vec![]], |indices, &size| {
        let longer = |index: Vec<usize>| (0..size).map(move |i| [&index[..], &[i]].concat());
        indices.into_iter().flat_map(longer).collect()
    })
}

fn expected<const A: usize, const B: usize>(
    a: &Tensor<A, f64>,
    b: &Tensor<B, f64>,
    f: impl Fn(f64, f64) -> f64,
) -> (Vec<usize>, Vec<f64>) {
    let shape = broadcast_shape(&a.shape, &b.shape).unwrap();
    let data = indices(&shape).iter().map(|index| f(at(a, index), at(b, index))).collect();
    (shape, data)
}

fn assert_is<Y: AnyRank<Element = f64>>(y: &Y, (shape, data): &(Vec<usize>, Vec<f64>)) {
    assert_eq!(y.dimensions(), shape);
    assert_eq!(y.elements(), data);
}

/// All operators for operands of these shapes, in all four ways to own them, and their cotangents.
fn check_pair<const A: usize, const B: usize>(a: [usize; A], b: [usize; B])
where
    Rank<A>: BroadcastRank<B>,
    Rank<B>: BroadcastRank<A>,
{
    // Away from 0, for the quotients.
    let a = sample(a, 3).map(|x| x + x.signum());
    let b = sample(b, 4).map(|x| x + x.signum());
    macro_rules! check_operator {
        ($symbol:tt) => {{
            let expected = expected(&a, &b, |a, b| a $symbol b);
            assert_is(&(&a $symbol &b), &expected);
            assert_is(&(a.clone() $symbol &b), &expected);
            assert_is(&(&a $symbol b.clone()), &expected);
            assert_is(&(a.clone() $symbol b.clone()), &expected);
        }};
    }
    check_operator!(+);
    check_operator!(-);
    check_operator!(*);
    check_operator!(/);
    assert_is(&a.maximum(&b), &expected(&a, &b, f64::max));
    assert_is(&a.minimum(&b), &expected(&a, &b, f64::min));
    check_assigning(&a, &b);
    check_cotangents(&a, &b);
}

fn check_assigning<const A: usize, const B: usize>(a: &Tensor<A, f64>, b: &Tensor<B, f64>) {
    if broadcast_shape(&a.shape, &b.shape).as_deref() != Some(&a.shape) {
        return;
    }
    macro_rules! check_operator {
        ($symbol:tt $assigning:tt) => {{
            let expected = expected(a, b, |a, b| a $symbol b);
            let mut by_reference = a.clone();
            by_reference $assigning b;
            assert_is(&by_reference, &expected);
            let mut by_value = a.clone();
            by_value $assigning b.clone();
            assert_is(&by_value, &expected);
        }};
    }
    check_operator!(+ +=);
    check_operator!(- -=);
    check_operator!(* *=);
    check_operator!(/ /=);
}

/// A result as a tensor of rank 6, so that one text serves all ranks.
type Y = Tensor<6, f64>;

fn wide<X: AnyRank<Element = f64>>(x: &X) -> Y {
    let mut shape = [1; 6];
    shape[6 - x.dimensions().len()..].copy_from_slice(x.dimensions());
    Tensor { shape, data: x.elements().to_vec() }
}

/// The rules of the four operators, as a reverse pass spells them.
fn check_cotangents<const A: usize, const B: usize>(a: &Tensor<A, f64>, b: &Tensor<B, f64>)
where
    Rank<A>: BroadcastRank<B>,
    Rank<B>: BroadcastRank<A>,
{
    let (wa, wb) = (Witness::of(a), Witness::of(b));
    let repeated_a = |dy: &Y| wide(&a.broadcast_to(dy.shape));
    let repeated_b = |dy: &Y| wide(&b.broadcast_to(dy.shape));
    let add = |acc: &mut Tensor<A, f64>, dy: Y| acc.accumulate(sum_to(&wa, dy));
    check(a, |a| wide(&(a + b)), |acc, dy| add(acc, dy.clone()));
    check(a, |a| wide(&(b - a)), |acc, dy| add(acc, -dy));
    check(
        a,
        |a| wide(&(a * b)),
        |acc, dy| {
            if !dy.is_symbolic_zero() {
                add(acc, dy * repeated_b(dy));
            }
        },
    );
    check(a, |a| wide(&(a / b)), |acc, dy| add(acc, dy / wide(b)));
    let add = |acc: &mut Tensor<B, f64>, dy: Y| acc.accumulate(sum_to(&wb, dy));
    check(
        b,
        |b| wide(&(a / b)),
        |acc, dy| {
            if !dy.is_symbolic_zero() {
                let y = repeated_a(dy) / repeated_b(dy);
                add(acc, -(dy * y / repeated_b(dy)));
            }
        },
    );
}

#[test]
fn equal_shapes() {
    check_pair([3], [3]);
    check_pair([2, 3], [2, 3]);
    check_pair([], []);
    check_pair([0, 2], [0, 2]);
    check_pair([1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1]);
}

#[test]
fn rows_and_columns() {
    check_pair([4, 3], [3]);
    check_pair([3], [4, 3]);
    check_pair([4, 3], [4, 1]);
    check_pair([4, 1], [1, 3]);
    check_pair([1, 3], [4, 1]);
    check_pair([2, 3, 4], [3, 1]);
    check_pair([2, 3, 4], [2, 1, 1]);
    check_pair([2, 1, 4], [3, 1]);
}

#[test]
fn axes_of_size_one_and_none() {
    check_pair([2, 2], []);
    check_pair([], [2, 1, 2]);
    check_pair([1], [2, 2]);
    check_pair([1, 1, 1], [2]);
    check_pair([3], [1, 3]);
    check_pair([1, 2, 1], [2]);
    check_pair([1, 0], [2, 1]);
    check_pair([0], [3, 1]);
    check_pair([3, 0], [1]);
}

#[test]
fn alternating_axes() {
    check_pair([2, 1, 3, 1], [1, 2, 1, 2]);
    check_pair([1, 2, 1, 2, 1, 2], [2, 1, 2, 1, 2, 1]);
    check_pair([2, 2, 1, 1, 2], [2, 2]);
    check_pair([2, 3, 1, 2], [2, 1, 3, 2]);
}

#[test]
fn sums_of_many_repetitions() {
    let x = sample([2, 300, 3], 7);
    let sums = |shape: &[usize]| {
        let mut sums = vec![0.0; shape.iter().product()];
        for index in indices(&x.shape) {
            let position = shape
                .iter()
                .zip(&index)
                .fold(0, |p, (&size, &i)| p * size + if size == 1 { 0 } else { i });
            sums[position] += at(&x, &index);
        }
        sums
    };
    for shape in [[1, 1, 3], [2, 1, 3], [2, 300, 1], [1, 300, 3], [1, 300, 1], [2, 1, 1], [1, 1, 1]]
    {
        let operand = Tensor::<3, f64>::zeros(shape);
        let sum = sum_to(&Witness::of(&operand), x.clone());
        assert_eq!(sum.shape, shape);
        close(&sum.data, &sums(&shape));
    }
    let bias = Tensor::<1, f64>::zeros([3]);
    close(&sum_to(&Witness::of(&bias), x.clone()).data, &sums(&[1, 1, 3]));
    close(&[sum_to(&Witness::of(&1.0), x.clone())], &sums(&[1, 1, 1]));
}

#[test]
fn sums_in_single_precision_stay_accurate() {
    // The neighbour of 0.1 in f32, 1 << 20 times: the exact sum has a closed form.
    let n = 1 << 20;
    let x = Tensor::<2, f32>::full([n, 2], 0.1);
    let bias = Tensor::<1, f32>::zeros([2]);
    let exact = f64::from(0.1_f32) * n as f64;
    for sum in sum_to(&Witness::of(&bias), x).into_vec() {
        assert!((f64::from(sum) - exact).abs() < 1e-5 * exact, "{sum}, expected {exact}");
    }
}

#[test]
fn a_cotangent_that_was_not_broadcast_is_moved() {
    let x = sample([2, 3], 1);
    let storage = x.data.as_ptr();
    let moved = sum_to(&Witness::of(&Tensor::<2, f64>::zeros([2, 3])), x);
    assert_eq!(moved.data.as_ptr(), storage);
    let moved =
        sum_to(&Witness::of(&Tensor::<1, f64>::zeros([3])), moved.reshape([1, 6]).slice(1, ..3));
    assert_eq!(moved.shape, [3]);
}

#[test]
fn storage_of_owned_operands_is_reused() {
    let (a, row) = (sample([2, 3], 1), sample([3], 2));
    let owned = a.clone();
    let storage = owned.data.as_ptr();
    let y = owned + &a;
    let y = &a * y;
    let y = y - &row;
    let y = &row / y;
    let y = -(2.0 * y + 1.0);
    let y = 1.0 - row.clone() * y;
    assert_eq!(y.data.as_ptr(), storage);
}

#[test]
fn symbolic_zeros_stay_symbolic() {
    let zero = Tensor::<2, f64>::symbolic_zero();
    let (x, row, scalar) = (sample([2, 3], 1), sample([3], 2), sample([], 3));
    assert!((&zero * &x).is_symbolic_zero());
    assert!((zero.clone() * &row).is_symbolic_zero());
    assert!((&zero / x.clone()).is_symbolic_zero());
    assert!((&zero * &scalar).is_symbolic_zero());
    assert!((&zero - &zero * (&x * &x)).is_symbolic_zero());
    assert!((-(&zero * 2.0)).is_symbolic_zero());
    assert!(sum_to(&Witness::of(&row), zero.clone()).is_symbolic_zero());
    assert!(sum_to(&Witness::of(&scalar), zero.clone()).is_symbolic_zero());
    assert_eq!(sum_to(&Witness::of(&1.0), zero), 0.0);
    let zero = Tensor::<0, f64>::symbolic_zero();
    assert!((&zero * &scalar).is_symbolic_zero());
    assert!((&zero / &scalar).is_symbolic_zero());
    assert!(sum_to(&Witness::of(&scalar), zero.clone()).is_symbolic_zero());
    let y: Tensor<2, f64> = zero * &x;
    assert!(y.is_symbolic_zero());
}

/// Literals without a suffix take the precision of the tensor.
#[test]
#[allow(clippy::op_ref, reason = "generated code borrows operands whose type it does not know")]
fn scalars_on_either_side() {
    let (single, double) = (Tensor::<1>::full([2], 4.0), Tensor::<1, f64>::full([2], 4.0));
    let y = 2.0 * &single;
    assert_eq!(y.as_slice(), [8.0_f32; 2]);
    let y = 2.0 * &double;
    assert_eq!(y.as_slice(), [8.0_f64; 2]);
    assert_eq!((&single * 2.0).as_slice(), [8.0_f32; 2]);
    assert_eq!((&double * 2.0).as_slice(), [8.0_f64; 2]);
    assert_eq!((1.0 - &single).exp().sum(), 2.0 * (-3.0_f32).exp());
    assert_eq!((1.0 - &double).sum(), -6.0);
    assert_eq!((1.0 / single.clone()).sum() + (single.clone() / 2.0).sum(), 4.5);
    let (s, t) = (0.5, -1.0);
    assert_eq!((&double * &s + &t * &double - t).sum(), -2.0);
    assert_eq!((&s / double.clone()).sum() + (double.clone() - &s).sum(), 7.25);
    let mut z = double;
    z += 1.0;
    z -= &2.0;
    z *= 4.0;
    z /= &s;
    assert_eq!(z.as_slice(), [24.0; 2]);
}

fn generic<const R: usize, T: Real>(x: &Tensor<R, T>, s: T) -> Tensor<R, T> {
    (x + x) * s - x / s + (x.clone() * x.clone()).maximum(x)
}

fn doubly_generic<const A: usize, const B: usize, T: Real>(
    a: &Tensor<A, T>,
    b: &Tensor<B, T>,
) -> Broadcast<A, B, T>
where
    Rank<A>: BroadcastRank<B>,
{
    a * b
}

#[test]
fn generic_ranks() {
    assert_eq!(generic(&Tensor::from([2.0, 4.0]), 2.0), Tensor::from([11.0, 30.0]));
    let y = doubly_generic(&Tensor::from([[2.0], [4.0]]), &Tensor::from([1.0, 10.0]));
    assert_eq!(y, Tensor::from([[2.0, 20.0], [4.0, 40.0]]));
}

#[test]
fn nan_wins() {
    let (x, y) = (Tensor::from([f64::NAN, 1.0]), Tensor::from([1.0, f64::NAN]));
    assert!(x.maximum(&y).iter().all(|x| x.is_nan()));
    assert!(x.minimum(&y).iter().all(|x| x.is_nan()));
}

#[test]
#[should_panic(expected = "add: [2, 3] and [2]: the dimensions 3 and 2 differ")]
fn add_misfits() {
    let _ = sample([2, 3], 1) + sample([2], 1);
}

#[test]
#[should_panic(expected = "mul: [3] and [2, 4]: the dimensions 3 and 4 differ")]
fn mul_misfits() {
    let _ = &sample([3], 1) * &sample([2, 4], 1);
}

#[test]
#[should_panic(expected = "maximum: [3] and [0]: the dimensions 3 and 0 differ")]
fn maximum_misfits() {
    let _ = sample([3], 1).maximum(&sample([0], 1));
}

#[test]
#[should_panic(expected = "sub_assign: [2, 3] cannot be broadcast to [3]")]
fn sub_assign_to_fewer_axes() {
    let mut x = sample([3], 1);
    x -= sample([2, 3], 1);
}

#[test]
#[should_panic(expected = "mul_assign: [2] cannot be broadcast to [1]")]
fn mul_assign_to_a_smaller_axis() {
    let mut x = sample([1], 1);
    x *= &sample([2], 1);
}

#[test]
fn the_panic_names_the_line_of_the_caller() {
    use std::sync::{Arc, Mutex};
    let seen = Arc::new(Mutex::new(None));
    let (result, line) = {
        let (a, b) = (sample([2], 1), sample([3], 1));
        let seen = Arc::clone(&seen);
        let previous = std::panic::take_hook();
        let this_thread = std::thread::current().id();
        std::panic::set_hook(Box::new(move |info| {
            if std::thread::current().id() == this_thread {
                let place = info.location().map(|at| (at.file().to_owned(), at.line()));
                *seen.lock().unwrap() = place;
            } else {
                previous(info);
            }
        }));
        (std::panic::catch_unwind(|| &a + &b), line!())
    };
    let _ = std::panic::take_hook();
    assert!(result.is_err());
    assert_eq!(*seen.lock().unwrap(), Some((file!().to_owned(), line)));
}

#[test]
fn a_short_row_meets_many_rows() {
    for columns in [1, 3, 7, 127, 128, 300] {
        let rows = 90;
        let x = Tensor::from_fn([rows, columns], |[i, j]| (i * columns + j) as f64);
        let bias = Tensor::from_fn([columns], |[j]| 1000.0 * j as f64);
        let expected =
            Tensor::from_fn([rows, columns], |[i, j]| (i * columns + j) as f64 - 1000.0 * j as f64);
        assert_eq!(&x - &bias, expected);
        assert_eq!(x.clone() - &bias, expected);
        assert_eq!(&bias - &x, -&expected);
        let mut assigned = x;
        assigned -= bias;
        assert_eq!(assigned, expected);
    }
}
