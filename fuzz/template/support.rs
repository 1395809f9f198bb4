//! What the generated programs share: dual numbers with the methods of `f64`, and the comparison.

#![allow(warnings)]

use autograd_runtime::{Real, Tangent, TangentVisitor};
use num_dual::DualNum;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// The oracle's numbers.
pub type D = num_dual::Dual64;

thread_local! {
    /// Whether a comparison or a kink was nearer to a tie than derivatives can be trusted.
    static TIE: Cell<bool> = const { Cell::new(false) };
}

fn near(a: f64, b: f64) {
    if !((a - b).abs() > 1e-6) {
        TIE.set(true);
    }
}

/// A constant.
pub fn c(value: f64) -> D {
    D::from(value)
}

/// A value without its tangent.
pub trait Det {
    fn det(self) -> Self;
}

/// A value without its tangent.
pub fn det<T: Det>(value: T) -> T {
    value.det()
}

impl Det for D {
    fn det(self) -> D {
        c(self.re)
    }
}

impl Det for () {
    fn det(self) {}
}

impl Det for usize {
    fn det(self) -> usize {
        self
    }
}

impl<T: Det, const N: usize> Det for [T; N] {
    fn det(self) -> Self {
        self.map(det)
    }
}

impl<T: Det> Det for Vec<T> {
    fn det(self) -> Self {
        self.into_iter().map(det).collect()
    }
}

impl Det for Option<D> {
    fn det(self) -> Self {
        self.map(det)
    }
}

impl<A: Det, B: Det> Det for (A, B) {
    fn det(self) -> Self {
        (det(self.0), det(self.1))
    }
}

impl<A: Det, B: Det, C: Det> Det for (A, B, C) {
    fn det(self) -> Self {
        (det(self.0), det(self.1), det(self.2))
    }
}

macro_rules! smooth {
    ($($name:ident)*) => {$(
        pub fn $name(x: D) -> D {
            DualNum::$name(&x)
        }
    )*};
}
smooth!(sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh);
smooth!(exp exp2 exp_m1 ln ln_1p log2 log10 sqrt cbrt recip);

pub fn powi(x: D, n: i32) -> D {
    x.powi(n)
}

pub fn powf(x: D, y: D) -> D {
    (x.ln() * y).exp()
}

pub fn log(x: D, base: D) -> D {
    ln(x) / ln(base)
}

pub fn hypot(x: D, y: D) -> D {
    (x * x + y * y).sqrt()
}

pub fn atan2(y: D, x: D) -> D {
    D::new(y.re.atan2(x.re), (y.eps * x.re - y.re * x.eps) / (x.re * x.re + y.re * y.re))
}

pub fn mul_add(x: D, a: D, b: D) -> D {
    x * a + b
}

pub fn to_radians(x: D) -> D {
    x * c(std::f64::consts::PI / 180.0)
}

pub fn abs(x: D) -> D {
    near(x.re, 0.0);
    if x.re < 0.0 { -x } else { x }
}

pub fn max(a: D, b: D) -> D {
    near(a.re, b.re);
    if a.re > b.re { a } else { b }
}

pub fn min(a: D, b: D) -> D {
    near(a.re, b.re);
    if a.re < b.re { a } else { b }
}

pub fn clamp(x: D, low: D, high: D) -> D {
    min(max(x, low), high)
}

pub fn copysign(x: D, sign: D) -> D {
    near(x.re, 0.0);
    near(sign.re, 0.0);
    if (x.re < 0.0) == (sign.re < 0.0) { x } else { -x }
}

pub fn rem(x: D, n: f64) -> D {
    near((x.re / n).fract().abs(), 0.0);
    near((x.re / n).fract().abs(), 1.0);
    x - c((x.re / n).trunc() * n)
}

pub fn less(a: D, b: D) -> bool {
    near(a.re, b.re);
    a.re < b.re
}

pub fn greater(a: D, b: D) -> bool {
    near(a.re, b.re);
    a.re > b.re
}

/// What came of a program.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Points where both versions were compared.
    pub compared: usize,
    /// Points that were skipped.
    pub skipped: usize,
    /// What was wrong at the first bad point.
    pub failure: Option<String>,
}

/// Compares values and gradients at each point.
pub fn compare(
    points: &[(&[f64], &[usize])],
    active: &[bool],
    real: impl Fn(&[f64], &[usize]) -> (f64, f64, Vec<f64>, Vec<(f64, f64)>),
    dual: impl Fn(&[D], &[usize]) -> D,
) -> Outcome {
    let mut outcome = Outcome::default();
    for (x, n) in points {
        TIE.set(false);
        let expected: Vec<D> = directions(x, active).iter().map(|x| dual(x, n)).collect();
        let finite = expected.iter().all(|y| y.re.is_finite() && y.eps.abs() < 1e8);
        if TIE.get() || !finite || expected.is_empty() {
            outcome.skipped += 1;
            continue;
        }
        outcome.compared += 1;
        let failure = match catch_unwind(AssertUnwindSafe(|| real(x, n))) {
            Ok((plain, value, gradient, tangents)) => {
                difference(plain, value, &gradient, &expected)
                    .or_else(|| forward_difference(plain, &tangents, &expected))
            }
            Err(panic) => Some(format!("panicked: {}", message(&*panic))),
        };
        if let Some(failure) = failure {
            outcome.failure = Some(format!("{failure} (at {x:?}, {n:?})"));
            break;
        }
    }
    outcome
}

