//! Loops that run forward and in reverse together, and integers that are counted backwards. The
//! expected gradients are central differences and closed forms.

#![allow(
    clippy::needless_range_loop,
    clippy::range_plus_one,
    clippy::useless_vec,
    reason = "the forms of code that are tested"
)]

use autograd_runtime::prelude::*;
use autograd_runtime::private::gemm_count;

#[differentiable]
fn distance(a: &[f64], b: &[f64]) -> f64 {
    let mut sum = 0.0;
    for (a, b) in a.iter().zip(b) {
        sum += (a - b) * (a - b);
    }
    sum.sqrt()
}

fn data(n: usize, seed: u64) -> Vec<f64> {
    (0..n).map(|i| ((i as f64 + seed as f64) * 0.7).sin() + 1.5).collect()
}

#[differentiable]
fn sum_of_distances(w: &[f64], scale: f64, #[no_grad] points: &[f64]) -> f64 {
    let d = w.len();
    let mut total = 0.0;
    for i in 0..points.len() / d {
        total += scale * distance(w, &points[i * d..(i + 1) * d]);
    }
    0.5 * total - w[0] * scale
}

#[test]
fn a_sum_with_what_comes_after() {
    sum_of_distances::gradcheck(&data(3, 1), 1.3, &data(12, 2)).unwrap();
    sum_of_distances::gradcheck(&data(3, 1), 1.3, &[]).unwrap();
}

#[test]
fn adds_to_what_is_there() {
    let (w, points) = (data(2, 1), data(6, 3));
    let (value, (dw, dscale)) = sum_of_distances::value_and_grad(&w, 0.8, &points);
    let mut gradient = (vec![10.0, 20.0], 30.0);
    let again = sum_of_distances::value_and_grad_into(&w, 0.8, &points, &mut gradient);
    assert_eq!(again.to_bits(), value.to_bits());
    assert_eq!(value.to_bits(), sum_of_distances(&w, 0.8, &points).to_bits());
    for (sum, (start, part)) in gradient.0.iter().zip([10.0, 20.0].iter().zip(&dw)) {
        assert!((sum - start - part).abs() < 1e-12);
    }
    assert!((gradient.1 - 30.0 - dscale).abs() < 1e-12);
}

/// The mean of the softmax's normalisations: a buffer that each iteration fills anew.
#[differentiable]
fn mixture(means: &[f64], offsets: &[f64], #[no_grad] points: &[f64]) -> f64 {
    let k = means.len();
    let mut scores = vec![0.0; k];
    let mut shifted = offsets.to_vec();
    for c in 0..k {
        shifted[c] *= 2.0;
    }
    let (mut total, mut squares) = (0.0, 0.0);
    for point in points {
        for c in 0..k {
            scores[c] = shifted[c] - distance(&means[c..c + 1], &[*point]);
        }
        let sum: f64 = scores.iter().map(|s| s.exp()).sum();
        total += sum.ln();
        squares -= sum * 0.01;
    }
    let weight = offsets[0] * 3.0;
    total + squares - weight
}

#[test]
fn a_buffer_that_is_filled_anew() {
    mixture::gradcheck(&data(4, 1), &data(4, 5), &data(7, 9)).unwrap();
}

/// The buffer is not filled to its end: what it held counts.
#[differentiable]
fn half_filled(w: &[f64], #[no_grad] points: &[f64]) -> f64 {
    let mut held = vec![1.0; 3];
    let mut total = 0.0;
    for point in points {
        for c in 0..2 {
            held[c + 1] = held[c] * distance(w, &[*point, 0.3]);
        }
        held[0] = held[2];
        total += held[0] + held[1];
    }
    total
}

#[test]
fn a_buffer_that_carries_values_on() {
    half_filled::gradcheck(&data(2, 1), &data(4, 2)).unwrap();
}

/// The cotangent of the sum is the sum itself.
#[differentiable]
fn square_of_sum(w: &[f64], #[no_grad] points: &[f64]) -> f64 {
    let mut total = 0.0;
    for point in points {
        total += distance(w, &[*point]);
    }
    total * total
}

#[test]
fn a_sum_that_is_squared() {
    square_of_sum::gradcheck(&[0.4], &data(5, 2)).unwrap();
}

/// Reads what the loop wrote, after it.
#[differentiable]
fn last_one(w: &[f64], #[no_grad] points: &[f64]) -> f64 {
    let (mut last, mut total) = (0.0, 0.0);
    for point in points {
        last = distance(w, &[*point]);
        total += last * 2.0;
    }
    total + 5.0 * last
}

