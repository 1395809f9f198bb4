//! Writes to memory: the tangent's memory is written to beside it.

use super::Writer;
use crate::ir::{Mutation, Op, OpKind, Opaque, Operand, Place, VarId};

impl Writer<'_> {
    pub(super) fn store(&mut self, op: &Op, place: &Place, value: &Operand) {
        let Some(dots) = self.dot_place(place) else {
            self.push(op.clone());
            return;
        };
        self.push(op.clone());
        let dot = self.dot(value).filter(|_| op.recording);
        let value = dot.unwrap_or_else(|| self.zero_of_place(place, op.span));
        self.emit(OpKind::Store { place: dots, value }, op.span);
    }

    pub(super) fn add_assign(&mut self, op: &Op, place: &Place, value: &Operand, negate: bool) {
        let dots = self.dot_place(place);
        self.push(op.clone());
        let (Some(place), Some(value), true) = (dots, self.dot(value), op.recording) else {
            return;
        };
        self.emit(OpKind::AddAssign { place, value, negate }, op.span);
    }

    pub(super) fn mutate(&mut self, op: &Op, mutation: Mutation, place: &Place, args: &[Operand]) {
        let Some(dots) = self.dot_place(place) else {
            self.push(op.clone());
            return;
        };
        let span = op.span;
        args.iter().for_each(|arg| self.pin(arg));
        let mut args = args.to_vec();
        if let Some(stored) = mutation.stores() {
            let value = args[stored].clone();
            let dot = self.dot(&value).filter(|_| op.recording);
            args[stored] = dot.unwrap_or_else(|| {
                let zero = self.zero(&value, span);
                self.pin(&zero);
                if mutation == Mutation::CopyFrom {
                    self.borrow(&zero, span)
                } else {
                    zero
                }
            });
        }
        self.push(op.clone());
        self.emit(OpKind::Mutate { mutation, place: dots, args }, span);
    }

    pub(super) fn exchange(&mut self, op: &Op, a: VarId, b: VarId) {
        self.push(op.clone());
        let dots = [a, b].map(|var| self.dot_place(&Place::var(var)));
        // Both have one as soon as one of them has.
        if let [Some(a), Some(b)] = dots {
            self.emit(OpKind::Exchange { a: a.root, b: b.root }, op.span);
        }
    }

    /// What was carried over as tokens may have assigned to variables, which are constants from there
    /// on.
    pub(super) fn overwritten(&mut self, op: &Op, opaque: &Opaque) {
        for var in &opaque.writes {
            let certain = op.recording || opaque.assigned.contains(var);
            let Some(dots) = self.dot_place(&Place::var(*var)).filter(|_| certain) else {
                continue;
            };
            let value = self.zero_of_place(&Place::var(*var), op.span);
            self.emit(OpKind::Store { place: dots, value }, op.span);
        }
    }
}
