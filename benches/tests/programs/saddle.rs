use super::{assert_close, differences};
use benches::programs::saddle::{
    INPUT, Point, gradient_by_hand, highest, highest_point, objective, saddle_point,
    saddle_point_through_descent,
};

const P: Point = [0.75, -1.5];
const Q: Point = [2.0, 0.25];

#[test]
fn as_by_hand() {
    assert_eq!(objective::value_and_grad(P, Q), gradient_by_hand(P, Q));
    let expected = (2.8125 - 4.0625, ([1.5, -3.0], [-4.0, -0.5]));
    assert_eq!(gradient_by_hand(P, Q), expected);
}

#[test]
fn as_central_differences() {
    let gradient = objective::grad(P, Q);
    differences().check(|(p, q): &(Point, Point)| objective(*p, *q), &(P, Q), &gradient).unwrap();
    let gradient = highest::grad(P, Q);
    differences().check(|(p, q): &(Point, Point)| highest(*p, *q), &(P, Q), &gradient).unwrap();
}

/// The gradient with respect to `p` is `2 p`, wherever the descent ends. Each of its steps shrinks `q` by a
/// factor that does not depend on `q`, so that it ends at `c start` with some number `c`, and the gradient
/// of `-‖c start‖²` with respect to the start is `-2 c² start`.
#[test]
fn through_the_descent() {
    let (value, (dp, dstart)) = highest::value_and_grad(P, Q);
    let end = highest_point(P, Q);
    assert_close(&[value], &[objective(P, end)], 1e-14);
    assert_close(&dp, &[1.5, -3.0], 1e-15);
    let factor = end[0] / Q[0];
    assert!(factor < 1e-4, "{factor}");
    assert_close(&dstart, &[-2.0 * factor * end[0], -2.0 * factor * end[1]], 1e-10);
}

/// The numbers that `GradBench` expects.
#[test]
fn the_origin() {
    for (p, q) in [saddle_point(INPUT), saddle_point_through_descent(INPUT)] {
        assert_close(&p, &[8.246_324_826_140_356e-6; 2], 1e-10);
        assert_close(&q, &[8.246_324_826_140_356e-6; 2], 1e-10);
    }
}
