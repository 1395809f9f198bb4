//! Functions of one element at a time, and of two elements at the same place.

use super::compare::same_shape;
use crate::kernel::Unary;
use crate::kernel::pool;
use crate::{Real, Tensor};

/// What a function of one element is computed by.
trait Formula<T> {
    fn of<const R: usize>(self, x: &Tensor<R, T>) -> Tensor<R, T>;
}

/// On vector lanes.
impl<T: Real> Formula<T> for Unary<T> {
    fn of<const R: usize>(self, x: &Tensor<R, T>) -> Tensor<R, T> {
        Tensor { shape: x.shape, data: Unary::map(self, &x.data) }
    }
}

/// One element after the other.
impl<T: Real> Formula<T> for fn(T) -> T {
    fn of<const R: usize>(self, x: &Tensor<R, T>) -> Tensor<R, T> {
        x.map(self)
    }
}

macro_rules! unary {
    ($($(#[$doc:meta])* $name:ident($f:expr))*) => {
        impl<const R: usize, T: Real> Tensor<R, T> {$(
            $(#[$doc])*
            #[must_use]
            pub fn $name(&self) -> Self {
                Formula::of($f, self)
            }
        )*}
    };
}

unary! {
    /// `e^x`, element by element.
    ///
    /// At most 1.1 ulp off. The cotangent of `x` is `ȳ eˣ`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([0.0]).exp(), Tensor::from([1.0]));
    /// ```
    exp(Unary::Exp)
    /// `2^x`, element by element.
    ///
    /// At most 1.2 ulp off. The cotangent of `x` is `ȳ 2ˣ ln 2`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([3.0, -1.0]).exp2(), Tensor::from([8.0, 0.5]));
    /// ```
    exp2(Unary::Exp2)
    /// `e^x - 1`, exact near zero, element by element.
    ///
    /// At most 2 ulp off. The cotangent of `x` is `ȳ eˣ`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([0.0]).exp_m1(), Tensor::from([0.0]));
    /// ```
    exp_m1(Unary::ExpM1)
    /// The natural logarithm, element by element.
    ///
    /// At most 1 ulp off. The cotangent of `x` is `ȳ / x`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([1.0]).ln(), Tensor::from([0.0]));
    /// ```
    ln(Unary::Ln)
    /// `ln(1 + x)`, exact near zero, element by element.
    ///
    /// At most 1.7 ulp off. The cotangent of `x` is `ȳ / (1 + x)`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([0.0]).ln_1p(), Tensor::from([0.0]));
    /// ```
    ln_1p(Unary::Ln1p)
    /// The logarithm to base 2, element by element.
    ///
    /// At most 0.51 ulp off. The cotangent of `x` is `ȳ / (x ln 2)`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([8.0]).log2(), Tensor::from([3.0]));
    /// ```
    log2(Unary::Log2)
    /// The logarithm to base 10, element by element.
    ///
    /// At most 0.51 ulp off. The cotangent of `x` is `ȳ / (x ln 10)`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([100.0]).log10(), Tensor::from([2.0]));
    /// ```
    log10(Unary::Log10)
    /// The square root, element by element.
    ///
    /// The cotangent of `x` is `ȳ / (2 √x)`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([4.0, 9.0]).sqrt(), Tensor::from([2.0, 3.0]));
    /// ```
    sqrt(Unary::Sqrt)
    /// The cube root, element by element.
    ///
    /// The cotangent of `x` is `ȳ / (3 ∛x²)`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([8.0, -27.0]).cbrt(), Tensor::from([2.0, -3.0]));
    /// ```
    cbrt(T::cbrt as fn(T) -> T)
    /// The sine of an angle in radians, element by element.
    ///
    /// At most 2.5 ulp off. The cotangent of `x` is `ȳ cos x`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([0.0]).sin(), Tensor::from([0.0]));
    /// ```
    sin(Unary::Sin)
    /// The cosine of an angle in radians, element by element.
    ///
    /// At most 2.5 ulp off. The cotangent of `x` is `-ȳ sin x`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([0.0]).cos(), Tensor::from([1.0]));
    /// ```
    cos(Unary::Cos)
    /// The tangent of an angle in radians, element by element.
    ///
    /// The cotangent of `x` is `ȳ (1 + tan² x)`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([0.0]).tan(), Tensor::from([0.0]));
    /// ```
    tan(T::tan as fn(T) -> T)
    /// The inverse sine, in radians, element by element.
    ///
    /// The cotangent of `x` is `ȳ / √(1 - x²)`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([0.0]).asin(), Tensor::from([0.0]));
    /// ```
    asin(T::asin as fn(T) -> T)
    /// The inverse cosine, in radians, element by element.
    ///
    /// The cotangent of `x` is `-ȳ / √(1 - x²)`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([1.0]).acos(), Tensor::from([0.0]));
    /// ```
    acos(T::acos as fn(T) -> T)
    /// The inverse tangent, in radians, element by element.
    ///
    /// The cotangent of `x` is `ȳ / (1 + x²)`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([0.0]).atan(), Tensor::from([0.0]));
    /// ```
    atan(T::atan as fn(T) -> T)
    /// The hyperbolic sine, element by element.
    ///
    /// The cotangent of `x` is `ȳ cosh x`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([0.0]).sinh(), Tensor::from([0.0]));
    /// ```
    sinh(T::sinh as fn(T) -> T)
    /// The hyperbolic cosine, element by element.
    ///
    /// The cotangent of `x` is `ȳ sinh x`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([0.0]).cosh(), Tensor::from([1.0]));
    /// ```
    cosh(T::cosh as fn(T) -> T)
    /// The hyperbolic tangent, element by element.
    ///
    /// At most 2.7 ulp off. The cotangent of `x` is `ȳ (1 - y²)`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([0.0]).tanh(), Tensor::from([0.0]));
    /// ```
    tanh(Unary::Tanh)
    /// The inverse hyperbolic sine, element by element.
    ///
    /// The cotangent of `x` is `ȳ / √(1 + x²)`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([0.0]).asinh(), Tensor::from([0.0]));
    /// ```
    asinh(T::asinh as fn(T) -> T)
    /// The inverse hyperbolic cosine, element by element.
    ///
    /// The cotangent of `x` is `ȳ / √(x² - 1)`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([1.0]).acosh(), Tensor::from([0.0]));
    /// ```
    acosh(T::acosh as fn(T) -> T)
    /// The inverse hyperbolic tangent, element by element.
    ///
    /// The cotangent of `x` is `ȳ / (1 - x²)`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([0.0]).atanh(), Tensor::from([0.0]));
    /// ```
    atanh(T::atanh as fn(T) -> T)
    /// `1 / x`, element by element.
    ///
    /// The cotangent of `x` is `-ȳ y²`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([4.0, -2.0]).recip(), Tensor::from([0.25, -0.5]));
    /// ```
    recip(Unary::Recip)
    /// The absolute value, element by element.
    ///
    /// The cotangent of `x` is `ȳ` for positive, `-ȳ` for negative elements and 0 at zero.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([-3.0, 0.0, 2.0]).abs(), Tensor::from([3.0, 0.0, 2.0]));
    /// ```
    abs(Unary::Abs)
    /// `1` or `-1` by the sign bit, as the method of `f64`: `signum(0.0)` is 1, element by
    /// element.
    ///
    /// The derivative is 0.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([-3.0, 2.0]).signum(), Tensor::from([-1.0, 1.0]));
    /// ```
    signum(T::signum as fn(T) -> T)
    /// The largest integer not above `x`, element by element.
    ///
    /// The derivative is 0.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([1.5, -1.5]).floor(), Tensor::from([1.0, -2.0]));
    /// ```
    floor(Unary::Floor)
    /// The smallest integer not below `x`, element by element.
    ///
    /// The derivative is 0.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([1.5, -1.5]).ceil(), Tensor::from([2.0, -1.0]));
    /// ```
    ceil(Unary::Ceil)
    /// The nearest integer, halves away from zero, element by element.
    ///
    /// The derivative is 0.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([2.5, -1.2]).round(), Tensor::from([3.0, -1.0]));
    /// ```
    round(T::round as fn(T) -> T)
    /// The integer part, element by element.
    ///
    /// The derivative is 0.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([1.5, -1.5]).trunc(), Tensor::from([1.0, -1.0]));
    /// ```
    trunc(Unary::Trunc)
    /// The fractional part, with the sign of `x`, element by element.
    ///
    /// The cotangent of `x` is `ȳ`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([1.5, -1.25]).fract(), Tensor::from([0.5, -0.25]));
    /// ```
    fract(T::fract as fn(T) -> T)
    /// `x²`, element by element.
    ///
    /// The cotangent of `x` is `2 ȳ x`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([3.0, -2.0]).square(), Tensor::from([9.0, 4.0]));
    /// ```
    square(Unary::Square)
    /// `max(x, 0)`; NaN stays NaN, element by element.
    ///
    /// The cotangent of `x` is `ȳ` for positive elements, else 0.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([-3.0, 0.0, 2.0]).relu(), Tensor::from([0.0, 0.0, 2.0]));
    /// ```
    relu(Unary::Relu)
    /// The logistic function `1 / (1 + e⁻ˣ)`, element by element.
    ///
    /// At most 2.7 ulp off. The cotangent of `x` is `ȳ y (1 - y)`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([0.0]).sigmoid(), Tensor::from([0.5]));
    /// ```
    sigmoid(Unary::Sigmoid)
    /// The Gaussian error linear unit `x Φ(x)`, with the exact distribution function `Φ(x) = (1 +
    /// erf(x / √2)) / 2`, element by element.
    ///
    /// At most 1.5 ulp of `x` off. The cotangent of `x` is `ȳ (Φ(x) + x φ(x))`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([0.0, 100.0]).gelu(), Tensor::from([0.0, 100.0]));
    /// ```
    gelu(Unary::Gelu)
    /// The sigmoid linear unit `x σ(x)`, also called swish, element by element.
    ///
    /// At most 3.5 ulp off. The cotangent of `x` is `ȳ σ(x) (1 + x (1 - σ(x)))`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([0.0, 100.0]).silu(), Tensor::from([0.0, 100.0]));
    /// ```
    silu(Unary::Silu)
    /// `ln(1 + eˣ)`, without overflow, element by element.
    ///
    /// At most 2 ulp off. The cotangent of `x` is `ȳ σ(x)`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([1000.0, -1000.0]).softplus(), Tensor::from([1000.0, 0.0]));
    /// ```
    softplus(Unary::Softplus)
    /// The error function `2/√π ∫₀ˣ exp(-t²) dt`, element by element.
    ///
    /// At most 1.6 ulp off. The cotangent of `x` is `2/√π ȳ exp(-x²)`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([0.0, 10.0, -10.0]).erf(), Tensor::from([0.0, 1.0, -1.0]));
    /// ```
    erf(Unary::Erf)
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
        Unary::Powi(n).of(self)
    }

    /// Each element to the power `exponent`, at most 1.5 ulp off.
    ///
    /// The cotangent of `x` is `e ȳ xᵉ⁻¹`, and 0 for `e = 0`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([4.0, 9.0]).powf(0.5), Tensor::from([2.0, 3.0]));
    /// ```
    #[must_use]
    pub fn powf(&self, exponent: T) -> Self {
        Unary::Powf(exponent).of(self)
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
        Unary::Clamp(min, max).of(self)
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
        Unary::LeakyRelu(slope).of(self)
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
        Tensor { shape: self.shape, data: pool::collected(self.data.iter().copied().map(f)) }
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
        let data = pool::collected(self.data.iter().zip(&other.data).map(|(&x, &y)| f(x, y)));
        Tensor { shape: self.shape, data }
    }
}

#[cfg(test)]
mod tests;
