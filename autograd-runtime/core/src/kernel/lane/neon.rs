//! The registers of 64-bit ARM: NEON, which every such machine has.

use super::vector::vector_lane;
#[allow(clippy::wildcard_imports, reason = "the names of all instructions")]
use std::arch::aarch64::*;

vector_lane! {
    /// Four scalars in a register of NEON.
    F32x4(float32x4_t) = [f32; 4], mask U32x4, true,
    |a, b, c|
    splat vdupq_n_f32(a);
    load vld1q_f32(a);
    store vst1q_f32(a, b);
    add vaddq_f32(a, b);
    sub vsubq_f32(a, b);
    mul vmulq_f32(a, b);
    div vdivq_f32(a, b);
    mul_add vfmaq_f32(c, a, b);
    sqrt vsqrtq_f32(a);
    floor vrndmq_f32(a);
    ceil vrndpq_f32(a);
    trunc vrndq_f32(a);
    round_ties_even vrndnq_f32(a);
    min vbslq_f32(vcltq_f32(a, b), a, b);
    max vbslq_f32(vcltq_f32(b, a), a, b);
    lt U32x4(vcltq_f32(a, b));
    le U32x4(vcleq_f32(a, b));
    eq U32x4(vceqq_f32(a, b));
    select vbslq_f32(a.0, b, c);
    and vreinterpretq_f32_u32(vandq_u32(vreinterpretq_u32_f32(a), vreinterpretq_u32_f32(b)));
    and_not vreinterpretq_f32_u32(vbicq_u32(vreinterpretq_u32_f32(a), vreinterpretq_u32_f32(b)));
    or vreinterpretq_f32_u32(vorrq_u32(vreinterpretq_u32_f32(a), vreinterpretq_u32_f32(b)));
    xor vreinterpretq_f32_u32(veorq_u32(vreinterpretq_u32_f32(a), vreinterpretq_u32_f32(b)));
    add_integers vreinterpretq_f32_u32(vaddq_u32(vreinterpretq_u32_f32(a), vreinterpretq_u32_f32(b)));
    bits_to_exponent vreinterpretq_f32_u32(vshlq_n_u32::<23>(vreinterpretq_u32_f32(a)));
    exponent_bits vreinterpretq_f32_u32(vshrq_n_u32::<23>(vreinterpretq_u32_f32(a)));
    lowest_bit_to_sign vreinterpretq_f32_u32(vshlq_n_u32::<31>(vreinterpretq_u32_f32(a)));
}

vector_lane! { @mask U32x4(uint32x4_t) |a, b|
    and vandq_u32(a, b);
    or vorrq_u32(a, b);
    not vmvnq_u32(a);
    any vmaxvq_u32(a) != 0;
}

vector_lane! {
    /// Two scalars in a register of NEON.
    F64x2(float64x2_t) = [f64; 2], mask U64x2, true,
    |a, b, c|
    splat vdupq_n_f64(a);
    load vld1q_f64(a);
    store vst1q_f64(a, b);
    add vaddq_f64(a, b);
    sub vsubq_f64(a, b);
    mul vmulq_f64(a, b);
    div vdivq_f64(a, b);
    mul_add vfmaq_f64(c, a, b);
    sqrt vsqrtq_f64(a);
    floor vrndmq_f64(a);
    ceil vrndpq_f64(a);
    trunc vrndq_f64(a);
    round_ties_even vrndnq_f64(a);
    min vbslq_f64(vcltq_f64(a, b), a, b);
    max vbslq_f64(vcltq_f64(b, a), a, b);
    lt U64x2(vcltq_f64(a, b));
    le U64x2(vcleq_f64(a, b));
    eq U64x2(vceqq_f64(a, b));
    select vbslq_f64(a.0, b, c);
    and vreinterpretq_f64_u64(vandq_u64(vreinterpretq_u64_f64(a), vreinterpretq_u64_f64(b)));
    and_not vreinterpretq_f64_u64(vbicq_u64(vreinterpretq_u64_f64(a), vreinterpretq_u64_f64(b)));
    or vreinterpretq_f64_u64(vorrq_u64(vreinterpretq_u64_f64(a), vreinterpretq_u64_f64(b)));
    xor vreinterpretq_f64_u64(veorq_u64(vreinterpretq_u64_f64(a), vreinterpretq_u64_f64(b)));
    add_integers vreinterpretq_f64_u64(vaddq_u64(vreinterpretq_u64_f64(a), vreinterpretq_u64_f64(b)));
    bits_to_exponent vreinterpretq_f64_u64(vshlq_n_u64::<52>(vreinterpretq_u64_f64(a)));
    exponent_bits vreinterpretq_f64_u64(vshrq_n_u64::<52>(vreinterpretq_u64_f64(a)));
    lowest_bit_to_sign vreinterpretq_f64_u64(vshlq_n_u64::<63>(vreinterpretq_u64_f64(a)));
}

vector_lane! { @mask U64x2(uint64x2_t) |a, b|
    and vandq_u64(a, b);
    or vorrq_u64(a, b);
    not vreinterpretq_u64_u32(vmvnq_u32(vreinterpretq_u32_u64(a)));
    any vmaxvq_u32(vreinterpretq_u32_u64(a)) != 0;
}
