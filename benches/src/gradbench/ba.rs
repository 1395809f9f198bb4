//! Bundle adjustment, with its sparse Jacobian.

use super::call::{Call, Outcome, ensure};
use crate::programs::ba::{Observation, Parameters, block, reprojection, weight_error};
use serde::Deserialize;
use serde_json::{Value, json};

/// Counts, and one of each, which stands for all.
#[derive(Deserialize)]
struct Input {
    n: usize,
    m: usize,
    p: usize,
    cam: [f64; 11],
    x: [f64; 3],
    w: f64,
    feat: [f64; 2],
}

impl Input {
    /// The cameras in turn look at the points in turn.
    fn problem(&self) -> (Parameters, Vec<Observation>) {
        let parameters = Parameters {
            cameras: vec![self.cam; self.n],
            points: vec![self.x; self.m],
            weights: vec![self.w; self.p],
        };
        let seen = |i| Observation { camera: i % self.n, point: i % self.m, feature: self.feat };
        (parameters, (0..self.p).map(seen).collect())
    }
}

pub(super) fn evaluate(call: &Call<'_>) -> Outcome {
    let input: Input = call.parse()?;
    ensure(input.n > 0 && input.m > 0 && input.p > 0, "`n`, `m` and `p` must be positive")?;
    let (p, observations) = input.problem();
    match call.function {
        "objective" => {
            call.measure_and_report(|| residuals(&p, &observations), |r| report_residuals(&r))
        }
        "jacobian" => {
            call.measure_and_report(|| Sparse::jacobian(&p, &observations), |j| j.report())
        }
        _ => call.unknown(),
    }
}

/// The residuals of the observations, and those of the weights.
fn residuals(p: &Parameters, observations: &[Observation]) -> (Vec<[f64; 2]>, Vec<f64>) {
    let seen = observations.iter().zip(&p.weights);
    let reprojections = seen.map(|(seen, &weight)| {
        reprojection(&p.cameras[seen.camera], &p.points[seen.point], weight, seen.feature)
    });
    let weights = p.weights.iter().map(|&weight| weight_error(weight));
    (reprojections.collect(), weights.collect())
}

/// Since all observations are alike, only one is sent.
fn report_residuals((reprojections, weights): &(Vec<[f64; 2]>, Vec<f64>)) -> Value {
    json!({
        "reproj_error": { "elements": reprojections[0], "repeated": reprojections.len() },
        "w_err": { "element": weights[0], "repeated": weights.len() },
    })
}

/// A sparse matrix, row by row.
#[derive(Default)]
struct Sparse {
    /// Where each row begins in the other lists, and where the last one ends.
    rows: Vec<usize>,
    columns: Vec<usize>,
    values: Vec<f64>,
}

impl Sparse {
    /// Two rows for each observation, then one for each weight. The columns are cameras, points and
    /// weights.
    fn jacobian(p: &Parameters, observations: &[Observation]) -> Self {
        let count = observations.len();
        let mut jacobian = Self {
            rows: Vec::with_capacity(3 * count + 1),
            columns: Vec::with_capacity(31 * count),
            values: Vec::with_capacity(31 * count),
        };
        jacobian.rows.push(0);
        let first_point = 11 * p.cameras.len();
        let first_weight = first_point + 3 * p.points.len();
        for (i, (seen, &weight)) in observations.iter().zip(&p.weights).enumerate() {
            let (camera, point) = (11 * seen.camera, first_point + 3 * seen.point);
            for row in block(p, seen, weight) {
                jacobian.columns.extend(camera..camera + 11);
                jacobian.columns.extend(point..point + 3);
                jacobian.columns.push(first_weight + i);
                jacobian.end_row(&row);
            }
        }
        for (i, &weight) in p.weights.iter().enumerate() {
            jacobian.columns.push(first_weight + i);
            jacobian.end_row(&[weight_error::grad(weight)]);
        }
        jacobian
    }

    fn end_row(&mut self, values: &[f64]) {
        self.values.extend_from_slice(values);
        self.rows.push(self.values.len());
    }

    /// The first thirty elements of each list, and the last.
    fn report(&self) -> Value {
        fn ends<T: Copy>(list: &[T]) -> Vec<T> {
            list.iter().take(30).chain(list.last()).copied().collect()
        }
        json!({
            "rows": ends(&self.rows),
            "cols": ends(&self.columns),
            "vals": ends(&self.values),
        })
    }
}
