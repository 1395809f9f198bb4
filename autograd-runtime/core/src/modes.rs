//! `no_grad!`, `enable_grad!`, `set_grad_enabled!` and `checkpoint!`.
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

/// A block that keeps nothing for the gradient but what enters it: the reverse pass runs it a second
/// time, just before it differentiates it. `PyTorch`'s `torch.utils.checkpoint`.
///
/// That trades time for memory: what the block computes is computed twice, and between the two passes
/// nothing of it is there but the variables that it reads, and those that it changes as they were.
///
/// ```
/// use autograd_runtime::prelude::*;
///
/// #[differentiable]
/// fn f(x: f64) -> f64 {
///     let y = checkpoint! {
///         let a = x.sin();
///         let b = (a * x).exp();
///         a * b
///     };
///     y * y
/// }
/// let (x, h) = (0.7, 1e-6);
/// assert!((f::grad(x) - (f(x + h) - f(x - h)) / (2.0 * h)).abs() < 1e-8);
/// ```
///
/// **A loop in pieces.** `checkpoint!(every = k, for i in start..end { … })` runs the loop in pieces of `k`
/// steps, each a checkpoint. For `n` steps it keeps `n / k` times the state that the steps change, and
/// while a piece is reversed what `k` steps keep: least of both at about `k = n.isqrt()`. Each step is
/// computed twice. The bounds are `usize`.
///
/// ```
/// use autograd_runtime::prelude::*;
///
/// #[differentiable]
/// fn logistic(r: f64, n: usize) -> f64 {
///     let mut x = 0.5;
///     checkpoint!(every = n.isqrt().max(1), for _ in 0..n {
///         x = r * x * (1.0 - x);
///     });
///     x
/// }
///
/// #[differentiable]
/// fn plain(r: f64, n: usize) -> f64 {
///     let mut x = 0.5;
///     for _ in 0..n {
///         x = r * x * (1.0 - x);
///     }
///     x
/// }
/// assert_eq!(logistic::value_and_grad(2.9, 100), plain::value_and_grad(2.9, 100));
/// ```
///
/// **A loop from snapshots.** `checkpoint!(snapshots = s, for i in start..end { … })` keeps the state that the
/// steps change at most `s` times at once, and runs as few steps again as can be done with that: `n` steps
/// are each computed `r + 1` times at most if `n` is at most the binomial coefficient of `s + r` over `r`
/// (Griewank and Walther's *revolve*). A million steps of 20 snapshots are computed less than 8 times each.
///
/// ```
/// use autograd_runtime::prelude::*;
///
/// #[differentiable]
/// fn logistic(r: f64, n: usize) -> f64 {
///     let mut x = 0.5;
///     checkpoint!(snapshots = 5, for _ in 0..n {
///         x = r * x * (1.0 - x);
///     });
///     x
/// }
/// let (r, h) = (2.9, 1e-6);
/// let difference = (logistic(r + h, 100) - logistic(r - h, 100)) / (2.0 * h);
/// assert!((logistic::grad(r, 100) - difference).abs() < 1e-7);
/// ```
///
/// The block runs twice, so it must do the same both times: random numbers are drawn before it.
/// Assertions and prints run once. A block changes variables of the function and not through references
/// to others, and control does not leave it: both are compile errors. Outside a differentiable function
/// it is a plain block, or the plain loop.
///
/// # Panics
///
/// If `every` or `snapshots` is 0.
#[macro_export]
macro_rules! checkpoint {
    (snapshots = $snapshots:expr, $steps:expr $(,)?) => {{
        let snapshots: usize = $snapshots;
        ::core::assert!(snapshots > 0, "checkpoint!: `snapshots` is 0");
        $steps
    }};
    (every = $every:expr, $steps:expr $(,)?) => {{
        let every: usize = $every;
        ::core::assert!(every > 0, "checkpoint!: `every` is 0");
        $steps
    }};
    ($($body:tt)*) => {{ $($body)* }};
}
