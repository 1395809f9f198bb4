use autograd_runtime::prelude::*;

mod inner {
    use autograd_runtime::prelude::*;

    #[derive(Differentiable, Clone)]
    pub struct Model {
        w: f64,
    }

    impl Model {
        pub fn new() -> Self {
            Self { w: 1.0 }
        }

        #[differentiable]
        pub fn f(&self, x: f64) -> f64 {
            self.w * x
        }
    }
}

fn main() {
    let (g, _) = inner::Model::new().f_grad(1.0);
    let _ = g.w;
}
