//! Primals against closed forms and against loops over multi-indices.

use crate::Tensor;
use crate::adjoint::difference::{close, sample};
use crate::ops::rank::{Rank, ReduceRank};
use std::collections::BTreeMap;

type Index = Vec<usize>;

/// The multi-index of the element at a row-major position.
fn index_of(shape: &[usize], mut position: usize) -> Index {
    let mut index = vec![0; shape.len()];
    for d in (0..shape.len()).rev() {
        index[d] = position % shape[d];
        position /= shape[d];
    }
    index
}

/// The elements of each lane along `axis`, by the index without that axis, in row-major order.
fn lanes<const R: usize>(x: &Tensor<R, f64>, axis: usize) -> BTreeMap<Index, Vec<f64>> {
    let mut lanes = BTreeMap::<Index, Vec<f64>>::new();
    for (position, &value) in x.data.iter().enumerate() {
        let mut index = index_of(&x.shape, position);
        index.remove(axis);
        lanes.entry(index).or_default().push(value);
    }
    lanes
}

fn each_lane<const R: usize>(
    x: &Tensor<R, f64>,
    axis: usize,
    f: impl Fn(&[f64]) -> f64,
) -> Vec<f64> {
    lanes(x, axis).values().map(|lane| f(lane)).collect()
}

/// Applies `f` to each lane and puts the results back to their places.
fn map_lanes<const R: usize>(
    x: &Tensor<R, f64>,
    axis: usize,
    f: impl Fn(&[f64]) -> Vec<f64>,
) -> Vec<f64> {
    let mapped: BTreeMap<Index, Vec<f64>> =
        lanes(x, axis).into_iter().map(|(index, lane)| (index, f(&lane))).collect();
    let value = |position| {
        let mut index = index_of(&x.shape, position);
        let i = index.remove(axis);
        mapped[&index][i]
    };
    (0..x.data.len()).map(value).collect()
}

fn ln_sum_exp(lane: &[f64]) -> f64 {
    lane.iter().map(|x| x.exp()).sum::<f64>().ln()
}

fn check_axes<const R: usize>(shape: [usize; R])
where
    Rank<R>: ReduceRank,
{
    use crate::ops::rank::AnyRank;
    let x = sample(shape, R);
    for axis in 0..R {
        let n = shape[axis] as f64;
        let sums = each_lane(&x, axis, |lane| lane.iter().sum());
        let means: Vec<f64> = sums.iter().map(|sum| sum / n).collect();
        close(x.sum_axis(axis).elements(), &sums);
        close(&x.sum_axis_keepdim(axis).data, &sums);
        close(x.mean_axis(axis).elements(), &means);
        close(&x.mean_axis_keepdim(axis).data, &means);
        let mut kept = shape;
        kept[axis] = 1;
        assert_eq!(x.sum_axis_keepdim(axis).shape, kept);
        assert_eq!(x.mean_axis_keepdim(axis).shape, kept);
        let mut removed = shape.to_vec();
        removed.remove(axis);
        assert_eq!(x.sum_axis(axis).dimensions(), removed);

        let largest = |lane: &[f64]| lane.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let smallest = |lane: &[f64]| lane.iter().copied().fold(f64::INFINITY, f64::min);
        assert_eq!(x.max_axis(axis).elements(), each_lane(&x, axis, largest));
        assert_eq!(x.min_axis(axis).elements(), each_lane(&x, axis, smallest));
        let position = |lane: &[f64]| {
            let largest = largest(lane);
            lane.iter().position(|&x| x == largest).unwrap() as f64
        };
        let positions: Vec<f64> = x.argmax_axis(axis).into_iter().map(|i| i as f64).collect();
        assert_eq!(positions, each_lane(&x, axis, position));
        close(x.logsumexp_axis(axis).elements(), &each_lane(&x, axis, ln_sum_exp));

        let running = |lane: &[f64]| {
            let from_start = |i| lane[..=i].iter().sum();
            (0..lane.len()).map(from_start).collect::<Vec<f64>>()
        };
        let logs = |lane: &[f64]| {
            let total = ln_sum_exp(lane);
            lane.iter().map(|x| x - total).collect::<Vec<_>>()
        };
        close(&x.cumsum(axis).data, &map_lanes(&x, axis, running));
        close(&x.log_softmax(axis).data, &map_lanes(&x, axis, logs));
        let probabilities = |lane: &[f64]| logs(lane).into_iter().map(f64::exp).collect();
        close(&x.softmax(axis).data, &map_lanes(&x, axis, probabilities));
    }
}

