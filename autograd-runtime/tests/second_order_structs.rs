//! Hessian-vector products over structs, and of methods, against closed forms and differences of gradients.

#![allow(
    clippy::pedantic,
    clippy::all,
    dead_code,
    reason = "what users may write, not what is best"
)]

use autograd_runtime::gradgradcheck;
use autograd_runtime::nn::{AvgPool2d, Conv2d, Embedding, Flatten, LayerNorm, Linear, Silu, Tanh};
use autograd_runtime::prelude::*;

/// As in the guide, in double precision.
#[derive(Differentiable, Clone, Debug, PartialEq)]
#[autograd(order = 2)]
struct Model {
    hidden: Linear<f64>,
    output: Linear<f64>,
}

impl Model {
    #[differentiable(order = 2)]
    fn predict(&self, #[no_grad] x: &Tensor<2, f64>) -> Tensor<2, f64> {
        let h = self.hidden.forward(x).tanh();
        self.output.forward(&h)
    }

    #[differentiable(order = 2)]
    fn loss(&self, #[no_grad] x: &Tensor<2, f64>, #[no_grad] y: &Tensor<2, f64>) -> f64 {
        loss::mse_loss(&self.predict(x), y, loss::Reduction::Mean)
    }
}

#[test]
fn the_model_of_the_guide() {
    let x = Tensor::randn([8, 2], 1);
    let y = x.slice(1, 0..1) * x.slice(1, 1..2);
    let model = Model { hidden: Linear::new(2, 3, 2), output: Linear::new(3, 1, 3) };
    model.loss_gradgradcheck(&x, &y).unwrap();
    let hessian = model.loss_hessian(&x, &y);
    assert_eq!(hessian.shape(), [13, 13]);
    for i in 0..13 {
        for j in 0..i {
            assert!((hessian[[i, j]] - hessian[[j, i]]).abs() < 1e-12, "not symmetric");
        }
    }
    let direction = model.loss_grad(&x, &y);
    let product: ModelGrad = model.loss_hvp(&x, &y, direction);
    assert_eq!(product.hidden.weight.shape(), [2, 3]);
}

/// Generic over its scalar: nothing needs a twin.
#[derive(Differentiable, Clone, Debug, PartialEq)]
#[autograd(order = 2)]
struct Spring<T: Real = f64> {
    stiffness: T,
    rest: [T; 2],
    #[no_grad]
    offset: T,
    #[no_grad]
    name: &'static str,
}

impl<T: Real> Spring<T> {
    #[differentiable(order = 2)]
    fn energy(&self, x: &[T]) -> T {
        let Self { stiffness, rest, .. } = *self;
        let offset = no_grad! { self.offset };
        let mut sum = self.penalty(x[0]);
        for i in 0..2 {
            sum += stiffness * (x[i] - rest[i] - offset).powi(2);
        }
        sum
    }

    #[differentiable]
    fn penalty(&self, x: T) -> T {
        (self.rest[0] * x).sin() * self.stiffness.exp()
    }
}

fn spring() -> Spring {
    Spring { stiffness: 1.3, rest: [0.4, -0.7], offset: 0.2, name: "left" }
}

#[test]
fn methods_of_a_generic_type() {
    spring().energy_gradgradcheck(&[0.3, 0.9]).unwrap();
    // ∂²/∂k∂x₁ = 2 (x₁ - r₁ - o)
    let hessian = spring().energy_hessian(&[0.3, 0.9]);
    assert_eq!(hessian.shape(), [5, 5]);
    assert!((hessian[[0, 4]] - 2.0 * (0.9 + 0.7 - 0.2)).abs() < 1e-12);
}

#[differentiable(order = 2)]
fn chain(springs: &[Spring<f64>], first: &Spring, x: f64) -> f64 {
    let mut sum = first.stiffness * x.sin();
    for spring in springs {
        sum += spring.energy(&[x, 0.5]) * first.rest[1];
    }
    sum
}

#[test]
fn functions_of_generic_types() {
    let other = Spring { stiffness: -0.3, ..spring() };
    gradgradcheck!(chain, &[spring(), other], &spring(), 0.7).unwrap();
}

/// A struct over `f64`, with others inside.
#[derive(Differentiable, Clone, Debug, PartialEq)]
#[autograd(order = 2)]
struct Body {
    mass: f64,
    position: [f64; 3],
    springs: Vec<Spring<f64>>,
    count: usize,
    #[no_grad]
    scale: f64,
    #[no_grad]
    label: String,
}

#[derive(Differentiable, Clone, Debug, PartialEq)]
#[autograd(order = 2)]
struct Pair(Body, f64);

fn body() -> Body {
    Body {
        mass: 1.7,
        position: [0.1, -0.4, 0.8],
        springs: vec![spring()],
        count: 2,
        scale: 0.5,
        label: "body".to_owned(),
    }
}

impl Body {
    #[differentiable(order = 2)]
    fn kinetic(&self, velocity: &[f64; 3], power: i32) -> f64 {
        let scale = no_grad! { self.scale };
        let mut sum = 0.0;
        for i in 0..3 {
            sum += (velocity[i] - self.position[i]).powi(power) * scale;
        }
        0.5 * self.mass * sum
    }

