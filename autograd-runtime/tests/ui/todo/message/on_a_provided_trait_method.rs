use autograd_runtime::prelude::*;

trait Loss {
    fn weight(&self) -> f64;

    #[differentiable]
    fn loss(&self, x: f64) -> f64 {
        self.weight() * x
    }
}

fn main() {}
