use super::{assert_close, differences};
use benches::programs::kmeans::{centroids, cost, cost_of_nearest, flat, gradient_by_hand, points};

/// Both ways of writing the cost, against the same numbers.
#[track_caller]
fn assert_gradient<const D: usize>(
    points: &[[f64; D]],
    centroids: &[[f64; D]],
    value: f64,
    gradient: &[[f64; D]],
) {
    for (got_value, got) in [
        cost::value_and_grad(points, centroids),
        cost_of_nearest::value_and_grad(points, centroids),
    ] {
        assert_close(&[got_value], &[value], 1e-12);
        assert_close(got.as_flattened(), gradient.as_flattened(), 1e-10);
    }
    let (points, centroids) = (points.as_flattened(), centroids.as_flattened());
    let (got_value, got) = flat::cost::value_and_grad(points, centroids, D);
    assert_close(&[got_value], &[value], 1e-12);
    assert_close(&got, gradient.as_flattened(), 1e-10);
}

fn as_by_hand_in<const D: usize>(n: usize, k: usize) {
    let points = points::<D>(n);
    // Moved, so that no centroid is a point.
    let centroids: Vec<_> = centroids(&points, k).iter().map(|c| c.map(|x| 0.9 * x)).collect();
    let mut by_hand = vec![[f64::NAN; D]; k];
    let value = gradient_by_hand(&points, &centroids, &mut by_hand);
    assert_gradient(&points, &centroids, value, &by_hand);
}

#[test]
fn as_by_hand() {
    as_by_hand_in::<1>(20, 3);
    as_by_hand_in::<8>(300, 10);
    as_by_hand_in::<16>(100, 1);
}

#[test]
fn as_central_differences() {
    let points = points::<3>(40);
    let c = centroids(&points, 4);
    let check = differences();
    let gradient = cost::grad(&points, &c);
    check.check(|c: &Vec<[f64; 3]>| cost(&points, c), &c, &gradient).unwrap();
    let gradient = cost_of_nearest::grad(&points, &c);
    check.check(|c: &Vec<[f64; 3]>| cost_of_nearest(&points, c), &c, &gradient).unwrap();
}

/// By pencil: the first two points are nearer to the first centroid, the others to the second.
#[test]
fn two_clusters() {
    let points = [[0.0, 0.0], [0.0, 2.0], [5.0, 0.0], [4.0, 4.0], [6.0, 4.0]];
    let centroids = [[1.0, 1.0], [5.0, 3.0]];
    assert_gradient(&points, &centroids, 17.0, &[[4.0, 0.0], [0.0, 2.0]]);
}

/// As in [`two_clusters`]: Newton's step comes from the means, (0, 1) and (5, 8/3).
#[test]
fn newtons_step() {
    let points = [0.0, 0.0, 0.0, 2.0, 5.0, 0.0, 4.0, 4.0, 6.0, 4.0];
    let step = flat::newton_step(&points, &[1.0, 1.0, 5.0, 3.0], 2);
    assert_close(&step, &[1.0, 0.0, 0.0, 1.0 / 3.0], 1e-14);
}

/// The squared distance from (4, 0) is 10 to both: `min` gives half of the gradient to each.
#[test]
fn a_tie() {
    let (points, centroids) = ([[4.0, 0.0]], [[1.0, 1.0], [5.0, 3.0]]);
    let (value, gradient) = cost::value_and_grad(&points, &centroids);
    assert_eq!((value, gradient), (10.0, vec![[-3.0, 1.0], [1.0, 3.0]]));
    let (value, gradient) = cost_of_nearest::value_and_grad(&points, &centroids);
    assert_eq!((value, gradient), (10.0, vec![[-6.0, 2.0], [0.0, 0.0]]));
}

/// With a rate of 1 / 2n, gradient descent is Lloyd's algorithm: it goes to the mean of a cluster.
#[test]
fn a_step_of_lloyds_algorithm() {
    let (n, k) = (200, 5);
    let points = points::<2>(n);
    let centroids = centroids(&points, k);
    let gradient = cost::grad(&points, &centroids);
    let mut clusters = vec![Vec::new(); k];
    for point in &points {
        let distance = |c: &[f64; 2]| (point[0] - c[0]).hypot(point[1] - c[1]);
        let nearest =
            |&a: &usize, &b: &usize| distance(&centroids[a]).total_cmp(&distance(&centroids[b]));
        clusters[(0..k).min_by(nearest).unwrap()].push(point);
    }
    for (j, cluster) in clusters.iter().enumerate() {
        for i in 0..2 {
            let size = cluster.len() as f64;
            let mean = cluster.iter().map(|point| point[i]).sum::<f64>() / size;
            assert_close(&[centroids[j][i] - gradient[j][i] / (2.0 * size)], &[mean], 1e-12);
        }
    }
}
