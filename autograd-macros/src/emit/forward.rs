//! The forward pass: the user's function, with what the reverse pass needs kept on the way.

use super::frames::pullback_name;
use super::names::{ends, located};
use super::Emitter;
use crate::ir::ty::Float;
use crate::ir::{
    variant_accessor, Aggregate, BinaryOp, Callee, Op, OpKind, Operand, Place, Proj, RefStyle,
    Region, Role, Tokens, Ty, UnaryOp, Value, VarId,
};
use crate::rules::{self, Rule};
use proc_macro2::{Ident, Punct, Spacing, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned, ToTokens};

/// How an operand is used, which decides how one that must stay in place is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// Ownership is taken.
    Move,
    /// A side of an operator, which works on values and references alike.
    Arithmetic,
    /// The receiver of a method, or the base of a place.
    Receiver,
}

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

    /// The statement that makes sure that a variable is the scalar that its use makes of it.
    pub(super) fn inferred_scalar(&self, var: VarId) -> Option<TokenStream> {
        let info = self.function.var(var);
        let Ty::Float(float) = &info.ty else { return None };
        let ty = match float {
            Float::F32 => quote!(f32),
            Float::F64 => quote!(f64),
            Float::Generic(name) => quote!(#name),
            Float::Literal => quote!(_),
        };
        let computed = matches!(
            self.index.definition(var),
            Some(Value::Binary(..) | Value::Unary(..) | Value::Use(_) | Value::Load(_))
        );
        if !info.inferred || computed || !self.activity.is_varied(var) {
            return None;
        }
        let name = &info.ident;
        let krate = &self.krate_at(info.span);
        Some(quote_spanned!(info.span=> #krate::private::scalar::<#ty, _>(&#name);))
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

    /// `&place`, or the place itself if it is a reference already.
    pub(super) fn reference_to(&self, place: &Place) -> TokenStream {
        let tokens = self.place(place);
        if place.path.is_empty() && self.function.var(place.root).is_reference() {
            tokens
        } else {
            quote!(&#tokens)
        }
    }

    pub(super) fn annotation(&self, var: VarId) -> Option<TokenStream> {
        self.function.var(var).annotation.as_ref().map(|ty| quote!(: #ty))
    }

    /// Whether a temporary is written where it is used.
    pub(super) fn is_inline(&self, var: VarId) -> bool {
        if !matches!(self.function.var(var).role, Role::Temp { inline: true })
            || self.residuals.is_kept(var)
            || self.fusion.is_output(var)
        {
            return false;
        }
        let is_read =
            matches!(self.index.definition(var), Some(Value::Ref { .. } | Value::Load(_)));
        if self.residuals.partials.contains_key(&var)
            || (self.residuals.is_read_again(var) && !is_read)
        {
            return false;
        }
        !self.residuals.shapes.contains(&var)
            || matches!(self.index.definition(var), Some(Value::Ref { .. } | Value::Load(_)))
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

    pub(super) fn operand(&self, operand: &Operand, usage: Use) -> Tokens {
        if let (Use::Arithmetic, Some(scalar)) = (usage, self.scalar_behind(operand)) {
            return quote_spanned!(scalar.span()=> (*#scalar)).into();
        }
        match operand {
            Operand::Literal(literal) => literal.tokens.clone(),
            Operand::Var(var) if self.is_inline(*var) => self.inline(*var, usage),
            // What is kept is a copy: a call changes the place itself.
            Operand::Var(var) if self.activity.written_through(*var).is_some() => {
                match self.index.definition(*var) {
                    Some(value) => self.value(value, self.function.var(*var).span),
                    None => self.variable(*var, usage),
                }
            }
            Operand::Var(var) => self.variable(*var, usage),
        }
    }

    /// Whether an operand may be a reference to a scalar, in a twin.
    fn may_be_behind(&self, operand: &Operand) -> bool {
        operand.var().is_some_and(|var| {
            let ty = &self.function.var(var).ty;
            self.target.args.is_twin && *ty == Ty::Unknown && self.is_written_as_reference(var)
        })
    }

    /// The reference to a scalar that an operand is, in a twin: over `f64` references have operators, but a generic
    /// scalar has none on them.
    fn scalar_behind(&self, operand: &Operand) -> Option<&Ident> {
        if !self.target.args.is_twin {
            return None;
        }
        let var = operand.var()?;
        let root = match self.index.definition(var) {
            Some(Value::Ref { place, style: RefStyle::Plain | RefStyle::AutoRef })
                if place.path.is_empty() && self.is_inline(var) =>
            {
                place.root
            }
            Some(_) => return None,
            None => var,
        };
        let info = self.function.var(root);
        (info.is_reference() && info.ty.is_float()).then_some(&info.ident)
    }

    fn inline(&self, var: VarId, usage: Use) -> Tokens {
        let span = self.function.var(var).span;
        let value = self.index.definition(var).expect("an inline temporary has a definition");
        if let Value::Load(place) = value {
            let tokens = self.place_at(place, span);
            let ty = &self.function.var(var).ty;
            let stays = self.residuals.is_kept(self.function.resolve(place).root)
                && !ty.is_copy()
                && !ty.is_inactive();
            let tokens = match usage {
                Use::Move if stays => self.kept_copy(ty, &quote!(&#tokens), span),
                Use::Arithmetic if stays => quote_spanned!(span=> &#tokens),
                _ => tokens,
            };
            return tokens.into();
        }
        // What is only used is written as itself: with the parentheses that it needs there.
        if let Value::Use(operand) = value {
            return self.operand(operand, usage);
        }
        let tokens = self.value(value, span);
        let compound = matches!(value, Value::Unary(..) | Value::Binary(..) | Value::Cast(..))
            || (matches!(
                value,
                Value::Ref { style: RefStyle::Explicit | RefStyle::ExplicitMut, .. }
            ) && usage == Use::Receiver);
        let nested = usage != Use::Move;
        if compound && nested {
            tokens.parenthesized(span)
        } else {
            tokens
        }
    }

    fn alias_target(&self, alias: VarId) -> (&Place, bool) {
        match &self.function.var(alias).role {
            Role::Alias { target, mutable } => (target, *mutable),
            _ => unreachable!("an alias has the role of one"),
        }
    }

    /// Makes sure that a method that changes an active list is that of a list.
    pub(super) fn list_guard(&self, place: &Place, span: Span) -> Option<TokenStream> {
        let root = self.function.resolve(place).root;
        let known = self.function.var(root).ty.is_list();
        if !self.activity.is_varied(root) || (known && place.path.is_empty()) {
            return None;
        }
        let (krate, place) = (&self.krate_at(span), located(self.place(place), span));
        Some(quote_spanned!(span=> #krate::private::list(&#place[..]);))
    }

    /// Makes sure that an active value that is read by its index is one of a list's or a tensor's.
    fn elements_guard(&self, dest: VarId, value: &Value, span: Span) -> Option<TokenStream> {
        let Value::Load(place) = value else { return None };
        let place = self.function.resolve(place);
        let is_indexed = matches!(place.path.first(), Some(Proj::Index(_) | Proj::Coordinates(_)));
        let is_known = self.function.var(place.root).ty != Ty::Unknown;
        if !is_indexed || is_known || !self.activity.is_active(dest) {
            return None;
        }
        let list = located(self.place(&Place::var(place.root)), span);
        let krate = &self.krate_at(span);
        Some(quote_spanned!(span=> #krate::private::indexed(&#list);))
    }

    /// Makes sure that `+=` on an active variable is that of a scalar or a tensor.
    pub(super) fn arithmetic_guard(&self, place: &Place, span: Span) -> Option<TokenStream> {
        let root = self.function.resolve(place).root;
        let ty = &self.function.var(root).ty;
        if !self.activity.is_varied(root) || ty.is_float() || matches!(ty, Ty::Tensor(_)) {
            return None;
        }
        let (krate, place) = (&self.krate_at(span), located(self.place(place), span));
        Some(quote_spanned!(span=> #krate::private::arithmetic(&#place);))
    }

    /// A value without derivative, made of operands that vary: its type must have none either, which
    /// only the type checker can tell.
    fn guarded(&self, operands: &[&Operand], tokens: TokenStream, span: Span) -> TokenStream {
        if !operands.iter().any(|operand| self.activity.operand_varied(operand)) {
            return tokens;
        }
        let (krate, tokens) = (&self.krate_at(span), located(tokens, span));
        quote_spanned!(span=> #krate::private::without_derivative(#tokens))
    }

    /// Whether an operand must stay in place and may be of a type without operators on references.
    pub(super) fn stays_without_operators(&self, operand: &Operand) -> bool {
        let Operand::Var(var) = operand else { return false };
        let ty = &self.function.var(*var).ty;
        if ty.is_float() || ty.is_inactive() || matches!(ty, crate::ir::Ty::Tensor(_)) {
            return false;
        }
        if self.is_inline(*var) {
            return match self.index.definition(*var) {
                Some(Value::Load(place)) => {
                    self.residuals.is_kept(self.function.resolve(place).root)
                }
                // A rule uses what a method is called on as a side of an operator.
                Some(Value::Ref { .. }) => !self.tangents.is_empty(),
                _ => false,
            };
        }
        self.residuals.is_kept(*var)
    }

    /// Whether an operator has a scalar on its left and what may be a tensor on its right. Over `f64` there is
    /// such an operator; of a generic scalar, as in a twin, it is a function of the runtime.
    pub(super) fn has_scalar_first(&self, op: BinaryOp, lhs: &Operand, rhs: &Operand) -> bool {
        let is_float = |operand: &Operand| match operand {
            Operand::Var(var) => self.function.var(*var).ty.is_float(),
            Operand::Literal(literal) => literal.ty.is_float(),
        };
        let known = !matches!(op, BinaryOp::Rem | BinaryOp::Bit(_));
        self.target.args.is_twin && known && is_float(lhs) && !is_float(rhs)
    }

    /// An operand as a reference.
    pub(super) fn borrowed(&self, operand: &Operand) -> TokenStream {
        let tokens = self.operand(operand, Use::Receiver).into_stream();
        let is_reference = operand.var().is_some_and(|var| self.is_written_as_reference(var));
        if is_reference {
            tokens
        } else {
            quote_spanned!(ends(&tokens).0=> &#tokens)
        }
    }

    fn variable(&self, var: VarId, usage: Use) -> Tokens {
        let info = self.function.var(var);
        let name = &info.ident;
        let borrowed = matches!(self.index.definition(var), Some(Value::Ref { style, .. }) if *style != RefStyle::AutoRef);
        let kept = self.residuals.is_kept(var);
        if kept && borrowed {
            return if usage == Use::Receiver { name.into() } else { quote!(&#name).into() };
        }
        if !kept || info.ty.is_copy() || info.ty.is_inactive() || info.is_reference() {
            return name.into();
        }
        match usage {
            Use::Move => self.kept_copy(&info.ty, &quote!(&#name), info.span).into(),
            Use::Arithmetic => quote!(&#name).into(),
            Use::Receiver => name.into(),
        }
    }

    pub(super) fn place(&self, place: &Place) -> TokenStream {
        let root = &self.function.var(place.root);
        let base = if self.is_inline(place.root) {
            self.operand(&Operand::Var(place.root), Use::Receiver).into_stream()
        } else {
            root.ident.to_token_stream()
        };
        projections(base, &place.path, |index| self.operand(index, Use::Move).into_stream())
    }

    /// A place for which an error would be at a span.
    pub(super) fn place_at(&self, place: &Place, span: Span) -> TokenStream {
        let tokens = self.place(place);
        if self.may_be_no_list(place.root, &place.path) {
            located(tokens, span)
        } else {
            tokens
        }
    }

    /// Whether something is indexed that may have no elements for all that is known.
    pub(super) fn may_be_no_list(&self, root: VarId, path: &[Proj]) -> bool {
        let is_list = self.function.var(root).ty.has_elements();
        !is_list && path.iter().any(|proj| !proj.operands().is_empty())
    }

    /// The tokens of a value.
    pub(super) fn value(&self, value: &Value, span: Span) -> Tokens {
        if let Some(pooled) = self.pooled(value, span) {
            return pooled.into();
        }
        match value {
            Value::Use(operand) | Value::Inspect { operand, .. } => {
                self.operand(operand, Use::Move)
            }
            Value::Binary(op, lhs, rhs) => self.binary_value(*op, lhs, rhs, span),
            other => self.compound(other, span).into(),
        }
    }

    fn binary_value(&self, op: BinaryOp, lhs: &Operand, rhs: &Operand, span: Span) -> Tokens {
        let (left, right) = (lhs, rhs);
        let arithmetic = !matches!(op, BinaryOp::Bit(_));
        let borrows = [lhs, rhs]
            .into_iter()
            .any(|operand| self.stays_without_operators(operand) || self.may_be_behind(operand));
        let first = self.has_scalar_first(op, lhs, rhs);
        if arithmetic && borrows && !first {
            let (lhs, rhs) = (self.borrowed(lhs), self.borrowed(rhs));
            let made =
                |operand: &Operand| operand.var().is_some_and(|var| self.tangents.contains(&var));
            let krate = if made(left) || made(right) {
                self.krate_at(span).to_token_stream()
            } else {
                self.signatures.krate_written_at(span)
            };
            let function = operator_function(op, span);
            return quote_spanned!(span=> #krate::private::#function(#lhs, #rhs)).into();
        }
        let lhs = self.operand(lhs, Use::Arithmetic);
        if first {
            let (krate, rhs) = (self.signatures.krate_written_at(span), self.borrowed(rhs));
            let function = operator_function(op, span);
            return quote_spanned!(span=> #krate::private::second::#function(#lhs, #rhs)).into();
        }
        let rhs = self.operand(rhs, Use::Arithmetic);
        let tokens = binary(op, lhs, rhs, span);
        if arithmetic {
            tokens
        } else {
            self.guarded(&[left, right], tokens.into_stream(), span).into()
        }
    }

    /// The tokens of a value that is more than a few.
    fn compound(&self, value: &Value, span: Span) -> TokenStream {
        match value {
            Value::Use(_) | Value::Inspect { .. } | Value::Binary(..) => {
                unreachable!("such a value is written where it is asked for")
            }
            Value::Load(place) => self.place(place),
            Value::Ref { place, style } => {
                let tokens = self.place(place);
                match style {
                    RefStyle::Explicit => quote_spanned!(span=> &#tokens),
                    RefStyle::ExplicitMut => quote_spanned!(span=> &mut #tokens),
                    RefStyle::Plain | RefStyle::AutoRef => tokens,
                    RefStyle::Tangent | RefStyle::TangentMut => {
                        self.tangent_argument(place, *style, span)
                    }
                }
            }
            Value::Unary(op, operand) => {
                let inner = operand;
                let borrows = self.stays_without_operators(operand) || self.may_be_behind(operand);
                if borrows && *op == UnaryOp::Neg {
                    let (krate, operand) = (&self.krate, self.borrowed(operand));
                    return quote_spanned!(span=> #krate::private::neg(#operand));
                }
                let operand = self.operand(operand, Use::Arithmetic);
                match op {
                    UnaryOp::Neg => quote_spanned!(span=> -#operand),
                    UnaryOp::Not => {
                        let tokens = quote_spanned!(span=> !#operand);
                        self.guarded(&[inner], tokens, span)
                    }
                }
            }
            Value::Cast(operand, ty) => {
                let tokens = self.operand(operand, Use::Receiver).into_stream();
                let to_integer = Ty::of(ty, &[]).is_inactive();
                let tokens =
                    if to_integer { self.guarded(&[operand], tokens, span) } else { tokens };
                quote_spanned!(span=> #tokens as #ty)
            }
            Value::Method { name, turbofish, args } => {
                self.method(name, turbofish.as_ref(), args, span)
            }
            Value::Join { path, parts, axis, .. } => {
                let parts = parts.iter().map(|part| self.operand(part, Use::Move));
                let axis = self.operand(axis, Use::Move);
                quote_spanned!(span=> #path(&[#(#parts),*], #axis))
            }
            Value::Call { callee, args } => self.plain_call(callee, args, span),
            Value::Aggregate(kind, operands) => self.aggregate(kind, operands, span),
            Value::Detach(operand) => {
                let receiver = self.operand(operand, Use::Receiver);
                let krate = &self.krate_at(span);
                let is_reference =
                    operand.var().is_some_and(|var| self.is_written_as_reference(var));
                let borrow = (!is_reference).then(|| quote!(&));
                quote_spanned!(span=> #krate::Detach::detach(#borrow #receiver))
            }
            Value::Opaque(opaque) => opaque.tokens.clone(),
        }
    }

    /// Whether the tokens for a variable are a reference already.
    pub(super) fn is_written_as_reference(&self, var: VarId) -> bool {
        match self.index.definition(var) {
            Some(Value::Ref { place, style: RefStyle::AutoRef | RefStyle::Plain })
                if self.is_inline(var) =>
            {
                place.path.is_empty() && self.function.var(place.root).is_reference()
            }
            Some(Value::Ref { style: RefStyle::Explicit | RefStyle::ExplicitMut, .. })
                if self.is_inline(var) =>
            {
                true
            }
            Some(Value::Ref { .. }) => !self.residuals.is_kept(var),
            _ => self.function.var(var).is_reference(),
        }
    }

    fn method(
        &self,
        name: &Ident,
        turbofish: Option<&syn::AngleBracketedGenericArguments>,
        args: &[Operand],
        span: Span,
    ) -> TokenStream {
        let mut receiver = self.operand(&args[0], Use::Receiver);
        // The type of a bare literal is not known to a method call: `2.0.sin()` is left to rustc.
        if let Operand::Literal(literal) = &args[0] {
            let tokens = &literal.tokens;
            receiver = quote!((#tokens)).into();
        }
        let known = |ty: &Ty| !matches!(ty, Ty::Unknown | Ty::Inactive | Ty::Tuple(_));
        let varied = args[0].var().filter(|var| self.activity.is_varied(*var));
        let doubtful = varied.is_some_and(|var| !known(&self.function.var(var).ty));
        let plain = name.to_string();
        let rule = rules::method(&plain, args.len());
        let guarded = varied.is_some() && matches!(rule, Some(Rule::Inactive));
        let krate = &self.krate_at(span);
        if guarded && doubtful && rules::is_piecewise_constant(&plain) {
            let borrow = (!self
                .is_written_as_reference(args[0].var().expect("the receiver varies")))
            .then(|| quote!(&));
            let inner = located(receiver.into_stream(), span);
            let call = quote_spanned!(span=> #krate::private::piecewise_constant(#borrow #inner));
            receiver = call.into();
        }
        if doubtful && !guarded && rules::is_common(&plain) && !self.again {
            let var = args[0].var().expect("the receiver varies");
            let borrow = (!self.is_written_as_reference(var)).then(|| quote_spanned!(span=> &));
            let inner = located(receiver.into_stream(), span);
            receiver = quote_spanned!(span=> #krate::private::receiver(#borrow #inner)).into();
        }
        let args = args[1..].iter().map(|arg| self.operand(arg, Use::Move));
        let call = quote_spanned!(span=> #receiver.#name #turbofish (#(#args),*));
        let inherent = varied.is_some_and(|var| is_inherent(&self.function.var(var).ty, &plain));
        if guarded && !inherent && !rules::is_piecewise_constant(&plain) {
            let call = located(call, span);
            return quote_spanned!(span=> #krate::private::without_derivative(#call));
        }
        call
    }

    fn plain_call(&self, callee: &Callee, args: &[Operand], span: Span) -> TokenStream {
        match callee {
            Callee::Function(path) | Callee::Associated(path) | Callee::Constant(path, _) => {
                let args = args.iter().map(|arg| self.operand(arg, Use::Move));
                quote_spanned!(span=> #path(#(#args),*))
            }
            Callee::Method(name, turbofish) => self.method(name, turbofish.as_ref(), args, span),
            Callee::Tangent(path) => {
                let name = Ident::new("__tangent", span);
                self.companion_call(path, &name, args, span)
            }
        }
    }

    /// Calls a function of the companion of another function.
    fn companion_call(
        &self,
        path: &syn::Path,
        name: &Ident,
        args: &[Operand],
        span: Span,
    ) -> TokenStream {
        let args = args.iter().map(|arg| self.operand(arg, Use::Move));
        let (path, generics) = companion_path(path);
        let generics = (!generics.is_empty()).then(|| quote!(#generics));
        quote_spanned!(span=> <#path>::#name #generics (#(#args),*))
    }

    fn augmented_call(&self, callee: &Callee, args: &[Operand], span: Span) -> TokenStream {
        match callee {
            Callee::Function(path) => {
                let name = Ident::new("__augmented", span);
                self.companion_call(path, &name, args, span)
            }
            Callee::Associated(path) => {
                let mut path = path.clone();
                let last = path.segments.last_mut().expect("a path has a segment");
                last.ident = augmented_name(&last.ident);
                let args = args.iter().map(|arg| self.operand(arg, Use::Move));
                quote_spanned!(span=> #path(#(#args),*))
            }
            Callee::Constant(..) | Callee::Tangent(_) => {
                unreachable!("such a call is never active")
            }
            Callee::Method(name, turbofish) => {
                let name = augmented_name(name);
                let receiver = self.operand(&args[0], Use::Receiver);
                let args = args[1..].iter().map(|arg| self.operand(arg, Use::Move));
                quote_spanned!(span=> #receiver.#name #turbofish (#(#args),*))
            }
        }
    }

    fn aggregate(&self, kind: &Aggregate, operands: &[Operand], span: Span) -> TokenStream {
        let parts: Vec<Tokens> =
            operands.iter().map(|operand| self.operand(operand, Use::Move)).collect();
        match kind {
            Aggregate::Tuple => quote_spanned!(span=> (#(#parts,)*)),
            Aggregate::Array => quote_spanned!(span=> [#(#parts),*]),
            Aggregate::Vec => quote_spanned!(span=> ::std::vec![#(#parts),*]),
            Aggregate::ArrayRepeat => quote_spanned!(span=> [#(#parts);*]),
            Aggregate::VecRepeat => quote_spanned!(span=> ::std::vec![#(#parts);*]),
            Aggregate::TupleStruct { path } => quote_spanned!(span=> #path(#(#parts),*)),
            Aggregate::Variant { path, members } => {
                if let Some(syn::Member::Named(_)) = members.first() {
                    quote_spanned!(span=> #path { #(#members: #parts,)* })
                } else {
                    quote_spanned!(span=> #path(#(#parts),*))
                }
            }
            Aggregate::Struct { path, members, base } => {
                let (parts, rest) = parts.split_at(members.len());
                let rest = base.then(|| quote!(..#(#rest)*));
                quote_spanned!(span=> #path { #(#members: #parts,)* #rest })
            }
        }
    }
}

/// The path of a function's companion. Generic arguments are those of the function, not of its companion.
pub(super) fn companion_path(function: &syn::Path) -> (syn::Path, syn::PathArguments) {
    let mut path = function.clone();
    let last = path.segments.last_mut().expect("a path has a segment");
    let generics = std::mem::take(&mut last.arguments);
    (path, generics)
}

/// Appends a path to a base.
pub(super) fn projections(
    base: TokenStream,
    path: &[Proj],
    index: impl Fn(&Operand) -> TokenStream,
) -> TokenStream {
    path.iter().fold(base, |base, proj| match proj {
        Proj::Field(member) => quote!(#base.#member),
        Proj::Variant(variant, member) => {
            let accessor = variant_accessor(variant, member);
            quote!((*#base.#accessor()))
        }
        Proj::Deref => quote!((*#base)),
        Proj::Index(operand) => {
            let operand = index(operand);
            quote!(#base[#operand])
        }
        Proj::Coordinates(operands) => {
            let operands = operands.iter().map(&index);
            quote!(#base[[#(#operands),*]])
        }
        Proj::Slice { start, end, inclusive } => {
            let start = start.as_ref().map(&index);
            let end = end.as_ref().map(&index);
            if *inclusive {
                quote!(#base[#start..=#end])
            } else {
                quote!(#base[#start..#end])
            }
        }
    })
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

/// Whether a method without derivative is certainly the type's own and not of a trait.
fn is_inherent(ty: &Ty, name: &str) -> bool {
    match ty {
        Ty::Array(..) | Ty::Slice(_) | Ty::Vec(_) => {
            matches!(name, "len" | "is_empty" | "contains")
        }
        Ty::Tensor(_) => matches!(name, "len" | "is_empty" | "shape"),
        Ty::Float(_) => name.starts_with("is_") || rules::is_of_bits(name),
        _ => false,
    }
}

/// The function of the runtime that applies an operator to references.
pub(super) fn operator_function(op: BinaryOp, span: Span) -> Ident {
    let name = match op {
        BinaryOp::Add => "add",
        BinaryOp::Sub => "sub",
        BinaryOp::Mul => "mul",
        BinaryOp::Div => "div",
        BinaryOp::Rem => "rem",
        BinaryOp::Bit(_) => unreachable!("integers have operators"),
    };
    Ident::new(name, span)
}

/// The name of the method that stands beside a differentiable method for callers. Where there is
/// none, rustc shows this name.
pub(super) fn augmented_name(name: &Ident) -> Ident {
    let plain = name.to_string();
    format_ident!("differentiable_{}", plain.trim_start_matches("r#"), span = name.span())
}

pub(super) fn binary(
    op: BinaryOp,
    lhs: impl Into<Tokens>,
    rhs: impl Into<Tokens>,
    span: Span,
) -> Tokens {
    let symbol = op.symbol();
    let puncts = symbol.chars().enumerate().map(|(at, char)| {
        let last = at + 1 == symbol.len();
        let mut punct = Punct::new(char, if last { Spacing::Alone } else { Spacing::Joint });
        punct.set_span(span);
        punct
    });
    lhs.into().binary(puncts, rhs.into())
}
