//! The passes over a group of operations: one forward, where its last operation stands, and one in the
//! reverse pass.

use super::expr::Form;
use super::frames::fused_name;
use super::kernel::Kernel;
use super::names::ident;
use super::operand::Use;
use super::Emitter;
use crate::analysis::fusion::{Formula, Group};
use crate::ir::{Op, OpKind, Operand, VarId};
use crate::transform::fused::{Fused, Leaf};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

impl Emitter<'_> {
    /// Computes a group where its last operation stands.
    pub(super) fn forward_fused(&self, number: usize, op: &Op) -> TokenStream {
        let group = self.fusion.group(number);
        if group.anchor() != op.id {
            return TokenStream::new();
        }
        let plan = self.residuals.fused.get(&number);
        let ahead = plan.filter(|plan| plan.ahead);
        let mut kernel = Kernel::new(self, group);
        kernel.inputs.extend(group.inputs.iter().map(|var| self.reverse_name(*var)));
        group.steps.iter().for_each(|step| kernel.primal(step));
        for output in &group.outputs {
            let step = group.step(*output).expect("the group makes its outputs");
            let value = if step.formula.is_reduction() {
                kernel.arg(&step.args[0])
            } else {
                let name = self.reverse_name(*output);
                quote!(#name)
            };
            kernel.results.push(value);
        }
        if let Some(plan) = ahead {
            kernel.seed(&plan.outputs);
            kernel.backward(plan);
        }
        let call = self.forward_call(&kernel, plan, op.span);
        let names = group.outputs.iter().map(|var| &self.function.var(*var).ident);
        let residual = plan.map(|_| fused_name(number));
        let types: Vec<TokenStream> = group
            .outputs
            .iter()
            .map(|var| self.function.var(*var).annotation.as_ref())
            .chain(residual.iter().map(|_| None))
            .map(|ty| ty.map_or_else(|| quote!(_), |ty| quote!(#ty)))
            .collect();
        let shapes: TokenStream = group
            .steps
            .iter()
            .filter(|step| group.outputs.contains(&step.dest))
            .filter_map(|step| match &step.op.kind {
                OpKind::Define { dest, value } => self.shape_of(*dest, value),
                _ => unreachable!("a step is a definition"),
            })
            .collect();
        quote!(let (#(#names,)* #residual): (#(#types,)*) = #call; #shapes)
    }

    /// The expression that runs a kernel forward: its outputs, and what the reverse pass keeps.
    fn forward_call(
        &self,
        kernel: &Kernel<'_, '_>,
        plan: Option<&Fused>,
        span: Span,
    ) -> TokenStream {
        let krate = &self.krate_at(span);
        let fused = quote_spanned!(span=> #krate::private::fused);
        let group = kernel.group;
        let inputs: Vec<&Ident> = kernel.inputs[..group.inputs.len()].iter().collect();
        let borrowed = group.inputs.iter().map(|var| self.borrowed(&Operand::Var(*var)));
        let (constants, values) = kernel.constants(|operand| self.constant_forward(operand));
        let (joins, like) = self.joins(kernel, &fused);
        let outputs: Vec<Ident> =
            (0..kernel.results.len()).map(|index| ident(&format!("output{index}"))).collect();
        let (wants, results) = self.wanted(group, plan, &outputs, &fused, &like);
        let ahead = plan.filter(|plan| plan.ahead);
        let is_mean = group.reduction().is_some_and(|step| step.formula == Formula::Mean);
        let seed = ahead.filter(|_| is_mean).map(|plan| self.bar(plan.outputs[0]));
        let declare_seed = seed.as_ref().map(|seed| quote!(let #seed = #like.mean_seed();));
        let seed = seed.map(|seed| quote!(#fused::operand(&#seed),));
        let (item, made) = kernel.item();
        quote_spanned! {span=>
            match (#(#borrowed,)* #(#values,)*) {
                (#(#inputs,)* #(#constants,)*) => {
                    #item
                    #joins
                    #declare_seed
                    let [#(#outputs),*] = #fused::forward(
                        &#made,
                        &#like,
                        [#(#fused::operand(#inputs),)* #seed],
                        &[#(#wants),*],
                    );
                    (#(#results,)*)
                }
            }
        }
    }

    /// What the forward pass is asked for, and what is made of that: the outputs of a group, and what
    /// the reverse pass keeps.
    fn wanted(
        &self,
        group: &Group<'_>,
        plan: Option<&Fused>,
        outputs: &[Ident],
        fused: &TokenStream,
        like: &Ident,
    ) -> (Vec<TokenStream>, Vec<TokenStream>) {
        let mut wants = Vec::new();
        let mut results = Vec::new();
        for (var, output) in group.outputs.iter().zip(outputs) {
            let (want, result) = match group.step(*var).map(|step| &step.formula) {
                Some(Formula::Sum) => (quote!(Sum), quote!(#output.scalar())),
                Some(Formula::Mean) => (quote!(Sum), quote!(#like.mean(#output))),
                _ => (quote!(Tensor), quote!(#like.tensor(#output))),
            };
            wants.push(quote!(#fused::Want::#want));
            results.push(result);
        }
        let Some(plan) = plan else { return (wants, results) };
        if !plan.ahead {
            results.push(quote!(#like));
            return (wants, results);
        }
        let mut gradients = Vec::new();
        for (leaf, output) in plan.leaves.iter().zip(&outputs[group.outputs.len()..]) {
            let name = self.reverse_name(leaf.operand);
            if group.inputs.contains(&leaf.operand) {
                wants.push(quote!(#fused::Want::gradient(#name)));
                gradients.push(quote!(#fused::gradient(#name, #output)));
            } else {
                wants.push(quote!(#fused::Want::Sum));
                gradients.push(quote!(#output.scalar()));
            }
        }
        results.push(quote!((#(#gradients,)*)));
        (wants, results)
    }

    /// The statements that find the shapes of a group, and the name of that of the whole pass.
    fn joins(&self, kernel: &Kernel<'_, '_>, fused: &TokenStream) -> (TokenStream, Ident) {
        let group = kernel.group;
        let like = |var: VarId| ident(&format!("{}_like", self.plain_name(var)));
        let mut tokens = TokenStream::new();
        for var in &group.inputs {
            let (name, like) = (self.reverse_name(*var), like(*var));
            tokens.extend(quote!(let #like = #fused::like(#name);));
        }
        for step in group.steps.iter().filter(|step| !step.formula.is_reduction()) {
            let (span, dest) = (step.op.span, like(step.dest));
            let krate = &self.krate_at(span);
            let lanes: Vec<Ident> = step.lanes().map(like).collect();
            let operation = step.formula.name();
            if operation == "clamp" {
                let bounds = step.args.iter().filter_map(|arg| kernel.known(arg));
                tokens
                    .extend(quote_spanned!(span=> #krate::private::fused::interval(#(#bounds),*);));
            }
            tokens.extend(match lanes.as_slice() {
                [a, b] => quote_spanned! {span=>
                    let #dest = #krate::private::fused::join(#operation, #a, #b);
                },
                [a] | [a, ..] => quote!(let #dest = #a;),
                [] => unreachable!("an operation of a group reads a tensor"),
            });
        }
        let last = group.reduction().map_or_else(
            || *group.outputs.last().expect("a group has outputs"),
            |step| step.lanes().next().expect("a reduction has an operand"),
        );
        (tokens, like(last))
    }

    fn plain_name(&self, var: VarId) -> String {
        self.reverse_name(var).to_string().trim_start_matches("r#").to_owned()
    }

    /// A constant of a kernel in the forward pass.
    fn constant_forward(&self, operand: &Operand) -> TokenStream {
        let tokens = self.operand(operand, Use::Receiver).into_stream();
        match operand {
            Operand::Var(var) if self.is_written_as_reference(*var) => quote!((*#tokens)),
            _ => tokens,
        }
    }

    /// A constant of a kernel in the reverse pass.
    fn constant_reverse(&self, operand: &Operand) -> TokenStream {
        match operand {
            Operand::Literal(literal) => literal.tokens.stream(),
            Operand::Var(var) => {
                let info = self.function.var(*var);
                let form = if info.ty.is_float() { Form::Operand } else { Form::Plain };
                self.primal(*var, form, info.span).into_stream()
            }
        }
    }

    /// The reverse of a group.
    pub(super) fn reverse_fused(&self, plan: &Fused) -> TokenStream {
        let group = self.fusion.group(plan.number);
        let residual = fused_name(plan.number);
        if plan.ahead {
            return self.scale_gradients(plan, &residual);
        }
        let span = group.steps.last().map_or_else(Span::mixed_site, |step| step.op.span);
        let krate = &self.krate_at(span);
        let fused = quote_spanned!(span=> #krate::private::fused);
        let mut kernel = Kernel::new(self, group);
        let mut inputs = Vec::new();
        for var in &plan.outputs {
            let bar = self.bar(*var);
            kernel.inputs.push(bar.clone());
            let is_mean = group.step(*var).is_some_and(|step| step.formula == Formula::Mean);
            inputs.push(if is_mean {
                quote!(#fused::cotangent(&#residual.mean_cotangent(&#bar)))
            } else {
                quote!(#fused::cotangent(&#bar))
            });
        }
        for var in &plan.reads {
            kernel.inputs.push(self.reverse_name(*var));
            let tokens = self.primal(*var, Form::Reference, span);
            inputs.push(quote!(#fused::operand(#tokens)));
        }
        kernel.recompute(plan);
        kernel.backward(plan);
        let (constants, values) = kernel.constants(|operand| self.constant_reverse(operand));
        let names = &kernel.inputs;
        let (mut before, mut targets, mut after) = (Vec::new(), Vec::new(), Vec::new());
        for (index, leaf) in plan.leaves.iter().enumerate() {
            targets.push(self.target_of(leaf, index, &fused, &mut before, &mut after));
        }
        let places: Vec<Ident> =
            (0..targets.len()).map(|index| ident(&format!("target{index}"))).collect();
        let (item, made) = kernel.item();
        quote_spanned! {span=>
            #(#before)*
            match (#(#inputs,)* #(#values,)* #(#targets,)*) {
                (#(#names,)* #(#constants,)* #(#places,)*) => {
                    #item
                    #fused::reverse(&#made, &#residual, [#(#names),*], [#(#places),*]);
                }
            }
            #(#after)*
        }
    }

    /// The place that the cotangent of an operand is added to.
    fn target_of(
        &self,
        leaf: &Leaf,
        index: usize,
        fused: &TokenStream,
        before: &mut Vec<TokenStream>,
        after: &mut Vec<TokenStream>,
    ) -> TokenStream {
        let shape = self.shape(leaf.operand);
        let scalar = self.function.var(leaf.operand).ty.is_float();
        let krate = &self.krate;
        let mut place = self.bar_mut(&leaf.target);
        if leaf.detour {
            let own = ident(&format!("own{index}"));
            before.push(quote!(let mut #own = #shape.symbolic_zero();));
            after.push(if scalar {
                let target = self.bar_place(&leaf.target);
                quote!(#target += #own;)
            } else {
                quote!(#krate::private::accumulate(#place, #own);)
            });
            place = quote!(&mut #own);
        }
        if scalar {
            quote!(#fused::Target::Scalar(#place))
        } else {
            quote!(#fused::target(#place, &#shape))
        }
    }

    /// The gradients that the forward pass has computed, times the cotangent of the sum.
    fn scale_gradients(&self, plan: &Fused, residual: &Ident) -> TokenStream {
        let krate = &self.krate;
        let dy = self.bar(plan.outputs[0]);
        let names: Vec<Ident> =
            (0..plan.leaves.len()).map(|index| ident(&format!("gradient{index}"))).collect();
        let stmts = plan.leaves.iter().zip(&names).map(|(leaf, name)| {
            if self.function.var(leaf.operand).ty.is_float() {
                let place = self.bar_place(&leaf.target);
                quote!(#place += #krate::private::fused::times(#name, #dy);)
            } else {
                let place = self.bar_mut(&leaf.target);
                quote!(#krate::private::fused::scaled(#place, &#dy, #name);)
            }
        });
        quote! {
            let (#(#names,)*) = #residual;
            #(#stmts)*
        }
    }
}
