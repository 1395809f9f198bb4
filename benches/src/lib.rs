//! What does a generated gradient cost? The same gradients in several *versions*:
//!
//! * **hand-written**: Rust by hand, as fast as honestly possible;
//! * **generated**: what `#[differentiable]` makes of the plain function;
//! * **tape**: a dynamic tape of this package, scalar ([`tape`]) or of tensors ([`tensor_tape`]);
//! * **`reverse`**: the scalar tape of that name from crates.io.
//!
//! The [`programs`] are larger functions, generated and hand-written; [`gradbench`] serves them to a
//! public benchmark.
//!
//! Each of the [`workloads`] gives its versions as [`Contender`]s, which [`agree`] must accept
//! before [`measure`] times them. `cargo run --release -p benches --bin ratios` prints the ratios,
//! `--bin programs` those of the programs, `--bin gemm` those of matrix products;
//! `cargo bench -p benches` gives criterion's statistics.

pub mod agree;
pub mod contender;
pub mod data;
pub mod gemm;
pub mod gradbench;
pub mod measure;
pub mod memory;
pub mod programs;
pub mod tape;
pub mod tensor_tape;
pub mod workloads;

pub use contender::{Contender, Part};
