//! `checkpoint! { … }`, and its form for loops.
//!
//! ```text
//! let y = checkpoint! { s += g(x); h(s) };
//! ```
//!
//! becomes an operation that writes to nothing outside, so that it can run twice:
//!
//! ```text
//! entry = s
//! out = checkpoint { mut s_2 = entry; s_2 += g(x); (h(s_2), s_2) }
//! s = out.1
//! y = out.0
//! ```

use super::Lowerer;
use crate::ir::{
    Aggregate, OpKind, Operand, Place, Proj, RefStyle, Region, Role, Snapshots, Ty, Value, VarId,
};
use crate::walk::visit::{self, Visit};
use crate::walk::visit_mut::VisitMut;
use proc_macro2::{Ident, Span};
use std::collections::{BTreeSet, HashMap};
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Expr, ExprBreak, ExprContinue, ExprForLoop, ExprRange, Macro, RangeLimits, Stmt, Token};

/// The argument of `checkpoint!`.
pub(crate) enum Checkpoint {
    Block(Vec<Stmt>),
    /// `every = k, for … { … }` or `snapshots = s, for … { … }`
    Loop {
        name: Ident,
        number: Expr,
        steps: Box<ExprForLoop>,
    },
}

const EVERY: &str = "every";
const SNAPSHOTS: &str = "snapshots";

impl Parse for Checkpoint {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let Ok((name, number)) = schedule(&input.fork()) else {
            return Ok(Self::Block(syn::Block::parse_within(input)?));
        };
        schedule(input)?;
        let steps: Expr = input.parse()?;
        let Expr::ForLoop(steps) = steps else {
            let message = "`checkpoint!` with a schedule is of a loop: `for i in start..end { … }`";
            return Err(syn::Error::new(steps.span(), message));
        };
        input.parse::<Option<Token![,]>>()?;
        Ok(Self::Loop { name, number, steps: Box::new(steps) })
    }
}

/// `every = k,` or `snapshots = s,`
fn schedule(input: ParseStream<'_>) -> syn::Result<(Ident, Expr)> {
    let name: Ident = input.parse()?;
    if name != EVERY && name != SNAPSHOTS {
        return Err(input.error("not a schedule"));
    }
    input.parse::<Token![=]>()?;
    let number = input.parse()?;
    input.parse::<Token![,]>()?;
    Ok((name, number))
}

