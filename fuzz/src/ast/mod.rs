//! Programs as trees. One tree is printed twice: over `f64` and over dual numbers.

mod program;

pub use program::{Field, Function, Param, Passing, Point, Program, Struct};

/// The type of a variable, a field or a result.
#[derive(Clone, Debug, PartialEq)]
pub enum Ty {
    /// `f64`.
    Scalar,
    /// `[f64; N]`.
    Array(usize),
    /// `Vec<f64>` of a known length; behind a reference, `[f64]`.
    List(usize),
    /// A tuple.
    Tuple(Vec<Ty>),
    /// A struct of the program, by its number.
    Struct(usize),
    /// `usize`.
    Int,
    /// `bool`.
    Flag,
    /// `Option<f64>`.
    Maybe,
    /// The enum of the program.
    Enum,
    /// A closure of so many scalars.
    Closure(usize),
    /// `Vec<f64>` of an unknown length.
    Bag,
    /// `[T; N]`, or `Vec<T>` if `list`, of something that is no scalar.
    Many {
        /// The elements.
        of: Box<Ty>,
        /// How many there are.
        n: usize,
        /// Whether it is a `Vec`.
        list: bool,
    },
}

/// A binary operator on scalars.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Op {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
}

impl Op {
    /// As it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Op::Add => "+",
            Op::Sub => "-",
            Op::Mul => "*",
            Op::Div => "/",
        }
    }
}

/// An integer expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Int {
    /// A literal.
    Lit(usize),
    /// A variable.
    Var(String),
    /// `a + k`
    Add(Box<Int>, usize),
    /// `a - k`, where `a` is known not to be smaller.
    Sub(Box<Int>, usize),
    /// `a % k`
    Mod(Box<Int>, usize),
    /// `a + b`
    Sum(Box<Int>, Box<Int>),
    /// `a * k`
    Times(Box<Int>, usize),
    /// `k - a`, where `a` is known not to be larger.
    From(usize, Box<Int>),
}

/// A step of a path into a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// `.name`
    Field(String),
    /// `.0`
    Item(usize),
    /// `[i]`
    Index(Int),
    /// `[from..to]`
    Slice(usize, usize),
    /// `[a..a + n]`
    Span(Int, usize),
    /// `*`, at the root; `written` says whether the plain program writes it where it need not.
    Deref {
        /// Whether the asterisk is always written.
        written: bool,
    },
}

/// A variable or a part of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The variable.
    pub root: String,
    /// The path from there.
    pub path: Vec<Step>,
}

/// A condition.
#[derive(Clone, Debug, PartialEq)]
pub enum Cond {
    /// `a < b`, or `a > b` if swapped.
    Less {
        /// Left side.
        a: Box<Expr>,
        /// Right side.
        b: Box<Expr>,
        /// Written with `>`.
        greater: bool,
    },
    /// `a == k` on integers.
    Equal(Int, usize),
    /// `a < b` on integers.
    Below(Int, Int),
    /// A `bool` variable.
    Flag(String),
    /// A literal.
    Bool(bool),
    /// `!list.is_empty()`
    NotEmpty(Place),
    /// `a && b`
    And(Box<Cond>, Box<Cond>),
    /// `a || b`
    Or(Box<Cond>, Box<Cond>),
}

/// What a block does to the recording of gradients.
#[derive(Clone, Debug, PartialEq)]
pub enum Mode {
    /// `no_grad!`
    Off,
    /// `enable_grad!`
    On,
    /// `set_grad_enabled!`
    Set(Cond),
    /// `checkpoint!`, which changes nothing.
    Again,
}

/// An argument of a call.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg {
    /// By value.
    Value(Expr),
    /// An integer.
    Int(Int),
    /// A `bool`.
    Flag(Cond),
    /// `&place`; `reference` if the variable is a reference already and is passed as it is.
    Ref {
        /// What is borrowed.
        place: Place,
        /// Whether it is a reference already.
        reference: bool,
    },
    /// `&mut place`, or a mutable reference passed on.
    Mut {
        /// What is borrowed.
        place: Place,
        /// Whether it is a reference already.
        reference: bool,
    },
}

/// What is called.
#[derive(Clone, Debug, PartialEq)]
pub enum Callee {
    /// A function of the program.
    Function(String),
    /// A method, with its receiver as first argument.
    Method(String),
    /// A method called by its path: the number of the struct and the name.
    Path(usize, String),
    /// A closure.
    Closure(String),
}

