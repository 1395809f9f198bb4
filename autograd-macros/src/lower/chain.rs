//! Iterator chains as syntax: what a chain consists of, if all of it has a meaning here.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Expr, ExprMethodCall, ExprRange, Stmt};

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

impl Source<'_> {
    pub(super) fn span(&self) -> Span {
        match self {
            Self::List(list, _) | Self::Blocks(list, ..) => list.span(),
            Self::Range(range) => range.span(),
        }
    }
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
    Chain(Box<Chain<'e>>),
    Enumerate,
    Rev,
    Take(&'e Expr),
    Skip(&'e Expr),
    StepBy(&'e Expr),
    Copied,
    TakeWhile(&'e Expr),
    SkipWhile(&'e Expr),
    Flatten,
    /// Of a closure whose value is a chain.
    FlatMap(&'e Expr),
}

impl Adapter<'_> {
    /// Whether it is known only on the way which elements come after it.
    pub(super) fn filters(&self) -> bool {
        match self {
            Self::Filter(_)
            | Self::TakeWhile(_)
            | Self::SkipWhile(_)
            | Self::Flatten
            | Self::FlatMap(_) => true,
            Self::Map(_)
            | Self::Zip(_)
            | Self::Chain(_)
            | Self::Enumerate
            | Self::Rev
            | Self::Take(_)
            | Self::Skip(_)
            | Self::StepBy(_)
            | Self::Copied => false,
        }
    }
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
            ("chain", [other]) => Adapter::Chain(Box::new(Self::of_iterable(other)?)),
            ("enumerate", []) => Adapter::Enumerate,
            ("rev", []) => Adapter::Rev,
            ("take", [n]) => Adapter::Take(n),
            ("skip", [n]) => Adapter::Skip(n),
            ("step_by", [n]) => Adapter::StepBy(n),
            ("copied" | "cloned", []) => Adapter::Copied,
            ("take_while", [f]) => Adapter::TakeWhile(f),
            ("skip_while", [f]) => Adapter::SkipWhile(f),
            ("flatten", []) => Adapter::Flatten,
            ("flat_map", [f]) if gives_chain(f) => Adapter::FlatMap(f),
            // Of a closure whose value is a list.
            ("flat_map", [f]) => {
                let mut chain = Self::of(receiver)?;
                chain.adapters.extend([Adapter::Map(f), Adapter::Flatten]);
                return Some(chain);
            }
            _ => return None,
        };
        let mut chain = Self::of(receiver)?;
        match &adapter {
            Adapter::Zip(other) if other.first_filter().is_some() => return None,
            Adapter::Chain(other) if !(chain.gives_copies() && other.gives_copies()) => {
                return None
            }
            Adapter::Rev => {
                // What passes a filter is the same from both ends, if it does not depend on how many
                // have passed.
                let at = chain.first_filter().unwrap_or(chain.adapters.len());
                let counts = |adapter: &Adapter<'_>| {
                    !matches!(adapter, Adapter::Map(_) | Adapter::Filter(_) | Adapter::Copied)
                };
                if chain.adapters[at..].iter().any(counts) {
                    return None;
                }
                chain.adapters.insert(at, adapter);
            }
            _ => chain.adapters.push(adapter),
        }
        Some(chain)
    }

    /// Whether its elements by number can be copies: they are not changed in place, and not tuples
    /// of references.
    fn gives_copies(&self) -> bool {
        let changes = match self.source {
            Source::List(_, access) => access == Access::Mutable,
            Source::Blocks(..) => true,
            Source::Range(_) => false,
        };
        let last_map = self.adapters.iter().rposition(|adapter| matches!(adapter, Adapter::Map(_)));
        let after = &self.adapters[last_map.map_or(0, |at| at + 1)..];
        let pairs = |adapter: &Adapter<'_>| matches!(adapter, Adapter::Zip(_) | Adapter::Enumerate);
        self.first_filter().is_none() && !changes && !after.iter().any(pairs)
    }

    /// The first adapter after which it is known only on the way which elements there are.
    fn first_filter(&self) -> Option<usize> {
        self.adapters.iter().position(Adapter::filters)
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
            Expr::Path(_)
            | Expr::Field(_)
            | Expr::Index(_)
            | Expr::Array(_)
            | Expr::Repeat(_)
            | Expr::Call(_) => Some(Self::from(Source::List(expr, Access::Into))),
            Expr::Macro(mac) if mac.mac.path.is_ident("vec") => {
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

/// Whether an expression consists of methods, the first of which makes an iterator or is one of a range.
pub(super) fn is_of_iterator(expr: &Expr) -> bool {
    match expr {
        Expr::Paren(inner) => is_of_iterator(&inner.expr),
        Expr::Range(_) => true,
        Expr::MethodCall(call) => {
            let is_first =
                call.args.is_empty() && (call.method == "iter" || call.method == "into_iter");
            is_first || is_of_iterator(&call.receiver)
        }
        _ => false,
    }
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

/// Whether an expression is a closure whose value is a chain.
fn gives_chain(expr: &Expr) -> bool {
    match expr {
        Expr::Paren(inner) => gives_chain(&inner.expr),
        Expr::Closure(closure) => Chain::of_iterable(value_of(&closure.body)).is_some(),
        _ => false,
    }
}

/// The value of an expression, without parentheses and braces that hold nothing else.
pub(super) fn value_of(expr: &Expr) -> &Expr {
    match expr {
        Expr::Paren(inner) => value_of(&inner.expr),
        Expr::Block(block) if block.label.is_none() && block.attrs.is_empty() => {
            match block.block.stmts.as_slice() {
                [Stmt::Expr(value, None)] => value_of(value),
                _ => expr,
            }
        }
        _ => expr,
    }
}

/// The first method of a chain that makes it one without a meaning here.
pub(super) fn first_unknown(call: &ExprMethodCall) -> &syn::Ident {
    let mut methods = vec![call];
    while let Expr::MethodCall(inner) = &*methods[methods.len() - 1].receiver {
        methods.push(inner);
    }
    // What comes before the first method that is not read as a chain is one.
    let unknown = methods.iter().rev().skip(1).find(|call| {
        let on_chain = Chain::of(&call.receiver).is_some();
        let args: Vec<&Expr> = call.args.iter().collect();
        let name = call.method.to_string();
        on_chain && Chain::adapted(&name, &call.receiver, &args).is_none()
    });
    &unknown.unwrap_or(&call).method
}
