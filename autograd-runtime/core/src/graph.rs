//! The static graph of a differentiated function, as data.
//!
//! It is built at macro expansion, and looking at it calls nothing of the function: it is what the compiler
//! *decided*, about every value at once and not about one run.

mod text;

use std::fmt::{self, Write};

/// The static graph of one `#[differentiable]` function; see there for how to get it.
///
/// `Display` prints a table, [`to_dot`](Self::to_dot) and [`to_mermaid`](Self::to_mermaid) draw it.
///
/// ```
/// use autograd_runtime::{Graph, Node};
///
/// // y = x * w, where x is `#[no_grad]`:
/// static NODES: [Node; 3] = [
///     Node::new("x", "parameter", &[], 2, false, false, true),
///     Node::new("w", "parameter", &[], 2, true, false, false),
///     Node::new("y", "mul", &[0, 1], 3, true, false, false),
/// ];
/// static GRAPH: Graph = Graph::new("layer", &NODES);
///
/// let requires_grad = |name| GRAPH.node(name).unwrap().requires_grad;
/// assert_eq!(["x", "w", "y"].map(requires_grad), [false, true, true]);
/// assert_eq!(
///     GRAPH.to_string(),
///     "\
/// graph layer
/// ##  name  operation  operands  line  requires_grad  stop_gradient  residual
/// 0  x     parameter  -            2  no             -              kept
/// 1  w     parameter  -            2  yes            -              -
/// 2  y     mul        0, 1         3  yes            -              -
/// "
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Graph {
    /// The name of the function.
    pub name: &'static str,
    /// The nodes: each operand stands before the node that uses it, except across the iterations of
    /// a loop.
    pub nodes: &'static [Node],
}

/// One value of a [`Graph`]: a parameter, a constant, or the result of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Node {
    /// The variable that the value is bound to, or empty for a temporary.
    pub name: &'static str,
    /// What computes the value.
    pub operation: &'static str,
    /// The positions of the operands among the graph's nodes.
    pub operands: &'static [usize],
    /// The source line, from 1.
    pub line: u32,
    /// Whether a gradient flows through the value, as `PyTorch`'s `Tensor.requires_grad`.
    pub requires_grad: bool,
    /// Whether the value cuts the graph: `detach()`, or computed under `no_grad!`.
    pub is_stop_gradient: bool,
    /// Whether the value is kept from the forward pass for the reverse pass.
    pub keeps_residual: bool,
    /// How the reverse pass gets hold of the value, and what for, or empty if it does not read it:
    /// `kept for *`, `computed again`, `counted back`, `read from memory`.
    pub residual: &'static str,
    /// The group of operations that the value is computed with in one pass, counted from 0.
    pub group: Option<usize>,
    /// The shape of a tensor as far as it follows from `#[shape(…)]`, such as `[n, 10, _]`, or empty.
    pub shape: &'static str,
}

