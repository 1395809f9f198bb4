//! Prints what an element of a function of a tensor costs, on vector lanes and one element after the
//! other by `std`, as a Markdown table.
//!
//! `cargo run --release -p benches --bin functions`, with `-- --quick` for a rough answer in seconds.

use autograd_runtime::{Real, Tensor};
use benches::measure::{Clock, Plan, interleaved};
use benches::{Contender, Part};
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Duration;

const FULL: Plan = Plan { rounds: 51, batch: Duration::from_millis(2), clock: Clock::Thread };
const QUICK: Plan = Plan { rounds: 7, batch: Duration::from_micros(500), clock: Clock::Thread };
/// What fits the first-level cache, argument and result together.
const LEN: usize = 1 << 11;

fn main() -> ExitCode {
    let mut plan = FULL;
    for argument in std::env::args().skip(1) {
        if argument != "--quick" {
            eprintln!("unknown argument `{argument}`; the only one is `--quick`");
            return ExitCode::FAILURE;
        }
        plan = QUICK;
    }
    if cfg!(debug_assertions) {
        eprintln!("built without optimisation: these times say nothing; use `--release`");
    }
    println!(
        "| function | `std` / lanes, f32 | ns an element | `std` / lanes, f64 | ns an element |"
    );
    println!("| --- | --- | --- | --- | --- |");
    for (single, double) in functions::<f32>().into_iter().zip(functions::<f64>()) {
        let name = single.name;
        let (single, double) = (measure(&single, plan), measure(&double, plan));
        println!(
            "| {name} | {:.1} | {:.2} | {:.1} | {:.2} |",
            single.ratio, single.nanoseconds, double.ratio, double.nanoseconds
        );
    }
    ExitCode::SUCCESS
}

/// A function, both ways.
struct Function<T> {
    name: &'static str,
    /// The bounds of the arguments.
    range: [f64; 2],
    lanes: fn(&Tensor<1, T>) -> Tensor<1, T>,
    std: fn(&Tensor<1, T>) -> Tensor<1, T>,
}

fn functions<T: Real + Into<f64>>() -> Vec<Function<T>> {
    macro_rules! functions {
        ($($name:literal $range:expr, $lanes:expr, $std:expr;)*) => {
            vec![$(Function { name: $name, range: $range, lanes: $lanes, std: |x| x.map($std) }),*]
        };
    }
    functions! {
        "exp" [-5.0, 5.0], Tensor::exp, T::exp;
        "exp2" [-5.0, 5.0], Tensor::exp2, T::exp2;
        "exp_m1" [-2.0, 2.0], Tensor::exp_m1, T::exp_m1;
        "ln" [0.1, 10.0], Tensor::ln, T::ln;
        "ln_1p" [-0.5, 5.0], Tensor::ln_1p, T::ln_1p;
        "log2" [0.1, 10.0], Tensor::log2, T::log2;
        "log10" [0.1, 10.0], Tensor::log10, T::log10;
        "sin" [-10.0, 10.0], Tensor::sin, T::sin;
        "cos" [-10.0, 10.0], Tensor::cos, T::cos;
        "tanh" [-3.0, 3.0], Tensor::tanh, T::tanh;
        "sigmoid" [-5.0, 5.0], Tensor::sigmoid, |x| T::ONE / (T::ONE + (-x).exp());
        "softplus" [-5.0, 5.0], Tensor::softplus, |x| x.max(T::ZERO) + (-x.abs()).exp().ln_1p();
        "silu" [-5.0, 5.0], Tensor::silu, |x| x / (T::ONE + (-x).exp());
        "powf" [0.1, 10.0], |x| x.powf(T::from_f64(1.7)), |x| x.powf(T::from_f64(1.7));
        "powi" [-2.0, 2.0], |x| x.powi(7), |x| x.powi(7);
        "sqrt" [0.1, 10.0], Tensor::sqrt, T::sqrt;
        "relu" [-1.0, 1.0], Tensor::relu, |x| if x > T::ZERO { x } else { T::ZERO };
    }
}

struct Measured {
    ratio: f64,
    nanoseconds: f64,
}

fn measure<T: Real + Into<f64>>(function: &Function<T>, plan: Plan) -> Measured {
    let [low, high] = function.range;
    let step = (high - low) / LEN as f64;
    let x = Tensor::from_fn([LEN], |[i]| T::from_f64(low + step * (i as f64 + 0.5)));
    assert_agree(function, &x);
    let mut versions: Vec<Box<dyn Contender>> = vec![
        Box::new(Version { name: "std", x: x.clone(), f: function.std }),
        Box::new(Version { name: "lanes", x, f: function.lanes }),
    ];
    let timings = interleaved(&mut versions, plan);
    Measured {
        ratio: timings[0].over(&timings[1])[1],
        nanoseconds: timings[1].median() * 1e9 / LEN as f64,
    }
}

/// Panics unless both ways give the same numbers, up to a few units in the last place.
fn assert_agree<T: Real + Into<f64>>(function: &Function<T>, x: &Tensor<1, T>) {
    let values = (function.lanes)(x);
    for ((&x, &y), &expected) in x.iter().zip(&values).zip(&(function.std)(x)) {
        let (y, expected, epsilon): (f64, f64, f64) =
            (y.into(), expected.into(), T::EPSILON.into());
        let close = (y - expected).abs() <= 4.0 * epsilon * expected.abs();
        assert!(close, "{} at {x} is {y:e}, not {expected:e}", function.name);
    }
}

struct Version<T> {
    name: &'static str,
    x: Tensor<1, T>,
    f: fn(&Tensor<1, T>) -> Tensor<1, T>,
}

impl<T: Real + Into<f64>> Contender for Version<T> {
    fn name(&self) -> &'static str {
        self.name
    }
    fn step(&mut self) {
        black_box((self.f)(black_box(&self.x)));
    }
    fn result(&self) -> Vec<Part> {
        vec![Part::tensor("values", (self.f)(&self.x).as_slice())]
    }
}
