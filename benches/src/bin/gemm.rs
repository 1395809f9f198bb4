//! Prints how the matrix products of the runtime compare with those of `matrixmultiply` and of the
//! crate `gemm`, on one thread, as a Markdown table.
//!
//! `cargo run --release -p benches --bin gemm`, with `-- --quick` for a rough answer in seconds and
//! `-- f64` for that type. With `--features threads` it also prints how much faster several threads
//! are.

use autograd_runtime::private::Gemm;
use benches::contender::{Contender, Part};
use benches::measure::{Clock, Plan, Timing, interleaved};
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Duration;

const FULL: Plan = Plan { rounds: 101, batch: Duration::from_micros(500), clock: Clock::Thread };
const QUICK: Plan = Plan { rounds: 7, batch: Duration::from_micros(200), clock: Clock::Thread };

/// Rows of `A`, its columns, columns of `B`, and whether each of the two is a transpose.
struct Shape {
    dimensions: [usize; 3],
    transposed: [bool; 2],
}

const fn shape(m: usize, k: usize, n: usize, transposed: [bool; 2]) -> Shape {
    Shape { dimensions: [m, k, n], transposed }
}

const PLAIN: [bool; 2] = [false, false];
const LEFT: [bool; 2] = [true, false];
const RIGHT: [bool; 2] = [false, true];

/// The products of the training steps of a 1000-100-10 network with batch 64 and of the layers of a
/// 784-512-512-10 network with batch 256, then small and skinny ones.
const SHAPES: [Shape; 27] = [
    shape(64, 1000, 100, PLAIN),
    shape(1000, 64, 100, LEFT),
    shape(64, 100, 10, PLAIN),
    shape(64, 10, 100, RIGHT),
    shape(100, 64, 10, LEFT),
    shape(256, 784, 512, PLAIN),
    shape(784, 256, 512, LEFT),
    shape(256, 512, 512, PLAIN),
    shape(256, 512, 512, RIGHT),
    shape(512, 256, 512, LEFT),
    shape(512, 512, 256, PLAIN),
    shape(1024, 1024, 1024, PLAIN),
    shape(1024, 1024, 1024, LEFT),
    shape(1024, 1024, 1024, RIGHT),
    shape(8, 8, 8, PLAIN),
    shape(16, 16, 16, PLAIN),
    shape(32, 32, 32, PLAIN),
    shape(64, 64, 64, PLAIN),
    shape(128, 128, 128, PLAIN),
    shape(4, 256, 256, PLAIN),
    shape(4, 256, 256, RIGHT),
    shape(8, 256, 256, RIGHT),
    shape(1, 256, 256, PLAIN),
    shape(1, 256, 256, RIGHT),
    shape(256, 1, 256, PLAIN),
    shape(256, 256, 1, PLAIN),
    shape(256, 256, 1, LEFT),
];

/// The operands and the result of one version.
struct Product<T> {
    name: &'static str,
    dimensions: [usize; 3],
    a: Vec<T>,
    a_strides: [isize; 2],
    b: Vec<T>,
    b_strides: [isize; 2],
    c: Vec<T>,
    multiply: fn(&mut Self),
    threads: usize,
}

/// The name of a version, its number of threads, and what it does.
type Version<T> = (&'static str, usize, fn(&mut Product<T>));

/// Scalars with several versions of the matrix product.
trait Scalar: Copy + Into<f64> + PartialEq + 'static {
    /// The versions of a product; the last one only where there are threads.
    const VERSIONS: [Version<Self>; 4];
    fn new(x: f64) -> Self;
}

macro_rules! scalar {
    ($($t:ident $gemm:ident)*) => {$(
        impl Scalar for $t {
            const VERSIONS: [Version<Self>; 4] = [
                ("matrixmultiply", 1, |p| {
                    let [m, k, n] = p.dimensions;
                    let ([ar, ac], [br, bc]) = (p.a_strides, p.b_strides);
                    let (a, b, c) = (p.a.as_ptr(), p.b.as_ptr(), p.c.as_mut_ptr());
                    // SAFETY: `Product::new` makes as many elements as the strides reach.
                    unsafe {
                        matrixmultiply::$gemm(
                            m, k, n, 1.0, a, ar, ac, b, br, bc, 0.0, c, n.cast_signed(), 1,
                        );
                    }
                }),
                ("gemm", 1, |p| {
                    let [m, k, n] = p.dimensions;
                    let ([ar, ac], [br, bc]) = (p.a_strides, p.b_strides);
                    let (a, b, c) = (p.a.as_ptr(), p.b.as_ptr(), p.c.as_mut_ptr());
                    // SAFETY: as above.
                    unsafe {
                        gemm::gemm(
                            m, n, k, c, 1, n.cast_signed(), false, a, ac, ar, b, bc, br, 0.0, 1.0, false,
                            false, false, gemm::Parallelism::None,
                        );
                    }
                }),
                ("runtime", 1, runtime),
                ("runtime, threads", 2, runtime),
            ];

            fn new(x: f64) -> Self {
                x as Self
            }
        }
    )*};
}
scalar!(f32 sgemm f64 dgemm);

