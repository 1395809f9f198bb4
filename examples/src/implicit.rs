//! Values that are defined by an equation, with rules by the implicit function theorem.
//!
//! Where `F(y, x) = 0` defines `y`, its derivative is `-(∂F/∂y)⁻¹ ∂F/∂x`, however `y` was found. The
//! iterations of a solver need not be differentiated, nor kept.

use autograd_runtime::prelude::*;

/// The eccentric anomaly `E` of a body on an ellipse, by Kepler's equation `E - e sin E = M` from the
/// mean anomaly `M` and the eccentricity `e`.
#[differentiable(vjp = eccentric_anomaly_rule)]
pub fn eccentric_anomaly(mean: f64, eccentricity: f64) -> f64 {
    let mut anomaly = mean + eccentricity * mean.sin();
    // Newton's method doubles the number of digits with each step.
    for _ in 0..50 {
        let residual = anomaly - eccentricity * anomaly.sin() - mean;
        let step = residual / (1.0 - eccentricity * anomaly.cos());
        anomaly -= step;
        if step.abs() < 1e-14 {
            break;
        }
    }
    anomaly
}

/// `∂E/∂M = 1 / (1 - e cos E)` and `∂E/∂e = sin E / (1 - e cos E)`.
fn eccentric_anomaly_rule(mean: f64, eccentricity: f64) -> (f64, impl FnOnce(f64) -> (f64, f64)) {
    let anomaly = eccentric_anomaly(mean, eccentricity);
    let pullback = move |cotangent: f64| {
        let of_mean = cotangent / (1.0 - eccentricity * anomaly.cos());
        (of_mean, of_mean * anomaly.sin())
    };
    (anomaly, pullback)
}

/// The solution `x` of `A x = b` for a square matrix, row by row, by Gaussian elimination.
#[differentiable(vjp = solve_rule)]
pub fn solve(a: &[f64], b: &[f64]) -> Vec<f64> {
    let n = b.len();
    let mut rows: Vec<Vec<f64>> =
        a.chunks(n).zip(b).map(|(row, b)| [row, &[*b]].concat()).collect();
    for column in 0..n {
        let size = |row: &usize| rows[*row][column].abs();
        let pivot = (column..n).max_by(|i, j| size(i).total_cmp(&size(j))).unwrap_or(column);
        rows.swap(column, pivot);
        let (above, below) = rows.split_at_mut(column + 1);
        let pivot = &above[column];
        for row in below {
            let factor = row[column] / pivot[column];
            row.iter_mut().zip(pivot).for_each(|(x, p)| *x -= factor * p);
        }
    }
    let mut x = vec![0.0; n];
    for i in (0..n).rev() {
        let known: f64 = (i + 1..n).map(|j| rows[i][j] * x[j]).sum();
        x[i] = (rows[i][n] - known) / rows[i][i];
    }
    x
}

/// A matrix and a right-hand side.
type System = (Vec<f64>, Vec<f64>);

/// With `Aᵀ λ = x̄`, the gradients are `Ā = -λ xᵀ` and `b̄ = λ`: one more system instead of the reverse of
/// an elimination.
fn solve_rule(a: &[f64], b: &[f64]) -> (Vec<f64>, impl FnOnce(Vec<f64>) -> System + use<>) {
    let n = b.len();
    let x = solve(a, b);
    // The pullback owns what it needs.
    let transposed: Vec<f64> = (0..n * n).map(|i| a[i % n * n + i / n]).collect();
    let solution = x.clone();
    let pullback = move |cotangent: Vec<f64>| {
        let lambda = solve(&transposed, &cotangent);
        let of_a = lambda.iter().flat_map(|l| solution.iter().map(move |x| -l * x)).collect();
        (of_a, lambda)
    };
    (x, pullback)
}

