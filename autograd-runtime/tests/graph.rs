//! The static graph's table and drawings, against texts written by hand.

use autograd_runtime::{Graph, Node};

/// `y = x * w; z = y.detach(); y = sum(y * z)`, with `x` inactive.
static NODES: [Node; 6] = [
    Node::new("x", "parameter", &[], 9, false, false, true),
    Node::new("w", "parameter", &[], 9, true, false, false),
    Node::new("y", "mul", &[0, 1], 10, true, false, false),
    Node::new("z", "detach", &[2], 11, false, true, true),
    Node::new("", "mul", &[2, 3], 12, true, false, false),
    Node::new("y", "sum", &[4], 12, true, false, false),
];
static GRAPH: Graph = Graph::new("demo", &NODES);

/// Names that mean something in each of the languages.
static ODD: Graph =
    Graph::new("a\"b", &[Node::new("ŷ", "x[\"<i>\"] & `#1`\\", &[], 1, true, false, false)]);

#[test]
fn nodes_are_found_by_name_and_the_newest_wins() {
    assert_eq!(GRAPH.node("x"), Some(&NODES[0]));
    assert_eq!(GRAPH.node("y"), Some(&NODES[5]));
    assert_eq!(GRAPH.node("v"), None);
    assert_eq!(GRAPH.node(""), None, "a temporary has no name");
    assert_eq!(GRAPH.name(), "demo");
    assert_eq!(GRAPH.nodes().len(), 6);
}

#[test]
fn methods_and_fields_agree() {
    for node in GRAPH.nodes() {
        assert_eq!(node.name(), node.name);
        assert_eq!(node.operation(), node.operation);
        assert_eq!(node.operands(), node.operands);
        assert_eq!(node.line(), node.line);
        assert_eq!(node.requires_grad(), node.requires_grad);
        assert_eq!(node.is_stop_gradient(), node.is_stop_gradient);
        assert_eq!(node.keeps_residual(), node.keeps_residual);
    }
}

#[test]
fn table() {
    let expected = "\
graph demo
#  name  operation  operands  line  requires_grad  stop_gradient  residual
0  x     parameter  -            9  no             -              kept
1  w     parameter  -            9  yes            -              -
2  y     mul        0, 1        10  yes            -              -
3  z     detach     2           11  no             stop           kept
4  -     mul        2, 3        12  yes            -              -
5  y     sum        4           12  yes            -              -
";
    assert_eq!(GRAPH.to_string(), expected);
}

#[test]
fn table_of_odd_names_is_aligned_by_characters() {
    let expected = "\
graph a\"b
#  name  operation         operands  line  requires_grad  stop_gradient  residual
0  ŷ     x[\"<i>\"] & `#1`\\  -            1  yes            -              -
";
    assert_eq!(ODD.to_string(), expected);
}

#[test]
fn dot() {
    let expected = r#"digraph "demo" {
    node [shape=box];
    n0 [label="x\nparameter", tooltip="line 9", color=gray, fontcolor=gray, peripheries=2];
    n1 [label="w\nparameter", tooltip="line 9"];
    n2 [label="y\nmul", tooltip="line 10"];
    n3 [label="z\ndetach", tooltip="line 11", shape=octagon, style=dashed, color=red, peripheries=2];
    n4 [label="mul", tooltip="line 12"];
    n5 [label="y\nsum", tooltip="line 12"];
    n0 -> n2 [style=dashed, color=gray];
    n1 -> n2;
    n2 -> n3 [style=dashed, color=gray];
    n2 -> n4;
    n3 -> n4 [style=dashed, color=gray];
    n4 -> n5;
}
"#;
    assert_eq!(GRAPH.to_dot(), expected);
}

#[test]
fn dot_escapes_names() {
    let expected = r#"digraph "a\"b" {
    node [shape=box];
    n0 [label="ŷ\nx[\"<i>\"] & `#1`\\", tooltip="line 1"];
}
"#;
    assert_eq!(ODD.to_dot(), expected);
}

