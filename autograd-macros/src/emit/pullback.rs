//! The reverse pass as the body of the pullback.

use super::forward::{binary, operator_function, projections, range};
use super::frames::pullback_name;
use super::names::ident;
use super::Emitter;
use crate::ir::ty::Float;
use crate::ir::{Operand, Place, Proj, RegionId, Source, Ty, UnaryOp, Value, VarId};
use crate::residual::Length;
use crate::transform::adjoint::{Again, Argument, Branch, Detour, Expr, Part, Stmt, Target, Zero};
use crate::transform::operations::argument_bar;
use crate::transform::reverse::SEED;
use proc_macro2::{Literal, Span, TokenStream};
use quote::{quote, quote_spanned};

/// How an expression is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// As an owned value.
    Value,
    /// As a side of an operator or a receiver: a value or a reference.
    Operand,
    /// As a reference.
    Reference,
    /// As an index or a bound: an integer.
    Plain,
}

impl Emitter<'_> {
    pub(super) fn reverse_stmts(&self, stmts: &[Stmt<'_>]) -> TokenStream {
        let with_check = |stmt| [self.reverse_stmt(stmt), self.anomaly(stmt)];
        stmts.iter().flat_map(with_check).collect()
    }

    pub(super) fn reverse_stmt(&self, stmt: &Stmt<'_>) -> TokenStream {
        let krate = &self.krate;
        match stmt {
            Stmt::Zero { var, kind } => {
                let bar = self.bar(*var);
                let zero = self.zero(*var, kind);
                quote!(let mut #bar = #zero;)
            }
            Stmt::Let { var, value, span } => {
                let bar = self.bar(*var);
                let value = self.expr(value, Form::Value, *span);
                quote_spanned!(*span=> let mut #bar = #value;)
            }
            Stmt::Add { target, value, negate, scalar, span } => {
                self.add(target, value, *negate, *scalar, *span)
            }
            Stmt::Merge { var, value, span } => {
                let (krate, bar) = (&self.krate_at(*span), self.bar(*var));
                let value = self.expr(value, Form::Value, *span);
                quote_spanned!(*span=> #krate::private::merge_same(&mut #bar, #value);)
            }
            Stmt::Call { function, operand, target, args, span } => {
                let krate = &self.krate_at(*span);
                let function = proc_macro2::Ident::new(function, *span);
                let place = self.bar_mut(target);
                let args = args.iter().map(|arg| self.expr(arg, Form::Value, *span));
                let function = quote!(#krate::private::adjoint::#function);
                let any_place = function.to_string().ends_with("to_vec_input");
                if target.path.is_empty() || any_place {
                    return quote_spanned!(*span=> #function(#place, #(#args),*););
                }
                // A field may have no gradient; then the adjoint is not computed.
                let shape = self.shape(*operand);
                let acc = ident("acc");
                quote_spanned!(*span=> #krate::private::with(#place, &#shape, |#acc| #function(#acc, #(#args),*));)
            }
            Stmt::Fused(fused) => self.reverse_fused(fused),
            Stmt::Undo { function, target, args, span } => {
                let undone = self.undone(function, target, args, *span);
                quote!(let _ = #undone;)
            }
            Stmt::MergeList { target, value, span } => {
                let krate = &self.krate_at(*span);
                let value = self.expr(value, Form::Value, *span);
                let target = self.bar_mut(target);
                let list = ident("list");
                quote_spanned! {*span=>
                    let #list = #value;
                    #krate::private::merge_list(#target, &#list);
                }
            }
            Stmt::Clear { target, scalar, keep_shape } => {
                let place = self.bar_place(target);
                match (scalar, keep_shape) {
                    (true, _) => quote!(let _ = ::core::mem::take(&mut #place);),
                    (false, true) => quote!(#krate::private::clear(&mut #place);),
                    (false, false) => quote!(let _ = #krate::private::take(&mut #place);),
                }
            }
            Stmt::Inspect { var, hook, span } => self.inspect(*var, hook, *span),
            Stmt::Pullback { op, dest, args, span, .. } => self.pull_back(op, *dest, args, *span),
            Stmt::If { cond, then, els, .. } => self.reversed_if(cond, then, els),
            Stmt::Match { op, arms } => {
                let selector = self.selector(op.id.0);
                let arms = arms.iter().enumerate().filter(|(_, arm)| !arm.body.is_empty());
                let arms = arms.map(|(number, arm)| {
                    let block = self.branch(arm);
                    quote!(#number => #block)
                });
                quote!(match #selector { #(#arms)* _ => {} })
            }
            Stmt::Block(branch) => self.branch(branch),
            Stmt::Rest(branch) => {
                let slot = self.slot(branch.region.id);
                let names = self.frame(branch.region.id);
                let stmts = self.reversed_region(branch);
                quote! {
                    if let ::core::option::Option::Some((#(#names,)*)) = #slot { #stmts }
                }
            }
            Stmt::Loop(branch) => {
                let counter = self.counter(branch.region.id);
                let body = self.iteration(branch);
                quote!(for _ in 0..#counter { #body })
            }
            Stmt::For { source, body, counted, span } => {
                let (name, range, index) = self.reversed_source(source, body.region.id, *counted);
                let body = self.iteration(body);
                quote_spanned!(*span=> for #name in #range { #index #body })
            }
        }
    }

    fn reversed_if(&self, cond: &Operand, then: &Branch<'_>, els: &Branch<'_>) -> TokenStream {
        let cond = match cond {
            Operand::Var(var) => self.expr(&Expr::Primal(*var), Form::Plain, Span::mixed_site()),
            Operand::Literal(literal) => literal.tokens.clone(),
        };
        let then_block = self.branch(then);
        let els_block = (!els.body.is_empty()).then(|| {
            let block = self.branch(els);
            quote!(else #block)
        });
        quote!(if #cond #then_block #els_block)
    }

    fn iteration(&self, body: &Branch<'_>) -> TokenStream {
        let pop = self.stack(body.region.id).map(|stack| {
            let names = self.frame(body.region.id);
            quote!(let (#(#names,)*) = #stack.pop();)
        });
        let stmts = self.reversed_region(body);
        quote!(#pop #stmts)
    }

    /// The reverse of a region, its frame being at hand.
    pub(super) fn reversed_region(&self, branch: &Branch<'_>) -> TokenStream {
        let prologue = self.prologue(branch.region.id);
        let stmts = self.reverse_stmts(&branch.body);
        let recycled = self.recycled(branch.region.id, &branch.body);
        quote!(#prologue #stmts #recycled)
    }

    fn branch(&self, branch: &Branch<'_>) -> TokenStream {
        let krate = &self.krate;
        let frame = self.slot(branch.region.id).map(|slot| {
            let names = self.frame(branch.region.id);
            quote!(let (#(#names,)*) = #krate::private::recorded(#slot);)
        });
        let stmts = self.reversed_region(branch);
        quote!({ #frame #stmts })
    }

    /// The variable of a reversed loop, what it runs over, and the statement that makes the primal's
    /// loop variable of it.
    fn reversed_source(
        &self,
        source: &Source,
        body: RegionId,
        counted: bool,
    ) -> (TokenStream, TokenStream, TokenStream) {
        let counter = self.counter(body).filter(|_| counted);
        let krate = &self.krate;
        match source {
            Source::Range { var, start, end, inclusive, reversed } => {
                let name = self.reverse_name(*var);
                let (start, end) = (self.index_operand(start), self.index_operand(end));
                let Some(counter) = counter else {
                    let range = range(&start, &end, *inclusive, !reversed);
                    return (quote!(#name), range, TokenStream::new());
                };
                let steps = ident("steps");
                let value = match (reversed, inclusive) {
                    (false, _) => quote!(#krate::private::Counter::up(#start, #steps)),
                    (true, false) => quote!(#krate::private::Counter::down(#end, #steps + 1)),
                    (true, true) => quote!(#krate::private::Counter::down(#end, #steps)),
                };
                (quote!(#steps), quote!((0..#counter).rev()), quote!(let #name = #value;))
            }
            Source::Each { index, len, .. } => {
                let name = self.reverse_name(*index);
                let len = match counter {
                    Some(counter) => quote!(#counter),
                    None => self.expr(&Expr::Primal(*len), Form::Plain, Span::mixed_site()),
                };
                (quote!(#name), quote!((0..#len).rev()), TokenStream::new())
            }
        }
    }

    fn zero(&self, var: VarId, kind: &Zero) -> TokenStream {
        let krate = &self.krate;
        match kind {
            Zero::Scalar(ty) => self.scalar_zero(ty),
            Zero::Inferred => quote!(#krate::private::symbolic_zero()),
            Zero::Symbolic => {
                let shape = self.shape(var);
                quote!(#shape.symbolic_zero())
            }
            Zero::Shaped => {
                let shape = self.shape(var);
                quote!(#shape.accumulator())
            }
            Zero::WrittenOut => {
                let shape = self.shape(var);
                quote!(#shape.zeros())
            }
        }
    }

    /// Zero of a scalar type.
    pub(super) fn scalar_zero(&self, ty: &Ty) -> TokenStream {
        let krate = &self.krate;
        match ty {
            Ty::Float(Float::F32) => quote!(0.0_f32),
            Ty::Float(Float::F64) => quote!(0.0_f64),
            Ty::Float(Float::Generic(name)) => quote!(<#name as #krate::Real>::ZERO),
            _ => quote!(0.0),
        }
    }

    pub(super) fn add(
        &self,
        target: &Target,
        value: &Expr,
        negate: bool,
        scalar: bool,
        span: Span,
    ) -> TokenStream {
        let tokens = self.expr(value, Form::Value, span);
        if scalar {
            let place = self.bar_place(target);
            return if negate {
                quote_spanned!(span=> #place -= #tokens;)
            } else {
                quote_spanned!(span=> #place += #tokens;)
            };
        }
        let krate = &self.krate_at(span);
        // What is taken out of a variable may go back into it: `z = z`.
        let own = matches!(value, Expr::Take { target: taken, .. } if taken.root == target.root);
        let target = self.bar_mut(target);
        let tokens = if negate { quote_spanned!(span=> -#tokens) } else { tokens };
        if own {
            let taken = ident("taken");
            return quote_spanned! {span=>
                let #taken = #tokens;
                #krate::private::accumulate(#target, #taken);
            };
        }
        quote_spanned!(span=> #krate::private::accumulate(#target, #tokens);)
    }

    fn undone(
        &self,
        function: &'static str,
        target: &Target,
        args: &[Expr],
        span: Span,
    ) -> TokenStream {
        let krate = &self.krate_at(span);
        let function = proc_macro2::Ident::new(function, span);
        let place = self.bar_mut(target);
        let args = args.iter().map(|arg| self.expr(arg, Form::Plain, span));
        quote_spanned!(span=> #krate::private::#function(#place, #(#args),*))
    }

    /// A cotangent as a place.
    pub(super) fn bar_place(&self, target: &Target) -> TokenStream {
        let bar = self.bar(target.root);
        let base = if target.path.is_empty() && self.is_by_ref_param(target.root) {
            quote!(*#bar)
        } else {
            quote!(#bar)
        };
        if self.growing.contains(&target.root) {
            let start =
                if self.is_by_ref_param(target.root) { quote!(*#bar) } else { quote!(#bar) };
            let grown = target.path.iter().fold(start, |base, part| self.grown_part(&base, part));
            return grown;
        }
        projections(base, &target.path, |index| self.index_operand(index))
    }

    /// A part of a cotangent with lists that grow: an element may not be there yet.
    fn grown_part(&self, base: &TokenStream, part: &Proj) -> TokenStream {
        let krate = &self.krate;
        match part {
            Proj::Index(index) => {
                let index = self.index_operand(index);
                quote!((*#krate::private::element_mut(&mut #base, #index)))
            }
            Proj::Slice { start, end: Some(end), inclusive } => {
                let start = start.as_ref().map_or(quote!(0), |start| self.index_operand(start));
                let end = self.index_operand(end);
                let end = if *inclusive { quote!(#end + 1) } else { end };
                quote!((*#krate::private::slice_mut(&mut #base, #start, #end)))
            }
            other => projections(quote!((#base)), std::slice::from_ref(other), |index| {
                self.index_operand(index)
            }),
        }
    }

    pub(super) fn bar_mut(&self, target: &Target) -> TokenStream {
        let place = self.bar_place(target);
        quote!(&mut #place)
    }

    pub(super) fn index_operand(&self, operand: &Operand) -> TokenStream {
        match operand {
            Operand::Var(var) => self.primal(*var, Form::Plain, self.function.var(*var).span),
            Operand::Literal(literal) => literal.tokens.clone(),
        }
    }

    fn pull_back(
        &self,
        op: &crate::ir::Op,
        dest: VarId,
        args: &[Argument],
        span: Span,
    ) -> TokenStream {
        let krate = &self.krate_at(span);
        let pullback = pullback_name(op.id.0);
        let cotangent = self.expr(&Expr::Bar { var: dest, last: true }, Form::Value, span);
        let (mut again, mut slots, mut before, mut after, mut values) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (index, arg) in args.iter().enumerate() {
            match arg {
                Argument::Value { receives } => {
                    let bar = self.bar(argument_bar(op, index));
                    values.push(if *receives { quote!(#bar) } else { quote!(_) });
                }
                Argument::Reference { operand, again: kind, slot, short, detour } => {
                    let argument = match kind {
                        Again::Operand => self.primal(*operand, Form::Reference, span),
                        Again::Nothing => quote!(#krate::private::Unread),
                        Again::Either => {
                            let kept = self.primal(*operand, Form::Reference, span);
                            quote_spanned!(span=> #krate::private::again(#kept))
                        }
                    };
                    if let Some(target) = slot.as_ref().filter(|_| *short) {
                        let (shape, bar) = (self.shape(*operand), self.bar_mut(target));
                        before.push(quote!(#shape.write_out(#bar);));
                    }
                    again.push(argument);
                    slots.push(match slot {
                        None => quote!(#krate::private::none()),
                        Some(target) => {
                            let target = self.bar_mut(target);
                            let bar = self.bar(argument_bar(op, index));
                            match detour {
                                None => quote!(#krate::private::slot(#target)),
                                Some(Detour::Sum) => {
                                    let shape = self.shape(*operand);
                                    before.push(quote!(let mut #bar = #shape.accumulator();));
                                    after.push(
                                        quote!(#krate::private::Merge::merge(#target, #bar);),
                                    );
                                    quote!(#krate::private::slot(&mut #bar))
                                }
                                Some(Detour::Copy) => {
                                    before.push(
                                        quote!(let mut #bar = #krate::private::keep(#target);),
                                    );
                                    after.push(
                                        quote!(#krate::private::Merge::replace(#target, #bar);),
                                    );
                                    quote!(#krate::private::slot(&mut #bar))
                                }
                            }
                        }
                    });
                }
            }
        }
        quote_spanned! {span=>
            #(#before)*
            let (#(#values,)*) = #pullback(#(#again,)* #cotangent, #(#slots),*);
            #(#after)*
        }
    }

    /// An expression as an owned value.
    pub(super) fn owned(&self, expr: &Expr, span: Span) -> TokenStream {
        self.expr(expr, Form::Value, span)
    }

    fn expr(&self, expr: &Expr, form: Form, span: Span) -> TokenStream {
        let krate = &self.krate_at(span);
        match expr {
            Expr::Primal(var) => self.primal(*var, form, span),
            Expr::Literal(tokens) => tokens.clone(),
            Expr::Bar { var, last } => self.bar_value(*var, *last, form),
            Expr::Part(target) => {
                let place = self.bar_place(target);
                quote_spanned!(span=> #krate::private::keep(&#place))
            }
            Expr::Take { target, scalar, keep_shape } => {
                let place = self.bar_place(target);
                match (scalar, keep_shape) {
                    (true, _) => quote_spanned!(span=> ::core::mem::take(&mut #place)),
                    (false, true) => {
                        quote_spanned!(span=> #krate::private::take_shaped(&mut #place))
                    }
                    (false, false) => quote_spanned!(span=> #krate::private::take(&mut #place)),
                }
            }
            Expr::Moved { var, part } => self.moved(*var, part),
            Expr::Number { value, literal: true, .. } => {
                let literal = Literal::f64_unsuffixed(*value);
                quote_spanned!(span=> #literal)
            }
            Expr::Number { value, like, .. } => {
                let literal = Literal::f64_unsuffixed(*value);
                let bar = self.bar(*like);
                quote_spanned!(span=> #krate::private::adjoint::literal(&#bar, #literal))
            }
            Expr::Neg(a) if self.has_operators(a) => {
                let a = self.expr(a, Form::Operand, span);
                parenthesize(form, quote_spanned!(span=> -#a))
            }
            Expr::Neg(a) => {
                let a = self.reference(a, span);
                quote_spanned!(span=> #krate::private::neg(#a))
            }
            Expr::Binary(op, a, b) if self.has_operators(a) && self.has_operators(b) => {
                let a = self.expr(a, Form::Operand, span);
                let b = self.expr(b, Form::Operand, span);
                parenthesize(form, binary(*op, &a, &b, span))
            }
            Expr::Binary(op, a, b) => {
                let (a, b) = (self.reference(a, span), self.reference(b, span));
                let function = operator_function(*op, Span::mixed_site());
                quote_spanned!(span=> #krate::private::#function(#a, #b))
            }
            Expr::Method(name, parts) => {
                let receiver = self.receiver(&parts[0], span);
                let name = proc_macro2::Ident::new(name, span);
                quote_spanned!(span=> #receiver.#name())
            }
            Expr::Adjoint(name, parts) => {
                let name = ident(name);
                let parts = parts.iter().map(|part| self.expr(part, Form::Value, span));
                quote_spanned!(span=> #krate::private::adjoint::#name(#(#parts),*))
            }
            Expr::Ref(inner) => self.reference(inner, span),
            Expr::Saved { dest, .. } => {
                let partial = self.partial(*dest);
                quote!(#partial)
            }
            Expr::Undone { function, target, args } => self.undone(function, target, args, span),
            Expr::Shape(var) => {
                let shape = self.shape(*var);
                quote!(#shape)
            }
            Expr::SumTo { operand, value } => {
                let shape = Self::reference_at(self.shape(*operand), span);
                let value = self.expr(value, Form::Value, span);
                quote_spanned!(span=> #krate::private::sum_to(#shape, #value))
            }
            Expr::CastBack { operand, value } => {
                let shape = self.shape(*operand);
                let value = self.expr(value, Form::Value, span);
                quote_spanned!(span=> #shape.cast_back(#value))
            }
            Expr::Offset { parts, axis } => {
                let axis = self.expr(axis, Form::Operand, span);
                let sizes = parts.iter().map(|part| self.shape(*part));
                quote_spanned!(span=> (0 #(+ #sizes.shape()[#axis])*))
            }
            Expr::Selected { dest, value } => {
                let cotangent = self.expr(&Expr::Bar { var: *dest, last: false }, form, span);
                let value = self.expr(value, form, span);
                quote_spanned!(span=> #krate::private::selected(#cotangent, #value))
            }
            Expr::SumElements(inner) => {
                let inner = self.expr(inner, Form::Value, span);
                quote_spanned!(span=> #krate::private::sum_elements(#inner))
            }
        }
    }

    /// Whether a value is known to have operators on values and references alike: scalars and
    /// tensors. A generic scalar has them on values only.
    fn has_operators(&self, expr: &Expr) -> bool {
        let known = |var: VarId| {
            let ty = if var == SEED {
                Ty::of(&self.target.output, &self.target.reals)
            } else if (var.0 as usize) < self.function.vars.len() {
                self.function.var(var).ty.clone()
            } else {
                Ty::Unknown
            };
            ty.is_float() || matches!(ty, Ty::Tensor(_))
        };
        match expr {
            Expr::Primal(var) | Expr::Bar { var, .. } => known(*var),
            Expr::Literal(_) | Expr::Number { .. } | Expr::Saved { .. } => true,
            Expr::Neg(a) => self.has_operators(a),
            Expr::Binary(_, a, b) => self.has_operators(a) && self.has_operators(b),
            Expr::Method(_, parts) => self.has_operators(&parts[0]),
            _ => false,
        }
    }

    fn reference(&self, inner: &Expr, span: Span) -> TokenStream {
        match inner {
            Expr::Primal(var) => self.primal(*var, Form::Reference, span),
            Expr::Bar { var, .. } => {
                let bar = self.bar(*var);
                Self::reference_at(bar, span)
            }
            other => {
                let tokens = self.expr(other, Form::Operand, span);
                quote_spanned!(span=> &#tokens)
            }
        }
    }

    fn receiver(&self, expr: &Expr, span: Span) -> TokenStream {
        match expr {
            Expr::Literal(tokens) => quote!((#tokens)),
            other => {
                let tokens = self.expr(other, Form::Operand, span);
                if tokens.to_string().starts_with(['&', '*', '-']) {
                    quote!((#tokens))
                } else {
                    tokens
                }
            }
        }
    }

    fn bar_value(&self, var: VarId, last: bool, form: Form) -> TokenStream {
        let bar = self.bar(var);
        let scalar =
            (var.0 as usize) < self.function.vars.len() && self.function.var(var).ty.is_float();
        let krate = &self.krate;
        match form {
            Form::Reference => quote!(&#bar),
            _ if scalar || last => quote!(#bar),
            Form::Operand | Form::Plain => quote!(&#bar),
            Form::Value => quote!(#krate::private::keep(&#bar)),
        }
    }

    /// A part of a cotangent that is used up by an aggregate's operands.
    fn moved(&self, var: VarId, part: &Part) -> TokenStream {
        let bar = self.bar(var);
        let krate = &self.krate;
        if var.0 as usize >= self.function.vars.len() {
            return quote!(#bar);
        }
        match part {
            Part::Member(member) => quote!(#krate::private::take(&mut #bar.#member)),
            Part::Variant(variant, member) => {
                let accessor = crate::ir::variant_accessor(variant, member);
                quote!(#krate::private::take(#bar.#accessor()))
            }
            Part::Element(index) => quote!(#krate::private::take(&mut #bar[#index])),
            Part::ElementOfVec(index) => quote!(#krate::private::take_at(&mut #bar, #index)),
        }
    }

    /// The value of a primal variable in the reverse pass.
    pub(super) fn primal(&self, var: VarId, form: Form, span: Span) -> TokenStream {
        let ty = &self.function.var(var).ty;
        let by_value = ty.is_float() || *ty == Ty::Inactive;
        if self.residuals.recomputed.contains(&var) {
            return self.recompute(var, form, by_value, span);
        }
        let name = self.reverse_name(var);
        let krate = &self.krate;
        let is_reference = self.is_by_ref_param(var);
        match form {
            Form::Reference if is_reference => quote!(#name),
            Form::Reference => quote!(&#name),
            Form::Plain => quote!(#name),
            _ if by_value && is_reference && ty.is_float() => quote!(*#name),
            _ if by_value => quote!(#name),
            Form::Operand if is_reference => quote!(#name),
            Form::Operand => quote!(&#name),
            Form::Value => quote!(#krate::private::keep(&#name)),
        }
    }

    pub(super) fn recompute(
        &self,
        var: VarId,
        form: Form,
        by_value: bool,
        span: Span,
    ) -> TokenStream {
        let krate = &self.krate;
        let value = self.index.definition(var).expect("only definitions are recomputed");
        let nested = |operand: &Operand, form| match operand {
            Operand::Var(var) => self.primal(*var, form, span),
            Operand::Literal(literal) if form == Form::Reference => {
                let tokens = &literal.tokens;
                quote_spanned!(span=> &(#tokens))
            }
            Operand::Literal(literal) => literal.tokens.clone(),
        };
        let tokens = match value {
            Value::Load(place) | Value::Ref { place, .. } => {
                let (tokens, is_reference) = self.reverse_place(place, by_value);
                return match form {
                    Form::Reference if is_reference => tokens,
                    Form::Reference => quote!(&#tokens),
                    Form::Plain => tokens,
                    _ if by_value => tokens,
                    Form::Operand if is_reference => tokens,
                    Form::Operand => quote!(&#tokens),
                    Form::Value => quote!(#krate::private::keep(&#tokens)),
                };
            }
            Value::Detach(operand) => {
                let operand = nested(operand, Form::Reference);
                quote_spanned!(span=> #krate::Detach::detach(#operand))
            }
            Value::Unary(UnaryOp::Neg, operand) => {
                let operand = nested(operand, Form::Plain);
                quote_spanned!(span=> (-#operand))
            }
            Value::Unary(UnaryOp::Not, operand) => {
                let operand = nested(operand, Form::Plain);
                quote_spanned!(span=> (!#operand))
            }
            Value::Binary(op, lhs, rhs) => {
                let tokens =
                    binary(*op, &nested(lhs, Form::Plain), &nested(rhs, Form::Plain), span);
                quote!((#tokens))
            }
            Value::Cast(operand, ty) => {
                let operand = nested(operand, Form::Plain);
                quote_spanned!(span=> (#operand as #ty))
            }
            Value::Use(operand) => nested(operand, Form::Plain),
            Value::Method { args, .. } => self.length(var, &args[0], span),
            Value::Opaque(opaque) => opaque.tokens.clone(),
            _ => unreachable!("such a value is not recomputed"),
        };
        if form == Form::Reference {
            quote!(&#tokens)
        } else {
            tokens
        }
    }

    /// The length of a list, which is the value of `var`.
    fn length(&self, var: VarId, list: &Operand, span: Span) -> TokenStream {
        match self.residuals.lengths.get(&var) {
            Some(Length::Slice(place)) => {
                let Some(Proj::Slice { start, end: Some(end), .. }) = place.path.last() else {
                    unreachable!("the place of a slice ends in its bounds")
                };
                let end = self.index_operand(end);
                let Some(start) = start else { return end };
                let start = self.index_operand(start);
                quote_spanned!(span=> (#end - #start))
            }
            Some(Length::Shape(root)) => {
                let shape = self.shape(*root);
                quote_spanned!(span=> #shape.len())
            }
            Some(Length::Value) | None => {
                let receiver = self.receiver_of(list, span);
                quote_spanned!(span=> #receiver.len())
            }
        }
    }

    fn receiver_of(&self, operand: &Operand, span: Span) -> TokenStream {
        match operand {
            Operand::Var(var) => match self.index.definition(*var) {
                Some(Value::Ref { place, .. } | Value::Load(place))
                    if self.residuals.recomputed.contains(var) =>
                {
                    self.reverse_place(place, false).0
                }
                _ => {
                    let tokens = self.primal(*var, Form::Operand, span);
                    quote!((#tokens))
                }
            },
            Operand::Literal(literal) => literal.tokens.clone(),
        }
    }

    /// A place of the primal, and whether the tokens are a reference to it.
    fn reverse_place(&self, place: &Place, by_value: bool) -> (TokenStream, bool) {
        let place = self.function.resolve(place);
        let root = self.reverse_name(place.root);
        if place.path.is_empty() && self.is_by_ref_param(place.root) {
            return if by_value { (quote!(*#root), false) } else { (quote!(#root), true) };
        }
        (projections(quote!(#root), &place.path, |index| self.index_operand(index)), false)
    }
}

fn parenthesize(form: Form, tokens: TokenStream) -> TokenStream {
    if form == Form::Value {
        tokens
    } else {
        quote!((#tokens))
    }
}
