use super::*;
use crate::adjoint::difference::{check, sample};

fn check_axes<const R: usize>(shape: [usize; R])
where
    Rank<R>: ReduceRank,
{
    let x = sample(shape, R);
    let w = Witness::of(&x);
    for axis in 0..R {
        let len = shape[axis];
        for range in [0..len, 0..0, len / 3..len, 0..len.div_ceil(2)] {
            check(
                &x,
                |x| x.slice(axis, range.clone()),
                |acc, dy| slice_input(acc, dy, &w, axis, range.clone()),
            );
        }
        for index in 0..len {
            check(&x, |x| x.select(axis, index), |acc, dy| select_input(acc, dy, &w, axis, index));
        }
        if len > 0 {
            let mut picked = shape;
            picked[axis] = 4;
            let count: usize = picked.iter().product();
            let indices = Tensor { shape: picked, data: (0..count).map(|i| i * 7 % len).collect() };
            check(
                &x,
                |x| x.gather(axis, &indices),
                |acc, dy| gather_input(acc, dy, &w, axis, &indices),
            );
        }
    }
    let rows: Vec<usize> = if shape[0] == 0 { Vec::new() } else { vec![0, shape[0] - 1, 0] };
    check(&x, |x| x.index_rows(&rows), |acc, dy| index_rows_input(acc, dy, &w, &rows));
}

#[test]
fn agree_with_central_differences() {
    check_axes([6]);
    check_axes([4, 3]);
    check_axes([2, 3, 4]);
    check_axes([1, 5]);
    check_axes([3, 1, 2]);
    check_axes([2, 0]);
    check_axes([0]);
}

#[test]
fn a_row_taken_twice_gets_the_sum() {
    let x = sample([2, 2], 1);
    let dy = Tensor { shape: [3, 2], data: vec![1.0, 2.0, 10.0, 20.0, 100.0, 200.0] };
    let mut acc = Tensor { shape: [2, 2], data: vec![0.0; 4] };
    index_rows_input(&mut acc, &dy, &Witness::of(&x), &[1, 0, 1]);
    assert_eq!(acc.data, [10.0, 20.0, 101.0, 202.0]);
}

#[test]
fn every_form_of_range() {
    let x = sample([4], 1);
    let w = Witness::of(&x);
    check(&x, |x| x.slice(0, ..), |acc, dy| slice_input(acc, dy, &w, 0, ..));
    check(&x, |x| x.slice(0, 1..=2), |acc, dy| slice_input(acc, dy, &w, 0, 1..=2));
    check(&x, |x| x.slice(0, ..3), |acc, dy| slice_input(acc, dy, &w, 0, ..3));
    check(&x, |x| x.slice(0, 2..), |acc, dy| slice_input(acc, dy, &w, 0, 2..));
}
