//! Draws the static graph of a two-layer network: as a table, for Graphviz, for Mermaid, and as SVG.
//!
//! The graph is what the compiler decided: through which values a gradient flows, what stops it, what
//! is kept for the reverse pass, and which shapes follow from those that are declared. It is made at compile time, and the network is not run.
//!
//! ```text
//! cargo run --release --example graph
//! ```

use autograd_runtime::prelude::*;
use clap::Parser;
use examples::picture::svg;
use std::error::Error;
use std::fs;
use std::path::PathBuf;

/// Draws the static graph of a two-layer network.
#[derive(Parser)]
struct Arguments {
    /// There is nothing to shorten.
    #[arg(long)]
    short: bool,
    /// The folder for the pictures.
    #[arg(long, default_value = "target/graph")]
    output: PathBuf,
}

/// The sum of squared errors, in proportion to the targets. The dimensions have names: a product of
/// matrices that do not fit would be a compile error.
#[differentiable]
fn loss(
    #[shape(inputs, hidden)] w1: &Tensor<2>,
    #[shape(hidden, outputs)] w2: &Tensor<2>,
    #[no_grad]
    #[shape(n, inputs)]
    x: &Tensor<2>,
    #[no_grad]
    #[shape(n, outputs)]
    y: &Tensor<2>,
) -> f32 {
    let hidden = x.matmul(w1).relu();
    let prediction = hidden.matmul(w2);
    let error = (prediction - y).square().sum();
    let scale = no_grad! { 1.0 / y.square().sum() };
    error * scale
}

fn main() -> Result<(), Box<dyn Error>> {
    let Arguments { output, .. } = Arguments::parse();
    let graph = loss::graph();
    print!("{graph}");

    fs::create_dir_all(&output)?;
    let pictures = [
        ("two_layers.txt", graph.to_string()),
        ("two_layers.dot", graph.to_dot()),
        ("two_layers.mmd", graph.to_mermaid()),
        ("two_layers.svg", svg(graph)),
    ];
    for (name, text) in pictures {
        let file = output.join(name);
        fs::write(&file, text)?;
        println!("{}", file.display());
    }
    let stops = graph.nodes().iter().filter(|node| node.is_stop_gradient()).count();
    let kept = graph.nodes().iter().filter(|node| node.keeps_residual()).count();
    println!("{stops} values stop the gradient, {kept} are kept for the reverse pass");
    assert!(stops > 0 && kept > 0, "the network has both");
    Ok(())
}
