//! What checkpoints save of memory and cost in time, on a long recurrence:
//! `cargo run --release -p benches --bin checkpoint`, with `-- --quick` for a rough answer in seconds.

use benches::measure::cpu_seconds;
use benches::memory::{self, Counting};
use benches::programs::fisher;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const CELLS: usize = 128;
const STEPS: usize = 10_000;
const DIFFUSION: f64 = 0.4;
const RATE: f64 = 0.01;

type Gradient = (Vec<f64>, f64, f64);

type Function = dyn Fn(&[f64]) -> (f64, Gradient) + Send;

struct Version {
    name: String,
    gradient: Box<Function>,
}

fn versions() -> Vec<Version> {
    let plain = Version {
        name: "without".to_owned(),
        gradient: Box::new(|u| fisher::plain::value_and_grad(u, DIFFUSION, RATE, STEPS)),
    };
    let pieces = [10, STEPS.isqrt(), 1_000].map(|every| Version {
        name: format!("every = {every}"),
        gradient: Box::new(move |u| {
            fisher::in_pieces::value_and_grad(u, DIFFUSION, RATE, STEPS, every)
        }),
    });
    let snapshots = [5, 10, 20, 50, 200].map(|snapshots| Version {
        name: format!("snapshots = {snapshots}"),
        gradient: Box::new(move |u| {
            fisher::from_snapshots::value_and_grad(u, DIFFUSION, RATE, STEPS, snapshots)
        }),
    });
    std::iter::once(plain).chain(pieces).chain(snapshots).collect()
}

/// The memory and the time of a version, in a thread of its own: memory that is used again belongs to one.
fn measured(version: Version, rounds: usize) -> (String, usize, f64, (f64, Gradient)) {
    let run = move || {
        let u = fisher::input(CELLS);
        let (result, peak) = memory::peak(|| (version.gradient)(&u));
        let mut seconds: Vec<f64> =
            (0..rounds).map(|_| cpu_seconds(|| drop((version.gradient)(&u)))).collect();
        seconds.sort_by(f64::total_cmp);
        (version.name, peak, seconds[rounds / 2], result)
    };
    std::thread::spawn(run).join().expect("a version runs to its end")
}

fn main() -> ExitCode {
    let mut rounds = 21;
    for argument in std::env::args().skip(1) {
        if argument != "--quick" {
            eprintln!("unknown argument `{argument}`; the only one is `--quick`");
            return ExitCode::FAILURE;
        }
        rounds = 3;
    }
    println!(
        "Fisher's equation, {CELLS} cells, {STEPS} steps: the gradient with respect to all.\n"
    );
    println!("| checkpoints | most memory, KiB | memory / without | time / without | time, ms |");
    println!("| --- | --- | --- | --- | --- |");
    let mut first = None;
    for version in versions() {
        let (name, peak, seconds, result) = measured(version, rounds);
        let (whole, all, wanted) = first.get_or_insert((peak, seconds, result.clone()));
        // The same operations in the same order, so the same bits.
        assert_eq!(result, *wanted, "{name}");
        println!(
            "| {name} | {:.0} | {:.4} | {:.2} | {:.2} |",
            peak as f64 / 1024.0,
            peak as f64 / *whole as f64,
            seconds / *all,
            seconds * 1e3
        );
    }
    ExitCode::SUCCESS
}
