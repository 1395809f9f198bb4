//! Groups of operations as kernels: a local type that computes a group for lanes of elements, and the
//! call that runs it in one pass.

use super::forward::Use;
use super::frames::fused_name;
use super::names::ident;
use super::pullback::Form;
use super::Emitter;
use crate::analysis::fusion::{Arg, Formula, Group, Step};
use crate::ir::{BinaryOp, Op, OpKind, Operand, VarId};
use crate::rules::Sym;
use crate::transform::fused::{Fused, Leaf};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{quote, quote_spanned};
use std::collections::BTreeSet;

/// A scalar or an integer that a kernel holds.
struct Constant {
    name: Ident,
    operand: Operand,
    is_scalar: bool,
}

/// A kernel under construction.
struct Kernel<'k, 'e> {
    emitter: &'k Emitter<'e>,
    group: &'k Group<'k>,
    /// Those that the kernel mentions.
    constants: Vec<Constant>,
    inputs: Vec<Ident>,
    body: TokenStream,
    results: Vec<TokenStream>,
}

impl Emitter<'_> {
    /// Computes a group where its last operation stands.
    pub(super) fn forward_fused(&self, number: usize, op: &Op) -> TokenStream {
        let group = self.fusion.group(number);
        if group.anchor() != op.id {
            return TokenStream::new();
        }
        let plan = self.fused.get(&number);
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
            .map(|step| match &step.op.kind {
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
        let mut wants = Vec::new();
        let mut results = Vec::new();
        for (var, output) in group.outputs.iter().zip(&outputs) {
            let (want, result) = match group.step(*var).map(|step| &step.formula) {
                Some(Formula::Sum) => (quote!(Sum), quote!(#output.scalar())),
                Some(Formula::Mean) => (quote!(Sum), quote!(#like.mean(#output))),
                _ => (quote!(Tensor), quote!(#like.tensor(#output))),
            };
            wants.push(quote!(#fused::Want::#want));
            results.push(result);
        }
        let ahead = plan.filter(|plan| plan.ahead);
        if let Some(plan) = ahead {
            let mut gradients = Vec::new();
            for (leaf, output) in plan.leaves.iter().zip(&outputs[group.outputs.len()..]) {
                let name = self.reverse_name(leaf.operand);
                let is_input = group.inputs.contains(&leaf.operand);
                if is_input {
                    wants.push(quote!(#fused::Want::gradient(#name)));
                    gradients.push(quote!(#fused::gradient(#name, #output)));
                } else {
                    wants.push(quote!(#fused::Want::Sum));
                    gradients.push(quote!(#output.scalar()));
                }
            }
            results.push(quote!((#(#gradients,)*)));
        } else if plan.is_some() {
            results.push(quote!(#like));
        }
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
                        [#(#wants),*],
                    );
                    (#(#results,)*)
                }
            }
        }
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
        let tokens = self.operand(operand, Use::Receiver);
        match operand {
            Operand::Var(var) if self.is_written_as_reference(*var) => quote!((*#tokens)),
            _ => tokens,
        }
    }

    /// A constant of a kernel in the reverse pass.
    fn constant_reverse(&self, operand: &Operand) -> TokenStream {
        match operand {
            Operand::Literal(literal) => literal.tokens.clone(),
            Operand::Var(var) => {
                let info = self.function.var(*var);
                let form = if info.ty.is_float() { Form::Operand } else { Form::Plain };
                self.primal(*var, form, info.span)
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
            inputs.push(match group.step(*var).map(|step| &step.formula) {
                Some(Formula::Mean) => quote!(#fused::cotangent(&#residual.mean_cotangent(&#bar))),
                _ => quote!(#fused::cotangent(&#bar)),
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

impl<'k, 'e> Kernel<'k, 'e> {
    fn new(emitter: &'k Emitter<'e>, group: &'k Group<'k>) -> Self {
        Self {
            emitter,
            group,
            constants: Vec::new(),
            inputs: Vec::new(),
            body: TokenStream::new(),
            results: Vec::new(),
        }
    }

    /// The value of an operand.
    fn arg(&mut self, arg: &Arg) -> TokenStream {
        match arg {
            Arg::Lane(var) => {
                let name = self.emitter.reverse_name(*var);
                quote!(#name)
            }
            Arg::Scalar(operand) => {
                let name = self.constant(operand, true);
                quote!(#name)
            }
            Arg::Integer(operand) => {
                let name = self.constant(operand, false);
                quote!(self.#name)
            }
        }
    }

    /// The name of a scalar that the kernel mentions.
    fn known(&self, arg: &Arg) -> Option<&Ident> {
        let Arg::Scalar(operand) = arg else { return None };
        let constant = self.constants.iter().find(|other| same(&other.operand, operand))?;
        Some(&constant.name)
    }

    /// The name of a constant.
    fn constant(&mut self, operand: &Operand, is_scalar: bool) -> Ident {
        let known = self
            .constants
            .iter()
            .find(|other| other.is_scalar == is_scalar && same(&other.operand, operand));
        if let Some(known) = known {
            return known.name.clone();
        }
        let name = ident(&format!("c{}", self.constants.len()));
        self.constants.push(Constant { name: name.clone(), operand: operand.clone(), is_scalar });
        name
    }

    /// Computes the value of an operation.
    fn primal(&mut self, step: &Step<'_>) {
        if step.formula.is_reduction() {
            return;
        }
        let name = self.emitter.reverse_name(step.dest);
        let args: Vec<TokenStream> = step.args.iter().map(|arg| self.arg(arg)).collect();
        let value = match (&step.formula, args.as_slice()) {
            (Formula::Binary(op), [a, b]) => operator(*op, a, b),
            (Formula::Neg, [a]) => quote!(-#a),
            (Formula::Method(method), [receiver, rest @ ..]) => self.method(method, receiver, rest),
            (_, [a, ..]) => quote!(#a),
            (_, []) => unreachable!("an operation of a group has operands"),
        };
        self.body.extend(quote!(let #name = #value;));
    }

    fn method(&self, name: &str, receiver: &TokenStream, rest: &[TokenStream]) -> TokenStream {
        let method = ident(name);
        let one_by_one = matches!(
            name,
            "cbrt"
                | "tan"
                | "asin"
                | "acos"
                | "atan"
                | "sinh"
                | "cosh"
                | "asinh"
                | "acosh"
                | "atanh"
                | "round"
        );
        if one_by_one {
            let krate = &self.emitter.krate;
            quote!(#krate::private::ScalarFunctions::#method(#receiver))
        } else {
            quote!(#receiver.#method(#(#rest),*))
        }
    }

    /// Computes again what the rules of a reverse pass mention.
    fn recompute(&mut self, plan: &Fused) {
        let group = self.group;
        let mut wanted: BTreeSet<VarId> = BTreeSet::new();
        let mut chosen = Vec::new();
        for step in group.steps.iter().filter(|step| self.emitter.activity.op_is_active(step.op)) {
            for (arg, row) in step.args.iter().zip(step.formula.rows(step.args.len())) {
                let varies = arg.var().is_some_and(|var| self.emitter.activity.is_varied(var));
                let Some(row) = row.filter(|_| varies) else { continue };
                row.visit(&mut |sym| match sym {
                    Sym::Operand(index) => {
                        if let Arg::Lane(var) = &step.args[*index] {
                            wanted.insert(*var);
                        }
                    }
                    Sym::Result => {
                        wanted.insert(step.dest);
                    }
                    _ => {}
                });
            }
        }
        for step in group.steps.iter().rev() {
            if wanted.contains(&step.dest) && !plan.reads.contains(&step.dest) {
                wanted.extend(step.lanes());
                chosen.push(step);
            }
        }
        chosen.into_iter().rev().for_each(|step| self.primal(step));
    }

    /// The cotangent of the elements of a sum is one.
    fn seed(&mut self, outputs: &[VarId]) {
        for output in outputs {
            let bar = self.emitter.bar(*output);
            let is_mean =
                self.group.step(*output).is_some_and(|step| step.formula == Formula::Mean);
            if is_mean {
                self.inputs.push(bar);
            } else {
                self.body.extend(quote!(let #bar = L::constant(1.0);));
            }
        }
    }

    /// Computes the cotangents of the operands.
    fn backward(&mut self, plan: &Fused) {
        let mut bars: BTreeSet<VarId> = plan.outputs.iter().copied().collect();
        let group = self.group;
        for step in group.steps.iter().rev() {
            if !bars.contains(&step.dest) || !self.emitter.activity.op_is_active(step.op) {
                continue;
            }
            for (arg, row) in step.args.iter().zip(step.formula.rows(step.args.len())) {
                let varied = arg.var().filter(|var| self.emitter.activity.is_varied(*var));
                let (Some(var), Some(row)) = (varied, row) else { continue };
                let bar = self.emitter.bar(var);
                let value = self.row(&row, step);
                self.body.extend(if bars.insert(var) {
                    quote!(let #bar = #value;)
                } else {
                    quote!(let #bar = #bar + #value;)
                });
            }
        }
        for leaf in &plan.leaves {
            let bar = self.emitter.bar(leaf.operand);
            self.results.push(quote!(#bar));
        }
    }

    /// A row of the rule table, for an operation.
    fn row(&mut self, sym: &Sym, step: &Step<'_>) -> TokenStream {
        match sym {
            Sym::Operand(index) => self.arg(&step.args[*index]),
            Sym::Result => {
                let name = self.emitter.reverse_name(step.dest);
                quote!(#name)
            }
            Sym::Cotangent => {
                let bar = self.emitter.bar(step.dest);
                quote!(#bar)
            }
            Sym::Number(value) => {
                let value = Literal::f64_unsuffixed(*value);
                quote!(L::constant(#value))
            }
            Sym::Neg(a) => {
                let a = self.row(a, step);
                quote!((-#a))
            }
            Sym::Binary(op, a, b) => {
                let (a, b) = (self.row(a, step), self.row(b, step));
                let value = operator(*op, &a, &b);
                quote!((#value))
            }
            Sym::Method(name, parts) => {
                let parts: Vec<TokenStream> =
                    parts.iter().map(|part| self.row(part, step)).collect();
                self.method(name, &parts[0], &parts[1..])
            }
            Sym::Adjoint(name, parts) => {
                let parts: Vec<TokenStream> =
                    parts.iter().map(|part| self.row(part, step)).collect();
                let (krate, name) = (&self.emitter.krate, ident(name));
                quote!(#krate::private::adjoint::lanes::#name(#(#parts),*))
            }
            Sym::Ref(a) | Sym::Saved(a) => self.row(a, step),
        }
    }

    /// The names of the constants, and what they are.
    fn constants(
        &self,
        value: impl Fn(&Operand) -> TokenStream,
    ) -> (Vec<&Ident>, Vec<TokenStream>) {
        self.constants.iter().map(|constant| (&constant.name, value(&constant.operand))).unzip()
    }

    /// The type of the kernel, and the expression that makes it.
    fn item(&self) -> (TokenStream, TokenStream) {
        let krate = &self.emitter.krate;
        let names: Vec<&Ident> = self.constants.iter().map(|constant| &constant.name).collect();
        let types =
            self.constants.iter().map(
                |constant| {
                    if constant.is_scalar {
                        quote!(T)
                    } else {
                        quote!(i32)
                    }
                },
            );
        let is_generic = self.constants.iter().any(|constant| constant.is_scalar);
        let generic = is_generic.then(|| quote!(<T>));
        let splats = self.constants.iter().filter(|constant| constant.is_scalar).map(|constant| {
            let name = &constant.name;
            quote!(let #name = L::splat(self.#name);)
        });
        let (inputs, body, results) = (&self.inputs, &self.body, &self.results);
        let (i, o) = (inputs.len(), results.len());
        let item = quote! {
            struct Kernel #generic { #(#names: #types),* }
            impl<T: #krate::Real> #krate::private::ElementwiseKernel<T, #i, #o> for Kernel #generic {
                #[inline(always)]
                fn eval<L: #krate::private::Lane<Scalar = T>>(&self, [#(#inputs),*]: [L; #i]) -> [L; #o] {
                    #(#splats)*
                    #body
                    [#(#results),*]
                }
            }
        };
        (item, quote!(Kernel { #(#names),* }))
    }
}

fn same(a: &Operand, b: &Operand) -> bool {
    match (a, b) {
        (Operand::Var(a), Operand::Var(b)) => a == b,
        (Operand::Literal(a), Operand::Literal(b)) => a.tokens.to_string() == b.tokens.to_string(),
        _ => false,
    }
}

fn operator(op: BinaryOp, a: &TokenStream, b: &TokenStream) -> TokenStream {
    match op {
        BinaryOp::Add => quote!(#a + #b),
        BinaryOp::Sub => quote!(#a - #b),
        BinaryOp::Mul => quote!(#a * #b),
        BinaryOp::Div => quote!(#a / #b),
        BinaryOp::Rem | BinaryOp::Bit(_) => unreachable!("such an operator is not fused"),
    }
}
