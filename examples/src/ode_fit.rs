//! Two species, one of which eats the other, and how well a model of them fits observed numbers.
//!
//! The model is that of Lotka and Volterra, `u' = a u - b u v` for the prey and
//! `v' = d u v - c v` for the predators. It is integrated by a Runge-Kutta method of fourth order
//! that knows nothing about it; the gradient runs backwards through all of the method's steps.

use autograd_runtime::optim::{Adam, CosineAnnealingLr, Schedule};
use autograd_runtime::prelude::*;

/// Prey and predators, in thousands of animals.
pub type State = [f64; 2];

/// The pelts of hares and lynxes, in thousands, that the Hudson's Bay Company bought from trappers
/// in the years 1900 to 1920, as published by C. Elton and M. Nicholson in 1942 and in many
/// textbooks since.
pub const PELTS: [State; 21] = [
    [30.0, 4.0],
    [47.2, 6.1],
    [70.2, 9.8],
    [77.4, 35.2],
    [36.3, 59.4],
    [20.6, 41.7],
    [18.1, 19.0],
    [21.4, 13.0],
    [22.0, 8.3],
    [25.4, 9.1],
    [27.1, 7.4],
    [40.3, 8.0],
    [57.0, 12.3],
    [76.6, 19.5],
    [52.3, 45.7],
    [19.5, 51.1],
    [11.2, 29.7],
    [7.6, 15.8],
    [14.6, 9.7],
    [16.2, 10.1],
    [24.7, 8.6],
];

/// The steps of the integrator in a year.
const STEPS: usize = 20;

/// A system of two ordinary differential equations.
pub trait System: Differentiable + 'static {
    /// How fast the state changes.
    #[differentiable]
    fn rate(&self, state: State) -> State;
}

/// The four rates of the model, per year.
#[derive(Differentiable, Clone, Copy, Debug)]
pub struct LotkaVolterra {
    /// `a`: births of prey.
    pub growth: f64,
    /// `b`: prey eaten, for each thousand of predators.
    pub predation: f64,
    /// `c`: deaths of predators.
    pub death: f64,
    /// `d`: births of predators, for each thousand of prey.
    pub conversion: f64,
}

impl System for LotkaVolterra {
    #[differentiable(impl)]
    fn rate(&self, state: State) -> State {
        let [prey, predators] = state;
        [
            (self.growth - self.predation * predators) * prey,
            (self.conversion * prey - self.death) * predators,
        ]
    }
}

/// One step of the classical Runge-Kutta method, of length `dt`.
#[differentiable]
fn runge_kutta<S: System>(system: &S, state: State, #[no_grad] dt: f64) -> State {
    let along = |rate: State, dt: f64| [state[0] + dt * rate[0], state[1] + dt * rate[1]];
    let k1 = system.rate(state);
    let k2 = system.rate(along(k1, dt / 2.0));
    let k3 = system.rate(along(k2, dt / 2.0));
    let k4 = system.rate(along(k3, dt));
    let mean = |i: usize| (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]) / 6.0;
    along([mean(0), mean(1)], dt)
}

/// The states at the beginning of each of `years` years.
#[differentiable]
pub fn integrate<S: System>(system: &S, start: State, years: usize) -> Vec<State> {
    let mut state = start;
    let mut states = vec![state];
    for _ in 1..years {
        for _ in 0..STEPS {
            state = runge_kutta(system, state, 1.0 / STEPS as f64);
        }
        states.push(state);
    }
    states
}

/// What is fitted. All of it is positive, so that its logarithms are looked for.
#[derive(Differentiable, Clone, Debug)]
pub struct Model {
    log_rates: [f64; 4],
    log_start: State,
}

impl Model {
    /// A first guess: the animals of the first year, and rates that make them swing at all.
    pub fn guess() -> Self {
        let log_rates = [0.5, 0.02, 0.9, 0.03].map(f64::ln);
        Self { log_rates, log_start: PELTS[0].map(f64::ln) }
    }

