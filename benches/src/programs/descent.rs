//! The gradient descent of [`particle`](super::particle) and [`saddle`](super::saddle), plain Rust over
//! a gradient.

/// Below this length a gradient, or a step, is the last.
pub const TOLERANCE: f64 = 1e-5;

/// The rate of the first step.
pub const FIRST_RATE: f64 = 1e-5;

/// After so many steps down in a row the rate is doubled; a step that does not go down is not taken,
/// and halves it.
pub const PATIENCE: u32 = 10;

/// A local minimum near `start`, by steepest descent with a rate that adapts.
///
/// This is the optimizer of Pearlmutter and Siskind's *Using Programming Language Theory to Make
/// Automatic Differentiation Sound and Efficient* (2008), with the constants of `GradBench`.
pub fn argmin<const N: usize>(
    value: impl Fn([f64; N]) -> f64,
    gradient: impl Fn([f64; N]) -> [f64; N],
    start: [f64; N],
) -> [f64; N] {
    let mut at = start;
    let (mut lowest, mut slope) = (value(at), gradient(at));
    let (mut rate, mut successes) = (FIRST_RATE, 0);
    while length(slope) > TOLERANCE {
        if successes == PATIENCE {
            (rate, successes) = (2.0 * rate, 0);
            continue;
        }
        let next: [f64; N] = std::array::from_fn(|i| at[i] - rate * slope[i]);
        if length(std::array::from_fn::<_, N, _>(|i| at[i] - next[i])) <= TOLERANCE {
            break;
        }
        let reached = value(next);
        if reached < lowest {
            (at, lowest, slope) = (next, reached, gradient(next));
            successes += 1;
        } else {
            (rate, successes) = (rate / 2.0, 0);
        }
    }
    at
}

fn length<const N: usize>(vector: [f64; N]) -> f64 {
    vector.iter().map(|x| x * x).sum::<f64>().sqrt()
}