#[test]
fn along_each_axis() {
    check_axes([5]);
    check_axes([1]);
    check_axes([3, 4]);
    check_axes([2, 3, 4]);
    check_axes([1, 4, 1]);
    check_axes([2, 1, 3, 2]);
    // Long enough for every path of the blocked sums.
    check_axes([3000]);
    check_axes([1030, 3]);
    check_axes([300, 127]);
    check_axes([300, 129]);
    check_axes([140, 600]);
    check_axes([2, 130, 5]);
}

#[test]
fn over_everything() {
    for len in [1, 2, 15, 16, 17, 1000, 5000] {
        let x = sample([len], len);
        let (n, sum) = (len as f64, x.data.iter().sum::<f64>());
        let squares = |shift: f64| x.data.iter().map(|x| (x - shift).powi(2)).sum::<f64>();
        close(&[x.sum(), x.mean(), x.norm()], &[sum, sum / n, squares(0.0).sqrt()]);
        assert_eq!(x.max(), x.data.iter().copied().fold(f64::NEG_INFINITY, f64::max));
        assert_eq!(x.min(), x.data.iter().copied().fold(f64::INFINITY, f64::min));
        if len > 1 {
            close(&[x.var()], &[squares(sum / n) / (n - 1.0)]);
        }
    }
}

#[test]
fn without_elements() {
    let x = Tensor::<2, f64> { shape: [0, 3], data: Vec::new() };
    assert_eq!(x.sum(), 0.0);
    assert_eq!(x.norm(), 0.0);
    assert!(x.mean().is_nan());
    assert!(x.var().is_nan());
    assert_eq!(x.sum_axis(0).data, [0.0; 3]);
    assert!(x.mean_axis(0).data.iter().all(|mean| mean.is_nan()));
    assert_eq!(x.logsumexp_axis(0).data, [f64::NEG_INFINITY; 3]);
    assert_eq!(x.sum_axis(1).shape, [0]);
    assert_eq!(x.max_axis(1).shape, [0]);
    assert_eq!(x.softmax(0).shape, [0, 3]);
    assert!(x.argmax_axis(1).is_empty());
}

#[test]
fn the_variance_of_one_element_is_nan() {
    assert!(Tensor { shape: [1], data: vec![3.0_f64] }.var().is_nan());
}

#[test]
fn sums_in_single_precision_stay_accurate() {
    let n = 1 << 21;
    let x = Tensor { shape: [n], data: vec![0.1_f32; n] };
    let exact = n as f64 * f64::from(0.1_f32);
    let relative = |sum: f32| (f64::from(sum) / exact - 1.0).abs();
    assert!(relative(x.sum()) < 1e-6);
    let x = Tensor { shape: [n / 2, 2], data: x.into_vec() };
    assert!(relative(2.0 * x.sum_axis(0).data[0]) < 1e-3);
}

#[test]
fn nan_wins() {
    for data in [vec![f64::NAN, 1.0, 2.0], vec![1.0, f64::NAN, 2.0], vec![2.0, 1.0, f64::NAN]] {
        let x = Tensor { shape: [1, 3], data };
        assert!(x.max().is_nan() && x.min().is_nan());
        assert!(x.max_axis(1).data[0].is_nan() && x.min_axis(1).data[0].is_nan());
        assert!(x.data[x.argmax_axis(1)[0]].is_nan());
        assert!(x.softmax(1).data.iter().all(|y| y.is_nan()));
    }
}

#[test]
fn large_numbers_do_not_overflow() {
    let x = Tensor { shape: [2], data: vec![1000.0_f64, 1001.0] };
    let y = ln_sum_exp(&[0.0, 1.0]);
    close(&[x.logsumexp_axis(0).data[0]], &[1000.0 + y]);
    close(&x.softmax(0).data, &[(-y).exp(), (1.0 - y).exp()]);
    close(&x.log_softmax(0).data, &[-y, 1.0 - y]);
    let x = Tensor { shape: [2], data: vec![f64::INFINITY, 0.0] };
    assert_eq!(x.logsumexp_axis(0).data, [f64::INFINITY]);
    let x = Tensor { shape: [2], data: vec![f64::NEG_INFINITY, 0.0] };
    assert_eq!(x.softmax(0).data, [0.0, 1.0]);
}

