//! Prints how long each version takes, and by how much they differ, as a Markdown table.
//!
//! `cargo run --release -p benches --bin ratios`, with `-- --quick` for a rough answer in seconds.

use benches::agree::assert_agree;
use benches::measure::{Clock, Plan, Timing, interleaved};
use benches::workloads::{self, Workload};
use std::process::ExitCode;
use std::time::Duration;

const FULL: Plan = Plan { rounds: 101, batch: Duration::from_millis(5), clock: Clock::Thread };
const QUICK: Plan = Plan { rounds: 9, batch: Duration::from_millis(1), clock: Clock::Thread };

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
    let measured: Vec<_> = workloads::all().into_iter().map(|w| measure(w, plan)).collect();
    print_heading(plan);
    print_summary(&measured);
    print_versions(&measured);
    ExitCode::SUCCESS
}

struct Measured {
    name: &'static str,
    about: &'static str,
    timings: Vec<Timing>,
}

impl Measured {
    fn find(&self, version: &str) -> Option<&Timing> {
        self.timings.iter().find(|timing| timing.name == version)
    }

    /// The versions of a kind, such as `generated` and `generated, _into`: the fastest.
    fn fastest(&self, kind: &str) -> Option<&Timing> {
        let kind = self.timings.iter().filter(|timing| timing.name.starts_with(kind));
        kind.min_by(|a, b| a.median().total_cmp(&b.median()))
    }
}

fn measure(mut workload: Workload, plan: Plan) -> Measured {
    eprintln!("{}: {}", workload.name, workload.about);
    assert_agree(workload.name, &mut workload.contenders, workload.tolerance);
    let timings = interleaved(&mut workload.contenders, plan);
    Measured { name: workload.name, about: workload.about, timings }
}

fn print_heading(plan: Plan) {
    println!("CPU: {} ({} {})\n", cpu(), std::env::consts::OS, std::env::consts::ARCH);
    println!(
        "All versions computed the same numbers. Each was timed {} times in batches of about {} ms,",
        plan.rounds,
        plan.batch.as_millis()
    );
    println!(
        "in turn with the others; ratios are medians over the rounds (with their quartiles).\n"
    );
}

/// One row a workload: the fastest version of each kind.
fn print_summary(measured: &[Measured]) {
    println!("| workload | generated / hand-written | tape / generated | reverse / generated |");
    println!("| --- | --- | --- | --- |");
    for workload in measured {
        let ratio = |of: &str, to: &str| match (workload.fastest(of), workload.fastest(to)) {
            (Some(of), Some(to)) => plain(of.over(to)[1]),
            _ => "–".to_owned(),
        };
        println!(
            "| {}: {} | {} | {} | {} |",
            workload.name,
            workload.about,
            ratio("generated", "hand-written"),
            ratio("tape", "generated"),
            ratio("reverse", "generated"),
        );
    }
    println!();
}

/// One row a version.
fn print_versions(measured: &[Measured]) {
    println!("| workload | version | a step | / hand-written | / generated |");
    println!("| --- | --- | --- | --- | --- |");
    for workload in measured {
        for timing in &workload.timings {
            let ratio = |to: Option<&Timing>| {
                to.map_or("–".to_owned(), |to| {
                    let [low, median, high] = timing.over(to).map(plain);
                    format!("{median} ({low} to {high})")
                })
            };
            println!(
                "| {} | {} | {} | {} | {} |",
                workload.name,
                timing.name,
                duration(timing.median()),
                ratio(workload.find("hand-written")),
                ratio(workload.find("generated")),
            );
        }
    }
}

/// Three significant digits.
fn plain(number: f64) -> String {
    let decimals = match number {
        n if n < 10.0 => 2,
        n if n < 100.0 => 1,
        _ => 0,
    };
    format!("{number:.decimals$}")
}

fn duration(seconds: f64) -> String {
    let (number, unit) = match seconds {
        s if s < 1e-6 => (s * 1e9, "ns"),
        s if s < 1e-3 => (s * 1e6, "µs"),
        s => (s * 1e3, "ms"),
    };
    format!("{} {unit}", plain(number))
}

/// The processor's name where the system tells it.
fn cpu() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    name.map_or("unknown".to_owned(), |(_, name)| name.trim().to_owned())
}
