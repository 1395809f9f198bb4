//! Regression by a Gaussian process, whose hyperparameters maximise the evidence.
//!
//! C. E. Rasmussen, C. K. I. Williams, Gaussian Processes for Machine Learning, 2006, algorithm 2.1
//! and equation 5.8. The Cholesky factor is computed in place by plain loops, and so is the gradient
//! of everything that it enters.

use autograd_runtime::optim::{Adam, CosineAnnealingLr, Schedule};
use autograd_runtime::prelude::*;
use rand::rngs::ChaCha8Rng;
use rand::{Rng, RngExt, SeedableRng};
use std::f64::consts::TAU;

/// A square matrix by rows, `n` by `n`.
type Matrix = Vec<Vec<f64>>;

/// The logarithms of the hyperparameters, all of which are positive.
#[derive(Differentiable, Clone, Debug)]
pub struct Process {
    /// Of the standard deviation of the function.
    pub log_amplitude: f64,
    /// Of the distance over which the function changes.
    pub log_length: f64,
    /// Of the standard deviation of the noise.
    pub log_noise: f64,
}

/// Replaces the lower triangle of a positive definite matrix by its Cholesky factor.
///
/// # Panics
///
/// If the matrix is not positive definite.
#[differentiable]
fn cholesky(a: &mut [Vec<f64>]) {
    for j in 0..a.len() {
        for i in j..a.len() {
            for k in 0..j {
                a[i][j] -= a[i][k] * a[j][k];
            }
            if i == j {
                assert!(a[j][j] > 0.0, "the matrix is not positive definite");
                a[j][j] = a[j][j].sqrt();
            } else {
                a[i][j] /= a[j][j];
            }
        }
    }
}

/// Solves `l z = b` for a lower triangular `l`.
#[differentiable]
fn forward_substitution(l: &[Vec<f64>], b: &[f64]) -> Vec<f64> {
    let mut z = b.to_vec();
    for i in 0..z.len() {
        for j in 0..i {
            z[i] -= l[i][j] * z[j];
        }
        z[i] /= l[i][i];
    }
    z
}

impl Process {
    /// The covariance of the function at two places.
    #[differentiable]
    fn kernel(&self, #[no_grad] a: f64, #[no_grad] b: f64) -> f64 {
        let distance = (a - b) / self.log_length.exp();
        (2.0 * self.log_amplitude - 0.5 * distance * distance).exp()
    }

    /// The Cholesky factor of the covariance of noisy values at `x`.
    #[differentiable]
    fn factor(&self, #[no_grad] x: &[f64]) -> Matrix {
        let noise = (2.0 * self.log_noise).exp();
        let mut k: Matrix =
            x.iter().map(|a| x.iter().map(|b| self.kernel(*a, *b)).collect()).collect();
        for (i, row) in k.iter_mut().enumerate() {
            row[i] += noise;
        }
        cholesky(&mut k);
        k
    }

    /// `-ln p(y | x)`, the negative logarithm of the evidence.
    #[differentiable]
    pub fn negative_log_evidence(&self, #[no_grad] x: &[f64], #[no_grad] y: &[f64]) -> f64 {
        let l = self.factor(x);
        let z = forward_substitution(&l, y);
        let fit: f64 = z.iter().map(|z| z * z).sum();
        let log_determinant: f64 = (0..x.len()).map(|i| l[i][i].ln()).sum();
        0.5 * fit + log_determinant + 0.5 * x.len() as f64 * TAU.ln()
    }

    /// The mean and the standard deviation of the function at `at`, given values `y` at `x`.
    pub fn predict(&self, x: &[f64], y: &[f64], at: &[f64]) -> Vec<(f64, f64)> {
        let l = self.factor(x);
        let z = forward_substitution(&l, y);
        let predict = |&at: &f64| {
            let covariance: Vec<f64> = x.iter().map(|x| self.kernel(*x, at)).collect();
            let v = forward_substitution(&l, &covariance);
            let mean = v.iter().zip(&z).map(|(v, z)| v * z).sum();
            let explained: f64 = v.iter().map(|v| v * v).sum();
            (mean, (self.kernel(at, at) - explained).max(0.0).sqrt())
        };
        at.iter().map(predict).collect()
    }
}

/// The function that is looked for.
pub fn truth(x: f64) -> f64 {
    (1.3 * x).sin() + 0.3 * x
}

/// The standard deviation of the noise of [`observe`].
pub const NOISE: f64 = 0.15;

/// So many noisy values of [`truth`] at random places between -4 and 4, but for a gap.
pub fn observe(n: usize, seed: u64) -> (Vec<f64>, Vec<f64>) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let x: Vec<f64> = (0..n)
        .map(|k| if k % 2 == 0 { rng.random_range(-4.0..0.0) } else { rng.random_range(1.5..4.0) })
        .collect();
    let y = x.iter().map(|&x| truth(x) + NOISE * normal(&mut rng)).collect();
    (x, y)
}

