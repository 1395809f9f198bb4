//! Writes the tangent pass: the function itself, with the tangent of each active value beside it.
//!
//! The result is a function in the same IR. For each primal variable `x` that carries a derivative there
//! is a variable `x_dot`; each operation is followed by the one that computes the tangent of its result, by
//! the same rules as the reverse pass. What a rule gives for the cotangent of an operand is linear in the
//! cotangent of the result: with the operand's tangent in its place it is what the operand contributes to
//! the result's tangent.

mod call;
mod control;
mod define;
mod rows;
mod structural;
mod write;

pub(crate) use call::tangent_name;

use crate::analysis::activity::Activity;
use crate::analysis::index::Index;
use crate::ir::ty::Float;
use crate::ir::{
    Callee, Function, IdMap, IdSet, Names, Op, OpId, OpKind, Operand, Place, Proj, RefStyle,
    Region, RegionId, Role, Ty, Value, Var, VarId,
};
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

/// A function that computes tangents, and what its emission has to know.
pub(crate) struct Forward {
    /// The result is the pair of the value and its tangent.
    pub(crate) function: Function,
    /// Variables that are read again, so that they are not moved.
    pub(crate) kept: IdSet<VarId>,
    /// Variables that hold tangents.
    pub(crate) tangents: IdSet<VarId>,
    /// The parameters with their tangents.
    pub(crate) params: Vec<(VarId, VarId)>,
    /// An operation whose tangent is not known.
    pub(crate) missing: Option<String>,
}

/// Writes the tangent pass of a function. `krate` is the path of the runtime; `generic` if a scalar of which
/// only the kind is known may be of a generic type.
pub(crate) fn forward(
    function: &Function,
    activity: &Activity,
    index: &Index<'_>,
    krate: &TokenStream,
    generic: bool,
) -> Forward {
    let function = &differentiable_memory(function, activity);
    let mut names = Names::default();
    names.extend(function.ids().map(|id| function.var(id).ident.to_string()));
    let mut writer = Writer {
        primal: function,
        activity,
        index,
        krate,
        generic,
        vars: function.vars.clone(),
        names,
        dots: IdMap::new(),
        owned: IdSet::new(),
        refs: IdMap::new(),
        kept: IdSet::new(),
        tangents: IdSet::new(),
        open: vec![(function.body.id, Vec::new())],
        pending: Vec::new(),
        outer: None,
        missing: None,
        waiting: Vec::new(),
        next_op: count_ops(&function.body),
        next_region: count_regions(&function.body),
    };
    let active = function.params.iter().zip(&function.active).filter(|(_, active)| **active);
    let params: Vec<(VarId, VarId)> =
        active.map(|(param, _)| (*param, writer.parameter(*param))).collect();
    writer.ops(&function.body);
    let result = writer.result(function.body.result.as_ref());
    let (id, ops) = writer.open.pop().expect("the body is open");
    let mut kept = writer.kept;
    kept.extend(writer.dots.values().filter(|dot| !writer.refs.contains_key(dot)));
    let mut tangents = writer.tangents;
    tangents.extend(writer.dots.values());
    let function = Function {
        params: function.params.iter().copied().chain(params.iter().map(|(_, dot)| *dot)).collect(),
        active: Vec::new(),
        vars: writer.vars,
        body: Region { id, ops, result: Some(result) },
        items: function.items.clone(),
    };
    Forward { function, kept, tangents, params, missing: writer.missing }
}

/// The function, with the types of variables forgotten that hold derivatives although their first value
/// has none.
fn differentiable_memory(function: &Function, activity: &Activity) -> Function {
    let mut function = function.clone();
    for id in function.ids() {
        let var = &mut function.vars[id.0 as usize];
        if var.is_mutable() && var.ty.is_inactive() && activity.is_active(id) {
            var.ty = Ty::Unknown;
        }
    }
    function
}

/// One more than the largest number of an operation.
fn count_ops(region: &Region) -> u32 {
    let inner = |op: &Op| op.kind.regions().into_iter().map(count_ops).max().unwrap_or(0);
    region.ops.iter().map(|op| inner(op).max(op.id.0 + 1)).max().unwrap_or(0)
}

/// One more than the largest number of a region.
fn count_regions(region: &Region) -> u32 {
    let inner = region.ops.iter().flat_map(|op| op.kind.regions()).map(count_regions);
    inner.max().unwrap_or(0).max(region.id.0 + 1)
}

