//! The kernels compiled for each set of instructions, of which the best is chosen at run time.

use super::product::Product;
use super::vector::Scalar;
use super::{skinny, tile};

/// What a processor may have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Instructions {
    /// What every processor of the architecture has.
    Baseline,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Instructions {
    /// All sets that this processor has, the best one first.
    #[cfg(test)]
    pub(super) fn available() -> Vec<Self> {
        let mut sets = vec![Self::Baseline];
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                sets.push(Self::Avx2);
            }
            if is_x86_feature_detected!("avx512f") {
                sets.push(Self::Avx512);
            }
        }
        sets.reverse();
        sets
    }

    /// The best set that this processor has. It is asked once; afterwards the answer is remembered.
    pub(super) fn best() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512f") {
                return Self::Avx512;
            }
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                return Self::Avx2;
            }
        }
        Self::Baseline
    }
}

/// Makes a kernel that is generic over the registers a function of the instructions.
macro_rules! dispatch {
    ($($(#[$doc:meta])* $name:ident($($argument:ident: $t:ty),*) of $module:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// # Safety
        /// The promise of a [`Product`], and the processor has the instructions.
        pub(super) unsafe fn $name<T: Scalar>(
            instructions: Instructions, p: Product<T>, $($argument: $t),*
        ) {
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f")]
            unsafe fn avx512<V: super::vector::Vector>(p: Product<V::Scalar>, $($argument: $t),*) {
                // SAFETY: that of the function around this one.
                unsafe { $module::$name::<V>(p, $($argument),*) }
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma")]
            unsafe fn avx2<V: super::vector::Vector>(p: Product<V::Scalar>, $($argument: $t),*) {
                // SAFETY: that of the function around this one.
                unsafe { $module::$name::<V>(p, $($argument),*) }
            }
            // SAFETY: that of this function.
            unsafe {
                match instructions {
                    Instructions::Baseline => $module::$name::<T::Portable>(p, $($argument),*),
                    #[cfg(target_arch = "x86_64")]
                    Instructions::Avx2 => avx2::<<T as Scalar>::Avx2>(p, $($argument),*),
                    #[cfg(target_arch = "x86_64")]
                    Instructions::Avx512 => avx512::<<T as Scalar>::Avx512>(p, $($argument),*),
                }
            }
        }
    )*};
}

dispatch! {
    /// [`tile::tiles`]
    tiles(copy_a: bool, copy_b: bool) of tile;
    /// [`skinny::row`]
    row() of skinny;
    /// [`skinny::dots`]
    dots() of skinny;
    /// [`skinny::outer`]
    outer() of skinny;
}
