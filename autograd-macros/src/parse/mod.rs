//! The first stage: the attribute's arguments and the item become a [`Target`].

mod args;
mod attributes;
mod grouping;
mod lifetimes;
mod recursion;
mod runtime;
mod shape;
mod signature;
mod twin;

pub(crate) use args::{Args, OfTrait, TWIN};
pub(crate) use attributes::take_misplaced;
pub(crate) use grouping::{is_compound, keep_grouping, BareTypes};
pub(crate) use lifetimes::visit_lifetimes;
pub(crate) use runtime::krate;
pub(crate) use shape::Entry;
pub(crate) use signature::{real_parameters, Param, Target};
pub(crate) use twin::{is_over, own_types, scalar_of, twin, twin_name};
