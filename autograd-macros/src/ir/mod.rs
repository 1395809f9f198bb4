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
pub(crate) mod print;
mod tokens;
pub(crate) mod ty;
pub(crate) mod verify;
mod visit;

pub(crate) use ids::{IdMap, IdSet, IdTable};
pub(crate) use names::Names;
use proc_macro2::{Ident, Span, TokenStream};
use std::rc::Rc;
use syn::Member;
pub(crate) use tokens::Tokens;
pub(crate) use ty::Ty;

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

#[derive(Clone)]
pub(crate) struct Op {
    pub(crate) id: OpId,
    pub(crate) kind: OpKind,
    pub(crate) span: Span,
    /// False inside `no_grad!`: the operation's results are constants for the gradient.
    pub(crate) recording: bool,
}

#[derive(Clone)]
pub(crate) enum OpKind {
    /// `let dest = value;`
    Define {
        dest: VarId,
        value: Value,
    },
    /// `let alias = &target;`, the target being in the alias's role. `rebind` if it is spelled
    /// without `&`, because what is on the right is a reference already.
    Alias {
        alias: VarId,
        rebind: bool,
    },
    /// `let (low, high) = place.split_at_mut(middle);`, as the targets of the two aliases say.
    Split {
        low: VarId,
        high: VarId,
    },
    /// `let dest;`
    Declare {
        dest: VarId,
    },
    /// `place = value;`
    Store {
        place: Place,
        value: Operand,
    },
    /// `place += value;` or, negated, `place -= value;`
    AddAssign {
        place: Place,
        value: Operand,
        negate: bool,
    },
    /// `place.push(x);` and other methods that change a list in place.
    Mutate {
        mutation: Mutation,
        place: Place,
        args: Vec<Operand>,
    },
    /// A statement that is carried over whole.
    Effect(Opaque),
    If {
        cond: Operand,
        then: Region,
        els: Region,
        dest: Option<VarId>,
    },
    /// `match` and `if let`.
    Match {
        scrutinee: Vec<Scrutinee>,
        arms: Vec<Arm>,
        dest: Option<VarId>,
    },
    For {
        source: Source,
        body: Region,
    },
    /// `while cond { body }`, or `loop { body }` without a condition.
    Loop {
        cond: Option<Region>,
        body: Region,
    },
    /// A block that control may leave early: a labelled block, or the part of the function's body
    /// that returns. Its value goes through a variable.
    Block {
        body: Region,
    },
    /// `swap(&mut a, &mut b)` of two local lists.
    Exchange {
        a: VarId,
        b: VarId,
    },
    /// What comes after an operation that control may leave through.
    Rest {
        body: Region,
        dest: Option<VarId>,
    },
    /// A block of which nothing is kept but what enters it: the reverse pass runs it again. It writes to
    /// nothing that is defined outside, and control does not leave it early.
    Checkpoint {
        body: Region,
        dest: Option<VarId>,
    },
    /// Leaves all regions up to that of the target.
    Exit(Exit),
}

/// A change of a list in place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mutation {
    /// `push(value)`; a second operand is the length before.
    Push,
    /// `swap(i, j)`
    Swap,
    /// `fill(value)`
    Fill,
    /// `copy_from_slice(&list)` or `clone_from_slice`.
    CopyFrom,
    /// `reverse()`; an operand is the length.
    Reverse,
    /// `truncate(len)`
    Truncate,
}

impl Mutation {
    /// The operand whose value goes into the list.
    pub(crate) fn stores(self) -> Option<usize> {
        matches!(self, Self::Push | Self::Fill | Self::CopyFrom).then_some(0)
    }

    /// Whether nothing of what the list held is left.
    pub(crate) fn overwrites(self) -> bool {
        matches!(self, Self::Fill | Self::CopyFrom)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::Swap => "swap",
            Self::Fill => "fill",
            Self::CopyFrom => "clone_from_slice",
            Self::Reverse => "reverse",
            Self::Truncate => "truncate",
        }
    }
}

/// A place that is matched; several are matched as a tuple.
#[derive(Clone)]
pub(crate) struct Scrutinee {
    pub(crate) place: Place,
    /// `&place`
    pub(crate) borrow: bool,
}

/// An arm of a `match`.
#[derive(Clone)]
pub(crate) struct Arm {
    /// The pattern, with the names that its variables are emitted under.
    pub(crate) pat: TokenStream,
    pub(crate) guard: Option<Opaque>,
    /// Variables that the pattern binds: aliases, and values whose definitions are the region's
    /// first operations.
    pub(crate) bound: Vec<VarId>,
    /// Parts of the scrutinee that are compared with floating-point numbers.
    pub(crate) compared: Vec<(Place, Span)>,
    pub(crate) body: Region,
}

