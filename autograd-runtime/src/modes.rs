//! `no_grad!`, `enable_grad!` and `set_grad_enabled!`.
//!
//! Inside a `#[differentiable]` function these are read by the attribute and decide, at expansion,
//! which operations are differentiated. Anywhere else nothing is recorded in the first place, so
//! that they are plain blocks.

/// A block whose results are constants for the gradient: `PyTorch`'s `torch.no_grad()`.
///
/// Values flow out of the block; assigning to a variable from outside cuts that variable from the
/// graph.
///
/// ```
/// use autograd_runtime::prelude::*;
///
/// #[differentiable]
/// fn f(x: f64) -> f64 {
///     let scale = no_grad! { 1.0 / x };
///     x * x * scale
/// }
/// assert_eq!(f::value_and_grad(4.0), (4.0, 2.0));
/// ```
#[macro_export]
macro_rules! no_grad {
    ($($body:tt)*) => {{ $($body)* }};
}

/// Switches recording on again inside [`no_grad!`]: `PyTorch`'s `torch.enable_grad()`.
///
/// ```
/// use autograd_runtime::prelude::*;
///
/// #[differentiable]
/// fn f(x: f64) -> f64 {
///     no_grad! {
///         let constant = x * 10.0;
///         enable_grad! { constant * x }
///     }
/// }
/// assert_eq!(f::grad(2.0), 20.0);
/// ```
#[macro_export]
macro_rules! enable_grad {
    ($($body:tt)*) => {{ $($body)* }};
}

/// Records the block if `mode` is true: `PyTorch`'s `torch.set_grad_enabled(mode)`.
///
/// A literal is decided at expansion. Any other `mode` is read once, and chooses between two
/// copies of the block: one that is differentiated and one that is not.
///
/// ```
/// use autograd_runtime::prelude::*;
///
/// #[differentiable]
/// fn f(x: f64, training: bool) -> f64 {
///     let square = set_grad_enabled!(training, { x * x });
///     square + x
/// }
/// assert_eq!(f::grad(3.0, true), 7.0);
/// assert_eq!(f::grad(3.0, false), 1.0);
/// ```
#[macro_export]
macro_rules! set_grad_enabled {
    ($mode:expr, $body:block $(,)?) => {{
        let _: bool = $mode;
        $body
    }};
}
