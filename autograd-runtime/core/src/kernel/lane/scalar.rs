//! One scalar as a lane, for machines whose vectors are not known here.

use super::{Bits, Lane};

macro_rules! scalar_lane {
    ($($t:ident $mantissa:literal $sign:literal)*) => {$(
        impl Bits for $t {
            #[inline(always)]
            fn and(self, other: Self) -> Self {
                $t::from_bits(self.to_bits() & other.to_bits())
            }
            #[inline(always)]
            fn and_not(self, other: Self) -> Self {
                $t::from_bits(self.to_bits() & !other.to_bits())
            }
            #[inline(always)]
            fn or(self, other: Self) -> Self {
                $t::from_bits(self.to_bits() | other.to_bits())
            }
            #[inline(always)]
            fn xor(self, other: Self) -> Self {
                $t::from_bits(self.to_bits() ^ other.to_bits())
            }
            #[inline(always)]
            fn add_integers(self, other: Self) -> Self {
                $t::from_bits(self.to_bits().wrapping_add(other.to_bits()))
            }
            #[inline(always)]
            fn bits_to_exponent(self) -> Self {
                $t::from_bits(self.to_bits() << $mantissa)
            }
            #[inline(always)]
            fn exponent_bits(self) -> Self {
                $t::from_bits(self.to_bits() >> $mantissa)
            }
            #[inline(always)]
            fn lowest_bit_to_sign(self) -> Self {
                $t::from_bits(self.to_bits() << $sign)
            }
        }

        impl Lane for $t {
            type Scalar = $t;
            type Mask = bool;
            const LEN: usize = 1;
            const FUSED: bool = false;

            #[inline(always)]
            fn splat(x: $t) -> Self {
                x
            }
            #[inline(always)]
            unsafe fn load_from(from: *const $t) -> Self {
                // SAFETY: the caller's.
                unsafe { *from }
            }
            #[inline(always)]
            unsafe fn store_to(self, to: *mut $t) {
                // SAFETY: the caller's.
                unsafe { *to = self }
            }
            #[inline(always)]
            fn mul_add(self, b: Self, c: Self) -> Self {
                // Without an instruction for it, one rounding would be a call.
                self * b + c
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                $t::sqrt(self)
            }
            #[inline(always)]
            fn min(self, other: Self) -> Self {
                if self < other { self } else { other }
            }
            #[inline(always)]
            fn max(self, other: Self) -> Self {
                if self > other { self } else { other }
            }
            #[inline(always)]
            fn lt(self, other: Self) -> bool {
                self < other
            }
            #[inline(always)]
            fn le(self, other: Self) -> bool {
                self <= other
            }
            #[inline(always)]
            fn eq(self, other: Self) -> bool {
                self == other
            }
            #[inline(always)]
            fn select(mask: bool, yes: Self, no: Self) -> Self {
                if mask { yes } else { no }
            }
        }
    )*};
}
scalar_lane! {
    f32 23 31
    f64 52 63
}
