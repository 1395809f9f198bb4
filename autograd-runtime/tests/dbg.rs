use autograd_runtime::prelude::*;
#[differentiable]
fn constant_after_an_operand_that_may_leave(a: f64, b: f64) -> f64 {
    (if a > 0.25 {
        a
    } else {
        if b > 100.0 {
            return 0.5;
        }
        b
    })
    .mul_add(no_grad! { b }, a)
}

#[test] fn a() {}
