use autograd_runtime::prelude::*;

#[derive(Differentiable)]
struct Model {
    w: f64,
}

fn main() {
    let m = Model { w: 1.0 };
    println!("{:?}", m);
}
