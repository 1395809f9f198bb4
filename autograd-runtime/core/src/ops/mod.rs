//! Operations on tensors, as inherent methods.

mod arithmetic;
pub(crate) mod assemble;
mod axis;
pub(crate) mod broadcast;
mod columns;
pub(crate) mod compare;
pub(crate) mod conv;
pub(crate) mod elementwise;
pub(crate) mod lanes;
pub(crate) mod layout;
pub(crate) mod matmul;
mod operation;
pub(crate) mod pool;
pub(crate) mod rank;
mod reduce;
pub(crate) mod select;
mod softmax;
pub(crate) mod walk;
pub(crate) mod window;

pub use broadcast::{Broadcast, BroadcastRank};
pub use compare::Comparand;
pub use matmul::{MatmulRank, Product};
pub use rank::{ExpandRank, Expanded, Rank, ReduceRank, Reduced};
pub use window::{Conv2dOptions, PerAxis, Pool2dOptions};

#[cfg(test)]
mod tests;
