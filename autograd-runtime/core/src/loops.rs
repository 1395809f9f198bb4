//! What loops of generated code call: counters, and parts of lists that loops go through.

/// The variable of a loop over a range, by the number of iterations before.
pub trait Counter: Sized {
    /// The value `steps` above the first.
    fn up(first: Self, steps: usize) -> Self;
    /// The value `steps` below the end.
    fn down(end: Self, steps: usize) -> Self;
    /// How many values there are from the first up to the end.
    fn count(first: Self, end: Self) -> usize;
}

macro_rules! counter {
    ($($t:ty)*) => {$(
        impl Counter for $t {
            #[inline(always)]
            #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, clippy::cast_lossless,
                reason = "the loop has counted so far in this type")]
            fn up(first: Self, steps: usize) -> Self {
                first.wrapping_add(steps as $t)
            }
            #[inline(always)]
            #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, clippy::cast_lossless,
                reason = "the loop has counted so far in this type")]
            fn down(end: Self, steps: usize) -> Self {
                end.wrapping_sub(steps as $t)
            }
            #[inline(always)]
            #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, clippy::cast_sign_loss,
                reason = "the loop has counted so far in this type")]
            fn count(first: Self, end: Self) -> usize {
                if first < end { end.wrapping_sub(first) as usize } else { 0 }
            }
        }
    )*};
}
counter!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);

macro_rules! strided {
    ($($function:ident($($part:ident: $list:ident),*);)*) => {$(
        /// Runs a loop over parts of lists, which do not overlap as they are parameters of it.
        #[inline(always)]
        #[allow(clippy::too_many_arguments, reason = "only parameters are known not to overlap")]
        pub fn $function<$($list),*>($($part: $list,)* looped: impl FnOnce($($list),*)) {
            looped($($part),*);
        }
    )*};
}
strided! {
    strided1(a: A);
    strided2(a: A, b: B);
    strided3(a: A, b: B, c: C);
    strided4(a: A, b: B, c: C, d: D);
    strided5(a: A, b: B, c: C, d: D, e: E);
    strided6(a: A, b: B, c: C, d: D, e: E, f: F);
    strided7(a: A, b: B, c: C, d: D, e: E, f: F, g: G);
    strided8(a: A, b: B, c: C, d: D, e: E, f: F, g: G, h: H);
}
