//! The element-wise operations of tensors and their adjoints, compiled here once for each precision
//! and each set of instructions, and chosen by a value.

use super::lane::Lane;
use super::map::{ElementwiseKernel, Map};
use crate::Real;
use crate::kernel::pool;
use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI};
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
                    unsafe { Map::new(&kernel, inputs, [output], len) }.run_divided();
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
    Centred(divisor: T, centre: T, scale: T) => {
        L::splat(scale) * (x / L::splat(divisor) - L::splat(centre))
    };
    SubBoth(first: T, second: T) => (x - L::splat(first)) - L::splat(second);
}

elementwise! {
    /// A function of the elements at the same place in two arrays. In an adjoint, `a` is the
    /// cotangent of the result, and `b` is the operand or the result.
    Binary, binary([a, b]: 2);
    Add => a + b;
    Sub => a - b;
    Mul => a * b;
    Div => a / b;
    Maximum => a.maximum(b);
    Minimum => a.minimum(b);
    AddScaled(scale: T) => a + L::splat(scale) * b;
    SubScaled(scale: T) => a - L::splat(scale) * b;
    SquareAdjoint => a * (b + b);
    AbsAdjoint => {
        let zero = L::splat(T::ZERO);
        // Zero at zero, NaN at NaN.
        L::select(zero.lt(b), a, L::select(b.lt(zero), -a, b.abs()))
    };
    ClampAdjoint(low: T, high: T) => {
        let inside = L::splat(low).le(b) & b.le(L::splat(high));
        L::select(inside, a, L::splat(T::ZERO))
    };
    PowiAdjoint(n: i32) => {
        let factor = L::constant(f64::from(n));
        match n.checked_sub(1) {
            Some(less) => a * (factor * b.powi(less)),
            None => a * (factor * (b.powi(n) / b)),
        }
    };
    PowfAdjoint(exponent: T) => {
        let factor = L::splat(exponent);
        a * (factor * b.powf(L::splat(exponent - T::ONE)))
    };
    ReluAdjoint => {
        let zero = L::splat(T::ZERO);
        L::select(b.le(zero), zero, a)
    };
    LeakyReluAdjoint(slope: T) => {
        L::select(L::splat(T::ZERO).lt(b), a, L::splat(slope) * a)
    };
    GeluAdjoint => {
        // 1/√2π
        let peak = L::constant(0.5 * FRAC_2_SQRT_PI * FRAC_1_SQRT_2);
        a * (b.normal_cdf() + b * peak * (L::constant(-0.5) * b * b).exp())
    };
    SiluAdjoint => {
        let one = L::splat(T::ONE);
        let s = b.sigmoid();
        a * (s * (one + b * (one - s)))
    };
    SigmoidAdjoint => a * (b * (L::splat(T::ONE) - b));
    SoftplusAdjoint => a * b.sigmoid();
    ErfAdjoint => a * (L::constant(FRAC_2_SQRT_PI) * (-b * b).exp());
}

impl<T: Real> Unary<T> {
    /// Appends the values for the elements of `x`.
    pub(crate) fn extend(self, out: &mut Vec<T>, x: &[T]) {
        out.reserve(x.len());
        // SAFETY: there are so many elements, and room for as many.
        unsafe {
            T::unary(self, x.as_ptr(), out.as_mut_ptr().add(out.len()), x.len());
            out.set_len(out.len() + x.len());
        }
    }

    /// The values for the elements of `x`.
    pub(crate) fn map(self, x: &[T]) -> Vec<T> {
        let mut out = pool::with_capacity(x.len());
        self.extend(&mut out, x);
        out
    }

    /// Replaces the elements of `x` by the values for them.
    pub(crate) fn update(self, x: &mut [T]) {
        let place = x.as_mut_ptr();
        // SAFETY: there are so many elements.
        unsafe { T::unary(self, place.cast_const(), place, x.len()) }
    }
}