impl Node {
    /// A node; the arguments are the fields in order. Generated code calls this.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        name: &'static str,
        operation: &'static str,
        operands: &'static [usize],
        line: u32,
        requires_grad: bool,
        is_stop_gradient: bool,
        keeps_residual: bool,
    ) -> Self {
        Self {
            name,
            operation,
            operands,
            line,
            requires_grad,
            is_stop_gradient,
            keeps_residual,
            residual: "",
            group: None,
            shape: "",
        }
    }

    /// The node with what is said of its residual. Generated code calls this.
    #[doc(hidden)]
    #[must_use]
    pub const fn with_residual(self, residual: &'static str) -> Self {
        Self { residual, ..self }
    }

    /// The node as a part of a group. Generated code calls this.
    #[doc(hidden)]
    #[must_use]
    pub const fn fused(self, group: usize) -> Self {
        Self { group: Some(group), ..self }
    }

    /// The node with its shape. Generated code calls this.
    #[doc(hidden)]
    #[must_use]
    pub const fn shaped(self, shape: &'static str) -> Self {
        Self { shape, ..self }
    }

    /// The variable that the value is bound to, or empty for a temporary.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What computes the value.
    pub const fn operation(&self) -> &'static str {
        self.operation
    }

    /// The positions of the operands among the graph's nodes.
    pub const fn operands(&self) -> &'static [usize] {
        self.operands
    }

    /// The source line, from 1.
    pub const fn line(&self) -> u32 {
        self.line
    }

    /// Whether a gradient flows through the value, as `PyTorch`'s `Tensor.requires_grad`.
    pub const fn requires_grad(&self) -> bool {
        self.requires_grad
    }

    /// Whether the value cuts the graph: `detach()`, or computed under `no_grad!`.
    pub const fn is_stop_gradient(&self) -> bool {
        self.is_stop_gradient
    }

    /// How the reverse pass gets hold of the value, and what for, or empty if it does not read it.
    pub const fn residual(&self) -> &'static str {
        self.residual
    }

    /// Whether the value is kept from the forward pass for the reverse pass.
    pub const fn keeps_residual(&self) -> bool {
        self.keeps_residual
    }

    /// The group of operations that the value is computed with in one pass, counted from 0.
    pub const fn group(&self) -> Option<usize> {
        self.group
    }

    /// The shape of a tensor as far as it follows from `#[shape(…)]`, or empty.
    pub const fn shape(&self) -> &'static str {
        self.shape
    }

    /// Name, operation and shape, each through `escape`, on lines of their own.
    fn label(&self, escape: fn(&str) -> String, line_break: &str) -> String {
        let parts = [self.name, self.operation, self.shape];
        let parts = parts.into_iter().filter(|part| !part.is_empty()).map(escape);
        parts.collect::<Vec<_>>().join(line_break)
    }

    /// The node's row of the table, but for its number.
    fn cells(&self) -> [String; 9] {
        let operands: Vec<_> = self.operands.iter().map(ToString::to_string).collect();
        let operands = if operands.is_empty() { "-".to_owned() } else { operands.join(", ") };
        [
            (if self.name.is_empty() { "-" } else { self.name }).to_owned(),
            self.operation.to_owned(),
            operands,
            self.line.to_string(),
            (if self.requires_grad { "yes" } else { "no" }).to_owned(),
            (if self.is_stop_gradient { "stop" } else { "-" }).to_owned(),
            match (self.residual, self.keeps_residual) {
                ("", false) => "-".to_owned(),
                ("", true) => "kept".to_owned(),
                (residual, _) => residual.to_owned(),
            },
            self.group.map_or_else(|| "-".to_owned(), |group| group.to_string()),
            (if self.shape.is_empty() { "-" } else { self.shape }).to_owned(),
        ]
    }
}

impl Graph {
    /// The graph of the function `name`. Generated code calls this.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(name: &'static str, nodes: &'static [Node]) -> Self {
        Self { name, nodes }
    }

    /// The name of the function.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// All nodes.
    pub const fn nodes(&self) -> &'static [Node] {
        self.nodes
    }

    /// The node that the variable `name` stands for: the last one, where a variable is shadowed or
    /// assigned to.
    pub fn node(&self, name: &str) -> Option<&'static Node> {
        self.nodes.iter().rev().find(|node| node.name == name && !name.is_empty())
    }

    /// A drawing in the language of Graphviz.
    ///
    /// Stop-gradients are dashed red octagons, inactive nodes are grey, and a double border marks a
    /// kept residual. A frame is around what is computed in one pass. An edge along which no gradient flows back is dashed.
    pub fn to_dot(&self) -> String {
        let mut out = format!("digraph \"{}\" {{\n    node [shape=box];\n", dot_text(self.name));
        for (i, node) in self.nodes.iter().enumerate() {
            let label = node.label(dot_text, "\\n");
            let mut style = String::new();
            if node.is_stop_gradient {
                style += ", shape=octagon, style=dashed, color=red";
            } else if !node.requires_grad {
                style += ", color=gray, fontcolor=gray";
            }
            if node.keeps_residual {
                style += ", peripheries=2";
            }
            line(
                &mut out,
                format_args!("n{i} [label=\"{label}\", tooltip=\"line {}\"{style}];", node.line),
            );
        }
        for (group, members) in self.groups() {
            let members: Vec<String> = members.iter().map(|i| format!("n{i};")).collect();
            let members = members.join(" ");
            line(
                &mut out,
                format_args!(
                    "subgraph cluster{group} {{ label=\"one pass\"; style=rounded; {members} }}"
                ),
            );
        }
        for (from, to, carries) in self.edges() {
            let style = if carries { "" } else { " [style=dashed, color=gray]" };
            line(&mut out, format_args!("n{from} -> n{to}{style};"));
        }
        out + "}\n"
    }

    /// A drawing in the language of Mermaid, which Markdown viewers show.
    ///
    /// Stop-gradients are dashed red hexagons, inactive nodes are grey, and a thick border marks a
    /// kept residual. A frame is around what is computed in one pass. An edge along which no gradient flows back is dotted.
    pub fn to_mermaid(&self) -> String {
        type Belongs = fn(&Node) -> bool;
        let mut out = String::from("flowchart TD\n");
        for (i, node) in self.nodes.iter().enumerate() {
            let label = node.label(mermaid_text, "<br/>");
            let (open, close) = if node.is_stop_gradient { ("{{", "}}") } else { ("[", "]") };
            line(&mut out, format_args!("n{i}{open}\"{label}\"{close}"));
        }
        for (group, members) in self.groups() {
            line(&mut out, format_args!("subgraph pass{group} [\"one pass\"]"));
            members.iter().for_each(|i| line(&mut out, format_args!("    n{i}")));
            line(&mut out, format_args!("end"));
        }
        for (from, to, carries) in self.edges() {
            let arrow = if carries { "-->" } else { "-.->" };
            line(&mut out, format_args!("n{from} {arrow} n{to}"));
        }
        let classes: [(&str, &str, Belongs); 3] = [
            ("stop", "stroke:#c00,stroke-dasharray:5 5", |n| n.is_stop_gradient),
            ("inactive", "stroke:#999,color:#999", |n| !n.requires_grad && !n.is_stop_gradient),
            ("kept", "stroke-width:4px", |n| n.keeps_residual),
        ];
        for (class, style, belongs) in classes {
            let members = self.nodes.iter().enumerate().filter(|(_, node)| belongs(node));
            let members: Vec<_> = members.map(|(i, _)| format!("n{i}")).collect();
            if !members.is_empty() {
                line(&mut out, format_args!("classDef {class} {style}"));
                line(&mut out, format_args!("class {} {class}", members.join(",")));
            }
        }
        out
    }

    /// The groups, with the positions of their nodes.
    fn groups(&self) -> Vec<(usize, Vec<usize>)> {
        let mut groups: Vec<(usize, Vec<usize>)> = Vec::new();
        for (i, node) in self.nodes.iter().enumerate() {
            let Some(group) = node.group else { continue };
            match groups.iter_mut().find(|(known, _)| *known == group) {
                Some((_, members)) => members.push(i),
                None => groups.push((group, vec![i])),
            }
        }
        groups
    }

    /// Operand, user, and whether a gradient flows back from the user to the operand.
    fn edges(&self) -> impl Iterator<Item = (usize, usize, bool)> {
        let users = self.nodes.iter().enumerate();
        users.flat_map(move |(to, user)| {
            user.operands.iter().map(move |&from| {
                let active = self.nodes.get(from).is_some_and(|operand| operand.requires_grad);
                (from, to, active && user.requires_grad && !user.is_stop_gradient)
            })
        })
    }
}

