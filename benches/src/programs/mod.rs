//! Real programs: functions that are differentiated in practice, as plain Rust.
//!
//! Each module has the function under `#[differentiable]`, inputs that are the same on every machine,
//! and the gradient written by hand.

pub mod ba;
pub mod descent;
pub mod det;
pub mod fisher;
pub mod gmm;
pub mod hand;
pub mod kmeans;
pub mod llsq;
pub mod lse;
pub mod lstm;
pub mod nested;
pub mod ode;
pub mod particle;
pub mod saddle;
