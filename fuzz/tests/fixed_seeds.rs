//! Gradients of random programs from fixed seeds, of everything that is accepted, against dual
//! numbers.

use fuzz::construct::Switches;
use fuzz::runner::{Runner, Verdict};
use fuzz::{generate, print};

/// How many programs are compared, which takes a minute on two cores; other seeds are for the command
/// line.
const PROGRAMS: u64 = 600;

#[test]
fn gradients_of_random_programs_agree_with_dual_numbers() {
    let switches = Switches::accepted();
    let programs: Vec<_> = (1..=PROGRAMS).map(|seed| generate::program(seed, &switches)).collect();
    let verdicts = Runner::new("fixed_seeds", 50).and_then(|runner| runner.run(&programs));
    let verdicts = verdicts.expect("the programs are compiled and run");
    let (mut compared, mut skipped, mut failures) = (0, 0, Vec::new());
    for (program, verdict) in programs.iter().zip(verdicts) {
        match verdict {
            Verdict::Agrees { compared: c, skipped: s } => {
                compared += c;
                skipped += s;
            }
            verdict => {
                failures.push(format!(
                    "seed {}: {verdict:?}\n{}",
                    program.seed,
                    print::real(program)
                ));
            }
        }
    }
    assert!(failures.is_empty(), "{} failed:\n{}", failures.len(), failures.join("\n"));
    assert!(compared > 20 * skipped, "{skipped} points were skipped, {compared} compared");
}
