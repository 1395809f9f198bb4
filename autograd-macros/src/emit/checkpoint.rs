//! Blocks that run again in the reverse pass.

use super::expr::Form;
use super::frames::snapshots_name;
use super::names::{ident, with_this};
use super::operand::Use;
use super::signature::Signatures;
use super::Emitter;
use crate::ir::{Op, Operand, Region, RegionId, Role, Snapshots, Source, Ty, Value, VarId};
use crate::residual::{Checkpoint, Entering, Residuals};
use crate::transform::adjoint::Branch;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

impl Emitter<'_> {
    /// The name of what a variable holds where control enters a checkpoint.
    pub(super) fn entry_name(&self, checkpoint: RegionId, var: VarId) -> Ident {
        let name = self.reverse_name(var);
        ident(&format!("{}_entry{}", name.to_string().trim_start_matches("r#"), checkpoint.0))
    }

    /// The block, which keeps nothing, after copies of what will have changed when it runs again.
    pub(super) fn forward_checkpoint(
        &self,
        op: &Op,
        body: &Region,
        dest: Option<VarId>,
    ) -> TokenStream {
        let Some(checkpoint) = self.residuals.checkpoints.get(&body.id) else {
            let block = self.region_block(body);
            return self.bind_result(dest, &block, op.span);
        };
        let entries = self.entries(body.id, checkpoint);
        let nothing_kept = self.residuals.without(self.function, body);
        let block = self.keeping(&nothing_kept, false).region_block(body);
        let bound = self.bind_result(dest, &block, op.span);
        quote!(#entries #bound)
    }

    /// Copies of what will have changed when a block runs again.
    fn entries(&self, body: RegionId, checkpoint: &Checkpoint) -> TokenStream {
        let entries = checkpoint.entering.iter().filter(|(_, how)| *how == Entering::Entry);
        entries
            .map(|(var, _)| {
                let info = self.function.var(*var);
                let (name, entry) = (&info.ident, self.entry_name(body, *var));
                let reference = if info.is_reference() { quote!(&*#name) } else { quote!(&#name) };
                let copy = self.state_copy(*var, &reference);
                quote!(let #entry = #copy;)
            })
            .collect()
    }

    /// A copy of what a variable holds.
    fn state_copy(&self, var: VarId, reference: &TokenStream) -> TokenStream {
        let info = self.function.var(var);
        match &info.ty {
            Ty::Float(_) => quote!(*#reference),
            ty => self.kept_copy(ty, reference, info.span),
        }
    }

    /// A loop that keeps, of some iterations, what the variables held that it changes.
    pub(super) fn forward_steps(
        &self,
        source: &Source,
        snapshots: &Snapshots,
        body: &Region,
        span: Span,
    ) -> TokenStream {
        let krate = &self.krate;
        let entries = self.entries(body.id, &self.residuals.checkpoints[&body.id]);
        let nothing_kept = self.residuals.without(self.function, body);
        let ops = self.keeping(&nothing_kept, false).region_block(body);
        let (index, range) = self.iterated(source);
        let (kept, steps) = (snapshots_name(body.id), ident("steps"));
        let number = self.operand(&snapshots.number, Use::Receiver);
        let state = snapshots.state.iter().map(|var| {
            let name = &self.function.var(*var).ident;
            self.state_copy(*var, &quote!(&#name))
        });
        quote_spanned! {span=>
            #entries
            let #steps = #range;
            let mut #kept = #krate::private::Snapshots::new(&#steps, #number);
            for #index in #steps {
                if #kept.is_due() {
                    #kept.keep((#(#state,)*));
                }
                #ops
            }
        }
    }

    /// The iterations backwards, each from the state that it began with.
    pub(super) fn steps_again(
        &self,
        index: VarId,
        start: &Operand,
        state: &[VarId],
        branch: &Branch<'_>,
    ) -> TokenStream {
        let krate = &self.krate;
        let body = branch.region;
        let index = &self.function.var(index).ident;
        let start = self.index_operand(start);
        let (kept, step, held) = (snapshots_name(body.id), ident("step"), ident("state"));
        let names: Vec<&Ident> = state.iter().map(|var| &self.function.var(*var).ident).collect();
        let copies =
            state.iter().zip(&names).map(|(var, name)| self.state_copy(*var, &quote!(#name)));
        let entering = self.all_entering(body.id);
        let nothing_kept = self.residuals.without(self.function, body);
        let plain = with_this(self.keeping(&nothing_kept, true).region_block(body));
        let begin = quote! {
            let #index = #krate::private::Counter::up(#start, #step);
            let (#(mut #names,)*) = #held;
        };
        let reversed = self.again_and_back(branch);
        quote! {{
            let mut #kept = #kept;
            #entering
            while let ::core::option::Option::Some((#step, #held)) = #kept.previous(
                |#step, #held| { #begin #plain (#(#names,)*) },
                |(#(#names,)*)| (#(#copies,)*),
            ) {
                #begin
                #reversed
            }
        }}
    }

    /// The same emitter with other residuals.
    fn keeping<'b>(&'b self, residuals: &'b Residuals, again: bool) -> Emitter<'b> {
        Emitter {
            target: self.target,
            function: self.function,
            activity: self.activity,
            index: self.index,
            fusion: self.fusion,
            shapes: self.shapes,
            residuals,
            krate: self.krate.clone(),
            growing: self.growing.clone(),
            replaced: self.replaced.clone(),
            used_up: self.used_up.clone(),
            open: self.open.clone(),
            signatures: Signatures { target: self.target, krate: self.krate.clone() },
            sums: self.sums.clone(),
            filled: self.filled.clone(),
            has_room: self.has_room.clone(),
            strided: self.strided.clone(),
            again: self.again || again,
            tangents: self.tangents.clone(),
        }
    }

    /// The forward pass of a block with what entered it, and its reverse.
    pub(super) fn run_again(&self, branch: &Branch<'_>) -> TokenStream {
        let entering = self.all_entering(branch.region.id);
        let reversed = self.again_and_back(branch);
        quote!({ #entering #reversed })
    }

    /// The forward pass of a region with all that its reverse needs, and its reverse.
    fn again_and_back(&self, branch: &Branch<'_>) -> TokenStream {
        let krate = &self.krate;
        let body = branch.region;
        let stacks = self.stacks_of(&self.residuals.checkpoints[&body.id].loops);
        let emitter = self.keeping(self.residuals, true);
        let ops = with_this(emitter.forward_region(body, |_| false));
        let locals = emitter.recycled_locals(body);
        let stmts = self.reversed_region(branch);
        quote! {
            #(let mut #stacks = #krate::private::Stack::new();)*
            #ops
            #locals
            #stmts
        }
    }

    fn all_entering(&self, body: RegionId) -> TokenStream {
        let entering = self.residuals.checkpoints[&body].entering.iter();
        with_this(entering.map(|(var, how)| self.entering(body, *var, *how)).collect())
    }

    /// Gives what enters a block the name that it had.
    fn entering(&self, checkpoint: RegionId, var: VarId, how: Entering) -> TokenStream {
        let info = self.function.var(var);
        let name = &info.ident;
        match how {
            Entering::Entry => {
                let entry = self.entry_name(checkpoint, var);
                let borrow = info.is_reference().then(|| quote!(&));
                quote!(let #name = #borrow #entry;)
            }
            Entering::Alias => {
                let Role::Alias { target, .. } = &info.role else {
                    unreachable!("an alias has the role of one")
                };
                let place = self.place(target);
                quote!(let #name = &#place;)
            }
            Entering::Again => {
                let is_reference = matches!(self.index.definition(var), Some(Value::Ref { .. }));
                let form = if is_reference { Form::Reference } else { Form::Plain };
                let by_value = info.ty.is_float() || info.ty == Ty::Inactive;
                let value = self.recompute(var, form, by_value, info.span);
                quote!(let #name = #value;)
            }
        }
    }
}
