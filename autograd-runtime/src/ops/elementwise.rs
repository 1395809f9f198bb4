//! Functions of one element at a time, and of two elements at the same place.

use super::compare::same_shape;
use crate::{Real, Tensor};
use std::f64::consts::FRAC_1_SQRT_2;

macro_rules! unary {
    ($($(#[$doc:meta])* $name:ident($f:expr))*) => {
        impl<const R: usize, T: Real> Tensor<R, T> {$(
            $(#[$doc])*
            #[must_use]
            pub fn $name(&self) -> Self {
                self.map($f)
            }
        )*}
    };
}

unary! {
    /// `e^x`, element by element.
    ///
    /// The cotangent of `x` is `ȳ eˣ`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([0.0]).exp(), Tensor::from([1.0]));
    /// ```
    exp(T::exp)
    /// `2^x`, element by element.
    ///
    /// The cotangent of `x` is `ȳ 2ˣ ln 2`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([3.0, -1.0]).exp2(), Tensor::from([8.0, 0.5]));
    /// ```
    exp2(T::exp2)
    /// `e^x - 1`, exact near zero, element by element.
    ///
    /// The cotangent of `x` is `ȳ eˣ`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([0.0]).exp_m1(), Tensor::from([0.0]));
    /// ```
    exp_m1(T::exp_m1)
    /// The natural logarithm, element by element.
    ///
    /// The cotangent of `x` is `ȳ / x`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([1.0]).ln(), Tensor::from([0.0]));
    /// ```
    ln(T::ln)
    /// `ln(1 + x)`, exact near zero, element by element.
    ///
    /// The cotangent of `x` is `ȳ / (1 + x)`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([0.0]).ln_1p(), Tensor::from([0.0]));
    /// ```
    ln_1p(T::ln_1p)
    /// The logarithm to base 2, element by element.
    ///
    /// The cotangent of `x` is `ȳ / (x ln 2)`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([8.0]).log2(), Tensor::from([3.0]));
    /// ```
    log2(T::log2)
    /// The logarithm to base 10, element by element.
    ///
    /// The cotangent of `x` is `ȳ / (x ln 10)`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([100.0]).log10(), Tensor::from([2.0]));
    /// ```
    log10(T::log10)
    /// The square root, element by element.
    ///
    /// The cotangent of `x` is `ȳ / (2 √x)`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([4.0, 9.0]).sqrt(), Tensor::from([2.0, 3.0]));
    /// ```
    sqrt(T::sqrt)
    /// The cube root, element by element.
    ///
    /// The cotangent of `x` is `ȳ / (3 ∛x²)`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([8.0, -27.0]).cbrt(), Tensor::from([2.0, -3.0]));
    /// ```
    cbrt(T::cbrt)
    /// The sine of an angle in radians, element by element.
    ///
    /// The cotangent of `x` is `ȳ cos x`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([0.0]).sin(), Tensor::from([0.0]));
    /// ```
    sin(T::sin)
    /// The cosine of an angle in radians, element by element.
    ///
    /// The cotangent of `x` is `-ȳ sin x`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([0.0]).cos(), Tensor::from([1.0]));
    /// ```
    cos(T::cos)
    /// The tangent of an angle in radians, element by element.
    ///
    /// The cotangent of `x` is `ȳ (1 + tan² x)`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([0.0]).tan(), Tensor::from([0.0]));
    /// ```
    tan(T::tan)
    /// The inverse sine, in radians, element by element.
    ///
    /// The cotangent of `x` is `ȳ / √(1 - x²)`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([0.0]).asin(), Tensor::from([0.0]));
    /// ```
    asin(T::asin)
    /// The inverse cosine, in radians, element by element.
    ///
    /// The cotangent of `x` is `-ȳ / √(1 - x²)`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([1.0]).acos(), Tensor::from([0.0]));
    /// ```
    acos(T::acos)
    /// The inverse tangent, in radians, element by element.
    ///
    /// The cotangent of `x` is `ȳ / (1 + x²)`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([0.0]).atan(), Tensor::from([0.0]));
    /// ```
    atan(T::atan)
    /// The hyperbolic sine, element by element.
    ///
    /// The cotangent of `x` is `ȳ cosh x`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([0.0]).sinh(), Tensor::from([0.0]));
    /// ```
    sinh(T::sinh)
    /// The hyperbolic cosine, element by element.
    ///
    /// The cotangent of `x` is `ȳ sinh x`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([0.0]).cosh(), Tensor::from([1.0]));
    /// ```
    cosh(T::cosh)
    /// The hyperbolic tangent, element by element.
    ///
    /// The cotangent of `x` is `ȳ (1 - y²)`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([0.0]).tanh(), Tensor::from([0.0]));
    /// ```
    tanh(T::tanh)
    /// The inverse hyperbolic sine, element by element.
    ///
    /// The cotangent of `x` is `ȳ / √(1 + x²)`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([0.0]).asinh(), Tensor::from([0.0]));
    /// ```
    asinh(T::asinh)
    /// The inverse hyperbolic cosine, element by element.
    ///
    /// The cotangent of `x` is `ȳ / √(x² - 1)`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([1.0]).acosh(), Tensor::from([0.0]));
    /// ```
    acosh(T::acosh)
    /// The inverse hyperbolic tangent, element by element.
    ///
    /// The cotangent of `x` is `ȳ / (1 - x²)`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([0.0]).atanh(), Tensor::from([0.0]));
    /// ```
    atanh(T::atanh)
    /// `1 / x`, element by element.
    ///
    /// The cotangent of `x` is `-ȳ y²`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([4.0, -2.0]).recip(), Tensor::from([0.25, -0.5]));
    /// ```
    recip(T::recip)
    /// The absolute value, element by element.
    ///
    /// The cotangent of `x` is `ȳ` for positive, `-ȳ` for negative elements and 0 at zero.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([-3.0, 0.0, 2.0]).abs(), Tensor::from([3.0, 0.0, 2.0]));
    /// ```
    abs(T::abs)
    /// `1` or `-1` by the sign bit, as the method of `f64`: `signum(0.0)` is 1, element by
    /// element.
    ///
    /// The derivative is 0.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([-3.0, 2.0]).signum(), Tensor::from([-1.0, 1.0]));
    /// ```
    signum(T::signum)
    /// The largest integer not above `x`, element by element.
    ///
    /// The derivative is 0.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([1.5, -1.5]).floor(), Tensor::from([1.0, -2.0]));
    /// ```
    floor(T::floor)
    /// The smallest integer not below `x`, element by element.
    ///
    /// The derivative is 0.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([1.5, -1.5]).ceil(), Tensor::from([2.0, -1.0]));
    /// ```
    ceil(T::ceil)
    /// The nearest integer, halves away from zero, element by element.
    ///
    /// The derivative is 0.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([2.5, -1.2]).round(), Tensor::from([3.0, -1.0]));
    /// ```
    round(T::round)
    /// The integer part, element by element.
    ///
    /// The derivative is 0.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([1.5, -1.5]).trunc(), Tensor::from([1.0, -1.0]));
    /// ```
    trunc(T::trunc)
    /// The fractional part, with the sign of `x`, element by element.
    ///
    /// The cotangent of `x` is `ȳ`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([1.5, -1.25]).fract(), Tensor::from([0.5, -0.25]));
    /// ```
    fract(T::fract)
    /// `x²`, element by element.
    ///
    /// The cotangent of `x` is `2 ȳ x`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([3.0, -2.0]).square(), Tensor::from([9.0, 4.0]));
    /// ```
    square(square)
    /// `max(x, 0)`; NaN stays NaN, element by element.
    ///
    /// The cotangent of `x` is `ȳ` for positive elements, else 0.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([-3.0, 0.0, 2.0]).relu(), Tensor::from([0.0, 0.0, 2.0]));
    /// ```
    relu(relu)
    /// The logistic function `1 / (1 + e⁻ˣ)`, element by element.
    ///
    /// The cotangent of `x` is `ȳ y (1 - y)`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([0.0]).sigmoid(), Tensor::from([0.5]));
    /// ```
    sigmoid(sigmoid)
    /// The Gaussian error linear unit `x Φ(x)`, with the exact distribution function `Φ(x) = (1 +
    /// erf(x / √2)) / 2`, element by element.
    ///
    /// The cotangent of `x` is `ȳ (Φ(x) + x φ(x))`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([0.0, 100.0]).gelu(), Tensor::from([0.0, 100.0]));
    /// ```
    gelu(gelu)
    /// The sigmoid linear unit `x σ(x)`, also called swish, element by element.
    ///
    /// The cotangent of `x` is `ȳ σ(x) (1 + x (1 - σ(x)))`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([0.0, 100.0]).silu(), Tensor::from([0.0, 100.0]));
    /// ```
    silu(silu)
    /// `ln(1 + eˣ)`, without overflow, element by element.
    ///
    /// The cotangent of `x` is `ȳ σ(x)`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([1000.0, -1000.0]).softplus(), Tensor::from([1000.0, 0.0]));
    /// ```
    softplus(softplus)
    /// The error function `2/√π ∫₀ˣ exp(-t²) dt`, element by element.
    ///
    /// The cotangent of `x` is `2/√π ȳ exp(-x²)`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([0.0, 10.0, -10.0]).erf(), Tensor::from([0.0, 1.0, -1.0]));
    /// ```
    erf(erf)
}

impl<const R: usize, T: Real> Tensor<R, T> {
    /// Each element to an integer power.
    ///
    /// The cotangent of `x` is `n ȳ xⁿ⁻¹`, and 0 for `n = 0`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([2.0, -1.0]).powi(3), Tensor::from([8.0, -1.0]));
    /// ```
    #[must_use]
    pub fn powi(&self, n: i32) -> Self {
        self.map(|x| x.powi(n))
    }

    /// Each element to the power `exponent`.
    ///
    /// The cotangent of `x` is `e ȳ xᵉ⁻¹`, and 0 for `e = 0`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([4.0, 9.0]).powf(0.5), Tensor::from([2.0, 3.0]));
    /// ```
    #[must_use]
    pub fn powf(&self, exponent: T) -> Self {
        self.map(|x| x.powf(exponent))
    }

    /// Each element limited to `[min, max]`; NaN stays NaN.
    ///
    /// The cotangent of `x` is `ȳ` where `min <= x <= max`, bounds included, else 0.
    ///
    /// # Panics
    /// Unless `min <= max`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// let x = Tensor::from([-2.0, 0.5, 2.0]);
    /// assert_eq!(x.clamp(-1.0, 1.0), Tensor::from([-1.0, 0.5, 1.0]));
    /// ```
    #[must_use]
    #[track_caller]
    pub fn clamp(&self, min: T, max: T) -> Self {
        assert!(min <= max, "clamp: {min} to {max} is not an interval");
        self.map(|x| x.clamp(min, max))
    }

    /// `x` for positive elements, `slope x` for the others.
    ///
    /// The cotangent of `x` is `ȳ` for positive elements, else `slope ȳ`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([-2.0, 3.0]).leaky_relu(0.5), Tensor::from([-1.0, 3.0]));
    /// ```
    #[must_use]
    pub fn leaky_relu(&self, slope: T) -> Self {
        self.map(|x| if x > T::ZERO { x } else { slope * x })
    }
}

impl<const R: usize, T: Copy> Tensor<R, T> {
    /// `f` of each element.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// let x = Tensor::from([1.0, 2.0]);
    /// assert_eq!(x.map(|x| 10.0 * x), Tensor::from([10.0, 20.0]));
    /// ```
    #[inline]
    pub fn map<U>(&self, f: impl FnMut(T) -> U) -> Tensor<R, U> {
        Tensor { shape: self.shape, data: self.data.iter().copied().map(f).collect() }
    }

    /// `f` of each element and the one at the same place in `other`.
    ///
    /// # Panics
    /// If the shapes are not the same.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// let (x, y) = (Tensor::from([3.0_f64, 6.0]), Tensor::from([4.0, 8.0]));
    /// assert_eq!(x.zip_map(&y, f64::hypot), Tensor::from([5.0, 10.0]));
    /// ```
    #[inline]
    #[track_caller]
    pub fn zip_map<U: Copy, V>(
        &self,
        other: &Tensor<R, U>,
        mut f: impl FnMut(T, U) -> V,
    ) -> Tensor<R, V> {
        same_shape("zip_map", &self.shape, &other.shape);
        let data = self.data.iter().zip(&other.data).map(|(&x, &y)| f(x, y)).collect();
        Tensor { shape: self.shape, data }
    }
}

#[inline(always)]
fn square<T: Real>(x: T) -> T {
    x * x
}

#[inline(always)]
fn relu<T: Real>(x: T) -> T {
    // Not `max`, which would turn NaN into 0.
    if x <= T::ZERO { T::ZERO } else { x }
}

/// `1 / (1 + e⁻ˣ)`. Where `e⁻ˣ` overflows this is 0, as it should be.
#[inline(always)]
pub(crate) fn sigmoid<T: Real>(x: T) -> T {
    (T::ONE + (-x).exp()).recip()
}

/// The distribution function of the standard normal distribution.
#[inline(always)]
pub(crate) fn normal_cdf<T: Real>(x: T) -> T {
    let half = T::from_f64(0.5);
    half + half * (x * T::from_f64(FRAC_1_SQRT_2)).error_function()
}

#[inline(always)]
fn gelu<T: Real>(x: T) -> T {
    x * normal_cdf(x)
}

#[inline(always)]
fn silu<T: Real>(x: T) -> T {
    x * sigmoid(x)
}

#[inline(always)]
fn softplus<T: Real>(x: T) -> T {
    // The exponential of the larger side would overflow.
    x.max(T::ZERO) + (-x.abs()).exp().ln_1p()
}

#[inline(always)]
fn erf<T: Real>(x: T) -> T {
    x.error_function()
}

#[cfg(test)]
mod tests;
