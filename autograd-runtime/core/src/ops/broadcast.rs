//! Two operands of different shapes: broadcasting as in `NumPy`, and back.
//!
//! Shapes are aligned at their last axes; an axis that one operand lacks, or has with size 1, is
//! repeated along the other's. The elements of the result are visited in rows as long as possible:
//! neighbouring axes along which both operands go on with one stride are fused, so that two tensors
//! of one shape are a single row, and in a row each operand advances by one element or stays.

use super::lanes::sum_block;
use super::operation::Arithmetic;
use super::rank::{AnyRank, Rank};
use super::walk::strides;
use crate::kernel::pool::{self, Scratch};
use crate::kernel::{Binary, Unary};
use crate::private::Broadcastable;
use crate::{Real, Tangent, Tensor};
use std::array::from_fn;
use std::iter::repeat_n;

/// Pairs of ranks that can be broadcast to each other: all from 0 to 6, and equal ones.
///
/// Operations on two tensors return [`Broadcast<A, B, T>`](Broadcast), the tensor of the larger
/// rank. A function that is generic over two ranks asks for it with
/// `where Rank<A>: BroadcastRank<B>`; one that is generic over a single rank needs no bound.
///
/// ```
/// use autograd_runtime::{Tensor, Real};
///
/// fn midpoint<const R: usize, T: Real>(a: &Tensor<R, T>, b: &Tensor<R, T>) -> Tensor<R, T> {
///     (a + b) * T::from_f64(0.5)
/// }
/// let m = midpoint(&Tensor::from([1.0, 2.0]), &Tensor::from([3.0, 6.0]));
/// assert_eq!(m, Tensor::from([2.0, 4.0]));
/// ```
#[diagnostic::on_unimplemented(
    message = "tensors of these ranks cannot be broadcast to each other",
    label = "the ranks must be equal, or from 0 to 6",
    note = "in a function that is generic over two ranks, add `where Rank<A>: BroadcastRank<B>`"
)]
pub trait BroadcastRank<const B: usize> {
    /// The tensor of the larger rank.
    type Output<T>: AnyRank<Element = T>;
}

/// The tensor of the larger of the ranks `A` and `B`.
pub type Broadcast<const A: usize, const B: usize, T> = <Rank<A> as BroadcastRank<B>>::Output<T>;

impl<const R: usize> BroadcastRank<R> for Rank<R> {
    type Output<T> = Tensor<R, T>;
}

macro_rules! pairs {
    ($($less:literal < $($more:literal)*;)*) => {$($(
        impl BroadcastRank<$less> for Rank<$more> {
            type Output<T> = Tensor<$more, T>;
        }
        impl BroadcastRank<$more> for Rank<$less> {
            type Output<T> = Tensor<$more, T>;
        }
    )*)*};
}
pairs! {
    0 < 1 2 3 4 5 6;
    1 < 2 3 4 5 6;
    2 < 3 4 5 6;
    3 < 4 5 6;
    4 < 5 6;
    5 < 6;
}

/// An operand, owned or borrowed. The storage of an owned one is reused for the result.
pub(crate) trait Operand<const R: usize, T: Copy> {
    const OWNED: bool;
    fn tensor(&self) -> &Tensor<R, T>;
    fn into_data(self) -> Vec<T>;
}

impl<const R: usize, T: Copy> Operand<R, T> for Tensor<R, T> {
    const OWNED: bool = true;
    #[inline(always)]
    fn tensor(&self) -> &Tensor<R, T> {
        self
    }
    #[inline(always)]
    fn into_data(self) -> Vec<T> {
        self.into_vec()
    }
}

impl<const R: usize, T: Copy> Operand<R, T> for &Tensor<R, T> {
    const OWNED: bool = false;
    #[inline(always)]
    fn tensor(&self) -> &Tensor<R, T> {
        self
    }
    #[inline(always)]
    fn into_data(self) -> Vec<T> {
        pool::copied(&self.data)
    }
}

/// An operation on each element.
#[inline]
pub(crate) fn map<const R: usize, T: Real, X: Operand<R, T>>(op: Unary<T>, x: X) -> Tensor<R, T> {
    let shape = x.tensor().shape;
    let data = if X::OWNED {
        let mut data = x.into_data();
        op.update(&mut data);
        data
    } else {
        op.map(&x.tensor().data)
    };
    Tensor { shape, data }
}

