//! Kernels: the loops over memory that everything else is made of.

mod gemm;

pub use gemm::{Gemm, gemm_count};
pub(crate) use gemm::{Matrix, gemm};