/// The arguments with a tangent in one active scalar after the other.
fn directions(x: &[f64], active: &[bool]) -> Vec<Vec<D>> {
    let seeded = (0..x.len()).filter(|k| active[*k]);
    seeded
        .map(|k| (0..x.len()).map(|j| D::new(x[j], f64::from(u8::from(j == k)))).collect())
        .collect()
}

fn difference(plain: f64, value: f64, gradient: &[f64], expected: &[D]) -> Option<String> {
    if plain.to_bits() != value.to_bits() {
        return Some(format!("value: {value}, of the plain function {plain}"));
    }
    if !close(value, expected[0].re, 0.0) {
        return Some(format!("value: {value}, of dual numbers {}", expected[0].re));
    }
    if gradient.len() != expected.len() {
        return Some(format!("gradient of {} for {} scalars", gradient.len(), expected.len()));
    }
    let largest = expected.iter().fold(0.0_f64, |m, y| m.max(y.eps.abs()));
    for (k, (got, y)) in gradient.iter().zip(expected).enumerate() {
        if !close(*got, y.eps, largest) {
            return Some(format!("gradient {k}: {got}, of dual numbers {}", y.eps));
        }
    }
    None
}

/// Compares what forward mode gives in the direction of each active scalar.
fn forward_difference(plain: f64, tangents: &[(f64, f64)], expected: &[D]) -> Option<String> {
    let largest = expected.iter().fold(0.0_f64, |m, y| m.max(y.eps.abs()));
    for (k, ((value, tangent), y)) in tangents.iter().zip(expected).enumerate() {
        if plain.to_bits() != value.to_bits() {
            return Some(format!("value of jvp: {value}, of the plain function {plain}"));
        }
        if !close(*tangent, y.eps, largest) {
            return Some(format!("tangent {k}: {tangent}, of dual numbers {}", y.eps));
        }
    }
    None
}

/// A tangent like a gradient, with a one at place `k`.
pub fn direction<G: Tangent>(gradient: &G, k: usize) -> G {
    struct Place(usize);
    impl TangentVisitor for Place {
        fn visit<T: Real>(&mut self, part: &mut [T]) {
            for x in part {
                *x = if self.0 == 0 { T::ONE } else { T::ZERO };
                self.0 = self.0.wrapping_sub(1);
            }
        }
    }
    let mut direction = gradient.clone();
    direction.visit_tangents(&mut Place(k));
    direction
}

fn close(got: f64, expected: f64, scale: f64) -> bool {
    (got - expected).abs() <= 1e-9 * (1.0 + expected.abs()).max(scale)
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    match (panic.downcast_ref::<String>(), panic.downcast_ref::<&str>()) {
        (Some(text), _) => text.clone(),
        (_, Some(text)) => (*text).to_string(),
        _ => "?".to_string(),
    }
}

/// Runs programs and prints a line for each; the first argument says how many to leave out. A program
/// that does not end, as one made smaller may not, ends the process with code 3.
pub fn run(programs: &[(usize, fn() -> Outcome)]) {
    std::panic::set_hook(Box::new(|_| {}));
    let first = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(0);
    let begun = Arc::new(AtomicUsize::new(usize::MAX));
    watch(Arc::clone(&begun));
    for (number, check) in &programs[first..] {
        begun.store(*number, Ordering::SeqCst);
        match catch_unwind(check) {
            Err(panic) => println!("ORACLE {number} {}", message(&*panic)),
            Ok(outcome) => match outcome.failure {
                Some(failure) => println!("FAILED {number} {}", failure.replace('\n', " ")),
                None => println!("OK {number} {} {}", outcome.compared, outcome.skipped),
            },
        }
    }
}

/// Ends the process if one program takes ten seconds.
fn watch(begun: Arc<AtomicUsize>) {
    std::thread::spawn(move || {
        let (mut last, mut seconds) = (usize::MAX, 0);
        loop {
            std::thread::sleep(Duration::from_secs(1));
            let now = begun.load(Ordering::SeqCst);
            seconds = if now == last { seconds + 1 } else { 0 };
            last = now;
            if seconds >= 10 {
                println!("ORACLE {now} does not end");
                std::process::exit(3);
            }
        }
    });
}
