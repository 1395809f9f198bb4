//! Kernels: the loops over memory that everything else is made of.

mod dual;
mod erf;
mod gemm;

pub(crate) use erf::erf;
pub use gemm::{Gemm, gemm_count};
pub(crate) use gemm::{Matrix, gemm};
