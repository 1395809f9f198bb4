//! The forward pass of control flow: branches, loops and exits, with their frames.

use super::forward::range;
use super::names::ident;
use super::operand::Use;
use super::Emitter;
use crate::ir::{
    Arm, EachForm, Exit, Op, OpKind, Operand, Proj, Region, RegionId, Scrutinee, Source, Ty, VarId,
};
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Lifetime;

/// The name of a loop or block that control leaves.
fn label(body: RegionId) -> Lifetime {
    Lifetime::new(&format!("'region{}", body.0), Span::mixed_site())
}

/// The name with its colon, where it is used.
fn declared_label(body: &Region) -> Option<TokenStream> {
    body.is_left().then(|| {
        let label = label(body.id);
        quote!(#label:)
    })
}

impl Emitter<'_> {
    pub(super) fn forward_if(
        &self,
        op: &Op,
        cond: &Operand,
        regions: [&Region; 2],
        dest: Option<VarId>,
    ) -> TokenStream {
        let slots = self.slots(&regions);
        let cond = self.operand(cond, Use::Receiver);
        let [then, els] = regions.map(|region| self.region_block(region));
        let has_else = !regions[1].ops.is_empty() || regions[1].result.is_some();
        let els = (dest.is_some() || has_else).then(|| quote!(else #els));
        let branch = quote_spanned!(op.span=> if #cond #then #els);
        let bound = self.bind_result(dest, &branch, op.span);
        quote!(#slots #bound)
    }

    pub(super) fn forward_match(
        &self,
        op: &Op,
        scrutinee: &[Scrutinee],
        arms: &[Arm],
        dest: Option<VarId>,
    ) -> TokenStream {
        let regions: Vec<&Region> = arms.iter().map(|arm| &arm.body).collect();
        let slots = self.slots(&regions);
        let selector = self.selector(op.id.0);
        let declare = selector.as_ref().map(|selector| quote!(let mut #selector = 0_usize;));
        let parts: Vec<TokenStream> =
            scrutinee.iter().map(|part| self.scrutinee(part, arms)).collect();
        let scrutinee = match parts.as_slice() {
            [single] => quote!(#single),
            several => quote!((#(#several,)*)),
        };
        let arms = arms.iter().enumerate().map(|(number, arm)| {
            let pat = &arm.pat;
            let guard = arm.guard.as_ref().map(|guard| {
                let tokens = &guard.tokens;
                quote!(if #tokens)
            });
            let select = selector.as_ref().map(|selector| quote!(#selector = #number;));
            let block = self.region_block_without(&arm.body, &arm.bound);
            quote!(#pat #guard => { #select #block })
        });
        let branch = quote_spanned!(op.span=> match #scrutinee { #(#arms)* });
        let bound = self.bind_result(dest, &branch, op.span);
        quote!(#slots #declare #bound)
    }

    /// A place that is matched. What must stay in place is matched as a copy, if values are moved
    /// out of it.
    fn scrutinee(&self, part: &Scrutinee, arms: &[Arm]) -> TokenStream {
        let tokens = self.place(&part.place);
        if part.borrow {
            return quote!(&#tokens);
        }
        let root = self.function.resolve(&part.place).root;
        let ty = &self.function.var(root).ty;
        let binds_value = |var: &VarId| !self.function.var(*var).is_reference();
        let moves = arms.iter().any(|arm| arm.bound.iter().any(binds_value));
        // Nothing is moved out of a slice.
        let is_slice = matches!(part.place.path.last(), Some(Proj::Slice { .. }))
            || matches!(self.function.place_ty(&part.place), Ty::Slice(_));
        // Nor out of what a reference refers to.
        let is_behind = self.function.var(root).is_reference();
        if moves
            && !is_slice
            && !is_behind
            && self.residuals.is_kept(root)
            && !ty.is_copy()
            && !ty.is_inactive()
        {
            let krate = &self.krate;
            return quote!(#krate::private::keep(&#tokens));
        }
        tokens
    }

    /// The declarations of the frames of regions that may run.
    fn slots(&self, regions: &[&Region]) -> TokenStream {
        regions
            .iter()
            .filter_map(|region| self.slot(region.id))
            .map(|slot| quote!(let mut #slot = ::core::option::Option::None;))
            .collect()
    }

    /// `let dest = branch;`, or the branch alone.
    pub(super) fn bind_result(
        &self,
        dest: Option<VarId>,
        branch: &TokenStream,
        span: Span,
    ) -> TokenStream {
        let Some(dest) = dest else { return branch.clone() };
        let var = self.function.var(dest);
        let name = &var.ident;
        let mutable = var.is_mutable().then(|| quote!(mut));
        let annotation = self.annotation(dest);
        let shape = if self.residuals.shapes.contains(&dest) {
            self.shape_statement(dest, &quote!(&#name), span)
        } else {
            TokenStream::new()
        };
        let checked = self.inferred_scalar(dest);
        quote_spanned!(span=> let #mutable #name #annotation = #branch; #checked #shape)
    }

    /// A branch with its result, its frame stored last.
    pub(super) fn region_block(&self, region: &Region) -> TokenStream {
        self.region_block_without(region, &[])
    }

    /// A branch, the definitions of some variables left out because its head binds them.
    fn region_block_without(&self, region: &Region, bound: &[VarId]) -> TokenStream {
        let ops = self.forward_region(region, |dest| bound.contains(&dest));
        let shapes = bound.iter().filter(|var| self.residuals.shapes.contains(var)).map(|var| {
            let info = self.function.var(*var);
            let name = &info.ident;
            let borrow = (!info.is_reference()).then(|| quote!(&));
            self.shape_statement(*var, &quote!(#borrow #name), info.span)
        });
        let shapes: TokenStream = shapes.collect();
        if region.diverges() {
            return quote!({ #shapes #ops });
        }
        let recycled = self.recycled_locals(region);
        let stored = self.store_frame(region.id);
        let store = quote!(#recycled #stored);
        match &region.result {
            None => quote!({ #shapes #ops #store }),
            Some(result) => {
                let result = self.operand(result, Use::Move);
                if store.is_empty() {
                    return quote!({ #shapes #ops #result });
                }
                let name = ident("result");
                quote!({ #shapes #ops let #name = #result; #store #name })
            }
        }
    }

    /// The statements of a region that is emitted as such.
    pub(super) fn forward_region(
        &self,
        region: &Region,
        skip: impl Fn(VarId) -> bool,
    ) -> TokenStream {
        self.open.borrow_mut().push(region.id);
        let rest = region.ops.iter().find_map(|op| match &op.kind {
            OpKind::Rest { body, .. } => Some(body),
            _ => None,
        });
        let slot = rest.map(|body| self.slots(&[body]));
        let ops: TokenStream = region
            .ops
            .iter()
            .filter(|op| !matches!(&op.kind, OpKind::Define { dest, .. } if skip(*dest)))
            .map(|op| self.forward_op(op))
            .collect();
        self.open.borrow_mut().pop();
        quote!(#slot #ops)
    }

    /// The remainder of a region.
    pub(super) fn forward_rest(&self, op: &Op, body: &Region, dest: Option<VarId>) -> TokenStream {
        let block = self.region_block(body);
        self.bind_result(dest, &block, op.span)
    }

    pub(super) fn forward_block(&self, body: &Region) -> TokenStream {
        let slots = self.slots(&[body]);
        let label = declared_label(body);
        let block = self.region_block(body);
        quote!(#slots #label #block)
    }

    /// Stores the frames of all regions that control leaves, innermost first, and leaves them.
    pub(super) fn forward_exit(&self, exit: Exit, span: Span) -> TokenStream {
        let mut stores = TokenStream::new();
        for region in self.open.borrow().iter().rev() {
            stores.extend(self.store_frame(*region));
            if *region == exit.target() {
                break;
            }
            stores.extend(self.end_run(*region));
        }
        let label = label(exit.target());
        match exit {
            Exit::Break(_) => quote_spanned!(span=> #stores break #label;),
            Exit::Continue(_) => quote_spanned!(span=> #stores continue #label;),
        }
    }

    /// The declaration of a loop's counter, and the statement that counts.
    fn counting(&self, body: RegionId) -> (TokenStream, TokenStream) {
        match self.counter(body) {
            None => (TokenStream::new(), TokenStream::new()),
            Some(counter) => (quote!(let mut #counter = 0_usize;), quote!(#counter += 1;)),
        }
    }

    fn end_of_iteration(&self, body: &Region) -> TokenStream {
        let recycled = self.recycled_locals(body);
        let stored = self.store_frame(body.id);
        quote!(#recycled #stored)
    }

    pub(super) fn forward_loop(
        &self,
        cond: Option<&Region>,
        body: &Region,
        span: Span,
    ) -> TokenStream {
        let ends = cond.is_some()
            || body.ops.iter().any(|op| op.kind.exits().contains(&Exit::Break(body.id)));
        let (declare, count) = self.counting(body.id);
        let rooms = self.rooms(body, None);
        let ops = self.forward_region(body, |_| false);
        let store = (!body.diverges()).then(|| self.end_of_iteration(body));
        let label = declared_label(body);
        let head = match cond {
            None => quote!(loop),
            Some(cond) => {
                let ops = self.forward_ops(cond);
                let test = cond.result.as_ref().map(|result| self.operand(result, Use::Receiver));
                if ops.is_empty() {
                    quote!(while #test)
                } else {
                    quote!(while { #ops #test })
                }
            }
        };
        let begin = self.begin_run(body.id, &quote!(::core::iter::empty::<()>()));
        // What is left for a region around it alone has no end.
        let end = self.end_run(body.id).filter(|_| ends);
        quote_spanned!(span=> #declare #begin #label #head { #count #rooms #ops #store } #end)
    }

    pub(super) fn forward_for(&self, source: &Source, body: &Region, span: Span) -> TokenStream {
        if let (Source::Range { snapshots: Some(snapshots), .. }, true) =
            (source, self.residuals.checkpoints.contains_key(&body.id))
        {
            return self.forward_steps(source, snapshots, body, span);
        }
        let filled = self.begin_filling(source, body);
        let (declare, count) = self.counting(body.id);
        let rooms = self.rooms(body, filled);
        let ops = self.forward_region(body, |dest| Self::is_bound_by_loop(source, dest));
        let store = (!body.diverges()).then(|| self.end_of_iteration(body));
        let shape = match source {
            Source::Each { element, .. } if self.residuals.shapes.contains(element) => {
                let name = &self.function.var(*element).ident;
                self.shape_statement(*element, &quote!(&#name), span)
            }
            _ => TokenStream::new(),
        };
        let (pattern, iterator) = self.iterated(source);
        let mut put = self.end_run(body.id);
        let (reserve, iterator) = match self.stack(body.id) {
            None => (TokenStream::new(), iterator),
            Some(stack) if self.residuals.frames.arrays.contains_key(&body.id) => {
                let length = self.residuals.frames.arrays[&body.id];
                let krate = &self.krate;
                let array =
                    quote!(let mut #stack = #krate::private::ArrayStack::<_, #length>::new(););
                if self.residuals.frames.is_full_array(body.id) {
                    put = Some(quote!(let #stack = #stack.finish();));
                }
                (array, iterator)
            }
            Some(_) => {
                let trips = ident("trips");
                let begin = self.begin_run(body.id, &quote!(#trips));
                let reserve = quote_spanned! {span=>
                    let #trips = ::core::iter::IntoIterator::into_iter(#iterator);
                    #begin
                };
                (reserve, quote!(#trips))
            }
        };
        let iteration = quote!(#count #shape #rooms #ops #store);
        let iterations = if let Some(list) = filled {
            self.filling(list, &pattern, &iterator, &iteration, span)
        } else {
            let label = declared_label(body);
            quote_spanned!(span=> #label for #pattern in #iterator { #iteration })
        };
        quote!(#declare #reserve #iterations #put)
    }

    /// The pattern of a `for` and what it iterates over.
    pub(super) fn iterated(&self, source: &Source) -> (TokenStream, TokenStream) {
        match source {
            Source::Range { var, start, end, inclusive, reversed, .. } => {
                let name = &self.function.var(*var).ident;
                let start = self.operand(start, Use::Receiver);
                let end = self.operand(end, Use::Receiver);
                (quote!(#name), range(&start, &end, *inclusive, *reversed))
            }
            Source::Each { place, form, element, .. } => {
                let var = self.function.var(*element);
                let name = &var.ident;
                let mutable = var.is_mutable().then(|| quote!(mut));
                let tokens = self.place(place);
                match form {
                    EachForm::Shared => (quote!(#name), quote!(#tokens.iter())),
                    EachForm::Mutable => (quote!(#name), quote!(#tokens.iter_mut())),
                    EachForm::Copied => (quote!(&#mutable #name), quote!(#tokens.iter())),
                    EachForm::Owned => {
                        let krate = &self.krate;
                        let kept = self.residuals.is_kept(self.function.resolve(place).root);
                        let list =
                            if kept { quote!(#krate::private::keep(&#tokens)) } else { tokens };
                        (quote!(#mutable #name), list)
                    }
                }
            }
        }
    }
}
