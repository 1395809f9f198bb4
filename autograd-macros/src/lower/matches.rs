//! `match`, `if let` and `let … else`.

use super::pattern::project;
use super::Lowerer;
use crate::ir::{
    Arm, Exit, OpKind, Opaque, Operand, Place, Proj, Region, Role, Scrutinee, Ty, Value, VarId,
};
use crate::walk::visit::Visit;
use crate::walk::visit_mut::{self, VisitMut};
use proc_macro2::{Ident, Span};
use quote::ToTokens;
use std::collections::HashMap;
use syn::spanned::Spanned;
use syn::{BinOp, Block, Expr, ExprIf, ExprLet, ExprMatch, Lit, Local, Member, Pat};

/// What is matched: one place, or the parts of a tuple that is written out.
struct Subject {
    parts: Vec<Scrutinee>,
    tuple: bool,
}

/// The names that a pattern binds, while it is read.
#[derive(Default)]
struct Bindings {
    bound: Vec<VarId>,
    values: Vec<(VarId, Place, Span)>,
    compared: Vec<(Place, Span)>,
    renamed: HashMap<String, Ident>,
}

impl Lowerer<'_> {
    pub(super) fn match_expr(&mut self, matched: &ExprMatch) -> Option<Operand> {
        let span = matched.match_token.span();
        let pats = matched.arms.iter().map(|arm| split_guard(&arm.pat).0);
        if let Some((list, patterns)) = self.as_list(&matched.expr, pats) {
            let mut matched = matched.clone();
            *matched.expr = list;
            for (arm, pattern) in matched.arms.iter_mut().zip(patterns) {
                set_pattern(&mut arm.pat, pattern);
            }
            return self.match_expr(&matched);
        }
        let subject = self.subject(&matched.expr);
        let arms: Vec<Arm> = matched
            .arms
            .iter()
            .flat_map(|arm| {
                let (pat, guard) = split_guard(&arm.pat);
                alternatives(pat).into_iter().map(move |pat| (arm, pat, guard))
            })
            .map(|(arm, pat, guard)| {
                self.arm(&subject, &pat, guard, |this| this.maybe_unit(&arm.body))
            })
            .collect();
        self.emit_match(subject, arms, span)
    }

    /// An `if` with patterns in its condition, or without; `els` lowers what happens else.
    pub(super) fn branch_or(
        &mut self,
        branch: &ExprIf,
        els: impl FnOnce(&mut Self) -> Option<Operand>,
    ) -> Option<Operand> {
        let span = branch.if_token.span;
        let mut conditions = Vec::new();
        conjunction(&branch.cond, &mut conditions);
        if let [Expr::Let(test)] = conditions.as_slice() {
            return self.if_let(test, span, |this| this.block(&branch.then_branch), els);
        }
        if conditions.iter().all(|cond| !matches!(cond, Expr::Let(_))) {
            let cond = self.condition(&branch.cond);
            let then = |this: &mut Self| this.block(&branch.then_branch);
            return self.select(
                cond,
                span,
                |this| this.branch_value(then),
                |this| this.branch_value(els),
            );
        }
        self.chain(&conditions, &branch.then_branch, els, span)
    }

    /// `if a && let P = b { then } else { els }` is a block that the `then` part leaves.
    fn chain(
        &mut self,
        conditions: &[Expr],
        then: &Block,
        els: impl FnOnce(&mut Self) -> Option<Operand>,
        span: Span,
    ) -> Option<Operand> {
        let has_value = matches!(then.stmts.last(), Some(syn::Stmt::Expr(_, None)));
        let result = has_value.then(|| self.slot(Ty::Unknown, None, span));
        let body = self.in_region(|this| {
            let block = this.region();
            this.links(conditions, &mut |this| {
                let value = this.block(then);
                this.give(result, value, span);
                this.emit(OpKind::Exit(Exit::Break(block)), span);
            });
            let value = els(this);
            this.give(result, value, span);
            None
        });
        self.emit(OpKind::Block { body }, span);
        self.result_of(result, span)
    }

    fn give(&mut self, result: Option<VarId>, value: Option<Operand>, span: Span) {
        if let (Some(result), Some(value)) = (result, value) {
            self.pin(&value);
            self.store_result(result, value, span);
        }
    }

    fn links(&mut self, conditions: &[Expr], then: &mut dyn FnMut(&mut Self)) {
        let Some((first, rest)) = conditions.split_first() else { return then(self) };
        let mut link = |this: &mut Self| {
            this.links(rest, then);
            None
        };
        let span = first.span();
        if let Expr::Let(test) = first {
            self.if_let(test, span, link, |_| None);
        } else {
            let cond = self.condition(first);
            self.select(cond, span, &mut link, |_| None);
        }
    }

    fn if_let(
        &mut self,
        test: &ExprLet,
        span: Span,
        then: impl FnOnce(&mut Self) -> Option<Operand>,
        els: impl FnOnce(&mut Self) -> Option<Operand>,
    ) -> Option<Operand> {
        if let Some((list, patterns)) = self.as_list(&test.expr, std::iter::once(&*test.pat)) {
            let mut test = test.clone();
            *test.expr = list;
            patterns.into_iter().for_each(|pattern| *test.pat = pattern);
            return self.if_let(&test, span, then, els);
        }
        let subject = self.subject(&test.expr);
        let pats = alternatives(&test.pat);
        if pats.len() > 1 {
            self.diag.error_on(
                &test.pat,
                "alternatives that bind names are accepted in a `match`, not in an `if let`",
                "write a `match` with this pattern",
            );
        }
        let then = self.arm(&subject, &pats[0], None, then);
        let els = self.arm(&subject, &wildcard(span), None, els);
        self.emit_match(subject, vec![then, els], span)
    }

    /// `let pat = init else { … };`
    pub(super) fn let_else(&mut self, local: &Local, diverge: &Expr) {
        let init = local.init.as_ref().expect("`let … else` has an initialiser");
        let span = local.let_token.span();
        let pat = match &local.pat {
            Pat::Type(typed) => &*typed.pat,
            pat => pat,
        };
        let list = self.as_list(&init.expr, std::iter::once(pat));
        let (init, pats) = list.unwrap_or_else(|| ((*init.expr).clone(), vec![pat.clone()]));
        let subject = self.subject(&init);
        let mut names = HashMap::new();
        let then = self.arm(&subject, &pats[0], None, |this| {
            names = this.scopes.last().cloned().unwrap_or_default();
            None
        });
        let els = self.arm(&subject, &wildcard(span), None, |this| this.maybe_unit(diverge));
        self.emit_match(subject, vec![then, els], span);
        // What follows continues the first arm, where the names are bound.
        self.settle();
        self.scopes.last_mut().expect("a scope is open").extend(names);
    }

    /// An element of a list that is matched as an `Option`, as a list, with the patterns for that.
    fn as_list<'p>(
        &mut self,
        expr: &Expr,
        pats: impl Iterator<Item = &'p Pat>,
    ) -> Option<(Expr, Vec<Pat>)> {
        let element = self.element_of_list(expr)?;
        let patterns: Vec<(Pat, bool)> =
            pats.map(|pat| element.pattern(pat)).collect::<Option<_>>()?;
        let by_value = patterns.iter().any(|(_, by_value)| *by_value);
        Some((element.list(by_value), patterns.into_iter().map(|(pat, _)| pat).collect()))
    }

    fn subject(&mut self, expr: &Expr) -> Subject {
        match expr {
            Expr::Paren(inner) => self.subject(&inner.expr),
            Expr::Tuple(tuple) if !tuple.elems.is_empty() => {
                let elems: Vec<Expr> = tuple.elems.iter().cloned().collect();
                Subject {
                    parts: elems.iter().map(|elem| self.scrutinee(elem)).collect(),
                    tuple: true,
                }
            }
            other => Subject { parts: vec![self.scrutinee(other)], tuple: false },
        }
    }

    fn scrutinee(&mut self, expr: &Expr) -> Scrutinee {
        // `v.first().unwrap()` is a reference to `v[0]`.
        if let Some(place) = self.unwrapped_element(expr) {
            return Scrutinee { place, borrow: true };
        }
        match expr {
            Expr::Paren(inner) => self.scrutinee(&inner.expr),
            Expr::Reference(reference) if reference.mutability.is_none() => {
                Scrutinee { place: self.place_or_temp(&reference.expr), borrow: true }
            }
            // `v.as_slice()` is a reference to `v[..]`.
            Expr::MethodCall(call) if call.method == "as_slice" && call.args.is_empty() => {
                Scrutinee { place: self.place_or_temp(expr), borrow: true }
            }
            Expr::MethodCall(call)
                if (call.method == "as_ref" || call.method == "as_deref")
                    && call.args.is_empty()
                    && self.is_optional(&call.receiver) =>
            {
                Scrutinee { place: self.place_or_temp(&call.receiver), borrow: true }
            }
            other => Scrutinee { place: self.place_or_temp(other), borrow: false },
        }
    }

    fn arm(
        &mut self,
        subject: &Subject,
        pat: &Pat,
        guard: Option<&Expr>,
        body: impl FnOnce(&mut Self) -> Option<Operand>,
    ) -> Arm {
        let mut bindings = Bindings::default();
        let mut tokens = pat.clone();
        let mut opaque: Option<Opaque> = None;
        let body = self.in_region(|this| {
            this.subject_pattern(subject, pat, &mut bindings);
            for (dest, place, span) in std::mem::take(&mut bindings.values) {
                this.emit(OpKind::Define { dest, value: Value::Load(place) }, span);
            }
            opaque = guard.map(|guard| this.guard(guard));
            this.branch_value(body)
        });
        Rename(&bindings.renamed).visit_pat_mut(&mut tokens);
        let Bindings { bound, compared, .. } = bindings;
        Arm { pat: tokens.to_token_stream(), guard: opaque, bound, compared, body }
    }

    fn guard(&mut self, guard: &Expr) -> Opaque {
        let mut guard = guard.clone();
        let opaque = self.scan(|scan| scan.visit_expr_mut(&mut guard), None, "guard");
        Opaque { tokens: guard.to_token_stream(), ..opaque }
    }

    fn subject_pattern(&mut self, subject: &Subject, pat: &Pat, bindings: &mut Bindings) {
        match pat {
            Pat::Paren(inner) => self.subject_pattern(subject, &inner.pat, bindings),
            Pat::Tuple(tuple) if subject.tuple => {
                let elems: Vec<&Pat> = tuple.elems.iter().collect();
                let rest = elems.iter().position(|elem| matches!(elem, Pat::Rest(_)));
                let after = rest.map_or(0, |rest| elems.len() - rest - 1);
                for (index, part) in subject.parts.iter().enumerate() {
                    let from_end = subject.parts.len() - index;
                    let elem = match rest {
                        Some(rest) if index >= rest && from_end > after => continue,
                        Some(rest) if index >= rest => elems.get(elems.len() - from_end),
                        _ => elems.get(index),
                    };
                    if let Some(elem) = elem {
                        self.part_pattern(part, elem, bindings);
                    }
                }
            }
            Pat::Wild(_) | Pat::Rest(_) => {}
            _ if subject.tuple => self.diag.error_on(
                pat,
                "this pattern of a tuple is not accepted yet in a differentiable function",
                "take the tuple apart in the pattern: `(a, b)`",
            ),
            _ => self.part_pattern(&subject.parts[0], pat, bindings),
        }
    }

    fn part_pattern(&mut self, part: &Scrutinee, pat: &Pat, bindings: &mut Bindings) {
        let by_ref =
            part.borrow || (part.place.path.is_empty() && self.var(part.place.root).is_reference());
        self.refutable(pat, part.place.clone(), by_ref, bindings);
    }

    /// Declares the names that a pattern binds, each to its part of `place`.
    fn refutable(&mut self, pat: &Pat, place: Place, by_ref: bool, bindings: &mut Bindings) {
        match pat {
            Pat::Wild(_) | Pat::Rest(_) | Pat::Path(_) | Pat::Const(_) => {}
            Pat::Lit(lit) => {
                if matches!(lit.lit, Lit::Float(_)) {
                    bindings.compared.push((place, pat.span()));
                }
            }
            Pat::Range(range) => {
                let is_float = |bound: &Expr| matches!(bound, Expr::Lit(lit) if matches!(lit.lit, Lit::Float(_)));
                if [&range.start, &range.end].into_iter().flatten().any(|bound| is_float(bound)) {
                    bindings.compared.push((place, pat.span()));
                }
            }
            Pat::Paren(inner) => self.refutable(&inner.pat, place, by_ref, bindings),
            Pat::Reference(inner) => self.refutable(&inner.pat, place, false, bindings),
            Pat::Or(or) => or.cases.iter().for_each(|case| {
                self.refutable(case, place.clone(), by_ref, bindings);
            }),
            Pat::Ident(ident) if is_constant_like(&ident.ident) && ident.subpat.is_none() => {}
            Pat::Ident(ident) => {
                if let Some((_, inner)) = &ident.subpat {
                    self.refutable(inner, place.clone(), by_ref, bindings);
                }
                let by_ref = by_ref || ident.by_ref.is_some();
                self.bind_in_pattern(
                    &ident.ident,
                    ident.mutability.is_some(),
                    place,
                    by_ref,
                    bindings,
                );
            }
            Pat::Tuple(tuple) => {
                let elems: Vec<&Pat> = tuple.elems.iter().collect();
                self.numbered(&elems, by_ref, bindings, |member| {
                    project(&place, Proj::Field(member))
                });
            }
            Pat::TupleStruct(tuple) => {
                let elems: Vec<&Pat> = tuple.elems.iter().collect();
                let variant = variant_name(&tuple.path);
                self.numbered(&elems, by_ref, bindings, |member| {
                    project(&place, Proj::Variant(variant.clone(), member))
                });
            }
            Pat::Struct(fields) => {
                let variant = variant_name(&fields.path);
                for field in &fields.fields {
                    let proj = Proj::Variant(variant.clone(), field.member.clone());
                    self.refutable(&field.pat, project(&place, proj), by_ref, bindings);
                }
            }
            Pat::Slice(slice) => {
                for (elem, part) in self.slice_parts(slice, &place, pat.span()) {
                    match super::pattern::rest_name(elem) {
                        Some(name) if by_ref => self.refutable(&name, part, by_ref, bindings),
                        Some(name) => self.diag.error_on(
                            name,
                            "the rest of an array by value is not accepted yet",
                            "match a reference to it: `match &array`",
                        ),
                        None => self.refutable(elem, part, by_ref, bindings),
                    }
                }
            }
            other => self.diag.error_on(
                other,
                "this pattern is not accepted yet in a differentiable function",
                "bind a name and take it apart with fields and indices",
            ),
        }
    }

    fn numbered(
        &mut self,
        elems: &[&Pat],
        by_ref: bool,
        bindings: &mut Bindings,
        part: impl Fn(Member) -> Place,
    ) {
        for (index, elem) in elems.iter().enumerate() {
            if matches!(elem, Pat::Rest(_)) {
                if index + 1 < elems.len() {
                    self.diag.error_on(elem, "`..` is accepted only at the end of a pattern", "");
                }
                return;
            }
            self.refutable(elem, part(Member::from(index)), by_ref, bindings);
        }
    }

    fn bind_in_pattern(
        &mut self,
        name: &Ident,
        mutable: bool,
        place: Place,
        by_ref: bool,
        bindings: &mut Bindings,
    ) {
        let ty = self.place_ty(&place);
        let var = if by_ref {
            self.named(name, ty, Role::Alias { target: place, mutable: false })
        } else {
            let role = if mutable { Role::Mutable } else { Role::Let };
            let var = self.named(name, ty, role);
            bindings.values.push((var, place, name.span()));
            var
        };
        bindings.bound.push(var);
        bindings.renamed.insert(name.to_string(), self.var(var).ident.clone());
    }

    fn emit_match(&mut self, subject: Subject, arms: Vec<Arm>, span: Span) -> Option<Operand> {
        let through: Vec<&Region> =
            arms.iter().map(|arm| &arm.body).filter(|body| !body.diverges()).collect();
        let results: Vec<&Operand> =
            through.iter().filter_map(|body| body.result.as_ref()).collect();
        let ty = (!results.is_empty() && results.len() == through.len())
            .then(|| self.common_ty(&results));
        let dest = ty.map(|ty| self.temp(ty, span, Role::Temp { inline: false }));
        self.emit(OpKind::Match { scrutinee: subject.parts, arms, dest }, span);
        dest.map(Operand::Var)
    }

    /// What is known of the type of all these.
    pub(super) fn common_ty(&self, operands: &[&Operand]) -> Ty {
        let is_literal = |ty: &Ty| matches!(ty, Ty::Float(crate::ir::ty::Float::Literal));
        let mut common: Option<Ty> = None;
        for ty in operands.iter().map(|operand| self.operand_ty(operand)) {
            common = Some(match common {
                None => ty,
                Some(known) if known == ty || (is_literal(&ty) && known.is_float()) => known,
                Some(known) if is_literal(&known) && ty.is_float() => ty,
                Some(_) => return Ty::Unknown,
            });
        }
        common.unwrap_or(Ty::Unknown)
    }
}

