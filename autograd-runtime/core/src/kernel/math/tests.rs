//! The errors of the functions, on each set of instructions that the machine has.

mod reference;
mod taylor;

use crate::kernel::Vectorized;
use crate::kernel::dispatch::tests::on_each_set;
use crate::kernel::elementwise::Unary;
use reference::Double;

/// A function, and what it is to be in more digits.
struct Function {
    name: &'static str,
    single: Unary<f32>,
    double: Unary<f64>,
    /// For arguments in `f32`.
    reference: fn(f64) -> f64,
    /// For arguments in `f64`.
    precise: fn(Double) -> Double,
    /// The largest error that the documentation states, in ulp: in `f32` and in `f64`.
    ulp: [f64; 2],
    /// The magnitudes of the arguments in `f64` that are sampled.
    range: [f64; 2],
}

macro_rules! functions {
    ($($name:literal $variant:ident $(($argument:expr))?: $reference:expr, $precise:expr, $ulp:expr, $range:expr;)*) => {
        [$(Function {
            name: $name,
            single: Unary::$variant $(($argument as f32))?,
            double: Unary::$variant $(($argument))?,
            reference: $reference,
            precise: $precise,
            ulp: $ulp,
            range: $range,
        }),*]
    };
}

#[rustfmt::skip]
fn functions() -> Vec<Function> {
    functions! {
        "exp" Exp: f64::exp, reference::exp, [1.1, 1.1], [1e-10, 705.0];
        "exp2" Exp2: f64::exp2, reference::exp2, [1.2, 1.2], [1e-10, 1020.0];
        "exp_m1" ExpM1: f64::exp_m1, reference::exp_m1, [2.0, 2.0], [1e-20, 705.0];
        "ln" Ln: f64::ln, reference::ln, [1.0, 1.0], [1e-300, 1e300];
        "ln_1p" Ln1p: f64::ln_1p, reference::ln_1p, [1.7, 1.7], [1e-20, 1e300];
        "log2" Log2: f64::log2, reference::log2, [0.51, 0.51], [1e-300, 1e300];
        "log10" Log10: f64::log10, reference::log10, [0.51, 0.51], [1e-300, 1e300];
        "sin" Sin: f64::sin, reference::sin, [2.5, 2.5], [1e-20, 3e6];
        "cos" Cos: f64::cos, reference::cos, [2.5, 2.5], [1e-20, 3e6];
        "tanh" Tanh: f64::tanh, reference::tanh, [2.7, 2.7], [1e-20, 30.0];
        "sigmoid" Sigmoid: sigmoid, reference::sigmoid, [2.7, 2.7], [1e-10, 700.0];
        "softplus" Softplus: softplus, reference::softplus, [2.0, 2.0], [1e-10, 700.0];
        "silu" Silu: silu, reference::silu, [3.5, 3.5], [1e-20, 700.0];
        "erf" Erf: taylor::erf, reference::erf, [1.6, 1.6], [1e-20, 6.5];
        "powf(-1.3)" Powf(-1.3_f64): |x| x.powf(f64::from(-1.3_f32)), |x| reference::powf(x, -1.3), [1.5, 1.5], [1e-200, 1e200];
        "powf(7.7)" Powf(7.7_f64): |x| x.powf(f64::from(7.7_f32)), |x| reference::powf(x, 7.7), [1.5, 1.5], [1e-36, 1e38];
        "powf(3)" Powf(3.0_f64): |x| x.powf(3.0), |x| reference::powf(x, 3.0), [1.5, 1.5], [1e-90, 1e90];
        "powf(61.5)" Powf(61.5_f64): |x| x.powf(61.5), |x| reference::powf(x, 61.5), [1.5, 1.5], [1e-4, 1e4];
    }
    .into()
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// Not NaN where `x` is infinite: the limit.
fn silu(x: f64) -> f64 {
    if x == f64::NEG_INFINITY { -0.0 } else { x * sigmoid(x) }
}

fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

/// `f(x)` on the lanes of the set of instructions in use.
fn apply<T: Vectorized>(function: Unary<T>, x: &[T], y: &mut [T]) {
    assert_eq!(x.len(), y.len());
    // SAFETY: both have so many elements, and do not overlap.
    unsafe { T::unary(function, x.as_ptr(), y.as_mut_ptr(), x.len()) }
}

/// The distance of `actual` from `expected`, in units in the last place of a precision with `digits`
/// binary digits and normal numbers from `2^least` on.
fn ulps(actual: f64, expected: Double, digits: i32, least: i32) -> f64 {
    let Double(high, low) = expected;
    if actual == high && low == 0.0 || actual.is_nan() && high.is_nan() {
        return 0.0;
    }
    let exponent = (((high.to_bits() >> 52) & 0x7ff) as i32 - 1023).max(least);
    // In two factors, neither of which is too small for a number.
    let ulp = 2.0_f64.powi(exponent / 2) * 2.0_f64.powi(exponent - exponent / 2 - digits + 1);
    ((actual - high) - low).abs() / ulp
}

/// What is rounded as it should be, which may be infinite, counts as half a unit.
fn ulps_in_single(actual: f32, expected: f64) -> f64 {
    if actual == expected as f32 {
        return 0.5;
    }
    ulps(f64::from(actual), expected.into(), 24, -126)
}

/// The largest error so far, and where it is.
struct Worst {
    ulps: f64,
    at: f64,
}

impl Worst {
    fn note(&mut self, ulps: f64, at: f64) {
        if ulps > self.ulps || ulps.is_nan() {
            *self = Self { ulps, at };
        }
    }

    #[track_caller]
    fn check(&self, function: &Function, precision: &str, limit: f64) {
        let Self { ulps, at } = self;
        println!("{}: {ulps:.2} ulp at {at:e}_{precision}", function.name);
        assert!(*ulps <= limit, "{} is {ulps} ulp off at {at:e}_{precision}", function.name);
    }
}

/// Compares with the reference at every `stride`-th number in `f32`, from the number with the bits
/// `first` on.
fn worst_in_single(function: &Function, first: u32, stride: usize) -> Worst {
    const BLOCK: usize = 1 << 12;
    let mut worst = Worst { ulps: 0.0, at: 0.0 };
    let mut bits = (first..=u32::MAX).step_by(stride);
    loop {
        let x: Vec<f32> = bits.by_ref().take(BLOCK).map(f32::from_bits).collect();
        if x.is_empty() {
            return worst;
        }
        let expected: Vec<f64> = x.iter().map(|&x| (function.reference)(f64::from(x))).collect();
        let mut y = vec![0.0; x.len()];
        on_each_set(|_| {
            apply(function.single, &x, &mut y);
            for ((&x, &y), &expected) in x.iter().zip(&y).zip(&expected) {
                worst.note(ulps_in_single(y, expected), f64::from(x));
            }
        });
    }
}

/// Numbers in `f64` with magnitudes and fractions all over a range.
fn samples(range: [f64; 2], count: usize) -> Vec<f64> {
    let [low, high] = range.map(f64::ln);
    let mut state = 1_u64;
    let mut uniform = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let sample = |i| {
        // Half of them are of the size at which most functions bend.
        let magnitude =
            if i % 2 == 0 { (low + (high - low) * uniform()).exp() } else { 3.0 * uniform() };
        if i % 4 < 2 { magnitude } else { -magnitude }
    };
    (0..count).map(sample).collect()
}

fn check_double(function: &Function, count: usize) {
    let x = samples(function.range, count);
    let expected: Vec<Double> = x.iter().map(|&x| (function.precise)(x.into())).collect();
    let mut y = vec![0.0; x.len()];
    let mut worst = Worst { ulps: 0.0, at: 0.0 };
    on_each_set(|_| {
        apply(function.double, &x, &mut y);
        for ((&x, &y), &expected) in x.iter().zip(&y).zip(&expected) {
            worst.note(ulps(y, expected, 53, -1022), x);
        }
    });
    worst.check(function, "f64", function.ulp[1]);
}

#[test]
fn errors_in_single() {
    for function in functions() {
        worst_in_single(&function, 0, 262_147).check(&function, "f32", function.ulp[0]);
    }
}

#[test]
fn errors_in_double() {
    for function in functions() {
        check_double(&function, 800);
    }
}

/// What lies at the ends of the numbers and between their kinds, negative too.
const SPECIAL: [f64; 12] = [
    0.0,
    5e-324,
    1e-310,
    f64::MIN_POSITIVE,
    1e-30,
    0.5,
    1.0,
    1.5,
    2.0,
    1e30,
    f64::MAX,
    f64::INFINITY,
];

#[test]
fn special_values() {
    let negative = SPECIAL.map(|x| -x);
    let x: Vec<f64> = SPECIAL.into_iter().chain(negative).chain([f64::NAN]).collect();
    let x_single: Vec<f32> = x.iter().map(|&x| x as f32).chain([1e-45, -1e-45, 1e-39]).collect();
    on_each_set(|set| {
        for function in functions() {
            let name = function.name;
            let (mut y, mut single) = (x.clone(), x_single.clone());
            apply(function.double, &x, &mut y);
            apply(function.single, &x_single, &mut single);
            // A parameter may be another number in `f32`.
            let expected = x.iter().map(|&x| match function.double {
                Unary::Powf(e) => x.powf(e),
                _ => (function.reference)(x),
            });
            for ((x, y), expected) in x.iter().zip(&y).zip(expected) {
                let error = ulps(*y, expected.into(), 53, -1022);
                assert!(error <= 4.0, "{set:?}: {name} is {y:e} at {x:e}, not {expected:e}");
                assert!(
                    y.is_nan() || y.is_sign_negative() == expected.is_sign_negative(),
                    "{set:?}: {name} is {y} at {x}"
                );
            }
            for (x, y) in x_single.iter().zip(&single) {
                let expected = (function.reference)(f64::from(*x));
                let error = ulps_in_single(*y, expected);
                assert!(error <= 4.0, "{set:?}: {name} is {y:e} at {x:e}_f32, not {expected:e}");
            }
        }
    });
}

#[test]
fn gelu_is_as_exact_as_its_argument() {
    let x: Vec<f32> = (-4000..4000).map(|i| i as f32 * 0.0037).collect();
    let mut y = x.clone();
    on_each_set(|set| {
        apply(Unary::Gelu, &x, &mut y);
        for (&x, &y) in x.iter().zip(&y) {
            let x = f64::from(x);
            let expected = 0.5 * x * (1.0 + taylor::erf(x * std::f64::consts::FRAC_1_SQRT_2));
            let error = (f64::from(y) - expected).abs();
            assert!(error <= 1.5 * f64::from(f32::EPSILON) * x.abs(), "{set:?}: {y} at {x}");
        }
    });
}

/// In a release build: `cargo test --release -p autograd-runtime --lib -- --ignored errors_everywhere`
#[test]
#[ignore = "takes a minute of each core for each function"]
fn errors_everywhere() {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    for function in &functions() {
        check_double(function, 300_000);
        let worst = std::thread::scope(|scope| {
            let parts: Vec<_> = (0..threads as u32)
                .map(|first| scope.spawn(move || worst_in_single(function, first, threads)))
                .collect();
            parts.into_iter().fold(Worst { ulps: 0.0, at: 0.0 }, |mut worst, part| {
                let part = part.join().expect("a part of the numbers");
                worst.note(part.ulps, part.at);
                worst
            })
        });
        worst.check(function, "f32", function.ulp[0]);
    }
}
