//! A group of operations as a kernel: a local type that computes it for lanes of elements.

use super::names::ident;
use super::Emitter;
use crate::analysis::fusion::{Arg, Formula, Group, Step};
use crate::ir::{BinaryOp, IdSet, Operand, VarId};
use crate::rules::Sym;
use crate::transform::fused::Fused;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

/// A scalar or an integer that a kernel holds.
struct Constant {
    name: Ident,
    operand: Operand,
    is_scalar: bool,
}

/// A kernel under construction.
pub(super) struct Kernel<'k, 'e> {
    emitter: &'k Emitter<'e>,
    pub(super) group: &'k Group<'k>,
    /// Those that the kernel mentions.
    constants: Vec<Constant>,
    pub(super) inputs: Vec<Ident>,
    body: TokenStream,
    pub(super) results: Vec<TokenStream>,
}

impl<'k, 'e> Kernel<'k, 'e> {
    pub(super) fn new(emitter: &'k Emitter<'e>, group: &'k Group<'k>) -> Self {
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
    pub(super) fn arg(&mut self, arg: &Arg) -> TokenStream {
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
    pub(super) fn known(&self, arg: &Arg) -> Option<&Ident> {
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
    pub(super) fn primal(&mut self, step: &Step<'_>) {
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
    pub(super) fn recompute(&mut self, plan: &Fused) {
        let group = self.group;
        let mut wanted: IdSet<VarId> = IdSet::new();
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
    pub(super) fn seed(&mut self, outputs: &[VarId]) {
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
    pub(super) fn backward(&mut self, plan: &Fused) {
        let mut bars: IdSet<VarId> = plan.outputs.iter().copied().collect();
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
    pub(super) fn constants(
        &self,
        value: impl Fn(&Operand) -> TokenStream,
    ) -> (Vec<&Ident>, Vec<TokenStream>) {
        self.constants.iter().map(|constant| (&constant.name, value(&constant.operand))).unzip()
    }

    /// The type of the kernel, and the expression that makes it.
    pub(super) fn item(&self) -> (TokenStream, TokenStream) {
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
