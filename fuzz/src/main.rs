//! `cargo run --release -p fuzz -- --seed 1 --programs 1000`

use fuzz::ast::Program;
use fuzz::construct::{Construct, Switches};
use fuzz::runner::{Runner, Verdict};
use fuzz::{generate, print, shrink};
use std::collections::BTreeMap;
use std::process::ExitCode;

const USAGE: &str = "\
Compares generated gradients of random programs with dual numbers.

    --seed S            the first seed (1)
    --programs N        how many programs (1000)
    --only a,b          these constructs alone
    --with a,b          these constructs too, though they are off by default
    --without a,b       not these constructs
    --per-file N        how many programs are compiled together (50)
    --minimal K         of so many kinds of failure the smallest is made smaller and printed (5)
    --shrink S          makes the failing program of a seed small and prints it
    --print S           prints the program of a seed
    --list              lists the constructs";

struct Options {
    seed: u64,
    programs: u64,
    per_file: usize,
    minimal: usize,
    switches: Switches,
    shrink: Option<u64>,
    print: Option<u64>,
}

fn main() -> ExitCode {
    let options = match options(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("{message}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let result = match (options.print, options.shrink) {
        (Some(seed), _) => {
            println!("{}", print::real(&generate::program(seed, &options.switches)));
            Ok(true)
        }
        (None, Some(seed)) => smallest(generate::program(seed, &options.switches)).map(|()| true),
        (None, None) => compare(&options),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn options(mut args: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options {
        seed: 1,
        programs: 1000,
        per_file: 50,
        minimal: 5,
        switches: Switches::accepted(),
        shrink: None,
        print: None,
    };
    while let Some(arg) = args.next() {
        if arg == "--list" {
            Construct::ALL
                .iter()
                .for_each(|c| println!("{c}{}", if c.accepted() { "" } else { " (off)" }));
            std::process::exit(0);
        }
        let value = args.next().ok_or_else(|| format!("`{arg}` needs a value"))?;
        let number = || value.parse::<u64>().map_err(|_| format!("`{value}` is not a number"));
        match arg.as_str() {
            "--seed" => options.seed = number()?,
            "--programs" => options.programs = number()?,
            "--per-file" => options.per_file = usize::try_from(number()?).unwrap_or(1).max(1),
            "--minimal" => options.minimal = usize::try_from(number()?).unwrap_or(usize::MAX),
            "--shrink" => options.shrink = Some(number()?),
            "--print" => options.print = Some(number()?),
            "--only" => options.switches = Switches::only(constructs(&value)?),
            "--with" => {
                constructs(&value)?.into_iter().for_each(|c| options.switches.insert(c));
            }
            "--without" => {
                constructs(&value)?.into_iter().for_each(|c| options.switches.remove(c));
            }
            _ => return Err(format!("`{arg}` is not known")),
        }
    }
    Ok(options)
}

fn constructs(names: &str) -> Result<Vec<Construct>, String> {
    names.split(',').map(str::parse).collect()
}

/// Compares many programs; whether all agree.
fn compare(options: &Options) -> std::io::Result<bool> {
    let seeds: Vec<_> = (options.seed..options.seed + options.programs).collect();
    let programs: Vec<_> =
        seeds.iter().map(|seed| generate::program(*seed, &options.switches)).collect();
    let runner = Runner::new("programs", options.per_file)?;
    let (mut compared, mut skipped, mut failed) = (0, 0, 0);
    let mut kinds: BTreeMap<String, Vec<&Program>> = BTreeMap::new();
    for (program, verdict) in programs.iter().zip(runner.run(&programs)?) {
        match verdict {
            Verdict::Agrees { compared: c, skipped: s } => {
                compared += c;
                skipped += s;
            }
            other => {
                failed += 1;
                println!("seed {}: {other:?}", program.seed);
                kinds.entry(other.kind()).or_default().push(program);
            }
        }
    }
    println!(
        "{} programs: {compared} points compared, {skipped} skipped, {failed} programs failed",
        programs.len()
    );
    for (kind, failing) in kinds.iter().take(options.minimal) {
        println!("\n// {} of kind `{kind}`", failing.len());
        if let Some(program) = failing.iter().min_by_key(|program| print::real(program).len()) {
            smallest((*program).clone())?;
        }
    }
    Ok(failed == 0)
}

/// Prints the smallest program that fails as this one does.
fn smallest(program: Program) -> std::io::Result<()> {
    let seed = program.seed;
    let mut runner = Runner::new("shrink", 12)?;
    match shrink::shrink(&mut runner, program)? {
        None => println!("the program of seed {seed} does not fail"),
        Some((program, verdict)) => {
            let points = &program.points;
            println!("// seed {seed}\n{}// {verdict:?}\n// at {points:?}", print::real(&program));
        }
    }
    Ok(())
}
