//! Functions whose pullbacks may run for a cotangent that is zero.
//!
//! Where a derivative is infinite, zero times it is not a number, so that the pullback of a value which was not used
//! is not to run. Sums and products, sines and cosines have no such place. Their pullback is shorter than it takes to
//! ask whether the cotangent is zero, if there is no loop in it.

use super::activity::Activity;
use super::index::Index;
use super::sign::has_pole;
use crate::ir::{Callee, Function, IdSet, Op, OpKind, Operand, Region, Value, VarId};
use crate::rules::{self, Rule, Sym};

/// The functions that are called by one whose own operations have finite derivatives and make no loop. `pulled_back`
/// are the operations whose pullbacks run.
pub(crate) fn finite<'f>(
    function: &'f Function,
    activity: &Activity,
    index: &Index<'_>,
    pulled_back: &IdSet<u32>,
) -> Option<Vec<&'f syn::Path>> {
    let mut search = Search { activity, index, pulled_back, callees: Vec::new() };
    search.region(&function.body).then_some(search.callees)
}

struct Search<'a, 'f> {
    activity: &'a Activity,
    index: &'a Index<'a>,
    pulled_back: &'a IdSet<u32>,
    callees: Vec<&'f syn::Path>,
}

impl<'f> Search<'_, 'f> {
    /// Whether all derivatives are finite but for those of callees.
    fn region(&mut self, region: &'f Region) -> bool {
        region.ops.iter().all(|op| self.op(op))
    }

    fn op(&mut self, op: &'f Op) -> bool {
        match &op.kind {
            OpKind::Define { value: Value::Call { callee, .. }, .. } => {
                let runs = self.pulled_back.contains(&op.id.0);
                match callee {
                    Callee::Function(path) if runs => self.callees.push(path),
                    _ if runs => return false,
                    _ => {}
                }
                true
            }
            OpKind::Define { dest, value } => {
                !self.activity.is_varied(*dest) || self.is_finite(*dest, value)
            }
            OpKind::For { .. } | OpKind::Loop { .. } | OpKind::Checkpoint { .. } => false,
            kind => kind.regions().into_iter().all(|inner| self.region(inner)),
        }
    }

    fn is_finite(&self, dest: VarId, value: &Value) -> bool {
        match value {
            Value::Use(_) | Value::Load(_) | Value::Ref { .. } | Value::Cast(..) => true,
            Value::Aggregate(..) | Value::Detach(_) | Value::Opaque(_) | Value::Unary(..) => true,
            Value::Binary(op, lhs, rhs) => {
                self.has_no_pole(dest, &rules::binary(*op, lhs), &[lhs.clone(), rhs.clone()])
            }
            Value::Method { name, args, .. } => {
                match rules::method(&name.to_string(), args.len()) {
                    Some(Rule::Elementwise(rows)) => self.has_no_pole(dest, &rows, args),
                    Some(Rule::Inactive) => true,
                    Some(Rule::Structural(_)) | None => false,
                }
            }
            Value::Call { .. } | Value::Join { .. } | Value::Inspect { .. } => false,
        }
    }

    fn has_no_pole(&self, dest: VarId, rows: &[Option<Sym>], args: &[Operand]) -> bool {
        let varies = |arg: &Operand| arg.var().is_some_and(|var| self.activity.is_varied(var));
        let mut active = rows.iter().zip(args).filter(|(_, arg)| varies(arg));
        !active
            .any(|(row, _)| row.as_ref().is_some_and(|row| has_pole(row, args, dest, self.index)))
    }
}
