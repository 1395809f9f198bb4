//! Random choices that depend on the seed alone.

use rand::rngs::ChaCha8Rng;
use rand::{Rng as _, SeedableRng as _};

/// A generator of random choices. How a choice follows from the stream is written here, so that a
/// seed means the same program whatever the version of other crates.
#[derive(Debug)]
pub struct Rng(ChaCha8Rng);

impl Rng {
    /// The generator of a seed.
    pub fn new(seed: u64) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        Rng(ChaCha8Rng::from_seed(bytes))
    }

    /// A number smaller than `n`, which must not be zero.
    pub fn below(&mut self, n: usize) -> usize {
        (self.0.next_u64() % n as u64) as usize
    }

    /// A number between two others, both included.
    pub fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    /// True in that many of a hundred cases.
    pub fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        if of.is_empty() { None } else { Some(&of[self.below(of.len())]) }
    }

    /// One of several, each with a weight.
    pub fn weighted<T: Copy>(&mut self, of: &[(usize, T)]) -> Option<T> {
        let total: usize = of.iter().map(|(weight, _)| weight).sum();
        let mut at = if total == 0 { return None } else { self.below(total) };
        for (weight, choice) in of {
            if at < *weight {
                return Some(*choice);
            }
            at -= weight;
        }
        None
    }

    /// A number of at most three digits between -1.5 and 1.5 that is not zero.
    pub fn value(&mut self) -> f64 {
        let magnitude = self.between(5, 150) as f64 / 100.0;
        if self.percent(40) { -magnitude } else { magnitude }
    }
}

#[cfg(test)]
mod tests {
    use super::Rng;

    #[test]
    fn a_seed_means_the_same_choices_everywhere() {
        let mut rng = Rng::new(7);
        let choices: Vec<_> = (0..6).map(|_| rng.below(100)).collect();
        let again: Vec<_> = {
            let mut rng = Rng::new(7);
            (0..6).map(|_| rng.below(100)).collect()
        };
        assert_eq!(choices, again);
        assert_eq!(Rng::new(1).weighted(&[(0, 'a'), (3, 'b')]), Some('b'));
        assert_eq!(Rng::new(1).pick::<u8>(&[]), None);
    }
}
