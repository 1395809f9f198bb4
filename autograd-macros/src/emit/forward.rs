//! The forward pass: the user's function, with what the reverse pass needs kept on the way.

use super::frames::pullback_name;
use super::operand::Use;
use super::Emitter;
use crate::ir::{
    Aggregate, Op, OpKind, Operand, Place, Proj, RefStyle, Region, Role, Ty, Value, VarId,
};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned, ToTokens};

impl Emitter<'_> {
    /// The statements of a region, without its result.
    pub(super) fn forward_ops(&self, region: &Region) -> TokenStream {
        region.ops.iter().map(|op| self.forward_op(op)).collect()
    }

    pub(super) fn forward_op(&self, op: &Op) -> TokenStream {
        if let Some(number) = self.fusion.number(op) {
            return self.forward_fused(number, op);
        }
        let span = op.span;
        match &op.kind {
            OpKind::Define { dest, value } => self.forward_define(op, *dest, value),
            OpKind::Alias { alias, rebind } => {
                let (target, mutable) = self.alias_target(*alias);
                let name = &self.function.var(*alias).ident;
                let place = self.place_at(target, span);
                let mutable = mutable.then(|| quote!(mut));
                let borrow = (!rebind).then(|| quote_spanned!(span=> & #mutable));
                quote_spanned!(span=> let #name = #borrow #place;)
            }
            OpKind::Split { low, high } => {
                let mut list = self.alias_target(*low).0.clone();
                let Some(Proj::Slice { end: Some(middle), .. }) = list.path.pop() else {
                    unreachable!("the lower part ends in the middle")
                };
                let (low, high) = (&self.function.var(*low).ident, &self.function.var(*high).ident);
                let (list, middle) = (self.place(&list), self.operand(&middle, Use::Receiver));
                quote_spanned!(span=> let (#low, #high) = #list.split_at_mut(#middle);)
            }
            OpKind::Store { .. }
            | OpKind::AddAssign { .. }
            | OpKind::Mutate { .. }
            | OpKind::Exchange { .. } => self.forward_write(op),
            OpKind::Declare { dest } => {
                let name = &self.function.var(*dest).ident;
                let annotation = self.annotation(*dest);
                let shape = self.residuals.shapes.contains(dest).then(|| {
                    let (shape, krate) = (self.shape(*dest), self.krate_at(span));
                    quote_spanned!(span=> let mut #shape = #krate::private::LateWitness::new();)
                });
                quote_spanned!(span=> let mut #name #annotation; #shape)
            }
            // What is only looked at was looked at when it ran for the first time.
            OpKind::Effect(opaque) if self.again && opaque.only_looks() => TokenStream::new(),
            OpKind::Effect(opaque) => {
                let tokens = &opaque.tokens;
                quote!(#tokens;)
            }
            OpKind::If { cond, then, els, dest } => self.forward_if(op, cond, [then, els], *dest),
            OpKind::Match { scrutinee, arms, dest } => {
                self.forward_match(op, scrutinee, arms, *dest)
            }
            OpKind::For { source, body } => self.forward_for(source, body, span),
            OpKind::Loop { cond, body } => self.forward_loop(cond.as_ref(), body, span),
            OpKind::Block { body } => self.forward_block(body),
            OpKind::Rest { body, dest } => self.forward_rest(op, body, *dest),
            OpKind::Checkpoint { body, dest } => self.forward_checkpoint(op, body, *dest),
            OpKind::Exit(exit) => self.forward_exit(*exit, span),
        }
    }

    fn forward_define(&self, op: &Op, dest: VarId, value: &Value) -> TokenStream {
        let span = op.span;
        let shape = self.shape_of(dest, value);
        let partial = self.partial_of(dest, span);
        let elements = self.elements_guard(dest, value, span);
        if self.is_inline(dest) {
            return quote!(#elements #shape #partial);
        }
        let var = self.function.var(dest);
        let name = &var.ident;
        let mutable = var.is_mutable().then(|| quote!(mut));
        let annotation = self.annotation(dest);
        if let (Value::Call { callee, args }, true) =
            (value, self.residuals.frames.pullbacks.contains(&op.id.0))
        {
            let call = self.augmented_call(callee, args, span);
            let pullback = pullback_name(op.id.0);
            let annotation = var.annotation.as_ref().map(|ty| quote!(: (#ty, _)));
            let checked = self.inferred_scalar(dest);
            return quote_spanned! {span=>
                let (#mutable #name, #pullback) #annotation = #call; #checked #shape
            };
        }
        let is_kept = self.residuals.values.contains(&dest);
        if self.activity.written_through(dest).is_some() && !is_kept {
            return shape.unwrap_or_default();
        }
        let value = match value {
            // What is under a name of its own is borrowed, not moved.
            Value::Load(place) | Value::Ref { place, style: RefStyle::Plain }
                if !is_kept && self.function.is_mutable_reference(place) =>
            {
                let reference = self.place(place);
                quote_spanned!(span=> &mut *#reference).into()
            }
            Value::Ref { place, .. } if !is_kept => self.reference_to(place).into(),
            Value::Ref { place, .. } => {
                let part = self.function.resolve(place).path;
                let is_slice =
                    var.ty == Ty::Unknown && matches!(part.last(), Some(Proj::Slice { .. }));
                let slice = is_slice.then(|| Ty::Slice(Box::new(Ty::Unknown)));
                let place = self.reference_to(place);
                let copy = self.kept_copy(slice.as_ref().unwrap_or(&var.ty), &place, span);
                self.kept_if_read(dest, copy, span).into()
            }
            Value::Load(place) => self.load(dest, place, span).into(),
            Value::Aggregate(Aggregate::Vec, parts) if self.growing.contains(&dest) => {
                self.vec_to_grow(parts, span).into()
            }
            other => self.value(other, span),
        };
        let checked = self.inferred_scalar(dest).or(elements);
        quote_spanned!(span=> let #mutable #name #annotation = #value; #checked #shape #partial)
    }

    /// The statement that keeps a partial derivative of an operation, beside the operation.
    fn partial_of(&self, dest: VarId, span: Span) -> Option<TokenStream> {
        let (operand, function) = self.residuals.partials.get(&dest)?;
        let name = self.partial(dest);
        let function = Ident::new(function, span);
        let operand = self.operand(&Operand::Var(*operand), Use::Receiver);
        Some(quote_spanned!(span=> let #name = #operand.#function();))
    }

    /// The statement that keeps the shape of a variable, after its definition.
    pub(super) fn shape_of(&self, dest: VarId, value: &Value) -> Option<TokenStream> {
        if !self.residuals.shapes.contains(&dest) {
            return None;
        }
        let span = self.function.var(dest).span;
        let borrowed = match value {
            Value::Ref { place, .. }
                if !self.residuals.values.contains(&dest) || self.is_kept_if_read(dest) =>
            {
                self.reference_to(place)
            }
            Value::Load(place) if self.is_inline(dest) => self.reference_to(place),
            _ => {
                let name = &self.function.var(dest).ident;
                quote!(&#name)
            }
        };
        Some(self.shape_statement(dest, &borrowed, span))
    }

    pub(super) fn shape_statement(
        &self,
        var: VarId,
        borrowed: &TokenStream,
        span: Span,
    ) -> TokenStream {
        let shape = self.shape(var);
        let krate = &self.krate_at(span);
        let mutable = self.replaced.contains(&var).then(|| quote!(mut));
        quote_spanned!(span=> let #mutable #shape = #krate::private::Witness::of(#borrowed);)
    }

    pub(super) fn annotation(&self, var: VarId) -> Option<TokenStream> {
        self.function.var(var).annotation.as_ref().map(|ty| quote!(: #ty))
    }

    fn load(&self, dest: VarId, place: &Place, span: Span) -> TokenStream {
        let tokens = self.place_at(place, span);
        let ty = &self.function.var(dest).ty;
        let root = self.function.resolve(place).root;
        let stays = self.residuals.values.contains(&dest) || self.residuals.is_kept(root);
        if ty.is_copy() || ty.is_inactive() || !stays {
            return tokens;
        }
        self.kept_copy(ty, &quote!(&#tokens), span)
    }

    fn alias_target(&self, alias: VarId) -> (&Place, bool) {
        match &self.function.var(alias).role {
            Role::Alias { target, mutable } => (target, *mutable),
            _ => unreachable!("an alias has the role of one"),
        }
    }
}

/// `start..end`, reversed if asked for.
pub(super) fn range(
    start: &impl ToTokens,
    end: &impl ToTokens,
    inclusive: bool,
    reversed: bool,
) -> TokenStream {
    let range = if inclusive { quote!(#start..=#end) } else { quote!(#start..#end) };
    if reversed {
        quote!((#range).rev())
    } else {
        range
    }
}
