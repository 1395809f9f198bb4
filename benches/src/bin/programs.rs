//! Prints how the gradients of the real programs compare with those written by hand, and with the
//! programs themselves, as a Markdown table.
//!
//! `cargo run --release -p benches --bin programs`, with `-- --quick` for a rough answer in seconds.

use autograd_runtime::Tangent;
use benches::agree::assert_agree;
use benches::contender::{Contender, Part};
use benches::measure::{Clock, Plan, interleaved};
use benches::programs::{ba, det, gmm, hand, kmeans, llsq, lse, lstm, ode, particle};
use std::hint::black_box;
use std::time::Duration;

/// One version of a program, with what it keeps between calls.
struct Version<S> {
    name: &'static str,
    state: S,
    run: fn(&mut S) -> f64,
    gradient: fn(&S) -> Vec<f64>,
    value: f64,
}

impl<S> Contender for Version<S> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn step(&mut self) {
        self.value = black_box((self.run)(black_box(&mut self.state)));
    }

    fn result(&self) -> Vec<Part> {
        let gradient = (self.gradient)(&self.state);
        vec![Part::scalar("value", self.value), Part::tensor("gradient", &gradient)]
    }
}

type Versions = [Box<dyn Contender>; 3];

/// The three versions of a program of which `state` has the inputs, the gradient by hand and the
/// generated one.
fn versions<S: Clone + 'static>(
    state: S,
    by_hand: fn(&mut S) -> f64,
    generated: fn(&mut S) -> f64,
    primal: fn(&mut S) -> f64,
    gradient: fn(&S) -> Vec<f64>,
) -> Versions {
    let version = |name, run| -> Box<dyn Contender> {
        Box::new(Version { name, state: state.clone(), run, gradient, value: f64::NAN })
    };
    [version("by hand", by_hand), version("generated", generated), version("primal", primal)]
}

fn gmm() -> Versions {
    let (p, data) = gmm::input(1000, 10, 25);
    let gradient = (p.alphas.clone(), p.means.clone(), p.factors.clone());
    versions(
        (p.clone(), data, gmm::Workspace::default(), p, gradient),
        |(p, data, workspace, bars, gradient)| {
            let value = gmm::gradient_by_hand(p, data, workspace, bars);
            gradient.0.copy_from_slice(&bars.alphas);
            gradient.1.copy_from_slice(&bars.means);
            gradient.2.copy_from_slice(&bars.factors);
            value
        },
        |(p, data, _, _, gradient)| {
            gradient.zero();
            gmm::log_posterior::value_and_grad_into(&p.alphas, &p.means, &p.factors, data, gradient)
        },
        |(p, data, ..)| gmm::log_posterior(&p.alphas, &p.means, &p.factors, data),
        |(.., gradient)| [&*gradient.0, &*gradient.1, &*gradient.2].concat(),
    )
}

fn lstm() -> Versions {
    let (p, data) = lstm::input(2, 300, 14);
    let gradient = (p.layers.clone(), p.ends.clone());
    versions(
        (p.clone(), data, lstm::Workspace::default(), p, gradient),
        |(p, data, workspace, bars, gradient)| {
            let value = lstm::gradient_by_hand(p, data, workspace, bars);
            gradient.0.copy_from_slice(&bars.layers);
            gradient.1.copy_from_slice(&bars.ends);
            value
        },
        |(p, data, _, _, gradient)| {
            gradient.zero();
            lstm::loss::value_and_grad_into(&p.layers, &p.ends, data, gradient)
        },
        |(p, data, ..)| lstm::loss(&p.layers, &p.ends, data),
        |(.., gradient)| [&*gradient.0, &*gradient.1].concat(),
    )
}

fn bundle_adjustment() -> Versions {
    let (p, observations) = ba::input(49, 776, 3000);
    let gradient = (p.cameras.clone(), p.points.clone(), p.weights.clone());
    versions(
        (p.clone(), observations, p, gradient),
        |(p, observations, bars, gradient)| {
            let value = ba::gradient_by_hand(p, observations, bars);
            gradient.0.copy_from_slice(&bars.cameras);
            gradient.1.copy_from_slice(&bars.points);
            gradient.2.copy_from_slice(&bars.weights);
            value
        },
        |(p, observations, _, gradient)| {
            gradient.zero();
            ba::objective::value_and_grad_into(
                &p.cameras,
                &p.points,
                &p.weights,
                observations,
                gradient,
            )
        },
        |(p, observations, ..)| ba::objective(&p.cameras, &p.points, &p.weights, observations),
        |(.., g)| [g.0.as_flattened(), g.1.as_flattened(), &*g.2].concat(),
    )
}

fn hand() -> Versions {
    let (pose, data) = hand::input(500, 200, false);
    versions(
        (pose, data, hand::Workspace::default(), [0.0; 26]),
        |(pose, data, workspace, gradient)| hand::gradient_by_hand(pose, data, workspace, gradient),
        |(pose, data, _, gradient)| {
            gradient.zero();
            hand::objective::value_and_grad_into(pose, data, gradient)
        },
        |(pose, data, ..)| hand::objective(pose, data),
        |(.., gradient)| gradient.to_vec(),
    )
}

