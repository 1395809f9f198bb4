//! Values: what a variable is defined by.

use super::{Operand, Place, VarId};
use proc_macro2::{Ident, TokenStream};
use syn::Member;

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
