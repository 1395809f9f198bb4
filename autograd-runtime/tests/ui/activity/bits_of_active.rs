use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64, v: &[f32]) -> f64 {
    let bits = x.to_bits();
    let halved = f64::from_bits(f64::to_bits(x * x) - (1 << 52));
    let bytes = (x.to_be_bytes(), x.sin().to_le_bytes(), v[0].to_ne_bytes());
    let allowed = x.detach().to_bits();
    x * halved + (bits & allowed) as f64 + bytes.0[0] as f64
}

fn main() {}