fn determinant() -> Versions {
    let (a, n) = (det::input(16), 16);
    versions(
        (a, n, det::Factors::default(), vec![0.0; 256]),
        |(a, n, factors, gradient)| det::elimination_by_hand(a, *n, factors, gradient),
        |(a, n, _, gradient)| {
            gradient.zero();
            det::by_elimination::value_and_grad_into(a, *n, gradient)
        },
        |(a, n, ..)| det::by_elimination(a, *n),
        |(.., gradient)| gradient.clone(),
    )
}

fn minors() -> Versions {
    let (a, n) = (det::input(6), 6);
    versions(
        (a, n, vec![0.0; 36]),
        |(a, n, gradient)| det::gradient_by_hand(a, *n, gradient),
        |(a, n, gradient)| {
            gradient.zero();
            det::by_minors::value_and_grad_into(a, *n, gradient)
        },
        |(a, n, _)| det::by_minors(a, *n),
        |(.., gradient)| gradient.clone(),
    )
}

fn clusters() -> Versions {
    let points = kmeans::points::<8>(2000);
    let centroids = kmeans::centroids(&points, 10);
    let gradient = centroids.clone();
    versions(
        (points, centroids, gradient),
        |(points, centroids, gradient)| kmeans::gradient_by_hand(points, centroids, gradient),
        |(points, centroids, gradient)| {
            gradient.zero();
            kmeans::cost::value_and_grad_into(points, centroids, gradient)
        },
        |(points, centroids, _)| kmeans::cost(points, centroids),
        |(.., gradient)| gradient.as_flattened().to_vec(),
    )
}

fn least_squares() -> Versions {
    let x = llsq::input(16);
    let gradient = vec![0.0; x.len()];
    versions(
        (x, 1000, gradient),
        |(x, n, gradient)| llsq::gradient_by_hand(x, *n, gradient),
        |(x, n, gradient)| {
            gradient.zero();
            llsq::objective::value_and_grad_into(x, *n, gradient)
        },
        |(x, n, _)| llsq::objective(x, *n),
        |(.., gradient)| gradient.clone(),
    )
}

fn log_sum_exp() -> Versions {
    let x = lse::input(1000);
    let gradient = vec![0.0; x.len()];
    versions(
        (x, gradient),
        |(x, gradient)| lse::gradient_by_hand(x, gradient),
        |(x, gradient)| {
            gradient.zero();
            lse::log_sum_exp::value_and_grad_into(x, gradient)
        },
        |(x, _)| lse::log_sum_exp(x),
        |(_, gradient)| gradient.clone(),
    )
}

fn runge_kutta() -> Versions {
    let x = ode::input(20);
    let gradient = vec![0.0; x.len()];
    versions(
        (x, 50, ode::Buffers::default(), gradient),
        |(x, steps, buffers, gradient)| ode::gradient_by_hand(x, *steps, buffers, gradient),
        |(x, steps, _, gradient)| {
            gradient.zero();
            ode::last_component::value_and_grad_into(x, *steps, gradient)
        },
        |(x, steps, ..)| ode::last_component(x, *steps),
        |(.., gradient)| gradient.clone(),
    )
}

fn one_particle() -> Versions {
    versions(
        (particle::INPUT, Vec::new(), 0.0),
        |(w, path, gradient)| {
            let (value, derivative) = particle::gradient_by_hand(*w, path);
            *gradient = derivative;
            value
        },
        |(w, _, gradient)| {
            gradient.zero();
            particle::miss::value_and_grad_into(*w, gradient)
        },
        |(w, ..)| particle::miss(*w),
        |(.., gradient)| vec![*gradient],
    )
}

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let plan = if quick {
        Plan { rounds: 9, batch: Duration::from_millis(1), clock: Clock::Thread }
    } else {
        Plan { rounds: 51, batch: Duration::from_millis(5), clock: Clock::Thread }
    };
    let programs: [(&str, Versions); 11] = [
        ("GMM, 1,000 points in 10 dimensions, 25 components", gmm()),
        ("LSTM, 2 layers, 300 characters of 14", lstm()),
        ("BA, 49 cameras, 776 points, 3,000 observations", bundle_adjustment()),
        ("HAND, 500 vertices, 200 correspondences", hand()),
        ("determinant by elimination, 16 by 16", determinant()),
        ("determinant by minors, 6 by 6", minors()),
        ("k-means, 2,000 points in 8 dimensions, 10 clusters", clusters()),
        ("least squares, 16 coefficients", least_squares()),
        ("log-sum-exp of 1,000", log_sum_exp()),
        ("ODE by Runge-Kutta, 20 components, 50 steps", runge_kutta()),
        ("particle", one_particle()),
    ];
    println!("| program | generated / by hand | generated / primal | by hand / primal |");
    println!("| --- | --- | --- | --- |");
    for (name, mut versions) in programs {
        assert_agree(name, &mut versions[..2], 1e-9);
        let timings = interleaved(&mut versions, plan);
        let [by_hand, generated, primal] = &timings[..] else { unreachable!("three versions") };
        let ratio = |a: &benches::measure::Timing, b| a.over(b)[1];
        println!(
            "| {name} | {:.2} | {:.2} | {:.2} |",
            ratio(generated, by_hand),
            ratio(generated, primal),
            ratio(by_hand, primal)
        );
    }
}
