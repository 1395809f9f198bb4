//! `inspect_grad!`.

use crate::Differentiable;
use crate::private::Witness;

/// The value of an expression, whose cotangent a hook looks at in the reverse pass: `PyTorch`'s
/// `x.register_hook(…)`.
///
/// The hook gets a reference to the [tangent](Differentiable::Tangent) of the value when the reverse
/// pass comes to it, and changes nothing. It may mention parameters and values of the function that do
/// not change. It is not called where nothing of the result depends on the value; and outside of a
/// `#[differentiable]` function, where there is no reverse pass, the macro is just its first argument.
/// `vjp` keeps copies of what it got by reference; share what a hook writes to with it by an `Rc`.
///
/// ```
/// use autograd_runtime::prelude::*;
/// use std::cell::RefCell;
///
/// #[differentiable]
/// fn f(x: f64, n: usize, #[no_grad] seen: &RefCell<Vec<(usize, f64)>>) -> f64 {
///     let mut y = x;
///     for i in 0..n {
///         let square = inspect_grad!(y * y, |g| seen.borrow_mut().push((i, *g)));
///         y = 0.5 * square;
///     }
///     y
/// }
///
/// let seen = RefCell::default();
/// assert_eq!(f::grad(2.0, 2, &seen), 4.0);
/// assert_eq!(seen.into_inner(), [(1, 0.5), (0, 1.0)]);
/// ```
#[macro_export]
macro_rules! inspect_grad {
    ($value:expr, $hook:expr $(,)?) => {
        $crate::private::not_inspected($value, $hook)
    };
}

/// The value, where there is no reverse pass.
#[inline(always)]
#[must_use = "a hook sees the cotangent of the value of `inspect_grad!`, so that value must be used"]
pub fn not_inspected<D: Differentiable>(value: D, _: impl FnOnce(&D::Tangent)) -> D {
    value
}

/// Gives a cotangent to a hook, every element written out.
#[inline(always)]
pub fn inspect<D: Differentiable>(
    shape: &Witness<D>,
    cotangent: &mut D::Tangent,
    hook: impl FnOnce(&D::Tangent),
) {
    shape.write_out(cotangent);
    hook(cotangent);
}
