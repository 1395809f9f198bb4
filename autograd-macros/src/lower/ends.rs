//! What an iterator chain ends in: a loop over its body, or a method that runs through it.

use super::chain::{Chain, Source};
use super::closure::Item;
use super::stages::Run;
use super::Lowerer;
use crate::ir::ty::Float;
use crate::ir::{
    BinaryOp, Callee, Mutation, OpKind, Opaque, Operand, Place, Role, Ty, Value, VarId,
};
use proc_macro2::Span;
use quote::{quote, quote_spanned};
use std::collections::HashMap;
use syn::{Expr, ExprForLoop, ExprMethodCall, GenericArgument, Type};

impl Lowerer<'_> {
    /// `for pat in chain { … }`; whether it is one.
    pub(super) fn chain_loop(&mut self, each: &ExprForLoop) -> bool {
        let Some(chain) = Chain::of_iterable(&each.expr) else { return false };
        if !self.is_list_like(&chain) || !self.taint.reaches(each) {
            return false;
        }
        let span = each.for_token.span;
        let run = self.run(&chain);
        self.run_through(&run, span, |this, item, loops| {
            let label = each.label.as_ref().map(|label| label.name.ident.to_string());
            this.enter_loops(loops, label);
            this.scopes.push(HashMap::new());
            this.bind_item(&each.pat, item);
            if let Some(value) = this.block(&each.body) {
                this.pin(&value);
            }
            this.scopes.pop();
            this.targets.pop();
        });
        true
    }

    /// Whether the lists of a chain are what elements are read from by number.
    fn is_list_like(&mut self, chain: &Chain<'_>) -> bool {
        match chain.source {
            Source::List(Expr::Path(path), _) => match path.path.get_ident() {
                Some(name) => match self.lookup(&name.to_string()) {
                    Some(var) => !matches!(self.var(var).ty, Ty::Tensor(_) | Ty::Inactive),
                    None => true,
                },
                None => true,
            },
            _ => true,
        }
    }

    /// A method that runs through a chain; `None` if it is not one of a chain with a meaning here.
    #[allow(clippy::option_option, reason = "whether it is one, and its value")]
    pub(super) fn chain_end(&mut self, call: &ExprMethodCall) -> Option<Option<Operand>> {
        let name = call.method.to_string();
        let args: Vec<&Expr> = call.args.iter().collect();
        if !super::chain::is_end_name(&name, args.len()) {
            return None;
        }
        let chain = Chain::of(&call.receiver)?;
        let whole = Expr::MethodCall(call.clone());
        if !self.taint.reaches(&whole) || !self.is_list_like(&chain) {
            return None;
        }
        let span = call.method.span();
        let ty = result_type(call);
        if ty.is_some_and(|ty| Ty::of(ty, &self.reals).is_inactive()) {
            return None;
        }
        Some(match name.as_str() {
            "sum" => Some(self.sum(&chain, ty, BinaryOp::Add, span)),
            "product" => Some(self.sum(&chain, ty, BinaryOp::Mul, span)),
            "collect" => return self.collect(&chain, ty, span).map(Some),
            "fold" => Some(self.fold(&chain, args[0], args[1], span)),
            "reduce" => Some(self.reduce(&chain, args[0], span)),
            _ => {
                let run = self.run(&chain);
                let f = self.callable(args[0], 1);
                self.run_through(&run, span, |this, item, _| {
                    if let Some(value) = this.inline(&f, vec![item], span) {
                        this.pin(&value);
                    }
                });
                None
            }
        })
    }

    fn accumulator(&mut self, ty: Ty, value: Operand, span: Span) -> VarId {
        let acc = self.temp(ty, span, Role::Mutable);
        self.emit(OpKind::Define { dest: acc, value: Value::Use(value) }, span);
        acc
    }

    fn sum(&mut self, chain: &Chain<'_>, ty: Option<&Type>, op: BinaryOp, span: Span) -> Operand {
        let run = self.run(chain);
        let known = match ty.map(|ty| Ty::of(ty, &self.reals)) {
            Some(known @ Ty::Float(_)) => known,
            _ => Ty::Float(Float::Literal),
        };
        let number = if op == BinaryOp::Add { quote!(0.0) } else { quote!(1.0) };
        let tokens = match (&known, ty) {
            (Ty::Float(Float::F32), _) => quote!((#number as f32)),
            (Ty::Float(Float::F64), _) => quote!((#number as f64)),
            (Ty::Float(Float::Generic(name)), _) => quote!(#name::from_f64(#number)),
            _ => number,
        };
        let start = Operand::literal(tokens, known.clone());
        let acc = self.accumulator(known, start, span);
        self.run_through(&run, span, |this, item, _| {
            let value = this.owned(item, span);
            this.pin(&value);
            let ty = this.operand_ty(&value);
            if ty.is_float() && this.var(acc).ty == Ty::Float(Float::Literal) {
                this.vars[acc.0 as usize].ty = ty;
            }
            let place = Place::var(acc);
            if op == BinaryOp::Add && this.recording {
                this.emit(OpKind::AddAssign { place, value, negate: false }, span);
                return;
            }
            let ty = this.var(acc).ty.clone();
            let old = this.define(Value::Load(place.clone()), ty.clone(), span);
            let new = this.define(Value::Binary(op, old, value), ty, span);
            this.pin(&new);
            this.emit(OpKind::Store { place, value: new }, span);
        });
        self.load_var(acc, span)
    }

    fn load_var(&mut self, var: VarId, span: Span) -> Operand {
        let ty = self.var(var).ty.clone();
        let value = self.define(Value::Load(Place::var(var)), ty, span);
        self.pin(&value);
        value
    }

    /// An element by value.
    fn owned(&mut self, item: Item, span: Span) -> Operand {
        match item {
            Item::Ref { place, .. } => {
                let ty = self.place_ty(&place);
                self.define(Value::Load(place), ty, span)
            }
            item => self.item_value(item, span),
        }
    }

    fn fold(&mut self, chain: &Chain<'_>, init: &Expr, f: &Expr, span: Span) -> Operand {
        let run = self.run(chain);
        let init = self.expr(init);
        self.pin(&init);
        let ty = self.operand_ty(&init);
        let f = self.callable(f, 2);
        let acc = self.accumulator(ty, init, span);
        self.run_through(&run, span, |this, item, _| this.step(acc, &f, item, span));
        self.load_var(acc, span)
    }

    /// `acc = f(acc, item)`
    fn step(&mut self, acc: VarId, f: &super::closure::Closure, item: Item, span: Span) {
        let old = self.load_var(acc, span);
        if let Some(new) = self.inline(f, vec![Item::Value(old), item], span) {
            self.pin(&new);
            let ty = self.operand_ty(&new);
            let known = &mut self.vars[acc.0 as usize].ty;
            if *known == Ty::Float(Float::Literal) && ty.is_float() {
                *known = ty;
            }
            self.emit(OpKind::Store { place: Place::var(acc), value: new }, span);
        }
    }

    /// An `Option` that is `None` until the first element.
    fn reduce(&mut self, chain: &Chain<'_>, f: &Expr, span: Span) -> Operand {
        let run = self.run(chain);
        let f = self.callable(f, 2);
        let none = Operand::literal(quote!(::core::option::Option::None), Ty::Unknown);
        let acc = self.accumulator(Ty::Unknown, none, span);
        let mut scope: HashMap<String, VarId> = HashMap::new();
        scope.insert("accumulated".to_owned(), acc);
        let step = self.temp(Ty::Unknown, span, Role::Let);
        self.closures.insert(step, f);
        scope.insert("step".to_owned(), step);
        self.run_through(&run, span, |this, item, _| {
            this.scopes.push(scope);
            let item = this.owned(item, span);
            // A method of what is accumulated needs its type before it is given.
            this.vars[acc.0 as usize].annotation = match this.operand_ty(&item) {
                Ty::Float(Float::F32) => Some(syn::parse_quote!(::core::option::Option<f32>)),
                Ty::Float(Float::F64 | Float::Literal) => {
                    Some(syn::parse_quote!(::core::option::Option<f64>))
                }
                Ty::Float(Float::Generic(name)) => {
                    Some(syn::parse_quote!(::core::option::Option<#name>))
                }
                _ => None,
            };
            if this.var(acc).annotation.is_none() {
                this.same_type(acc, &item, span);
            }
            this.bind_item(&syn::parse_quote!(element), Item::Value(item));
            let next: Expr = syn::parse_quote_spanned! {span=>
                ::core::option::Option::Some(match accumulated {
                    ::core::option::Option::Some(before) => step(before, element),
                    ::core::option::Option::None => element,
                })
            };
            let next = this.expr(&next);
            this.pin(&next);
            this.scopes.pop();
            this.emit(OpKind::Store { place: Place::var(acc), value: next }, span);
        });
        self.load_var(acc, span)
    }

    /// Says to the type checker that an `Option` is one of such items, before a method of one is
    /// called.
    fn same_type(&mut self, option: VarId, item: &Operand, span: Span) {
        self.pin(item);
        let Operand::Var(item) = *item else { return };
        let (a, b) = (&self.var(option).ident, &self.var(item).ident);
        let tokens = quote_spanned! {span=>
            let _ = || [#a.as_ref(), ::core::option::Option::Some(&#b)]
        };
        let opaque = Opaque::pure(tokens, vec![option, item], "type");
        self.emit(OpKind::Effect(opaque), span);
    }

    /// `collect()` to a `Vec`.
    fn collect(&mut self, chain: &Chain<'_>, ty: Option<&Type>, span: Span) -> Option<Operand> {
        if let Some(Type::Path(path)) = ty {
            // A name that is not known may be another one for a `Vec`; if it is not, the types tell.
            if path.path.segments.last().is_none_or(|segment| is_other_collection(&segment.ident)) {
                return None;
            }
        }
        let run: Run = self.run(chain);
        let known = ty.map_or(Ty::Unknown, |ty| Ty::of(ty, &self.reals));
        let list = self.temp(known, span, Role::Mutable);
        let start = match run.len() {
            Some(len) => Value::Call {
                callee: Callee::Associated(syn::parse_quote!(::std::vec::Vec::with_capacity)),
                args: vec![len],
            },
            None => Value::Opaque(Opaque::pure(quote!(::std::vec::Vec::new()), Vec::new(), "list")),
        };
        self.emit(OpKind::Define { dest: list, value: start }, span);
        self.run_through(&run, span, |this, item, _| {
            let value = this.owned(item, span);
            this.pin(&value);
            if matches!(this.var(list).ty, Ty::Unknown) {
                let element = this.operand_ty(&value);
                this.vars[list.0 as usize].ty = Ty::Vec(Box::new(element));
            }
            match this.before.clone() {
                Some(before) => this.push_at(Place::var(list), value, before, span),
                None => this.push_to(Place::var(list), value, span),
            }
        });
        Some(self.load_var(list, span))
    }

    /// `place.push(value)`, with the length before it.
    pub(super) fn push_to(&mut self, place: Place, value: Operand, span: Span) {
        let len = Operand::Var(self.length(&place, span));
        self.push_at(place, value, len, span);
    }

    /// `place.push(value)`, `len` being the length before it.
    fn push_at(&mut self, place: Place, value: Operand, len: Operand, span: Span) {
        let args = vec![value, len];
        self.emit(OpKind::Mutate { mutation: Mutation::Push, place, args }, span);
    }
}

/// The type that is asked for: `sum::<f64>()`.
fn result_type(call: &ExprMethodCall) -> Option<&Type> {
    match call.turbofish.as_ref()?.args.first()? {
        GenericArgument::Type(Type::Infer(_)) => None,
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    }
}

/// Gives a chain's end the type of the `let` that it initialises.
pub(super) fn with_expected_type(init: &Expr, ty: Option<&Type>) -> Expr {
    let Some(ty) = ty else { return init.clone() };
    if let Expr::Call(call) = init {
        return super::array::with_generics(call, ty).map_or_else(|| init.clone(), Expr::Call);
    }
    let Expr::MethodCall(call) = init else { return init.clone() };
    let takes = matches!(call.method.to_string().as_str(), "sum" | "product" | "collect");
    // A tensor has a `sum` of its own, without a type argument.
    let of_chain = takes && Chain::of(&call.receiver).is_some();
    if !of_chain || call.turbofish.is_some() || !call.args.is_empty() {
        return init.clone();
    }
    let mut call = call.clone();
    call.turbofish = Some(syn::parse_quote!(::<#ty>));
    Expr::MethodCall(call)
}

/// What else of the standard library can be collected into.
fn is_other_collection(name: &syn::Ident) -> bool {
    const OTHERS: [&str; 13] = [
        "Arc",
        "BTreeMap",
        "BTreeSet",
        "BinaryHeap",
        "Box",
        "HashMap",
        "HashSet",
        "LinkedList",
        "Option",
        "Rc",
        "Result",
        "String",
        "VecDeque",
    ];
    OTHERS.iter().any(|other| name == other)
}
