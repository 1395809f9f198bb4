//! After the first calls, gradients of functions of tensors allocate nothing.

use autograd_runtime::loss::{Reduction, cross_entropy};
use autograd_runtime::prelude::*;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

/// The system's allocator, which counts the allocations of each thread.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn count() {
    // A thread that ends has nothing more to say.
    let _ = COUNT.try_with(|count| count.set(count.get() + 1));
}

// SAFETY: everything is passed on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's.
        unsafe { System.alloc(layout) }
    }
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's.
        unsafe { System.alloc_zeroed(layout) }
    }
    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: the caller's.
        unsafe { System.realloc(at, layout, size) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: the caller's.
        unsafe { System.dealloc(at, layout) }
    }
}

/// How many allocations a call makes after two others.
fn allocations(mut call: impl FnMut()) -> usize {
    call();
    call();
    let before = COUNT.get();
    call();
    COUNT.get() - before
}

#[test]
fn allocations_are_counted() {
    assert_eq!(allocations(|| drop(black_box(vec![1.0; 10]))), 1);
}

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
fn a_network_of_two_layers() {
    let (x, y) = (Tensor::randn([16, 30], 1), Tensor::randn([16, 4], 2));
    let (w1, w2) = (Tensor::randn([30, 20], 3), Tensor::randn([20, 4], 4));
    let mut gradient = (w1.zero_tangent(), w2.zero_tangent());
    let made = allocations(|| {
        gradient.zero();
        black_box(two_layer::value_and_grad_into(&x, &w1, &w2, &y, &mut gradient));
    });
    assert_eq!(made, 0);
    // Nor does a gradient that is made anew, since the last one was dropped.
    let made = allocations(|| {
        black_box(two_layer::value_and_grad(&x, &w1, &w2, &y));
    });
    assert_eq!(made, 0);
}

#[derive(Clone, Differentiable)]
struct Mlp {
    hidden: nn::Linear,
    middle: nn::Linear,
    out: nn::Linear,
}

#[differentiable]
fn mlp(model: &Mlp, #[no_grad] x: &Tensor<2>, targets: &[usize]) -> f32 {
    let h = model.hidden.forward(x).relu();
    let k = model.middle.forward(&h).gelu();
    let logits = model.out.forward(&k);
    cross_entropy(&logits, targets, Reduction::Mean)
}

#[test]
fn a_classifier_with_cross_entropy() {
    let mut model = Mlp {
        hidden: nn::Linear::new(12, 24, 1),
        middle: nn::Linear::new(24, 16, 2),
        out: nn::Linear::new(16, 5, 3),
    };
    let x = Tensor::randn([10, 12], 4);
    let targets: Vec<usize> = (0..10).map(|i| i % 5).collect();
    let mut gradient = model.zero_tangent();
    let mut optimizer = optim::Adam::new(1e-3);
    let made = allocations(|| {
        gradient.zero();
        black_box(mlp::value_and_grad_into(&model, &x, &targets, &mut gradient));
        optimizer.step(&mut model, &gradient);
    });
    assert_eq!(made, 0);
}

#[differentiable]
fn chain(x: &Tensor<2>, w: &Tensor<1>, b: &Tensor<1>) -> f32 {
    let h = (x * w + b).tanh();
    let k = h.softmax(1);
    (&k * x.sigmoid()).sum() + k.max_axis(0).mean() + (h - b).square().mean()
}

#[test]
fn a_chain_of_elementwise_operations() {
    // The last one is divided among threads, if there are any.
    for shape in [[20, 7], [20, 90], [400, 350]] {
        let x = Tensor::randn(shape, 1);
        let (w, b) = (Tensor::randn([shape[1]], 2), Tensor::randn([shape[1]], 3));
        let mut gradient = (x.zero_tangent(), w.zero_tangent(), b.zero_tangent());
        let made = allocations(|| {
            gradient.zero();
            black_box(chain::value_and_grad_into(&x, &w, &b, &mut gradient));
        });
        assert_eq!(made, 0);
    }
}
