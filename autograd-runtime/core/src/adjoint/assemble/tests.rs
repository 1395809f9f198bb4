use super::*;
use crate::adjoint::difference::{check, check_scalar, sample};
use crate::adjoint::{where_a, where_b};

fn check_concat<const R: usize>(shape: [usize; R], axis: usize, lengths: [usize; 3]) {
    let operands = lengths.map(|len| {
        let mut shape = shape;
        shape[axis] = len;
        sample(shape, len)
    });
    let mut offset = 0;
    for i in 0..3 {
        let join = |x: &Tensor<R, f64>| {
            let mut all = operands.each_ref();
            all[i] = x;
            Tensor::concat(&all, axis)
        };
        let w = Witness::of(&operands[i]);
        check(&operands[i], join, |acc, dy| concat_operand(acc, dy, &w, offset, axis));
        offset += lengths[i];
    }
}

#[test]
fn concat() {
    check_concat([0], 0, [2, 1, 3]);
    check_concat([0, 3], 0, [2, 1, 3]);
    check_concat([2, 0], 1, [2, 0, 3]);
    check_concat([2, 0, 3], 1, [1, 4, 1]);
    check_concat([2, 3, 0], 2, [1, 4, 1]);
    check_concat([0, 0], 0, [1, 4, 1]);
}

fn check_stack<const R: usize>(shape: [usize; R])
where
    Rank<R>: ExpandRank,
{
    let operands = [sample(shape, 1), sample(shape, 2), sample(shape, 3)];
    for axis in 0..=R {
        for i in 0..3 {
            let join = |x: &Tensor<R, f64>| {
                let mut all = operands.each_ref();
                all[i] = x;
                Tensor::stack(&all, axis)
            };
            let w = Witness::of(&operands[i]);
            check(&operands[i], join, |acc, dy| stack_operand(acc, dy, &w, i, axis));
        }
    }
}

#[test]
fn stack() {
    check_stack([]);
    check_stack([4]);
    check_stack([2, 3]);
    check_stack([2, 1, 3]);
    check_stack([2, 0]);
}

fn check_pad<const R: usize>(shape: [usize; R], padding: [(usize, usize); R]) {
    let x = sample(shape, 1);
    let w = Witness::of(&x);
    check(&x, |x| x.pad(padding, 0.5), |acc, dy| pad_input(acc, dy, &w, padding));
    // With respect to the value: the border is `value`, so the sum over a cotangent is linear in it.
    let dy = sample(x.pad(padding, 0.0).shape, 2);
    let value = sample([], 3);
    check_scalar(
        &value,
        |v| x.pad(padding, v.data[0]).data.iter().zip(&dy.data).map(|(y, dy)| y * dy).sum(),
        |acc, scale| {
            let mut total = 0.0;
            pad_value(&mut total, &dy, padding);
            let acc = crate::adjoint::accumulate::written_out(acc, &[]);
            acc[0] += scale * total;
        },
    );
}

#[test]
fn pad() {
    check_pad([], []);
    check_pad([3], [(2, 1)]);
    check_pad([2, 3], [(1, 0), (0, 2)]);
    check_pad([2, 3], [(0, 0), (0, 0)]);
    check_pad([1, 2, 2], [(1, 1), (1, 1), (2, 1)]);
    check_pad([2, 0], [(1, 0), (1, 1)]);
}

#[test]
fn where_between_two_tensors() {
    let (a, b) = (sample([2, 3], 1), sample([2, 3], 2));
    let mask = a.gt(&b);
    check(&a, |a| mask.where_(a, &b), |acc, dy| where_a(acc, dy, &mask));
    check(&b, |b| mask.where_(&a, b), |acc, dy| where_b(acc, dy, &mask));
}

#[test]
fn what_is_not_taken_gets_zero_even_from_infinity() {
    let mask = Tensor { shape: [2], data: vec![true, false] };
    let dy = Tensor { shape: [2], data: vec![1.0, f64::INFINITY] };
    let mut acc = Tensor { shape: [2], data: vec![0.0; 2] };
    where_a(&mut acc, &dy, &mask);
    assert_eq!(acc.data, [1.0, 0.0]);
}
