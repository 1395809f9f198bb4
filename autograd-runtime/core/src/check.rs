//! Comparing a gradient with central differences.

mod second;

use crate::Real;
use crate::differentiable::{Differentiable, ParameterVisitor};
use std::borrow::BorrowMut;
use std::error::Error;
use std::fmt;

/// Compares `gradient` with central differences of `f` at `x`, with the default [`Gradcheck`].
///
/// ```
/// use autograd_runtime::gradcheck;
///
/// let f = |x: &Vec<f64>| x[0] * x[1].sin();
/// let x = vec![2.0, 0.5];
/// assert!(gradcheck(f, &x, &vec![0.5_f64.sin(), 2.0 * 0.5_f64.cos()]).is_ok());
///
/// let wrong = gradcheck(f, &x, &vec![0.5_f64.sin(), 2.0]).unwrap_err();
/// assert_eq!(wrong.element, 1);
/// ```
///
/// # Errors
/// Where the gradient and the difference disagree, or either is not finite.
///
/// # Panics
/// If a buffer of `x` and its gradient differ in length.
#[track_caller]
pub fn gradcheck<X, T, F>(f: F, x: &X, gradient: &X::Tangent) -> Result<(), GradcheckError>
where
    X: Differentiable + ToOwned + ?Sized,
    X::Owned: BorrowMut<X>,
    T: Real,
    F: FnMut(&X) -> T,
{
    Gradcheck::new().check(f, x, gradient)
}

/// How a gradient is compared with central differences.
///
/// Every scalar `x_i` is moved by `step` either way, and the gradient's element `a` is right if
/// `|a - n| <= atol + rtol * |n|` for `n = (f(x_i + step) - f(x_i - step)) / (2 * step)`.
///
/// The defaults are those of `torch.autograd.gradcheck` where everything is `f64`: a step of 1e-6,
/// `atol` 1e-5, `rtol` 1e-3. If the value or a part of `x` is `f32`, a difference carries few digits,
/// and they are 1e-2, 1e-3 and 1e-2. Check in `f64` if you can.
///
/// ```
/// use autograd_runtime::Gradcheck;
///
/// let cube = |x: &f32| x * x * x;
/// assert!(Gradcheck::new().check(cube, &2.0, &12.0).is_ok());
/// assert!(Gradcheck::new().step(0.1).rtol(1e-5).check(cube, &2.0, &12.0).is_err());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Gradcheck {
    step: Option<f64>,
    atol: Option<f64>,
    rtol: Option<f64>,
}

impl Gradcheck {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// How far an element is moved either way.
    ///
    /// # Panics
    /// If `step` is not finite and above 0.
    #[must_use]
    #[track_caller]
    pub fn step(mut self, step: f64) -> Self {
        assert!(step > 0.0 && step.is_finite(), "gradcheck: step must be above 0, got {step}");
        self.step = Some(step);
        self
    }

    /// The absolute tolerance.
    ///
    /// # Panics
    /// If `atol` is negative or NaN.
    #[must_use]
    #[track_caller]
    pub fn atol(mut self, atol: f64) -> Self {
        assert!(atol >= 0.0, "gradcheck: atol must be at least 0, got {atol}");
        self.atol = Some(atol);
        self
    }

    /// The tolerance relative to the difference quotient.
    ///
    /// # Panics
    /// If `rtol` is negative or NaN.
    #[must_use]
    #[track_caller]
    pub fn rtol(mut self, rtol: f64) -> Self {
        assert!(rtol >= 0.0, "gradcheck: rtol must be at least 0, got {rtol}");
        self.rtol = Some(rtol);
        self
    }

    /// Compares `gradient` with central differences of `f` at `x`.
    ///
    /// # Errors
    /// Where the gradient and the difference disagree, or either is not finite.
    ///
    /// # Panics
    /// If a buffer of `x` and its gradient differ in length.
    #[track_caller]
    pub fn check<X, T, F>(&self, f: F, x: &X, gradient: &X::Tangent) -> Result<(), GradcheckError>
    where
        X: Differentiable + ToOwned + ?Sized,
        X::Owned: BorrowMut<X>,
        T: Real,
        F: FnMut(&X) -> T,
    {
        self.check_in_place(f, x.to_owned().borrow_mut(), gradient)
    }

