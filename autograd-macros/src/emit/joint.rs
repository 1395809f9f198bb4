//! The function behind `value_and_grad` where a loop runs forward and in reverse together.
//!
//! ```text
//! forward pass before the loop
//! the cotangents that the loop reads, which follow from the seed
//! for … { forward pass of an iteration; its reverse }
//! forward pass after the loop
//! reverse pass of what comes after the loop, then of what came before
//! ```

use super::augmented::Passed;
use super::forward::range;
use super::names::ident;
use super::operand::Use;
use super::signature::erased;
use super::Emitter;
use crate::ir::{EachForm, IdSet, Op, OpKind, Region, RegionId, Source, Ty, VarId};
use crate::residual::joint::Joint;
use crate::transform::adjoint::{Reverse, Stmt};
use crate::transform::reverse::SEED;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};

impl Emitter<'_> {
    /// The loop that `value_and_grad` runs forward and in reverse together.
    pub(super) fn joint(&self) -> Option<&Joint> {
        let target = self.target;
        let plain = target.args.of_trait.is_none()
            && !target.recursive
            && !target.args.anomaly
            && !target.params.iter().any(|param| param.in_out);
        let scalar = Ty::of(&target.output, &target.reals).is_float();
        self.residuals.joint.as_ref().filter(|_| plain && scalar)
    }

    /// The name of the function that gives the value and accumulates the gradient.
    pub(super) fn joint_ident(&self) -> Ident {
        let name = self.target.name();
        if self.target.associated {
            let plain = name.to_string();
            let plain = plain.trim_start_matches("r#");
            format_ident!("differentiable_joint_{plain}", span = name.span())
        } else {
            Ident::new("__joint", name.span())
        }
    }

    pub(super) fn joint_function(&self, reverse: &Reverse<'_>) -> TokenStream {
        let Some(joint) = self.joint() else { return TokenStream::new() };
        let signature = self.joint_signature();
        let Passed { resolve, finish, values, .. } = self.passed(reverse);
        let body = &self.function.body;
        let (before, rest) = body.ops.split_at(joint.op);
        let (looped, after) = rest.split_first().expect("the loop is an operation of the body");
        let defined: IdSet<VarId> = before
            .iter()
            .filter_map(|op| match &op.kind {
                OpKind::Define { dest, .. } => Some(*dest),
                _ => None,
            })
            .collect();
        let this = self.target.function.sig.receiver().map(|_| {
            let this = ident("this");
            quote!(let #this = self;)
        });
        let items = &self.function.items;
        let krate = &self.krate;
        let own = |op: &Op| op.kind.regions().iter().map(|region| region.id).collect::<Vec<_>>();
        let loop_stack = self.stack(own(looped)[0]);
        let stacks = self.stacks().into_iter().filter(|stack| Some(stack) != loop_stack.as_ref());
        let (check, shapes) = (self.signatures.shape_check(), self.param_shapes());
        let before = self.forward_slice(before);
        let first = self.prologue_of(RegionId(0), |var| defined.contains(&var));
        let second = self.prologue_of(RegionId(0), |var| !defined.contains(&var));
        let early = joint.early.iter().map(|number| self.reverse_stmt(&reverse.body[*number]));
        let zeros = joint.zeros.iter().map(|var| self.begun(*var));
        let looped = self.joint_loop(looped, &reverse.body[joint.stmt]);
        let after = self.forward_slice(after);
        let result = body.result.as_ref().map(|result| self.operand(result, Use::Move));
        let late = reverse
            .body
            .iter()
            .enumerate()
            .filter(|(number, _)| *number != joint.stmt && !joint.early.contains(number));
        let late: TokenStream = late.map(|(_, stmt)| self.late_stmt(stmt, &joint.zeros)).collect();
        let (locals, kept) =
            (self.recycled_locals(body), self.recycled(RegionId(0), &reverse.body));
        let value = ident("value");
        let scalars = self.scalar_shapes(RegionId(0));
        let body = quote! {
            #this
                #(#items)*
                #check
                #(let mut #stacks = #krate::private::Stack::new();)*
                #shapes
                #before
                #(#resolve)*
                #scalars
                #first
                #(#early)*
                #(#zeros)*
                #looped
                #after
                let #value = #result;
                #locals
                #second
                #late
                #(#finish)*
                #kept
                (#value, (#(#values,)*))
        };
        let import = self.import_for(&body);
        quote!(#[inline] #signature { #import #body })
    }

    fn joint_signature(&self) -> TokenStream {
        let name = self.joint_ident();
        let (prefix, vis) = (self.signatures.prefix(), self.signatures.visibility());
        let generics = &self.target.function.sig.generics;
        let inputs = self.augmented_inputs();
        let seed = self.bar(SEED);
        let cotangent = self.signatures.tangent(&erased(&self.target.output));
        let slots = self.slot_params();
        let output = &self.target.output;
        let by_value = self.target.params.iter().filter(|param| !param.by_ref);
        let returned = by_value.map(|param| self.signatures.returned_type(param));
        let clause = self.signatures.where_clause(None);
        let track = self.signatures.track_caller();
        quote! {
            #[doc(hidden)]
            #prefix #track #vis fn #name #generics(#(#inputs,)* #seed: #cotangent, #(#slots),*)
                -> (#output, (#(#returned,)*)) #clause
        }
    }

    fn forward_slice(&self, ops: &[Op]) -> TokenStream {
        ops.iter().map(|op| self.forward_op(op)).collect()
    }

    /// A cotangent that begins as zero before its first contribution.
    fn begun(&self, var: VarId) -> TokenStream {
        let (bar, krate) = (self.bar(var), &self.krate);
        let ty = &self.function.var(var).ty;
        let zero = if ty.is_float() {
            self.scalar_zero(ty)
        } else {
            quote!(#krate::private::symbolic_zero())
        };
        quote!(let mut #bar = #zero;)
    }

    /// A statement after the loop. What would be a first contribution is one of several.
    fn late_stmt(&self, stmt: &Stmt<'_>, zeros: &IdSet<VarId>) -> TokenStream {
        match stmt {
            Stmt::Let { var, value, span } if zeros.contains(var) => {
                let target = crate::ir::Place::var(*var);
                let scalar = self.function.var(*var).ty.is_float();
                self.add(&target, value, false, scalar, *span)
            }
            other => self.reverse_stmt(other),
        }
    }

    fn joint_loop(&self, op: &Op, stmt: &Stmt<'_>) -> TokenStream {
        let (OpKind::For { source, body }, Stmt::For { body: reversed, .. }) = (&op.kind, stmt)
        else {
            unreachable!("the loop is a `for`, and so is its reverse")
        };
        let forward = self.iteration_forward(source, body);
        let reverse = self.reversed_region(reversed);
        let locals = self.recycled_locals(body);
        let (pattern, iterator) = self.indexed(source);
        quote_spanned!(op.span=> for #pattern in #iterator { #forward #locals #reverse })
    }

    /// The forward pass of an iteration, without its frame.
    fn iteration_forward(&self, source: &Source, body: &Region) -> TokenStream {
        let ops = self.forward_region(body, |dest| Self::is_bound_by_loop(source, dest));
        let shape = match source {
            Source::Each { element, .. } if self.residuals.shapes.contains(element) => {
                let var = self.function.var(*element);
                let name = &var.ident;
                self.shape_statement(*element, &quote!(&#name), var.span)
            }
            _ => TokenStream::new(),
        };
        quote!(#shape #ops)
    }

    /// The pattern of a loop with the number of the element, which its reverse needs, and what it
    /// iterates over.
    fn indexed(&self, source: &Source) -> (TokenStream, TokenStream) {
        match source {
            Source::Range { var, start, end, inclusive, reversed, .. } => {
                let name = &self.function.var(*var).ident;
                let start = self.operand(start, Use::Receiver);
                let end = self.operand(end, Use::Receiver);
                (quote!(#name), range(&start, &end, *inclusive, *reversed))
            }
            Source::Each { index, place, form, element, .. } => {
                let (index, var) = (&self.function.var(*index).ident, self.function.var(*element));
                let name = &var.ident;
                let mutable = var.is_mutable().then(|| quote!(mut));
                let list = self.place(place);
                let pattern = if *form == EachForm::Copied {
                    quote!((#index, &#mutable #name))
                } else {
                    quote!((#index, #name))
                };
                (pattern, quote!(#list.iter().enumerate()))
            }
        }
    }
}
