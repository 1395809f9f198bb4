use autograd_runtime::prelude::*;

// What a macro by example puts in for `$e:expr` stands between delimiters without a character. The
// compiler ignores them in what a procedural macro writes, so that `$x * $e` binds as `x * x + y`.

macro_rules! product {
    ($name:ident, |$x:ident, $y:ident| $e:expr) => {
        #[differentiable]
        fn $name($x: f64, $y: f64) -> f64 {
            let product = $x * $e;
            product
        }
    };
}
product!(f, |x, y| x + y);

fn main() {
    // The plain function gave 7.
    assert_eq!(f(2.0, 3.0), 10.0);
    assert_eq!(f::value_and_grad(2.0, 3.0), (10.0, (7.0, 2.0)));
}