impl Lowerer<'_> {
    pub(super) fn checkpoint(&mut self, mac: &Macro) -> Option<Operand> {
        let span = mac.path.span();
        match mac.parse_body() {
            Ok(Checkpoint::Block(stmts)) => self.checkpointed(&stmts, span),
            Ok(Checkpoint::Loop { name, number, steps }) => {
                self.checkpointed_loop(&name, &number, &steps);
                None
            }
            Err(error) => {
                self.diag.push(error);
                None
            }
        }
    }

    fn checkpointed(&mut self, stmts: &[Stmt], span: Span) -> Option<Operand> {
        if !self.recording {
            return self.with_recording(false, stmts);
        }
        let changed = self.changed_by(stmts, span)?;
        let entries: Vec<(VarId, Operand)> =
            changed.iter().map(|var| (*var, self.read(Place::var(*var), span))).collect();
        let mut has_value = false;
        let body = self.in_region(|this| {
            let inner: Vec<VarId> =
                entries.iter().map(|(var, entry)| this.inner_state(*var, entry)).collect();
            // Control does not leave the block.
            let targets = std::mem::take(&mut this.targets);
            let value = this.stmts(stmts);
            this.targets = targets;
            has_value = value.is_some();
            let state: Vec<Operand> =
                inner.into_iter().map(|var| this.read(Place::var(var), span)).collect();
            this.together(value.into_iter().chain(state).collect(), span)
        });
        self.reject_change(self.hidden_change(&body, &[]), span);
        let dest = body.result.as_ref().map(|result| {
            let ty = self.operand_ty(result);
            self.temp(ty, span, Role::Temp { inline: false })
        });
        self.emit(OpKind::Checkpoint { body, dest }, span);
        let mut parts = self.parts(dest?, usize::from(has_value) + entries.len(), span).into_iter();
        let value = if has_value { parts.next() } else { None };
        for ((var, _), value) in entries.into_iter().zip(parts) {
            self.emit(OpKind::Store { place: Place::var(var), value }, span);
        }
        value
    }

    /// What a place holds here.
    fn read(&mut self, place: Place, span: Span) -> Operand {
        let ty = self.place_ty(&place);
        let operand = self.define(Value::Load(place), ty, span);
        self.pin(&operand);
        operand
    }

    /// The variables that a block assigns to, which are its state. `None` if it does something that it
    /// cannot do twice.
    fn changed_by(&mut self, stmts: &[Stmt], span: Span) -> Option<Vec<VarId>> {
        let mut stmts = stmts.to_vec();
        let (scanned, escapes) = self.scanned(
            |scan| scan.scoped(|scan| stmts.iter_mut().for_each(|stmt| scan.visit_stmt_mut(stmt))),
            None,
            "checkpoint",
        );
        let mut fits = escapes.is_empty();
        for (span, what) in escapes {
            self.diag.error(
                span,
                format!("{what} is not accepted in `checkpoint!`"),
                "let the block give a value, and decide after it",
            );
        }
        let mut changed = Vec::new();
        for var in scanned.writes {
            let info = self.var(var);
            match info.role {
                Role::Mutable if self.is_declared_only(var) => {
                    let name = info.source.clone().unwrap_or_default();
                    self.diag.error(
                        span,
                        format!("`checkpoint!` gives `{name}` its first value"),
                        format!(
                            "write `let {name} = checkpoint! {{ … }};`, or declare it with a value"
                        ),
                    );
                    fits = false;
                }
                Role::Mutable => changed.push(var),
                Role::InOut { .. } | Role::Alias { mutable: true, .. } => {
                    let name = info.source.clone().unwrap_or_default();
                    self.diag.error(
                        span,
                        format!("`checkpoint!` runs twice, and changes `{name}`, which is a reference"),
                        "change a variable of the function, and assign it to the reference after the block",
                    );
                    fits = false;
                }
                _ => {}
            }
        }
        fits.then_some(changed)
    }

    /// Whether a variable was declared without a value.
    fn is_declared_only(&self, var: VarId) -> bool {
        let mut ops = self.open.iter().flat_map(|open| &open.ops);
        ops.any(|op| matches!(op.kind, OpKind::Declare { dest } if dest == var))
    }

    /// What a variable from outside is inside the block.
    fn inner_state(&mut self, var: VarId, entry: &Operand) -> VarId {
        let info = self.var(var).clone();
        let source = info.source.clone().unwrap_or_default();
        let mut name: Ident = syn::parse_str(&source).unwrap_or(info.ident);
        name.set_span(info.span);
        let inner = self.named(&name, info.ty, Role::Mutable);
        self.vars[inner.0 as usize].annotation.clone_from(&info.annotation);
        self.emit(OpKind::Define { dest: inner, value: Value::Use(entry.clone()) }, info.span);
        inner
    }

    /// Some values as one.
    fn together(&mut self, parts: Vec<Operand>, span: Span) -> Option<Operand> {
        if parts.len() < 2 {
            return parts.into_iter().next();
        }
        let ty = Ty::Tuple(parts.iter().map(|part| self.operand_ty(part)).collect());
        parts.iter().for_each(|part| self.pin(part));
        let tuple = self.define(Value::Aggregate(Aggregate::Tuple, parts), ty, span);
        self.pin(&tuple);
        Some(tuple)
    }

    /// Takes apart what was put together.
    fn parts(&mut self, whole: VarId, number: usize, span: Span) -> Vec<Operand> {
        if number < 2 {
            return vec![Operand::Var(whole)];
        }
        let part = |index: usize| Place { root: whole, path: vec![Proj::Field(index.into())] };
        (0..number).map(|index| self.read(part(index), span)).collect()
    }

    /// A variable outside that the block changes in a way that its syntax does not show.
    fn hidden_change(&self, body: &Region, state: &[VarId]) -> Option<VarId> {
        let regions = body.with_inner();
        let mut borrowed = HashMap::new();
        let mut changed = BTreeSet::new();
        body.walk(&mut |op| match &op.kind {
            OpKind::Define { dest, value: Value::Ref { place, style } }
                if self.may_write(place, *style) =>
            {
                borrowed.insert(*dest, place.root);
            }
            OpKind::Store { place, .. }
            | OpKind::AddAssign { place, .. }
            | OpKind::Mutate { place, .. } => {
                changed.insert(place.root);
            }
            OpKind::Exchange { a, b } => changed.extend([*a, *b]),
            OpKind::Effect(opaque) | OpKind::Define { value: Value::Opaque(opaque), .. } => {
                changed.extend(&opaque.writes);
            }
            OpKind::Define { value: Value::Call { args, .. }, .. } => {
                changed.extend(args.iter().filter_map(|arg| borrowed.get(&arg.var()?)));
            }
            _ => {}
        });
        changed.into_iter().map(|var| self.root(var)).find(|root| {
            let info = self.var(*root);
            !regions.contains(&info.region) && info.is_mutable() && !state.contains(root)
        })
    }

    fn reject_change(&mut self, changed: Option<VarId>, span: Span) {
        let Some(var) = changed else { return };
        let name = self.var(var).source.clone().unwrap_or_default();
        self.diag.error(
            span,
            format!("`checkpoint!` runs twice, and changes `{name}` through a reference"),
            "change a variable of the function, and assign it to the reference after the block",
        );
    }

    /// Whether a call may write through a borrow.
    fn may_write(&self, place: &Place, style: RefStyle) -> bool {
        match style {
            RefStyle::ExplicitMut | RefStyle::TangentMut => true,
            RefStyle::Explicit | RefStyle::Tangent => false,
            RefStyle::Plain | RefStyle::AutoRef => match self.var(place.root).role {
                Role::InOut { .. } | Role::Alias { mutable: true, .. } => true,
                Role::Mutable => style == RefStyle::AutoRef,
                _ => false,
            },
        }
    }

    /// The variable that owns the memory that a variable is a name for.
    fn root(&self, var: VarId) -> VarId {
        match &self.var(var).role {
            Role::Alias { target, .. } => self.root(target.root),
            _ => var,
        }
    }

    fn checkpointed_loop(&mut self, name: &Ident, number: &Expr, steps: &ExprForLoop) {
        let range = match &*steps.expr {
            Expr::Range(range) if matches!(range.limits, RangeLimits::HalfOpen(_)) => {
                range.start.as_deref().zip(range.end.as_deref()).map(|bounds| (range, bounds))
            }
            _ => None,
        };
        let Some((range, (start, end))) = range else {
            self.diag.error_on(
                &steps.expr,
                "the loop of `checkpoint!` runs over a range",
                "write `for i in start..end`, and index",
            );
            return;
        };
        if let Some((span, what)) = leaves(steps, name == SNAPSHOTS) {
            self.diag.error(
                span,
                format!("`{what}` of the loop of `checkpoint!` is not accepted"),
                "put what is not always done into an `if`",
            );
            return;
        }
        if name == EVERY || !self.recording {
            self.loop_in_pieces(name, number, steps, [start, end]);
        } else {
            self.loop_from_snapshots(name, number, steps, range, [start, end]);
        }
    }

    /// A loop that keeps some snapshots of its state.
    fn loop_from_snapshots(
        &mut self,
        name: &Ident,
        number: &Expr,
        steps: &ExprForLoop,
        range: &ExprRange,
        bounds: [&Expr; 2],
    ) {
        let span = name.span();
        self.scopes.push(HashMap::new());
        let declared: syn::Block = syn::parse_quote_spanned! {span=> {
            let autograd_snapshots: usize = #number;
            ::core::assert!(autograd_snapshots > 0, "checkpoint!: `snapshots` is 0");
        }};
        self.stmts(&declared.stmts);
        let number = self.lookup("autograd_snapshots").map(Operand::Var);
        let whole = [Stmt::Expr(Expr::ForLoop(steps.clone()), None)];
        let state = self.changed_by(&whole, span);
        if let (Some(number), Some(state)) = (number, state) {
            let snapshots = Snapshots { number, state: state.clone() };
            self.range_loop(steps, range, bounds, false, Some(snapshots));
            let changed = match self.ops().last().map(|op| &op.kind) {
                Some(OpKind::For { body, .. }) => self.hidden_change(body, &state),
                _ => None,
            };
            self.reject_change(changed, span);
        }
        self.scopes.pop();
    }

    /// Steps in pieces of `every`, each a checkpoint.
    fn loop_in_pieces(
        &mut self,
        name: &Ident,
        every: &Expr,
        steps: &ExprForLoop,
        [start, end]: [&Expr; 2],
    ) {
        let (label, pat, body) = (&steps.label, &steps.pat, &steps.body);
        let span = name.span();
        let pieces: Expr = syn::parse_quote_spanned! {span=> {
            let autograd_every: usize = #every;
            ::core::assert!(autograd_every > 0, "checkpoint!: `every` is 0");
            let autograd_start: usize = #start;
            let autograd_end: usize = #end;
            let autograd_steps = autograd_end.saturating_sub(autograd_start);
            for autograd_piece in 0..autograd_steps.div_ceil(autograd_every) {
                let autograd_from = autograd_start + autograd_piece * autograd_every;
                let autograd_to = ::core::cmp::Ord::min(autograd_from + autograd_every, autograd_end);
                checkpoint! { #label for #pat in autograd_from..autograd_to #body }
            }
        }};
        self.maybe_unit(&pieces);
    }
}

