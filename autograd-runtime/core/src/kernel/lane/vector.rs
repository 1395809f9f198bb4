//! A register of a set of instructions as a lane: what all sets have in common.

/// Implements [`Lane`](super::Lane) for a register, given the instruction for each operation in terms
/// of up to three operands. Those of `select` are the mask and what is chosen where it is set and
/// where not; a mask is all bits of a scalar, or what the set of instructions has instead.
macro_rules! vector_lane {
    (
        $(#[$doc:meta])*
        $name:ident($register:ty) = [$t:ident; $len:literal], mask $mask:ty, $fused:literal,
        |$a:ident, $b:ident, $c:ident|
        splat $splat:expr;
        load $load:expr;
        store $store:expr;
        $(load_first $load_partial:expr;
        store_first $store_partial:expr;
        keep_first $keep:expr;
        ldexp $ldexp:expr;
        round_small $round_small:expr;)?
        add $add:expr;
        sub $sub:expr;
        mul $mul:expr;
        div $div:expr;
        mul_add $mul_add:expr;
        sqrt $sqrt:expr;
        $(floor $floor:expr;
        ceil $ceil:expr;
        trunc $trunc:expr;
        round_ties_even $round:expr;)?
        min $min:expr;
        max $max:expr;
        lt $lt:expr;
        le $le:expr;
        eq $eq:expr;
        select $select:expr;
        and $and:expr;
        and_not $and_not:expr;
        or $or:expr;
        xor $xor:expr;
        add_integers $add_integers:expr;
        bits_to_exponent $bits_to_exponent:expr;
        exponent_bits $exponent_bits:expr;
        lowest_bit_to_sign $lowest_bit_to_sign:expr;
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub struct $name($register);

        vector_lane!(@operator $name |$a, $b| Add add $add, Sub sub $sub, Mul mul $mul, Div div $div);

        impl std::ops::Neg for $name {
            type Output = Self;
            #[inline(always)]
            fn neg(self) -> Self {
                use $crate::kernel::lane::{Bits as _, Lane as _};
                self.xor(Self::splat(-0.0))
            }
        }

        #[allow(unused_unsafe, reason = "the instructions of the baseline are safe to use")]
        impl $crate::kernel::lane::Bits for $name {
            vector_lane!(@binary |$a, $b|
                and $and, and_not $and_not, or $or, xor $xor, add_integers $add_integers);
            vector_lane!(@unary |$a| bits_to_exponent $bits_to_exponent, exponent_bits $exponent_bits,
                lowest_bit_to_sign $lowest_bit_to_sign);
        }

        #[allow(unused_unsafe, reason = "the instructions of the baseline are safe to use")]
        impl $crate::kernel::lane::Lane for $name {
            type Scalar = $t;
            type Mask = $mask;
            const LEN: usize = $len;
            const FUSED: bool = $fused;

            #[inline(always)]
            fn splat($a: $t) -> Self {
                // SAFETY: the machine has the instructions, see `dispatch`.
                unsafe { Self($splat) }
            }
            #[inline(always)]
            unsafe fn load_from($a: *const $t) -> Self {
                // SAFETY: the machine has the instructions, see `dispatch`; so many elements can be
                // read. They need not be aligned to more than an element.
                unsafe { Self($load) }
            }
            #[inline(always)]
            unsafe fn store_to(self, $a: *mut $t) {
                let $b = self.0;
                // SAFETY: as for `load_from`, of writing.
                unsafe { $store }
            }
            $(
            #[inline(always)]
            unsafe fn load_first_from($a: *const $t, $b: usize, fill: $t) -> Self {
                let $c = Self::splat(fill).0;
                // SAFETY: the machine has the instructions, see `dispatch`; the first elements can be
                // read, and what is masked out is not.
                unsafe { Self($load_partial) }
            }
            #[inline(always)]
            unsafe fn store_first_to(self, $a: *mut $t, $b: usize) {
                let $c = self.0;
                // SAFETY: as for `load_first_from`, of writing.
                unsafe { $store_partial }
            }
            #[inline(always)]
            fn keep_first(self, $b: usize, fill: $t) -> Self {
                let ($a, $c) = (Self::splat(fill).0, self.0);
                // SAFETY: the machine has the instructions, see `dispatch`.
                unsafe { Self($keep) }
            }
            vector_lane!(@binary |$a, $b| ldexp $ldexp);
            vector_lane!(@unary |$a| round_small $round_small);
            )?

            vector_lane!(@unary |$a| sqrt $sqrt
                $(, floor $floor, ceil $ceil, trunc $trunc, round_ties_even $round)?);
            vector_lane!(@binary |$a, $b| min $min, max $max);
            vector_lane!(@compare |$a, $b| lt $lt, le $le, eq $eq);

            #[inline(always)]
            fn mul_add(self, b: Self, c: Self) -> Self {
                let ($a, $b, $c) = (self.0, b.0, c.0);
                // SAFETY: the machine has the instructions, see `dispatch`.
                unsafe { Self($mul_add) }
            }
            #[inline(always)]
            fn select(mask: $mask, yes: Self, no: Self) -> Self {
                let ($a, $b, $c) = (mask, yes.0, no.0);
                // SAFETY: the machine has the instructions, see `dispatch`.
                unsafe { Self($select) }
            }
        }
    };

    (@operator $name:ident |$a:ident, $b:ident| $($trait:ident $method:ident $e:expr),*) => {$(
        impl std::ops::$trait for $name {
            type Output = Self;
            #[inline(always)]
            #[allow(unused_unsafe, reason = "the instructions of the baseline are safe to use")]
            fn $method(self, other: Self) -> Self {
                let ($a, $b) = (self.0, other.0);
                // SAFETY: the machine has the instructions, see `dispatch`.
                unsafe { Self($e) }
            }
        }
    )*};
    (@unary |$a:ident| $($method:ident $e:expr),*) => {$(
        #[inline(always)]
        fn $method(self) -> Self {
            let $a = self.0;
            // SAFETY: the machine has the instructions, see `dispatch`.
            unsafe { Self($e) }
        }
    )*};
    (@binary |$a:ident, $b:ident| $($method:ident $e:expr),*) => {$(
        #[inline(always)]
        fn $method(self, other: Self) -> Self {
            let ($a, $b) = (self.0, other.0);
            // SAFETY: the machine has the instructions, see `dispatch`.
            unsafe { Self($e) }
        }
    )*};
    (@compare |$a:ident, $b:ident| $($method:ident $e:expr),*) => {$(
        #[inline(always)]
        fn $method(self, other: Self) -> Self::Mask {
            let ($a, $b) = (self.0, other.0);
            // SAFETY: the machine has the instructions, see `dispatch`.
            unsafe { $e }
        }
    )*};

    // A register as a mask: all bits of each scalar.
    (@mask $name:ident($register:ty) |$a:ident, $b:ident|
        and $and:expr;
        or $or:expr;
        not $not:expr;
        any $any:expr;
    ) => {
        /// Masks of a register: all bits of each scalar.
        #[derive(Clone, Copy)]
        pub struct $name($register);

        vector_lane!(@operator $name |$a, $b| BitAnd bitand $and, BitOr bitor $or);

        impl std::ops::Not for $name {
            type Output = Self;
            #[inline(always)]
            #[allow(unused_unsafe, reason = "the instructions of the baseline are safe to use")]
            fn not(self) -> Self {
                let $a = self.0;
                // SAFETY: the machine has the instructions, see `dispatch`.
                unsafe { Self($not) }
            }
        }

        impl $crate::kernel::lane::Mask for $name {
            #[inline(always)]
            #[allow(unused_unsafe, reason = "the instructions of the baseline are safe to use")]
            fn any(self) -> bool {
                let $a = self.0;
                // SAFETY: the machine has the instructions, see `dispatch`.
                unsafe { $any }
            }
        }
    };
}
pub(super) use vector_lane;