/// Renames what a pattern binds to the names that are emitted.
struct Rename<'r>(&'r HashMap<String, Ident>);

impl VisitMut for Rename<'_> {
    fn visit_pat_ident_mut(&mut self, pat: &mut syn::PatIdent) {
        if let Some(ident) = self.0.get(&pat.ident.to_string()) {
            pat.ident = ident.clone();
        }
        visit_mut::visit_pat_ident_mut(self, pat);
    }

    fn visit_field_pat_mut(&mut self, field: &mut syn::FieldPat) {
        let renamed = matches!(&*field.pat, Pat::Ident(pat)
            if self.0.get(&pat.ident.to_string()).is_some_and(|ident| *ident != pat.ident));
        if field.colon_token.is_none() && renamed {
            field.colon_token = Some(syn::token::Colon::default());
        }
        visit_mut::visit_field_pat_mut(self, field);
    }
}

/// The alternatives of a pattern, apart if they bind names: each binds its own part.
fn alternatives(pat: &Pat) -> Vec<Pat> {
    match pat {
        Pat::Paren(inner) => alternatives(&inner.pat),
        Pat::Or(or) if or.cases.iter().any(binds) => {
            or.cases.iter().flat_map(alternatives).collect()
        }
        other => vec![other.clone()],
    }
}

