//! Expressions.

use super::{Printer, int, place};
use crate::ast::{Arg, Arm, Block, Callee, Cond, Expr, Mode, Op, Scrutinee, Step};

impl Printer<'_> {
    pub(super) fn expr(&mut self, expr: &Expr) -> String {
        match expr {
            Expr::Lit(value) => self.literal(*value, true),
            Expr::Const(k) if self.dual() => format!("k::c(K{k})"),
            Expr::Const(k) => format!("K{k}"),
            Expr::Read(at) => self.cut(place(at, false)),
            Expr::Clone(at) => self.cut(format!("{}.clone()", place(at, false))),
            Expr::ToVec(at) => self.cut(format!("{}.to_vec()", place(at, false))),
            Expr::Cast(i) if self.dual() => format!("k::c({} as f64)", int(i)),
            Expr::Cast(i) => format!("({} as f64)", int(i)),
            Expr::Int(i) => int(i),
            Expr::Neg(a) => {
                let a = self.operand(a, false);
                self.cut(format!("-{a}"))
            }
            Expr::Bin(op, a, b) => self.binary(*op, a, b),
            Expr::Method(..) | Expr::Powi(..) | Expr::Rem(..) => self.method(expr),
            Expr::Block(block) => self.block(block),
            Expr::If(cond, then, other) => self.if_else(cond, then, other.as_ref()),
            Expr::Match(..) | Expr::MatchEnum(..) => self.matches(expr),
            Expr::IfSome(name, at, then, other) => {
                let head = format!("if let Some({name}) = {}", place(at, false));
                self.branches(&head, then, other.as_ref())
            }
            Expr::Loop(None, body) => format!("loop {}", self.block(body)),
            Expr::Loop(Some(label), body) => format!("{label}: loop {}", self.block(body)),
            Expr::Labelled(label, body) => format!("{label}: {}", self.block(body)),
            Expr::Immediate(params, body, args) => {
                let (head, args) = (self.closure(params), self.list(args));
                let body = self.block(body);
                self.cut(format!("({head} {body})({args})"))
            }
            Expr::UnwrapOr(at, a) => {
                let a = self.expr(a);
                self.cut(format!("{}.unwrap_or({a})", place(at, false)))
            }
            Expr::Pop(at) => self.cut(format!("{}.pop()", place(at, false))),
            Expr::Length(at) if self.dual() => format!("k::c({}.len() as f64)", place(at, false)),
            Expr::Length(at) => format!("({}.len() as f64)", place(at, false)),
            Expr::Detach(a) => self.detach(a),
            Expr::Mode(mode, block) => self.mode(mode, block),
            Expr::Call(callee, args) => self.call(callee, args),
            Expr::Chain(source, at, adapters, end) => self.chain(source, at, adapters, end),
            _ => self.aggregate(expr),
        }
    }

    fn aggregate(&mut self, expr: &Expr) -> String {
        match expr {
            Expr::Array(items) => format!("[{}]", self.list(items)),
            Expr::List(items) => format!("vec![{}]", self.list(items)),
            Expr::Tuple(items) => format!("({})", self.list(items)),
            Expr::Repeat(item, n, list) => {
                let prefix = if *list { "vec!" } else { "" };
                format!("{prefix}[{}; {n}]", self.expr(item))
            }
            Expr::Struct(k, fields) => {
                let fields: Vec<_> =
                    fields.iter().map(|(name, e)| format!("{name}: {}", self.expr(e))).collect();
                format!("{} {{ {} }}", self.program.structs[*k].name, fields.join(", "))
            }
            Expr::Maybe(None) => "None".to_string(),
            Expr::Maybe(Some(a)) => format!("Some({})", self.expr(a)),
            Expr::Variant(k, payload) if payload.is_empty() => format!("E::V{k}"),
            Expr::Variant(k, payload) => format!("E::V{k}({})", self.list(payload)),
            _ => unreachable!("the other expressions are written above"),
        }
    }

    fn list(&mut self, items: &[Expr]) -> String {
        items.iter().map(|item| self.expr(item)).collect::<Vec<_>>().join(", ")
    }

    fn literal(&self, value: f64, suffix: bool) -> String {
        let text = match (self.dual(), suffix) {
            (true, _) => return format!("k::c({value:?})"),
            (false, true) => format!("{value:?}_f64"),
            (false, false) => format!("{value:?}"),
        };
        if value < 0.0 { format!("({text})") } else { text }
    }

    /// An operand: in parentheses unless it is short; `typed` says that the type of a literal is
    /// known from elsewhere.
    fn operand(&mut self, expr: &Expr, typed: bool) -> String {
        match expr {
            Expr::Lit(value) => self.literal(*value, !typed),
            Expr::Read(at) if matches!(at.path.as_slice(), [Step::Deref { written: false }]) => {
                let text = place(at, !self.dual());
                if self.dual() { self.cut(format!("({text})")) } else { text }
            }
            Expr::Read(_) | Expr::Const(_) | Expr::Cast(_) | Expr::Call(..) => self.expr(expr),
            Expr::Method(..) | Expr::Powi(..) | Expr::Detach(_) | Expr::Chain(..) => {
                self.expr(expr)
            }
            _ => format!("({})", self.expr(expr)),
        }
    }

    /// A receiver, which needs parentheses around an asterisk.
    fn receiver(&mut self, expr: &Expr) -> String {
        let text = self.operand(expr, false);
        if text.starts_with('*') { format!("({text})") } else { text }
    }

    fn binary(&mut self, op: Op, a: &Expr, b: &Expr) -> String {
        let (left, right) = (self.operand(a, !literal(b)), self.operand(b, !literal(a)));
        self.cut(format!("{left} {} {right}", op.symbol()))
    }

    fn method(&mut self, expr: &Expr) -> String {
        let text = match (expr, self.dual()) {
            (Expr::Method(name, args), true) => format!("k::{name}({})", self.list(args)),
            (Expr::Method(name, args), false) => {
                let receiver = self.receiver(&args[0]);
                format!("{receiver}.{name}({})", self.list(&args[1..]))
            }
            (Expr::Powi(a, n), true) => format!("k::powi({}, {n})", self.expr(a)),
            (Expr::Powi(a, n), false) => format!("{}.powi({n})", self.receiver(a)),
            (Expr::Rem(a, n), true) => format!("k::rem({}, {n:?})", self.expr(a)),
            (Expr::Rem(a, n), false) => format!("{} % {n:?}", self.operand(a, false)),
            _ => unreachable!("only methods are written here"),
        };
        self.cut(text)
    }

    fn detach(&mut self, a: &Expr) -> String {
        match (a, self.dual()) {
            (Expr::Read(at), true) => format!("k::det(({}).clone())", place(at, false)),
            (_, true) => format!("k::det({})", self.expr(a)),
            (_, false) => format!("{}.detach()", self.receiver(a)),
        }
    }

    fn mode(&mut self, mode: &Mode, block: &Block) -> String {
        let was = self.off;
        let text = match (mode, self.dual()) {
            (Mode::Off, false) => format!("no_grad! {}", self.block(block)),
            (Mode::Again, false) => format!("checkpoint! {}", self.block(block)),
            (Mode::Again, true) => self.block(block),
            (Mode::On, false) => format!("enable_grad! {}", self.block(block)),
            (Mode::Set(cond), false) => {
                let cond = self.cond(cond);
                format!("set_grad_enabled!({cond}, {})", self.block(block))
            }
            (Mode::Off | Mode::On, true) => {
                self.off = *mode == Mode::Off;
                self.block(block)
            }
            (Mode::Set(cond), true) => {
                let cond = self.cond(cond);
                self.off = false;
                let on = self.block(block);
                self.off = true;
                format!("if {cond} {on} else {}", self.block(block))
            }
        };
        self.off = was;
        text
    }

    fn if_else(&mut self, cond: &Cond, then: &Block, other: Option<&Block>) -> String {
        let head = format!("if {}", self.cond(cond));
        self.branches(&head, then, other)
    }

    fn branches(&mut self, head: &str, then: &Block, other: Option<&Block>) -> String {
        let then = self.block(then);
        match other {
            None => format!("{head} {then}"),
            Some(other) => format!("{head} {then} else {}", self.block(other)),
        }
    }

    fn matches(&mut self, expr: &Expr) -> String {
        let (scrutinee, arms) = match expr {
            Expr::Match(scrutinee, arms) => {
                let scrutinee = match scrutinee {
                    Scrutinee::Int(i) => int(i),
                    Scrutinee::Pair(i, cond) => format!("({}, {})", int(i), self.cond(cond)),
                    Scrutinee::Scalar(a) => self.expr(a),
                };
                (scrutinee, arms.iter().map(|arm| self.arm(arm)).collect::<Vec<_>>())
            }
            Expr::MatchEnum(at, arms) => {
                let arms = arms.iter().enumerate().map(|(k, (names, body))| {
                    let body = self.block(body);
                    if names.is_empty() {
                        format!("E::V{k} => {body}")
                    } else {
                        format!("E::V{k}({}) => {body}", names.join(", "))
                    }
                });
                (place(at, false), arms.collect())
            }
            _ => unreachable!("only `match` is written here"),
        };
        format!("match {scrutinee} {{ {} }}", arms.join(" "))
    }

    fn arm(&mut self, arm: &Arm) -> String {
        let guard = match &arm.guard {
            Some(cond) => format!(" if {}", self.cond(cond)),
            None => String::new(),
        };
        format!("{}{guard} => {}", arm.pattern, self.block(&arm.body))
    }

    /// The head of a closure.
    pub(super) fn closure(&self, params: &[String]) -> String {
        let scalar = self.scalar();
        let params: Vec<_> = params.iter().map(|name| format!("{name}: {scalar}")).collect();
        format!("|{}|", params.join(", "))
    }

    fn call(&mut self, callee: &Callee, args: &[Arg]) -> String {
        let mut texts: Vec<_> = args.iter().map(|arg| self.arg(arg)).collect();
        let text = match callee {
            Callee::Function(name) | Callee::Closure(name) => {
                format!("{name}({})", texts.join(", "))
            }
            Callee::Path(k, name) => {
                format!("{}::{name}({})", self.program.structs[*k].name, texts.join(", "))
            }
            Callee::Method(name) => {
                let receiver = match &args[0] {
                    Arg::Ref { place: at, .. } => place(at, false),
                    _ => texts[0].clone(),
                };
                texts.remove(0);
                format!("{receiver}.{name}({})", texts.join(", "))
            }
        };
        self.cut(text)
    }

    fn arg(&mut self, arg: &Arg) -> String {
        match arg {
            Arg::Value(expr) => self.expr(expr),
            Arg::Int(i) => int(i),
            Arg::Flag(cond) => self.cond(cond),
            Arg::Ref { place: at, reference } => {
                format!("{}{}", if *reference { "" } else { "&" }, place(at, false))
            }
            Arg::Mut { place: at, reference } => {
                format!("{}{}", if *reference { "" } else { "&mut " }, place(at, false))
            }
        }
    }

    pub(super) fn cond(&mut self, cond: &Cond) -> String {
        match cond {
            Cond::Less { a, b, greater } if self.dual() => {
                let (a, b) = (self.expr(a), self.expr(b));
                format!("k::{}({a}, {b})", if *greater { "greater" } else { "less" })
            }
            Cond::Less { a, b, greater } => {
                let (left, right) = (self.explicit(a), self.explicit(b));
                format!("{left} {} {right}", if *greater { ">" } else { "<" })
            }
            Cond::Equal(i, k) => format!("{} == {k}", int(i)),
            Cond::Below(a, b) => format!("{} < {}", int(a), int(b)),
            Cond::NotEmpty(at) => format!("!{}.is_empty()", place(at, false)),
            Cond::Flag(name) => name.clone(),
            Cond::Bool(value) => value.to_string(),
            Cond::And(a, b) => format!("({}) && ({})", self.cond(a), self.cond(b)),
            Cond::Or(a, b) => format!("({}) || ({})", self.cond(a), self.cond(b)),
        }
    }

    /// An operand of a comparison, where references are not followed.
    fn explicit(&mut self, expr: &Expr) -> String {
        match expr {
            Expr::Read(_) => self.expr(expr),
            _ => self.operand(expr, false),
        }
    }
}

/// Whether the type of an expression is open: it is made of literals.
fn literal(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(_) => true,
        Expr::Neg(a) => literal(a),
        Expr::Bin(_, a, b) => literal(a) && literal(b),
        _ => false,
    }
}
