//! [`Dual`]: a scalar with a tangent.

use crate::differentiable::{Differentiable, ParameterVisitor, Tangent, TangentVisitor};
use crate::place::{Place, Slot};
use crate::{Element, Real};
use std::cmp::Ordering;
use std::fmt;
use std::iter::{Product, Sum};
use std::ops::{
    Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Rem, RemAssign, Sub, SubAssign,
};

/// A number `re + eps ε` with `ε² = 0`: a scalar and its derivative in one direction.
///
/// It is a [`Real`], so whatever is generic over its scalars runs over dual numbers: the reverse pass of a
/// function `fn f<T: Real>(…)` on them gives the gradient and the derivative of the gradient in a
/// direction, which is what `f::hvp` returns. Duals of duals give third derivatives; each level has a
/// number type of its own, so that no perturbation is taken for another one's.
///
/// Comparisons look at the number alone, as a branch does in the function that is differentiated.
///
/// ```
/// use autograd_runtime::{Dual, Real};
///
/// let x = Dual::new(2.0_f64, 1.0);
/// assert_eq!((x * x * x).eps, 12.0);
/// assert_eq!(Real::exp(Dual::new(0.0, 3.0)).eps, 3.0);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Dual<T> {
    /// The number.
    pub re: T,
    /// Its tangent.
    pub eps: T,
}

impl<T> Dual<T> {
    /// The number `re` with the tangent `eps`.
    pub const fn new(re: T, eps: T) -> Self {
        Self { re, eps }
    }
}

impl<T: Real> Dual<T> {
    /// A number without a tangent.
    pub const fn constant(re: T) -> Self {
        Self { re, eps: T::ZERO }
    }

    /// `f(self)`, given the value and the derivative of `f` there. What has no tangent gets none, also where
    /// the derivative is infinite.
    #[inline]
    fn chain(self, value: T, derivative: T) -> Self {
        let eps = if self.eps.is_exactly_zero() { T::ZERO } else { self.eps * derivative };
        Self { re: value, eps }
    }
}

impl<T: fmt::Display> fmt::Display for Dual<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} + {}ε", self.re, self.eps)
    }
}

impl<T: PartialEq> PartialEq for Dual<T> {
    fn eq(&self, other: &Self) -> bool {
        self.re == other.re
    }
}

impl<T: PartialOrd> PartialOrd for Dual<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.re.partial_cmp(&other.re)
    }
}

impl<T: Real> Element for Dual<T> {}

macro_rules! operators {
    ($($op:ident $method:ident $assign:ident $assign_method:ident |$a:ident, $b:ident| $result:expr;)*) => {$(
        impl<T: Real> $op for Dual<T> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                let ($a, $b) = (self, other);
                $result
            }
        }
        impl<T: Real> $op<&Self> for Dual<T> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: &Self) -> Self {
                $op::$method(self, *other)
            }
        }
        impl<T: Real> $op<Dual<T>> for &Dual<T> {
            type Output = Dual<T>;
            #[inline(always)]
            fn $method(self, other: Dual<T>) -> Dual<T> {
                $op::$method(*self, other)
            }
        }
        impl<T: Real> $op<&Dual<T>> for &Dual<T> {
            type Output = Dual<T>;
            #[inline(always)]
            fn $method(self, other: &Dual<T>) -> Dual<T> {
                $op::$method(*self, *other)
            }
        }
        impl<T: Real> $assign for Dual<T> {
            #[inline(always)]
            fn $assign_method(&mut self, other: Self) {
                *self = $op::$method(*self, other);
            }
        }
    )*};
}
operators! {
    Add add AddAssign add_assign |a, b| Self::new(a.re + b.re, a.eps + b.eps);
    Sub sub SubAssign sub_assign |a, b| Self::new(a.re - b.re, a.eps - b.eps);
    Mul mul MulAssign mul_assign |a, b| Self::new(a.re * b.re, a.eps * b.re + a.re * b.eps);
    Div div DivAssign div_assign |a, b| {
        let value = a.re / b.re;
        Self::new(value, (a.eps - value * b.eps) / b.re)
    };
    Rem rem RemAssign rem_assign |a, b| {
        Self::new(a.re % b.re, a.eps - b.eps * (a.re / b.re).trunc())
    };
}

impl<T: Real> Neg for Dual<T> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self::new(-self.re, -self.eps)
    }
}

impl<T: Real> Neg for &Dual<T> {
    type Output = Dual<T>;
    #[inline(always)]
    fn neg(self) -> Dual<T> {
        -*self
    }
}

impl<T: Real> Sum for Dual<T> {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, |sum, x| sum + x)
    }
}

