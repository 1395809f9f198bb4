//! Registers of several scalars, as the kernels of matrix products see them.

use crate::Real;
use std::array;

/// Scalars of which the registers of each instruction set hold several.
pub(super) trait Scalar: Real {
    /// A register of 128 bits, whatever the processor.
    type Portable: Vector<Scalar = Self>;
    #[cfg(target_arch = "x86_64")]
    type Avx2: Vector<Scalar = Self>;
    #[cfg(target_arch = "x86_64")]
    type Avx512: Vector<Scalar = Self>;

    /// Copies four contiguous scalars of each of four columns to four contiguous scalars of each of
    /// four rows. The strides are those from column to column and from row to row.
    ///
    /// # Safety
    /// All of those can be read and written.
    unsafe fn transpose(from: *const Self, column: isize, to: *mut Self, row: usize);
}

/// A register.
///
/// All functions are inlined, so that they compile to the instructions of the function that they are
/// called in.
///
/// # Safety
/// They must be called in a function for which the instruction set is enabled, with pointers to as
/// many scalars as they read or write.
pub(super) trait Vector: Copy {
    type Scalar: Scalar;
    /// Which of the scalars are read or written.
    type Mask: Copy;
    const LEN: usize;
    /// How many rows a tile of `C` has.
    const ROWS: usize;
    /// How many vectors wide it is: there are registers for the tile, a row of `B` and a scalar.
    const WIDTH: usize;
    /// Whether a mask costs neither time nor one of the registers.
    const FREE_MASKS: bool;

    /// The first `n` scalars, or all if there are not so many.
    unsafe fn first(n: usize) -> Self::Mask;
    unsafe fn splat(x: Self::Scalar) -> Self;
    unsafe fn load(from: *const Self::Scalar) -> Self;
    /// Reads nothing but what the mask has. The others are zero.
    unsafe fn load_masked(from: *const Self::Scalar, mask: Self::Mask) -> Self;
    unsafe fn store(self, to: *mut Self::Scalar);
    /// Writes nothing but what the mask has.
    unsafe fn store_masked(self, to: *mut Self::Scalar, mask: Self::Mask);
    /// `self * b + c`, with one rounding where the instruction set has that.
    unsafe fn mul_add(self, b: Self, c: Self) -> Self;
    unsafe fn mul(self, b: Self) -> Self;
    /// The sum of all scalars.
    unsafe fn sum(self) -> Self::Scalar;
}

/// Scalars side by side, which the compiler puts into the registers there are.
#[derive(Clone, Copy)]
pub(super) struct Portable<T, const LEN: usize>([T; LEN]);

impl<T: Scalar, const LEN: usize> Vector for Portable<T, LEN> {
    type Scalar = T;
    type Mask = usize;
    const LEN: usize = LEN;
    const ROWS: usize = 4;
    const WIDTH: usize = 2;
    const FREE_MASKS: bool = false;

    #[inline(always)]
    unsafe fn first(n: usize) -> usize {
        n.min(LEN)
    }

    #[inline(always)]
    unsafe fn splat(x: T) -> Self {
        Self([x; LEN])
    }

    #[inline(always)]
    unsafe fn load(from: *const T) -> Self {
        // SAFETY: the caller has `LEN` scalars there.
        unsafe { Self(from.cast::<[T; LEN]>().read_unaligned()) }
    }

    #[inline(always)]
    unsafe fn load_masked(from: *const T, mask: usize) -> Self {
        // SAFETY: the caller has what the mask has.
        Self(array::from_fn(|i| if i < mask { unsafe { from.add(i).read() } } else { T::ZERO }))
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut T) {
        // SAFETY: the caller has room for `LEN` scalars there.
        unsafe { to.cast::<[T; LEN]>().write_unaligned(self.0) }
    }

    #[inline(always)]
    unsafe fn store_masked(self, to: *mut T, mask: usize) {
        for (i, x) in self.0.into_iter().take(mask).enumerate() {
            // SAFETY: the caller has room for what the mask has.
            unsafe { to.add(i).write(x) }
        }
    }

    #[inline(always)]
    unsafe fn mul_add(self, b: Self, c: Self) -> Self {
        Self(array::from_fn(|i| self.0[i] * b.0[i] + c.0[i]))
    }

    #[inline(always)]
    unsafe fn mul(self, b: Self) -> Self {
        Self(array::from_fn(|i| self.0[i] * b.0[i]))
    }

    #[inline(always)]
    unsafe fn sum(self) -> T {
        self.0.into_iter().sum()
    }
}

macro_rules! scalar {
    ($($t:ident $len:literal $avx2:ident $avx512:ident $transpose:ident)*) => {$(
        impl Scalar for $t {
            type Portable = Portable<$t, $len>;
            #[cfg(target_arch = "x86_64")]
            type Avx2 = std::arch::x86_64::$avx2;
            #[cfg(target_arch = "x86_64")]
            type Avx512 = std::arch::x86_64::$avx512;

            #[inline(always)]
            unsafe fn transpose(from: *const Self, column: isize, to: *mut Self, row: usize) {
                #[cfg(target_arch = "x86_64")]
                // SAFETY: the requirements are those of this function.
                unsafe {
                    super::x86::$transpose(from, column, to, row);
                }
                #[cfg(not(target_arch = "x86_64"))]
                for j in 0..4_isize {
                    for i in 0..4 {
                        // SAFETY: these are the scalars that the caller has there.
                        unsafe { *to.add(i * row).offset(j) = *from.offset(j * column).add(i) }
                    }
                }
            }
        }
    )*};
}
scalar! {
    f32 4 __m256 __m512 transpose_f32
    f64 2 __m256d __m512d transpose_f64
}