#[test]
fn what_is_read_after_the_loop() {
    last_one::gradcheck(&[0.4], &data(5, 2)).unwrap();
}

/// What the loop reads is overwritten after it.
#[differentiable]
fn overwritten_later(w: &[f64], #[no_grad] points: &[f64]) -> f64 {
    let mut v = w.to_vec();
    let mut total = 0.0;
    for point in points {
        total += distance(&v, &[*point, 1.0]);
    }
    v[0] = w[1] * w[1];
    total + v[0] * v[1]
}

#[test]
fn what_is_overwritten_after_the_loop() {
    overwritten_later::gradcheck(&data(2, 3), &data(5, 2)).unwrap();
}

#[derive(Differentiable)]
struct Line {
    slope: f64,
    bend: Vec<f64>,
    #[no_grad]
    weight: f64,
}

impl Line {
    #[differentiable]
    fn at(&self, x: f64) -> f64 {
        self.slope * x + self.bend[0] * (x * self.bend[1]).sin()
    }

    #[differentiable]
    fn misfit(&self, #[no_grad] points: &[(f64, f64)]) -> f64 {
        let mut total = 0.0;
        for (x, y) in points {
            if *x < 0.0 {
                total += self.weight;
            } else {
                let error = self.at(*x) - *y;
                total += self.weight * error * error;
            }
        }
        total / points.len() as f64
    }
}

#[test]
fn methods_of_models() {
    let points = [(0.2, 0.5), (-1.0, 2.0), (1.1, 0.3), (2.0, 1.7)];
    let line = |slope, a, b| Line { slope, bend: vec![a, b], weight: 1.5 };
    let (value, gradient) = line(0.3, 0.7, 1.2).misfit_value_and_grad(&points);
    assert_eq!(value.to_bits(), line(0.3, 0.7, 1.2).misfit(&points).to_bits());
    let h = 1e-6;
    let difference = |up: Line, down: Line| (up.misfit(&points) - down.misfit(&points)) / (2.0 * h);
    let expected = [
        difference(line(0.3 + h, 0.7, 1.2), line(0.3 - h, 0.7, 1.2)),
        difference(line(0.3, 0.7 + h, 1.2), line(0.3, 0.7 - h, 1.2)),
        difference(line(0.3, 0.7, 1.2 + h), line(0.3, 0.7, 1.2 - h)),
    ];
    let found = [gradient.slope, gradient.bend[0], gradient.bend[1]];
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-8, "{found} is not {expected}");
    }
}

#[differentiable]
fn over_any_scalar<T: Real>(w: &[T], #[no_grad] points: &[T]) -> T {
    let mut total = T::ZERO;
    for point in points {
        let mut product = *point;
        for w in w {
            product = product * *w + (*w * product).sin();
        }
        total += product;
    }
    total
}

#[test]
fn generic_scalars() {
    over_any_scalar::gradcheck(&data(3, 2), &data(4, 1)).unwrap();
}

/// A matrix product for each iteration, and two for its reverse less that of the constant.
#[differentiable]
fn batches(w: &Tensor<2>, #[no_grad] x: &Tensor<2>) -> f32 {
    let mut total = 0.0;
    for _ in 0..3 {
        total += x.matmul(w).tanh().sum();
    }
    total
}

#[test]
fn no_work_is_done_twice() {
    let (x, w) = (Tensor::randn([2, 3], 1), Tensor::randn([3, 2], 2));
    let before = gemm_count();
    batches::grad(&w, &x);
    assert_eq!(gemm_count() - before, 6);
}

/// Elements of a triangle, one after the other; the number of the next steps in the inner loop.
#[differentiable]
fn triangle(w: &[f64], v: &[f64]) -> f64 {
    let mut next = w.len();
    let mut product = 1.0;
    for i in 0..v.len() {
        for j in 0..=i {
            next -= 1;
            product += w[next] * v[j] * product;
        }
        if v[i] > 2.0 {
            next -= 1;
            product *= w[next];
        }
    }
    product
}

#[test]
fn counters_that_go_down() {
    triangle::gradcheck(&data(12, 1), &[0.3, 2.4, 0.2, 0.1]).unwrap();
}

#[differentiable]
fn skipping(w: &[f64]) -> f64 {
    let mut i = 0;
    let mut product = 1.0;
    while i < w.len() {
        let left = w[i];
        i += 1;
        if left > 1.9 {
            i += 1;
            continue;
        }
        product *= left + w[i % w.len()];
        i += 2;
        product += w[i % w.len()] * product;
    }
    product
}

#[test]
fn counters_that_step_several_times() {
    skipping::gradcheck(&data(11, 4)).unwrap();
}
