use autograd_runtime::prelude::*;

struct Model;

impl Model {
    #[differentiable(associated)]
    fn f(
        #[shape(n, d)] x: &Tensor<2>,
        #[shape(k)] b: &Tensor<1>,
        #[shape(4, 1)] c: &Tensor<2>,
        #[shape(5, _)] e: &Tensor<2>,
    ) -> f32 {
        let fits = c * b;
        let mut sum = x + b;
        sum -= c;
        let both = c.maximum(e);
        sum.sum() + both.sum() + fits.sum()
    }
}

fn main() {}