    #[differentiable(order = 2)]
    fn total(&self, other: &Self, velocity: &[f64; 3]) -> f64 {
        let mut sum = self.kinetic(velocity, 2) / self.kinetic(&other.position, 4);
        for spring in &self.springs {
            sum += spring.energy(&self.position[1..]);
        }
        for _ in 0..self.count {
            sum *= self.mass;
        }
        assert!(sum.is_finite(), "of {}", self.label);
        sum
    }

    #[differentiable(order = 2)]
    fn consumed(self, k: f64) -> f64 {
        let position = self.position;
        position[0] * position[1].exp() * self.mass * k
    }

    #[differentiable(order = 2)]
    fn fixed(#[no_grad] &self, x: f64) -> f64 {
        (self.mass * x).sin() * self.position[2]
    }
}

#[differentiable(order = 2)]
fn of_pairs(pairs: &[Pair], body: &Body, #[no_grad] fixed: &Body, x: Option<f64>) -> f64 {
    let mut sum = body.mass * fixed.mass;
    for pair in pairs {
        sum += pair.1 * pair.0.mass * body.position[0] * pair.0.position[1];
    }
    if let Some(x) = x {
        sum *= x * x;
    }
    sum
}

#[test]
fn structs_over_f64() {
    let (velocity, other) = ([0.3, 0.9, -0.2], Body { mass: 0.4, position: [1.0; 3], ..body() });
    body().kinetic_gradgradcheck(&velocity, 3).unwrap();
    body().total_gradgradcheck(&other, &velocity).unwrap();
    body().consumed_gradgradcheck(0.3).unwrap();
    body().fixed_gradgradcheck(0.3).unwrap();
    let pairs = [Pair(body(), 0.3), Pair(other, -0.7)];
    gradgradcheck!(of_pairs, &pairs, &body(), &body(), Some(0.3)).unwrap();
    gradgradcheck!(of_pairs, &pairs, &body(), &body(), None).unwrap();
    // m/2 s Σ (v - p)³, by mass and position.
    let direction = (BodyGrad { mass: 1.0, ..body().zero_tangent() }, [0.0; 3]);
    let (product, _) = body().kinetic_hvp(&velocity, 3, direction);
    for i in 0..3 {
        let expected = -0.5 * 0.5 * 3.0 * (velocity[i] - body().position[i]).powi(2);
        assert!((product.position[i] - expected).abs() < 1e-12);
    }
    assert_eq!((product.mass, product.count), (0.0, NoTangent));
}

/// In single precision, whose name is nowhere in the types.
#[derive(Differentiable, Clone)]
#[autograd(order = 2)]
struct Single {
    hidden: Linear,
    output: Linear,
}

impl Single {
    #[differentiable(order = 2)]
    fn loss(&self, #[no_grad] x: &Tensor<2>, #[no_grad] y: &Tensor<2>) -> f32 {
        let h = self.hidden.forward(x).tanh();
        loss::mse_loss(&self.output.forward(&h), y, loss::Reduction::Mean)
    }
}

fn single<const R: usize>(x: &Tensor<R, f64>) -> Tensor<R> {
    Tensor::from_vec(x.shape(), x.as_slice().iter().map(|x| *x as f32).collect()).unwrap()
}

fn single_layer(layer: &Linear<f64>) -> Linear {
    Linear { weight: single(&layer.weight), bias: single(&layer.bias) }
}

#[test]
fn single_precision() {
    let (x, y) = (Tensor::randn([8, 2], 1), Tensor::randn([8, 1], 5));
    let model = Model { hidden: Linear::new(2, 3, 2), output: Linear::new(3, 1, 3) };
    let single_model =
        Single { hidden: single_layer(&model.hidden), output: single_layer(&model.output) };
    let expected = model.loss_hessian(&x, &y);
    let hessian = single_model.loss_hessian(&single(&x), &single(&y));
    for (got, expected) in hessian.as_slice().iter().zip(expected.as_slice()) {
        assert!((f64::from(*got) - expected).abs() < 1e-4, "{got}, not {expected}");
    }
}

#[derive(Differentiable, Clone)]
#[autograd(order = 2)]
struct Network {
    body: (Linear<f64>, Tanh, LayerNorm<f64>, Linear<f64>),
    table: Embedding<f64>,
    image: (Conv2d<f64>, Silu, AvgPool2d, Flatten),
    #[no_grad]
    teacher: Linear<f64>,
    optional: Option<Linear<f64>>,
}

impl Network {
    #[differentiable(order = 2)]
    fn loss(&self, #[no_grad] indices: &[usize], #[no_grad] image: &Tensor<4, f64>) -> f64 {
        let x = self.table.forward(indices);
        let y = self.body.forward(&x) + self.image.forward(image);
        let teacher = no_grad! { self.teacher.forward(&x) };
        let mut sum = loss::cross_entropy(&y, &[1, 0, 2], loss::Reduction::Sum);
        if let Some(layer) = &self.optional {
            sum += layer.forward(&y).square().mean();
        }
        sum + (y * teacher).sum()
    }
}

