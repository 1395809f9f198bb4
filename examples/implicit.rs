//! Derivatives of what solvers find, without differentiating the solvers.
//!
//! `#[differentiable(vjp = rule)]` gives a function a derivative by hand. Here the rules come from the
//! implicit function theorem: for Kepler's equation, which Newton's method solves, and for a linear
//! system. An orbit is then fitted through the first, and a rod examined through the second.
//!
//! ```text
//! cargo run --release --example implicit
//! ```

use autograd_runtime::optim::Schedule;
use autograd_runtime::prelude::*;
use clap::Parser;
use examples::Arguments;
use examples::implicit::{Orbit, hottest};

/// Finds the orbit that a body was observed on.
fn fit_orbit(rounds: usize) {
    let truth = Orbit { eccentricity: 0.6, phase: 0.4 };
    let times: Vec<f64> = (0..12).map(|i| f64::from(i) / 12.0).collect();
    let observed: Vec<[f64; 2]> = times.iter().map(|time| truth.position(*time)).collect();

    let mut orbit = Orbit { eccentricity: 0.1, phase: 0.0 };
    let schedule = optim::CosineAnnealingLr::new(0.05, rounds);
    let mut optimizer = optim::Adam::new(0.05);
    for round in 0..rounds {
        let (misfit, gradient) = orbit.misfit_value_and_grad(&times, &observed);
        if round % (rounds / 5) == 0 {
            let Orbit { eccentricity, phase } = orbit;
            println!("misfit {misfit:.2e}: eccentricity {eccentricity:.4}, phase {phase:.4}");
        }
        optimizer.set_lr(schedule.lr(round));
        optimizer.step(&mut orbit, &gradient);
    }
    let Orbit { eccentricity, phase } = orbit;
    println!("found eccentricity {eccentricity:.4}, phase {phase:.4}");
    assert!((eccentricity - truth.eccentricity).abs() < 1e-3);
    assert!((phase - truth.phase).abs() < 1e-3);
}

/// Says which section of a rod limits how hot it becomes.
fn examine_rod() {
    let conductivities = [1.0, 0.9, 0.3, 1.1, 1.0, 1.2, 0.8, 1.0];
    let (value, (gradient, _)) = hottest::value_and_grad(&conductivities, 1.0);
    println!("the rod is at most at {value:.4}; by section, that changes with the conductivity by");
    for (section, (conductivity, change)) in conductivities.iter().zip(&gradient).enumerate() {
        println!("    {section}: {change:8.4} (conductivity {conductivity})");
    }
    // A better conductor nowhere makes the rod hotter in sum: all scaled, it cools in proportion.
    let scaled: f64 = conductivities.iter().zip(&gradient).map(|(k, g)| k * g).sum();
    assert!((scaled + value).abs() < 1e-12);
}

fn main() {
    let Arguments { short } = Arguments::parse();
    fit_orbit(if short { 300 } else { 1000 });
    examine_rod();
}
