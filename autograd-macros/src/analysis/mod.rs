//! The third stage: facts about the IR. Nothing here changes or emits code.

pub(crate) mod activity;
pub(crate) mod finite;
pub(crate) mod fusion;
pub(crate) mod index;
pub(crate) mod selection;
pub(crate) mod shape;
pub(crate) mod sign;
mod vars;
