//! Exact gradients of ordinary Rust functions, generated at compile time.
// The macros name this crate by the path that its users see.
#[allow(unused_extern_crates, reason = "named by what the macros generate in this crate")]
extern crate self as autograd_runtime;

#[doc(hidden)]
pub mod adjoint;
mod check;
mod detach;
mod differentiable;
mod error;
mod graph;
mod impls;
mod kernel;
pub mod loss;
mod modes;
pub mod nn;
mod ops;
pub mod optim;
#[doc(hidden)]
pub mod private;
mod real;
mod tensor;
mod witness;

pub use check::{Gradcheck, GradcheckError, gradcheck};
pub use detach::Detach;
pub use differentiable::{Differentiable, NoTangent, ParameterVisitor, Tangent, TangentVisitor};
pub use error::ShapeError;
pub use graph::{Graph, Node};
pub use ops::{
    Broadcast, BroadcastRank, Comparand, ExpandRank, Expanded, MatmulRank, Product, Rank,
    ReduceRank, Reduced,
};
pub use real::Real;
pub use tensor::{Element, Tensor};

#[cfg(feature = "macros")]
pub use autograd_macros::{Differentiable, differentiable};

/// What a user of the crate wants in scope.
///
/// ```
/// use autograd_runtime::prelude::*;
/// ```
pub mod prelude {
    pub use crate::nn::Module as _;
    pub use crate::{Detach, Differentiable, NoTangent, Real, Tangent, Tensor, loss, nn, optim};
    pub use crate::{enable_grad, no_grad, set_grad_enabled};
    #[cfg(feature = "macros")]
    pub use autograd_macros::differentiable;
}