/// A standard normal number, after G. E. P. Box and M. E. Muller, 1958.
fn normal(rng: &mut impl Rng) -> f64 {
    let (u, v): (f64, f64) = (1.0 - rng.random::<f64>(), rng.random());
    (-2.0 * u.ln()).sqrt() * (TAU * v).cos()
}

/// Minimises the negative log evidence in so many steps of Adam, and gives it before each.
pub fn fit(process: &mut Process, x: &[f64], y: &[f64], steps: usize) -> Vec<f64> {
    let schedule = CosineAnnealingLr::new(0.1, steps);
    let mut optimizer = Adam::new(schedule.lr(0));
    let step = |k| {
        let (loss, gradient) = process.negative_log_evidence_value_and_grad(x, y);
        optimizer.set_lr(schedule.lr(k));
        optimizer.step(process, &gradient);
        loss
    };
    (0..steps).map(step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROCESS: Process = Process { log_amplitude: 0.1, log_length: 0.3, log_noise: -1.2 };

    /// Columns of the inverse, from the factor.
    fn inverse(l: &Matrix) -> Matrix {
        let n = l.len();
        let column = |j: usize| {
            let unit: Vec<f64> = (0..n).map(|i| f64::from(u8::from(i == j))).collect();
            let mut z = forward_substitution(l, &unit);
            for i in (0..n).rev() {
                for k in i + 1..n {
                    z[i] -= l[k][i] * z[k];
                }
                z[i] /= l[i][i];
            }
            z
        };
        (0..n).map(column).collect()
    }

    #[test]
    fn two_points_by_hand() {
        // K = [[s + n, s e], [s e, s + n]], with eigenvalues s + n +- s e.
        let (x, y) = ([0.5, 1.25], [0.75, -0.5]);
        let (s, n) = (0.2_f64.exp(), (-2.4_f64).exp());
        let e = (-0.5 * (0.75 / 0.3_f64.exp()).powi(2)).exp();
        let (sum, difference) = ((y[0] + y[1]).powi(2) / 2.0, (y[0] - y[1]).powi(2) / 2.0);
        let (high, low) = (s + n + s * e, s + n - s * e);
        let expected = 0.5 * (sum / high + difference / low) + 0.5 * (high * low).ln() + TAU.ln();
        assert!((PROCESS.negative_log_evidence(&x, &y) - expected).abs() < 1e-12);
    }

    /// Equation 5.9: `-1/2 tr((a a' - K^-1) dK/dt)` with `a = K^-1 y`.
    #[test]
    fn gradient_against_the_closed_form() {
        let (x, y) = observe(12, 3);
        let gradient = PROCESS.negative_log_evidence_grad(&x, &y);
        let inverse = inverse(&PROCESS.factor(&x));
        let a: Vec<f64> =
            inverse.iter().map(|row| row.iter().zip(&y).map(|(k, y)| k * y).sum()).collect();
        let trace = |derivative: &dyn Fn(usize, usize) -> f64| {
            let pairs = (0..12).flat_map(|i| (0..12).map(move |j| (i, j)));
            pairs.map(|(i, j)| -0.5 * (a[i] * a[j] - inverse[i][j]) * derivative(j, i)).sum::<f64>()
        };
        let length = PROCESS.log_length.exp();
        let amplitude = trace(&|i, j| 2.0 * PROCESS.kernel(x[i], x[j]));
        let lengths = trace(&|i, j| PROCESS.kernel(x[i], x[j]) * ((x[i] - x[j]) / length).powi(2));
        let noise = trace(&|i, j| if i == j { 2.0 * (2.0 * PROCESS.log_noise).exp() } else { 0.0 });
        let close = |a: f64, b: f64| (a - b).abs() < 1e-9 * b.abs().max(1.0);
        assert!(close(gradient.log_amplitude, amplitude), "{gradient:?} {amplitude}");
        assert!(close(gradient.log_length, lengths), "{gradient:?} {lengths}");
        assert!(close(gradient.log_noise, noise), "{gradient:?} {noise}");
    }

    #[test]
    fn the_fit_finds_the_noise_and_the_function() {
        let (x, y) = observe(60, 1);
        let mut process = Process { log_amplitude: 0.0, log_length: 0.0, log_noise: 0.0 };
        let losses = fit(&mut process, &x, &y, 150);
        assert!(losses[149] < losses[0] - 10.0);
        assert!((process.log_noise.exp() / NOISE - 1.0).abs() < 0.4, "{process:?}");
        for (at, (mean, deviation)) in
            [-3.0, -1.0, 2.0, 3.0].iter().zip(process.predict(&x, &y, &[-3.0, -1.0, 2.0, 3.0]))
        {
            assert!((mean - truth(*at)).abs() < 4.0 * deviation + 0.02, "at {at}: {mean}");
        }
    }
}
