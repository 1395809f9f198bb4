//! The registers of AVX2 and AVX-512.

use super::vector::Vector;
#[allow(clippy::wildcard_imports, reason = "intrinsics have prefixes of their own")]
use std::arch::x86_64::*;

/// Implements [`Vector`] by intrinsics, each of which does what the function is called.
macro_rules! vector {
    (
        $vector:ident of $len:literal $scalar:ident, $rows:literal by $width:literal, mask $mask:ident;
        first($count:ident) $first:expr;
        $splat:ident $load:ident $store:ident $mul_add:ident $mul:ident;
        load_masked($from:ident, $m:ident) $load_masked:expr;
        store_masked($to:ident, $n:ident, $x:ident) $store_masked:expr;
        sum($y:ident) $sum:expr;
    ) => {
        impl Vector for $vector {
            type Scalar = $scalar;
            type Mask = $mask;
            const LEN: usize = $len;
            const ROWS: usize = $rows;
            const FREE_MASKS: bool = $width == 3;
            const WIDTH: usize = $width;

            #[inline(always)]
            unsafe fn first(n: usize) -> $mask {
                let $count = n.min($len);
                $first
            }

            #[inline(always)]
            unsafe fn splat(x: $scalar) -> Self {
                // SAFETY: the caller is where the instruction set is enabled.
                unsafe { $splat(x) }
            }

            #[inline(always)]
            unsafe fn load(from: *const $scalar) -> Self {
                // SAFETY: as above, and the caller has the scalars of a register there.
                unsafe { $load(from) }
            }

            #[inline(always)]
            unsafe fn load_masked($from: *const $scalar, $m: $mask) -> Self {
                // SAFETY: as above; what the mask does not have is not read.
                unsafe { $load_masked }
            }

            #[inline(always)]
            unsafe fn store(self, to: *mut $scalar) {
                // SAFETY: as above, and the caller has room for the scalars of a register there.
                unsafe { $store(to, self) }
            }

            #[inline(always)]
            unsafe fn store_masked(self, $to: *mut $scalar, $n: $mask) {
                let $x = self;
                // SAFETY: as above; what the mask does not have is not written.
                unsafe { $store_masked }
            }

            #[inline(always)]
            unsafe fn mul_add(self, b: Self, c: Self) -> Self {
                // SAFETY: the caller is where the instruction set is enabled.
                unsafe { $mul_add(self, b, c) }
            }

            #[inline(always)]
            unsafe fn mul(self, b: Self) -> Self {
                // SAFETY: as above.
                unsafe { $mul(self, b) }
            }

            #[inline(always)]
            unsafe fn sum(self) -> $scalar {
                let $y = self;
                // SAFETY: as above.
                unsafe { $sum }
            }
        }
    };
}

vector! {
    __m512 of 16 f32, 8 by 3, mask __mmask16;
    first(n) ((1_u32 << n) - 1) as __mmask16;
    _mm512_set1_ps _mm512_loadu_ps _mm512_storeu_ps _mm512_fmadd_ps _mm512_mul_ps;
    load_masked(from, mask) _mm512_maskz_loadu_ps(mask, from);
    store_masked(to, mask, x) _mm512_mask_storeu_ps(to, mask, x);
    sum(x) _mm512_reduce_add_ps(x);
}

vector! {
    __m512d of 8 f64, 8 by 3, mask __mmask8;
    first(n) ((1_u32 << n) - 1) as __mmask8;
    _mm512_set1_pd _mm512_loadu_pd _mm512_storeu_pd _mm512_fmadd_pd _mm512_mul_pd;
    load_masked(from, mask) _mm512_maskz_loadu_pd(mask, from);
    store_masked(to, mask, x) _mm512_mask_storeu_pd(to, mask, x);
    sum(x) _mm512_reduce_add_pd(x);
}

/// Ones followed by zeros: as many of the ones as a mask is to have are loaded.
static FIRST: [i32; 16] = [-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0];

vector! {
    __m256 of 8 f32, 6 by 2, mask __m256i;
    first(n) {
        // SAFETY: `n` is at most 8, so eight numbers follow.
        unsafe { _mm256_loadu_si256(FIRST.as_ptr().add(8 - n).cast()) }
    };
    _mm256_set1_ps _mm256_loadu_ps _mm256_storeu_ps _mm256_fmadd_ps _mm256_mul_ps;
    load_masked(from, mask) _mm256_maskload_ps(from, mask);
    store_masked(to, mask, x) _mm256_maskstore_ps(to, mask, x);
    sum(x) {
        let halves = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps::<1>(x));
        let pairs = _mm_add_ps(halves, _mm_movehl_ps(halves, halves));
        _mm_cvtss_f32(_mm_add_ss(pairs, _mm_movehdup_ps(pairs)))
    };
}

vector! {
    __m256d of 4 f64, 6 by 2, mask __m256i;
    first(n) {
        // SAFETY: `n` is at most 4, so eight numbers follow.
        unsafe { _mm256_loadu_si256(FIRST.as_ptr().add(8 - 2 * n).cast()) }
    };
    _mm256_set1_pd _mm256_loadu_pd _mm256_storeu_pd _mm256_fmadd_pd _mm256_mul_pd;
    load_masked(from, mask) _mm256_maskload_pd(from, mask);
    store_masked(to, mask, x) _mm256_maskstore_pd(to, mask, x);
    sum(x) {
        let halves = _mm_add_pd(_mm256_castpd256_pd128(x), _mm256_extractf128_pd::<1>(x));
        _mm_cvtsd_f64(_mm_add_sd(halves, _mm_unpackhi_pd(halves, halves)))
    };
}

/// Transposes a block of four by four: see [`Scalar::transpose`](super::vector::Scalar::transpose).
///
/// # Safety
/// The same.
#[inline(always)]
pub(super) unsafe fn transpose_f32(from: *const f32, column: isize, to: *mut f32, row: usize) {
    // SAFETY: four scalars from each pointer on are those that the caller has there. Every processor
    // of the architecture has SSE2.
    unsafe {
        let columns = [
            _mm_loadu_ps(from),
            _mm_loadu_ps(from.offset(column)),
            _mm_loadu_ps(from.offset(2 * column)),
            _mm_loadu_ps(from.offset(3 * column)),
        ];
        let low =
            [_mm_unpacklo_ps(columns[0], columns[1]), _mm_unpacklo_ps(columns[2], columns[3])];
        let high =
            [_mm_unpackhi_ps(columns[0], columns[1]), _mm_unpackhi_ps(columns[2], columns[3])];
        _mm_storeu_ps(to, _mm_movelh_ps(low[0], low[1]));
        _mm_storeu_ps(to.add(row), _mm_movehl_ps(low[1], low[0]));
        _mm_storeu_ps(to.add(2 * row), _mm_movelh_ps(high[0], high[1]));
        _mm_storeu_ps(to.add(3 * row), _mm_movehl_ps(high[1], high[0]));
    }
}

/// As [`transpose_f32`].
///
/// # Safety
/// The same.
#[inline(always)]
pub(super) unsafe fn transpose_f64(from: *const f64, column: isize, to: *mut f64, row: usize) {
    for j in [0_usize, 2] {
        for i in [0, 2] {
            // SAFETY: as above.
            unsafe {
                let from = from.offset(j.cast_signed() * column).add(i);
                let (left, right) = (_mm_loadu_pd(from), _mm_loadu_pd(from.offset(column)));
                let to = to.add(i * row + j);
                _mm_storeu_pd(to, _mm_unpacklo_pd(left, right));
                _mm_storeu_pd(to.add(row), _mm_unpackhi_pd(left, right));
            }
        }
    }
}