impl<T: Real> Binary<T> {
    /// Appends the values for the elements of `a` and `b`.
    ///
    /// # Panics
    /// If there are not as many of either.
    pub(crate) fn extend(self, out: &mut Vec<T>, a: &[T], b: &[T]) {
        assert_eq!(a.len(), b.len(), "the lengths of the operands");
        out.reserve(a.len());
        // SAFETY: there are so many elements of both, and room for as many.
        unsafe {
            let end = out.as_mut_ptr().add(out.len());
            T::binary(self, [a.as_ptr(), b.as_ptr()], end, a.len());
            out.set_len(out.len() + a.len());
        }
    }

    /// The values for the elements of `a` and `b`.
    ///
    /// # Panics
    /// If there are not as many of either.
    pub(crate) fn map(self, a: &[T], b: &[T]) -> Vec<T> {
        let mut out = pool::with_capacity(a.len());
        self.extend(&mut out, a, b);
        out
    }

    /// Replaces the elements of `a` by the values for them and those of `b`.
    ///
    /// # Panics
    /// If there are not as many of either.
    pub(crate) fn update_left(self, a: &mut [T], b: &[T]) {
        assert_eq!(a.len(), b.len(), "the lengths of the operands");
        let place = a.as_mut_ptr();
        // SAFETY: there are so many elements of both.
        unsafe { T::binary(self, [place.cast_const(), b.as_ptr()], place, a.len()) }
    }

    /// Replaces the elements of `b` by the values for those of `a` and them.
    ///
    /// # Panics
    /// If there are not as many of either.
    pub(crate) fn update_right(self, a: &[T], b: &mut [T]) {
        assert_eq!(a.len(), b.len(), "the lengths of the operands");
        let place = b.as_mut_ptr();
        // SAFETY: there are so many elements of both.
        unsafe { T::binary(self, [a.as_ptr(), place.cast_const()], place, b.len()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::dispatch::tests::on_each_set;

    /// Lengths on both sides of every lane's.
    const LENGTHS: [u16; 10] = [0, 1, 2, 3, 5, 8, 15, 16, 17, 37];

    #[test]
    fn in_place_and_into_new_memory() {
        on_each_set(|set| {
            for len in LENGTHS {
                let b: Vec<f32> = (0..len).map(f32::from).collect();
                let a: Vec<f32> = b.iter().map(|b| 4.0 * b).collect();
                let difference: Vec<f32> = b.iter().map(|b| 3.0 * b).collect();
                assert_eq!(Binary::Sub.map(&a, &b), difference, "{set:?}");
                let (mut left, mut right) = (a.clone(), b.clone());
                Binary::Sub.update_left(&mut left, &b);
                Binary::Sub.update_right(&a, &mut right);
                assert_eq!((&left, &right), (&difference, &difference), "{set:?}");
                Unary::DivScalar(3.0).update(&mut left);
                assert_eq!(left, b, "{set:?}");
                Unary::SubFromScalar(0.0).extend(&mut left, &b);
                let negated = b.iter().map(|b| -b);
                assert_eq!(left, b.iter().copied().chain(negated).collect::<Vec<f32>>(), "{set:?}");
            }
        });
    }

    #[test]
    fn a_value_does_not_depend_on_where_it_stands() {
        let x: Vec<f64> = (0..37).map(|i| f64::from(i) * 0.37 - 5.0).collect();
        on_each_set(|set| {
            for function in [Unary::Exp, Unary::Sin, Unary::Tanh, Unary::Erf, Unary::Powf(1.7)] {
                let together = function.map(&x);
                for (x, y) in x.iter().zip(together) {
                    let alone = function.map(&[*x])[0];
                    assert_eq!(alone.to_bits(), y.to_bits(), "{set:?}: {function:?} at {x}");
                }
            }
        });
    }

    #[test]
    #[should_panic(expected = "the lengths of the operands")]
    fn operands_of_different_lengths() {
        Binary::Add.update_left(&mut [1.0], &[1.0, 2.0]);
    }
}
