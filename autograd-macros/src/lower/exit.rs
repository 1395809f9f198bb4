//! Ways out of a region: `return`, `break`, `continue`, and what comes after them.

use super::stages::Loops;
use super::{Lowerer, Open};
use crate::ir::{Exit, Op, OpKind, Operand, Place, Region, RegionId, Role, Ty, Value, VarId};
use crate::walk::visit::{self, Visit};
use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Block, Expr, ExprBreak, ExprContinue, ExprReturn, Lifetime, Stmt, Type};

/// A loop, a block or the function's body, as something that control can leave.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) region: RegionId,
    /// The body of the loop whose next iteration `continue` goes to.
    pub(super) next: RegionId,
    pub(super) label: Option<String>,
    pub(super) kind: TargetKind,
    /// The variable that receives its value.
    pub(super) result: Option<VarId>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum TargetKind {
    Loop,
    Block,
    Function,
}

/// What becomes of a region that was opened because control may leave the operation before it.
pub(super) enum Remainder {
    /// It is the rest of the region before.
    Rest,
    /// It continues the one region of an operation that control comes out of.
    Continued(Box<Op>),
    /// Control never comes here.
    Dead,
}

impl Lowerer<'_> {
    /// Makes the open region one that can take a further operation.
    pub(super) fn settle(&mut self) {
        // What is continued may end in an operation that control leaves through, too.
        while let Some(last) = self.ops().last() {
            if last.kind.diverges() {
                let id = self.new_region();
                self.open.push(Open { remainder: Some(Remainder::Dead), ..Open::new(id) });
            } else if last.kind.may_leave() || matches!(last.kind, OpKind::Rest { .. }) {
                self.continue_after();
            } else {
                return;
            }
        }
    }

    /// Opens the region for what comes after an operation that control may leave through: the one
    /// branch that control comes out of, or else a region of its own.
    fn continue_after(&mut self) {
        let op = self.open.last_mut().and_then(|open| open.ops.pop()).expect("an operation");
        // A name for what comes out of `op` is given where `op` stands, not where recording may be
        // off by now.
        let (span, recording) = (op.span, op.recording);
        let recording = std::mem::replace(&mut self.recording, recording);
        if let OpKind::Rest { body, dest } = op.kind {
            self.reopen(body, Remainder::Rest, dest, span);
        } else {
            self.continue_op(op, span);
        }
        self.recording = recording;
    }

    fn continue_op(&mut self, mut op: Op, span: Span) {
        let through = op.kind.branches_mut().and_then(|(mut branches, dest)| {
            branches.retain(|region| !region.diverges());
            <[&mut Region; 1]>::try_from(branches).ok().map(|[region]| (region, dest))
        });
        let Some((region, dest)) = through else {
            // Where control leaves, the operation's value does not exist: its name belongs to the
            // rest.
            let named = op.kind.branches_mut().and_then(|(_, dest)| dest.take());
            let temp = named.map(|named| {
                let ty = self.var(named).ty.clone();
                self.raw_temp(ty, span, Role::Temp { inline: false })
            });
            if let Some((_, dest)) = op.kind.branches_mut() {
                *dest = temp;
            }
            self.open.last_mut().expect("a region is open").ops.push(op);
            let id = self.new_region();
            self.open.push(Open { remainder: Some(Remainder::Rest), ..Open::new(id) });
            if let (Some(dest), Some(temp)) = (named, temp) {
                self.vars[dest.0 as usize].region = id;
                let value = Value::Use(Operand::Var(temp));
                self.push_op(OpKind::Define { dest, value }, span);
            }
            return;
        };
        let taken = std::mem::replace(region, Region::empty(region.id));
        let dest = dest.take();
        self.reopen(taken, Remainder::Continued(Box::new(op)), dest, span);
    }

    /// Opens a region again, whose result had the name `dest` in what is around it.
    fn reopen(&mut self, region: Region, remainder: Remainder, dest: Option<VarId>, span: Span) {
        let Region { id, ops, result } = region;
        self.open.push(Open { id, ops, remainder: Some(remainder) });
        if let (Some(dest), Some(result)) = (dest, result) {
            self.settle();
            self.vars[dest.0 as usize].region = self.region();
            self.push_op(OpKind::Define { dest, value: Value::Use(result) }, span);
        }
    }

    /// Closes the innermost region that was opened by the lowering of syntax, and all that were
    /// opened inside it since.
    pub(super) fn close(&mut self, mut result: Option<Operand>) -> Region {
        loop {
            let Open { id, ops, remainder } = self.open.pop().expect("a region is open");
            let mut region = Region { id, ops, result };
            if region.diverges() {
                region.result = None;
            }
            let Some(remainder) = remainder else { return region };
            if matches!(remainder, Remainder::Dead) {
                result = None;
                continue;
            }
            let dest = region.result.as_ref().map(|operand| {
                let (ty, span) = (self.operand_ty(operand), self.operand_span(operand));
                self.raw_temp(ty, span, Role::Temp { inline: false })
            });
            match remainder {
                Remainder::Rest => {
                    let span = region.ops.first().map_or_else(Span::mixed_site, |op| op.span);
                    if !region.ops.is_empty() || dest.is_some() {
                        self.push_op(OpKind::Rest { body: region, dest }, span);
                    }
                }
                Remainder::Continued(mut op) => {
                    let (branches, slot) =
                        op.kind.branches_mut().expect("the operation has branches");
                    *slot = dest;
                    for branch in branches.into_iter().filter(|branch| branch.id == id) {
                        *branch = std::mem::replace(&mut region, Region::empty(id));
                    }
                    self.open.last_mut().expect("a region is open").ops.push(*op);
                }
                Remainder::Dead => unreachable!("handled above"),
            }
            result = dest.map(Operand::Var);
        }
    }

    fn operand_span(&self, operand: &Operand) -> Span {
        operand.var().map_or_else(Span::mixed_site, |var| self.var(var).span)
    }

    /// The function's body. What comes from the first statement with a `return` on is a block that
    /// control can leave.
    pub(super) fn body(&mut self, block: &Block, output: Option<&Type>) -> Option<Operand> {
        let (stmts, last) = split_final_return(&block.stmts);
        let first = stmts
            .iter()
            .position(has_return)
            .or_else(|| last.as_ref().filter(|last| returns(last)).map(|_| stmts.len()));
        self.scopes.push(std::collections::HashMap::new());
        let result = match first {
            None => {
                let value = self.stmts(stmts);
                match &last {
                    Some(last) => Some(self.expr(last)),
                    None => value,
                }
            }
            Some(first) => {
                self.stmts(&stmts[..first]);
                self.returning(&stmts[first..], last.as_ref(), output)
            }
        };
        self.scopes.pop();
        result
    }

    fn returning(
        &mut self,
        stmts: &[Stmt],
        last: Option<&Expr>,
        output: Option<&Type>,
    ) -> Option<Operand> {
        let span = output.map_or_else(Span::call_site, Spanned::span);
        let result = output.map(|output| {
            let ty = Ty::of(output, &self.reals);
            self.slot(ty, Some(output.clone()), span)
        });
        let body = self.in_region(|this| {
            this.enter(None, TargetKind::Function, result);
            let value = match (this.stmts(stmts), last) {
                (_, Some(last)) => Some(this.expr(last)),
                (value, None) => value,
            };
            if let Some(value) = value {
                this.pin(&value);
                if let Some(result) = result {
                    this.emit(OpKind::Store { place: Place::var(result), value }, span);
                }
            }
            this.targets.pop();
            None
        });
        self.emit(OpKind::Block { body }, span);
        let result = result?;
        let ty = self.var(result).ty.clone();
        Some(self.define(Value::Load(Place::var(result)), ty, span))
    }

    /// `'label: { … }`
    pub(super) fn labelled_block(
        &mut self,
        label: &syn::Label,
        block: &Block,
        span: Span,
    ) -> Option<Operand> {
        let has_value = breaks_with_value(block, Some(&label.name))
            || matches!(block.stmts.last(), Some(Stmt::Expr(_, None)));
        let result = has_value.then(|| self.slot(Ty::Unknown, None, span));
        let body = self.in_region(|this| {
            this.enter(Some(label.name.ident.to_string()), TargetKind::Block, result);
            let value = this.block(block);
            if let (Some(result), Some(value)) = (result, value) {
                this.pin(&value);
                this.store_result(result, value, span);
            }
            this.targets.pop();
            None
        });
        self.emit(OpKind::Block { body }, span);
        self.result_of(result, span)
    }

    /// A variable that receives the value of a block or loop.
    pub(super) fn slot(&mut self, ty: Ty, annotation: Option<Type>, span: Span) -> VarId {
        let dest = self.temp(ty, span, Role::Mutable);
        self.vars[dest.0 as usize].annotation = annotation;
        self.emit(OpKind::Declare { dest }, span);
        dest
    }

    pub(super) fn result_of(&mut self, result: Option<VarId>, span: Span) -> Option<Operand> {
        let result = result?;
        // A loop without a way out has no value.
        if self.ops().last().is_some_and(|op| op.kind.diverges()) {
            return None;
        }
        let ty = self.var(result).ty.clone();
        Some(self.define(Value::Load(Place::var(result)), ty, span))
    }

    /// Lets the open region be left by `break`, `continue` or `return`.
    pub(super) fn enter(&mut self, label: Option<String>, kind: TargetKind, result: Option<VarId>) {
        let region = self.region();
        self.targets.push(Target { region, next: region, label, kind, result });
    }

    /// Lets loops be left that elements come from.
    pub(super) fn enter_loops(&mut self, loops: Loops, label: Option<String>) {
        let Loops { outermost: region, innermost: next } = loops;
        self.targets.push(Target { region, next, label, kind: TargetKind::Loop, result: None });
    }

    pub(super) fn store_result(&mut self, result: VarId, value: Operand, span: Span) {
        let ty = self.operand_ty(&value);
        let var = &mut self.vars[result.0 as usize];
        if var.ty == Ty::Unknown {
            var.ty = ty;
        }
        self.emit(OpKind::Store { place: Place::var(result), value }, span);
    }

    pub(super) fn return_from(&mut self, inner: &ExprReturn) {
        let position = self.targets.iter().rposition(|t| t.kind == TargetKind::Function);
        self.leave(position, inner.expr.as_deref(), inner.return_token.span());
    }

    pub(super) fn break_out(&mut self, inner: &ExprBreak) {
        let position = self.target(inner.label.as_ref());
        self.leave(position, inner.expr.as_deref(), inner.break_token.span());
    }

    pub(super) fn continue_with(&mut self, inner: &ExprContinue) {
        let span = inner.continue_token.span();
        let Some(position) = self.target(inner.label.as_ref()) else { return self.nowhere(span) };
        let region = self.targets[position].next;
        self.emit(OpKind::Exit(Exit::Continue(region)), span);
    }

    /// A way out of something that is not known here.
    fn nowhere(&mut self, span: Span) {
        self.diag.error(
            span,
            "this way out of the function is not accepted here",
            "leave by a statement of its own",
        );
    }

    /// What an exit with this label, or without one, leaves.
    fn target(&self, label: Option<&Lifetime>) -> Option<usize> {
        self.targets.iter().rposition(|target| match label {
            Some(label) => target.label.as_deref() == Some(label.ident.to_string().as_str()),
            None => target.kind == TargetKind::Loop,
        })
    }

    fn leave(&mut self, position: Option<usize>, value: Option<&Expr>, span: Span) {
        let value = value.map(|value| {
            let value = self.expr(value);
            self.pin(&value);
            value
        });
        let Some(position) = position else { return self.nowhere(span) };
        let Target { region, result, .. } = self.targets[position];
        if let (Some(result), Some(value)) = (result, value) {
            self.store_result(result, value, span);
        }
        self.emit(OpKind::Exit(Exit::Break(region)), span);
    }
}

