//! The pullbacks of calls, and whether they run where the cotangent is zero.

use super::expr::Form;
use super::frames::pullback_name;
use super::names::ident;
use super::value::companion_path;
use super::Emitter;
use crate::analysis::finite::finite;
use crate::analysis::selection::Reach;
use crate::ir::{Callee, Op, OpKind, Value, VarId};
use crate::transform::adjoint::{Again, Argument, Detour, Expr};
use crate::transform::operations::argument_bar;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

impl Emitter<'_> {
    pub(super) fn pull_back(
        &self,
        op: &Op,
        dest: VarId,
        args: &[Argument],
        reach: Reach,
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
                        Again::Operand => {
                            self.primal(*operand, Form::Reference, span).into_stream()
                        }
                        Again::Nothing => quote!(#krate::private::Unread),
                        Again::Either => {
                            let kept = self.primal(*operand, Form::Reference, span);
                            let function =
                                if self.is_kept_if_read(*operand) { "read_again" } else { "again" };
                            let function = Ident::new(function, span);
                            quote_spanned!(span=> #krate::private::#function(#kept))
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
        let call = quote_spanned!(span=> { #pullback }(#(#again,)* #cotangent, #(#slots),*));
        if reach == Reach::Always {
            return quote_spanned!(span=> #(#before)* let (#(#values,)*) = #call; #(#after)*);
        }
        let cut_off = self.cut_off(op, dest, reach, span);
        if values.is_empty() {
            return quote_spanned!(span=> if !(#cut_off) { #(#before)* let () = #call; #(#after)* });
        }
        let zeros = values.iter().map(|_| quote!(#krate::private::symbolic_zero()));
        let cotangents = ident("cotangents");
        quote_spanned! {span=>
            let (#(#values,)*) = if #cut_off {
                (#(#zeros,)*)
            } else {
                #(#before)*
                let #cotangents = #call;
                #(#after)*
                #cotangents
            };
        }
    }

    /// The condition under which the pullback of a call is not to run.
    fn cut_off(&self, op: &Op, dest: VarId, reach: Reach, span: Span) -> TokenStream {
        let (krate, bar) = (&self.krate_at(span), self.bar(dest));
        let vanishes = quote_spanned!(span=> #krate::private::vanishes(&#bar));
        match &op.kind {
            // What was selected may also be infinite.
            OpKind::Define {
                value: Value::Call { callee: Callee::Function(path), .. }, ..
            } if reach == Reach::Memory => {
                let runs = self.runs_at_zero(path, span);
                quote_spanned!(span=> !#runs && #vanishes)
            }
            _ => vanishes,
        }
    }

    /// Whether the pullback of another function may run for a cotangent that is zero, as a constant. A companion that
    /// says nothing has that of a trait.
    pub(super) fn runs_at_zero(&self, function: &syn::Path, span: Span) -> TokenStream {
        let krate = &self.krate_at(span);
        let (path, _) = companion_path(function);
        quote_spanned!(span=> { use #krate::private::RunsAtZero as _; <#path>::RUNS_AT_ZERO })
    }

    /// The constant of this function, if its pullback may run for a cotangent that is zero as far as its own operations
    /// go.
    pub(super) fn zero_constant(&self) -> Option<TokenStream> {
        // What the body alone can name is not in scope.
        let says = !self.target.associated
            && !self.target.recursive
            && !self.target.args.is_twin
            && self.function.items.is_empty();
        let callees =
            finite(self.function, self.activity, self.index, &self.residuals.frames.pullbacks)
                .filter(|_| says)?;
        let callees = callees.into_iter().map(|path| self.runs_at_zero(path, Span::mixed_site()));
        Some(quote! {
            #[doc(hidden)]
            pub const RUNS_AT_ZERO: bool = true #(&& #callees)*;
        })
    }
}
