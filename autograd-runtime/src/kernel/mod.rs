//! Kernels: the loops over memory that everything else is made of.

mod erf;
mod gemm;
pub(crate) mod pool;
mod threads;

pub(crate) use erf::erf;
pub use gemm::{Gemm, gemm_count};
pub(crate) use gemm::{Matrix, gemm};
#[cfg(feature = "threads")]
pub use threads::{num_threads, set_num_threads};
