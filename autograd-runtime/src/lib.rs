//! Exact gradients of ordinary Rust functions, generated at compile time.
// The macros name this crate by the path that its users see.
extern crate self as autograd_runtime;

mod check;
mod differentiable;
mod graph;
mod impls;
mod kernel;
pub mod optim;
mod real;
mod tensor;
mod witness;

pub use check::{Gradcheck, GradcheckError, gradcheck};
pub use differentiable::{Differentiable, NoTangent, ParameterVisitor, Tangent, TangentVisitor};
pub use graph::{Graph, Node};
pub use real::Real;
pub use tensor::Tensor;