impl<'a, T: Real> Sum<&'a Self> for Dual<T> {
    fn sum<I: Iterator<Item = &'a Self>>(iter: I) -> Self {
        iter.copied().sum()
    }
}

impl<T: Real> Product for Dual<T> {
    fn product<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ONE, |product, x| product * x)
    }
}

impl<'a, T: Real> Product<&'a Self> for Dual<T> {
    fn product<I: Iterator<Item = &'a Self>>(iter: I) -> Self {
        iter.copied().product()
    }
}

impl<T: Real> Place<Self> for Dual<T> {
    #[inline(always)]
    fn slot(&mut self) -> Slot<'_, Self> {
        Slot::of(self)
    }
    #[inline(always)]
    fn view(&self) -> Option<&Self> {
        Some(self)
    }
}

impl<T: Real> Tangent for Dual<T> {
    #[inline(always)]
    fn symbolic_zero() -> Self {
        Self::ZERO
    }
    #[inline(always)]
    fn accumulate(&mut self, other: Self) {
        *self += other;
    }
    #[inline(always)]
    fn accumulate_ref(&mut self, other: &Self) {
        *self += *other;
    }
    #[inline(always)]
    fn zero(&mut self) {
        *self = Self::ZERO;
    }
    #[inline(always)]
    fn vanishes(&self) -> bool {
        self.re == T::ZERO && self.eps == T::ZERO
    }
    fn visit_tangents<V: TangentVisitor>(&mut self, visitor: &mut V) {
        visitor.visit(std::slice::from_mut(self));
    }
}

impl<T: Real> Differentiable for Dual<T> {
    type Tangent = Self;
    type Shape = ();
    #[inline(always)]
    fn tangent_shape(&self) {}
    #[inline(always)]
    fn zeros((): &()) -> Self {
        Self::ZERO
    }
    #[inline(always)]
    fn materialize((): &(), _: &mut Self) {}
    fn visit_parameters<V: ParameterVisitor>(&mut self, gradient: &Self, visitor: &mut V) {
        visitor.visit(std::slice::from_mut(self), std::slice::from_ref(gradient));
    }
}

macro_rules! smooth {
    ($($name:ident |$x:ident, $y:ident| $derivative:expr;)*) => {$(
        #[inline]
        fn $name(self) -> Self {
            let $x = self.re;
            let $y = $x.$name();
            self.chain($y, $derivative)
        }
    )*};
}

macro_rules! piecewise_constant {
    ($($name:ident)*) => {$(
        #[inline]
        fn $name(self) -> Self {
            Self::constant(self.re.$name())
        }
    )*};
}

fn number<T: Real>(x: f64) -> T {
    T::from_f64(x)
}

#[allow(unused_variables, reason = "a derivative names the operand, the result, or both")]
impl<T: Real> Real for Dual<T> {
    const ZERO: Self = Self::constant(T::ZERO);
    const ONE: Self = Self::constant(T::ONE);
    const EPSILON: Self = Self::constant(T::EPSILON);
    const INFINITY: Self = Self::constant(T::INFINITY);

    fn from_f64(x: f64) -> Self {
        Self::constant(T::from_f64(x))
    }
    fn from_usize(n: usize) -> Self {
        Self::constant(T::from_usize(n))
    }
    fn to_f64(self) -> f64 {
        self.re.to_f64()
    }
    fn is_nan(self) -> bool {
        self.re.is_nan()
    }
    fn is_finite(self) -> bool {
        self.re.is_finite()
    }
    fn is_sign_negative(self) -> bool {
        self.re.is_sign_negative()
    }
    fn is_exactly_zero(self) -> bool {
        self.re.is_exactly_zero() && self.eps.is_exactly_zero()
    }
    fn error_function(self) -> Self {
        let slope = number::<T>(std::f64::consts::FRAC_2_SQRT_PI) * (-self.re * self.re).exp();
        self.chain(self.re.error_function(), slope)
    }
    fn powi(self, n: i32) -> Self {
        let value = self.re.powi(n);
        if n == 0 {
            return Self::constant(value);
        }
        let less = n.checked_sub(1).map_or_else(|| value / self.re, |less| self.re.powi(less));
        self.chain(value, T::from_f64(f64::from(n)) * less)
    }
    fn sin_cos(self) -> (Self, Self) {
        let (sine, cosine) = self.re.sin_cos();
        (self.chain(sine, cosine), self.chain(cosine, -sine))
    }
    fn mul_add(self, a: Self, b: Self) -> Self {
        Self::new(self.re.mul_add(a.re, b.re), self.eps * a.re + self.re * a.eps + b.eps)
    }
    fn clamp(self, min: Self, max: Self) -> Self {
        // Panics as that of the number does.
        let value = self.re.clamp(min.re, max.re);
        let eps = if self.re < min.re {
            min.eps
        } else if self.re > max.re {
            max.eps
        } else {
            self.eps
        };
        Self::new(value, eps)
    }

