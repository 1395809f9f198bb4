//! Constructs that are to come: they are off until `#[differentiable]` accepts them.

use super::Generator;
use super::scope::Scope;
use crate::ast::{Function, Stmt};
use crate::construct::Construct;

impl Generator<'_> {
    /// The statements of this file, with their weights.
    pub(super) fn later() -> &'static [(usize, Construct)] {
        &[]
    }

    pub(super) fn later_statement(
        &mut self,
        _scope: &mut Scope,
        _depth: usize,
        _choice: Construct,
    ) -> Option<Vec<Stmt>> {
        None
    }

    pub(super) fn recursion(&mut self, _function: &mut Function, _scope: &Scope) {}
}