/// An operation on each pair of elements, with broadcasting.
#[inline]
#[track_caller]
pub(crate) fn combine<const A: usize, const B: usize, T, X, Y>(
    op: Arithmetic,
    x: X,
    y: Y,
) -> Broadcast<A, B, T>
where
    Rank<A>: BroadcastRank<B>,
    T: Real,
    X: Operand<A, T>,
    Y: Operand<B, T>,
{
    let (a, b) = (x.tensor(), y.tensor());
    if a.shape[..] == b.shape[..] && a.data.len() == b.data.len() {
        let shape = a.shape;
        let data = if X::OWNED {
            let mut data = x.into_data();
            op.of_arrays().update_left(&mut data, &y.tensor().data);
            data
        } else if Y::OWNED {
            let mut data = y.into_data();
            op.of_arrays().update_right(&x.tensor().data, &mut data);
            data
        } else {
            op.of_arrays().map(&a.data, &b.data)
        };
        AnyRank::from_parts(&shape, data)
    } else if A >= B {
        let (shape, data) = combine_unequal::<A, A, B, T, X, Y>(op, x, y);
        AnyRank::from_parts(&shape, data)
    } else {
        let (shape, data) = combine_unequal::<B, A, B, T, X, Y>(op, x, y);
        AnyRank::from_parts(&shape, data)
    }
}

/// [`combine`] for different shapes, `R` being the larger rank.
#[track_caller]
fn combine_unequal<const R: usize, const A: usize, const B: usize, T, X, Y>(
    op: Arithmetic,
    x: X,
    y: Y,
) -> ([usize; R], Vec<T>)
where
    T: Real,
    X: Operand<A, T>,
    Y: Operand<B, T>,
{
    let (a, b) = (x.tensor(), y.tensor());
    let fitting = broadcast_shape::<R>(&a.shape, &b.shape);
    // At rank 0 it is only the missing element that tells the symbolic zero.
    if op.zero_absorbs() && a.is_symbolic_zero() && (A == 0 || fitting.is_err()) {
        return ([0; R], Vec::new());
    }
    let shape = match fitting {
        Ok(shape) => shape,
        Err((m, n)) => panic!(
            "{}: {:?} and {:?}: the dimensions {m} and {n} differ",
            op.name(),
            a.shape,
            b.shape
        ),
    };
    let rows = Rows::new(shape, strides_within(&a.shape), strides_within(&b.shape));
    let len = shape.iter().product();
    // An operand that has as many elements as the result is not repeated.
    let data = if X::OWNED && a.data.len() == len {
        let mut data = x.into_data();
        rows.update_left(op, &mut data, &y.tensor().data);
        data
    } else if Y::OWNED && b.data.len() == len {
        let mut data = y.into_data();
        rows.update_right(op, &x.tensor().data, &mut data);
        data
    } else {
        rows.map(op, &a.data, &b.data, len)
    };
    (shape, data)
}

/// An assigning operation: each element of `a` becomes that of `a op b`; `b` is broadcast to it.
#[inline]
#[track_caller]
pub(crate) fn assign<const A: usize, const B: usize, T: Real>(
    name: &str,
    op: Arithmetic,
    a: &mut Tensor<A, T>,
    b: &Tensor<B, T>,
) {
    if a.shape[..] == b.shape[..] && a.data.len() == b.data.len() {
        op.of_arrays().update_left(&mut a.data, &b.data);
        return;
    }
    let fits = B <= A
        && a.shape[A - B..].iter().zip(&b.shape).all(|(&size, &own)| own == size || own == 1);
    assert!(fits, "{name}: {:?} cannot be broadcast to {:?}", b.shape, a.shape);
    let rows = Rows::new(a.shape, strides_within(&a.shape), strides_within(&b.shape));
    rows.update_left(op, &mut a.data, &b.data);
}

/// `x` repeated to a shape of another rank.
#[track_caller]
pub(crate) fn repeat<const A: usize, const R: usize, T: Copy>(
    x: &Tensor<A, T>,
    shape: [usize; R],
) -> Tensor<R, T> {
    let fits =
        A <= R && shape[R - A..].iter().zip(&x.shape).all(|(&size, &own)| own == size || own == 1);
    assert!(fits, "broadcast_to: {:?} cannot be broadcast to {shape:?}", x.shape);
    let own = strides_within(&x.shape);
    let data = Rows::new(shape, own, own).repeat(&x.data, shape.iter().product());
    Tensor { shape, data }
}

