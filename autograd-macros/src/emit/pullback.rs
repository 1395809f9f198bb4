//! The reverse pass as the body of the pullback.

use super::expr::Form;
use super::forward::range;
use super::frames::{before_name, old_name};
use super::names::ident;
use super::operand::projections;
use super::Emitter;
use crate::ir::ty::Float;
use crate::ir::{Operand, Proj, RegionId, Source, Ty, VarId};
use crate::transform::adjoint::{Branch, Expr, Left, Node, Stmt, Target, Zero};
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

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
            Stmt::Add { target, value, negate, first: true, span, .. } => {
                let value = self.expr(value, Form::Value, *span);
                let value = if *negate { quote_spanned!(*span=> -(#value)).into() } else { value };
                let place = self.bar_place_at(target, *span);
                quote_spanned!(*span=> #place = #value;)
            }
            Stmt::Add { target, value, negate, scalar, span, .. } => {
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
            Stmt::Clear { target, left } => {
                let place = self.bar_place(target);
                match left {
                    Left::Scalar => quote!(let _ = ::core::mem::take(&mut #place);),
                    Left::SameShape => quote!(#krate::private::clear(&mut #place);),
                    Left::Symbolic => quote!(let _ = #krate::private::take(&mut #place);),
                    Left::Before(op) => {
                        let before = before_name(op.0);
                        quote! {
                            #krate::private::recycle_bar(
                                ::core::mem::replace(&mut #place, #before.accumulator())
                            );
                        }
                    }
                }
            }
            Stmt::Restore { op, target } => {
                let (place, old) = (self.reverse_place(target, false).0, old_name(op.0));
                if self.function.place_ty(target).is_copy() {
                    return quote!(#place = #old;);
                }
                quote!(#krate::private::recycle(::core::mem::replace(&mut #place, #old));)
            }
            Stmt::Exchange { a, b } => {
                let (a, b) = (self.bar(*a), self.bar(*b));
                quote!(::core::mem::swap(&mut #a, &mut #b);)
            }
            Stmt::Inspect { var, hook, span } => self.inspect(*var, hook, *span),
            Stmt::Pullback { op, dest, args, reach, span } => {
                self.pull_back(op, *dest, args, *reach, *span)
            }
            control => self.reverse_control(control),
        }
    }

    /// A statement that owns regions.
    fn reverse_control(&self, stmt: &Stmt<'_>) -> TokenStream {
        match stmt {
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
            Stmt::Checkpoint(branch) => self.run_again(branch),
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
                self.with_sums(branch, || {
                    let body = self.iteration(branch);
                    let (name, range) = (quote!(_), quote!(0..#counter));
                    self.iterations_back(branch.region.id, &name, &range, &body, Span::mixed_site())
                })
            }
            Stmt::For {
                source: Source::Range { var, start, snapshots: Some(kept), .. },
                body,
                ..
            } => self.steps_again(*var, start, &kept.state, body),
            Stmt::For { source, body, counted, span } => {
                let looped = || self.iterations_of(source, body, *counted, *span);
                self.emptying(source, body.region, *span, || self.with_sums(body, looped))
            }
            _ => unreachable!("all other statements own no regions"),
        }
    }

    fn iterations_of(
        &self,
        source: &Source,
        body: &Branch<'_>,
        counted: bool,
        span: Span,
    ) -> TokenStream {
        if let Some(looped) = self.strided(source, body, span).filter(|_| !counted) {
            return looped;
        }
        let region = body.region.id;
        let iteration = self.sparse(body).unwrap_or_else(|| self.iteration(body));
        let (name, range, index) = self.reversed_source(source, region, counted);
        let frames = &self.residuals.frames;
        let array = self.stack(region).filter(|_| frames.arrays.contains_key(&region));
        let reversed = frames.is_full_array(region).then(|| quote!(.reversed()));
        let array = array.map(|stack| quote!(let mut #stack = #stack #reversed;));
        let iteration = quote!(#index #iteration);
        let back = self.iterations_back(region, &name, &range, &iteration, span);
        quote!(#array #back)
    }

    /// A loop over `range` that takes the frames of the latest run, if there are any.
    fn iterations_back(
        &self,
        body: RegionId,
        name: &TokenStream,
        range: &TokenStream,
        iteration: &TokenStream,
        span: Span,
    ) -> TokenStream {
        let Some((stack, run)) = self.stack(body).zip(self.run(body)) else {
            return quote_spanned!(span=> for #name in #range { #iteration });
        };
        let trips = ident("trips");
        quote_spanned! {span=>
            let #trips = #range;
            let mut #run = #stack.latest(&#trips);
            for #name in #trips { #iteration }
            #stack.put_earlier(#run);
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
        let pop = self.pop(body.region.id);
        let stmts = self.reversed_region(body);
        quote!(#pop #stmts)
    }

    /// The frame of an iteration.
    pub(super) fn pop(&self, body: RegionId) -> Option<TokenStream> {
        let holder = self.holder(body)?;
        let names = self.frame(body);
        Some(quote!(let (#(#names,)*) = #holder.pop();))
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
    pub(super) fn reversed_source(
        &self,
        source: &Source,
        body: RegionId,
        counted: bool,
    ) -> (TokenStream, TokenStream, TokenStream) {
        let counter = self.counter(body).filter(|_| counted);
        let krate = &self.krate;
        match source {
            Source::Range { var, start, end, inclusive, reversed, .. } => {
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
                    Some(counter) => counter.into(),
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
            Zero::Before(op) => {
                let before = before_name(op.0);
                quote!(#before.accumulator())
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
            let place = match self.sum_of(target) {
                Some(sum) => quote!(#sum),
                None => self.bar_place_at(target, span),
            };
            return if negate {
                quote_spanned!(span=> #place -= #tokens;)
            } else {
                quote_spanned!(span=> #place += #tokens;)
            };
        }
        let krate = &self.krate_at(span);
        // What comes out of a list may go back into it: `x[i] += x[j]`.
        let mut own = false;
        value.visit(&mut |node| {
            own |= matches!(node, Node::Target(part) if part.root == target.root);
        });
        let target = self.bar_place_at(target, span);
        let target = quote!(&mut #target);
        let tokens = if negate { quote_spanned!(span=> -#tokens).into() } else { tokens };
        if own {
            let value = ident("contribution");
            return quote_spanned! {span=>
                let #value = #tokens;
                #krate::private::accumulate(#target, #value);
            };
        }
        quote_spanned!(span=> #krate::private::accumulate(#target, #tokens);)
    }

    pub(super) fn undone(
        &self,
        function: &'static str,
        target: &Target,
        args: &[Expr],
        span: Span,
    ) -> TokenStream {
        let krate = &self.krate_at(span);
        let mut args = args.iter().map(|arg| self.expr(arg, Form::Plain, span));
        if let ("undo_push", Some(list)) = (function, self.emptied(target)) {
            let index = args.next();
            return quote_spanned!(span=> #list[#index]);
        }
        let function = proc_macro2::Ident::new(function, span);
        let place = self.bar_mut(target);
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
        if let Some(element) = self.part(target, true) {
            return element;
        }
        if self.growing.contains(&target.root) {
            let start =
                if self.is_by_ref_param(target.root) { quote!(*#bar) } else { quote!(#bar) };
            let grown = target.path.iter().fold(start, |base, part| self.grown_part(&base, part));
            return grown;
        }
        projections(base, &target.path, |index| self.index_operand(index))
    }

    /// A cotangent as a place, for which an error would be at a span.
    pub(super) fn bar_place_at(&self, target: &Target, span: Span) -> TokenStream {
        self.located_place(self.bar_place(target), target.root, &target.path, span)
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
            Operand::Var(var) => {
                self.primal(*var, Form::Plain, self.function.var(*var).span).into_stream()
            }
            Operand::Literal(literal) => literal.tokens.stream(),
        }
    }
}
