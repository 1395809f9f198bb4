//! Small programs over tensors: values and gradients of whole functions.

use autograd_runtime::prelude::*;
use autograd_runtime::{Gradcheck, gradcheck};

#[differentiable]
fn two_layer(
    #[no_grad] x: &Tensor<2>,
    w1: &Tensor<2>,
    w2: &Tensor<2>,
    #[no_grad] y: &Tensor<2>,
) -> f32 {
    let h = x.matmul(w1).relu();
    let r = h.matmul(w2) - y;
    r.square().sum()
}

#[test]
fn two_layers() {
    let (x, y) = (Tensor::randn([4, 5], 1), Tensor::randn([4, 2], 4));
    let (w1, w2) = (Tensor::randn([5, 3], 2), Tensor::randn([3, 2], 3));
    let (value, (g1, g2)) = two_layer::value_and_grad(&x, &w1, &w2, &y);
    // The fused sum adds in another order.
    let plain = two_layer(&x, &w1, &w2, &y);
    assert!((value - plain).abs() <= 4.0 * f32::EPSILON * plain, "{value}, expected {plain}");
    let check = Gradcheck::new().atol(0.1).rtol(0.05);
    check.check(|w: &Tensor<2>| two_layer(&x, w, &w2, &y), &w1, &g1).unwrap();
    check.check(|w: &Tensor<2>| two_layer(&x, &w1, w, &y), &w2, &g2).unwrap();
}

/// A recurrent network: tensors overwritten in a loop, read by element, stopped.
#[differentiable]
fn recurrent(w: &Tensor<2, f64>, x: &Tensor<2, f64>, n: usize) -> f64 {
    let mut h = x.clone();
    for i in 0..n {
        h = h.matmul(w).tanh();
        if i % 2 == 0 {
            h += x;
        }
    }
    let product = h.matmul(w);
    let frozen = product.detach();
    (&h * frozen + h.exp()).mean() + w[[0, 1]] * h[[0, 0]]
}

#[test]
fn recurrence_over_tensors() {
    let (w, x) = (Tensor::<2, f64>::randn([3, 3], 1) * 0.5, Tensor::<2, f64>::randn([2, 3], 2));
    for n in 0..4 {
        let (value, (gw, gx)) = recurrent::value_and_grad(&w, &x, n);
        let plain = recurrent(&w, &x, n);
        assert!((value - plain).abs() <= 1e-14 * plain.abs(), "{value}, expected {plain}");
        // The detached factor is held at its value while the others move.
        let mut state = x.clone();
        for i in 0..n {
            state = state.matmul(&w).tanh();
            if i % 2 == 0 {
                state += &x;
            }
        }
        let frozen = state.matmul(&w);
        let held = |w: &Tensor<2, f64>, x: &Tensor<2, f64>| {
            let mut h = x.clone();
            for i in 0..n {
                h = h.matmul(w).tanh();
                if i % 2 == 0 {
                    h += x;
                }
            }
            (&h * &frozen + h.exp()).mean() + w[[0, 1]] * h[[0, 0]]
        };
        gradcheck(|w: &Tensor<2, f64>| held(w, &x), &w, &gw).unwrap();
        gradcheck(|x: &Tensor<2, f64>| held(&w, x), &x, &gx).unwrap();
    }
}
