//! Checks an adjoint against central differences of its primal.

use crate::Tensor;
use crate::differentiable::Tangent;
use crate::ops::rank::AnyRank;

/// A tensor of reproducible values between -2 and 2, no two of which are close to each other.
pub(crate) fn sample<const R: usize>(shape: [usize; R], seed: usize) -> Tensor<R, f64> {
    let len: usize = shape.iter().product();
    // Multiples of the golden ratio, modulo 1, spread evenly and keep apart.
    let value = |i: usize| ((i + 17 * seed + 1) as f64 * 0.618_033_988_749_895).fract() * 4.0 - 2.0;
    Tensor { shape, data: (0..len).map(value).collect() }
}

/// Checks that `adjoint(acc, dy)` adds `Σ dyₖ ∂yₖ/∂xᵢ` for `y = primal(x)`: into the symbolic zero,
/// on top of what is there, and nothing if `dy` is the symbolic zero.
#[track_caller]
pub(crate) fn check<const R: usize, Y: AnyRank<Element = f64>>(
    x: &Tensor<R, f64>,
    primal: impl Fn(&Tensor<R, f64>) -> Y,
    adjoint: impl Fn(&mut Tensor<R, f64>, &Y),
) {
    let y = primal(x);
    let dy = sample([y.elements().len()], 5).into_vec();
    let expected = differences(x, &dy, |x| primal(x).elements().to_vec());
    let dy = Y::from_parts(y.dimensions(), dy);

    let mut fresh = Tensor::symbolic_zero();
    adjoint(&mut fresh, &dy);
    if fresh.is_symbolic_zero() {
        assert!(expected.is_empty() || dy.elements().is_empty(), "nothing was written");
    } else {
        assert_eq!(fresh.shape, x.shape);
        close(&fresh.data, &expected);
    }

    let before = sample(x.shape, 9);
    let mut acc = before.clone();
    adjoint(&mut acc, &dy);
    let added: Vec<f64> = acc.data.iter().zip(&before.data).map(|(a, b)| a - b).collect();
    close(&added, &expected);

    if !y.dimensions().is_empty() {
        let mut acc = before.clone();
        adjoint(&mut acc, &Y::from_parts(&vec![0; y.dimensions().len()], Vec::new()));
        assert!(acc == before, "a symbolic zero changed the accumulator");
    }
}

/// [`check`] for a primal that returns a scalar.
#[track_caller]
pub(crate) fn check_scalar<const R: usize>(
    x: &Tensor<R, f64>,
    primal: impl Fn(&Tensor<R, f64>) -> f64,
    adjoint: impl Fn(&mut Tensor<R, f64>, &f64),
) {
    let primal = |x: &Tensor<R, f64>| Tensor { shape: [], data: vec![primal(x)] };
    check(x, primal, |acc, dy| adjoint(acc, &dy.data[0]));
}

/// Central differences of `Σ dyₖ yₖ`.
fn differences<const R: usize>(
    x: &Tensor<R, f64>,
    dy: &[f64],
    primal: impl Fn(&Tensor<R, f64>) -> Vec<f64>,
) -> Vec<f64> {
    let step = 1e-5;
    let at = |i: usize, shift: f64| {
        let mut x = x.clone();
        x.data[i] += shift;
        primal(&x)
    };
    let difference = |i| {
        let (up, down) = (at(i, step), at(i, -step));
        // Term by term: the sums could be large where the differences are small.
        let terms = up.iter().zip(&down).zip(dy).map(|((up, down), dy)| dy * (up - down));
        terms.sum::<f64>() / (2.0 * step)
    };
    (0..x.data.len()).map(difference).collect()
}

/// Asserts that two slices agree to the accuracy of a central difference.
#[track_caller]
pub(crate) fn close(actual: &[f64], expected: &[f64]) {
    assert_eq!(actual.len(), expected.len());
    for (i, (a, e)) in actual.iter().zip(expected).enumerate() {
        assert!((a - e).abs() <= 1e-7 * (1.0 + e.abs()), "element {i}: {a}, expected {e}");
    }
}