    /// The rates themselves.
    #[differentiable]
    pub fn system(&self) -> LotkaVolterra {
        let log_rates: [f64; 4] = self.log_rates;
        let [growth, predation, death, conversion] = log_rates.map(f64::exp);
        LotkaVolterra { growth, predation, death, conversion }
    }

    /// The states at the beginning of each year.
    #[differentiable]
    pub fn states(&self, years: usize) -> Vec<State> {
        let [prey, predators] = self.log_start;
        integrate(&self.system(), [prey.exp(), predators.exp()], years)
    }

    /// The mean square of what the logarithms of the observed numbers are off by: errors of
    /// counted animals are relative.
    #[differentiable]
    pub fn loss(&self, #[no_grad] observed: &[State]) -> f64 {
        let states = self.states(observed.len());
        let mut sum = 0.0;
        for (state, seen) in states.iter().zip(observed) {
            for (value, pelts) in state.iter().zip(seen) {
                sum += (value / pelts).ln().powi(2);
            }
        }
        sum / (2 * observed.len()) as f64
    }
}

/// Fits the model in so many steps of Adam, and gives the loss before each.
pub fn fit(model: &mut Model, observed: &[State], steps: usize) -> Vec<f64> {
    let schedule = CosineAnnealingLr::new(0.03, steps);
    let mut optimizer = Adam::new(schedule.lr(0));
    let mut gradient = model.zero_tangent();
    let mut step = |k| {
        gradient.zero();
        let loss = model.loss_value_and_grad_into(observed, &mut gradient);
        optimizer.set_lr(schedule.lr(k));
        optimizer.step(model, &gradient);
        loss
    };
    (0..steps).map(&mut step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gradient_against_central_differences() {
        Model::guess().loss_gradcheck(&PELTS).unwrap();
    }

    /// Without predators the prey grows by `exp(a t)`, without prey the predators shrink by
    /// `exp(-c t)`.
    #[test]
    fn each_species_alone() {
        let system = LotkaVolterra { growth: 0.5, predation: 0.1, death: 0.25, conversion: 0.1 };
        let prey = integrate(&system, [2.0, 0.0], 4)[3];
        assert!((prey[0] - 2.0 * 1.5_f64.exp()).abs() < 1e-7 && prey[1] == 0.0);
        let predators = integrate(&system, [0.0, 3.0], 5)[4];
        assert!((predators[1] - 3.0 * (-1.0_f64).exp()).abs() < 1e-7 && predators[0] == 0.0);
    }

    /// `d u - c ln u + b v - a ln v` does not change along a solution.
    #[test]
    fn what_is_conserved() {
        let s = LotkaVolterra { growth: 0.5, predation: 0.02, death: 0.9, conversion: 0.03 };
        let invariant = |[u, v]: State| {
            s.conversion * u - s.death * u.ln() + s.predation * v - s.growth * v.ln()
        };
        let states = integrate(&s, [30.0, 4.0], 21);
        for state in states {
            assert!((invariant(state) - invariant([30.0, 4.0])).abs() < 1e-5);
        }
    }

    /// Published estimates of the rates from the same numbers are 0.55, 0.028, 0.80 and 0.024, with
    /// standard errors of about a tenth of each.
    #[test]
    fn rates_of_hares_and_lynxes() {
        let mut model = Model::guess();
        let losses = fit(&mut model, &PELTS, 400);
        assert!(losses[399] < 0.4 * losses[0], "{} {}", losses[0], losses[399]);
        let LotkaVolterra { growth, predation, death, conversion } = model.system();
        let found = [growth, predation, death, conversion];
        for (found, published) in found.into_iter().zip([0.55, 0.028, 0.80, 0.024]) {
            assert!((found / published - 1.0).abs() < 0.1, "{found} {published}");
        }
    }
}
