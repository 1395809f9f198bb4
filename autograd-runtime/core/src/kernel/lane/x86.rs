//! The registers of x86-64: AVX-512, AVX2 with fused multiplication, and SSE2, which every such
//! machine has.

use super::vector::vector_lane;
#[allow(
    clippy::wildcard_imports,
    reason = "more than a hundred names, all with the prefix of the set"
)]
use std::arch::x86_64::*;

const DOWN: i32 = _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC;
const UP: i32 = _MM_FROUND_TO_POS_INF | _MM_FROUND_NO_EXC;
const TO_ZERO: i32 = _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC;
const NEAREST: i32 = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;

vector_lane! {
    /// Sixteen scalars in a register of AVX-512.
    F32x16(__m512) = [f32; 16], mask __mmask16, true,
    |a, b, c|
    splat _mm512_set1_ps(a);
    load _mm512_loadu_ps(a);
    store _mm512_storeu_ps(a, b);
    load_first _mm512_mask_loadu_ps(c, first_16(b), a);
    store_first _mm512_mask_storeu_ps(a, first_16(b), c);
    keep_first _mm512_mask_blend_ps(first_16(b), a, c);
    ldexp _mm512_scalef_ps(a, b);
    round_small _mm512_roundscale_ps::<NEAREST>(a);
    add _mm512_add_ps(a, b);
    sub _mm512_sub_ps(a, b);
    mul _mm512_mul_ps(a, b);
    div _mm512_div_ps(a, b);
    mul_add _mm512_fmadd_ps(a, b, c);
    sqrt _mm512_sqrt_ps(a);
    floor _mm512_roundscale_ps::<DOWN>(a);
    ceil _mm512_roundscale_ps::<UP>(a);
    trunc _mm512_roundscale_ps::<TO_ZERO>(a);
    round_ties_even _mm512_roundscale_ps::<NEAREST>(a);
    min _mm512_min_ps(a, b);
    max _mm512_max_ps(a, b);
    lt _mm512_cmp_ps_mask::<_CMP_LT_OQ>(a, b);
    le _mm512_cmp_ps_mask::<_CMP_LE_OQ>(a, b);
    eq _mm512_cmp_ps_mask::<_CMP_EQ_OQ>(a, b);
    select _mm512_mask_blend_ps(a, c, b);
    and _mm512_and_ps(a, b);
    and_not _mm512_andnot_ps(b, a);
    or _mm512_or_ps(a, b);
    xor _mm512_xor_ps(a, b);
    add_integers _mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(a), _mm512_castps_si512(b)));
    bits_to_exponent _mm512_castsi512_ps(_mm512_slli_epi32::<23>(_mm512_castps_si512(a)));
    exponent_bits _mm512_castsi512_ps(_mm512_srli_epi32::<23>(_mm512_castps_si512(a)));
    lowest_bit_to_sign _mm512_castsi512_ps(_mm512_slli_epi32::<31>(_mm512_castps_si512(a)));
}

vector_lane! {
    /// Eight scalars in a register of AVX-512.
    F64x8(__m512d) = [f64; 8], mask __mmask8, true,
    |a, b, c|
    splat _mm512_set1_pd(a);
    load _mm512_loadu_pd(a);
    store _mm512_storeu_pd(a, b);
    load_first _mm512_mask_loadu_pd(c, first_8(b), a);
    store_first _mm512_mask_storeu_pd(a, first_8(b), c);
    keep_first _mm512_mask_blend_pd(first_8(b), a, c);
    ldexp _mm512_scalef_pd(a, b);
    round_small _mm512_roundscale_pd::<NEAREST>(a);
    add _mm512_add_pd(a, b);
    sub _mm512_sub_pd(a, b);
    mul _mm512_mul_pd(a, b);
    div _mm512_div_pd(a, b);
    mul_add _mm512_fmadd_pd(a, b, c);
    sqrt _mm512_sqrt_pd(a);
    floor _mm512_roundscale_pd::<DOWN>(a);
    ceil _mm512_roundscale_pd::<UP>(a);
    trunc _mm512_roundscale_pd::<TO_ZERO>(a);
    round_ties_even _mm512_roundscale_pd::<NEAREST>(a);
    min _mm512_min_pd(a, b);
    max _mm512_max_pd(a, b);
    lt _mm512_cmp_pd_mask::<_CMP_LT_OQ>(a, b);
    le _mm512_cmp_pd_mask::<_CMP_LE_OQ>(a, b);
    eq _mm512_cmp_pd_mask::<_CMP_EQ_OQ>(a, b);
    select _mm512_mask_blend_pd(a, c, b);
    and _mm512_and_pd(a, b);
    and_not _mm512_andnot_pd(b, a);
    or _mm512_or_pd(a, b);
    xor _mm512_xor_pd(a, b);
    add_integers _mm512_castsi512_pd(_mm512_add_epi64(_mm512_castpd_si512(a), _mm512_castpd_si512(b)));
    bits_to_exponent _mm512_castsi512_pd(_mm512_slli_epi64::<52>(_mm512_castpd_si512(a)));
    exponent_bits _mm512_castsi512_pd(_mm512_srli_epi64::<52>(_mm512_castpd_si512(a)));
    lowest_bit_to_sign _mm512_castsi512_pd(_mm512_slli_epi64::<63>(_mm512_castpd_si512(a)));
}

