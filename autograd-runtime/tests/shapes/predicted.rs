//! What is predicted of shapes is what the operations make.

use autograd_runtime::prelude::*;

type Seen = Vec<(&'static str, Vec<usize>)>;

fn note(seen: &mut Seen, name: &'static str, shape: &[usize]) {
    seen.push((name, shape.to_vec()));
}

#[differentiable]
fn many(
    #[shape(n, d)] x: &Tensor<2>,
    #[shape(d, k)] w: &Tensor<2>,
    #[shape(k)] b: &Tensor<1>,
    #[shape(n, 3, k)] cube: &Tensor<3>,
    #[shape(r)] rows: &[usize],
    #[no_grad] seen: &mut Seen,
    k: usize,
) -> f32 {
    let [n, d] = x.shape();
    let product = x.matmul(w);
    note(seen, "product", &product.shape());
    let row = b.matmul(&w.t());
    note(seen, "row", &row.shape());
    let column = w.matmul(b);
    note(seen, "column", &column.shape());
    let biased = &product + b;
    note(seen, "biased", &biased.shape());
    let large = &cube.permute([1, 0, 2]) * &product;
    note(seen, "large", &large.shape());
    let least = cube.minimum(&b.reshape([1, k]));
    note(seen, "least", &least.shape());
    let reduced = cube.sum_axis(1);
    note(seen, "reduced", &reduced.shape());
    let kept = cube.mean_axis_keepdim(0);
    note(seen, "kept", &kept.shape());
    let normal = cube.log_softmax(2);
    note(seen, "normal", &normal.shape());
    let most = cube.max_axis(0);
    note(seen, "most", &most.shape());
    let flat = cube.reshape([n * 3, k]);
    note(seen, "flat", &flat.shape());
    let spread = b.broadcast_to([2, d, k]);
    note(seen, "spread", &spread.shape());
    let head = cube.slice(1, 0..2);
    note(seen, "head", &head.shape());
    let tail = cube.slice(1, 1..=2);
    note(seen, "tail", &tail.shape());
    let whole = cube.slice(0, ..);
    note(seen, "whole", &whole.shape());
    let picked = x.index_rows(rows);
    note(seen, "picked", &picked.shape());
    let one = cube.select(1, 2);
    note(seen, "one", &one.shape());
    let below = Tensor::concat(&[&head, cube, &tail], 1);
    note(seen, "below", &below.shape());
    let stacked = Tensor::stack(&[&product, &one], 1);
    note(seen, "stacked", &stacked.shape());
    let padded = head.pad([(0, 0), (2, 1), (0, 0)], 0.0);
    note(seen, "padded", &padded.shape());
    let masked = product.gt(0.0).where_(&biased, &one);
    note(seen, "masked", &masked.shape());
    let mut turned = product.t();
    for _ in 0..k {
        turned = turned.tanh() * 2.0;
    }
    note(seen, "turned", &turned.shape());
    row.sum()
        + column.sum()
        + large.sum()
        + least.sum()
        + reduced.sum()
        + kept.sum()
        + normal.sum()
        + most.sum()
        + flat.sum()
        + spread.sum()
        + whole.sum()
        + picked.sum()
        + below.sum()
        + stacked.sum()
        + padded.sum()
        + masked.sum()
        + turned.sum()
}

/// The length that a dimension in the graph stands for.
fn length(dim: &str) -> usize {
    let factor = |factor: &str| match factor {
        "n" => 5,
        "d" => 4,
        "k" => 7,
        "r" => 6,
        number => number.parse().unwrap_or_else(|_| panic!("{number} is not known")),
    };
    dim.split(" * ").map(factor).product()
}

#[test]
fn predictions_are_what_the_operations_make() {
    let (x, w, b) = (Tensor::randn([5, 4], 1), Tensor::randn([4, 7], 2), Tensor::randn([7], 3));
    let cube = Tensor::<3>::randn([5, 3, 7], 4);
    let mut seen = Seen::new();
    many(&x, &w, &b, &cube, &[0, 1, 2, 3, 4, 0], &mut seen, 7);
    assert_eq!(seen.len(), 22);
    for (name, shape) in seen {
        let node =
            many::graph().node(name).unwrap_or_else(|| panic!("`{name}` is not in the graph"));
        let dims = node.shape().trim_start_matches('[').trim_end_matches(']');
        let predicted: Vec<usize> = dims.split(", ").map(length).collect();
        assert_eq!(predicted, shape, "{name}: {}", node.shape());
    }
}
