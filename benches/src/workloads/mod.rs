//! What is differentiated. One module each, with a module for each version.

pub mod beale3;
pub mod digits;
pub mod elementwise_chain;
pub mod rational3;
pub mod recurrence;
pub mod scalar3;
mod scalars;
pub mod two_layer;

use crate::Contender;

/// A workload: its versions, and how closely they must agree.
pub struct Workload {
    /// Its name.
    pub name: &'static str,
    /// What is computed, in a few words.
    pub about: &'static str,
    /// By how much two versions may differ, relative to the scale of the numbers.
    pub tolerance: f64,
    /// The versions. The first is written by hand, and the measure of the others.
    pub contenders: Vec<Box<dyn Contender>>,
}

/// All workloads, in full size.
pub fn all() -> Vec<Workload> {
    vec![
        beale3::workload(),
        rational3::workload(),
        scalar3::workload(),
        recurrence::workload(),
        two_layer::workload(two_layer::CLASSIC),
        digits::workload(digits::DIGITS),
        elementwise_chain::workload(elementwise_chain::MILLION),
    ]
}
