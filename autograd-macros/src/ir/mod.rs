//! The intermediate representation of a differentiable function.
//!
//! # Laws
//!
//! 1. A function is a tree of [`Region`]s; control flow is an operation that owns regions.
//! 2. Every operand is a variable or a literal: nested expressions have been flattened into
//!    temporaries, in evaluation order.
//! 3. A variable is defined exactly once, by a parameter, a [`OpKind::Define`], an
//!    [`OpKind::Alias`], a loop, or an [`OpKind::If`] with a value, and is used only in its region
//!    or in regions nested in it, after the definition.
//! 4. Only variables of [`Role::Mutable`] are targets of stores; all others hold one value for
//!    as long as they live, so that a variable *is* its value.
//! 5. Mutable variables are defined by copies, calls and aggregates, of which no rule asks for the
//!    result, and are read through loads ([`Value::Load`], [`Value::Ref`]), which name the
//!    moment of reading.
//! 6. No two variables are emitted under the same name, so regions can be flattened freely.
//! 7. Control leaves a region early only through an [`OpKind::Exit`], which is the region's last
//!    operation. What comes after an operation that control may leave through is an
//!    [`OpKind::Rest`], the last operation of its region: so every operation of a region runs
//!    whenever the region is entered, and the reverse pass asks for each region only whether it was.
//!
//! [`verify`](verify::verify) checks these laws after each pass that makes IR.

mod ids;
mod names;
mod op;
mod place;
pub(crate) mod print;
mod tokens;
pub(crate) mod ty;
mod value;
pub(crate) mod verify;
mod visit;

pub(crate) use ids::{IdMap, IdSet, IdTable};
pub(crate) use names::Names;
pub(crate) use op::{Arm, EachForm, Exit, Mutation, Op, OpKind, Scrutinee, Snapshots, Source};
pub(crate) use place::{variant_accessor, Operand, Place, Proj};
use proc_macro2::{Ident, Span};
pub(crate) use tokens::Tokens;
pub(crate) use ty::Ty;
pub(crate) use value::{
    Aggregate, BinaryOp, Callee, Join, Opaque, RefStyle, Reject, UnaryOp, Value,
};

/// A variable of the function: parameter, local, loop variable or temporary.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) struct VarId(pub(crate) u32);

/// A region, numbered in order of creation; region 0 is the function's body.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) struct RegionId(pub(crate) u32);

/// An operation, numbered in order of creation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) struct OpId(pub(crate) u32);

#[derive(Clone)]
pub(crate) struct Function {
    pub(crate) params: Vec<VarId>,
    /// Whether a gradient with respect to each parameter was asked for.
    pub(crate) active: Vec<bool>,
    pub(crate) vars: Vec<Var>,
    pub(crate) body: Region,
    /// Nested items of the body, carried over as they are.
    pub(crate) items: Vec<syn::Item>,
}

impl Function {
    /// A function that does nothing.
    pub(crate) fn empty() -> Self {
        Self {
            params: Vec::new(),
            active: Vec::new(),
            vars: Vec::new(),
            body: Region::empty(RegionId(0)),
            items: Vec::new(),
        }
    }

