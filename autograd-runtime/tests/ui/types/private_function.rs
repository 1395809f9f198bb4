use autograd_runtime::prelude::*;

mod inner {
    use autograd_runtime::prelude::*;

    #[differentiable]
    fn f(x: f64) -> f64 {
        x * x
    }
}

fn main() {
    let _ = inner::f::grad(1.0);
}
