//! Comparing second derivatives with central differences of a gradient.

use super::{Gradcheck, GradcheckError};
use crate::Real;
use crate::differentiable::{Differentiable, ParameterVisitor, Tangent, TangentVisitor};

/// Of so many scalars or fewer, the second derivatives along each one are compared.
const ALL: usize = 32;

/// The number of directions otherwise.
const SOME: usize = 8;

impl Gradcheck {
    /// Compares Hessian-vector products with central differences of `gradient` at `x`.
    ///
    /// `product` takes a point and a direction to the derivative of the gradient in that direction. If
    /// `x` has 32 scalars or fewer, the direction of each is taken, and so the whole Hessian is checked;
    /// otherwise 8 directions of pseudo-random numbers in `[-1, 1]`, which are always the same.
    ///
    /// ```
    /// use autograd_runtime::Gradcheck;
    ///
    /// let gradient = |x: &f64| 3.0 * x * x;
    /// let product = |x: &f64, direction: f64| 6.0 * x * direction;
    /// assert!(Gradcheck::new().check_second(gradient, product, &2.0).is_ok());
    ///
    /// let wrong = |x: &f64, direction: f64| 5.0 * x * direction;
    /// assert!(Gradcheck::new().check_second(gradient, wrong, &2.0).is_err());
    /// ```
    ///
    /// # Errors
    /// Where a product and the difference disagree, or either is not finite.
    ///
    /// # Panics
    /// If a product or a gradient has another number of scalars than `x`.
    #[track_caller]
    pub fn check_second<X: Differentiable + Clone>(
        &self,
        mut gradient: impl FnMut(&X) -> X::Tangent,
        mut product: impl FnMut(&X, X::Tangent) -> X::Tangent,
        x: &X,
    ) -> Result<(), GradcheckError> {
        let shape = x.tangent_shape();
        let zero = X::zeros(&shape);
        let places = Scalars::of(zero.clone());
        let scalars = places.values.len();
        let values = |mut tangent: X::Tangent| {
            X::materialize(&shape, &mut tangent);
            let values = Scalars::of(tangent).values;
            let n = values.len();
            assert!(n == scalars, "gradgradcheck: {n} derivatives of {scalars} scalars");
            values
        };
        let (step, atol, rtol) = self.resolve(places.single);
        let along = scalars <= ALL;
        let directions = if along { scalars } else { SOME };
        let mut first: Option<GradcheckError> = None;
        for number in 0..directions {
            let mut direction = zero.clone();
            direction.visit_tangents(&mut Fill { number, along, passed: 0 });
            let mut moved = |by: f64| {
                let mut x = x.clone();
                x.visit_parameters(&direction, &mut Move(by));
                values(gradient(&x))
            };
            let (above, below) = (moved(step), moved(-step));
            let analytic = values(product(x, direction));
            for (element, &analytic) in analytic.iter().enumerate() {
                let numeric = (above[element] - below[element]) / (2.0 * step);
                let difference = (analytic - numeric).abs();
                if difference <= atol + rtol * numeric.abs() && difference.is_finite() {
                    continue;
                }
                let (leaf, index) = places.positions[element];
                let error = GradcheckError {
                    element,
                    leaf,
                    index,
                    direction: Some(number),
                    analytic,
                    numeric,
                    wrong: 0,
                    count: scalars * directions,
                    atol,
                    rtol,
                };
                first.get_or_insert(error).wrong += 1;
            }
        }
        first.map_or(Ok(()), Err)
    }
}

/// The scalars of a tangent, each with its buffer and its position there.
#[derive(Default)]
struct Scalars {
    values: Vec<f64>,
    positions: Vec<(usize, usize)>,
    leaves: usize,
    single: bool,
}

impl Scalars {
    fn of(mut tangent: impl Tangent) -> Self {
        let mut scalars = Self::default();
        tangent.visit_tangents(&mut scalars);
        scalars
    }
}

impl TangentVisitor for Scalars {
    fn visit<T: Real>(&mut self, part: &mut [T]) {
        self.single |= size_of::<T>() < size_of::<f64>();
        self.values.extend(part.iter().map(|x| x.to_f64()));
        self.positions.extend((0..part.len()).map(|index| (self.leaves, index)));
        self.leaves += 1;
    }
}

/// Makes a direction of a zero tangent.
struct Fill {
    number: usize,
    /// Whether it is that of one scalar.
    along: bool,
    passed: usize,
}

impl TangentVisitor for Fill {
    fn visit<T: Real>(&mut self, part: &mut [T]) {
        for x in part {
            *x = match self.along {
                true if self.number == self.passed => T::ONE,
                true => T::ZERO,
                false => T::from_f64(scattered(self.number, self.passed)),
            };
            self.passed += 1;
        }
    }
}

/// A number in `[-1, 1]` for an element of a direction: the fractional parts of multiples of two
/// irrational numbers, which have no period.
fn scattered(number: usize, element: usize) -> f64 {
    let phase = (number + 1) as f64 * 0.754_877_666_246_692_7;
    let turns = (element + 1) as f64 * (phase.fract() + 0.569_840_290_998_053_3);
    2.0 * turns.fract() - 1.0
}

/// Moves all scalars in a direction.
struct Move(f64);

impl ParameterVisitor for Move {
    fn visit<T: Real>(&mut self, parameters: &mut [T], direction: &[T]) {
        for (x, d) in parameters.iter_mut().zip(direction) {
            *x = T::from_f64(x.to_f64() + self.0 * d.to_f64());
        }
    }
}
