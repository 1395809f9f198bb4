//! What has no gradient costs no matrix product: GEMM calls are counted.

use autograd_runtime::prelude::*;
use autograd_runtime::private::gemm_count;

#[differentiable]
fn both(x: &Tensor<2>, w: &Tensor<2>) -> f32 {
    x.matmul(w).square().sum()
}

#[differentiable]
fn weights_only(#[no_grad] x: &Tensor<2>, w: &Tensor<2>) -> f32 {
    x.matmul(w).square().sum()
}

#[differentiable]
fn detached(x: &Tensor<2>, w: &Tensor<2>) -> f32 {
    let frozen = no_grad! { x.matmul(w).matmul(w).tanh() };
    (x.matmul(w) * frozen).sum()
}

/// The number of matrix products that `run` takes.
fn count(run: impl FnOnce()) -> u64 {
    let before = gemm_count();
    run();
    gemm_count() - before
}

#[test]
fn inactive_operands_cost_no_product() {
    let (x, w) = (Tensor::randn([5, 4], 1), Tensor::randn([4, 4], 2));
    // One product forward, and one in reverse for each active operand.
    assert_eq!(count(|| drop(both::grad(&x, &w))), 3);
    assert_eq!(count(|| drop(weights_only::grad(&x, &w))), 2);
    // Three forward; of the stopped branch none in reverse.
    assert_eq!(count(|| drop(detached::grad(&x, &w))), 5);
    assert_eq!(count(|| assert!(detached(&x, &w).is_finite())), 3);
}