/// Where control goes when it leaves a region early.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Exit {
    /// To what follows the loop or block with this body.
    Break(RegionId),
    /// To the next iteration of the loop with this body.
    Continue(RegionId),
}

impl Exit {
    pub(crate) fn target(self) -> RegionId {
        match self {
            Self::Break(target) | Self::Continue(target) => target,
        }
    }
}

impl OpKind {
    /// The regions that the operation owns.
    pub(crate) fn regions(&self) -> Vec<&Region> {
        match self {
            Self::If { then, els, .. } => vec![then, els],
            Self::Match { arms, .. } => arms.iter().map(|arm| &arm.body).collect(),
            Self::For { body, .. }
            | Self::Block { body }
            | Self::Rest { body, .. }
            | Self::Checkpoint { body, .. } => vec![body],
            Self::Loop { cond, body } => cond.iter().chain([body]).collect(),
            _ => Vec::new(),
        }
    }

    pub(crate) fn regions_mut(&mut self) -> Vec<&mut Region> {
        match self {
            Self::If { then, els, .. } => vec![then, els],
            Self::Match { arms, .. } => arms.iter_mut().map(|arm| &mut arm.body).collect(),
            Self::For { body, .. }
            | Self::Block { body }
            | Self::Rest { body, .. }
            | Self::Checkpoint { body, .. } => vec![body],
            Self::Loop { cond, body } => cond.iter_mut().chain([body]).collect(),
            _ => Vec::new(),
        }
    }

    /// The regions of which one runs, and the variable that receives its value.
    pub(crate) fn branches_mut(&mut self) -> Option<(Vec<&mut Region>, &mut Option<VarId>)> {
        match self {
            Self::If { then, els, dest, .. } => Some((vec![then, els], dest)),
            Self::Match { arms, dest, .. } => {
                Some((arms.iter_mut().map(|arm| &mut arm.body).collect(), dest))
            }
            _ => None,
        }
    }

    /// The exits in it that leave the operation itself, or end it if it is a loop or block.
    pub(crate) fn exits(&self) -> Vec<Exit> {
        let mut exits = Vec::new();
        self.gather_exits(&mut exits);
        exits
    }

    fn gather_exits(&self, exits: &mut Vec<Exit>) {
        if let Self::Exit(exit) = self {
            exits.push(*exit);
        }
        for region in self.regions() {
            region.ops.iter().for_each(|op| op.kind.gather_exits(exits));
        }
    }

    /// Whether control may leave the region that the operation stands in.
    pub(crate) fn may_leave(&self) -> bool {
        let exits = self.exits();
        if exits.is_empty() {
            return false;
        }
        let mut inner: Vec<RegionId> = self.regions().iter().map(|region| region.id).collect();
        self.gather_targets(&mut inner);
        exits.iter().any(|exit| !inner.contains(&exit.target()))
    }

    fn gather_targets(&self, targets: &mut Vec<RegionId>) {
        for region in self.regions() {
            targets.push(region.id);
            region.ops.iter().for_each(|op| op.kind.gather_targets(targets));
        }
    }

    /// Whether control never comes to what follows the operation.
    pub(crate) fn diverges(&self) -> bool {
        match self {
            Self::Exit(_) => true,
            Self::Effect(opaque) => opaque.label == "panic",
            Self::If { then, els, .. } => then.diverges() && els.diverges(),
            Self::Match { arms, .. } => arms.iter().all(|arm| arm.body.diverges()),
            Self::Rest { body, .. } | Self::Checkpoint { body, .. } => body.diverges(),
            Self::Loop { cond: None, body } => !self.exits().contains(&Exit::Break(body.id)),
            Self::Block { body } => {
                body.diverges() && !self.exits().contains(&Exit::Break(body.id))
            }
            _ => false,
        }
    }

    /// Whether the reverse pass runs the regions again.
    pub(crate) fn runs_again(&self) -> bool {
        matches!(
            self,
            Self::Checkpoint { .. }
                | Self::For { source: Source::Range { snapshots: Some(_), .. }, .. }
        )
    }

    /// Whether a loop may end before its source or its condition does.
    pub(crate) fn ends_early(&self) -> bool {
        let (Self::For { body, .. } | Self::Loop { body, .. }) = self else { return false };
        self.may_leave() || self.exits().contains(&Exit::Break(body.id))
    }
}

