//! After the first calls a gradient allocates nothing: its memory is that of the gradients before. What
//! some programs still allocate is bounded, so that it does not grow.

use autograd_runtime::Tangent;
use benches::memory::{self, Counting};
use benches::programs::{ba, det, gmm, hand, kmeans, llsq, lse, lstm, ode, particle};
use std::hint::black_box;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The allocations of the call after some others.
fn allocations(mut call: impl FnMut() -> f64) -> u64 {
    for _ in 0..8 {
        black_box(call());
    }
    let before = memory::allocations();
    black_box(call());
    memory::allocations() - before
}

#[test]
fn gmm() {
    let (p, data) = gmm::input(100, 5, 4);
    let mut gradient = (p.alphas.clone(), p.means.clone(), p.factors.clone());
    let counted = allocations(|| {
        gradient.zero();
        let g = &mut gradient;
        gmm::log_posterior::value_and_grad_into(&p.alphas, &p.means, &p.factors, &data, g)
    });
    assert_eq!(counted, 0);
}

#[test]
fn lstm() {
    let (p, data) = lstm::input(2, 20, 14);
    let mut gradient = (p.layers.clone(), p.ends.clone());
    let counted = allocations(|| {
        gradient.zero();
        lstm::loss::value_and_grad_into(&p.layers, &p.ends, &data, &mut gradient)
    });
    assert_eq!(counted, 0);
}

#[test]
fn bundle_adjustment() {
    let (p, observations) = ba::input(5, 20, 100);
    let mut gradient = (p.cameras.clone(), p.points.clone(), p.weights.clone());
    let counted = allocations(|| {
        gradient.zero();
        let g = &mut gradient;
        ba::objective::value_and_grad_into(&p.cameras, &p.points, &p.weights, &observations, g)
    });
    assert_eq!(counted, 0);
}

#[test]
fn hand() {
    let (pose, data) = hand::input(50, 20, false);
    let mut gradient = [0.0; 26];
    let counted = allocations(|| {
        gradient.zero();
        hand::objective::value_and_grad_into(&pose, &data, &mut gradient)
    });
    assert_eq!(counted, 0);
}

#[test]
fn determinant_by_elimination() {
    let a = det::input(8);
    let mut gradient = vec![0.0; 64];
    let counted = allocations(|| {
        gradient.zero();
        det::by_elimination::value_and_grad_into(&a, 8, &mut gradient)
    });
    assert_eq!(counted, 0);
}

#[test]
fn determinant_by_minors() {
    let a = det::input(4);
    let mut gradient = vec![0.0; 16];
    let counted = allocations(|| {
        gradient.zero();
        det::by_minors::value_and_grad_into(&a, 4, &mut gradient)
    });
    // The list of columns that the program itself collects.
    assert!(counted <= 1, "{counted} allocations");
}

#[test]
fn clusters() {
    let points = kmeans::points::<8>(50);
    let centroids = kmeans::centroids(&points, 3);
    let mut gradient = centroids.clone();
    let counted = allocations(|| {
        gradient.zero();
        kmeans::cost::value_and_grad_into(&points, &centroids, &mut gradient)
    });
    assert_eq!(counted, 0);
}

#[test]
fn least_squares() {
    let x = llsq::input(4);
    let mut gradient = vec![0.0; x.len()];
    let counted = allocations(|| {
        gradient.zero();
        llsq::objective::value_and_grad_into(&x, 100, &mut gradient)
    });
    assert_eq!(counted, 0);
}

#[test]
fn log_sum_exp() {
    let x = lse::input(100);
    let mut gradient = vec![0.0; x.len()];
    let counted = allocations(|| {
        gradient.zero();
        lse::log_sum_exp::value_and_grad_into(&x, &mut gradient)
    });
    assert_eq!(counted, 0);
}

#[test]
fn runge_kutta() {
    let x = ode::input(5);
    let mut gradient = vec![0.0; x.len()];
    let counted = allocations(|| {
        gradient.zero();
        ode::last_component::value_and_grad_into(&x, 10, &mut gradient)
    });
    assert_eq!(counted, 0);
}

#[test]
fn one_particle() {
    let mut gradient = 0.0;
    let counted = allocations(|| {
        gradient.zero();
        particle::miss::value_and_grad_into(particle::INPUT, &mut gradient)
    });
    assert_eq!(counted, 0);
}