vector_lane! {
    /// Eight scalars in a register of AVX2.
    F32x8(__m256) = [f32; 8], mask F32x8Mask, true,
    |a, b, c|
    splat _mm256_set1_ps(a);
    load _mm256_loadu_ps(a);
    store _mm256_storeu_ps(a, b);
    add _mm256_add_ps(a, b);
    sub _mm256_sub_ps(a, b);
    mul _mm256_mul_ps(a, b);
    div _mm256_div_ps(a, b);
    mul_add _mm256_fmadd_ps(a, b, c);
    sqrt _mm256_sqrt_ps(a);
    floor _mm256_round_ps::<DOWN>(a);
    ceil _mm256_round_ps::<UP>(a);
    trunc _mm256_round_ps::<TO_ZERO>(a);
    round_ties_even _mm256_round_ps::<NEAREST>(a);
    min _mm256_min_ps(a, b);
    max _mm256_max_ps(a, b);
    lt F32x8Mask(_mm256_cmp_ps::<_CMP_LT_OQ>(a, b));
    le F32x8Mask(_mm256_cmp_ps::<_CMP_LE_OQ>(a, b));
    eq F32x8Mask(_mm256_cmp_ps::<_CMP_EQ_OQ>(a, b));
    select _mm256_blendv_ps(c, b, a.0);
    and _mm256_and_ps(a, b);
    and_not _mm256_andnot_ps(b, a);
    or _mm256_or_ps(a, b);
    xor _mm256_xor_ps(a, b);
    add_integers _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(a), _mm256_castps_si256(b)));
    bits_to_exponent _mm256_castsi256_ps(_mm256_slli_epi32::<23>(_mm256_castps_si256(a)));
    exponent_bits _mm256_castsi256_ps(_mm256_srli_epi32::<23>(_mm256_castps_si256(a)));
    lowest_bit_to_sign _mm256_castsi256_ps(_mm256_slli_epi32::<31>(_mm256_castps_si256(a)));
}

vector_lane! { @mask F32x8Mask(__m256) |a, b|
    and _mm256_and_ps(a, b);
    or _mm256_or_ps(a, b);
    not _mm256_xor_ps(a, _mm256_castsi256_ps(_mm256_set1_epi32(-1)));
    any _mm256_movemask_ps(a) != 0;
}

vector_lane! {
    /// Four scalars in a register of AVX2.
    F64x4(__m256d) = [f64; 4], mask F64x4Mask, true,
    |a, b, c|
    splat _mm256_set1_pd(a);
    load _mm256_loadu_pd(a);
    store _mm256_storeu_pd(a, b);
    add _mm256_add_pd(a, b);
    sub _mm256_sub_pd(a, b);
    mul _mm256_mul_pd(a, b);
    div _mm256_div_pd(a, b);
    mul_add _mm256_fmadd_pd(a, b, c);
    sqrt _mm256_sqrt_pd(a);
    floor _mm256_round_pd::<DOWN>(a);
    ceil _mm256_round_pd::<UP>(a);
    trunc _mm256_round_pd::<TO_ZERO>(a);
    round_ties_even _mm256_round_pd::<NEAREST>(a);
    min _mm256_min_pd(a, b);
    max _mm256_max_pd(a, b);
    lt F64x4Mask(_mm256_cmp_pd::<_CMP_LT_OQ>(a, b));
    le F64x4Mask(_mm256_cmp_pd::<_CMP_LE_OQ>(a, b));
    eq F64x4Mask(_mm256_cmp_pd::<_CMP_EQ_OQ>(a, b));
    select _mm256_blendv_pd(c, b, a.0);
    and _mm256_and_pd(a, b);
    and_not _mm256_andnot_pd(b, a);
    or _mm256_or_pd(a, b);
    xor _mm256_xor_pd(a, b);
    add_integers _mm256_castsi256_pd(_mm256_add_epi64(_mm256_castpd_si256(a), _mm256_castpd_si256(b)));
    bits_to_exponent _mm256_castsi256_pd(_mm256_slli_epi64::<52>(_mm256_castpd_si256(a)));
    exponent_bits _mm256_castsi256_pd(_mm256_srli_epi64::<52>(_mm256_castpd_si256(a)));
    lowest_bit_to_sign _mm256_castsi256_pd(_mm256_slli_epi64::<63>(_mm256_castpd_si256(a)));
}

