//! Where a denominator cannot be zero, no derivative is asked for its pole.

use super::expand;

/// Whether the pullback of a function of `x` and `y` may run for a cotangent that is zero.
fn has_pole(expression: &str) -> bool {
    let text = expand(&format!("fn f(x: f64, y: f64) -> f64 {{ {expression} }}"));
    !text.contains("pub const RUNS_AT_ZERO: bool = true")
}

#[test]
fn denominators_that_cannot_be_zero() {
    for expression in [
        "1.0 / (1.0 + (-x).exp())",
        "y / (x * x + 1.0)",
        "y / (x.powi(2) + y.abs() + 1e-8)",
        "(x * x + 0.5).sqrt()",
        "(1.0 + x.abs()).ln() * y",
        "let d = x * x; let d = d + y.exp(); (d + 2.0).recip()",
        "1.0 / x.max(1e-6)",
        "y / x.cosh()",
        "x.atan() + x.asinh()",
        "x.powi(2) + y.powf(1.5)",
        "y / (2.0 + x * x).sqrt()",
        "x * x - y * 3.0",
    ] {
        assert!(!has_pole(expression), "{expression}");
    }
}

#[test]
fn denominators_that_may_be_zero() {
    for expression in [
        "1.0 / x",
        "1.0 / (1.0 + x)",
        "1.0 / (x * y + 1.0)",
        "y / (x * x)",
        "1.0 / (x * x - 1.0)",
        "1.0 / (x * x + (-1.0))",
        "1.0 / (x.exp() * y.exp())",
        // Single precision has no such number's reciprocal.
        "1.0 / (x * x + 1e-40)",
        "x.sqrt()",
        "(x * x).sqrt()",
        "x.ln()",
        "1.0 / x.min(1.0)",
        "x.asin()",
        "x.hypot(y)",
        "x.powi(-1)",
        "x.powf(0.5)",
        "2.0_f64.powf(x) * x.powf(y)",
        "let mut d = 1.0 + x * x; d -= 1.0; y / d",
    ] {
        assert!(has_pole(expression), "{expression}");
    }
}
