//! Memory that is used again: lists of the forward pass are made of what earlier gradients gave
//! back, and are given back in the reverse pass when they are used up, with the lists of cotangents.

use super::names::ident;
use super::operand::Use;
use super::Emitter;
use crate::ir::{
    Aggregate, Callee, EachForm, Function, IdSet, Op, OpKind, Operand, Place, Proj, Region,
    RegionId, Role, Source, Ty, Value, VarId,
};
use crate::residual::Item;
use crate::transform::adjoint::{Expr, Node, Stmt};
use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

impl Emitter<'_> {
    /// The tokens of a value that allocates a list, with the memory of another.
    pub(super) fn pooled(&self, value: &Value, span: Span) -> Option<TokenStream> {
        let krate = &self.krate_at(span);
        match value {
            Value::Aggregate(Aggregate::VecRepeat, parts) => {
                let parts = parts.iter().map(|part| self.operand(part, Use::Move));
                Some(quote_spanned!(span=> #krate::private::vec_repeat(#(#parts),*)))
            }
            Value::Aggregate(Aggregate::Vec, parts) if !parts.is_empty() => {
                let parts = parts.iter().map(|part| self.operand(part, Use::Move));
                Some(quote_spanned!(span=> #krate::private::vec_of([#(#parts),*])))
            }
            Value::Call { callee: Callee::Associated(path), args } if args.len() == 1 => {
                let capacity = is_function_of_vec(path, "with_capacity")
                    .then(|| self.operand(&args[0], Use::Move))?;
                Some(quote_spanned!(span=> #krate::private::vec_with_capacity(#capacity)))
            }
            Value::Opaque(_) => is_empty_vec(value).then(|| self.vec_to_grow(&[], span)),
            Value::Method { name, args, .. } if name == "to_vec" || name == "clone" => {
                let list_var = args[0].var()?;
                let of_scalars = match &self.function.var(list_var).ty {
                    Ty::Vec(element) => element.is_copy(),
                    Ty::Slice(element) | Ty::Array(element, _) => {
                        name == "to_vec" && element.is_copy()
                    }
                    _ => false,
                };
                let list = self.operand(&args[0], Use::Receiver);
                if name == "clone" && self.function.var(list_var).ty == Ty::Unknown {
                    let borrowed = self.borrowed(&args[0]);
                    return Some(quote_spanned! {span=>
                        #krate::private::Copying::of(#borrowed).copy_as(|| #list.clone())
                    });
                }
                if !of_scalars {
                    return None;
                }
                Some(quote_spanned!(span=> #krate::private::vec_copied(&#list[..])))
            }
            _ => None,
        }
    }

    /// A list that begins with `parts`, with room to grow.
    pub(super) fn vec_to_grow(&self, parts: &[Operand], span: Span) -> TokenStream {
        let krate = &self.krate_at(span);
        if parts.is_empty() {
            return quote_spanned!(span=> #krate::private::vec_to_grow());
        }
        let parts = parts.iter().map(|part| self.operand(part, Use::Move));
        quote_spanned!(span=> #krate::private::vec_of_to_grow([#(#parts),*]))
    }

    /// A copy of what a reference refers to; of a list, with the memory of another.
    pub(super) fn kept_copy(&self, ty: &Ty, reference: &TokenStream, span: Span) -> TokenStream {
        let krate = &self.krate;
        match ty {
            Ty::Vec(element) | Ty::Slice(element) if element.is_copy() => {
                quote_spanned!(span=> #krate::private::vec_copied(&(#reference)[..]))
            }
            Ty::Slice(_) => {
                quote_spanned!(span=> #krate::private::CopyingSlice::of(#reference).copy())
            }
            Ty::Inactive | Ty::Vec(_) => {
                quote_spanned!(span=> #krate::private::Copying::of(#reference).copy())
            }
            _ => quote_spanned!(span=> #krate::private::keep(#reference)),
        }
    }

    /// Whether a copy of an argument is kept if the callee reads it again.
    pub(super) fn is_kept_if_read(&self, var: VarId) -> bool {
        self.residuals.if_read.contains(&var)
    }

    /// What is kept of an argument of which `copy` makes a copy.
    pub(super) fn kept_if_read(&self, var: VarId, copy: TokenStream, span: Span) -> TokenStream {
        if !self.is_kept_if_read(var) {
            return copy;
        }
        let krate = &self.krate_at(span);
        quote_spanned!(span=> #krate::private::IfRead::of(|| #copy))
    }

    /// Gives back at the end of a region's reverse what its frame held and the cotangents of its
    /// variables.
    pub(super) fn recycled(&self, region: RegionId, stmts: &[Stmt<'_>]) -> TokenStream {
        let krate = &self.krate;
        let mut consumed = IdSet::new();
        stmts.iter().for_each(|stmt| gather_consumed(stmt, &mut consumed));
        let bars = stmts.iter().filter_map(|stmt| match stmt {
            Stmt::Zero { var, .. } | Stmt::Let { var, .. } => Some(*var),
            _ => None,
        });
        let bars = bars.filter(|var| self.has_list_cotangent(*var) && !consumed.contains(var));
        let bars = bars.map(|var| {
            let bar = self.bar(var);
            quote!(#krate::private::recycle_bar(#bar);)
        });
        let framed = self.framed(region);
        let framed = || framed.iter().copied();
        let lists = framed().filter(|var| self.is_own_list(*var) || self.is_kept_copy(*var));
        let lists = lists.map(|var| {
            let name = self.reverse_name(var);
            quote!(#krate::private::recycle(#name);)
        });
        let values = framed().filter(|var| self.is_own_value(*var));
        let values = values.map(|var| {
            let name = self.reverse_name(var);
            quote!(#krate::private::recycle_value(#name);)
        });
        let copies = framed().filter(|var| self.is_copy_of_any(*var));
        let copies = copies.map(|var| {
            let name = self.reverse_name(var);
            quote!(#krate::private::Recycling::of(#name).give();)
        });
        let if_read = framed().filter(|var| self.is_kept_if_read(*var));
        let if_read = if_read.map(|var| {
            let name = self.reverse_name(var);
            quote!(#krate::private::Recycling::of(#name.into_inner()).give();)
        });
        bars.chain(lists).chain(values).chain(copies).chain(if_read).collect()
    }

    /// The variables whose values the reverse of a region owns.
    fn framed(&self, region: RegionId) -> Vec<VarId> {
        if region == RegionId(0) {
            let kept = self.residuals.values.union(&self.residuals.roots);
            return kept
                .into_iter()
                .filter(|var| self.function.var(*var).region == region)
                .collect();
        }
        let items = self.residuals.frames.items.get(&region).into_iter().flatten();
        let values = items.filter_map(|item| match item {
            Item::Value(var) => Some(*var),
            _ => None,
        });
        values.collect()
    }

    /// Gives back at the end of a region of the forward pass the lists that are not needed any more.
    pub(super) fn recycled_locals(&self, region: &Region) -> TokenStream {
        if !self.tangents.is_empty() {
            // What a tangent is borrowed from is not known here.
            return TokenStream::new();
        }
        let krate = &self.krate;
        let locals = region.ops.iter().filter_map(|op| match &op.kind {
            OpKind::Define { dest, .. } => Some(*dest),
            _ => None,
        });
        let locals = locals.filter(|var| {
            (self.is_own_list(*var) || self.is_own_value(*var) || self.is_clone_of_any(*var))
                && !self.is_inline(*var)
                && !self.residuals.is_kept(*var)
                && !self.used_up.contains(var)
        });
        locals
            .map(|var| {
                let name = &self.function.var(var).ident;
                if self.is_clone_of_any(var) {
                    return quote!(#krate::private::Recycling::of(#name).give(););
                }
                let recycle = if self.is_own_list(var) { "recycle" } else { "recycle_value" };
                let recycle = ident(recycle);
                quote!(#krate::private::#recycle(#name);)
            })
            .collect()
    }

    /// Whether a variable is a local one that has its value until its region ends.
    fn is_local(&self, var: VarId) -> bool {
        let role = &self.function.var(var).role;
        matches!(role, Role::Let | Role::Mutable | Role::Temp { .. })
            && !self.index.is_moved(var)
            && !self.index.is_late(var)
    }

    /// Whether a variable holds what a differentiable function returned: its type is not known, but
    /// it is a value of its own.
    fn is_own_value(&self, var: VarId) -> bool {
        let is_unknown = self.function.var(var).ty == Ty::Unknown;
        if !is_unknown || !self.is_local(var) || !self.activity.is_varied(var) {
            return false;
        }
        match self.index.definition(var) {
            Some(Value::Call { callee, .. }) => !matches!(callee, Callee::Constant(..)),
            Some(Value::Use(Operand::Var(source))) => self.is_own_value(*source),
            _ => false,
        }
    }

    /// Whether a variable holds a copy of a list that was borrowed.
    fn is_kept_copy(&self, var: VarId) -> bool {
        self.is_copy_of_borrowed(var)
            && matches!(&self.function.var(var).ty,
                Ty::Vec(element) | Ty::Slice(element) if element.is_copy())
    }

    /// Whether a variable holds a copy of something that was borrowed, of which nothing else is known.
    fn is_copy_of_any(&self, var: VarId) -> bool {
        self.is_copy_of_borrowed(var)
            && matches!(self.function.var(var).ty, Ty::Unknown | Ty::Inactive)
            && !self.index.is_moved(var)
    }

    /// Whether a variable holds a copy of something that was borrowed, whoever reads it.
    fn is_copy_of_borrowed(&self, var: VarId) -> bool {
        self.residuals.values.contains(&var)
            && !self.is_kept_if_read(var)
            && matches!(self.index.definition(var), Some(Value::Ref { .. }))
    }

    /// Whether a variable holds a clone of something whose type is not known.
    fn is_clone_of_any(&self, var: VarId) -> bool {
        self.function.var(var).ty == Ty::Unknown
            && self.is_local(var)
            && match self.index.definition(var) {
                Some(Value::Method { name, .. }) => name == "clone",
                Some(Value::Use(Operand::Var(source))) => self.is_clone_of_any(*source),
                _ => false,
            }
    }

    /// Whether the cotangent of a variable is a list, as far as can be seen, which is its own.
    fn has_list_cotangent(&self, var: VarId) -> bool {
        let is_local = (var.0 as usize) < self.function.vars.len()
            && !self.function.params.contains(&var)
            && !self.index.is_late(var);
        let ty = &self.function.var(var).ty;
        let is_list =
            matches!(ty, Ty::Vec(_)) || (*ty == Ty::Unknown && self.growing.contains(&var));
        is_local && is_list
    }

    /// Whether a variable holds a list, and not a reference to one as far as is known.
    fn is_own_list(&self, var: VarId) -> bool {
        if var.0 as usize >= self.function.vars.len() || self.function.params.contains(&var) {
            return false;
        }
        matches!(self.function.var(var).ty, Ty::Vec(_))
            && self.is_local(var)
            && !matches!(
                self.index.definition(var),
                None | Some(Value::Ref { .. } | Value::Detach(_))
            )
    }
}

/// Whether a value is `Vec::new()` or `Vec::with_capacity(…)`.
pub(super) fn is_empty_vec(value: &Value) -> bool {
    match value {
        Value::Call { callee: Callee::Associated(path), .. } => {
            is_function_of_vec(path, "with_capacity")
        }
        Value::Opaque(opaque) => {
            let call = syn::parse2::<syn::ExprCall>(opaque.tokens.clone());
            call.is_ok_and(|call| match &*call.func {
                syn::Expr::Path(path) => {
                    call.args.is_empty() && is_function_of_vec(&path.path, "new")
                }
                _ => false,
            })
        }
        _ => false,
    }
}

/// Whether a path is `Vec::name`, perhaps with the modules before it.
fn is_function_of_vec(path: &syn::Path, name: &str) -> bool {
    let mut segments = path.segments.iter().rev();
    segments.next().is_some_and(|last| last.ident == name && last.arguments.is_empty())
        && segments.next().is_some_and(|owner| owner.ident == "Vec" && owner.arguments.is_empty())
}

/// The cotangents that a statement moves.
fn gather_consumed(stmt: &Stmt<'_>, consumed: &mut IdSet<VarId>) {
    if let Stmt::Pullback { dest, .. } = stmt {
        consumed.insert(*dest);
    }
    stmt.visit(&mut |node| {
        if let Node::Expr(Expr::Bar { var, last: true }) = node {
            consumed.insert(*var);
        }
    });
    for branch in stmt.branches() {
        branch.body.iter().for_each(|stmt| gather_consumed(stmt, consumed));
    }
}

/// The variables that are used as values somewhere, so that their lists may have gone elsewhere.
pub(super) fn used_up(function: &Function) -> IdSet<VarId> {
    let mut used_up = IdSet::new();
    gather_used_up(function, &function.body, &mut used_up);
    used_up
}

fn gather_used_up(function: &Function, region: &Region, used_up: &mut IdSet<VarId>) {
    let mut operand = |operand: &Operand| used_up.extend(operand.var());
    for op in &region.ops {
        op_operands(function, op, &mut operand);
    }
    region.result.iter().for_each(&mut operand);
    for op in &region.ops {
        if let OpKind::For { source: Source::Each { place, form: EachForm::Owned, .. }, .. } =
            &op.kind
        {
            used_up.insert(function.resolve(place).root);
        }
        op.kind.regions().into_iter().for_each(|inner| gather_used_up(function, inner, used_up));
    }
}

/// Calls `f` with the operands that an operation uses as values, and with the roots of the places
/// that it reads as a whole.
fn op_operands(function: &Function, op: &Op, f: &mut impl FnMut(&Operand)) {
    let whole = |place: &Place, f: &mut dyn FnMut(&Operand)| {
        // A field can be moved out; an element cannot.
        if place.path.iter().all(|proj| !matches!(proj, Proj::Index(_) | Proj::Slice { .. })) {
            f(&Operand::Var(place.root));
        }
    };
    match &op.kind {
        OpKind::Define { value, .. } => match value {
            Value::Load(place) => whole(place, f),
            // A borrow that is passed on may live on in what it is passed to.
            Value::Ref { .. } => {}
            Value::Use(operand)
            | Value::Unary(_, operand)
            | Value::Cast(operand, _)
            | Value::Detach(operand)
            | Value::Inspect { operand, .. } => f(operand),
            Value::Binary(_, lhs, rhs) => [lhs, rhs].into_iter().for_each(f),
            Value::Method { args, .. } | Value::Call { args, .. } => args.iter().for_each(f),
            Value::Join { parts, .. } => parts.iter().for_each(f),
            Value::Aggregate(_, operands) => operands.iter().for_each(f),
            Value::Opaque(opaque) => {
                let whole = opaque.reads.iter().filter(|var| {
                    let name = &function.var(**var).ident;
                    !reads_elements_alone(opaque.tokens.clone(), name)
                });
                whole.for_each(|var| f(&Operand::Var(*var)));
            }
        },
        OpKind::Alias { alias, .. } => f(&Operand::Var(*alias)),
        OpKind::Store { value, .. } | OpKind::AddAssign { value, .. } => f(value),
        OpKind::Mutate { args, .. } => args.iter().for_each(f),
        OpKind::Effect(opaque) => opaque.reads.iter().for_each(|var| f(&Operand::Var(*var))),
        OpKind::Match { scrutinee, .. } => {
            scrutinee.iter().for_each(|part| f(&Operand::Var(part.place.root)));
        }
        _ => {}
    }
}

/// Whether tokens mention a variable only to index it: an element cannot be moved out of a list.
fn reads_elements_alone(tokens: TokenStream, name: &Ident) -> bool {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(ident) if ident == *name => {
                let is_index = |token: &TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket);
                if !tokens.peek().is_some_and(is_index) {
                    return false;
                }
            }
            TokenTree::Group(group) if !reads_elements_alone(group.stream(), name) => return false,
            _ => {}
        }
    }
    true
}