    /// As [`check`](Self::check), on an `x` that cannot be cloned, such as a tuple of mutable
    /// borrows: its elements are moved in place, and are as they were in the end.
    ///
    /// ```
    /// use autograd_runtime::Gradcheck;
    ///
    /// let (mut a, mut b) = (3.0_f64, vec![1.0, 2.0]);
    /// let product = |x: &(&mut f64, &mut Vec<f64>)| *x.0 * x.1[1];
    /// let gradient = (2.0, vec![0.0, 3.0]);
    /// let checked = Gradcheck::new().check_in_place(product, &mut (&mut a, &mut b), &gradient);
    /// assert!(checked.is_ok());
    /// assert_eq!((a, b), (3.0, vec![1.0, 2.0]));
    /// ```
    ///
    /// # Errors
    /// Where the gradient and the difference disagree, or either is not finite.
    ///
    /// # Panics
    /// If a buffer of `x` and its gradient differ in length.
    #[track_caller]
    pub fn check_in_place<X, T, F>(
        &self,
        mut f: F,
        x: &mut X,
        gradient: &X::Tangent,
    ) -> Result<(), GradcheckError>
    where
        X: Differentiable + ?Sized,
        T: Real,
        F: FnMut(&X) -> T,
    {
        let mut found = Collect { elements: Vec::new(), leaves: 0, single: false, fault: None };
        x.visit_parameters(gradient, &mut found);
        if let Some(fault) = found.fault {
            panic!("gradcheck: {fault}");
        }
        let (step, atol, rtol) = self.resolve(found.single || size_of::<T>() < size_of::<f64>());
        let count = found.elements.len();
        let mut first: Option<GradcheckError> = None;
        for (element, at) in found.elements.iter().enumerate() {
            let numeric = quotient(&mut f, x, gradient, element, at.value, step);
            let difference = (at.analytic - numeric).abs();
            if difference <= atol + rtol * numeric.abs() && difference.is_finite() {
                continue;
            }
            first
                .get_or_insert(GradcheckError {
                    element,
                    leaf: at.leaf,
                    index: at.index,
                    direction: None,
                    analytic: at.analytic,
                    numeric,
                    wrong: 0,
                    count,
                    atol,
                    rtol,
                })
                .wrong += 1;
        }
        first.map_or(Ok(()), Err)
    }

    /// Step, absolute and relative tolerance.
    fn resolve(&self, single: bool) -> (f64, f64, f64) {
        let (step, atol, rtol) = if single { (1e-2, 1e-3, 1e-2) } else { (1e-6, 1e-5, 1e-3) };
        (self.step.unwrap_or(step), self.atol.unwrap_or(atol), self.rtol.unwrap_or(rtol))
    }
}

/// The element of a gradient that disagrees with the central difference: the first, if several do.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct GradcheckError {
    /// The element's position among all scalars of `x`, from 0.
    pub element: usize,
    /// The number of the contiguous buffer that it is in, in declaration order from 0. A scalar is
    /// a buffer of its own, a tensor is one buffer.
    pub leaf: usize,
    /// The element's position in that buffer.
    pub index: usize,
    /// Of second derivatives, the number of the direction that they were taken in, from 0: that of the
    /// scalar along which it is, if `x` has 32 of them or fewer.
    pub direction: Option<usize>,
    /// The derivative that was given.
    pub analytic: f64,
    /// The central difference.
    pub numeric: f64,
    /// How many elements disagree, in all directions.
    pub wrong: usize,
    /// How many elements were compared.
    pub count: usize,
    /// The absolute tolerance that was in force.
    pub atol: f64,
    /// The relative tolerance that was in force.
    pub rtol: f64,
}

impl fmt::Display for GradcheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { element, leaf, index, analytic, numeric, wrong, count, atol, rtol, .. } = self;
        match self.direction {
            None => write!(
                f,
                "gradcheck: element {element} (buffer {leaf}, index {index}): the gradient is {analytic}, \
                 the central difference is {numeric}"
            )?,
            Some(direction) => write!(
                f,
                "gradgradcheck: element {element} (buffer {leaf}, index {index}), direction {direction}: the \
                 Hessian-vector product is {analytic}, the central difference of the gradient is {numeric}"
            )?,
        }
        write!(f, " (atol {atol}, rtol {rtol}); {wrong} of {count} elements disagree")
    }
}

impl Error for GradcheckError {}

