//! The names of what is kept, the statements that keep it, and those that begin the reverse of a
//! region with it.

use super::expr::Form;
use super::names::ident;
use super::Emitter;
use crate::ir::{IdSet, RegionId, Source, VarId};
use crate::residual::{counters::Step, Item};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

pub(super) fn pullback_name(op: u32) -> Ident {
    ident(&format!("pullback{op}"))
}

fn stack_name(body: RegionId) -> Ident {
    ident(&format!("stack{}", body.0))
}

pub(super) fn fused_name(number: usize) -> Ident {
    ident(&format!("fused{number}"))
}

pub(super) fn snapshots_name(body: RegionId) -> Ident {
    ident(&format!("snapshots{}", body.0))
}

fn branch_name(region: RegionId) -> Ident {
    ident(&format!("branch{}", region.0))
}

fn counter_name(body: RegionId) -> Ident {
    ident(&format!("count{}", body.0))
}

fn selector_name(op: u32) -> Ident {
    ident(&format!("arm{op}"))
}

pub(super) fn old_name(op: u32) -> Ident {
    ident(&format!("old{op}"))
}

pub(super) fn before_name(op: u32) -> Ident {
    ident(&format!("before{op}"))
}

impl Emitter<'_> {
    /// The stack of a loop body, if it keeps anything.
    pub(super) fn stack(&self, body: RegionId) -> Option<Ident> {
        self.residuals.frames.has_stack(body).then(|| stack_name(body))
    }

    /// The frames of a run of a loop, if they go to a stack.
    pub(super) fn run(&self, body: RegionId) -> Option<Ident> {
        let frames = &self.residuals.frames;
        let on_stack = frames.has_stack(body) && !frames.arrays.contains_key(&body);
        on_stack.then(|| ident(&format!("frames{}", body.0)))
    }

    /// What the frames of a loop body are pushed to and popped from, if it keeps anything.
    pub(super) fn holder(&self, body: RegionId) -> Option<Ident> {
        self.run(body).or_else(|| self.stack(body))
    }

    /// The statement that takes room for the frames of a run from the loop's stack.
    pub(super) fn begin_run(&self, body: RegionId, trips: &TokenStream) -> Option<TokenStream> {
        let (run, stack) = (self.run(body)?, stack_name(body));
        let is_open = self.residuals.frames.counted.contains(&body);
        let begin = ident(if is_open { "open" } else { "frames" });
        Some(quote!(let mut #run = #stack.#begin(&#trips);))
    }

    /// The statement that puts the frames of a run back.
    pub(super) fn end_run(&self, body: RegionId) -> Option<TokenStream> {
        let (run, stack) = (self.run(body)?, stack_name(body));
        let is_open = self.residuals.frames.counted.contains(&body);
        let end = ident(if is_open { "put_open" } else { "put" });
        Some(quote!(#stack.#end(#run);))
    }

    /// The stacks of the function, without those of blocks that run again.
    pub(super) fn stacks(&self) -> Vec<Ident> {
        let again = self.residuals.checkpoints.values();
        let inner: IdSet<RegionId> = again.flat_map(|inner| inner.loops.clone()).collect();
        self.stacks_of(&(&self.residuals.frames.loops - &inner))
    }

    pub(super) fn stacks_of(&self, loops: &IdSet<RegionId>) -> Vec<Ident> {
        let arrays = &self.residuals.frames.arrays;
        let loops = loops.iter().filter(|body| !arrays.contains_key(body));
        loops.filter_map(|body| self.stack(*body)).collect()
    }

    /// The slot of a branch, if it keeps anything.
    pub(super) fn slot(&self, region: RegionId) -> Option<Ident> {
        self.residuals.frames.has_slot(region).then(|| branch_name(region))
    }

    /// The counter of a loop, if its iterations are counted.
    pub(super) fn counter(&self, body: RegionId) -> Option<Ident> {
        self.residuals.frames.counted.contains(&body).then(|| counter_name(body))
    }

    /// The variable that notes which arm of a match was taken.
    pub(super) fn selector(&self, op: u32) -> Option<Ident> {
        self.residuals.frames.selected.contains(&op).then(|| selector_name(op))
    }

    /// The names that make up the frame of a region.
    pub(super) fn frame(&self, region: RegionId) -> Vec<Ident> {
        let items = self.residuals.frames.items.get(&region).into_iter().flatten();
        items
            .map(|item| match item {
                Item::Value(var) => self.function.var(*var).ident.clone(),
                Item::Shape(var) => self.shape(*var),
                Item::Partial(var) => self.partial(*var),
                Item::Pullback(op) => pullback_name(*op),
                Item::Fused(number) => fused_name(*number),
                Item::Branch(region) => branch_name(*region),
                Item::Count(body) => counter_name(*body),
                Item::Selector(op) => selector_name(*op),
                Item::Before(op) => before_name(*op),
                Item::Old(op) => old_name(*op),
                Item::Stack(body) => stack_name(*body),
                Item::Snapshots(body) => snapshots_name(*body),
                Item::Entry(checkpoint, var) => self.entry_name(*checkpoint, *var),
            })
            .collect()
    }

    /// The statement that stores a region's frame where control leaves it.
    pub(super) fn store_frame(&self, region: RegionId) -> TokenStream {
        let names = self.frame(region);
        if let Some(holder) = self.holder(region) {
            return quote!(#holder.push((#(#names,)*)););
        }
        if let Some(slot) = self.slot(region) {
            return quote!(#slot = ::core::option::Option::Some((#(#names,)*)););
        }
        TokenStream::new()
    }

    /// Whether a loop's source is bound by the loop itself.
    pub(super) fn is_bound_by_loop(source: &Source, dest: VarId) -> bool {
        matches!(source, Source::Each { element, .. } if *element == dest)
    }

    /// How the reverse of a region begins, with its frame at hand: counters go back to where they
    /// were, and what is not kept is computed again.
    pub(super) fn prologue(&self, region: RegionId) -> TokenStream {
        let (counters, scalars) = (self.counted_back(region), self.scalar_shapes(region));
        let restored = self.restored(region);
        let again = self.prologue_of(region, |_| true);
        quote!(#counters #restored #scalars #again)
    }

    /// The lists of a region that are changed back.
    fn restored(&self, region: RegionId) -> TokenStream {
        let lists = self.residuals.restored.get(&region).into_iter().flatten();
        lists
            .map(|var| {
                let name = self.reverse_name(*var);
                quote!(let mut #name = #name;)
            })
            .collect()
    }

    fn counted_back(&self, region: RegionId) -> TokenStream {
        let counters = &self.residuals.counters;
        let own = counters.used.iter().filter(|var| self.function.var(**var).region == region);
        let mut tokens: TokenStream = own
            .map(|var| {
                let name = &self.function.var(*var).ident;
                quote!(let mut #name = #name;)
            })
            .collect();
        let steps = counters.steps.get(&region).into_iter().flatten().rev();
        for step in steps.filter(|step| counters.used.contains(&step.counter)) {
            let name = &self.function.var(step.counter).ident;
            let before = self.stepped(&quote!(#name), step, true);
            tokens.extend(quote!(#name = #before;));
        }
        tokens
    }

    /// The shapes of scalars.
    pub(super) fn scalar_shapes(&self, region: RegionId) -> TokenStream {
        let scalars = self.residuals.scalar_shapes.get(&region).into_iter().flatten();
        scalars
            .map(|var| {
                let (krate, shape) = (&self.krate, self.shape(*var));
                let zero = self.scalar_zero(&self.function.var(*var).ty);
                quote!(let #shape = #krate::private::Witness::of(&#zero);)
            })
            .collect()
    }

    /// Binds those of the values that are computed again which `wanted` says.
    pub(super) fn prologue_of(
        &self,
        region: RegionId,
        wanted: impl Fn(VarId) -> bool,
    ) -> TokenStream {
        let rebound = self.residuals.rebound.get(&region).into_iter().flatten();
        rebound
            .filter(|var| wanted(**var))
            .map(|var| {
                let name = self.reverse_name(*var);
                let value = self.computed_again(*var);
                // The bounds of a slice may be bare numbers.
                let is_length = self.residuals.lengths.contains_key(var);
                let ty = is_length.then(|| quote!(: ::core::primitive::usize));
                quote!(let #name #ty = #value;)
            })
            .collect()
    }

    /// A counter after a step, or before it.
    fn stepped(&self, counter: &TokenStream, step: &Step, back: bool) -> TokenStream {
        let krate = &self.krate;
        let by = self.index_operand(&step.by);
        let function = ident(if step.negate == back { "up" } else { "down" });
        quote!(#krate::private::Counter::#function(#counter, #by as usize))
    }

    /// The value of a variable that is not kept.
    pub(super) fn computed_again(&self, var: VarId) -> TokenStream {
        let span = self.function.var(var).span;
        match self.residuals.counters.reads.get(&var) {
            Some((counter, steps)) => {
                let name = &self.function.var(*counter).ident;
                steps
                    .iter()
                    .fold(quote!(#name), |counter, step| self.stepped(&counter, step, false))
            }
            None => self.recompute(var, Form::Plain, true, span),
        }
    }
}