    smooth! {
        sqrt |x, y| number::<T>(0.5) / y;
        cbrt |x, y| T::ONE / (number::<T>(3.0) * y * y);
        exp |x, y| y;
        exp2 |x, y| y * number::<T>(std::f64::consts::LN_2);
        exp_m1 |x, y| y + T::ONE;
        ln |x, y| T::ONE / x;
        ln_1p |x, y| T::ONE / (x + T::ONE);
        log2 |x, y| T::ONE / (x * number::<T>(std::f64::consts::LN_2));
        log10 |x, y| T::ONE / (x * number::<T>(std::f64::consts::LN_10));
        sin |x, y| x.cos();
        cos |x, y| -x.sin();
        tan |x, y| y * y + T::ONE;
        asin |x, y| T::ONE / (T::ONE - x * x).sqrt();
        acos |x, y| -(T::ONE / (T::ONE - x * x).sqrt());
        atan |x, y| T::ONE / (x * x + T::ONE);
        sinh |x, y| x.cosh();
        cosh |x, y| x.sinh();
        tanh |x, y| T::ONE - y * y;
        asinh |x, y| T::ONE / (x * x + T::ONE).sqrt();
        acosh |x, y| T::ONE / (x * x - T::ONE).sqrt();
        atanh |x, y| T::ONE / (T::ONE - x * x);
        recip |x, y| -(y * y);
        fract |x, y| T::ONE;
        to_radians |x, y| number(std::f64::consts::PI / 180.0);
        to_degrees |x, y| number(180.0 / std::f64::consts::PI);
        // The subgradient of the reverse pass.
        abs |x, y| if x > T::ZERO { T::ONE } else if x < T::ZERO { -T::ONE } else { x * T::ZERO };
    }
    piecewise_constant!(signum floor ceil round trunc);

    fn powf(self, other: Self) -> Self {
        let value = self.re.powf(other.re);
        let base = self.chain(value, other.re * self.re.powf(other.re - T::ONE));
        let vanishes = self.re == T::ZERO && value.is_finite();
        let slope = if vanishes { T::ZERO } else { value * self.re.ln() };
        // `0 x⁻¹` at `x = 0` is no derivative.
        let first = if other.re == T::ZERO { T::ZERO } else { base.eps };
        Self::new(value, first + other.chain(value, slope).eps)
    }
    fn log(self, other: Self) -> Self {
        let value = self.re.log(other.re);
        let scale = other.re.ln();
        let first = self.chain(value, T::ONE / (self.re * scale));
        Self::new(value, first.eps - other.chain(value, value / (other.re * scale)).eps)
    }
    fn atan2(self, other: Self) -> Self {
        let square = self.re * self.re + other.re * other.re;
        let eps = (self.eps * other.re - self.re * other.eps) / square;
        Self::new(self.re.atan2(other.re), eps)
    }
    fn hypot(self, other: Self) -> Self {
        let value = self.re.hypot(other.re);
        Self::new(value, (self.re * self.eps + other.re * other.eps) / value)
    }
    fn max(self, other: Self) -> Self {
        Self::new(
            self.re.max(other.re),
            chosen(self, other, self.re > other.re, other.re > self.re),
        )
    }
    fn min(self, other: Self) -> Self {
        Self::new(
            self.re.min(other.re),
            chosen(self, other, self.re < other.re, other.re < self.re),
        )
    }
    fn copysign(self, other: Self) -> Self {
        let value = self.re.copysign(other.re);
        let same = self.re.is_sign_negative() == other.re.is_sign_negative();
        let slope = if self.re == T::ZERO {
            T::ZERO
        } else if same {
            T::ONE
        } else {
            -T::ONE
        };
        self.chain(value, slope)
    }
    fn rem_euclid(self, other: Self) -> Self {
        let turns = self.re.div_euclid(other.re);
        Self::new(self.re.rem_euclid(other.re), self.eps - other.eps * turns)
    }
    fn div_euclid(self, other: Self) -> Self {
        Self::constant(self.re.div_euclid(other.re))
    }
}

/// The tangent of the one of two numbers that is chosen; of a tie half of each. A NaN is not chosen.
fn chosen<T: Real>(a: Dual<T>, b: Dual<T>, first: bool, second: bool) -> T {
    if first || (b.re.is_nan() && !a.re.is_nan()) {
        a.eps
    } else if second || (a.re.is_nan() && !b.re.is_nan()) {
        b.eps
    } else {
        number::<T>(0.5) * (a.eps + b.eps)
    }
}
