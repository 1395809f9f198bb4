//! Adjoints of the structural operations: what generated reverse passes call.
//!
//! `<op>_<operand>(acc, dy, …)` adds the contribution of the cotangent `dy` of a result to the
//! adjoint `acc` of one operand. Either may be the symbolic zero. What follows are the values that
//! the formula needs: operands, the result, a [`Witness`](crate::private::Witness) where the operand's shape
//! is enough, and the non-differentiable arguments as the operation got them.

mod accumulate;
mod assemble;
mod axis;
mod compare;
mod conv;
#[cfg(test)]
pub(crate) mod difference;
mod elementwise;
pub mod lanes;
mod layout;
mod list;
mod matmul;
mod pool;
mod reduce;
mod select;

pub use assemble::*;
pub use axis::*;
pub use compare::*;
pub use conv::*;
pub use elementwise::*;
pub use layout::*;
pub use list::*;
pub use matmul::*;
pub use pool::*;
pub use reduce::*;
pub use select::*;
