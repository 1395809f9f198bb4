//! Iterator chains.

use super::{Printer, place};
use crate::ast::{Adapter, End, Expr, Place, Source};

impl Printer<'_> {
    pub(super) fn chain(
        &mut self,
        source: &Source,
        at: &Place,
        adapters: &[Adapter],
        end: &End,
    ) -> String {
        let list = place(at, false);
        let mut text = match source {
            Source::Elements(suffix) => format!("{list}{suffix}"),
            Source::Windows => format!("{list}.windows(2).map(|w| w[0] * w[1])"),
            Source::Chunks => format!("{list}.chunks(2).map(|c| c[0] * c[c.len() - 1])"),
            Source::ChunksExact => format!("{list}.chunks_exact(2).map(|c| c[1] - c[0])"),
            Source::Range(n, i, body) => format!("(0..{n}).map(|{i}| {})", self.expr(body)),
        };
        for adapter in adapters {
            text += &self.adapter(adapter);
        }
        let end = self.end(end);
        self.cut(text + &end)
    }

    fn adapter(&mut self, adapter: &Adapter) -> String {
        match adapter {
            Adapter::Plain(text) => (*text).to_string(),
            Adapter::Map(v, body) => format!(".map(|{v}| {})", self.expr(body)),
            Adapter::MapBlock(v, body) => format!(".map(|{v}| {})", self.block(body)),
            Adapter::Enumerate(i, v, body) => {
                format!(".enumerate().map(|({i}, {v})| {})", self.expr(body))
            }
            Adapter::Zip(v, u, other, body) => {
                let other = place(other, false);
                let body = self.expr(body);
                format!(".zip({other}.iter().copied()).map(|({v}, {u})| {body})")
            }
            Adapter::Filter(name, v, cond) => format!(".{name}(|&{v}| {})", self.cond(cond)),
            Adapter::Chain(other) => format!(".chain({}.iter().copied())", place(other, false)),
            Adapter::FlatMap(v, parts) => {
                let parts: Vec<String> = parts.iter().map(|part| self.expr(part)).collect();
                format!(".flat_map(|{v}| [{}])", parts.join(", "))
            }
        }
    }

    fn end(&mut self, end: &End) -> String {
        let scalar = self.scalar();
        match end {
            End::Sum => format!(".sum::<{scalar}>()"),
            End::Product => format!(".product::<{scalar}>()"),
            End::Collect => format!(".collect::<Vec<{scalar}>>()"),
            End::Fold(start, acc, v, body) => {
                format!(".fold({}, |{acc}, {v}| {})", self.expr(start), self.expr(body))
            }
            End::Reduce(a, b, body, other) => {
                let (body, other) = (self.expr(body), self.expr(other));
                format!(".reduce(|{a}, {b}| {body}).unwrap_or({other})")
            }
            End::Extreme(start, name) => {
                let module = if self.dual() { "k" } else { "f64" };
                format!(".fold({}, {module}::{name})", self.expr(start))
            }
            End::ForEach(v, body) => format!(".for_each(|{v}| {})", self.block(body)),
        }
    }

    /// Whether an expression as a statement needs a semicolon.
    pub(super) fn is_open(expr: &Expr) -> bool {
        matches!(expr, Expr::Call(..) | Expr::Mode(crate::ast::Mode::Set(_), _) | Expr::Chain(..))
    }
}
