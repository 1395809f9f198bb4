//! The kernels compiled for each set of instructions.

use super::product::Product;
use super::vector::Scalar;
use super::{skinny, tile};
use crate::kernel::dispatch::Set;

/// Makes a kernel that is generic over the registers a function of the instructions.
macro_rules! dispatch {
    ($($(#[$doc:meta])* $name:ident($($argument:ident: $t:ty),*) of $module:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// # Safety
        /// The promise of a [`Product`], and the processor has the instructions.
        pub(super) unsafe fn $name<T: Scalar>(
            set: Set, p: Product<T>, $($argument: $t),*
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
                match set {
                    #[cfg(test)]
                    Set::Scalar => $module::$name::<T::Portable>(p, $($argument),*),
                    Set::Baseline => $module::$name::<T::Portable>(p, $($argument),*),
                    #[cfg(target_arch = "x86_64")]
                    Set::Avx2 => avx2::<<T as Scalar>::Avx2>(p, $($argument),*),
                    #[cfg(target_arch = "x86_64")]
                    Set::Avx512 => avx512::<<T as Scalar>::Avx512>(p, $($argument),*),
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
