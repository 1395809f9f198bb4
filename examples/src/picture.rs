//! The static graph as an SVG picture, laid out without another program.

use autograd_runtime::{Graph, Node};
use layout::backends::svg::SVGWriter;
use layout::core::base::Orientation;
use layout::core::color::Color;
use layout::core::style::{LineStyleKind, StyleAttr};
use layout::std_shapes::render::get_shape_size;
use layout::std_shapes::shapes::{Arrow, Element, LineEndKind, ShapeKind};
use layout::topo::layout::VisualGraph;

const FONT: usize = 15;

/// Draws a graph from top to bottom, in the style of [`Graph::to_dot`].
///
/// Stop-gradients are red and dashed, values without a gradient grey, and a thick border marks a value
/// that is kept for the reverse pass. An edge along which no gradient flows back is dashed.
pub fn svg(graph: &Graph) -> String {
    let mut picture = VisualGraph::new(Orientation::TopToBottom);
    let handles: Vec<_> =
        graph.nodes().iter().map(|node| picture.add_node(element(node))).collect();
    for (user, to) in graph.nodes().iter().zip(&handles) {
        for &operand in user.operands() {
            let flows = graph.nodes()[operand].requires_grad() && user.requires_grad();
            picture.add_edge(arrow(flows), handles[operand], *to);
        }
    }
    let mut writer = SVGWriter::new();
    picture.do_it(false, false, false, &mut writer);
    writer.finalize()
}

fn element(node: &Node) -> Element {
    let label = if node.name().is_empty() {
        node.operation().to_owned()
    } else {
        format!("{}\n{}", node.name(), node.operation())
    };
    let color = match (node.is_stop_gradient(), node.requires_grad()) {
        (true, _) => "red",
        (false, true) => "black",
        (false, false) => "gray",
    };
    let width = if node.keeps_residual() { 4 } else { 1 };
    let look = StyleAttr::new(Color::fast(color), width, Some(Color::fast("white")), 5, FONT);
    let dashes = if node.is_stop_gradient() { "stroke-dasharray=\"6,4\"" } else { "" };
    let shape = ShapeKind::new_box(&label);
    let direction = Orientation::TopToBottom;
    let size = get_shape_size(direction, &shape, FONT, false);
    Element::create_with_properties(shape, look, direction, size, dashes)
}

fn arrow(flows: bool) -> Arrow {
    let (color, style) =
        if flows { ("black", LineStyleKind::Normal) } else { ("gray", LineStyleKind::Dashed) };
    let look = StyleAttr::new(Color::fast(color), 1, None, 0, FONT);
    Arrow::new(LineEndKind::None, LineEndKind::Arrow, style, "", &look, &None, &None)
}

#[cfg(test)]
mod tests {
    use super::svg;
    use autograd_runtime::prelude::*;

    #[differentiable]
    fn f(x: f64, n: usize) -> f64 {
        let root = x.sqrt();
        let frozen = root.detach();
        let mut sum = 0.0;
        for _ in 0..n {
            sum = sum * root + frozen;
        }
        sum
    }

    #[test]
    fn shows_every_node_and_its_marks() {
        assert_eq!(f(1.0, 3), 3.0);
        let picture = svg(f::graph());
        assert!(picture.trim_end().ends_with("</svg>"));
        for node in f::graph().nodes().iter().filter(|node| !node.name().is_empty()) {
            assert!(picture.contains(&format!(">{}</tspan>", node.name())), "{}", node.name());
        }
        let stops = f::graph().nodes().iter().filter(|node| node.is_stop_gradient()).count();
        assert_eq!(picture.matches("stroke-dasharray=\"6,4\"").count(), stops);
        let kept = f::graph().nodes().iter().filter(|node| node.keeps_residual()).count();
        assert!(stops == 1 && kept >= 1);
        assert_eq!(picture.matches("stroke-width=\"4\"").count(), kept);
    }
}