#[test]
fn parts_by_multi_index() {
    let x = sample([3, 4, 5], 1);
    let at = |i: usize, j: usize, k: usize| x.data[(i * 4 + j) * 5 + k];
    let part = x.slice(1, 1..3);
    assert_eq!(part.shape, [3, 2, 5]);
    assert_eq!(part.data[(2 * 2 + 1) * 5 + 4], at(2, 2, 4));
    let row = x.select(1, 3);
    assert_eq!(row.shape, [3, 5]);
    assert_eq!(row.data[2 * 5 + 1], at(2, 3, 1));
    let indices = Tensor { shape: [2, 6, 5], data: (0..60).map(|i| i % 4).collect() };
    let gathered = x.gather(1, &indices);
    assert_eq!(gathered.shape, [2, 6, 5]);
    for (position, &value) in gathered.data.iter().enumerate() {
        let index = index_of(&[2, 6, 5], position);
        assert_eq!(value, at(index[0], position % 4, index[2]));
    }
    let rows = x.index_rows(&[2, 0, 2]);
    assert_eq!(rows.shape, [3, 4, 5]);
    assert_eq!(rows.data[(4 + 3) * 5 + 2], at(0, 3, 2));
    assert_eq!(rows.data[(2 * 4 + 3) * 5 + 2], at(2, 3, 2));
}

#[test]
fn assembled_by_multi_index() {
    let (a, b) = (sample([2, 3, 2], 1), sample([2, 1, 2], 2));
    let ab = Tensor::concat(&[&a, &b], 1);
    assert_eq!(ab.shape, [2, 4, 2]);
    assert_eq!(ab.data[(4 + 3) * 2 + 1], b.data[3]);
    assert_eq!(ab.data[(4 + 2) * 2 + 1], a.data[(3 + 2) * 2 + 1]);
    let stacked = Tensor::stack(&[&a, &a, &a], 2);
    assert_eq!(stacked.shape, [2, 3, 3, 2]);
    let padded = a.pad([(1, 0), (0, 2), (1, 1)], 9.0);
    assert_eq!(padded.shape, [3, 5, 4]);
    for (position, &value) in padded.data.iter().enumerate() {
        let at = index_of(&[3, 5, 4], position);
        let inside = at[0] >= 1 && at[1] < 3 && (1..3).contains(&at[2]);
        let expected = if inside { a.data[((at[0] - 1) * 3 + at[1]) * 2 + at[2] - 1] } else { 9.0 };
        assert_eq!(value, expected);
    }
    assert_eq!(Tensor { shape: [], data: vec![1.0] }.pad([], 2.0).data, [1.0]);
}

macro_rules! panics {
    ($($name:ident: $message:literal, $expression:expr;)*) => {$(
        #[test]
        #[should_panic(expected = $message)]
        fn $name() {
            let _ = $expression;
        }
    )*};
}

panics! {
    no_axis: "sum_axis: [2, 3] has no axis 2, its rank is 2", sample([2, 3], 1).sum_axis(2);
    no_maximum: "max: a tensor of shape [0] has no elements", sample([0], 1).max();
    no_maximum_in_lanes: "max_axis: axis 1 of [2, 0] has no elements", sample([2, 0], 1).max_axis(1);
    slice_too_long: "slice: 1..4 does not lie within axis 0 of [3]", sample([3], 1).slice(0, 1..4);
    no_index: "select: index 3 is out of bounds for axis 0 of [3]", sample([3], 1).select(0, 3);
    no_row: "index_rows: [3, 1] has no row 3", sample([3, 1], 1).index_rows(&[0, 3]);
    gather_out_of_bounds: "gather: index 3 is out of bounds for axis 0 of [3]",
        sample([3], 1).gather(0, &Tensor { shape: [1], data: vec![3] });
    gather_too_large: "gather: indices of shape [1, 3] do not fit [2, 2] along axis 1",
        sample([2, 2], 1).gather(0, &Tensor { shape: [1, 3], data: vec![0; 3] });
    concat_nothing: "concat: there is no tensor to join", Tensor::<1, f64>::concat(&[], 0);
    concat_misfits: "concat: [2, 3] and [3, 3] differ in another axis than axis 1",
        Tensor::concat(&[&sample([2, 3], 1), &sample([3, 3], 1)], 1);
    stack_misfits: "stack: the shapes [2] and [3] differ",
        Tensor::stack(&[&sample([2], 1), &sample([3], 1)], 0);
    where_misfits: "where_: [2] and [3] are not of the same shape",
        sample([2], 1).gt(0.0).where_(&sample([3], 1), &sample([2], 1));
    compare_misfits: "lt: [2] and [3] are not of the same shape",
        sample([2], 1).lt(&sample([3], 1));
}