#[test]
fn mermaid() {
    let expected = r#"flowchart TD
    n0["x<br/>parameter"]
    n1["w<br/>parameter"]
    n2["y<br/>mul"]
    n3{{"z<br/>detach"}}
    n4["mul"]
    n5["y<br/>sum"]
    n0 -.-> n2
    n1 --> n2
    n2 -.-> n3
    n2 --> n4
    n3 -.-> n4
    n4 --> n5
    classDef stop stroke:#c00,stroke-dasharray:5 5
    class n3 stop
    classDef inactive stroke:#999,color:#999
    class n0 inactive
    classDef kept stroke-width:4px
    class n0,n3 kept
"#;
    assert_eq!(GRAPH.to_mermaid(), expected);
}

#[test]
fn mermaid_escapes_names() {
    let expected = r#"flowchart TD
    n0["ŷ<br/>x[#quot;#lt;i#gt;#quot;] #amp; #96;#35;1#96;\"]
"#;
    assert_eq!(ODD.to_mermaid(), expected);
}

/// Graphviz itself reads the drawing, where it is installed.
#[test]
fn graphviz_reads_the_dot() {
    use std::io::Write;
    use std::process::{Command, Stdio};
    for graph in [GRAPH, ODD, FUSED] {
        let dot = Command::new("dot")
            .arg("-Tplain")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let Ok(mut dot) = dot else {
            return;
        };
        dot.stdin.take().unwrap().write_all(graph.to_dot().as_bytes()).unwrap();
        let output = dot.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

/// `r = x - y; loss = sum(square(r))` in one pass.
static FUSED: Graph = Graph::new(
    "fused",
    &[
        Node::new("x", "parameter", &[], 1, true, false, false),
        Node::new("r", "-", &[0, 0], 2, true, false, false).fused(0),
        Node::new("", "square", &[1], 3, true, false, false).fused(0),
        Node::new("loss", "sum", &[2], 3, true, false, false).fused(0),
    ],
);

#[test]
fn what_is_computed_in_one_pass_is_shown() {
    let expected = "\
graph fused
#  name  operation  operands  line  requires_grad  stop_gradient  residual  pass
0  x     parameter  -            1  yes            -              -         -
1  r     -          0, 0         2  yes            -              -         0
2  -     square     1            3  yes            -              -         0
3  loss  sum        2            3  yes            -              -         0
";
    assert_eq!(FUSED.to_string(), expected);
    let cluster = "subgraph cluster0 { label=\"one pass\"; style=rounded; n1; n2; n3; }";
    assert!(FUSED.to_dot().contains(cluster), "{}", FUSED.to_dot());
    let frame = "    subgraph pass0 [\"one pass\"]\n        n1\n        n2\n        n3\n    end\n";
    assert!(FUSED.to_mermaid().contains(frame), "{}", FUSED.to_mermaid());
    assert_eq!(FUSED.node("loss").and_then(Node::group), Some(0));
}

#[autograd_runtime::differentiable]
#[allow(clippy::explicit_counter_loop, reason = "a variable that is counted back")]
fn recurrence(a: f64, w: &[f64]) -> f64 {
    let mut s = a;
    let mut next = 0;
    for _ in 0..w.len() {
        let scaled = w[next] * s;
        let grown = scaled.exp();
        s += grown;
        next += 1;
    }
    s
}

#[test]
fn says_what_is_kept_and_why() {
    let residual = |name: &str| recurrence::graph().node(name).expect("there is one").residual();
    // The adjoint of an exponential reads its result; that of a product its operands, of which the
    // elements of `w` and their numbers are there without being kept.
    assert_eq!(residual("grown"), "kept for exp");
    assert_eq!(residual("scaled"), "");
    assert_eq!(residual("next"), "counted back");
    assert_eq!(residual("w"), "read from memory");
}
