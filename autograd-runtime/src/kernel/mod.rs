//! Kernels: the loops over memory that everything else is made of.

mod dispatch;
mod elementwise;
mod erf_table;
pub(crate) mod fused;
mod gemm;
mod lane;
mod map;
mod math;
pub(crate) mod pool;

pub(crate) use dispatch::Lanes;
pub(crate) use erf_table::erf;
pub use gemm::{Gemm, gemm_count};
pub(crate) use gemm::{Matrix, gemm};
pub use lane::{Lane, Mask, ScalarFunctions};
pub use map::{ElementwiseKernel, collect, map};