/// What a `match` looks at, the enum apart.
#[derive(Clone, Debug, PartialEq)]
pub enum Scrutinee {
    /// An integer.
    Int(Int),
    /// `(i, cond)`
    Pair(Int, Cond),
    /// A scalar, which its arms bind and compare in guards.
    Scalar(Box<Expr>),
}

/// An arm of a `match`.
#[derive(Clone, Debug, PartialEq)]
pub struct Arm {
    /// The pattern, as it is written.
    pub pattern: String,
    /// The guard.
    pub guard: Option<Cond>,
    /// What is done.
    pub body: Block,
}

/// A step of an iterator chain.
#[derive(Clone, Debug, PartialEq)]
pub enum Adapter {
    /// An adapter of scalars that needs no closure over them, as written: `.rev()`, `.skip(1)`.
    Plain(&'static str),
    /// `.map(|v| expr)`
    Map(String, Box<Expr>),
    /// `.map(|v| { … })`
    MapBlock(String, Block),
    /// `.enumerate().map(|(i, v)| expr)`
    Enumerate(String, String, Box<Expr>),
    /// `.zip(list.iter()).map(|(v, u)| expr)`
    Zip(String, String, Place, Box<Expr>),
    /// `.filter(|v| cond)`, or another adapter that asks for one.
    Filter(&'static str, String, Box<Cond>),
    /// `.chain(list.iter())`
    Chain(Place),
    /// `.flat_map(|v| [expr, expr])`
    FlatMap(String, Vec<Expr>),
}

/// The end of an iterator chain.
#[derive(Clone, Debug, PartialEq)]
pub enum End {
    /// `.sum::<f64>()`
    Sum,
    /// `.product::<f64>()`
    Product,
    /// `.fold(start, |acc, v| expr)`
    Fold(Box<Expr>, String, String, Box<Expr>),
    /// `.collect::<Vec<f64>>()`
    Collect,
    /// `.reduce(|a, b| expr).unwrap_or(other)`
    Reduce(String, String, Box<Expr>, Box<Expr>),
    /// `.fold(start, f64::max)`, or `f64::min`
    Extreme(Box<Expr>, &'static str),
    /// `.for_each(|v| …)`
    ForEach(String, Block),
}

/// How an iterator chain begins.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// The elements of a list, with what is written after it.
    Elements(&'static str),
    /// `list.windows(2).map(|w| w[0] * w[1])`
    Windows,
    /// `list.chunks(2).map(|c| c[0] * c[c.len() - 1])`
    Chunks,
    /// `list.chunks_exact(2).map(|c| c[1] - c[0])`
    ChunksExact,
    /// `(0..n).map(|i| expr)`
    Range(usize, String, Box<Expr>),
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A number.
    Lit(f64),
    /// A named constant, by its number.
    Const(usize),
    /// A value read from a variable.
    Read(Place),
    /// `place.clone()`
    Clone(Place),
    /// `place.to_vec()`
    ToVec(Place),
    /// `i as f64`
    Cast(Int),
    /// `-a`
    Neg(Box<Expr>),
    /// `a op b`
    Bin(Op, Box<Expr>, Box<Expr>),
    /// A method of `f64`, the receiver being the first.
    Method(&'static str, Vec<Expr>),
    /// `a.powi(n)`
    Powi(Box<Expr>, i32),
    /// `a % 1.5`, of a positive number.
    Rem(Box<Expr>, f64),
    /// A block.
    Block(Block),
    /// `if`, with or without values.
    If(Cond, Block, Option<Block>),
    /// `match` on integers, flags or a scalar.
    Match(Scrutinee, Vec<Arm>),
    /// `if let Some(name) = place`
    IfSome(String, Place, Block, Option<Block>),
    /// `match` on the enum: names of the payloads of its variants, and what is done.
    MatchEnum(Place, Vec<(Vec<String>, Block)>),
    /// `loop { … break value; }`, with a label perhaps; a counter bounds the number of trips.
    Loop(Option<String>, Block),
    /// `'label: { … break 'label value; … }`
    Labelled(String, Block),
    /// `(|a: f64| …)(x)`
    Immediate(Vec<String>, Block, Vec<Expr>),
    /// `place.unwrap_or(a)` of an `Option`.
    UnwrapOr(Place, Box<Expr>),
    /// `list.pop()`
    Pop(Place),
    /// `list.len() as f64`
    Length(Place),
    /// `.detach()`
    Detach(Box<Expr>),
    /// A block under a mode.
    Mode(Mode, Block),
    /// A call.
    Call(Callee, Vec<Arg>),
    /// An iterator chain.
    Chain(Source, Place, Vec<Adapter>, End),
    /// `[a, b]`
    Array(Vec<Expr>),
    /// `vec![a, b]`
    List(Vec<Expr>),
    /// `[a; N]` or `vec![a; N]`
    Repeat(Box<Expr>, usize, bool),
    /// `(a, b)`
    Tuple(Vec<Expr>),
    /// A struct, by its number.
    Struct(usize, Vec<(String, Expr)>),
    /// `Some(a)` or `None`
    Maybe(Option<Box<Expr>>),
    /// A variant of the enum.
    Variant(usize, Vec<Expr>),
    /// A `usize`.
    Int(Int),
}

/// What a `for` runs over.
#[derive(Clone, Debug, PartialEq)]
pub enum Over {
    /// A range.
    Range {
        /// First.
        from: Int,
        /// Bound.
        to: Int,
        /// `..=`
        inclusive: bool,
        /// `.rev()`
        rev: bool,
    },
    /// The elements of a list, written `prefix list suffix`; `pattern` is written before the name.
    Elements {
        /// The list.
        place: Place,
        /// `&`, `&mut ` or nothing.
        prefix: &'static str,
        /// `.iter()`, `.iter_mut()` or nothing.
        suffix: &'static str,
        /// `&` or nothing.
        pattern: &'static str,
    },
    /// An iterator: `pattern in list suffix`; with a second list, `pattern in list.zip(other)`.
    Iterator {
        /// The pattern.
        pattern: String,
        /// The list.
        place: Place,
        /// What is written after it.
        suffix: &'static str,
        /// What is run over beside it, and what is written after that.
        other: Option<(Place, &'static str)>,
    },
}

/// A statement.
#[derive(Clone, Debug, PartialEq)]
pub enum Stmt {
    /// `let`
    Let {
        /// The name.
        name: String,
        /// `mut`
        mutable: bool,
        /// A type, where it is to be written.
        ty: Option<Ty>,
        /// The value.
        value: Expr,
    },
    /// `let (a, b) = …`
    LetTuple(Vec<String>, Expr),
    /// `let Some(name) = place else { return … };`
    LetElse(String, Place, Expr),
    /// `let [a, b] = …`
    LetArray(Vec<String>, Expr),
    /// `let S { a: x, b: y } = …`
    LetStruct(usize, Vec<(String, String)>, Expr),
    /// `let name = &list[from..to];`
    Alias(String, Place),
    /// `let name = |a: f64, b: f64| …;`, with `mut` perhaps.
    Closure(String, bool, Vec<String>, Block),
    /// Assignment.
    Assign(Place, Option<Op>, Expr),
    /// `i += 1;`
    Count(String),
    /// An expression whose value is not used.
    Expr(Expr),
    /// `checkpoint!(name = number, for … { … });`
    Scheduled(&'static str, usize, Box<Stmt>),
    /// `for`
    For {
        /// A label.
        label: Option<String>,
        /// The variable.
        name: String,
        /// What it runs over.
        over: Over,
        /// The body.
        body: Block,
    },
    /// `while`
    While {
        /// A label.
        label: Option<String>,
        /// The condition.
        cond: Cond,
        /// The body.
        body: Block,
    },
    /// `return`
    Return(Expr),
    /// `break` with a label, a value.
    Break(Option<String>, Option<Expr>),
    /// `continue`
    Continue(Option<String>),
    /// `list.swap(i, j)`
    Swap(Place, Int, Int),
    /// `list.fill(a)`
    Fill(Place, Expr),
    /// `list.copy_from_slice(&other)`, without `&` if it is a reference already.
    CopyFrom(Place, Place, bool),
    /// `let (a, b) = list.split_at_mut(k);` with a body that uses both.
    SplitAt(Place, usize, String, String, Block),
    /// `list.push(a)`
    Push(Place, Expr),
    /// `list.reverse()` and others without arguments.
    Plain(Place, &'static str),
    /// `list.truncate(n)`
    Truncate(Place, usize),
    /// `list.extend_from_slice(&other)`, without `&` if it is a reference already.
    Extend(Place, Place, bool),
    /// `list.insert(i, a)`
    Insert(Place, Int, Expr),
    /// `assert!(cond || true)` and `debug_assert!`
    Assert(&'static str, Cond),
}

/// Statements, and the value of the block.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Block {
    /// The statements.
    pub stmts: Vec<Stmt>,
    /// The value.
    pub tail: Option<Box<Expr>>,
}
