//! Exact gradients of ordinary Rust functions, generated at compile time.
// The macros name this crate by the path that its users see.
extern crate self as autograd_runtime;

mod differentiable;
mod impls;
mod kernel;
mod real;
mod tensor;
mod witness;

pub use differentiable::{Differentiable, NoTangent, ParameterVisitor, Tangent, TangentVisitor};
pub use real::Real;
pub use tensor::Tensor;
