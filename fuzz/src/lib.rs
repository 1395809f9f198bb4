//! Random programs whose generated gradients are compared with dual numbers.
//!
//! A program follows from a seed ([`generate`]), is a tree ([`ast`]), and is printed twice ([`mod@print`]):
//! over `f64` with `#[differentiable]`, and over the dual numbers of `num-dual`. The [`runner`] compiles
//! and runs many of them at once, [`shrink`] makes a failing one small.

pub mod ast;
pub mod construct;
pub mod generate;
pub mod parts;
pub mod print;
pub mod rng;
pub mod runner;
pub mod shrink;
