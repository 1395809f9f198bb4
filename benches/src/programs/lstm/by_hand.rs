use super::{Data, Parameters};

/// What is kept of one element of a layer in one step.
#[derive(Clone, Copy, Debug, Default)]
struct Residual {
    signal: f64,
    hidden: f64,
    cell: f64,
    forget: f64,
    admit: f64,
    emit: f64,
    change: f64,
    squashed: f64,
}

/// What the gradient by hand needs of memory, kept from call to call.
#[derive(Clone, Debug, Default)]
pub struct Workspace {
    state: Vec<f64>,
    state_bar: Vec<f64>,
    signal: Vec<f64>,
    signal_bar: Vec<f64>,
    residuals: Vec<Residual>,
    /// The softmax of each step's prediction (with 2 in its denominator), and what the last layer gave.
    softmax: Vec<f64>,
    last: Vec<f64>,
}

impl Workspace {
    fn prepare(&mut self, data: &Data, layers: usize) {
        let b = data.width;
        let steps = data.sequence.len() / b - 1;
        self.state.clone_from(&data.state);
        self.state_bar.clear();
        self.state_bar.resize(data.state.len(), 0.0);
        self.signal.resize(b, 0.0);
        self.signal_bar.resize(b, 0.0);
        self.softmax.resize(steps * b, 0.0);
        self.last.resize(steps * b, 0.0);
        self.residuals.resize(steps * layers * b, Residual::default());
    }
}

/// The value; the gradient replaces what is in `gradient`, of the same lengths as `parameters`.
pub fn gradient_by_hand(
    parameters: &Parameters,
    data: &Data,
    workspace: &mut Workspace,
    gradient: &mut Parameters,
) -> f64 {
    let b = data.width;
    let layers = parameters.layers.len() / (8 * b);
    let steps = data.sequence.len() / b - 1;
    workspace.prepare(data, layers);
    gradient.layers.fill(0.0);
    gradient.ends.fill(0.0);
    let total: f64 = (0..steps).map(|t| forward(t, parameters, data, workspace)).sum();
    let scale = -1.0 / (steps * b) as f64;
    for t in (0..steps).rev() {
        reverse(t, scale, parameters, data, workspace, gradient);
    }
    total * scale
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// The log-likelihood of step `t`.
fn forward(t: usize, parameters: &Parameters, data: &Data, workspace: &mut Workspace) -> f64 {
    let b = data.width;
    let (input, next) = (&data.sequence[t * b..(t + 1) * b], &data.sequence[(t + 1) * b..][..b]);
    let (entry, ends) = parameters.ends.split_at(b);
    let (weights, biases) = ends.split_at(b);
    for i in 0..b {
        workspace.signal[i] = input[i] * entry[i];
    }
    let layers = parameters.layers.chunks_exact(8 * b);
    let count = layers.len();
    let residuals = workspace.residuals[t * count * b..].chunks_exact_mut(b);
    let states = workspace.state.chunks_exact_mut(2 * b);
    for ((layer, state), residuals) in layers.zip(states).zip(residuals) {
        advance(layer, &mut workspace.signal, state, residuals);
    }
    let softmax = &mut workspace.softmax[t * b..(t + 1) * b];
    workspace.last[t * b..(t + 1) * b].copy_from_slice(&workspace.signal);
    let mut sum = 2.0;
    let (mut scores, mut weight) = (0.0, 0.0);
    for i in 0..b {
        let prediction = workspace.signal[i] * weights[i] + biases[i];
        softmax[i] = prediction.exp();
        sum += softmax[i];
        scores += next[i] * prediction;
        weight += next[i];
    }
    let inverse = 1.0 / sum;
    softmax.iter_mut().for_each(|p| *p *= inverse);
    scores - weight * sum.ln()
}

fn advance(layer: &[f64], signal: &mut [f64], state: &mut [f64], residuals: &mut [Residual]) {
    let b = signal.len();
    let (weights, biases) = layer.split_at(4 * b);
    let (hidden, cell) = state.split_at_mut(b);
    for i in 0..b {
        let mut kept = Residual {
            signal: signal[i],
            hidden: hidden[i],
            cell: cell[i],
            forget: sigmoid(signal[i] * weights[i] + biases[i]),
            admit: sigmoid(hidden[i] * weights[b + i] + biases[b + i]),
            emit: sigmoid(signal[i] * weights[2 * b + i] + biases[2 * b + i]),
            change: (hidden[i] * weights[3 * b + i] + biases[3 * b + i]).tanh(),
            squashed: 0.0,
        };
        cell[i] = cell[i] * kept.forget + kept.admit * kept.change;
        kept.squashed = cell[i].tanh();
        hidden[i] = kept.emit * kept.squashed;
        signal[i] = hidden[i];
        residuals[i] = kept;
    }
}

/// Pulls step `t` back; `scale` is the cotangent of its log-likelihood.
fn reverse(
    t: usize,
    scale: f64,
    parameters: &Parameters,
    data: &Data,
    workspace: &mut Workspace,
    gradient: &mut Parameters,
) {
    let b = data.width;
    let (input, next) = (&data.sequence[t * b..(t + 1) * b], &data.sequence[(t + 1) * b..][..b]);
    let weight: f64 = next.iter().sum();
    for (i, y) in next.iter().enumerate() {
        let bar = scale * (y - weight * workspace.softmax[t * b + i]);
        gradient.ends[b + i] += bar * workspace.last[t * b + i];
        gradient.ends[2 * b + i] += bar;
        workspace.signal_bar[i] = bar * parameters.ends[b + i];
    }
    let count = parameters.layers.len() / (8 * b);
    for layer in (0..count).rev() {
        let of = layer * 8 * b..(layer + 1) * 8 * b;
        retreat(
            &parameters.layers[of.clone()],
            &workspace.residuals[(t * count + layer) * b..][..b],
            &mut workspace.signal_bar,
            &mut workspace.state_bar[layer * 2 * b..(layer + 1) * 2 * b],
            &mut gradient.layers[of],
        );
    }
    for ((entry_bar, bar), x) in gradient.ends.iter_mut().zip(&workspace.signal_bar).zip(input) {
        *entry_bar += bar * x;
    }
}

fn retreat(
    layer: &[f64],
    residuals: &[Residual],
    signal_bar: &mut [f64],
    state_bar: &mut [f64],
    gradient: &mut [f64],
) {
    let b = residuals.len();
    let weights = &layer[..4 * b];
    let (weights_bar, biases_bar) = gradient.split_at_mut(4 * b);
    let (hidden_bar, cell_bar) = state_bar.split_at_mut(b);
    for i in 0..b {
        let kept = residuals[i];
        let above = hidden_bar[i] + signal_bar[i];
        let cell = cell_bar[i] + above * kept.emit * (1.0 - kept.squashed * kept.squashed);
        let bars = [
            cell * kept.cell * kept.forget * (1.0 - kept.forget),
            cell * kept.change * kept.admit * (1.0 - kept.admit),
            above * kept.squashed * kept.emit * (1.0 - kept.emit),
            cell * kept.admit * (1.0 - kept.change * kept.change),
        ];
        let inputs = [kept.signal, kept.hidden, kept.signal, kept.hidden];
        for k in 0..4 {
            weights_bar[k * b + i] += bars[k] * inputs[k];
            biases_bar[k * b + i] += bars[k];
        }
        signal_bar[i] = bars[0] * weights[i] + bars[2] * weights[2 * b + i];
        hidden_bar[i] = bars[1] * weights[b + i] + bars[3] * weights[3 * b + i];
        cell_bar[i] = cell * kept.forget;
    }
}
