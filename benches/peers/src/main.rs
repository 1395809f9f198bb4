//! The same work with this project, burn, candle and a tape of scalars, as a Markdown table.
//!
//! ```sh
//! cargo run --release --manifest-path benches/peers/Cargo.toml
//! ```
//!
//! With `-- --quick` for a rough answer; `-- --threads 2` lets the libraries that have threads use
//! two; `-- --only mlp_adam` runs one workload, for a profiler. Every program must compute the same losses and gradients before one is timed, to f32's
//! tolerance, and the numbers in `expected.json`, which `python/peers.py` asserts too.

mod expected;
mod peer;
mod problem;
mod with_autograd;
mod with_burn;
mod with_candle;
mod with_reverse;
mod workloads;

use benches::agree::assert_agree;
use benches::measure::{Clock, Plan, Timing, interleaved};
use std::process::{Command, ExitCode};
use std::time::Duration;
use workloads::{LIBRARIES, Workload};

const FULL: Plan = Plan { rounds: 101, batch: Duration::from_millis(10), clock: Clock::Thread };
const QUICK: Plan = Plan { rounds: 9, batch: Duration::from_millis(2), clock: Clock::Thread };

/// What the libraries read to know how many threads they may use, once, when they first need it.
const THREADS: [&str; 3] = ["AUTOGRAD_NUM_THREADS", "RAYON_NUM_THREADS", "MATMUL_NUM_THREADS"];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut plan = FULL;
    let mut threads = "1".to_owned();
    let mut only = None;
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match (argument.as_str(), rest.len()) {
            ("--quick", _) => plan = QUICK,
            ("--threads", 1..) => threads.clone_from(rest.next().expect("there is one more")),
            ("--only", 1..) => only = rest.next(),
            _ => {
                eprintln!(
                    "unknown argument `{argument}`; there are `--quick`, `--threads N`, `--only WORKLOAD`"
                );
                return ExitCode::FAILURE;
            }
        }
    }
    if THREADS.iter().any(|name| std::env::var(name).as_ref() != Ok(&threads)) {
        return again_with(&threads, &arguments);
    }
    if threads != "1" {
        plan.clock = Clock::Wall;
    }
    println!(
        "One step in microseconds, {threads} thread(s); in parentheses the time / autograd's.\n"
    );
    println!("| workload | {} |", LIBRARIES.join(" | "));
    println!("| --- |{}", " --- |".repeat(LIBRARIES.len()));
    let wanted = |workload: &Workload| only.is_none_or(|only| workload.name == only);
    for workload in workloads::all().into_iter().filter(wanted) {
        println!("{}", row(workload, plan));
    }
    println!(
        "\nAll programs computed the same first {} losses and the same gradients. Medians of {} rounds of",
        workloads::COMPARED,
        plan.rounds
    );
    println!("about {} ms, one program after the other in each round.", plan.batch.as_millis());
    ExitCode::SUCCESS
}

/// Runs this program again in an environment that says how many threads there may be.
fn again_with(threads: &str, arguments: &[String]) -> ExitCode {
    let program = std::env::current_exe().expect("this program has a path");
    let environment = THREADS.map(|name| (name, threads));
    let status = Command::new(program).args(arguments).envs(environment).status();
    let status = status.expect("this program starts again");
    if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Checks all programs of a workload, times them, and gives their row of the table.
fn row(mut workload: Workload, plan: Plan) -> String {
    eprintln!("{}", workload.name);
    for program in &workload.programs {
        let (who, parts) = (program.name(), program.result());
        expected::assert_expected(workload.name, who, &parts, workload.tolerance);
    }
    assert_agree(workload.name, &mut workload.programs, workload.tolerance);
    let timings = interleaved(&mut workload.programs, plan);
    let own = fastest(&timings, LIBRARIES[0]).expect("this project runs every workload");
    let cell = |library: &&str| match fastest(&timings, library) {
        None => "–".to_owned(),
        Some(timing) if *library == LIBRARIES[0] => microseconds(timing),
        Some(timing) => format!("{} ({:.2})", microseconds(timing), timing.over(own)[1]),
    };
    let cells: Vec<String> = LIBRARIES.iter().map(cell).collect();
    format!("| {}: {} | {} |", workload.name, workload.about, cells.join(" | "))
}

fn fastest<'t>(timings: &'t [Timing], library: &str) -> Option<&'t Timing> {
    let own = timings.iter().filter(|timing| timing.name.starts_with(library));
    own.min_by(|a, b| a.median().total_cmp(&b.median()))
}

fn microseconds(timing: &Timing) -> String {
    let number = timing.median() * 1e6;
    let decimals = match number {
        n if n < 0.1 => 4,
        n if n < 1.0 => 3,
        n if n < 10.0 => 2,
        n if n < 100.0 => 1,
        _ => 0,
    };
    format!("{number:.decimals$}")
}
