//! Structs, enums, tuples, options, nested lists and closures.

use autograd_runtime::prelude::*;

#[derive(Differentiable, Clone)]
struct Body {
    position: [f64; 2],
    mass: f64,
    #[no_grad]
    charge: f64,
    id: usize,
}

#[derive(Differentiable, Clone)]
enum Shape {
    Circle(f64),
    Rect { w: f64, h: f64 },
    Empty,
}

#[differentiable]
fn attraction(a: &Body, b: &Body) -> f64 {
    let dx = a.position[0] - b.position[0];
    let dy = a.position[1] - b.position[1];
    let r = dx.hypot(dy);
    // A field without a gradient is a constant, be it multiplied by another of them.
    let charge = a.charge * b.charge;
    let mut pull = a.mass * b.mass / r;
    pull = pull + charge * r;
    pull + a.charge * a.id as f64
}

#[test]
fn fields_without_gradient_are_constants() {
    let a = Body { position: [3.0, 4.0], mass: 2.0, charge: 5.0, id: 7 };
    let b = Body { position: [0.0, 0.0], mass: 3.0, charge: 0.5, id: 1 };
    let a_dot = BodyGrad { position: [1.0, 0.0], mass: 10.0, charge: NoTangent, id: NoTangent };
    let b_dot = BodyGrad { position: [0.0, 0.0], mass: 0.0, charge: NoTangent, id: NoTangent };
    let (value, tangent) = attraction::jvp(&a, &b, (a_dot, b_dot));
    assert!((value - (6.0 / 5.0 + 2.5 * 5.0 + 35.0)).abs() < 1e-12);
    // r = 5, dr = 3/5.
    let expected = 10.0 * 3.0 / 5.0 - 6.0 / 25.0 * 0.6 + 2.5 * 0.6;
    assert!((tangent - expected).abs() < 1e-12, "{tangent}, not {expected}");
}

#[differentiable]
fn area(shape: &Shape, k: f64) -> f64 {
    match shape {
        Shape::Circle(r) => r * r * k,
        Shape::Rect { w, h } if *w > 10.0 => w + h,
        Shape::Rect { w, h } => w * h * k,
        Shape::Empty => k,
    }
}

#[differentiable]
fn grown(r: f64, square: bool) -> Shape {
    if square { Shape::Rect { w: 2.0 * r, h: r * r } } else { Shape::Circle(3.0 * r) }
}

#[differentiable]
fn grown_area(r: f64, square: bool, k: f64) -> f64 {
    let shape = grown(r, square);
    area(&shape, k)
}

#[test]
fn enums_by_their_variants() {
    assert_eq!(area::jvp(&Shape::Circle(2.0), 3.0, (ShapeGrad::Circle(1.0), 0.5)).1, 12.0 + 2.0);
    let rect = Shape::Rect { w: 2.0, h: 3.0 };
    let dot = ShapeGrad::Rect { w: 1.0, h: 10.0 };
    assert_eq!(area::jvp(&rect, 2.0, (dot, 1.0)).1, 2.0 * (3.0 + 20.0) + 6.0);
    assert_eq!(area::jvp(&rect, 2.0, (ShapeGrad::Zero, 1.0)).1, 6.0);
    assert_eq!(area::jvp(&Shape::Empty, 2.0, (ShapeGrad::Zero, 1.0)).1, 1.0);
    assert_eq!(grown::jvp(2.0, true, 1.0).1, ShapeGrad::Rect { w: 2.0, h: 4.0 });
    // 2r³k and 9r²k.
    assert_eq!(grown_area::jvp(2.0, true, 1.5, (1.0, 1.0)), (24.0, 36.0 + 16.0));
    assert_eq!(grown_area::jvp(2.0, false, 1.5, (1.0, 1.0)), (54.0, 54.0 + 36.0));
}