/// Where an iteration ends by a `break`, or by a `continue` if those are looked for too.
fn leaves(steps: &ExprForLoop, continues: bool) -> Option<(Span, &'static str)> {
    struct Find<'a> {
        label: Option<&'a syn::Lifetime>,
        continues: bool,
        depth: u32,
        found: Option<(Span, &'static str)>,
    }
    impl Find<'_> {
        fn leaves(&self, label: Option<&syn::Lifetime>) -> bool {
            match label {
                None => self.depth == 0,
                Some(label) => self.label.is_some_and(|own| own.ident == label.ident),
            }
        }
    }
    impl<'ast> Visit<'ast> for Find<'_> {
        fn visit_expr(&mut self, expr: &'ast Expr) {
            let nested = matches!(expr, Expr::ForLoop(_) | Expr::While(_) | Expr::Loop(_));
            self.depth += u32::from(nested);
            if !matches!(expr, Expr::Closure(_)) {
                visit::visit_expr(self, expr);
            }
            self.depth -= u32::from(nested);
        }
        fn visit_expr_break(&mut self, inner: &'ast ExprBreak) {
            if self.leaves(inner.label.as_ref()) {
                self.found.get_or_insert((inner.break_token.span(), "break"));
            }
            visit::visit_expr_break(self, inner);
        }
        fn visit_expr_continue(&mut self, inner: &'ast ExprContinue) {
            if self.continues && self.leaves(inner.label.as_ref()) {
                self.found.get_or_insert((inner.continue_token.span(), "continue"));
            }
        }
        fn visit_macro(&mut self, mac: &'ast Macro) {
            super::call::inside_of_macro(mac).iter().for_each(|stmt| {
                let mut inner = Find { found: None, ..*self };
                inner.visit_stmt(stmt);
                self.found = self.found.or(inner.found);
            });
        }
    }
    let label = steps.label.as_ref().map(|label| &label.name);
    let mut find = Find { label, continues, depth: 0, found: None };
    find.visit_block(&steps.body);
    find.found
}
