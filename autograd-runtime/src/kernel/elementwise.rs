//! The element-wise operations of tensors and their adjoints, compiled here once for each precision
//! and each set of instructions, and chosen by a value.

use super::dispatch::run;
use super::lane::Lane;
use super::map::{ElementwiseKernel, Map};
use crate::Real;
use std::marker::PhantomData;

/// An enumeration of formulas, and the function that runs one of them on arrays.
macro_rules! elementwise {
    (
        $(#[$doc:meta])*
        $operation:ident, $function:ident($pattern:tt: $inputs:literal);
        $($variant:ident $(($($parameter:ident: $t:ty),*))? => $formula:expr;)*
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub enum $operation<T> {
            $(#[allow(missing_docs, reason = "the formula is in the table")]
            $variant $(($($t),*))?,)*
            #[doc(hidden)]
            #[allow(dead_code, reason = "for operations without a parameter")]
            Never(std::convert::Infallible, PhantomData<T>),
        }

        /// # Safety
        /// So many elements of each input can be read and of the output written. The output may be
        /// in the place of an input, otherwise they do not overlap.
        pub(super) unsafe fn $function<T: Real>(
            operation: $operation<T>,
            inputs: [*const T; $inputs],
            output: *mut T,
            len: usize,
        ) {
            match operation {
                $($operation::$variant $(($($parameter),*))? => {
                    struct Kernel<T>($($($t,)*)? PhantomData<T>);
                    impl<T: Real> ElementwiseKernel<T, $inputs, 1> for Kernel<T> {
                        #[inline(always)]
                        fn eval<L: Lane<Scalar = T>>(
                            &self,
                            $pattern: [L; $inputs],
                        ) -> [L; 1] {
                            let Self($($(ref $parameter,)*)? _) = *self;
                            $($(let $parameter = *$parameter;)*)?
                            [$formula]
                        }
                    }
                    let kernel = Kernel($($($parameter,)*)? PhantomData);
                    // SAFETY: the caller's.
                    run(unsafe { Map::new(&kernel, inputs, [output], len) });
                })*
                $operation::Never(never, _) => match never {},
            }
        }
    };
}

elementwise! {
    /// A function of one element.
    Unary, unary([x]: 1);
    Exp => x.exp();
    Exp2 => x.exp2();
    ExpM1 => x.exp_m1();
    Ln => x.ln();
    Ln1p => x.ln_1p();
    Log2 => x.log2();
    Log10 => x.log10();
    Sqrt => x.sqrt();
    Sin => x.sin();
    Cos => x.cos();
    Tanh => x.tanh();
    Recip => x.recip();
    Abs => x.abs();
    Floor => x.floor();
    Ceil => x.ceil();
    Trunc => x.trunc();
    Square => x.square();
    Relu => x.relu();
    LeakyRelu(slope: T) => x.leaky_relu(L::splat(slope));
    Sigmoid => x.sigmoid();
    Gelu => x.gelu();
    Silu => x.silu();
    Softplus => x.softplus();
    Erf => x.erf();
    Powi(n: i32) => x.powi(n);
    Powf(exponent: T) => x.powf(L::splat(exponent));
    Clamp(low: T, high: T) => x.clamp(L::splat(low), L::splat(high));
    Neg => -x;
    AddScalar(scalar: T) => x + L::splat(scalar);
    SubScalar(scalar: T) => x - L::splat(scalar);
    SubFromScalar(scalar: T) => L::splat(scalar) - x;
    MulScalar(scalar: T) => x * L::splat(scalar);
    DivScalar(scalar: T) => x / L::splat(scalar);
    DivFromScalar(scalar: T) => L::splat(scalar) / x;
    MaximumScalar(scalar: T) => x.maximum(L::splat(scalar));
    MinimumScalar(scalar: T) => x.minimum(L::splat(scalar));
}