/// The temperatures inside of a heated rod whose ends are at 0. `conductivities` are those of its
/// sections, one more than there are temperatures.
#[differentiable]
pub fn temperatures(conductivities: &[f64], heating: f64) -> Vec<f64> {
    let n = conductivities.len() - 1;
    let mut a = vec![0.0; n * n];
    for i in 0..n {
        a[i * n + i] = conductivities[i] + conductivities[i + 1];
        if i + 1 < n {
            a[i * n + i + 1] = -conductivities[i + 1];
            a[(i + 1) * n + i] = -conductivities[i + 1];
        }
    }
    let b = vec![heating / (n * n) as f64; n];
    solve(&a, &b)
}

/// The highest temperature of the rod.
#[differentiable]
pub fn hottest(conductivities: &[f64], heating: f64) -> f64 {
    temperatures(conductivities, heating).iter().copied().fold(0.0, f64::max)
}

/// An orbit about the origin, of size 1 and period 1.
#[derive(Differentiable, Clone, Debug)]
pub struct Orbit {
    /// Between 0, a circle, and 1.
    pub eccentricity: f64,
    /// The mean anomaly at the time 0.
    pub phase: f64,
}

impl Orbit {
    /// Where the body is.
    #[differentiable]
    pub fn position(&self, time: f64) -> [f64; 2] {
        let mean = self.phase + std::f64::consts::TAU * time;
        let e = self.eccentricity;
        let anomaly = eccentric_anomaly(mean, e);
        [anomaly.cos() - e, (1.0 - e * e).sqrt() * anomaly.sin()]
    }

    /// The mean square of the distances to observed positions.
    #[differentiable]
    pub fn misfit(&self, #[no_grad] times: &[f64], #[no_grad] observed: &[[f64; 2]]) -> f64 {
        let mut sum = 0.0;
        for i in 0..times.len() {
            let [x, y] = self.position(times[i]);
            sum += (x - observed[i][0]).powi(2) + (y - observed[i][1]).powi(2);
        }
        sum / times.len() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_agree_with_central_differences() {
        for mean in [0.0, 0.3, 2.0, 5.0] {
            for eccentricity in [0.0, 0.2, 0.8] {
                let anomaly = eccentric_anomaly(mean, eccentricity);
                assert!((anomaly - eccentricity * anomaly.sin() - mean).abs() < 1e-13);
                eccentric_anomaly::gradcheck(mean, eccentricity).unwrap();
            }
        }
        hottest::gradcheck(&[1.0, 2.0, 0.5, 1.5, 0.7], 3.0).unwrap();
    }

    #[test]
    fn solutions_solve() {
        // The first pivot is 0.
        let (a, b) = ([0.0, 2.0, 1.0, 1.0, 1.0, 0.0, 3.0, 0.0, 1.0], [7.0, 3.0, 6.0]);
        let x = solve(&a, &b);
        for (x, expected) in x.iter().zip([1.0, 2.0, 3.0]) {
            assert!((x - expected).abs() < 1e-14);
        }
        let (_, pullback) = solve::vjp(&a, &b);
        let (of_a, of_b) = pullback(vec![1.0, 0.0, 0.0]);
        // x₀ = (b₂ + 2 b₁ - b₀) / 5 by Cramer's rule.
        for (gradient, expected) in of_b.iter().zip([-0.2, 0.4, 0.2]) {
            assert!((gradient - expected).abs() < 1e-14);
        }
        assert!((of_a[1] - 0.4).abs() < 1e-14);
    }

    /// Between ends at 0, a uniform rod of conductivity 1 has the temperatures of a parabola.
    #[test]
    fn a_uniform_rod() {
        let n = 4;
        let conductivities = vec![1.0; n + 1];
        for (i, u) in (1..).zip(temperatures(&conductivities, 1.0)) {
            let expected = f64::from(i * (5 - i)) / 2.0 / 16.0;
            assert!((u - expected).abs() < 1e-14);
        }
        // Twice the conductivity halves all of them: the gradients add up to minus the value.
        let (value, (gradient, heating)) = hottest::value_and_grad(&conductivities, 1.0);
        assert!((gradient.iter().sum::<f64>() + value).abs() < 1e-14);
        assert!((heating - value).abs() < 1e-14);
    }
}
