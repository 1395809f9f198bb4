//! Blocks that run again in the reverse pass.

use super::expr::Form;
use super::names::{ident, with_this};
use super::signature::Signatures;
use super::Emitter;
use crate::ir::{Op, Region, RegionId, Role, Ty, Value, VarId};
use crate::residual::{Entering, Residuals};
use crate::transform::adjoint::Branch;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

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
        let entries = checkpoint.entering.iter().filter(|(_, how)| *how == Entering::Entry);
        let entries: TokenStream = entries
            .map(|(var, _)| {
                let info = self.function.var(*var);
                let (name, entry) = (&info.ident, self.entry_name(body.id, *var));
                let reference = if info.is_reference() { quote!(&*#name) } else { quote!(&#name) };
                let copy = match &info.ty {
                    Ty::Float(_) => quote!(*#reference),
                    ty => self.kept_copy(ty, &reference, op.span),
                };
                quote!(let #entry = #copy;)
            })
            .collect();
        let nothing_kept = self.residuals.without(self.function, body);
        let block = self.keeping(&nothing_kept, false).region_block(body);
        let bound = self.bind_result(dest, &block, op.span);
        quote!(#entries #bound)
    }

    /// The same emitter with other residuals.
    fn keeping<'b>(&'b self, residuals: &'b Residuals, again: bool) -> Emitter<'b> {
        Emitter {
            target: self.target,
            function: self.function,
            activity: self.activity,
            index: self.index,
            fusion: self.fusion,
            residuals,
            krate: self.krate.clone(),
            growing: self.growing.clone(),
            used_up: self.used_up.clone(),
            open: self.open.clone(),
            signatures: Signatures { target: self.target, krate: self.krate.clone() },
            again: self.again || again,
            tangents: self.tangents.clone(),
        }
    }

    /// The forward pass of a block with what entered it, and its reverse.
    pub(super) fn run_again(&self, branch: &Branch<'_>) -> TokenStream {
        let krate = &self.krate;
        let body = branch.region;
        let checkpoint = &self.residuals.checkpoints[&body.id];
        let stacks = self.stacks_of(&checkpoint.loops);
        let entering = checkpoint.entering.iter();
        let entering: TokenStream =
            entering.map(|(var, how)| self.entering(body.id, *var, *how)).collect();
        let emitter = self.keeping(self.residuals, true);
        let ops = emitter.forward_region(body, |_| false);
        let locals = emitter.recycled_locals(body);
        let (entering, ops) = (with_this(entering), with_this(ops));
        let stmts = self.reversed_region(branch);
        quote! {{
            #(let mut #stacks = #krate::private::Stack::new();)*
            #entering
            #ops
            #locals
            #stmts
        }}
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