/// What a `for` loop runs over.
#[derive(Clone)]
pub(crate) enum Source {
    /// `for var in start..end`, optionally reversed. With `snapshots`, nothing of an iteration is kept
    /// but, of some, what they change.
    Range {
        var: VarId,
        start: Operand,
        end: Operand,
        inclusive: bool,
        reversed: bool,
        snapshots: Option<Snapshots>,
    },
    /// `for pat in place`: each element in order. `index` counts them, `len` is their number.
    Each { index: VarId, len: VarId, place: Place, form: EachForm, element: VarId },
}

/// How a loop is run again in the reverse pass: from snapshots of what its iterations change.
#[derive(Clone)]
pub(crate) struct Snapshots {
    /// How many there are at a time.
    pub(crate) number: Operand,
    /// The variables that the iterations change.
    pub(crate) state: Vec<VarId>,
}

/// How the user wrote the elements of a `for` loop.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum EachForm {
    /// `&place`, `place.iter()` or a reference: the element variable is a reference.
    Shared,
    /// `&mut place` or `place.iter_mut()`.
    Mutable,
    /// As `Shared`, bound by a `&pattern`: the element variable is a value.
    Copied,
    /// `place` by value.
    Owned,
}

#[derive(Clone)]
pub(crate) enum Value {
    /// Another variable or a literal.
    Use(Operand),
    /// The value of a place, copied or moved out.
    Load(Place),
    /// A borrow of a place. `style` is how it was spelled.
    Ref {
        place: Place,
        style: RefStyle,
    },
    Unary(UnaryOp, Operand),
    Binary(BinaryOp, Operand, Operand),
    Cast(Operand, syn::Type),
    /// A method with a known meaning; the receiver is the first argument.
    Method {
        name: Ident,
        turbofish: Option<syn::AngleBracketedGenericArguments>,
        args: Vec<Operand>,
    },
    /// `Tensor::concat(&[a, b], axis)` or `Tensor::stack`.
    Join {
        path: syn::Path,
        join: Join,
        parts: Vec<Operand>,
        axis: Operand,
    },
    /// A call to another differentiable function or method.
    Call {
        callee: Callee,
        args: Vec<Operand>,
    },
    Aggregate(Aggregate, Vec<Operand>),
    /// `operand.detach()`
    Detach(Operand),
    /// `inspect_grad!(operand, hook)`: the hook looks at the cotangent in the reverse pass.
    Inspect {
        operand: Operand,
        hook: Opaque,
    },
    Opaque(Opaque),
}

impl Value {
    /// Whether a mutable variable may be defined by it: no rule asks for its result.
    pub(crate) fn may_define_mutable(&self) -> bool {
        matches!(
            self,
            Self::Use(_)
                | Self::Load(_)
                | Self::Aggregate(..)
                | Self::Opaque(_)
                | Self::Call { .. }
        )
    }
}

