//! The language of the reverse pass: statements that move cotangents, in structured regions that
//! mirror those of the primal.
//!
//! For each primal variable `x` there may be a cotangent `x̄`, emitted as `x_bar`.

use super::fused::Fused;
use crate::analysis::selection::Reach;
use crate::ir::{
    Aggregate, BinaryOp, IdSet, Op, OpId, Opaque, Operand, Place, Region, Source, Tokens, Ty, VarId,
};
use proc_macro2::Span;

pub(crate) struct Reverse<'a> {
    pub(crate) body: Vec<Stmt<'a>>,
    /// Variables with tensors of whose cotangents single elements are accumulated into, so that
    /// these must be written out.
    pub(crate) written_out: IdSet<VarId>,
    /// Variables with lists that grow, so that their cotangents do.
    pub(crate) growing: IdSet<VarId>,
    /// Variables whose lists are replaced by others, which may be longer or shorter.
    pub(crate) replaced: IdSet<VarId>,
    /// Variables with lists that are changed back to what they were.
    pub(crate) restored: IdSet<VarId>,
}

/// A cotangent or a part of one: `x̄`, `x̄[i]`, `x̄.field`, by the place of the primal.
pub(crate) type Target = Place;

pub(crate) enum Stmt<'a> {
    /// `let mut x̄ = 0;`
    Zero {
        var: VarId,
        kind: Zero,
    },
    /// `let mut x̄ = value;`, the first contribution.
    Let {
        var: VarId,
        value: Expr,
        span: Span,
    },
    /// `target += value;`
    Add {
        target: Target,
        value: Expr,
        negate: bool,
        scalar: bool,
        /// Whether the target is zero, so that the value takes its place.
        first: bool,
        span: Span,
    },
    /// `x̄ += value;`, which tells the type of `x̄`.
    Merge {
        var: VarId,
        value: Expr,
        span: Span,
    },
    /// `adjoint::function(&mut target, args…);`
    Call {
        function: &'static str,
        operand: VarId,
        target: Target,
        args: Vec<Expr>,
        span: Span,
    },
    /// One pass over the operations of a group, backwards.
    Fused(Fused),
    /// `private::function(&mut target, args…);`, which undoes a change of a list in place.
    Undo {
        function: &'static str,
        target: Target,
        args: Vec<Expr>,
        span: Span,
    },
    /// `target += list;`, element by element.
    MergeList {
        target: Target,
        value: Expr,
        span: Span,
    },
    /// `target = 0;`
    Clear {
        target: Target,
        left: Left,
    },
    /// Puts back into a place of the primal what an operation replaced.
    Restore {
        op: OpId,
        target: Place,
    },
    /// `swap(&mut ā, &mut b̄);`
    Exchange {
        a: VarId,
        b: VarId,
    },
    /// `hook(&x̄);`, which changes nothing.
    Inspect {
        var: VarId,
        hook: &'a Opaque,
        span: Span,
    },
    /// The pullback of a call.
    Pullback {
        op: &'a Op,
        dest: VarId,
        args: Vec<Argument>,
        /// By what the cotangent may be cut off, so that it is zero, where a derivative within the callee is infinite.
        reach: Reach,
        span: Span,
    },
    If {
        cond: &'a Operand,
        then: Branch<'a>,
        els: Branch<'a>,
    },
    /// The arm that was taken.
    Match {
        op: &'a Op,
        arms: Vec<Branch<'a>>,
    },
    For {
        source: &'a Source,
        body: Branch<'a>,
        /// Whether the iterations that were made must be counted.
        counted: bool,
        span: Span,
    },
    /// As many times as the loop's body was entered.
    Loop(Branch<'a>),
    /// A region that ran.
    Block(Branch<'a>),
    /// A region that ran if control came to it.
    Rest(Branch<'a>),
    /// A region that runs again, then backwards.
    Checkpoint(Branch<'a>),
}

pub(crate) struct Branch<'a> {
    pub(crate) region: &'a Region,
    pub(crate) body: Vec<Stmt<'a>>,
}

/// How a cotangent starts out as zero.
#[derive(Clone)]
pub(crate) enum Zero {
    /// `0.0`
    Scalar(Ty),
    /// A zero that knows no shape, nor its type before it is merged into.
    Inferred,
    /// A zero that knows no shape.
    Symbolic,
    /// From the shape of the variable: lists written out, tensors symbolic.
    Shaped,
    /// From the shape of the variable, every element written out.
    WrittenOut,
    /// From the shape that the variable had before an operation, which replaced its list.
    Before(OpId),
}

/// The zero that is left where a cotangent was taken out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Left {
    /// `0.0`
    Scalar,
    /// A zero that knows no shape.
    Symbolic,
    /// Of the same shape, every element written out.
    SameShape,
    /// Of the shape that was in the place before this operation, every element written out.
    Before(OpId),
}

/// An argument of a call that is pulled back.
pub(crate) enum Argument {
    /// By value; the callee gives its cotangent back.
    Value { receives: bool },
    /// By reference; the callee gets the operand again and accumulates.
    Reference {
        operand: VarId,
        again: Again,
        slot: Option<Target>,
        /// Whether the cotangent may be shorter than the operand is.
        short: bool,
        detour: Option<Detour>,
    },
}

impl Argument {
    /// The cotangent that a callee changes otherwise than by an addition, as it wrote to the argument.
    pub(super) fn written(&self) -> Option<&Target> {
        match self {
            Self::Reference { again: Again::Nothing | Again::Either, slot, .. } => slot.as_ref(),
            _ => None,
        }
    }
}

/// Where a callee accumulates if the memory itself is in use by another argument.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detour {
    /// In a zero that is added afterwards.
    Sum,
    /// In a copy that is put back afterwards: no other argument shares this memory.
    Copy,
}

