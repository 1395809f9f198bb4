//! Counts the instructions of three gradients and compares them with the numbers in
//! `instructions.txt`: what time cannot assert, because it differs from run to run.
//!
//! `cargo run --release -p benches --bin instructions`, with `-- --bless` to write the numbers anew. The
//! counts come from valgrind, where it is installed, and belong to `x86_64` and one compiler; they may
//! differ by 5 %.

use autograd_runtime::prelude::*;
use benches::programs::lse;
use benches::workloads::{recurrence, scalar3};
use std::fmt::Write as _;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::{env, fs, io};

const PROGRAMS: [(&str, fn()); 3] =
    [("scalar3", run_scalar3), ("recurrence", run_recurrence), ("lse", run_lse)];

/// How often each gradient is computed under valgrind.
const CALLS: u64 = 10;

/// By which part of the expected number a count may differ.
const TOLERANCE: f64 = 0.05;

/// What the measured functions' names begin with, so that valgrind finds them.
const PREFIX: &str = "counted_";

#[inline(never)]
fn counted_scalar3(at: [f64; 3]) -> (f64, [f64; 3]) {
    scalar3::generated::gradient(at)
}

fn run_scalar3() {
    let at = scalar3::INPUTS.map(|(_, input)| input);
    for _ in 0..CALLS {
        black_box(counted_scalar3(black_box(at)));
    }
}

#[inline(never)]
fn counted_recurrence(at: [f64; 2]) -> (f64, [f64; 2]) {
    recurrence::generated::gradient(at)
}

fn run_recurrence() {
    let at = recurrence::INPUTS.map(|(_, input)| input);
    for _ in 0..CALLS {
        black_box(counted_recurrence(black_box(at)));
    }
}

#[inline(never)]
fn counted_lse(x: &[f64], gradient: &mut Vec<f64>) -> f64 {
    lse::log_sum_exp::value_and_grad_into(x, gradient)
}

fn run_lse() {
    let x = lse::input(1000);
    let mut gradient = x.zero_tangent();
    for _ in 0..CALLS {
        black_box(counted_lse(black_box(&x), &mut gradient));
    }
}

fn main() -> ExitCode {
    let argument = env::args().nth(1).unwrap_or_default();
    if let Some((_, run)) = PROGRAMS.iter().find(|(name, _)| *name == argument) {
        run();
        return ExitCode::SUCCESS;
    }
    if cfg!(debug_assertions) || !cfg!(target_arch = "x86_64") || !has_valgrind() {
        println!("skipped: this needs valgrind, an x86_64, and `--release`");
        return ExitCode::SUCCESS;
    }
    match compare(argument == "--bless") {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!(
                "if that is meant: cargo run --release -p benches --bin instructions -- --bless"
            );
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn has_valgrind() -> bool {
    let version = Command::new("valgrind").arg("--version").stdout(Stdio::null()).status();
    version.is_ok_and(|status| status.success())
}

fn expectations() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("instructions.txt")
}

/// Counts all programs; whether they are as expected, or are from now on.
fn compare(bless: bool) -> io::Result<bool> {
    let expected = fs::read_to_string(expectations()).unwrap_or_default();
    let mut counts = String::new();
    let mut all_well = true;
    for (name, _) in PROGRAMS {
        let count = count(name)?;
        let _ = writeln!(counts, "{name} {count}");
        let mut lines = expected.lines().filter_map(|line| line.split_once(' '));
        let wanted = lines.find(|(program, _)| *program == name);
        let wanted = wanted.and_then(|(_, number)| number.parse::<f64>().ok());
        let well = wanted.is_some_and(|wanted| (count as f64 - wanted).abs() <= TOLERANCE * wanted);
        all_well &= well || bless;
        let verdict = match wanted {
            _ if bless => "now expected".to_owned(),
            Some(wanted) if well => format!("as expected, {wanted}"),
            Some(wanted) => format!("EXPECTED {wanted}, 5 % more or less"),
            None => "EXPECTED nothing yet".to_owned(),
        };
        println!("{name}: {count} instructions, {verdict}");
    }
    if bless {
        fs::write(expectations(), counts)?;
    }
    Ok(all_well)
}

/// The instructions of one gradient of a program.
fn count(name: &str) -> io::Result<u64> {
    let file = env::temp_dir().join(format!("autograd-{name}-{}.callgrind", std::process::id()));
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--collect-atstart=no"])
        .arg(format!("--toggle-collect=*{PREFIX}{name}*"))
        .arg(format!("--callgrind-out-file={}", file.display()))
        .arg(env::current_exe()?)
        .arg(name)
        .output()?;
    if !output.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    let text = fs::read_to_string(&file)?;
    fs::remove_file(&file)?;
    let total = text.lines().find_map(|line| line.strip_prefix("totals: ")?.trim().parse().ok());
    let total: u64 = total.unwrap_or(0);
    if total == 0 {
        return Err(io::Error::other(format!("valgrind counted nothing in {name}")));
    }
    Ok(total / CALLS)
}
