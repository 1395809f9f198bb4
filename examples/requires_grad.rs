//! PyTorch's small listings on `requires_grad`, one after the other.
//!
//! Each listing stands as a comment above its counterpart. Where PyTorch asks a tensor at run time
//! whether it requires a gradient, here the static graph is asked, which was fixed at compile time.
//!
//! ```text
//! cargo run --release --example requires_grad
//! ```

use autograd_runtime::Graph;
use autograd_runtime::prelude::*;
use clap::Parser;
use examples::Arguments;

/// Whether the value called `name` requires a gradient, in Python's words.
fn requires_grad(graph: &Graph, name: &str) -> &'static str {
    match graph.node(name) {
        Some(node) if node.requires_grad => "True",
        Some(_) => "False",
        None => panic!("{} has no value called {name}", graph.name()),
    }
}

/// A tensor as PyTorch prints it.
fn text(x: &Tensor<1>) -> String {
    let elements: Vec<_> = x
        .iter()
        .map(|x| if x.fract() == 0.0 { format!("{x:.0}.") } else { format!("{x:.4}") })
        .collect();
    format!("tensor([{}])", elements.join(", "))
}

// x = torch.tensor([1., 2., 3.])
// w = torch.tensor([4., 5., 6.], requires_grad=True)
// y = x * w
// print(x.requires_grad, w.requires_grad, y.requires_grad)   # False True True
// y.sum().backward()
// print(w.grad)                                               # tensor([1., 2., 3.])
#[differentiable]
fn propagation(#[no_grad] x: &Tensor<1>, w: &Tensor<1>) -> f32 {
    let y = x * w;
    y.sum()
}

// a = x * x
// b = a + w
// print(a.requires_grad, b.requires_grad)                     # False True
#[differentiable]
fn one_input_suffices(#[no_grad] x: &Tensor<1>, w: &Tensor<1>) -> f32 {
    let a = x * x;
    let b = a + w;
    b.sum()
}

// y = x * 2
// z = y.detach()
// print(y.requires_grad, z.requires_grad)                     # True False
// (y * z).sum().backward()
// print(x.grad)                                               # tensor([4., 8., 12.])
#[differentiable]
fn detached(x: &Tensor<1>) -> f32 {
    let y = x * 2.0;
    let z = y.detach();
    let product = &y * z;
    product.sum()
}

// with torch.no_grad():
//     y = x * 2
// print(y.requires_grad)                                      # False
// (x * y).sum().backward()
// print(x.grad)                                               # tensor([2., 4., 6.])
#[differentiable]
fn without_grad(x: &Tensor<1>) -> f32 {
    let y = no_grad! { x * 2.0 };
    let product = x * y;
    product.sum()
}

// with torch.no_grad():
//     y = x * 2
//     with torch.enable_grad():
//         z = x * 3
// print(y.requires_grad, z.requires_grad)                     # False True
// (y * z).sum().backward()
// print(x.grad)                                               # tensor([6., 12., 18.])
#[differentiable]
fn enabled_again(x: &Tensor<1>) -> f32 {
    let product = no_grad! {
        let y = x * 2.0;
        enable_grad! {
            let z = x * 3.0;
            y * z
        }
    };
    product.sum()
}

// with torch.set_grad_enabled(is_train):
//     y = x * 2
// (x + y).sum().backward()
// print(x.grad)               # is_train: tensor([3., 3., 3.]), else: tensor([1., 1., 1.])
#[differentiable]
fn gated(x: &Tensor<1>, is_train: bool) -> f32 {
    let y = set_grad_enabled!(is_train, { x * 2.0 });
    let sum = x + y;
    sum.sum()
}

fn main() {
    // All of it is short.
    let _ = Arguments::parse();
    let x = Tensor::from([1.0, 2.0, 3.0]);
    let w = Tensor::from([4.0, 5.0, 6.0]);

    println!("requires_grad spreads from the inputs");
    let graph = propagation::graph();
    let [of_x, of_w, of_y] = ["x", "w", "y"].map(|name| requires_grad(graph, name));
    println!("{of_x} {of_w} {of_y}");
    let gradient = propagation::grad(&x, &w);
    println!("{}", text(&gradient));
    assert_eq!([of_x, of_w, of_y], ["False", "True", "True"]);
    assert_eq!(gradient, x);

    println!("\none input suffices");
    let graph = one_input_suffices::graph();
    println!("{} {}", requires_grad(graph, "a"), requires_grad(graph, "b"));

    println!("\ndetach");
    let graph = detached::graph();
    println!("{} {}", requires_grad(graph, "y"), requires_grad(graph, "z"));
    println!("{}", text(&detached::grad(&x)));

    println!("\nno_grad");
    println!("{}", requires_grad(without_grad::graph(), "y"));
    println!("{}", text(&without_grad::grad(&x)));

    println!("\nenable_grad inside no_grad");
    let graph = enabled_again::graph();
    println!("{} {}", requires_grad(graph, "y"), requires_grad(graph, "z"));
    println!("{}", text(&enabled_again::grad(&x)));

    println!("\nset_grad_enabled");
    println!("{}", text(&gated::grad(&x, true)));
    println!("{}", text(&gated::grad(&x, false)));

    // The gradient that PyTorch keeps in w.grad is a value here, and so is adding to it.
    println!("\naccumulation");
    let mut gradient = w.zero_tangent();
    // (x * w).sum().backward(); (x * w).sum().backward()
    // print(w.grad)                                           # tensor([2., 4., 6.])
    propagation::value_and_grad_into(&x, &w, &mut gradient);
    propagation::value_and_grad_into(&x, &w, &mut gradient);
    println!("{}", text(&gradient));
    // w.grad.zero_()
    // print(w.grad)                                           # tensor([0., 0., 0.])
    gradient.zero();
    println!("{}", text(&gradient));

    println!("\nthe graph of `detached`, which PyTorch does not show");
    print!("{}", detached::graph());
}