/// A body of which an array at its end knows the type that is expected of it.
pub(super) fn with_expected_value(body: &Block, output: Option<&Type>) -> Block {
    let mut body = body.clone();
    let value = match body.stmts.last_mut() {
        Some(Stmt::Expr(Expr::Return(inner), _)) => inner.expr.as_deref_mut(),
        Some(Stmt::Expr(value, None)) => Some(value),
        _ => None,
    };
    if let (Some(value), Some(output)) = (value, output) {
        *value = super::ends::with_expected_type(value, Some(output));
    }
    body
}

/// Takes a final `return value;` off a body.
fn split_final_return(stmts: &[Stmt]) -> (&[Stmt], Option<Expr>) {
    match stmts.split_last() {
        Some((Stmt::Expr(Expr::Return(inner), _), rest)) => match &inner.expr {
            Some(value) => (rest, Some((**value).clone())),
            None => (stmts, None),
        },
        _ => (stmts, None),
    }
}

/// Looks for exits, not into closures and items.
#[derive(Default)]
struct Exits<'l> {
    returns: bool,
    /// The label of the loop or block that is asked for.
    label: Option<&'l Lifetime>,
    depth: u32,
    value: bool,
}

impl<'ast> Visit<'ast> for Exits<'_> {
    fn visit_expr_return(&mut self, inner: &'ast ExprReturn) {
        self.returns = true;
        visit::visit_expr_return(self, inner);
    }

    fn visit_expr_break(&mut self, inner: &'ast ExprBreak) {
        let ours = match (&inner.label, self.label) {
            (Some(a), Some(b)) => a.ident == b.ident,
            (None, _) => self.depth == 0,
            (Some(_), None) => false,
        };
        self.value |= ours && inner.expr.is_some();
        visit::visit_expr_break(self, inner);
    }

    fn visit_expr_loop(&mut self, inner: &'ast syn::ExprLoop) {
        self.depth += 1;
        visit::visit_expr_loop(self, inner);
        self.depth -= 1;
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        let stmts = super::call::inside_of_macro(mac);
        let mut inner = Exits { label: self.label, depth: self.depth, ..Exits::default() };
        stmts.iter().for_each(|stmt| inner.visit_stmt(stmt));
        self.returns |= inner.returns;
        self.value |= inner.value;
    }

    fn visit_expr_closure(&mut self, _: &'ast syn::ExprClosure) {}
    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

fn has_return(stmt: &Stmt) -> bool {
    let mut exits = Exits::default();
    exits.visit_stmt(stmt);
    exits.returns
}

pub(super) fn returns(expr: &Expr) -> bool {
    let mut exits = Exits::default();
    exits.visit_expr(expr);
    exits.returns
}

/// Whether a block leaves itself, or the loop whose body it is, with a value.
pub(super) fn breaks_with_value(block: &Block, label: Option<&Lifetime>) -> bool {
    let mut exits = Exits { label, ..Exits::default() };
    exits.visit_block(block);
    exits.value
}