/// The shape of the result of broadcasting, or the two dimensions that do not fit.
pub(crate) fn broadcast_shape<const R: usize>(
    a: &[usize],
    b: &[usize],
) -> Result<[usize; R], (usize, usize)> {
    // Counted from the last axis, where the shapes are aligned.
    let size = |shape: &[usize], d: usize| (d + shape.len()).checked_sub(R).map_or(1, |d| shape[d]);
    let mut shape = [0; R];
    for (d, out) in shape.iter_mut().enumerate() {
        *out = match (size(a, d), size(b, d)) {
            (m, n) if m == n || n == 1 => m,
            (1, n) => n,
            pair => return Err(pair),
        };
    }
    Ok(shape)
}

/// The strides of a contiguous tensor seen from a shape of rank `R`: 0 where it is repeated.
fn strides_within<const A: usize, const R: usize>(shape: &[usize; A]) -> [usize; R] {
    let own = strides(shape);
    from_fn(|d| match (d + A).checked_sub(R) {
        Some(d) if shape[d] != 1 => own[d],
        _ => 0,
    })
}

/// An axis of the result, and how far each operand advances along it.
#[derive(Clone, Copy)]
struct Axis {
    size: usize,
    a: usize,
    b: usize,
}

/// The rows in which the elements of two operands are visited.
struct Rows<const R: usize> {
    axes: [Axis; R],
    count: usize,
}

impl<const R: usize> Rows<R> {
    fn new(shape: [usize; R], a: [usize; R], b: [usize; R]) -> Self {
        let mut rows = Self { axes: [Axis { size: 1, a: 0, b: 0 }; R], count: 0 };
        for d in (0..R).filter(|&d| shape[d] != 1) {
            let axis = Axis { size: shape[d], a: a[d], b: b[d] };
            match rows.axes[..rows.count].last_mut() {
                Some(outer) if outer.a == axis.size * axis.a && outer.b == axis.size * axis.b => {
                    *outer = Axis { size: outer.size * axis.size, ..axis };
                }
                _ => {
                    rows.axes[rows.count] = axis;
                    rows.count += 1;
                }
            }
        }
        rows
    }

    /// The axes that count the rows, and the axis along a row.
    fn split(&self) -> (&[Axis], Axis) {
        match self.axes[..self.count].split_last() {
            Some((row, outer)) => (outer, *row),
            None => (&[], Axis { size: 1, a: 1, b: 1 }),
        }
    }

    /// The length of the second operand, if it is a short row that meets every row of the first, as
    /// a bias does. Then several copies of it are one row.
    fn repeated_row(&self) -> Option<usize> {
        match self.axes[..self.count] {
            [Axis { a, b: 0, .. }, Axis { size, a: 1, b: 1 }] if a == size => {
                (0 < size && size < TILE / 2).then_some(size)
            }
            _ => None,
        }
    }

    /// An operation on each pair of elements.
    fn map<T: Real>(&self, op: Arithmetic, a: &[T], b: &[T], len: usize) -> Vec<T> {
        let mut out = pool::with_capacity(len);
        if let Some(n) = self.repeated_row() {
            let tile = tiled(&b[..n]);
            for a in a.chunks(tile.len()) {
                op.of_arrays().extend(&mut out, a, &tile[..a.len()]);
            }
            return out;
        }
        let (outer, row) = self.split();
        let n = row.size;
        for_each_row(outer, len, |i, j| match (row.a, row.b) {
            (0, 0) => out.extend(repeat_n(op.of_scalars(a[i], b[j]), n)),
            (0, _) => op.scalar_first(a[i]).extend(&mut out, &b[j..j + n]),
            (_, 0) => op.with_scalar(b[j]).extend(&mut out, &a[i..i + n]),
            _ => op.of_arrays().extend(&mut out, &a[i..i + n], &b[j..j + n]),
        });
        out
    }

    /// The elements of the first operand, which may be repeated.
    fn repeat<T: Copy>(&self, a: &[T], len: usize) -> Vec<T> {
        let mut out = pool::with_capacity(len);
        let (outer, row) = self.split();
        let n = row.size;
        for_each_row(outer, len, |i, _| {
            if row.a == 0 {
                out.extend(repeat_n(a[i], n));
            } else {
                out.extend_from_slice(&a[i..i + n]);
            }
        });
        out
    }

    /// An operation whose result takes the place of the first operand, which is not repeated.
    fn update_left<T: Real>(&self, op: Arithmetic, a: &mut [T], b: &[T]) {
        if let Some(n) = self.repeated_row() {
            let tile = tiled(&b[..n]);
            for a in a.chunks_mut(tile.len()) {
                let n = a.len();
                op.of_arrays().update_left(a, &tile[..n]);
            }
            return;
        }
        let (outer, row) = self.split();
        let n = row.size;
        for_each_row(outer, a.len(), |i, j| {
            let a = &mut a[i..i + n];
            if row.b == 0 {
                op.with_scalar(b[j]).update(a);
            } else {
                op.of_arrays().update_left(a, &b[j..j + n]);
            }
        });
    }