    pub(crate) fn var(&self, id: VarId) -> &Var {
        &self.vars[id.0 as usize]
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = VarId> {
        (0..u32::try_from(self.vars.len()).unwrap_or(u32::MAX)).map(VarId)
    }

    /// Whether a call may write through an argument that is defined by `value`. A reference that is
    /// passed on, and the receiver of a method, tell it only to the type checker.
    pub(crate) fn may_write(&self, value: &Value) -> bool {
        let Value::Ref { place, style } = value else { return false };
        match style {
            RefStyle::ExplicitMut | RefStyle::TangentMut => true,
            RefStyle::Explicit | RefStyle::Tangent => false,
            RefStyle::Plain => self.is_mutable_reference(place),
            RefStyle::AutoRef => {
                let root = self.var(self.resolve(place).root);
                root.is_mutable() && !self.is_shared(place)
            }
        }
    }

    /// Whether a place is a variable that refers to what may be changed.
    pub(crate) fn is_mutable_reference(&self, place: &Place) -> bool {
        place.path.is_empty()
            && matches!(
                self.var(place.root).role,
                Role::InOut { .. } | Role::Alias { mutable: true, .. }
            )
    }

    /// Whether a place is reached through a shared reference.
    fn is_shared(&self, place: &Place) -> bool {
        matches!(self.var(place.root).role, Role::Alias { mutable: false, .. })
    }

    /// What is known of the type of a place.
    pub(crate) fn place_ty(&self, place: &Place) -> Ty {
        let place = self.resolve(place);
        let mut ty = self.var(place.root).ty.clone();
        for proj in &place.path {
            ty = match proj {
                Proj::Field(member) => ty.field(member),
                Proj::Index(_) => ty.element(),
                Proj::Coordinates(_) => ty.coordinates(),
                Proj::Deref => ty,
                Proj::Slice { .. } => match ty.element() {
                    Ty::Unknown => Ty::Unknown,
                    element => Ty::Slice(Box::new(element)),
                },
                Proj::Variant(..) => Ty::Unknown,
            };
        }
        ty
    }

    /// Follows aliases to the variable that owns the memory, with the whole path to it.
    pub(crate) fn resolve(&self, place: &Place) -> Place {
        let mut place = place.clone();
        while let Role::Alias { target, .. } = &self.var(place.root).role {
            let mut path = target.path.clone();
            let rest = match place.path.first() {
                Some(Proj::Deref) => &place.path[1..],
                _ => &place.path[..],
            };
            path.extend_from_slice(rest);
            place = Place { root: target.root, path };
        }
        if self.var(place.root).is_reference() && matches!(place.path.first(), Some(Proj::Deref)) {
            place.path.remove(0);
        }
        place
    }
}

#[derive(Clone)]
pub(crate) struct Var {
    /// The name it is emitted under; unique in the function.
    pub(crate) ident: Ident,
    /// The user's name, for reports.
    pub(crate) source: Option<String>,
    pub(crate) span: Span,
    pub(crate) ty: Ty,
    /// Whether the type follows from how the variable is used, so that it is to be made sure of.
    pub(crate) inferred: bool,
    /// The user's type annotation of a `let`, carried over.
    pub(crate) annotation: Option<syn::Type>,
    pub(crate) role: Role,
    pub(crate) region: RegionId,
}

impl Var {
    /// A variable that the user gave no name.
    pub(crate) fn unnamed(ident: Ident, span: Span, ty: Ty, role: Role, region: RegionId) -> Self {
        Self { ident, source: None, span, ty, inferred: false, annotation: None, role, region }
    }

    /// Whether the variable holds a reference, so that plain uses of its name are borrows.
    pub(crate) fn is_reference(&self) -> bool {
        matches!(
            self.role,
            Role::Param { by_ref: true, .. } | Role::InOut { .. } | Role::Alias { .. }
        )
    }

    /// Whether it can come to hold an active value.
    pub(crate) fn can_vary(&self) -> bool {
        matches!(self.role, Role::Mutable | Role::InOut { active: true })
    }

    pub(crate) fn is_mutable(&self) -> bool {
        matches!(self.role, Role::Mutable | Role::InOut { .. })
    }
}

#[derive(Clone)]
pub(crate) enum Role {
    /// A parameter; `active` if a gradient with respect to it was asked for.
    Param { by_ref: bool, active: bool },
    /// A parameter taken by `&mut`: memory of the caller's, with a value on entry and one on exit;
    /// `active` if a gradient with respect to the value on entry was asked for.
    InOut { active: bool },
    /// An immutable `let`.
    Let,
    /// A local, or a parameter taken by value, that can be stored to.
    Mutable,
    /// The unnamed result of an operation. `inline` temporaries are written where they are used.
    Temp { inline: bool },
    /// The variable of a `for` over a range, or the hidden index of a `for` over elements.
    LoopIndex,
    /// A name for a place: `let r = &a.b[i];`, or the element of a `for` over a slice.
    Alias { target: Place, mutable: bool },
}

#[derive(Clone)]
pub(crate) struct Region {
    pub(crate) id: RegionId,
    pub(crate) ops: Vec<Op>,
    /// The value of the region, if it has one.
    pub(crate) result: Option<Operand>,
}

impl Region {
    pub(crate) fn empty(id: RegionId) -> Self {
        Self { id, ops: Vec::new(), result: None }
    }

    /// Whether an exit in it ends or repeats the loop or block that it is the body of.
    pub(crate) fn is_left(&self) -> bool {
        self.ops.iter().any(|op| op.kind.exits().iter().any(|exit| exit.target() == self.id))
    }

    /// Whether control never comes to its end.
    pub(crate) fn diverges(&self) -> bool {
        self.ops.last().is_some_and(|op| op.kind.diverges())
    }
}
