use super::{Data, Parameters, constant, triangle};

/// What the gradient by hand needs of memory, kept from call to call.
#[derive(Clone, Debug, Default)]
pub struct Workspace {
    diagonals: Vec<f64>,
    diagonals_bar: Vec<f64>,
    logits: Vec<f64>,
    /// `x - μ` and `Q (x - μ)` of every component for one point.
    centred: Vec<f64>,
    images: Vec<f64>,
    beta: Vec<f64>,
    /// How much of all points a component is responsible for.
    responsibility: Vec<f64>,
}

impl Workspace {
    fn prepare(&mut self, parameters: &Parameters, d: usize) {
        let (k, size) = (parameters.alphas.len(), triangle(d));
        for list in
            [&mut self.diagonals, &mut self.diagonals_bar, &mut self.centred, &mut self.images]
        {
            list.clear();
            list.resize(k * d, 0.0);
        }
        for list in [&mut self.beta, &mut self.responsibility] {
            list.clear();
            list.resize(k, 0.0);
        }
        self.logits.clone_from(&parameters.alphas);
        for (c, factor) in parameters.factors.chunks_exact(size).enumerate() {
            for (q, diagonal) in factor[..d].iter().zip(&mut self.diagonals[c * d..]) {
                *diagonal = q.exp();
                self.logits[c] += q;
            }
        }
    }
}

/// The value; the gradient replaces what is in `gradient`, of the same lengths as `parameters`.
///
/// A point is pulled back as soon as its likelihood is known, so that nothing is kept of it.
pub fn gradient_by_hand(
    parameters: &Parameters,
    data: &Data,
    workspace: &mut Workspace,
    gradient: &mut Parameters,
) -> f64 {
    let (d, k) = (data.dimension, parameters.alphas.len());
    workspace.prepare(parameters, d);
    for list in [&mut gradient.alphas, &mut gradient.means, &mut gradient.factors] {
        list.fill(0.0);
    }
    let mut total = 0.0;
    for point in data.points.chunks_exact(d) {
        total += likelihood(point, parameters, workspace);
        pull_back(parameters, workspace, gradient, d);
    }
    // lse(α), whose gradient is the softmax; β is not needed any more.
    let n = data.len() as f64;
    workspace.beta.copy_from_slice(&parameters.alphas);
    total -= n * softmax(&mut workspace.beta);
    for c in 0..k {
        gradient.alphas[c] = workspace.responsibility[c] - n * workspace.beta[c];
    }
    total + prior(parameters, data, workspace, gradient) + constant(data, k)
}

/// `lse(β)` of a point; `β` becomes its softmax.
fn likelihood(point: &[f64], parameters: &Parameters, workspace: &mut Workspace) -> f64 {
    let d = point.len();
    let size = triangle(d);
    for (c, factor) in parameters.factors.chunks_exact(size).enumerate() {
        let of = c * d..(c + 1) * d;
        let mean = &parameters.means[of.clone()];
        let diagonal = &workspace.diagonals[of.clone()];
        let centred = &mut workspace.centred[of.clone()];
        let image = &mut workspace.images[of];
        for j in 0..d {
            centred[j] = point[j] - mean[j];
            image[j] = diagonal[j] * centred[j];
        }
        let mut below = &factor[d..];
        for column in 0..d {
            let (first, rest) = below.split_at(d - 1 - column);
            for (y, l) in image[column + 1..].iter_mut().zip(first) {
                *y += l * centred[column];
            }
            below = rest;
        }
        let norm: f64 = image.iter().map(|y| y * y).sum();
        workspace.beta[c] = workspace.logits[c] - 0.5 * norm;
    }
    softmax(&mut workspace.beta)
}

/// Adds the gradient of a point's `lse(β)`.
fn pull_back(
    parameters: &Parameters,
    workspace: &mut Workspace,
    gradient: &mut Parameters,
    d: usize,
) {
    let size = triangle(d);
    for (c, factor) in parameters.factors.chunks_exact(size).enumerate() {
        let weight = workspace.beta[c];
        workspace.responsibility[c] += weight;
        let of = c * d..(c + 1) * d;
        let diagonal = &workspace.diagonals[of.clone()];
        let diagonal_bar = &mut workspace.diagonals_bar[of.clone()];
        let centred = &workspace.centred[of.clone()];
        let image = &workspace.images[of.clone()];
        let mean_bar = &mut gradient.means[of];
        let (mut below, mut below_bar) =
            (&factor[d..], &mut gradient.factors[c * size + d..(c + 1) * size]);
        for column in 0..d {
            let image_bar = weight * image[column];
            let mut bar = image_bar * diagonal[column];
            diagonal_bar[column] -= image_bar * centred[column];
            let (first, rest) = below.split_at(d - 1 - column);
            let (first_bar, rest_bar) = below_bar.split_at_mut(d - 1 - column);
            let scaled = weight * centred[column];
            for ((y, l), l_bar) in image[column + 1..].iter().zip(first).zip(first_bar) {
                bar += weight * y * l;
                *l_bar -= y * scaled;
            }
            mean_bar[column] += bar;
            below = rest;
            below_bar = rest_bar;
        }
    }
}

/// The logarithm of the prior, and its gradient; that of `q` is finished.
fn prior(
    parameters: &Parameters,
    data: &Data,
    workspace: &Workspace,
    gradient: &mut Parameters,
) -> f64 {
    let d = data.dimension;
    let size = triangle(d);
    let (square, freedom) = (data.gamma * data.gamma, data.freedom as f64);
    let mut total = 0.0;
    for (c, factor) in parameters.factors.chunks_exact(size).enumerate() {
        let bar = &mut gradient.factors[c * size..(c + 1) * size];
        for j in 0..d {
            let diagonal = workspace.diagonals[c * d + j];
            total += freedom * factor[j] - 0.5 * square * diagonal * diagonal;
            bar[j] = workspace.responsibility[c]
                + freedom
                + diagonal * (workspace.diagonals_bar[c * d + j] - square * diagonal);
        }
        for j in d..size {
            total -= 0.5 * square * factor[j] * factor[j];
            bar[j] -= square * factor[j];
        }
    }
    total
}

/// `lse(v)`; `v` becomes its softmax.
fn softmax(v: &mut [f64]) -> f64 {
    let max = v.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut sum = 0.0;
    for v in &mut *v {
        *v = (*v - max).exp();
        sum += *v;
    }
    let scale = 1.0 / sum;
    v.iter_mut().for_each(|v| *v *= scale);
    max + sum.ln()
}