vector_lane! { @mask F64x4Mask(__m256d) |a, b|
    and _mm256_and_pd(a, b);
    or _mm256_or_pd(a, b);
    not _mm256_xor_pd(a, _mm256_castsi256_pd(_mm256_set1_epi32(-1)));
    any _mm256_movemask_pd(a) != 0;
}

vector_lane! {
    /// Four scalars in a register of SSE2.
    F32x4(__m128) = [f32; 4], mask F32x4Mask, false,
    |a, b, c|
    splat _mm_set1_ps(a);
    load _mm_loadu_ps(a);
    store _mm_storeu_ps(a, b);
    add _mm_add_ps(a, b);
    sub _mm_sub_ps(a, b);
    mul _mm_mul_ps(a, b);
    div _mm_div_ps(a, b);
    mul_add _mm_add_ps(_mm_mul_ps(a, b), c);
    sqrt _mm_sqrt_ps(a);
    min _mm_min_ps(a, b);
    max _mm_max_ps(a, b);
    lt F32x4Mask(_mm_cmplt_ps(a, b));
    le F32x4Mask(_mm_cmple_ps(a, b));
    eq F32x4Mask(_mm_cmpeq_ps(a, b));
    select _mm_or_ps(_mm_and_ps(a.0, b), _mm_andnot_ps(a.0, c));
    and _mm_and_ps(a, b);
    and_not _mm_andnot_ps(b, a);
    or _mm_or_ps(a, b);
    xor _mm_xor_ps(a, b);
    add_integers _mm_castsi128_ps(_mm_add_epi32(_mm_castps_si128(a), _mm_castps_si128(b)));
    bits_to_exponent _mm_castsi128_ps(_mm_slli_epi32::<23>(_mm_castps_si128(a)));
    exponent_bits _mm_castsi128_ps(_mm_srli_epi32::<23>(_mm_castps_si128(a)));
    lowest_bit_to_sign _mm_castsi128_ps(_mm_slli_epi32::<31>(_mm_castps_si128(a)));
}

vector_lane! { @mask F32x4Mask(__m128) |a, b|
    and _mm_and_ps(a, b);
    or _mm_or_ps(a, b);
    not _mm_xor_ps(a, _mm_castsi128_ps(_mm_set1_epi32(-1)));
    any _mm_movemask_ps(a) != 0;
}

vector_lane! {
    /// Two scalars in a register of SSE2.
    F64x2(__m128d) = [f64; 2], mask F64x2Mask, false,
    |a, b, c|
    splat _mm_set1_pd(a);
    load _mm_loadu_pd(a);
    store _mm_storeu_pd(a, b);
    add _mm_add_pd(a, b);
    sub _mm_sub_pd(a, b);
    mul _mm_mul_pd(a, b);
    div _mm_div_pd(a, b);
    mul_add _mm_add_pd(_mm_mul_pd(a, b), c);
    sqrt _mm_sqrt_pd(a);
    min _mm_min_pd(a, b);
    max _mm_max_pd(a, b);
    lt F64x2Mask(_mm_cmplt_pd(a, b));
    le F64x2Mask(_mm_cmple_pd(a, b));
    eq F64x2Mask(_mm_cmpeq_pd(a, b));
    select _mm_or_pd(_mm_and_pd(a.0, b), _mm_andnot_pd(a.0, c));
    and _mm_and_pd(a, b);
    and_not _mm_andnot_pd(b, a);
    or _mm_or_pd(a, b);
    xor _mm_xor_pd(a, b);
    add_integers _mm_castsi128_pd(_mm_add_epi64(_mm_castpd_si128(a), _mm_castpd_si128(b)));
    bits_to_exponent _mm_castsi128_pd(_mm_slli_epi64::<52>(_mm_castpd_si128(a)));
    exponent_bits _mm_castsi128_pd(_mm_srli_epi64::<52>(_mm_castpd_si128(a)));
    lowest_bit_to_sign _mm_castsi128_pd(_mm_slli_epi64::<63>(_mm_castpd_si128(a)));
}

vector_lane! { @mask F64x2Mask(__m128d) |a, b|
    and _mm_and_pd(a, b);
    or _mm_or_pd(a, b);
    not _mm_xor_pd(a, _mm_castsi128_pd(_mm_set1_epi32(-1)));
    any _mm_movemask_pd(a) != 0;
}

macro_rules! integer_mask {
    ($($mask:ty, $first:ident, $len:literal;)*) => {$(
        impl super::Mask for $mask {
            #[inline(always)]
            fn any(self) -> bool {
                self != 0
            }
        }

        /// The mask of the first `n` scalars.
        #[inline(always)]
        fn $first(n: usize) -> $mask {
            if n >= $len { <$mask>::MAX } else { (1 << n) - 1 }
        }
    )*};
}
integer_mask! {
    __mmask8, first_8, 8;
    __mmask16, first_16, 16;
}
