//! Products with a single row or a single term, which read a matrix once: nothing would come of
//! copying it.

use super::product::Product;
use super::tile::tile;
use super::vector::Vector;
use crate::Real;

/// One row of `C`, with contiguous rows of `B`: as much of it at once as the registers hold, since
/// rows of `B` are read the faster the longer they are.
///
/// # Safety
/// The promise of a [`Product`], the instruction set of `V` is enabled, and the rows of `B` are
/// contiguous.
#[inline(always)]
pub(super) unsafe fn row<V: Vector>(p: Product<V::Scalar>) {
    let mut first = 0;
    while first < p.n {
        let vectors = (p.n - first).div_ceil(V::LEN);
        let columns = |vectors| p.columns(first, vectors * V::LEN);
        // SAFETY: the last vector may be a part of one; no other is.
        first += V::LEN
            * unsafe {
                match vectors {
                    16.. if V::ROWS >= 8 => part::<V, 16>(columns(16)),
                    8.. => part::<V, 8>(columns(8)),
                    4.. => part::<V, 4>(columns(4)),
                    2.. => part::<V, 2>(columns(2)),
                    _ => part::<V, 1>(columns(1)),
                }
            };
    }
}

/// `N` vectors of a row of `C`.
///
/// # Safety
/// That of [`row`].
#[inline(always)]
unsafe fn part<V: Vector, const N: usize>(p: Product<V::Scalar>) -> usize {
    // SAFETY: that of this function.
    unsafe { tile::<V, 1, N>(p) };
    N
}

/// Inner products of contiguous rows of `A` with contiguous columns of `B`, eight columns at once.
///
/// # Safety
/// The promise of a [`Product`], the instruction set of `V` is enabled, and rows and columns are
/// contiguous.
#[inline(always)]
pub(super) unsafe fn dots<V: Vector>(p: Product<V::Scalar>) {
    for i in 0..p.m {
        let p = p.rows(i, 1);
        let mut first = 0;
        // SAFETY: that of this function.
        unsafe {
            while p.n - first >= 8 {
                dot::<V, 8>(p.columns(first, 8));
                first += 8;
            }
            if p.n - first >= 4 {
                dot::<V, 4>(p.columns(first, 4));
                first += 4;
            }
            while p.n > first {
                dot::<V, 1>(p.columns(first, 1));
                first += 1;
            }
        }
    }
}

/// The inner products of a row with the first `N` columns.
///
/// # Safety
/// That of [`dots`].
#[inline(always)]
unsafe fn dot<V: Vector, const N: usize>(p: Product<V::Scalar>) {
    // SAFETY: `whole` scalars are whole vectors, and the mask has those behind them.
    unsafe {
        let mut sums = [V::splat(Real::ZERO); N];
        let whole = p.k - p.k % V::LEN;
        for l in (0..whole).step_by(V::LEN) {
            let x = V::load(p.a.add(l));
            for (j, sum) in sums.iter_mut().enumerate() {
                *sum =
                    x.mul_add(V::load(p.b.offset(j.cast_signed() * p.b_strides[1]).add(l)), *sum);
            }
        }
        if whole < p.k {
            let mask = V::first(p.k - whole);
            let x = V::load_masked(p.a.add(whole), mask);
            for (j, sum) in sums.iter_mut().enumerate() {
                let b = p.b.offset(j.cast_signed() * p.b_strides[1]).add(whole);
                *sum = x.mul_add(V::load_masked(b, mask), *sum);
            }
        }
        for (j, sum) in sums.into_iter().enumerate() {
            let c = p.c.add(j);
            let mut y = sum.sum() * p.alpha;
            if p.beta != Real::ZERO {
                y = p.beta * *c + y;
            }
            *c = y;
        }
    }
}

/// `C ← alpha a bᵀ + beta C` for a column `a` and a contiguous row `b`.
///
/// # Safety
/// The promise of a [`Product`], the instruction set of `V` is enabled, and the row of `B` is
/// contiguous.
#[inline(always)]
pub(super) unsafe fn outer<V: Vector>(p: Product<V::Scalar>) {
    let whole = (p.n - 1) / V::LEN * V::LEN;
    // SAFETY: `whole` scalars are whole vectors, and the mask has those behind them.
    unsafe {
        let mask = V::first(p.n - whole);
        let beta = V::splat(p.beta);
        for i in 0..p.m.cast_signed() {
            let x = V::splat(p.alpha * *p.a.offset(i * p.a_strides[0]));
            let c = p.c.offset(i * p.c_row);
            if p.beta == Real::ZERO {
                for j in (0..whole).step_by(V::LEN) {
                    x.mul(V::load(p.b.add(j))).store(c.add(j));
                }
                x.mul(V::load_masked(p.b.add(whole), mask)).store_masked(c.add(whole), mask);
            } else {
                for j in (0..whole).step_by(V::LEN) {
                    let c = c.add(j);
                    x.mul_add(V::load(p.b.add(j)), beta.mul(V::load(c))).store(c);
                }
                let c = c.add(whole);
                let old = beta.mul(V::load_masked(c, mask));
                x.mul_add(V::load_masked(p.b.add(whole), mask), old).store_masked(c, mask);
            }
        }
    }
}
