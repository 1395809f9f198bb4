//! The companion of a function whose derivative is a rule of the user's, `vjp = rule` and `jvp = rule`.

use super::names::{ends, ident, together_at};
use super::signature::{erased, Signatures};
use super::Emitter;
use crate::ir::VarId;
use crate::parse::Param;
use crate::transform::reverse::SEED;
use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::ExprPath;

impl Emitter<'_> {
    pub(super) fn emit_ruled(&self) -> TokenStream {
        let rule = self.target.args.rule.as_ref().expect("the function has a rule");
        self.companion_of(self.augmented_by_rule(), &self.graph_of_rule(rule))
    }

    /// The augmented primal: the rule, with a pullback of our form around the rule's.
    ///
    /// The rule's pullback takes a cotangent and gives a gradient, like that of `vjp`. What is said of
    /// its types is said at the rule's path.
    fn augmented_by_rule(&self) -> TokenStream {
        let (signature, check) = (self.augmented_signature(), self.signatures.shape_check());
        let krate = &self.krate;
        let shapes = self.shapes_of_values();
        let (value, shape, pullback) = (ident("value"), ident("value_shape"), ident("pullback"));
        let ruled = self.call_of_rule();
        let closure = self.signatures.returned_pullback(self.pullback_of_rule());
        quote! {
            #signature {
                #check
                #shapes
                let (#value, #pullback) = #ruled;
                let #shape = #krate::private::Witness::of(&#value);
                (#value, #closure)
            }
        }
    }

    /// What is remembered of the shapes of arguments by value, which get their gradients without a place.
    pub(super) fn shapes_of_values(&self) -> TokenStream {
        let krate = &self.krate;
        let shapes = self.params().filter(|(param, _)| param.active && !param.by_ref);
        let shapes = shapes.map(|(param, var)| {
            let (shape, name) = (self.shape(var), &param.ident);
            quote!(let #shape = #krate::private::Witness::of(&#name);)
        });
        shapes.collect()
    }

    /// Calls the rule, and makes sure of the types of what it returns.
    fn call_of_rule(&self) -> TokenStream {
        let rule = self.target.args.rule.as_ref().expect("the function has a rule");
        let (first, last) = ends(rule);
        let krate = self.signatures.krate_written_at(first);
        let args = self.signatures.args();
        let output = erased(&self.target.output);
        let (cotangent, gradient) =
            (self.signatures.tangent(&output), self.signatures.gradient_type());
        let call = quote_spanned!(last=> #rule(#(#args),*));
        // Of a type parameter it is not known whether it holds a borrow; a scalar does not.
        let mut types = self.target.function.sig.generics.type_params();
        let owned = types.all(|param| self.target.reals.contains(&param.ident));
        let borrows = self.target.params.iter().any(|param| param.by_ref) && owned;
        let function =
            if borrows { quote_spanned!(first=> owned_rule) } else { quote_spanned!(first=> rule) };
        quote_spanned!(last=> #krate::private::#function::<#output, #cotangent, #gradient, _>(#call))
    }

    fn pullback_of_rule(&self) -> TokenStream {
        let (pullback, seed) = (ident("pullback"), self.bar(SEED));
        self.pullback_giving(&quote!(#pullback.run(#seed)))
    }

    /// A pullback of our form that gives the caller `value`, which is the gradient.
    pub(super) fn pullback_giving(&self, value: &TokenStream) -> TokenStream {
        let (mut again, mut slots, mut give, mut values) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (param, var) in self.params() {
            let bar = self.bar(var);
            if param.by_ref {
                let (name, ty) = (self.reverse_name(var), self.signatures.again_type(param));
                let slot = format_ident!("{bar}_slot");
                let slot_type = self.signatures.slot_type(param);
                again.push(quote!(#name: #ty));
                slots.push(quote!(#slot: #slot_type));
            } else if param.active {
                values.push(quote!(#bar));
            } else {
                values.push(self.signatures.returned_zero(param));
            }
            if param.active {
                give.push(self.take_from_rule(param, var));
            }
        }
        let seed = self.bar(SEED);
        let cotangent = self.signatures.tangent(&erased(&self.target.output));
        let gradient = self.gradient_value();
        let shape = ident("value_shape");
        quote! {
            move |#(#again,)* mut #seed: #cotangent, #(#slots),*| {
                #shape.write_out(&mut #seed);
                let #gradient = #value;
                #(#give)*
                (#(#values,)*)
            }
        }
    }

    /// Looks whether a gradient fits its argument, and gives it to the caller if that is by a place.
    fn take_from_rule(&self, param: &Param, var: VarId) -> TokenStream {
        let krate = &self.krate;
        let bar = self.bar(var);
        let text = param.ident.to_string();
        if !param.by_ref {
            let shape = self.shape(var);
            return quote!(let #bar = #krate::private::fitting(&#shape, #bar, #text););
        }
        let (name, slot) = (self.reverse_name(var), format_ident!("{bar}_slot"));
        let place = ident("place");
        quote! {
            if let ::core::option::Option::Some(#place) = #slot.wanted() {
                let #bar = #krate::private::fitting(&#krate::private::Witness::of(#name), #bar, #text);
                #krate::private::Merge::merge(#place, #bar);
            }
        }
    }

    /// The tangent function: the rule, which takes a tangent for each active argument.
    pub(super) fn tangent_by_rule(&self, rule: &ExprPath) -> TokenStream {
        let signature = self.tangent_signature();
        let own = self.own_tangents();
        let (first, last) = ends(rule);
        let active = self.target.params.iter().filter(|param| param.active);
        let tangents: Vec<_> = active
            .map(|param| {
                let mut given = Signatures::given(param);
                given.set_span(given.span().located_at(last));
                given
            })
            .collect();
        let tangents = together_at(&tangents, last);
        let args = self.signatures.args();
        let krate = self.signatures.krate_written_at(first);
        let output = erased(&self.target.output);
        let tangent = self.signatures.tangent(&output);
        let call = quote_spanned!(last=> #rule(#(#args,)* #tangents));
        let function = quote_spanned!(first=> tangent_rule);
        let ruled = quote_spanned!(last=> #krate::private::#function::<#output, #tangent>(#call));
        let (value, value_dot) = (ident("value"), ident("value_dot"));
        let krate = &self.krate;
        quote! {
            #signature {
                #own
                let (#value, #value_dot) = #ruled;
                let #value_dot = #krate::private::fitting_tangent(&#value, #value_dot);
                (#value, #value_dot)
            }
        }
    }

    /// A tangent of its own for each active argument.
    pub(super) fn own_tangents(&self) -> TokenStream {
        let own = self.params().filter(|(param, _)| param.active).map(|(param, _)| {
            let (given, name) = (Signatures::given(param), &param.ident);
            let borrow = (!param.by_ref).then(|| quote!(&));
            let zero = self.signatures.zero_tangent(param, &quote!(#borrow #name));
            quote!(let #given = #given.own(|| #zero);)
        });
        own.collect()
    }
}
