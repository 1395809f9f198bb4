use autograd_runtime::prelude::*;

use std::arch::asm;

#[differentiable]
fn f(x: f64) -> f64 {
    let mut y = x;
    asm!("nop", inout(xmm_reg) y);
    x * y
}

fn main() {}
