//! The forces on a chain of masses and springs, without a tensor in sight.
//!
//! The potential energy is ordinary Rust over slices and structs. Its gradient with respect to the
//! positions is minus the force on each mass, and its gradient with respect to the chain says what
//! each spring, mass and rest length contributes. The chain hangs between two walls, is let go, and
//! swings; a swing computed with the right forces keeps its energy.
//!
//! ```text
//! cargo run --release --example plain_rust
//! ```

use autograd_runtime::gradcheck;
use autograd_runtime::prelude::*;
use clap::Parser;
use examples::Arguments;

type Point = [f64; 2];

#[derive(Differentiable, Clone, Debug)]
struct Spring {
    stiffness: f64,
    rest_length: f64,
}

impl Spring {
    /// The energy of the spring when it is stretched from `a` to `b`.
    #[differentiable]
    fn energy(&self, a: Point, b: Point) -> f64 {
        let length = (b[0] - a[0]).hypot(b[1] - a[1]);
        let stretch = length - self.rest_length;
        0.5 * self.stiffness * stretch * stretch
    }
}

/// Masses in a row, tied to each other and, at the two ends, to the walls: one spring more than
/// masses.
#[derive(Differentiable, Clone, Debug)]
struct Chain {
    springs: Vec<Spring>,
    masses: Vec<f64>,
    walls: [Point; 2],
    #[no_grad]
    gravity: f64,
}

impl Chain {
    fn new(n: usize) -> Self {
        let spring = Spring { stiffness: 400.0, rest_length: 1.0 / (n + 1) as f64 };
        Self {
            springs: vec![spring; n + 1],
            masses: (0..n).map(|i| 0.1 + 0.02 * i as f64).collect(),
            walls: [[0.0, 0.0], [1.0, 0.0]],
            gravity: 9.81,
        }
    }

    /// The masses on the straight line between the walls.
    fn straight(&self) -> Vec<Point> {
        let [left, right] = self.walls;
        let between = |share: f64| [0, 1].map(|k| left[k] + share * (right[k] - left[k]));
        (1..self.springs.len()).map(|i| between(i as f64 / self.springs.len() as f64)).collect()
    }

    /// The energy of the springs and of the masses in the field of gravity.
    #[differentiable]
    fn potential(&self, positions: &[Point]) -> f64 {
        let mut energy = 0.0;
        let mut previous = self.walls[0];
        let mut i = 0;
        for &position in positions {
            energy += self.springs[i].energy(previous, position);
            energy += self.masses[i] * self.gravity * position[1];
            previous = position;
            i += 1;
        }
        energy + self.springs[i].energy(previous, self.walls[1])
    }

    fn kinetic(&self, velocities: &[Point]) -> f64 {
        let energy = |(m, v): (&f64, &Point)| 0.5 * m * (v[0] * v[0] + v[1] * v[1]);
        self.masses.iter().zip(velocities).map(energy).sum()
    }
}

/// The derivative of the potential with respect to each coordinate, as a difference quotient: two
/// evaluations for each coordinate, where the gradient is one reverse pass for all of them.
fn central_differences(chain: &Chain, positions: &[Point]) -> Vec<Point> {
    const STEP: f64 = 1e-6;
    let mut moved = positions.to_vec();
    let mut difference = |i: usize, k: usize| {
        let mut at = |x: f64| {
            moved[i][k] = x;
            chain.potential(&moved)
        };
        let x = positions[i][k];
        let quotient = (at(x + STEP) - at(x - STEP)) / (2.0 * STEP);
        at(x);
        quotient
    };
    (0..positions.len()).map(|i| [difference(i, 0), difference(i, 1)]).collect()
}

/// The largest difference between two lists of vectors.
fn distance(a: &[Point], b: &[Point]) -> f64 {
    let pairs = a.as_flattened().iter().zip(b.as_flattened());
    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// A swing: where the masses are and how they move.
struct State {
    positions: Vec<Point>,
    velocities: Vec<Point>,
    /// The derivative of the potential with respect to `positions`: minus the forces.
    gradient: Vec<Point>,
}

impl State {
    fn at_rest(chain: &Chain) -> Self {
        let positions = chain.straight();
        let (_, gradient) = chain.potential_grad(&positions);
        Self { velocities: vec![[0.0; 2]; positions.len()], gradient, positions }
    }

    /// One step of velocity Verlet, which is explicit, of second order, and symplectic: the error
    /// of the energy stays bounded. Gives the potential after the step.
    fn step(&mut self, chain: &Chain, dt: f64) -> f64 {
        self.kick(chain, 0.5 * dt);
        for (position, velocity) in self.positions.iter_mut().zip(&self.velocities) {
            for k in 0..2 {
                position[k] += dt * velocity[k];
            }
        }
        let (potential, (_, gradient)) = chain.potential_value_and_grad(&self.positions);
        self.gradient = gradient;
        self.kick(chain, 0.5 * dt);
        potential
    }

    /// Changes the velocities by the forces of this moment.
    fn kick(&mut self, chain: &Chain, dt: f64) {
        for (i, velocity) in self.velocities.iter_mut().enumerate() {
            let [x, y] = self.gradient[i];
            velocity[0] -= dt / chain.masses[i] * x;
            velocity[1] -= dt / chain.masses[i] * y;
        }
    }
}

fn main() {
    let steps = if Arguments::parse().short { 20_000 } else { 200_000 };
    let chain = Chain::new(8);
    let dt = 1e-4;

    let mut state = State::at_rest(&chain);
    let energy =
        |state: &State| chain.potential(&state.positions) + chain.kinetic(&state.velocities);
    let first = energy(&state);
    let (mut worst, mut lowest) = (0.0_f64, f64::INFINITY);
    println!("   time   potential     kinetic       total");
    for step in 0..=steps {
        if step > 0 {
            let potential = state.step(&chain, dt);
            worst = worst.max((potential + chain.kinetic(&state.velocities) - first).abs());
            lowest = lowest.min(potential);
        }
        if step % (steps / 10) == 0 {
            let (potential, kinetic) =
                (chain.potential(&state.positions), chain.kinetic(&state.velocities));
            let (time, total) = (f64::from(step) * dt, potential + kinetic);
            println!("{time:7.2} {potential:11.6} {kinetic:11.6} {total:11.6}");
        }
    }
    println!("the potential falls by {:.6}, the total strays by {worst:.1e}", first - lowest);
    assert!(worst < 1e-3 * (first - lowest), "the energy is not conserved");

    let (chain_gradient, position_gradient) = chain.potential_grad(&state.positions);
    println!("\nforces at the end:");
    for [x, y] in &position_gradient {
        println!("{:11.6} {:11.6}", -x, -y);
    }
    let off = distance(&position_gradient, &central_differences(&chain, &state.positions));
    println!("central differences are off by at most {off:.1e}");
    assert!(off < 1e-6, "gradient and central differences disagree");

    println!("\nthe energy's derivative with respect to each");
    println!("  stiffness  rest length");
    for spring in &chain_gradient.springs {
        println!("{:11.6}  {:11.6}", spring.stiffness, spring.rest_length);
    }
    match gradcheck(|chain: &Chain| chain.potential(&state.positions), &chain, &chain_gradient) {
        Ok(()) => println!("all agree with central differences"),
        Err(error) => panic!("{error}"),
    }
}
