//! Iterator chains as syntax: what a chain consists of, if all of it has a meaning here.

use syn::{Expr, ExprMethodCall, ExprRange};

/// `source.adapter().adapter()…`
pub(super) struct Chain<'e> {
    pub(super) source: Source<'e>,
    pub(super) adapters: Vec<Adapter<'e>>,
}

#[derive(Clone, Copy)]
pub(super) enum Source<'e> {
    /// A list: `.iter()`, `.iter_mut()`, `.into_iter()`, or as it stands.
    List(&'e Expr, Access),
    Range(&'e ExprRange),
    /// `.chunks(n)`, `.chunks_exact(n)`, `.windows(n)`
    Blocks(&'e Expr, &'e Expr, Blocks),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Shared,
    Mutable,
    /// By value, or by reference if the list is a reference.
    Into,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Blocks {
    Chunks { exact: bool, mutable: bool },
    Windows,
}

pub(super) enum Adapter<'e> {
    Map(&'e Expr),
    Filter(&'e Expr),
    Zip(Box<Chain<'e>>),
    Enumerate,
    Rev,
    Take(&'e Expr),
    Skip(&'e Expr),
    StepBy(&'e Expr),
    Copied,
}

impl<'e> Chain<'e> {
    /// Reads a chain that is spelled as one.
    pub(super) fn of(expr: &'e Expr) -> Option<Self> {
        match expr {
            Expr::Paren(inner) => Self::of(&inner.expr),
            Expr::Range(range) if range.start.is_some() => Some(Self::from(Source::Range(range))),
            Expr::MethodCall(call) => {
                let args: Vec<&Expr> = call.args.iter().collect();
                let list = &*call.receiver;
                let source = match (call.method.to_string().as_str(), args.as_slice()) {
                    ("iter", []) => Some(Source::List(list, Access::Shared)),
                    ("iter_mut", []) => Some(Source::List(list, Access::Mutable)),
                    ("into_iter", []) => match Self::of(list) {
                        Some(chain) => return Some(chain),
                        None => Some(Source::List(list, Access::Into)),
                    },
                    ("chunks", [n]) => Some(blocks(list, n, false, false)),
                    ("chunks_exact", [n]) => Some(blocks(list, n, true, false)),
                    ("chunks_mut", [n]) => Some(blocks(list, n, false, true)),
                    ("chunks_exact_mut", [n]) => Some(blocks(list, n, true, true)),
                    ("windows", [n]) => Some(Source::Blocks(list, n, Blocks::Windows)),
                    _ => None,
                };
                match source {
                    Some(source) => Some(Self::from(source)),
                    None => Self::adapted(call.method.to_string().as_str(), list, &args),
                }
            }
            _ => None,
        }
    }

    fn adapted(name: &str, receiver: &'e Expr, args: &[&'e Expr]) -> Option<Self> {
        let adapter = match (name, args) {
            ("map", [f]) => Adapter::Map(f),
            ("filter", [f]) => Adapter::Filter(f),
            ("zip", [other]) => Adapter::Zip(Box::new(Self::of_iterable(other)?)),
            ("enumerate", []) => Adapter::Enumerate,
            ("rev", []) => Adapter::Rev,
            ("take", [n]) => Adapter::Take(n),
            ("skip", [n]) => Adapter::Skip(n),
            ("step_by", [n]) => Adapter::StepBy(n),
            ("copied" | "cloned", []) => Adapter::Copied,
            _ => return None,
        };
        let mut chain = Self::of(receiver)?;
        // What comes after a filter is known only on the way.
        let filtered = chain.adapters.iter().any(|a| matches!(a, Adapter::Filter(_)));
        let streams = matches!(
            adapter,
            Adapter::Map(_)
                | Adapter::Filter(_)
                | Adapter::Copied
                | Adapter::Enumerate
                | Adapter::Take(_)
                | Adapter::Skip(_)
        );
        if filtered && !streams {
            return None;
        }
        chain.adapters.push(adapter);
        Some(chain)
    }

    /// As [`of`](Self::of), also of what is an iterator only when it is asked to be.
    pub(super) fn of_iterable(expr: &'e Expr) -> Option<Self> {
        if let Some(chain) = Self::of(expr) {
            return Some(chain);
        }
        match expr {
            Expr::Paren(inner) => Self::of_iterable(&inner.expr),
            Expr::Reference(reference) if reference.mutability.is_some() => {
                Some(Self::from(Source::List(&reference.expr, Access::Mutable)))
            }
            Expr::Reference(reference) => {
                Some(Self::from(Source::List(&reference.expr, Access::Shared)))
            }
            Expr::Path(_) | Expr::Field(_) | Expr::Index(_) => {
                Some(Self::from(Source::List(expr, Access::Into)))
            }
            _ => None,
        }
    }

    fn from(source: Source<'e>) -> Self {
        Self { source, adapters: Vec::new() }
    }
}

/// Whether an expression is a value that a chain ends in.
pub(super) fn is_end(call: &ExprMethodCall) -> bool {
    is_end_name(&call.method.to_string(), call.args.len()) && Chain::of(&call.receiver).is_some()
}

pub(super) fn is_end_name(name: &str, args: usize) -> bool {
    matches!(
        (name, args),
        ("sum" | "product" | "collect", 0) | ("fold", 2) | ("for_each" | "reduce", 1)
    )
}

fn blocks<'e>(list: &'e Expr, n: &'e Expr, exact: bool, mutable: bool) -> Source<'e> {
    Source::Blocks(list, n, Blocks::Chunks { exact, mutable })
}
