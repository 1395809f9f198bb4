//! Control flow: the regions of the primal, with tangents inside.

use super::Writer;
use crate::ir::{
    variant_accessor, Arm, EachForm, Op, OpKind, Operand, Place, Proj, Region, RegionId, Role,
    Source, Ty, Value, VarId,
};
use proc_macro2::Span;
use quote::quote;

/// The variable that receives the value of the regions of an operation.
fn value_of(kind: &OpKind) -> Option<VarId> {
    match kind {
        OpKind::If { dest, .. }
        | OpKind::Match { dest, .. }
        | OpKind::Rest { dest, .. }
        | OpKind::Checkpoint { dest, .. } => *dest,
        _ => None,
    }
}

impl Writer<'_> {
    pub(super) fn ops(&mut self, region: &Region) {
        for op in &region.ops {
            self.op(op);
        }
    }

    /// A region with its tangents. What comes out of it goes to `slot`.
    fn nested(
        &mut self,
        region: &Region,
        slot: Option<VarId>,
        before: impl FnOnce(&mut Self),
    ) -> Region {
        self.open.push((region.id, Vec::new()));
        before(self);
        let result = region.result.as_ref().and_then(Operand::var);
        let handed = region.ops.last().is_some_and(|last| {
            let leaves = last.kind.may_leave() || matches!(last.kind, OpKind::Rest { .. });
            leaves && result.is_some() && value_of(&last.kind) == result
        });
        for (position, op) in region.ops.iter().enumerate() {
            if let (true, Some(dest), Some(slot)) = (handed, result, slot) {
                if position + 1 == region.ops.len() {
                    self.outer = Some((dest, slot));
                }
            }
            self.op(op);
        }
        let slot = slot.filter(|_| !handed);
        if let (Some(slot), Some(result), false) = (slot, &region.result, region.diverges()) {
            self.last(|this| {
                let span = this.vars[slot.0 as usize].span;
                let value = this.dot_or_zero(result, span);
                this.pin(result);
                this.emit(OpKind::Store { place: Place::var(slot), value }, span);
            });
        }
        let (id, ops) = self.open.pop().expect("the region is open");
        Region { id, ops, result: region.result.clone() }
    }

    /// Writes what comes last in the open region, if control comes there.
    fn last(&mut self, write: impl FnOnce(&mut Self)) {
        let ops = &mut self.open.last_mut().expect("a region is open").1;
        match ops.last().map(|op| &op.kind) {
            Some(OpKind::Rest { .. }) => {
                let op = ops.pop().expect("there is a last operation");
                let OpKind::Rest { body, dest } = op.kind else { unreachable!("it is a rest") };
                self.open.push((body.id, body.ops));
                self.last(write);
                let (id, ops) = self.open.pop().expect("the rest is open");
                let body = Region { id, ops, result: body.result };
                self.push(Op { kind: OpKind::Rest { body, dest }, ..op });
            }
            Some(kind) if kind.may_leave() => {
                let span = ops.last().expect("there is a last operation").span;
                let id = RegionId(self.next_region);
                self.next_region += 1;
                self.open.push((id, Vec::new()));
                write(self);
                let (id, ops) = self.open.pop().expect("the rest is open");
                let body = Region { id, ops, result: None };
                self.emit(OpKind::Rest { body, dest: None }, span);
            }
            _ => write(self),
        }
    }

    /// The variable that branches put the tangent of `dest` into.
    fn slot(&mut self, dest: Option<VarId>, span: Span) -> Option<VarId> {
        let dest = dest.filter(|dest| self.has_dot(*dest))?;
        let ty = self.primal.var(dest).ty.clone();
        let slot = self.temp(ty, span, Role::Mutable);
        self.emit(OpKind::Declare { dest: slot }, span);
        Some(slot)
    }

    /// An operation whose regions give a value. Its tangent is read after it.
    fn branches(
        &mut self,
        op: &Op,
        dest: Option<VarId>,
        kind: impl FnOnce(&mut Self, Option<VarId>) -> OpKind,
    ) {
        let outer = self.outer.take().filter(|(value, _)| Some(*value) == dest);
        if let Some((_, slot)) = outer {
            let kind = kind(self, Some(slot));
            self.push(Op { kind, ..op.clone() });
            return;
        }
        let slot = self.slot(dest, op.span);
        let kind = kind(self, slot);
        let leaves = op.kind.may_leave();
        self.push(Op { kind, ..op.clone() });
        let (Some(slot), Some(dest)) = (slot, dest) else { return };
        let dot = self.dot_alike(dest);
        let read = OpKind::Define { dest: dot, value: Value::Load(Place::var(slot)) };
        let read = self.new_op(read, op.span);
        if leaves {
            self.pending.push(read);
        } else {
            self.push(read);
        }
    }

    /// What waits for the open region: it is the rest of one that control may have left.
    fn take_pending(&mut self) {
        let region = self.region();
        for op in std::mem::take(&mut self.pending) {
            if let OpKind::Define { dest, .. } = &op.kind {
                self.vars[dest.0 as usize].region = region;
            }
            self.push(op);
        }
    }

    pub(super) fn op(&mut self, op: &Op) {
        if !self.waiting.is_empty() {
            self.bind_waiting();
        }
        match &op.kind {
            OpKind::Define { dest, value } => self.define_op(op, *dest, value),
            OpKind::Alias { alias, rebind } => {
                self.push(op.clone());
                if self.alias_dot(*alias) {
                    let alias = self.dots[alias];
                    // The tangent of what a pattern binds is a value, where the name is a reference.
                    let is_owned = matches!(
                        &self.vars[alias.0 as usize].role,
                        Role::Alias { target, .. } if self.owned.contains(&target.root)
                    );
                    let rebind = *rebind && !is_owned;
                    self.emit(OpKind::Alias { alias, rebind }, op.span);
                }
            }
            OpKind::Split { low, high } => {
                self.push(op.clone());
                if self.alias_dot(*low) && self.alias_dot(*high) {
                    let (low, high) = (self.dots[low], self.dots[high]);
                    self.emit(OpKind::Split { low, high }, op.span);
                }
            }
            OpKind::Declare { dest } => {
                self.push(op.clone());
                if self.has_dot(*dest) {
                    let dest = self.dot_alike(*dest);
                    self.emit(OpKind::Declare { dest }, op.span);
                }
            }
            OpKind::Store { place, value } => self.store(op, place, value),
            OpKind::AddAssign { place, value, negate } => {
                self.add_assign(op, place, value, *negate);
            }
            OpKind::Mutate { mutation, place, args } => self.mutate(op, *mutation, place, args),
            OpKind::Exchange { a, b } => self.exchange(op, *a, *b),
            OpKind::Effect(opaque) => {
                self.push(op.clone());
                self.overwritten(op, opaque);
            }
            OpKind::If { cond, then, els, dest } => {
                self.branches(op, *dest, |this, slot| OpKind::If {
                    cond: cond.clone(),
                    then: this.nested(then, slot, |_| {}),
                    els: this.nested(els, slot, |_| {}),
                    dest: *dest,
                });
            }
            OpKind::Match { scrutinee, arms, dest } => {
                self.branches(op, *dest, |this, slot| OpKind::Match {
                    scrutinee: scrutinee.clone(),
                    arms: arms.iter().map(|arm| this.arm(arm, slot)).collect(),
                    dest: *dest,
                });
            }
            OpKind::For { source, body } => self.for_loop(op, source, body),
            OpKind::Loop { cond, body } => {
                let cond = cond.as_ref().map(|cond| self.nested(cond, None, |_| {}));
                let body = self.nested(body, None, |_| {});
                self.push(Op { kind: OpKind::Loop { cond, body }, ..op.clone() });
            }
            OpKind::Block { body } => {
                let body = self.nested(body, None, |_| {});
                self.push(Op { kind: OpKind::Block { body }, ..op.clone() });
            }
            OpKind::Rest { body, dest } => {
                self.branches(op, *dest, |this, slot| OpKind::Rest {
                    body: this.nested(body, slot, Self::take_pending),
                    dest: *dest,
                });
            }
            OpKind::Checkpoint { body, dest } => {
                self.branches(op, *dest, |this, slot| OpKind::Checkpoint {
                    body: this.nested(body, slot, |_| {}),
                    dest: *dest,
                });
            }
            OpKind::Exit(_) => self.push(op.clone()),
        }
    }

    /// Makes the tangent of an alias, which is an alias of the tangent. False if there is none.
    fn alias_dot(&mut self, alias: VarId) -> bool {
        let Role::Alias { target, mutable } = &self.primal.var(alias).role else { return false };
        let Some(target) = self.dot_place(target) else { return false };
        self.dot_of(alias, Role::Alias { target, mutable: *mutable });
        true
    }

    fn arm(&mut self, arm: &Arm, slot: Option<VarId>) -> Arm {
        let body = self.nested(&arm.body, slot, |this| {
            for var in &arm.bound {
                if let Role::Alias { target, .. } = &this.primal.var(*var).role {
                    this.waiting.push((*var, target.clone()));
                }
            }
        });
        Arm { body, ..arm.clone() }
    }

    /// The tangents of names that patterns bind, once what their places mention is there.
    fn bind_waiting(&mut self) {
        let region = self.region();
        let defined: Vec<VarId> = self.open.last().map_or_else(Vec::new, |(_, ops)| {
            let defined = ops.iter().filter_map(|op| match &op.kind {
                OpKind::Define { dest, .. } => Some(*dest),
                _ => None,
            });
            defined.collect()
        });
        let ready = |place: &Place, vars: &[crate::ir::Var]| {
            place
                .indices()
                .filter_map(Operand::var)
                .all(|index| vars[index.0 as usize].region != region || defined.contains(&index))
        };
        let waiting = std::mem::take(&mut self.waiting);
        let (now, later) = waiting.into_iter().partition(|(_, place)| ready(place, &self.vars));
        self.waiting = later;
        let now: Vec<(VarId, Place)> = now;
        for (var, place) in now {
            self.bound_alias(var, &place);
        }
    }

    /// The tangent of a name that a pattern binds to a part: a value of its own.
    fn bound_alias(&mut self, var: VarId, target: &Place) {
        if !self.has_dot(var) {
            return;
        }
        let span = self.primal.var(var).span;
        let Some(value) = self.read_part(target, &Operand::Var(var), span) else { return };
        let dot = self.dot_of(var, Role::Let);
        self.vars[dot.0 as usize].region = self.region();
        self.owned.insert(dot);
        self.emit(OpKind::Define { dest: dot, value }, span);
    }

    fn for_loop(&mut self, op: &Op, source: &Source, body: &Region) {
        let Source::Each { index, len, place, form, element } = source else {
            let body = self.nested(body, None, |_| {});
            self.push(Op { kind: OpKind::For { source: source.clone(), body }, ..op.clone() });
            return;
        };
        if !self.has_dot(place.root) {
            let body = self.nested(body, None, |_| {});
            self.push(Op { kind: OpKind::For { source: source.clone(), body }, ..op.clone() });
            return;
        }
        // By number, so that the element of the tangent is found.
        if *form == EachForm::Owned {
            self.keep_place(place);
        }
        let body = self.nested(body, None, |this| {
            if matches!(form, EachForm::Shared | EachForm::Mutable) {
                this.emit(OpKind::Alias { alias: *element, rebind: false }, op.span);
                if this.alias_dot(*element) {
                    let alias = this.dots[element];
                    this.emit(OpKind::Alias { alias, rebind: false }, op.span);
                }
            }
        });
        let zero = Operand::literal(quote!(0), Ty::Inactive);
        let source = Source::Range {
            var: *index,
            start: zero,
            end: Operand::Var(*len),
            inclusive: false,
            reversed: false,
            snapshots: None,
        };
        self.push(Op { kind: OpKind::For { source, body }, ..op.clone() });
    }

    /// The tangent of what is read from `place` into `read`, as a value of its own. None if it carries
    /// none.
    pub(super) fn read_part(&mut self, place: &Place, read: &Operand, span: Span) -> Option<Value> {
        let dots = self.dot_place(place)?;
        let variant = dots.path.iter().position(|proj| matches!(proj, Proj::Variant(..)));
        if let Some(position) = variant {
            let (outer, inner) = dots.path.split_at(position);
            let outer = Place { root: dots.root, path: outer.to_vec() };
            let access = self.access(inner);
            let args = vec![self.borrow_place(outer, span), self.borrow(read, span), access];
            let callee = crate::ir::Callee::Associated(self.path(&["tangent", "bound"], span));
            return Some(Value::Call { callee, args });
        }
        let slice = matches!(dots.path.last(), Some(Proj::Slice { .. }));
        if slice {
            let args = vec![self.borrow_place(dots, span)];
            let callee = crate::ir::Callee::Associated(self.path(&["keep"], span));
            return Some(Value::Call { callee, args });
        }
        let reference = read.var().is_some_and(|var| self.vars[var.0 as usize].is_reference());
        if !reference && !self.is_doubtful(&dots) {
            return Some(Value::Load(dots));
        }
        let dots = self.borrow_place(dots, span);
        let args = vec![dots, self.borrow(read, span)];
        let callee = crate::ir::Callee::Associated(self.path(&["tangent", "part"], span));
        Some(Value::Call { callee, args })
    }

    /// A closure that finds a part in the tangent of an enum.
    fn access(&self, path: &[Proj]) -> Operand {
        let operand = |operand: &Operand| match operand {
            Operand::Var(var) => {
                let name = &self.vars[var.0 as usize].ident;
                quote!(#name)
            }
            Operand::Literal(literal) => literal.tokens.stream(),
        };
        let place = path.iter().fold(quote!((*tangent)), |base, proj| match proj {
            Proj::Field(member) => quote!(#base.#member),
            Proj::Variant(variant, member) => {
                let accessor = variant_accessor(variant, member);
                quote!((*#base.#accessor()))
            }
            Proj::Index(index) => {
                let index = operand(index);
                quote!(#base[#index])
            }
            Proj::Coordinates(indices) => {
                let indices = indices.iter().map(operand);
                quote!(#base[[#(#indices),*]])
            }
            Proj::Slice { start, end, inclusive } => {
                let (start, end) = (start.as_ref().map(operand), end.as_ref().map(operand));
                let dots = if *inclusive { quote!(..=) } else { quote!(..) };
                quote!(#base[#start #dots #end])
            }
            Proj::Deref => base,
        });
        let tokens = quote!(|tangent| &mut #place);
        Operand::literal(tokens, Ty::Inactive)
    }
}
