use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64) {
    let _ = x;
}

#[differentiable]
fn g(x: &mut f64) -> f64 {
    *x * *x
}

#[derive(Differentiable, Clone)]
struct Model {
    w: f64,
}

impl Model {
    #[differentiable]
    fn loss(&self, xs: &[f64]) -> f64 {
        let s = xs.iter().map(|x| x * self.w).sum::<f64>();
        s * s
    }
}

#[differentiable]
fn generic<T: Real>(x: T) -> T {
    match x {
        y => y,
    }
}

// What is wrong with the functions above is not reported here again.
#[differentiable]
fn caller(model: &Model, x: f64) -> f64 {
    model.loss(&[1.0, 2.0]) * generic(x)
}

fn main() {
    let _ = f::grad(1.0);
    let _ = f::vjp(1.0);
    let _ = g::value_and_grad(&mut 1.0);
    let _ = gradcheck(&mut 1.0);
    let model = Model { w: 1.0 };
    let ModelGrad { w } = model.loss_grad(&[1.0]).0;
    let (value, pullback) = model.loss_vjp(&[1.0]);
    let (ModelGrad { .. }, _) = pullback(value * w);
    let _: f32 = generic::grad(1.0);
    generic::gradcheck(1.0).unwrap();
    println!("{}", generic::graph());
}

fn gradcheck(x: &mut f64) -> f64 {
    g::grad(x)
}
