//! A function for each form of expression, statement and pattern.

use autograd_runtime::prelude::*;

#[derive(Differentiable, Clone)]
pub(super) struct Pair {
    a: f64,
    b: f64,
}
#[derive(Differentiable, Clone)]
pub(super) enum Shape {
    Circle(f64),
    Square { side: f64 },
    Point,
}
const LIMIT: u32 = 3;

#[differentiable]
pub(super) fn array(x: f64) -> f64 {
    let v = [x, x * x, 2.0];
    v[0] * v[1] + v[2]
}
#[differentiable]
pub(super) fn assign(x: f64) -> f64 {
    let mut y = x;
    y = y * x;
    y
}
#[differentiable]
pub(super) fn binary(x: f64) -> f64 {
    (x + 2.0) * x - x / (x + 3.0) + x % 0.7
}
#[differentiable]
pub(super) fn block(x: f64) -> f64 {
    let y = {
        let z = x * x;
        z + 1.0
    };
    y * x
}
#[differentiable]
pub(super) fn break_(x: f64) -> f64 {
    let mut y = x;
    let z = loop {
        y *= 1.5;
        if y.abs() > 2.0 {
            break y * x;
        }
    };
    z * y
}
#[differentiable]
pub(super) fn call(x: f64) -> f64 {
    block(x) * array(x)
}
#[differentiable]
pub(super) fn cast(x: f64) -> f64 {
    let y = x as f32;
    f64::from(3_u8) * x + (y as f64) * 0.0 + 2_i32 as f64 * x
}
#[differentiable]
pub(super) fn closure(x: f64) -> f64 {
    let f = |y: f64| y * x;
    f(x) + f(2.0)
}
#[differentiable]
pub(super) fn const_(x: f64) -> f64 {
    x * x * const { 2.0 + 1.0 }
}
#[differentiable]
pub(super) fn continue_(x: f64) -> f64 {
    let mut y = 0.0;
    for i in 0..5 {
        if i % 2 == 0 {
            continue;
        }
        y += x.powi(i);
    }
    y
}
#[differentiable]
pub(super) fn field(x: f64) -> f64 {
    let mut pair = Pair { a: x, b: x * x };
    pair.a *= pair.b;
    pair.a + pair.b
}
#[differentiable]
pub(super) fn for_loop(x: f64) -> f64 {
    let mut y = 1.0;
    for i in 0..4 {
        y = y * x + i as f64;
    }
    y
}
#[differentiable]
pub(super) fn if_(x: f64) -> f64 {
    if x > 1.0 { x * x } else { x.sin() }
}
#[differentiable]
pub(super) fn index(x: f64) -> f64 {
    let v = vec![x, x * x, x * x * x];
    v[1] * v[1..][1]
}
#[differentiable]
pub(super) fn infer(x: f64) -> f64 {
    _ = x * 3.0;
    x * x
}
#[differentiable]
pub(super) fn let_(x: f64) -> f64 {
    let y = Some(x * x);
    if let Some(z) = y { z * x } else { x }
}
#[differentiable]
pub(super) fn lit(x: f64) -> f64 {
    x * 2.5 + 1e-3 * x * x
}
#[differentiable]
pub(super) fn loop_(x: f64) -> f64 {
    let mut y = x;
    loop {
        y = y * 0.5 + x;
        if y > 1.9 * x.abs() || y < 0.0 {
            break;
        }
    }
    y * y
}
#[differentiable]
pub(super) fn macro_(x: f64) -> f64 {
    let v = vec![x * x; 3];
    assert!(v.len() == 3, "{x}");
    v[0] * v[2]
}
#[differentiable]
pub(super) fn match_(x: f64) -> f64 {
    match Shape::Circle(x) {
        Shape::Circle(r) => r * r,
        Shape::Square { side } => side,
        Shape::Point => 0.0,
    }
}
#[differentiable]
pub(super) fn method_call(x: f64) -> f64 {
    x.sin().mul_add(x, 1.0).exp()
}
#[differentiable]
pub(super) fn paren(x: f64) -> f64 {
    (x) * (x + (1.0))
}
#[differentiable]
pub(super) fn path(x: f64) -> f64 {
    x * std::f64::consts::PI + x * x
}
#[differentiable]
pub(super) fn range(x: f64) -> f64 {
    let v = [x, x * x, 1.0, x];
    v[..2].iter().sum::<f64>() * (1..=3).map(|i| i as f64 * x).sum::<f64>()
}
#[differentiable]
pub(super) fn reference(x: f64) -> f64 {
    let v = [x, x * x];
    let w = &v;
    w[0] * w[1]
}
#[differentiable]
pub(super) fn repeat(x: f64) -> f64 {
    let v = [x * x; 4];
    v[0] * v[3]
}
#[differentiable]
pub(super) fn return_(x: f64) -> f64 {
    if x > 1.0 {
        return x * x;
    }
    x.cos()
}
#[differentiable]
pub(super) fn struct_(x: f64) -> f64 {
    let pair = Pair { a: x, b: x * x };
    let other = Pair { a: 3.0 * x, ..pair };
    other.a * other.b
}
#[differentiable]
pub(super) fn tuple(x: f64) -> f64 {
    let t = (x, x * x, 1);
    t.0 * t.1 + f64::from(t.2)
}
#[differentiable]
pub(super) fn unary(x: f64) -> f64 {
    let up = !(x > 1.0);
    let y = &x;
    if up { -x * *y } else { *y }
}
#[differentiable]
pub(super) fn while_(x: f64) -> f64 {
    let mut y = x.abs() + 0.1;
    while y < 5.0 {
        y *= 1.0 + 0.3 * x * x + 0.1;
    }
    y
}
#[differentiable]
pub(super) fn nested(x: f64) -> f64 {
    #[differentiable]
    fn square(y: f64) -> f64 {
        y * y
    }
    const TWO: f64 = 2.0;
    square(x) * TWO
}
#[differentiable]
pub(super) fn macro_statement(x: f64) -> f64 {
    println!("{x}");
    debug_assert!(x.is_finite());
    x * x
}

#[differentiable]
pub(super) fn guard(x: f64) -> f64 {
    match (x, 2) {
        (y, 2) if y > 1.0 => y * y,
        (y, _) => y.sin(),
    }
}
#[differentiable]
pub(super) fn numbers(x: f64) -> f64 {
    let mut sum = 0.0;
    for i in 0..8_u32 {
        sum += match i {
            0 => x,
            LIMIT => x * x,
            (1 | 2) => 2.0 * x,
            5..=6 => x.sin(),
            _ => x * x * x,
        };
    }
    sum
}
#[differentiable]
pub(super) fn parts(x: f64) -> f64 {
    let (a, mut b, ..) = (x, x * x, 1.0);
    b += 1.0;
    let Pair { a: c, b: d } = Pair { a: a * b, b: a + b };
    let [first, .., last] = [c, d, c * d];
    let f = |&y: &f64, z: f64| y * z;
    let _ = last;
    f(&first, last)
}
#[differentiable]
pub(super) fn shapes(x: f64) -> f64 {
    let mut sum = 0.0;
    for shape in [Shape::Circle(x), Shape::Square { side: x * x }, Shape::Point] {
        sum += match &shape {
            Shape::Circle(r) => r * r,
            Shape::Square { side } => side.sin(),
            Shape::Point => x,
        };
    }
    sum
}
