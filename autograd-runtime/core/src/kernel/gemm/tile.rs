//! Products by tiles of `C` that stay in registers while terms are summed.
//!
//! The sum for an element of `C` is taken term by term, `TERMS` terms at a time, whatever its place in a
//! tile and whether the operands were copied. So it does not depend on how `C` is divided.

use super::pack::{Buffer, pack_left, pack_right};
use super::product::Product;
use super::vector::Vector;
use crate::Real;

/// How many terms are summed before a tile is written.
pub(super) const TERMS: usize = 256;

/// How many rows of `A` stay in the second cache while they are multiplied by all of `B`.
pub(super) const fn block<T>() -> usize {
    1024 / size_of::<T>()
}

/// The product, with those operands copied of which it is said.
///
/// # Safety
/// The promise of a [`Product`], and the instruction set of `V` is enabled. Unless `B` is copied, its
/// rows are contiguous; if `A` is copied, its columns are.
#[inline(always)]
pub(super) unsafe fn tiles<V: Vector>(p: Product<V::Scalar>, copy_a: bool, copy_b: bool) {
    // Where masks cost something, there are none: the last panel is copied if it is not whole.
    let copied =
        |panel: &Product<V::Scalar>| copy_b || !V::FREE_MASKS && !panel.n.is_multiple_of(V::LEN);
    let mut buffer = (copy_a || copied(&p)).then(Buffer::take);
    // Also without terms there is a sum.
    for first in (0..p.k.max(1)).step_by(TERMS) {
        let p = p.terms(first, TERMS);
        for first in (0..p.m).step_by(block::<V::Scalar>()) {
            let mut p = p.rows(first, block::<V::Scalar>());
            let mut tile_stride = V::ROWS.cast_signed() * p.a_strides[0];
            if copy_a && let Some(buffer) = &mut buffer {
                // SAFETY: the columns of `A` are contiguous, the buffer has room for a block.
                unsafe { pack_left::<V>(p, buffer.left()) };
                p = Product { a: buffer.left(), a_strides: [1, V::ROWS.cast_signed()], ..p };
                tile_stride = (V::ROWS * p.k).cast_signed();
            }
            let mut first = 0;
            while first < p.n {
                let mut panel = p.columns(first, panel_width::<V>(p.n - first));
                first += panel.n;
                // SAFETY: the buffer has room for a panel; otherwise the rows of `B` are contiguous.
                unsafe {
                    if copied(&panel)
                        && let Some(buffer) = &mut buffer
                    {
                        let row = pack_right::<V>(panel, buffer.right::<V>());
                        panel.b = buffer.right::<V>();
                        panel.b_strides = [row.cast_signed(), 1];
                    }
                    rows_of_panel::<V>(panel, tile_stride);
                }
            }
        }
    }
    if let Some(buffer) = buffer {
        buffer.give_back();
    }
}

/// How many of the remaining columns of `B` are multiplied next. Of four vectors two, rather than
/// three and then one: the fewer vectors, the less there is to do for each scalar of `A`.
#[inline(always)]
fn panel_width<V: Vector>(remaining: usize) -> usize {
    let vectors = remaining.div_ceil(V::LEN);
    let width = if vectors == 4 { 2 } else { V::WIDTH };
    remaining.min(width * V::LEN)
}

/// Multiplies by a panel of `B`, at most `V::WIDTH` vectors wide.
///
/// # Safety
/// That of [`tiles`].
#[inline(always)]
unsafe fn rows_of_panel<V: Vector>(p: Product<V::Scalar>, tile_stride: isize) {
    // SAFETY: that of this function.
    unsafe {
        match p.n.div_ceil(V::LEN) {
            1 => rows_of_tiles::<V, 1>(p, tile_stride),
            3 if V::WIDTH == 3 => rows_of_tiles::<V, 3>(p, tile_stride),
            _ => rows_of_tiles::<V, 2>(p, tile_stride),
        }
    }
}

/// Multiplies by a panel of `N` vectors.
///
/// # Safety
/// That of [`tiles`].
#[inline(always)]
unsafe fn rows_of_tiles<V: Vector, const N: usize>(p: Product<V::Scalar>, tile_stride: isize) {
    let mut a = p.a;
    for first in (0..p.m).step_by(V::ROWS) {
        let mut p = Product { a, ..p.rows(first, V::ROWS) };
        a = a.wrapping_offset(tile_stride);
        // SAFETY: a tile has as many rows as there are.
        unsafe {
            match (V::ROWS, p.m) {
                (8, 8) => tile::<V, 8, N>(p),
                (6, 6) => tile::<V, 6, N>(p),
                _ => {
                    if p.m >= 4 {
                        tile::<V, 4, N>(p);
                        p = p.rows(4, 4);
                    }
                    if p.m >= 2 {
                        tile::<V, 2, N>(p);
                        p = p.rows(2, 2);
                    }
                    if p.m == 1 {
                        tile::<V, 1, N>(p);
                    }
                }
            }
        }
    }
}

/// A tile of the first `M` rows and of `N` vectors, of which the last may be a part. If masks cost
/// something, the row of `B` is whole unless there is one row only.
///
/// # Safety
/// That of [`tiles`].
#[allow(clippy::needless_range_loop, reason = "rows and vectors have the same numbers everywhere")]
#[inline(always)]
pub(super) unsafe fn tile<V: Vector, const M: usize, const N: usize>(p: Product<V::Scalar>) {
    // SAFETY: the pointers run over `M` rows of `A` and of `C`, the columns that the masks have, and the
    // terms; behind the last term they are not read.
    unsafe {
        let mask = V::first(p.n - (N - 1) * V::LEN);
        let mut sums = [[V::splat(Real::ZERO); N]; M];
        let (mut a, mut b) = (p.a, p.b);
        for _ in 0..p.k {
            let mut row = [V::splat(Real::ZERO); N];
            for j in 0..N - 1 {
                row[j] = V::load(b.add(j * V::LEN));
            }
            let last = b.add((N - 1) * V::LEN);
            row[N - 1] =
                if V::FREE_MASKS || M == 1 { V::load_masked(last, mask) } else { V::load(last) };
            for i in 0..M {
                let x = V::splat(*a.offset(i.cast_signed() * p.a_strides[0]));
                for j in 0..N {
                    sums[i][j] = x.mul_add(row[j], sums[i][j]);
                }
            }
            a = a.wrapping_offset(p.a_strides[1]);
            b = b.wrapping_offset(p.b_strides[0]);
        }
        let (alpha, beta) = (V::splat(p.alpha), V::splat(p.beta));
        for i in 0..M {
            let c = p.c.offset(i.cast_signed() * p.c_row);
            for j in 0..N {
                let to = c.add(j * V::LEN);
                let mask = if j == N - 1 { mask } else { V::first(V::LEN) };
                let mut sum = sums[i][j].mul(alpha);
                if p.beta != Real::ZERO {
                    sum = beta.mul_add(V::load_masked(to, mask), sum);
                }
                sum.store_masked(to, mask);
            }
        }
    }
}
