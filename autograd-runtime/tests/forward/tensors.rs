//! Each operation on tensors, in a direction, against central differences; losses and layers.

use autograd_runtime::nn::{LayerNorm, Linear, Tanh};
use autograd_runtime::prelude::*;
use autograd_runtime::{Conv2dOptions, Pool2dOptions, TangentVisitor};

#[path = "../support/mod.rs"]
mod support;
use support::{positive, signed, weights};

/// `(f(x + h ẋ) - f(x - h ẋ)) / 2h`
fn difference<const R: usize>(
    f: impl Fn(&Tensor<R, f64>) -> f64,
    x: &Tensor<R, f64>,
    direction: &Tensor<R, f64>,
) -> f64 {
    let h = 1e-5;
    (f(&(x + direction * h)) - f(&(x - direction * h))) / (2.0 * h)
}

macro_rules! operations {
    ($($name:ident at $at:expr, |$x:ident| $body:expr;)*) => {$(
        #[test]
        fn $name() {
            #[differentiable]
            fn f($x: &Tensor<2, f64>) -> f64 {
                let y = $body;
                (&y * weights(y.shape())).sum()
            }
            let at: Tensor<2, f64> = $at;
            let direction: Tensor<2, f64> = signed(at.shape(), 77);
            let (value, tangent) = f::jvp(&at, direction.clone());
            assert_eq!(value, f(&at));
            let expected = difference(f, &at, &direction);
            let error = (tangent - expected).abs();
            assert!(error <= 1e-8 * expected.abs().max(1.0), "{tangent}, not {expected}");
        }
    )*};
}

operations! {
    products at signed([3, 2], 1), |x| x.matmul(&x.t()) + x.matmul(&Tensor::ones([2, 3]));
    transposes at signed([3, 2], 2), |x| x.permute([1, 0]).exp() * x.t();
    shapes at signed([3, 2], 3), |x| x.reshape([6]).sin() * 2.0 - x.reshape([6]).broadcast_to([6]);
    broadcasting at signed([3, 2], 4), |x| {
        let row = x.select(0, 1);
        let centred = x - x.mean_axis_keepdim(1);
        let mut z = &row + &centred * &row - 1.0;
        z += x.select(0, 0);
        z / (x * x + 1.0) + x.sum() * &row
    };
    reductions at signed([3, 2], 5), |x| {
        x.sum_axis(0) * x.mean_axis(0) + x.max_axis(0) - x.min_axis(0) + x.logsumexp_axis(0)
    };
    full_reductions at signed([3, 2], 6), |x| {
        x * (x.sum() + x.mean() * x.max() - x.min() + x.var() / x.norm())
    };
    distributions at signed([3, 2], 7), |x| x.softmax(1) * x.log_softmax(0) + x.cumsum(0);
    selections at signed([3, 4], 8), |x| {
        x.slice(1, 1..3).exp() + x.slice(1, 0..2) * x.select(1, 3).sum()
    };
    padding at signed([3, 2], 10), |x| x.pad([(1, 0), (0, 2)], x[[0, 1]]).square();
    choices at signed([3, 2], 11), |x| x.gt(0.0).where_(&x.sin(), &(x * 3.0)).maximum(&x.t().t()).minimum(x);
    joins at signed([3, 2], 12), |x| {
        Tensor::concat(&[x, &x.exp(), &Tensor::ones([1, 2])], 0).sum_axis(0)
            + Tensor::stack(&[x, &x.sin()], 0).sum_axis(1).sum_axis(0)
    };
    elements at signed([3, 2], 13), |x| {
        let s = x.sum_axis(1).sum_axis(0).item();
        x * (x[[1, 0]] * s) + x[[2, 1]]
    };
    roots at positive([3, 2], 14), |x| x.sqrt() + x.ln() * x.recip() - x.powf(1.7) + x.powi(-2);
    waves at signed([3, 2], 15), |x| x.sin() * x.cos() + x.tanh() - x.abs() + x.clamp(-0.5, 0.6);
    activations at signed([3, 2], 16), |x| {
        x.relu() + x.leaky_relu(0.1) * x.sigmoid() + x.gelu() - x.silu() * x.softplus() + x.erf()
    };
    convolutions at signed([8, 9], 17), |x| {
        let images = x.slice(0, 0..4).reshape([2, 2, 3, 3]);
        let weight = x.slice(0, 4..8).reshape([2, 2, 3, 3]);
        let bias = x.select(0, 1).slice(0, 3..5);
        let options = Conv2dOptions::new().padding(1);
        let constant = weights([2, 2, 3, 3]);
        images.conv2d_with_bias(&weight, &bias, options) * images.conv2d(&constant, options)
            + constant.conv2d(&weight, Conv2dOptions::new().padding(1))
            + constant.conv2d_with_bias(&constant, &bias, Conv2dOptions::new().padding(1))
    };
    pooling at signed([4, 9], 18), |x| {
        let images = x.reshape([2, 2, 3, 3]);
        let options = Pool2dOptions::new(2).stride(1).padding(1);
        images.max_pool2d(options) * images.avg_pool2d(options) + images.max_pool2d([3, 3])
    };
}