#[test]
fn layers() {
    let image = Tensor::randn([3, 1, 3, 3], 1);
    let mut network = Network {
        body: (Linear::new(2, 3, 2), Tanh, LayerNorm::new(3), Linear::new(3, 3, 3)),
        table: Embedding::new(4, 2, 4),
        image: (Conv2d::new(1, 3, 2, 5), Silu, AvgPool2d::new(2), Flatten),
        teacher: Linear::new(2, 3, 6),
        optional: Some(Linear::new(3, 2, 7)),
    };
    network.loss_gradgradcheck(&[3, 0, 3], &image).unwrap();
    network.optional = None;
    network.loss_gradgradcheck(&[3, 0, 3], &image).unwrap();
}

#[derive(Differentiable, Clone)]
#[autograd(order = 2)]
enum Shape<T: Real> {
    Point,
    Disc(T),
    Box { sides: [T; 2], tilt: T },
}

#[derive(Differentiable, Clone, Copy, PartialEq)]
#[autograd(order = 2)]
enum Metal {
    Iron,
    Lead,
}

impl<T: Real> Shape<T> {
    #[differentiable(order = 2)]
    fn area(&self, scale: T) -> T {
        match self {
            Shape::Point => scale,
            Shape::Disc(r) => *r * *r * scale,
            Self::Box { sides: [a, b], tilt } => *a * *b * tilt.cos() * scale,
        }
    }
}

#[derive(Differentiable, Clone)]
#[autograd(order = 2)]
struct Plate<const N: usize> {
    shapes: [Shape<f64>; N],
    #[no_grad]
    metal: Metal,
}

impl<const N: usize> Plate<N> {
    #[differentiable(order = 2)]
    fn mass(&self, thickness: f64) -> f64 {
        let density = match self.metal {
            Metal::Iron => 7.9,
            Metal::Lead => 11.3,
        };
        let mut sum = 0.0;
        for shape in &self.shapes {
            sum += shape.area(thickness) * thickness;
        }
        sum * density
    }
}

#[test]
fn enums() {
    let shapes = [
        Shape::Disc(0.7),
        Shape::Point,
        Shape::Box { sides: [0.3, 1.2], tilt: 0.4 },
        Shape::Disc(-0.2),
    ];
    for shape in &shapes {
        shape.area_gradgradcheck(0.9).unwrap();
    }
    let plate = Plate { shapes, metal: Metal::Lead };
    plate.mass_gradgradcheck(0.3).unwrap();
    let plate = Plate { metal: Metal::Iron, ..plate };
    plate.mass_gradgradcheck(0.3).unwrap();
    let direction = (plate.zero_tangent(), 1.0);
    let (product, second) = plate.mass_hvp(0.3, direction);
    // By thickness, twice: 2 ρ Σ areas, of iron.
    let area = 0.49 + 1.0 + 0.36 * 0.4_f64.cos() + 0.04;
    assert!((second - 2.0 * 7.9 * area).abs() < 1e-12);
    assert!(matches!(product.shapes[1], ShapeGrad::Zero));
}

/// Methods that are called without a gradient stay as they are.
#[derive(Differentiable, Clone)]
#[autograd(order = 2)]
struct Polynomial {
    coefficients: Vec<f64>,
    shift: f64,
}

impl Polynomial {
    fn degree(&self) -> usize {
        self.coefficients.len()
    }

    fn is_even(&self, i: usize) -> bool {
        i % 2 == 0 && self.shift > 0.0
    }

    #[differentiable(order = 2)]
    fn term(&self, x: f64, i: usize) -> f64 {
        self.coefficients[i] * (x - self.shift).powi(i as i32)
    }

    #[differentiable(order = 2)]
    fn at(&self, x: f64) -> f64 {
        let mut sum = 0.0;
        for i in 0..self.degree() {
            let scale = no_grad! { if self.is_even(i) { 2.0 } else { 3.0 } };
            sum += Self::term(self, x, i) * scale;
        }
        println!("a polynomial of degree {}", self.degree() - 1);
        assert_eq!(Self::degree(self), self.coefficients.len());
        let copy = self.clone();
        sum * copy.shift
    }
}

#[test]
fn methods_without_a_gradient() {
    let polynomial = Polynomial { coefficients: vec![0.3, -1.2, 0.7, 0.4], shift: 0.2 };
    polynomial.at_gradgradcheck(0.9).unwrap();
    let polynomial = Polynomial { shift: -0.2, ..polynomial };
    polynomial.at_gradgradcheck(0.9).unwrap();
}

/// What a pattern binds by reference.
#[derive(Differentiable, Clone)]
#[autograd(order = 2)]
struct Product {
    w: f64,
    k: f64,
}
impl Product {
    #[differentiable(order = 2)]
    fn scaled(&self, x: &f64, o: &Option<f64>) -> f64 {
        let Self { k, w } = self;
        let z = if let Some(o) = o { o * o } else { 0.0 };
        -k * w * x + x * z - w / x
    }
}

#[test]
fn patterns() {
    Product { w: 0.2, k: 0.3 }.scaled_gradgradcheck(&0.3, &Some(0.2)).unwrap();
}