#[differentiable]
fn parts(x: f64, pair: (f64, [f64; 2])) -> (f64, Vec<f64>, Option<f64>) {
    let (a, [b, c]) = pair;
    let first = if a > 0.0 { Some(x * b) } else { None };
    let rest = match first {
        Some(y) => y * c,
        None => 1.0,
    };
    (x * a, vec![rest, b * b, 2.0], first)
}

#[test]
fn tuples_lists_and_options() {
    let (value, tangent) = parts::jvp(2.0, (3.0, [4.0, 5.0]), (1.0, (0.0, [10.0, 0.0])));
    assert_eq!(value, (6.0, vec![40.0, 16.0, 2.0], Some(8.0)));
    assert_eq!(tangent, (3.0, vec![(4.0 + 20.0) * 5.0, 80.0, 0.0], Some(24.0)));
    let (_, tangent) = parts::jvp(2.0, (-3.0, [4.0, 5.0]), (1.0, (1.0, [10.0, 0.0])));
    assert_eq!(tangent, (-3.0 + 2.0, vec![0.0, 80.0, 0.0], None));
}

#[derive(Differentiable, Clone)]
struct Grid<T: Real> {
    rows: Vec<Vec<T>>,
    scale: T,
}

impl<T: Real> Grid<T> {
    #[differentiable]
    fn energy(&self, k: T) -> T {
        let mut sum = T::ZERO;
        for row in &self.rows {
            for (i, &x) in row.iter().enumerate() {
                if i > 0 {
                    let step = x - row[i - 1];
                    sum += step * step * self.scale;
                }
            }
        }
        sum.sqrt() * k
    }

    #[differentiable]
    fn doubled(&self, #[no_grad] factor: T) -> Self {
        let rows = self.rows.iter().map(|row| row.iter().map(|x| *x * factor).collect()).collect();
        Self { rows, ..self.clone() }
    }
}

#[test]
fn generic_structs_and_methods() {
    let grid = Grid { rows: vec![vec![1.0_f32, 3.0], vec![0.0, 1.0, 3.0]], scale: 1.0 };
    let dot = GridGrad { rows: vec![vec![0.0, 1.0], vec![0.0; 3]], scale: 0.0 };
    // √(4 + 1 + 4) = 3, and its derivative 4/(2·3).
    let (value, tangent) = grid.energy_jvp(2.0, (dot.clone(), 1.0));
    assert_eq!(value, 6.0);
    assert!((tangent - (2.0 * 4.0 / 6.0 + 3.0)).abs() < 1e-6);
    let (_, tangent) = grid.doubled_jvp(2.0, dot);
    assert_eq!(tangent.rows, vec![vec![0.0, 2.0], vec![0.0; 3]]);
    assert_eq!(tangent.scale, 0.0);
}

#[differentiable]
fn borrowed_parts(x: &mut [f64], n: usize) -> f64 {
    let (low, high) = x.split_at_mut(n);
    for (a, b) in low.iter_mut().zip(high.iter()) {
        *a += b * b;
    }
    low[0] *= 2.0;
    let f = |y: f64| y * high[0];
    f(low[0]) + low.iter().zip(high.iter()).fold(0.0, |sum, (a, b)| sum + a * b)
}

#[test]
fn aliases_and_closures() {
    let mut x = [1.0, 2.0, 3.0, 4.0];
    let (value, (tangent, exit)) = borrowed_parts::jvp(&mut x, 2, vec![1.0, 0.0, 0.0, 0.0]);
    // (2 (a + c²)) c + (2 (a + c²)) c + (b + d²) d
    assert_eq!(value, 2.0 * 10.0 * 3.0 * 2.0 + 18.0 * 4.0);
    assert_eq!((tangent, exit), (12.0, vec![2.0, 0.0, 0.0, 0.0]));
    let mut x = [1.0, 2.0, 3.0, 4.0];
    let (_, (tangent, _)) = borrowed_parts::jvp(&mut x, 2, vec![0.0, 0.0, 1.0, 0.0]);
    assert_eq!(tangent, 4.0 * (1.0 + 3.0 * 9.0));
}
