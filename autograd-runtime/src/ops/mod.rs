//! Operations on tensors, as inherent methods.

mod arithmetic;
pub(crate) mod assemble;
mod axis;
pub(crate) mod broadcast;
pub(crate) mod compare;
pub(crate) mod elementwise;
pub(crate) mod lanes;
pub(crate) mod layout;
pub(crate) mod matmul;
mod operation;
pub(crate) mod rank;
mod reduce;
pub(crate) mod select;
mod softmax;
pub(crate) mod walk;

pub use broadcast::{Broadcast, BroadcastRank};
pub use compare::Comparand;
pub use matmul::{MatmulRank, Product};
pub use rank::{ExpandRank, Expanded, Rank, ReduceRank, Reduced};

#[cfg(test)]
mod tests;