/// What a callee gets again of an argument by reference.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Again {
    /// The operand.
    Operand,
    /// Nothing: it was `&mut`, and is not what it was.
    Nothing,
    /// The one or the other, as the callee takes it.
    Either,
}

/// An expression of the reverse pass.
#[derive(Clone)]
pub(crate) enum Expr {
    /// The primal value of a variable.
    Primal(VarId),
    /// A literal of the primal.
    Literal(Tokens),
    /// The cotangent of a variable. `last` if it is not used again.
    Bar {
        var: VarId,
        last: bool,
    },
    /// A part of a cotangent, read without being changed.
    Part(Target),
    /// A part of a cotangent, taken out of it and left as zero.
    Take {
        target: Target,
        left: Left,
    },
    /// A part of the cotangent of a variable, moved out: `x̄.0`
    Moved {
        var: VarId,
        part: Part,
    },
    /// A number, in the scalar type of `like`'s cotangent.
    Number {
        value: f64,
        like: VarId,
        literal: bool,
    },
    Neg(Box<Expr>),
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    Method(&'static str, Vec<Expr>),
    Adjoint(&'static str, Vec<Expr>),
    Ref(Box<Expr>),
    /// A partial derivative of the operation that defines `dest`, kept by the forward pass.
    Saved {
        dest: VarId,
        value: Box<Expr>,
    },
    /// The shape of a variable.
    Shape(VarId),
    /// Undoes the broadcasting of an operand.
    SumTo {
        operand: VarId,
        value: Box<Expr>,
    },
    /// Converts a cotangent back to the type of a cast's operand.
    CastBack {
        operand: VarId,
        value: Box<Expr>,
    },
    /// The sum of the sizes of some tensors along an axis.
    Offset {
        parts: Vec<VarId>,
        axis: Box<Expr>,
    },
    /// `private::function(&mut target, args…)`, which undoes a change of a list in place and gives the
    /// cotangent of what went into it.
    Undone {
        function: &'static str,
        target: Target,
        args: Vec<Expr>,
    },
    /// The sum of a list of cotangents.
    SumElements(Box<Expr>),
    /// Zero where the cotangent of `dest` is zero, whatever the derivative is.
    Selected {
        dest: VarId,
        value: Box<Expr>,
    },
}

#[derive(Clone)]
pub(crate) enum Part {
    Member(syn::Member),
    Variant(proc_macro2::Ident, syn::Member),
    Element(usize),
    ElementOfVec(usize),
}

impl Part {
    /// The part of an aggregate that operand `index` went into.
    pub(crate) fn of(kind: &Aggregate, index: usize) -> Self {
        match kind {
            Aggregate::Tuple | Aggregate::TupleStruct { .. } => Self::Member(index.into()),
            Aggregate::Variant { path, members } => {
                let variant = path.segments.last().expect("a path has a segment").ident.clone();
                Self::Variant(variant, members[index].clone())
            }
            Aggregate::Struct { members, .. } => Self::Member(members[index].clone()),
            Aggregate::Vec | Aggregate::VecRepeat => Self::ElementOfVec(index),
            Aggregate::Array | Aggregate::ArrayRepeat => Self::Element(index),
        }
    }
}

impl<'a> Stmt<'a> {
    /// The regions that the statement owns.
    pub(crate) fn branches(&self) -> Vec<&Branch<'a>> {
        match self {
            Self::If { then, els, .. } => vec![then, els],
            Self::Match { arms, .. } => arms.iter().collect(),
            Self::For { body: branch, .. }
            | Self::Loop(branch)
            | Self::Block(branch)
            | Self::Rest(branch)
            | Self::Checkpoint(branch) => vec![branch],
            _ => Vec::new(),
        }
    }

    /// The regions that the statement owns.
    pub(crate) fn branches_mut(&mut self) -> Vec<&mut Branch<'a>> {
        match self {
            Self::If { then, els, .. } => vec![then, els],
            Self::Match { arms, .. } => arms.iter_mut().collect(),
            Self::For { body: branch, .. }
            | Self::Loop(branch)
            | Self::Block(branch)
            | Self::Rest(branch)
            | Self::Checkpoint(branch) => vec![branch],
            _ => Vec::new(),
        }
    }

