//! The fourth stage: the reverse pass, written from the IR, the facts and the rules.

pub(crate) mod adjoint;
mod first;
pub(crate) mod forward;
pub(crate) mod fused;
mod instance;
mod lengths;
pub(crate) mod operations;
pub(crate) mod print;
pub(crate) mod reverse;
pub(crate) mod sparsity;
pub(crate) mod sums;
pub(crate) mod uses;