fn split_guard(pat: &Pat) -> (&Pat, Option<&Expr>) {
    match pat {
        Pat::Guard(guarded) => (&guarded.pat, Some(&guarded.guard)),
        other => (other, None),
    }
}

/// Replaces a pattern, but not its guard.
fn set_pattern(pat: &mut Pat, pattern: Pat) {
    match pat {
        Pat::Guard(guarded) => *guarded.pat = pattern,
        other => *other = pattern,
    }
}

fn binds(pat: &Pat) -> bool {
    struct Find(bool);
    impl<'ast> Visit<'ast> for Find {
        fn visit_pat_ident(&mut self, pat: &'ast syn::PatIdent) {
            self.0 |= !is_constant_like(&pat.ident);
        }
    }
    let mut find = Find(false);
    find.visit_pat(pat);
    find.0
}

/// A bare name in capitals is a constant or a variant, not a binding.
fn is_constant_like(name: &Ident) -> bool {
    name.to_string().trim_start_matches("r#").starts_with(char::is_uppercase)
}

fn variant_name(path: &syn::Path) -> Ident {
    path.segments.last().expect("a path has a segment").ident.clone()
}

fn wildcard(span: Span) -> Pat {
    Pat::Wild(syn::PatWild { attrs: Vec::new(), underscore_token: syn::token::Underscore(span) })
}

/// The parts of `a && b && c`.
fn conjunction(cond: &Expr, parts: &mut Vec<Expr>) {
    match cond {
        Expr::Paren(inner) => conjunction(&inner.expr, parts),
        Expr::Binary(binary) if matches!(binary.op, BinOp::And(_)) => {
            conjunction(&binary.left, parts);
            conjunction(&binary.right, parts);
        }
        other => parts.push(other.clone()),
    }
}
