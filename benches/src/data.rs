//! Inputs that are the same on every machine and in every run.

/// A stream of numbers from `SplitMix64`.
#[derive(Clone, Debug)]
pub struct Stream(u64);

impl Stream {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number between 0 (excluded) and 1 (included).
    fn uniform(&mut self) -> f64 {
        ((self.next() >> 11) + 1) as f64 / (1_u64 << 53) as f64
    }

    /// `n` numbers above `low` and not above `high`, evenly distributed.
    pub fn evenly(&mut self, n: usize, low: f64, high: f64) -> Vec<f64> {
        (0..n).map(|_| low + (high - low) * self.uniform()).collect()
    }

    /// `n` normally distributed numbers with the given standard deviation (Box and Muller's method).
    pub fn normal(&mut self, n: usize, deviation: f64) -> Vec<f32> {
        let draw = |_| {
            let radius = (-2.0 * self.uniform().ln()).sqrt();
            let angle = std::f64::consts::TAU * self.uniform();
            (deviation * radius * angle.cos()) as f32
        };
        (0..n).map(draw).collect()
    }

    /// `n` class indices below `classes`.
    pub fn classes(&mut self, n: usize, classes: usize) -> Vec<usize> {
        (0..n).map(|_| (self.next() % classes as u64) as usize).collect()
    }
}
