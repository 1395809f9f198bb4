use autograd_runtime::prelude::*;

#[derive(Differentiable, Clone)]
struct State {
    x: f64,
}

impl State {
    #[differentiable]
    fn step(&mut self, k: f64) -> f64 {
        self.x *= k;
        self.x
    }
}

#[differentiable]
fn f(x: f64) -> f64 {
    let mut state = State { x };
    println!("{}", state.step(x));
    state.x
}

fn main() {}
