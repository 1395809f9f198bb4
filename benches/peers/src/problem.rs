//! The data: the same formula in Rust and in Python, so that no file of numbers is needed.

/// A well-mixed function of two 32-bit numbers.
fn mixed(seed: u32, index: u32) -> u32 {
    let mut bits = index.wrapping_add(seed.wrapping_mul(0x9e37_79b9));
    bits = (bits ^ (bits >> 16)).wrapping_mul(0x85eb_ca6b);
    bits = (bits ^ (bits >> 13)).wrapping_mul(0xc2b2_ae35);
    bits ^ (bits >> 16)
}

/// `n` numbers from `low` to `high`, evenly distributed. Each is computed in f64 and rounded once.
pub fn numbers(seed: u32, n: usize, low: f64, high: f64) -> Vec<f32> {
    let unit = |index: usize| f64::from(mixed(seed, index as u32) >> 8) / f64::from(1_u32 << 24);
    (0..n).map(|index| (low + (high - low) * unit(index)) as f32).collect()
}

/// `n` class indices below `classes`.
pub fn classes(seed: u32, n: usize, classes: u32) -> Vec<usize> {
    (0..n).map(|index| (mixed(seed, index as u32) % classes) as usize).collect()
}

/// `PyTorch`'s classic two-layer network: `Σ (relu(x w1) w2 - y)²`.
pub struct TwoLayer {
    /// `[N, D_IN]`
    pub x: Vec<f32>,
    /// `[N, D_OUT]`
    pub y: Vec<f32>,
    /// `[D_IN, H]`
    pub w1: Vec<f32>,
    /// `[H, D_OUT]`
    pub w2: Vec<f32>,
}

impl TwoLayer {
    pub const N: usize = 64;
    pub const D_IN: usize = 1000;
    pub const H: usize = 100;
    pub const D_OUT: usize = 10;
    pub const SGD_RATE: f64 = 1e-6;
    pub const ADAM_RATE: f64 = 1e-3;

    pub fn new() -> Self {
        Self {
            x: numbers(1, Self::N * Self::D_IN, -1.0, 1.0),
            y: numbers(2, Self::N * Self::D_OUT, -1.0, 1.0),
            w1: numbers(3, Self::D_IN * Self::H, -1.0, 1.0),
            w2: numbers(4, Self::H * Self::D_OUT, -1.0, 1.0),
        }
    }
}

/// A classifier with two hidden layers, and the mean cross entropy of its softmax.
pub struct Mlp {
    /// `[BATCH, WIDTHS[0]]`
    pub x: Vec<f32>,
    /// `[BATCH]`
    pub classes: Vec<usize>,
    /// `[WIDTHS[i], WIDTHS[i + 1]]`
    pub w: [Vec<f32>; 3],
    /// `[WIDTHS[i + 1]]`
    pub b: [Vec<f32>; 3],
}

impl Mlp {
    pub const BATCH: usize = 256;
    pub const WIDTHS: [usize; 4] = [784, 512, 512, 10];
    pub const RATE: f64 = 1e-3;

    pub fn new() -> Self {
        let layer = |i: usize, seed: u32, n: usize| {
            let bound = 1.0 / (Self::WIDTHS[i] as f64).sqrt();
            numbers(seed + i as u32, n, -bound, bound)
        };
        Self {
            x: numbers(11, Self::BATCH * Self::WIDTHS[0], 0.0, 1.0),
            classes: classes(12, Self::BATCH, Self::WIDTHS[3] as u32),
            w: [0, 1, 2].map(|i| layer(i, 21, Self::WIDTHS[i] * Self::WIDTHS[i + 1])),
            b: [0, 1, 2].map(|i| layer(i, 31, Self::WIDTHS[i + 1])),
        }
    }
}

/// An element-wise chain with broadcasting: `sum(tanh(x w + b) sigmoid(x))`.
pub struct Chain {
    /// `[ROWS, COLUMNS]`
    pub x: Vec<f32>,
    /// `[COLUMNS]`
    pub w: Vec<f32>,
    /// `[COLUMNS]`
    pub b: Vec<f32>,
}

impl Chain {
    pub const ROWS: usize = 1000;
    pub const COLUMNS: usize = 1000;

    pub fn new() -> Self {
        Self {
            x: numbers(41, Self::ROWS * Self::COLUMNS, -2.0, 2.0),
            w: numbers(42, Self::COLUMNS, 0.5, 1.5),
            b: numbers(43, Self::COLUMNS, -0.5, 0.5),
        }
    }
}

/// Where the scalar function `sin(x y) exp(z / x) + ln(y + z²) / (1 + x²)` is differentiated.
pub const SCALARS: [f64; 3] = [1.3, 0.7, -0.4];