#[differentiable]
fn indexed(x: &Tensor<2, f64>, rows: &[usize], #[no_grad] columns: &Tensor<2, usize>) -> f64 {
    let y = x.index_rows(rows) * x.gather(1, columns);
    (&y * weights(y.shape())).sum()
}

#[test]
fn rows_and_elements_by_index() {
    let (x, direction) = (signed([3, 2], 9), signed([3, 2], 77));
    let columns = Tensor::from([[0, 1], [1, 1], [1, 0]]);
    let (_, tangent) = indexed::jvp(&x, &[2, 0, 2], &columns, direction.clone());
    let expected = difference(|x| indexed(x, &[2, 0, 2], &columns), &x, &direction);
    assert!((tangent - expected).abs() <= 1e-8 * expected.abs().max(1.0));
}

#[derive(Differentiable, Clone)]
struct Model {
    body: (Linear<f64>, Tanh, Linear<f64>),
    norm: LayerNorm<f64>,
    scale: Tensor<1, f64>,
    #[no_grad]
    frozen: Tensor<2, f64>,
}

impl Model {
    #[differentiable]
    fn loss(
        &self,
        x: &Tensor<2, f64>,
        #[no_grad] classes: &[usize],
        #[no_grad] y: &Tensor<2, f64>,
    ) -> f64 {
        let h = self.norm.forward(&self.body.forward(x));
        let h = h.matmul(&self.frozen) * &self.scale + &self.frozen.select(0, 0);
        let class = loss::cross_entropy(&h, classes, loss::Reduction::Mean);
        let square = loss::mse_loss(&h, y, loss::Reduction::Sum);
        class
            + square
            + loss::huber_loss(&h, y, 0.3, loss::Reduction::Mean)
            + loss::nll_loss(&h.log_softmax(1), classes, loss::Reduction::Sum)
            + loss::bce_with_logits(&h, &y.sigmoid(), loss::Reduction::Mean)
            + loss::cross_entropy_smooth(&h, classes, 0.1, loss::Reduction::Mean)
            + loss::l1_loss(&h, y, loss::Reduction::Mean)
    }
}

#[test]
fn layers_and_losses() {
    let model = Model {
        body: (Linear::new(3, 5, 1), Tanh, Linear::new(5, 4, 2)),
        norm: LayerNorm::new(4),
        scale: signed([2], 3),
        frozen: signed([4, 2], 4),
    };
    let (x, y) = (signed([6, 3], 5), signed([6, 2], 6));
    let classes = [0, 1, 1, 0, 1, 0];
    // A direction of the length of the gradient, with other numbers.
    let (_, mut direction, _) = {
        let (value, gradient) = model.loss_value_and_grad(&x, &classes, &y);
        (value, gradient.clone(), gradient)
    };
    struct Numbers(u32);
    impl TangentVisitor for Numbers {
        fn visit<T: Real>(&mut self, part: &mut [T]) {
            for x in part {
                self.0 = (self.0 * 7 + 3) % 11;
                *x = T::from_f64(f64::from(self.0) * 0.2 - 1.0);
            }
        }
    }
    direction.visit_tangents(&mut Numbers(1));
    let moved = |by: f64| {
        struct Step(f64);
        impl autograd_runtime::ParameterVisitor for Step {
            fn visit<T: Real>(&mut self, x: &mut [T], dx: &[T]) {
                for (x, &dx) in x.iter_mut().zip(dx) {
                    *x += dx * T::from_f64(self.0);
                }
            }
        }
        let (mut model, mut x) = (model.clone(), x.clone());
        model.visit_parameters(&direction.0, &mut Step(by));
        x.visit_parameters(&direction.1, &mut Step(by));
        model.loss(&x, &classes, &y)
    };
    let expected = (moved(1e-6) - moved(-1e-6)) / 2e-6;
    let (value, tangent) = model.loss_jvp(&x, &classes, &y, direction.clone());
    assert_eq!(value, model.loss(&x, &classes, &y));
    assert!(
        (tangent - expected).abs() <= 1e-7 * expected.abs().max(1.0),
        "{tangent}, not {expected}"
    );
}
