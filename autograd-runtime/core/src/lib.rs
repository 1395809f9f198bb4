//! What [`autograd-runtime`](../autograd_runtime) consists of, but for the macros and the layers that are
//! written with them.
//!
//! It is a crate of its own so that it compiles while the macros do. Depend on `autograd-runtime`, which
//! re-exports all of it; generated code names nothing else.

#[doc(hidden)]
pub mod adjoint;
mod anomaly;
mod check;
mod detach;
mod differentiable;
mod dual;
mod error;
#[doc(hidden)]
pub mod fused;
mod graph;
mod if_read;
mod impls;
mod in_place;
mod inspect;
pub mod jacobian;
mod kernel;
mod loops;
pub mod loss;
mod memory;
mod modes;
mod ops;
pub mod optim;
mod place;
#[doc(hidden)]
pub mod private;
mod real;
mod rule;
#[doc(hidden)]
pub mod second;
#[doc(hidden)]
pub mod shape;
mod snapshots;
#[doc(hidden)]
pub mod tangent;
mod tensor;
mod witness;

pub use check::{Gradcheck, GradcheckError, gradcheck};
pub use detach::Detach;
pub use differentiable::{Differentiable, NoTangent, ParameterVisitor, Tangent, TangentVisitor};
pub use dual::Dual;
pub use error::ShapeError;
pub use graph::{Graph, Node};
pub use jacobian::{SparseJacobian, Sparsity};
#[cfg(feature = "threads")]
pub use kernel::{num_threads, set_num_threads};
pub use ops::{
    Broadcast, BroadcastRank, Comparand, Conv2dOptions, ExpandRank, Expanded, MatmulRank, PerAxis,
    Pool2dOptions, Product, Rank, ReduceRank, Reduced,
};
pub use place::{Place, Slot};
pub use real::Real;
pub use tensor::{Element, Tensor};