const HEADER: [&str; 10] = [
    "#",
    "name",
    "operation",
    "operands",
    "line",
    "requires_grad",
    "stop_gradient",
    "residual",
    "pass",
    "shape",
];

/// The columns of numbers, which are aligned on the right.
const NUMBERS: [usize; 2] = [0, 4];

/// The table: a node a line. Nodes with one number under `pass` are computed in one pass. This column and
/// that of the shapes are left out if there is nothing in them.
impl fmt::Display for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rows = vec![HEADER.map(str::to_owned)];
        for (i, node) in self.nodes.iter().enumerate() {
            let [a, b, c, d, e, g, h, k, l] = node.cells();
            rows.push([i.to_string(), a, b, c, d, e, g, h, k, l]);
        }
        let empty = |column: usize| rows.iter().skip(1).all(|row| row[column] == "-");
        let left_out: Vec<usize> = [8, 9].into_iter().filter(|column| empty(*column)).collect();
        let widths: [usize; 10] = std::array::from_fn(|column| {
            rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)
        });
        writeln!(f, "graph {}", self.name)?;
        for row in &rows {
            let mut text = String::new();
            for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
                if left_out.contains(&column) {
                    continue;
                }
                if NUMBERS.contains(&column) {
                    write!(text, "{cell:>width$}  ")?;
                } else {
                    write!(text, "{cell:<width$}  ")?;
                }
            }
            writeln!(f, "{}", text.trim_end())?;
        }
        Ok(())
    }
}

/// Appends one indented line.
fn line(out: &mut String, text: fmt::Arguments<'_>) {
    writeln!(out, "    {text}").expect("a String takes all that is written");
}

/// `text` inside a quoted string of Graphviz.
fn dot_text(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// `text` inside a quoted string of Mermaid, which interprets HTML, and Markdown between backticks.
fn mermaid_text(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        match c {
            '"' => out += "#quot;",
            '<' => out += "#lt;",
            '>' => out += "#gt;",
            '&' => out += "#amp;",
            '#' => out += "#35;",
            '`' => out += "#96;",
            '\n' => out += "<br/>",
            c => out.push(c),
        }
        out
    })
}