/// The central difference of `f` at one element, with the step that is really taken in its precision.
fn quotient<X, T, F>(
    f: &mut F,
    x: &mut X,
    gradient: &X::Tangent,
    element: usize,
    value: f64,
    step: f64,
) -> f64
where
    X: Differentiable + ?Sized,
    T: Real,
    F: FnMut(&X) -> T,
{
    let mut at = |value: f64| {
        let mut set = Set { element, value, passed: 0, stored: value };
        x.visit_parameters(gradient, &mut set);
        (set.stored, f(x).to_f64())
    };
    let (above, f_above) = at(value + step);
    let (below, f_below) = at(value - step);
    let mut restore = Set { element, value, passed: 0, stored: value };
    x.visit_parameters(gradient, &mut restore);
    (f_above - f_below) / (above - below)
}

/// One scalar of `x`, and its gradient.
struct Element {
    leaf: usize,
    index: usize,
    value: f64,
    analytic: f64,
}

/// Lists all scalars.
struct Collect {
    elements: Vec<Element>,
    leaves: usize,
    single: bool,
    fault: Option<String>,
}

impl ParameterVisitor for Collect {
    fn visit<T: Real>(&mut self, parameters: &mut [T], gradient: &[T]) {
        let leaf = self.leaves;
        let (n, m) = (parameters.len(), gradient.len());
        self.leaves += 1;
        self.single |= size_of::<T>() < size_of::<f64>();
        if m != n && m != 0 {
            self.fault
                .get_or_insert_with(|| format!("buffer {leaf} has {n} elements, its gradient {m}"));
        }
        self.elements.extend(parameters.iter().enumerate().map(|(index, x)| Element {
            leaf,
            index,
            value: x.to_f64(),
            analytic: gradient.get(index).map_or(0.0, |g| g.to_f64()),
        }));
    }
}

/// Gives one scalar a new value.
struct Set {
    element: usize,
    value: f64,
    passed: usize,
    /// The value as it is in the scalar's own precision.
    stored: f64,
}

impl ParameterVisitor for Set {
    fn visit<T: Real>(&mut self, parameters: &mut [T], _: &[T]) {
        if let Some(x) =
            self.element.checked_sub(self.passed).and_then(|index| parameters.get_mut(index))
        {
            *x = T::from_f64(self.value);
            self.stored = x.to_f64();
        }
        self.passed += parameters.len();
    }
}

/// Checks a differentiable function at the given arguments against central differences.
///
/// `gradcheck!(f, args…)` perturbs each active parameter in turn and returns what
/// [`gradcheck`](fn@crate::gradcheck) finds; arguments are passed as to `f`. A method is checked
/// through its companion: `value.method_gradcheck(args…)`.
///
/// ```
/// use autograd_runtime::prelude::*;
/// use autograd_runtime::gradcheck;
///
/// #[differentiable]
/// fn f(x: f64, w: &[f64]) -> f64 {
///     x.sin() * w[0] + w[1] * w[1]
/// }
/// assert!(gradcheck!(f, 0.3, &[1.0, 2.0]).is_ok());
/// ```
#[macro_export]
macro_rules! gradcheck {
    ($($function:ident)::+, $($argument:expr),+ $(,)?) => {
        $($function)::+::gradcheck($($argument),+)
    };
}

/// Checks the second derivatives of a function with `order = 2` against central differences of its gradient.
///
/// `gradgradcheck!(f, args…)` takes `f::hvp` in the direction of each scalar of the active parameters, if
/// there are 32 of them or fewer, otherwise in 8 pseudo-random directions, and compares it with the
/// differences of `f::grad` as [`Gradcheck::check_second`] does. A method is checked through its companion:
/// `value.method_gradgradcheck(args…)`.
///
/// ```
/// use autograd_runtime::prelude::*;
/// use autograd_runtime::gradgradcheck;
///
/// #[differentiable(order = 2)]
/// fn f(x: f64, w: &[f64]) -> f64 {
///     x.sin() * w[0] + w[1] * w[1]
/// }
/// assert!(gradgradcheck!(f, 0.3, &[1.0, 2.0]).is_ok());
/// ```
#[macro_export]
macro_rules! gradgradcheck {
    ($($function:ident)::+, $($argument:expr),+ $(,)?) => {
        $($function)::+::gradgradcheck($($argument),+)
    };
}
