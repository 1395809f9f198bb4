//! [`Detach`]: a value, cut from the graph.

/// A value that can be cut from the graph with `.detach()`, as `PyTorch`'s `x.detach()` does.
///
/// Inside a `#[differentiable]` function no cotangent flows through the result. Of a scalar it is
/// the value; of everything else a shared borrow, so that nothing can be written through it.
///
/// ```
/// use autograd_runtime::prelude::*;
///
/// #[differentiable]
/// fn f(x: f64) -> f64 {
///     x * x.detach()
/// }
/// assert_eq!(f::grad(3.0), 3.0);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be detached",
    note = "`.detach()` is for scalars, tensors, lists and structs with `#[derive(Differentiable)]`"
)]
pub trait Detach {
    /// The detached value.
    type Detached<'a>
    where
        Self: 'a;

    /// The value, which is a constant for the gradient.
    fn detach(&self) -> Self::Detached<'_>;
}

macro_rules! by_value {
    ($($t:ty)*) => {$(
        impl Detach for $t {
            type Detached<'a> = $t;
            #[inline(always)]
            fn detach(&self) -> $t {
                *self
            }
        }
    )*};
}
by_value!(f32 f64 bool char u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);

macro_rules! by_reference {
    ($([$($generics:tt)*] $t:ty;)*) => {$(
        impl<$($generics)*> Detach for $t {
            type Detached<'a> = &'a Self where Self: 'a;
            #[inline(always)]
            fn detach(&self) -> &Self {
                self
            }
        }
    )*};
}
by_reference! {
    [T] [T];
    [T] Vec<T>;
    [T, const N: usize] [T; N];
    [const R: usize, T] crate::Tensor<R, T>;
    [A, B] (A, B);
    [A, B, C] (A, B, C);
    [A, B, C, D] (A, B, C, D);
}