    /// Calls `f` with every expression and every target of this statement alone.
    pub(crate) fn visit(&self, f: &mut impl FnMut(Node<'_>)) {
        match self {
            Self::Zero { var, kind } => {
                if matches!(kind, Zero::Shaped | Zero::WrittenOut | Zero::Symbolic) {
                    f(Node::Expr(&Expr::Shape(*var)));
                }
            }
            Self::Let { value, .. } | Self::Merge { value, .. } => value.visit(f),
            Self::Add { target, value, .. } => {
                f(Node::Target(target));
                value.visit(f);
            }
            Self::Call { operand, target, args, .. } => {
                f(Node::Target(target));
                if !target.path.is_empty() {
                    f(Node::Expr(&Expr::Shape(*operand)));
                }
                args.iter().for_each(|arg| arg.visit(f));
            }
            Self::Fused(fused) => {
                for var in fused.reads.iter().chain(&fused.constants) {
                    f(Node::Expr(&Expr::Primal(*var)));
                }
                for leaf in &fused.leaves {
                    f(Node::Target(&leaf.target));
                    if !fused.ahead {
                        f(Node::Expr(&Expr::Shape(leaf.operand)));
                    }
                }
            }
            Self::Clear { target, .. } | Self::Restore { target, .. } => f(Node::Target(target)),
            Self::Undo { target, args, .. } => {
                f(Node::Target(target));
                args.iter().for_each(|arg| arg.visit(f));
            }
            Self::MergeList { target, value, .. } => {
                f(Node::Target(target));
                value.visit(f);
            }

            Self::Inspect { var, hook, .. } => {
                f(Node::Expr(&Expr::Shape(*var)));
                hook.reads.iter().for_each(|read| f(Node::Expr(&Expr::Primal(*read))));
            }
            Self::Pullback { args, .. } => {
                for arg in args {
                    if let Argument::Reference { operand, again, slot, short, detour } = arg {
                        if *again != Again::Nothing {
                            f(Node::Expr(&Expr::Primal(*operand)));
                        }
                        if let Some(slot) = slot {
                            f(Node::Target(slot));
                        }
                        if *short || *detour == Some(Detour::Sum) {
                            f(Node::Expr(&Expr::Shape(*operand)));
                        }
                    }
                }
            }
            Self::If { cond, .. } => {
                if let Operand::Var(var) = cond {
                    f(Node::Expr(&Expr::Primal(*var)));
                }
            }
            // The forward pass notes which arm it took, how often it went round, and where it came.
            Self::Exchange { .. }
            | Self::Match { .. }
            | Self::Loop(_)
            | Self::Block(_)
            | Self::Rest(_)
            | Self::Checkpoint(_) => {}
            Self::For { source, counted, .. } => match source {
                Source::Each { .. } if *counted => {}
                Source::Range { start, end, .. } => {
                    for var in [start, end].into_iter().filter_map(super::super::ir::Operand::var) {
                        f(Node::Expr(&Expr::Primal(var)));
                    }
                }
                Source::Each { len, .. } => f(Node::Expr(&Expr::Primal(*len))),
            },
        }
    }
}

/// What a visit meets.
pub(crate) enum Node<'n> {
    Expr(&'n Expr),
    Target(&'n Target),
}

impl Expr {
    pub(crate) fn visit(&self, f: &mut impl FnMut(Node<'_>)) {
        f(Node::Expr(self));
        match self {
            Self::Part(target) | Self::Take { target, .. } => f(Node::Target(target)),
            Self::Undone { target, args, .. } => {
                f(Node::Target(target));
                args.iter().for_each(|arg| arg.visit(f));
            }
            Self::Neg(a)
            | Self::Ref(a)
            | Self::SumElements(a)
            | Self::Selected { value: a, .. } => a.visit(f),
            Self::SumTo { value, operand } | Self::CastBack { value, operand } => {
                f(Node::Expr(&Self::Shape(*operand)));
                value.visit(f);
            }
            Self::Offset { parts, axis } => {
                parts.iter().for_each(|part| f(Node::Expr(&Self::Shape(*part))));
                axis.visit(f);
            }
            Self::Binary(_, a, b) => {
                a.visit(f);
                b.visit(f);
            }
            Self::Method(_, parts) | Self::Adjoint(_, parts) => {
                parts.iter().for_each(|part| part.visit(f));
            }
            Self::Primal(_)
            | Self::Literal(_)
            | Self::Bar { .. }
            | Self::Moved { .. }
            | Self::Number { .. }
            | Self::Saved { .. }
            | Self::Shape(_) => {}
        }
    }
}
