//! Programs on which systems for automatic differentiation are known to go wrong, by the reason why.
//! Expected gradients are closed forms, derivatives by `num-dual`, or central differences.
#![allow(unused, clippy::pedantic, clippy::all, reason = "what users may write, not what is best")]

mod aliasing;
mod branches;
mod kinks;
mod loops;
mod nesting;
mod pullbacks;
mod ranges;
mod stops;

#[path = "../support/mod.rs"]
mod support;
