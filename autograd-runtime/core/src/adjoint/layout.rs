//! Adjoints of other arrangements of the same elements.

use crate::ops::broadcast::reduce;
use crate::ops::layout::{each_transposed, inverse};
use crate::ops::walk::{strides, walk};
use crate::private::Witness;
use crate::{Real, Tangent, Tensor};

/// `x̄ += ȳᵀ` for `y = xᵀ`.
pub fn t_input<T: Real>(acc: &mut Tensor<2, T>, dy: &Tensor<2, T>) {
    if dy.is_symbolic_zero() {
        return;
    }
    if acc.is_symbolic_zero() {
        *acc = dy.t();
        return;
    }
    each_transposed(dy.shape, |from, to| acc.data[to] += dy.data[from]);
}

/// `x̄ += ȳ` with the axes back in their order.
pub fn permute_input<const R: usize, T: Real>(
    acc: &mut Tensor<R, T>,
    dy: &Tensor<R, T>,
    axes: [usize; R],
) {
    if dy.is_symbolic_zero() {
        return;
    }
    let back = inverse(axes);
    if acc.is_symbolic_zero() {
        *acc = dy.permute(back);
        return;
    }
    let steps = strides(&dy.shape);
    let mut acc_elements = acc.data.iter_mut();
    walk(acc.shape, back.map(|axis| steps[axis]), |position| {
        if let Some(acc) = acc_elements.next() {
            *acc += dy.data[position];
        }
    });
}

/// `x̄ += ȳ`, element by element in row-major order.
pub fn reshape_input<const R: usize, const S: usize, T: Real>(
    acc: &mut Tensor<R, T>,
    dy: &Tensor<S, T>,
    x: &Witness<Tensor<R, T>>,
) {
    if dy.is_symbolic_zero() {
        return;
    }
    if acc.is_symbolic_zero() {
        *acc = dy.reshape(*x.shape());
        return;
    }
    acc.data.iter_mut().zip(&dy.data).for_each(|(acc, &dy)| *acc += dy);
}

/// `x̄ᵢ += Σ ȳⱼ` over the repetitions `j` of element `i`.
pub fn broadcast_to_input<const R: usize, const S: usize, T: Real>(
    acc: &mut Tensor<R, T>,
    dy: &Tensor<S, T>,
    x: &Witness<Tensor<R, T>>,
) {
    if dy.is_symbolic_zero() {
        return;
    }
    acc.accumulate(reduce(dy, *x.shape()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adjoint::difference::{check, sample};

    fn check_broadcast<const R: usize, const S: usize>(from: [usize; R], to: [usize; S]) {
        let x = sample(from, 1);
        let w = Witness::of(&x);
        check(&x, |x| x.broadcast_to(to), |acc, dy| broadcast_to_input(acc, dy, &w));
    }

    fn check_reshape<const R: usize, const S: usize>(from: [usize; R], to: [usize; S]) {
        let x = sample(from, 1);
        let w = Witness::of(&x);
        check(&x, |x| x.reshape(to), |acc, dy| reshape_input(acc, dy, &w));
    }

    #[test]
    fn t_agrees_with_central_differences() {
        for shape in [[2, 3], [1, 4], [20, 17], [1, 1], [0, 2]] {
            check(&sample(shape, 1), Tensor::<2, f64>::t, t_input);
        }
    }

    #[test]
    fn permute_agrees_with_central_differences() {
        for axes in [[2, 0, 1], [0, 2, 1], [2, 1, 0], [1, 2, 0]] {
            for shape in [[2, 3, 4], [1, 3, 2], [1, 1, 1], [2, 0, 1]] {
                let x = sample(shape, 1);
                check(&x, |x| x.permute(axes), |acc, dy| permute_input(acc, dy, axes));
            }
        }
    }

    #[test]
    fn reshape_agrees_with_central_differences() {
        check_reshape([2, 3], [6]);
        check_reshape([4], [2, 1, 2]);
        check_reshape([1, 1], [1]);
        check_reshape([1], []);
        check_reshape([0, 2], [0]);
    }

    #[test]
    fn broadcast_to_agrees_with_central_differences() {
        check_broadcast([3], [2, 3]);
        check_broadcast([2, 1, 2], [2, 3, 2]);
        check_broadcast([1], [4]);
        check_broadcast([], [2, 2]);
        check_broadcast([2, 2], [2, 2]);
        check_broadcast([1, 2], [3, 1, 2]);
    }

    #[test]
    fn no_repetitions_at_all() {
        let x = sample([1, 2], 1);
        let mut acc = Tensor { shape: [0, 0], data: Vec::new() };
        let dy = Tensor { shape: [0, 2], data: Vec::new() };
        broadcast_to_input(&mut acc, &dy, &Witness::of(&x));
        assert_eq!(acc, Tensor { shape: [1, 2], data: vec![0.0; 2] });
    }
}
