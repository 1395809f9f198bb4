//! The first stage: the attribute's arguments and the item become a [`Target`].

mod args;
mod recursion;
mod signature;

pub(crate) use args::Args;
pub(crate) use signature::{Param, Target};
