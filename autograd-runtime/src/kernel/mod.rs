//! Kernels: the loops over memory that everything else is made of.

mod dispatch;
mod erf;
pub(crate) mod fused;
mod gemm;
mod lane;
pub(crate) mod pool;

pub use dispatch::{ElementwiseKernel, Lanes, map};
pub(crate) use erf::erf;
pub use gemm::{Gemm, gemm_count};
pub(crate) use gemm::{Matrix, gemm};
pub use lane::{Lane, Mask, ScalarFunctions};