/// How tensors are put together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Join {
    /// Along an axis.
    Concat,
    /// Along a new axis.
    Stack,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefStyle {
    /// `&place`
    Explicit,
    /// `&mut place`
    ExplicitMut,
    /// `place`, which is a reference already.
    Plain,
    /// `place.method()`
    AutoRef,
    /// A tangent, as the callee of a tangent function takes it.
    Tangent,
    /// A tangent that the callee may change.
    TangentMut,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum UnaryOp {
    Neg,
    Not,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum BinaryOp {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    /// `& | ^ << >>`, only between integers.
    Bit(&'static str),
}

impl BinaryOp {
    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::Div => "/",
            Self::Rem => "%",
            Self::Bit(symbol) => symbol,
        }
    }
}

#[derive(Clone)]
pub(crate) enum Callee {
    /// `path(args)`
    Function(syn::Path),
    /// `Type::function(args)`
    Associated(syn::Path),
    /// `args[0].method::<…>(args[1..])`
    Method(Ident, Option<syn::AngleBracketedGenericArguments>),
    /// The tangent function of `path`, which takes tangents beside its arguments.
    Tangent(syn::Path),
    /// `path(args)`, which has no derivative and must not see an active value.
    Constant(syn::Path, Reject),
}

#[derive(Clone)]
pub(crate) enum Aggregate {
    Tuple,
    Array,
    /// `[x; n]`, the length being the second operand.
    ArrayRepeat,
    Vec,
    /// `vec![x; n]`
    VecRepeat,
    /// `Path { members… }`, and the base of `..base` as a last operand if `base`.
    Struct {
        path: syn::Path,
        members: Vec<Member>,
        base: bool,
    },
    /// `Path(…)`
    TupleStruct {
        path: syn::Path,
    },
    /// `Type::Variant(…)` or `Type::Variant { members… }`
    Variant {
        path: syn::Path,
        members: Vec<Member>,
    },
}

/// Tokens that are carried over untouched and evaluated once, in the forward pass.
#[derive(Clone)]
pub(crate) struct Opaque {
    pub(crate) tokens: TokenStream,
    pub(crate) reads: Vec<VarId>,
    /// Mutable variables that it may assign to.
    pub(crate) writes: Vec<VarId>,
    /// Mutable variables that it certainly assigns to.
    pub(crate) assigned: Vec<VarId>,
    /// Variables whose ownership it may take.
    pub(crate) moves: Vec<VarId>,
    /// Why it must not see an active value. Comparisons and prints may.
    pub(crate) reject: Option<Reject>,
    /// What it is, for the graph.
    pub(crate) label: &'static str,
}

impl Opaque {
    /// Tokens that change nothing and may see active values.
    pub(crate) fn pure(tokens: TokenStream, reads: Vec<VarId>, label: &'static str) -> Self {
        let (writes, assigned, moves) = (Vec::new(), Vec::new(), Vec::new());
        Self { tokens, reads, writes, assigned, moves, reject: None, label }
    }

    /// Whether it is an assertion or prints, and changes no variable.
    pub(crate) fn only_looks(&self) -> bool {
        self.label == "effect" && self.writes.is_empty() && self.moves.is_empty()
    }
}

#[derive(Clone)]
pub(crate) struct Reject {
    pub(crate) message: String,
    pub(crate) help: String,
}

#[derive(Clone)]
pub(crate) enum Operand {
    Var(VarId),
    Literal(Rc<Literal>),
}

impl Operand {
    pub(crate) fn literal(tokens: impl Into<Tokens>, ty: Ty) -> Self {
        Self::Literal(Rc::new(Literal { tokens: tokens.into(), ty }))
    }

    pub(crate) fn var(&self) -> Option<VarId> {
        match self {
            Self::Var(var) => Some(*var),
            Self::Literal(_) => None,
        }
    }
}

/// A literal, a path to a constant, or another expression without variables that means the same
/// wherever it is written.
pub(crate) struct Literal {
    pub(crate) tokens: Tokens,
    pub(crate) ty: Ty,
}

impl Literal {
    /// Whether this is `1.0`, however it is spelled.
    pub(crate) fn is_one(&self) -> bool {
        self.number() == Some(1.0)
    }

    /// The number that is written out in decimal digits, if one is.
    pub(crate) fn number(&self) -> Option<f64> {
        let text = self.tokens.to_string();
        if !text.starts_with(|first: char| first.is_ascii_digit()) {
            return None;
        }
        let digits = match text.find(['f', 'i', 'u']) {
            Some(suffix) => &text[..suffix],
            None => &text,
        };
        digits.replace('_', "").parse().ok()
    }
}

/// The method of a tangent that gives the place for a field of a variant, or of a struct.
pub(crate) fn variant_accessor(variant: &Ident, member: &Member) -> Ident {
    let member = quote::quote!(#member).to_string();
    let name = format!("differentiable_{variant}_{}", member.trim_start_matches("r#"));
    Ident::new(&name, Span::mixed_site())
}

/// A path into memory.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) root: VarId,
    pub(crate) path: Vec<Proj>,
}

impl Place {
    pub(crate) fn var(root: VarId) -> Self {
        Self { root, path: Vec::new() }
    }

    /// Whether the reverse pass could spell it: not what only a pattern can reach.
    pub(crate) fn is_readable(&self) -> bool {
        !self.path.iter().any(|proj| matches!(proj, Proj::Variant(..)))
    }

    /// The operands that its indices consist of.
    pub(crate) fn indices(&self) -> impl Iterator<Item = &Operand> {
        self.path.iter().flat_map(Proj::operands)
    }
}

#[derive(Clone)]
pub(crate) enum Proj {
    Field(Member),
    /// A field of a variant of an enum, which only a pattern can read.
    Variant(Ident, Member),
    Deref,
    /// `[i]`
    Index(Operand),
    /// `[[i, j]]`, an element of a tensor.
    Coordinates(Vec<Operand>),
    /// `[start..end]`
    Slice {
        start: Option<Operand>,
        end: Option<Operand>,
        inclusive: bool,
    },
}

impl Proj {
    /// The operands that an index consists of.
    pub(crate) fn operands(&self) -> Vec<&Operand> {
        match self {
            Self::Index(index) => vec![index],
            Self::Coordinates(indices) => indices.iter().collect(),
            Self::Slice { start, end, .. } => start.iter().chain(end.iter()).collect(),
            Self::Field(_) | Self::Variant(..) | Self::Deref => Vec::new(),
        }
    }
}
