//! What expressions and statements are made of.

use crate::ast::{Adapter, Arg, Block, Cond, End, Expr, Mode, Scrutinee, Source, Stmt};

/// A direct part of an expression or a statement.
#[derive(Debug)]
pub enum Part<'a> {
    /// An expression.
    Expr(&'a mut Expr),
    /// A block.
    Block(&'a mut Block),
}

type Visit<'v> = dyn FnMut(Part<'_>) + 'v;

/// Visits the direct parts of a condition.
pub fn of_cond(cond: &mut Cond, f: &mut Visit<'_>) {
    match cond {
        Cond::Less { a, b, .. } => {
            f(Part::Expr(a));
            f(Part::Expr(b));
        }
        Cond::And(a, b) | Cond::Or(a, b) => {
            of_cond(a, f);
            of_cond(b, f);
        }
        Cond::Equal(..) | Cond::Below(..) | Cond::Flag(_) | Cond::Bool(_) | Cond::NotEmpty(_) => {}
    }
}

/// Visits the direct parts of an expression.
pub fn of_expr(expr: &mut Expr, f: &mut Visit<'_>) {
    match expr {
        Expr::Neg(a) | Expr::Powi(a, _) | Expr::Rem(a, _) | Expr::Detach(a) => f(Part::Expr(a)),
        Expr::Repeat(a, _, _) | Expr::Maybe(Some(a)) | Expr::UnwrapOr(_, a) => f(Part::Expr(a)),
        Expr::Bin(_, a, b) => {
            f(Part::Expr(a));
            f(Part::Expr(b));
        }
        Expr::Method(_, items)
        | Expr::Array(items)
        | Expr::List(items)
        | Expr::Tuple(items)
        | Expr::Variant(_, items) => items.iter_mut().for_each(|item| f(Part::Expr(item))),
        Expr::Struct(_, fields) => fields.iter_mut().for_each(|(_, item)| f(Part::Expr(item))),
        Expr::Block(block) | Expr::Loop(_, block) | Expr::Labelled(_, block) => {
            f(Part::Block(block));
        }
        Expr::Immediate(_, block, args) => {
            f(Part::Block(block));
            args.iter_mut().for_each(|arg| f(Part::Expr(arg)));
        }
        Expr::Mode(mode, block) => {
            if let Mode::Set(cond) = mode {
                of_cond(cond, f);
            }
            f(Part::Block(block));
        }
        Expr::Call(_, args) => args.iter_mut().for_each(|arg| match arg {
            Arg::Value(a) => f(Part::Expr(a)),
            Arg::Flag(cond) => of_cond(cond, f),
            Arg::Int(_) | Arg::Ref { .. } | Arg::Mut { .. } => {}
        }),
        Expr::Chain(source, _, adapters, end) => {
            if let Source::Range(_, _, body) = source {
                f(Part::Expr(body));
            }
            of_chain(adapters, end, f);
        }
        _ => of_branches(expr, f),
    }
}

fn of_branches(expr: &mut Expr, f: &mut Visit<'_>) {
    match expr {
        Expr::If(cond, then, other) => {
            of_cond(cond, f);
            f(Part::Block(then));
            other.iter_mut().for_each(|block| f(Part::Block(block)));
        }
        Expr::IfSome(_, _, then, other) => {
            f(Part::Block(then));
            other.iter_mut().for_each(|block| f(Part::Block(block)));
        }
        Expr::Match(scrutinee, arms) => {
            match scrutinee {
                Scrutinee::Int(_) => {}
                Scrutinee::Pair(_, cond) => of_cond(cond, f),
                Scrutinee::Scalar(a) => f(Part::Expr(a)),
            }
            for arm in arms {
                arm.guard.iter_mut().for_each(|cond| of_cond(cond, f));
                f(Part::Block(&mut arm.body));
            }
        }
        Expr::MatchEnum(_, arms) => arms.iter_mut().for_each(|(_, body)| f(Part::Block(body))),
        _ => {}
    }
}

fn of_chain(adapters: &mut [Adapter], end: &mut End, f: &mut Visit<'_>) {
    for adapter in adapters {
        match adapter {
            Adapter::Plain(_) => {}
            Adapter::Map(_, body)
            | Adapter::Enumerate(_, _, body)
            | Adapter::Zip(_, _, _, body) => f(Part::Expr(body)),
            Adapter::MapBlock(_, body) => f(Part::Block(body)),
            Adapter::Filter(_, _, cond) => of_cond(cond, f),
            Adapter::Chain(_) => {}
            Adapter::FlatMap(_, parts) => parts.iter_mut().for_each(|part| f(Part::Expr(part))),
        }
    }
    match end {
        End::Sum | End::Product | End::Collect => {}
        End::Fold(start, _, _, body) | End::Reduce(_, _, body, start) => {
            f(Part::Expr(start));
            f(Part::Expr(body));
        }
        End::Extreme(start, _) => f(Part::Expr(start)),
        End::ForEach(_, body) => f(Part::Block(body)),
    }
}

/// Visits the direct parts of a statement.
pub fn of_stmt(stmt: &mut Stmt, f: &mut Visit<'_>) {
    match stmt {
        Stmt::Let { value, .. }
        | Stmt::LetTuple(_, value)
        | Stmt::LetArray(_, value)
        | Stmt::LetStruct(_, _, value)
        | Stmt::LetElse(_, _, value)
        | Stmt::Assign(_, _, value)
        | Stmt::Expr(value)
        | Stmt::Return(value)
        | Stmt::Break(_, Some(value))
        | Stmt::Fill(_, value)
        | Stmt::Insert(_, _, value)
        | Stmt::Push(_, value) => f(Part::Expr(value)),
        Stmt::Closure(_, _, _, body) | Stmt::For { body, .. } | Stmt::SplitAt(_, _, _, _, body) => {
            f(Part::Block(body));
        }
        Stmt::Scheduled(_, _, steps) => of_stmt(steps, f),
        Stmt::While { cond, body, .. } => {
            of_cond(cond, f);
            f(Part::Block(body));
        }
        Stmt::Assert(_, cond) => of_cond(cond, f),
        Stmt::Break(_, None)
        | Stmt::Alias(..)
        | Stmt::Plain(..)
        | Stmt::Truncate(..)
        | Stmt::Extend(..)
        | Stmt::Continue(_)
        | Stmt::Count(_)
        | Stmt::Swap(..)
        | Stmt::CopyFrom(..) => {}
    }
}
