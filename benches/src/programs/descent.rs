//! The gradient descent of [`particle`](super::particle) and [`saddle`](super::saddle), plain Rust over
//! a gradient.

use autograd_runtime::Real;

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
pub fn argmin<T: Real, const N: usize>(
    value: impl Fn([T; N]) -> T,
    gradient: impl Fn([T; N]) -> [T; N],
    start: [T; N],
) -> [T; N] {
    let tolerance = T::from_f64(TOLERANCE);
    let two = T::from_f64(2.0);
    let mut at = start;
    let (mut lowest, mut slope) = (value(at), gradient(at));
    let (mut rate, mut successes) = (T::from_f64(FIRST_RATE), 0);
    while length(slope) > tolerance {
        if successes == PATIENCE {
            (rate, successes) = (two * rate, 0);
            continue;
        }
        let next: [T; N] = std::array::from_fn(|i| at[i] - rate * slope[i]);
        if length(std::array::from_fn::<T, N, _>(|i| at[i] - next[i])) <= tolerance {
            break;
        }
        let reached = value(next);
        if reached < lowest {
            (at, lowest, slope) = (next, reached, gradient(next));
            successes += 1;
        } else {
            (rate, successes) = (rate / two, 0);
        }
    }
    at
}

fn length<T: Real, const N: usize>(vector: [T; N]) -> T {
    vector.iter().map(|&x| x * x).sum::<T>().sqrt()
}
