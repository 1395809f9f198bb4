//! Kernels: the loops over memory that everything else is made of.

mod array_stack;
mod cells;
mod dispatch;
mod dual;
mod elementwise;
mod frames;
pub(crate) mod fused;
mod gemm;
mod lane;
mod map;
mod math;
pub(crate) mod pool;
mod stored;
mod sums;
mod threads;

pub use array_stack::{ArrayFrames, ArrayStack};
pub(crate) use dispatch::Vectorized;
pub(crate) use elementwise::{Binary, Unary};
pub(crate) use frames::{Frames, Latest, OpenFrames};
pub use gemm::{Gemm, gemm_count};
pub(crate) use gemm::{Matrix, gemm, product};
pub use lane::{Lane, Mask, ScalarFunctions};
pub use map::{ElementwiseKernel, collect, map};
pub use stored::Stored;
pub(crate) use sums::ExpRows;
pub(crate) use threads::for_each_part;
#[cfg(test)]
pub(crate) use threads::with_threads;
#[cfg(feature = "threads")]
pub use threads::{num_threads, set_num_threads};