    /// An operation whose result takes the place of the second operand, which is not repeated.
    fn update_right<T: Real>(&self, op: Arithmetic, a: &[T], b: &mut [T]) {
        let (outer, row) = self.split();
        let n = row.size;
        for_each_row(outer, b.len(), |i, j| {
            let b = &mut b[j..j + n];
            if row.a == 0 {
                op.scalar_first(a[i]).update(b);
            } else {
                op.of_arrays().update_right(&a[i..i + n], b);
            }
        });
    }
}

/// About how many elements a row should have.
const TILE: usize = 256;

/// Copies of a short row, one after the other.
fn tiled<T: Copy>(row: &[T]) -> Scratch<T> {
    let copies = TILE.div_ceil(row.len());
    let mut tile = pool::with_capacity(copies * row.len());
    (0..copies).for_each(|_| tile.extend_from_slice(row));
    Scratch::of(tile)
}

/// Calls `visit` with the position in either operand at which each row starts; not at all for a
/// result without elements.
#[inline(always)]
fn for_each_row(outer: &[Axis], len: usize, mut visit: impl FnMut(usize, usize)) {
    match *outer {
        _ if len == 0 => {}
        [] => visit(0, 0),
        [Axis { size, a, b }] => (0..size).for_each(|i| visit(i * a, i * b)),
        [Axis { size, a, b }, ref inner @ ..] => {
            for i in 0..size {
                nested(inner, i * a, i * b, &mut visit);
            }
        }
    }
}

/// [`for_each_row`] from a position other than the first.
fn nested(outer: &[Axis], i: usize, j: usize, visit: &mut impl FnMut(usize, usize)) {
    match *outer {
        [] => visit(i, j),
        [Axis { size, a, b }, ref inner @ ..] => {
            for k in 0..size {
                nested(inner, i + k * a, j + k * b, visit);
            }
        }
    }
}

/// Sums a tensor over the axes along which an operand of the given shape was repeated.
pub(crate) fn reduce<const A: usize, const R: usize, T: Real>(
    x: &Tensor<R, T>,
    shape: [usize; A],
) -> Tensor<A, T> {
    debug_assert!(A <= R, "{:?} is not a broadcast of {shape:?}", x.shape);
    let mut sum = <Tensor<A, T>>::zeros(shape);
    let rows = Rows::new(x.shape, strides_within(&x.shape), strides_within(&shape));
    let (outer, row) = rows.split();
    let n = row.size;
    let (x, out) = (&x.data, &mut sum.data);
    match *outer {
        // Rows that are all summed into one, such as the gradient of a bias.
        [ref outer @ .., Axis { size, a, b: 0 }] if row.b != 0 => {
            debug_assert_eq!(a, n);
            let mut block = Scratch::of(pool::filled(T::ZERO, n));
            for_each_row(outer, x.len(), |i, j| {
                let rows = &x[i..i + size * n];
                sum_block(rows, rows, &mut block, |x, _| x);
                out[j..j + n].iter_mut().zip(block.iter()).for_each(|(sum, &x)| *sum += x);
            });
        }
        _ if row.b == 0 => {
            for_each_row(outer, x.len(), |i, j| out[j] += T::sum_of_terms(&x[i..i + n]));
        }
        _ => for_each_row(outer, x.len(), |i, j| {
            Binary::Add.update_left(&mut out[j..j + n], &x[i..i + n]);
        }),
    }
    sum
}

/// The cotangent of a tensor that may have been broadcast: summed over its repetitions. One that was
/// not repeated is moved.
impl<const A: usize, const R: usize, T: Real> Broadcastable<Tensor<R, T>> for Tensor<A, T> {
    fn sum_to(shape: &[usize; A], cotangent: Tensor<R, T>) -> Tensor<A, T> {
        let shape = *shape;
        if cotangent.is_symbolic_zero() {
            Tensor::symbolic_zero()
        } else if cotangent.data.len() == shape.iter().product::<usize>() {
            // The shapes agree up to axes of size 1.
            Tensor { shape, data: cotangent.into_vec() }
        } else {
            reduce(&cotangent, shape)
        }
    }
}

/// The cotangent of a scalar that was combined with every element of a tensor.
impl<const R: usize, T: Real> Broadcastable<Tensor<R, T>> for T {
    fn sum_to((): &(), cotangent: Tensor<R, T>) -> T {
        cotangent.sum()
    }
}

#[cfg(test)]
mod tests;