struct Writer<'a> {
    primal: &'a Function,
    activity: &'a Activity,
    index: &'a Index<'a>,
    krate: &'a TokenStream,
    generic: bool,
    vars: Vec<Var>,
    names: Names,
    /// The tangents of variables.
    dots: IdMap<VarId, VarId>,
    /// Tangents that are values where their primals are references.
    owned: IdSet<VarId>,
    /// The borrows that define variables of the tangent pass.
    refs: IdMap<VarId, Place>,
    kept: IdSet<VarId>,
    tangents: IdSet<VarId>,
    /// The regions that are being written.
    open: Vec<(RegionId, Vec<Op>)>,
    /// What goes first into the rest of the open region.
    pending: Vec<Op>,
    /// Where the tangent of a variable goes, if it is the value of a region around that control may leave
    /// before.
    outer: Option<(VarId, VarId)>,
    /// Names bound by patterns whose places are known only after some operations.
    waiting: Vec<(VarId, Place)>,
    missing: Option<String>,
    next_op: u32,
    next_region: u32,
}

impl Writer<'_> {
    fn parameter(&mut self, param: VarId) -> VarId {
        let role = match &self.primal.var(param).role {
            Role::InOut { .. } => Role::InOut { active: false },
            Role::Param { by_ref: true, .. } => Role::Param { by_ref: true, active: false },
            Role::Mutable => Role::Mutable,
            _ => Role::Let,
        };
        self.dot_of(param, role)
    }

    /// Whether a variable carries a derivative.
    fn has_dot(&self, var: VarId) -> bool {
        if self.dots.contains_key(&var) {
            return true;
        }
        let info = self.primal.var(var);
        if info.ty.is_inactive() {
            return false;
        }
        match &info.role {
            Role::LoopIndex | Role::Param { .. } | Role::InOut { .. } => false,
            Role::Alias { target, .. } => self.has_dot(target.root),
            _ => self.activity.is_active(var),
        }
    }

    /// A new variable for the tangent of `var`.
    fn dot_of(&mut self, var: VarId, role: Role) -> VarId {
        let info = &self.vars[var.0 as usize];
        let (name, span) = (info.ident.to_string(), info.span);
        let (ty, region) = (info.ty.clone(), info.region);
        let name = self.fresh(&format!("{}_dot", name.trim_start_matches("r#")));
        let ident = Ident::new(&name, Span::mixed_site().located_at(span));
        let dot = self.push_var(Var::unnamed(ident, span, ty, role, region));
        self.dots.insert(var, dot);
        dot
    }

    /// The tangent of `var`, in its role.
    fn dot_alike(&mut self, var: VarId) -> VarId {
        let role = match &self.primal.var(var).role {
            Role::Mutable => Role::Mutable,
            Role::Let => Role::Let,
            _ => Role::Temp { inline: false },
        };
        self.dot_of(var, role)
    }

    fn temp(&mut self, ty: Ty, span: Span, role: Role) -> VarId {
        let name = self.fresh("dot");
        let ident = Ident::new(&name, Span::mixed_site().located_at(span));
        let region = self.region();
        let temp = self.push_var(Var::unnamed(ident, span, ty, role, region));
        self.tangents.insert(temp);
        temp
    }

    fn fresh(&mut self, name: &str) -> String {
        if self.names.insert(name.to_owned()) {
            return name.to_owned();
        }
        self.names.numbered(name)
    }

    fn push_var(&mut self, var: Var) -> VarId {
        let id = VarId(u32::try_from(self.vars.len()).unwrap_or(u32::MAX));
        self.vars.push(var);
        id
    }

    fn region(&self) -> RegionId {
        self.open.last().expect("a region is open").0
    }

    fn push(&mut self, op: Op) {
        self.open.last_mut().expect("a region is open").1.push(op);
    }

    fn emit(&mut self, kind: OpKind, span: Span) {
        let op = self.new_op(kind, span);
        self.push(op);
    }

    fn new_op(&mut self, kind: OpKind, span: Span) -> Op {
        let id = OpId(self.next_op);
        self.next_op += 1;
        Op { id, kind, span, recording: true }
    }

    /// Defines a new temporary. It is written where it is used, if it is used once and nothing comes
    /// between.
    fn define(&mut self, value: Value, ty: Ty, span: Span, inline: bool) -> Operand {
        let dest = self.temp(ty, span, Role::Temp { inline });
        if let Value::Ref { place, .. } = &value {
            self.refs.insert(dest, place.clone());
        }
        self.emit(OpKind::Define { dest, value }, span);
        Operand::Var(dest)
    }

    /// Defines the tangent of `var`.
    fn define_dot(&mut self, var: VarId, value: Value, span: Span) -> VarId {
        let dot = self.dot_alike(var);
        self.emit(OpKind::Define { dest: dot, value }, span);
        dot
    }

    fn ty(&self, operand: &Operand) -> Ty {
        match operand {
            Operand::Var(var) => self.vars[var.0 as usize].ty.clone(),
            Operand::Literal(literal) => literal.ty.clone(),
        }
    }

    /// The tangent of an operand, if it carries one.
    fn dot(&self, operand: &Operand) -> Option<Operand> {
        self.dots.get(&operand.var()?).map(|dot| Operand::Var(*dot))
    }

    /// The tangent of a place, if it carries one.
    fn dot_place(&mut self, place: &Place) -> Option<Place> {
        let root = *self.dots.get(&place.root)?;
        for index in place.indices().cloned().collect::<Vec<_>>() {
            self.pin(&index);
        }
        let is_reference = self.vars[root.0 as usize].is_reference() && !self.owned.contains(&root);
        let mut path = Vec::with_capacity(place.path.len());
        for (position, proj) in place.path.iter().enumerate() {
            if !matches!(proj, Proj::Deref) || (position == 0 && is_reference) {
                path.push(proj.clone());
            }
        }
        Some(Place { root, path })
    }

    /// Whether a field on the path may have no gradient.
    fn is_doubtful(&self, place: &Place) -> bool {
        let mut ty = self.vars[place.root.0 as usize].ty.clone();
        place.path.iter().any(|proj| {
            let doubtful = matches!(proj, Proj::Field(_)) && !matches!(ty, Ty::Tuple(_));
            ty = match proj {
                Proj::Field(member) => ty.field(member),
                Proj::Index(_) => ty.element(),
                Proj::Coordinates(_) => ty.coordinates(),
                Proj::Deref | Proj::Slice { .. } => ty.clone(),
                Proj::Variant(..) => Ty::Unknown,
            };
            doubtful
        })
    }

    /// The borrow that defines a variable.
    fn borrowed(&self, var: VarId) -> Option<Place> {
        match self.index.definition(var) {
            Some(Value::Ref { place, .. }) => Some(place.clone()),
            _ => self.refs.get(&var).cloned(),
        }
    }

    /// Evaluates an operand once, where it stands.
    fn pin(&mut self, operand: &Operand) {
        let Operand::Var(var) = operand else { return };
        match self.index.definition(*var) {
            Some(Value::Ref { .. } | Value::Load(_)) => return,
            // What is cut off may be borrowed from a temporary.
            Some(Value::Detach(inner)) => self.pin(inner),
            _ => {}
        }
        if self.refs.contains_key(var) {
            return;
        }
        if let Role::Temp { inline } = &mut self.vars[var.0 as usize].role {
            *inline = false;
        }
    }

    /// Lets an operand be read once more than the function reads it.
    fn keep(&mut self, operand: &Operand) {
        self.pin(operand);
        let Operand::Var(var) = operand else { return };
        if let Some(place) = self.borrowed(*var) {
            self.keep_place(&place);
            return;
        }
        if self.is_cut_off(*var) {
            return;
        }
        if let Some(Value::Load(place)) = self.index.definition(*var) {
            if matches!(self.vars[var.0 as usize].role, Role::Temp { inline: true }) {
                self.keep_place(&place.clone());
                return;
            }
        }
        self.kept.insert(*var);
    }

    /// Whether a variable is what `.detach()` gives, which is a borrow.
    fn is_cut_off(&self, var: VarId) -> bool {
        match self.index.definition(var) {
            Some(Value::Detach(inner)) => {
                inner
                    .var()
                    .is_some_and(|inner| self.is_cut_off(inner) || self.borrowed(inner).is_some())
                    || !self.vars[var.0 as usize].ty.is_float()
            }
            Some(Value::Use(Operand::Var(source))) => self.is_cut_off(*source),
            _ => false,
        }
    }

    fn keep_place(&mut self, place: &Place) {
        for index in place.indices().cloned().collect::<Vec<_>>() {
            self.keep(&index);
        }
        self.kept.insert(self.primal_root(place));
    }

    fn primal_root(&self, place: &Place) -> VarId {
        let known = (place.root.0 as usize) < self.primal.vars.len();
        if known {
            self.primal.resolve(place).root
        } else {
            place.root
        }
    }

    /// An operand as a reference.
    fn borrow(&mut self, operand: &Operand, span: Span) -> Operand {
        self.pin(operand);
        let place = match operand {
            Operand::Var(var) => self.borrowed(*var).unwrap_or_else(|| Place::var(*var)),
            Operand::Literal(literal) => {
                let value = Value::Use(operand.clone());
                let held = self.define(value, literal.ty.clone(), span, false);
                Place::var(held.var().expect("a definition gives a variable"))
            }
        };
        self.borrow_place(place, span)
    }

    fn borrow_place(&mut self, place: Place, span: Span) -> Operand {
        let is_reference = place.path.is_empty() && self.vars[place.root.0 as usize].is_reference();
        let style = if is_reference { RefStyle::Plain } else { RefStyle::Explicit };
        let whole = place.path.iter().all(|proj| matches!(proj, Proj::Deref));
        let ty = if whole { self.vars[place.root.0 as usize].ty.clone() } else { Ty::Unknown };
        self.define(Value::Ref { place, style }, ty, span, true)
    }

    /// An operand as a value of its own.
    fn owned(&mut self, operand: &Operand, span: Span) -> Operand {
        let Operand::Var(var) = operand else { return operand.clone() };
        let info = &self.vars[var.0 as usize];
        let is_reference = info.is_reference() || self.borrowed(*var).is_some();
        if !is_reference && (info.ty.is_copy() || info.ty.is_inactive()) {
            return operand.clone();
        }
        let ty = info.ty.clone();
        let reference = self.borrow(operand, span);
        self.call(&["keep"], vec![reference], ty, span)
    }

    /// Calls a function of the runtime's private module.
    fn call(&mut self, path: &[&str], args: Vec<Operand>, ty: Ty, span: Span) -> Operand {
        let callee = Callee::Associated(self.path(path, span));
        self.define(Value::Call { callee, args }, ty, span, true)
    }

    fn path(&self, segments: &[&str], span: Span) -> syn::Path {
        let krate = self.krate;
        let segments = segments.iter().map(|segment| Ident::new(segment, span));
        let tokens = relocated(quote!(#krate::private #(::#segments)*), span);
        syn::parse2(tokens).expect("the path of the runtime is a path")
    }

    /// The tangent of a constant, or of what is one here.
    fn zero(&mut self, operand: &Operand, span: Span) -> Operand {
        let ty = self.ty(operand);
        if let Some(zero) = self.zero_of(&ty, span) {
            return zero;
        }
        if let Operand::Literal(literal) = operand {
            if is_none(&literal.tokens.stream()) {
                return operand.clone();
            }
        }
        let reference = self.borrow(operand, span);
        self.call(&["tangent", "zero"], vec![reference], ty, span)
    }

    fn zero_of_place(&mut self, place: &Place, span: Span) -> Operand {
        let ty = self.primal.place_ty(place);
        if let Some(zero) = self.zero_of(&ty, span) {
            return zero;
        }
        for index in place.indices().cloned().collect::<Vec<_>>() {
            self.pin(&index);
        }
        let reference = self.borrow_place(place.clone(), span);
        self.call(&["tangent", "zero"], vec![reference], ty, span)
    }

    fn zero_of(&self, ty: &Ty, span: Span) -> Option<Operand> {
        let krate = self.krate;
        let tokens = match ty {
            Ty::Float(Float::F32) => quote_spanned!(span=> 0.0_f32),
            Ty::Float(Float::F64) => quote_spanned!(span=> 0.0_f64),
            Ty::Float(Float::Literal) if !self.generic => quote_spanned!(span=> 0.0),
            Ty::Float(Float::Generic(name)) => quote_spanned!(span=> <#name as #krate::Real>::ZERO),
            Ty::Inactive => quote_spanned!(span=> #krate::NoTangent),
            _ => return None,
        };
        Some(Operand::literal(tokens, ty.clone()))
    }

    fn dot_or_zero(&mut self, operand: &Operand, span: Span) -> Operand {
        self.dot(operand).unwrap_or_else(|| self.zero(operand, span))
    }

    /// The function's value with its tangent.
    fn result(&mut self, result: Option<&Operand>) -> Operand {
        let span = Span::mixed_site();
        let parts = if let Some(result) = result {
            let dot = self.dot_or_zero(result, span);
            vec![result.clone(), dot]
        } else {
            let krate = self.krate;
            let unit = |tokens: TokenStream| Operand::literal(tokens, Ty::Inactive);
            vec![unit(quote!(())), unit(quote!(#krate::NoTangent))]
        };
        let value = Value::Aggregate(crate::ir::Aggregate::Tuple, parts);
        self.define(value, Ty::Unknown, span, true)
    }
}

/// Whether a constant is `None`, whose tangent is `None`.
fn is_none(tokens: &TokenStream) -> bool {
    let last = tokens.clone().into_iter().last();
    matches!(last, Some(TokenTree::Ident(name)) if name == "None")
}

/// The same tokens, as if the user had written them at `span`.
fn relocated(tokens: TokenStream, span: Span) -> TokenStream {
    let relocate = |mut token: TokenTree| {
        token.set_span(token.span().located_at(span));
        token
    };
    tokens.into_iter().map(relocate).collect()
}