fn runtime<T: Scalar + Gemm>(p: &mut Product<T>) {
    let (a, b) = ((p.a.as_ptr(), p.a_strides), (p.b.as_ptr(), p.b_strides));
    // SAFETY: as above.
    unsafe { T::gemm(p.dimensions, T::new(1.0), a, b, T::new(0.0), p.c.as_mut_ptr()) }
}

impl<T: Scalar> Product<T> {
    fn new(shape: &Shape, name: &'static str, threads: usize, multiply: fn(&mut Self)) -> Self {
        let [m, k, n] = shape.dimensions;
        let integers = |len: usize, factor: usize| {
            (0..len).map(|i| T::new((i * factor % 11) as f64 - 5.0)).collect()
        };
        let strides = |transposed, rows: usize, columns: usize| {
            if transposed { [1, rows.cast_signed()] } else { [columns.cast_signed(), 1] }
        };
        Self {
            name,
            dimensions: shape.dimensions,
            a: integers(m * k, 7),
            a_strides: strides(shape.transposed[0], m, k),
            b: integers(k * n, 5),
            b_strides: strides(shape.transposed[1], k, n),
            c: vec![T::new(f64::NAN); m * n],
            multiply,
            threads,
        }
    }
}

impl<T: Scalar> Contender for Product<T> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn reset(&mut self) {
        set_threads(self.threads);
    }

    fn step(&mut self) {
        (self.multiply)(black_box(self));
        black_box(&mut self.c);
    }

    fn result(&self) -> Vec<Part> {
        vec![Part::tensor("C", &self.c)]
    }
}

#[cfg(feature = "threads")]
const THREADS: bool = true;
#[cfg(not(feature = "threads"))]
const THREADS: bool = false;

fn set_threads(threads: usize) {
    #[cfg(feature = "threads")]
    autograd_runtime::set_num_threads(threads);
    #[cfg(not(feature = "threads"))]
    assert!(threads == 1 || !THREADS);
}

fn main() -> ExitCode {
    let (mut plan, mut double) = (FULL, false);
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--quick" => plan = QUICK,
            "f64" => double = true,
            _ => {
                eprintln!("unknown argument `{argument}`; there are `--quick` and `f64`");
                return ExitCode::FAILURE;
            }
        }
    }
    print!("| product | GFLOP/s | a product | matrixmultiply / runtime | gemm / runtime |");
    println!("{}", if THREADS { " 1 thread / 2 threads |" } else { "" });
    println!("| --- | --- | --- | --- | --- |{}", if THREADS { " --- |" } else { "" });
    for shape in &SHAPES {
        if double {
            print::<f64>(shape, plan);
        } else {
            print::<f32>(shape, plan);
        }
    }
    ExitCode::SUCCESS
}

/// One row of the table.
fn print<T: Scalar>(shape: &Shape, plan: Plan) {
    let versions = &T::VERSIONS[..if THREADS { 4 } else { 3 }];
    let mut contenders: Vec<Box<dyn Contender>> = versions
        .iter()
        .map(|&(name, threads, multiply)| -> Box<dyn Contender> {
            Box::new(Product::<T>::new(shape, name, threads, multiply))
        })
        .collect();
    for contender in &mut contenders {
        contender.reset();
        contender.step();
    }
    // Integers: the sums are exact in any order.
    let expected = contenders[0].result();
    assert!(expected[0].numbers.iter().all(|x| x.is_finite()), "not all elements were written");
    for contender in &contenders[1..] {
        assert!(contender.result() == expected, "{} disagrees", contender.name());
    }
    let timings = interleaved(&mut contenders, plan);
    let [m, k, n] = shape.dimensions;
    let transpose = |t: bool| if t { "ᵀ" } else { "" };
    let runtime = &timings[2];
    let ratio = |over: &Timing, of: &Timing| format!("{:.2}", of.over(over)[1]);
    println!(
        "| {m}x{k}{} {k}x{n}{} | {:.0} | {:.2} µs | {} | {} |{}",
        transpose(shape.transposed[0]),
        transpose(shape.transposed[1]),
        2.0 * (m * k * n) as f64 / runtime.median() / 1e9,
        runtime.median() * 1e6,
        ratio(runtime, &timings[0]),
        ratio(runtime, &timings[1]),
        if THREADS { format!(" {} |", ratio(&timings[3], runtime)) } else { String::new() },
    );
}
