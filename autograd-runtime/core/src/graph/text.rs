//! Graphs as generated code carries them: one text, which takes the compiler no longer with a thousand nodes
//! than with one.

use super::{Graph, Node};

/// Between the fields of a node. No name of Rust and no operation has it.
const SEPARATOR: char = '\t';

impl Graph {
    /// The graph of the function `name`, a line of `text` a node. Generated code calls this, once a function:
    /// the nodes stay for as long as the program runs.
    ///
    /// A line is the name, the operation, the operands with spaces between them, the source line, the letters of what holds
    /// (`g`radient, `s`top, `k`ept), the residual, the group and the shape.
    ///
    /// # Panics
    ///
    /// Panics if the text is not of this form.
    #[doc(hidden)]
    #[must_use]
    pub fn from_text(name: &'static str, text: &'static str) -> Self {
        let nodes: Vec<Node> = text.lines().map(Node::from_text).collect();
        Self::new(name, nodes.leak())
    }
}

impl Node {
    fn from_text(text: &'static str) -> Self {
        let mut fields = text.split(SEPARATOR);
        let mut next = || fields.next().expect("a node has eight fields");
        let (name, operation, operands, line, facts) = (next(), next(), next(), next(), next());
        let operands: Vec<usize> = operands.split_whitespace().map(number).collect();
        let holds = |letter| facts.contains(letter);
        let (requires_grad, is_stop_gradient, keeps_residual) =
            (holds('g'), holds('s'), holds('k'));
        let (residual, group, shape) = (next(), next(), next());
        Self {
            residual,
            group: (!group.is_empty()).then(|| number(group)),
            shape,
            line: line.parse().expect("the source line is a number"),
            operands: operands.leak(),
            ..Self::new(name, operation, &[], 0, requires_grad, is_stop_gradient, keeps_residual)
        }
    }
}

fn number(text: &str) -> usize {
    text.parse().expect("operands and groups are numbers")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_has_what_its_line_says() {
        let text = "x\tparameter\t\t2\t\t\t\t\n\tx[\"<i>\"]\t0 0\t13\tgk\tkept for *\t3\t[n, _]\ny\tdetach\t1\t4\ts\t\t0\t\n";
        let expected = [
            Node::new("x", "parameter", &[], 2, false, false, false),
            Node::new("", "x[\"<i>\"]", &[0, 0], 13, true, false, true)
                .with_residual("kept for *")
                .fused(3)
                .shaped("[n, _]"),
            Node::new("y", "detach", &[1], 4, false, true, false).fused(0),
        ];
        let graph = Graph::from_text("f", text);
        assert_eq!(graph.name(), "f");
        assert_eq!(graph.nodes(), expected);
        assert_eq!(Graph::from_text("f", "").nodes(), []);
    }

    #[test]
    #[should_panic(expected = "eight fields")]
    fn a_line_of_too_few_fields_is_not_a_node() {
        let _ = Graph::from_text("f", "x\tparameter");
    }
}
