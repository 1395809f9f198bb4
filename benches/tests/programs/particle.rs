use super::{assert_close, differences};
use benches::programs::particle::{
    INPUT, Vector, acceleration, aim, gradient_by_hand, gradient_forward, miss, potential,
};

const CHARGES: [Vector; 2] = [Vector { x: 10.0, y: 8.0 }, Vector { x: 10.0, y: 0.0 }];

#[test]
fn as_by_hand() {
    let mut path = Vec::new();
    for w in [0.0, 0.1, 0.2, 0.25, 0.3] {
        let (value, derivative) = miss::value_and_grad(w);
        let (by_hand, by_hand_derivative) = gradient_by_hand(w, &mut path);
        assert_close(&[value], &[by_hand], 1e-10);
        assert_close(&[derivative], &[by_hand_derivative], 1e-10);
        let (by_hand, by_hand_derivative) = gradient_forward(w);
        assert_close(&[value], &[by_hand], 1e-10);
        assert_close(&[derivative], &[by_hand_derivative], 1e-10);
    }
}

/// With a smaller step than elsewhere: the slope of the slope is some hundreds.
#[test]
fn as_central_differences() {
    for w in [0.05, 0.1, 0.3] {
        differences().step(1e-6).check(|w: &f64| miss(*w), &w, &miss::grad(w)).unwrap();
    }
}

/// The path and its landing, and the derivative by differences of 1e-15, by Python's mpmath in 40
/// digits.
#[test]
fn landing() {
    for (w, value, derivative) in [
        (0.0, 3.199_079_002_508_262_9, -19.404_636_450_028_152),
        (0.1, 1.171_779_285_066_890_5, -18.554_209_133_466_274),
        (0.3, 1.489_289_214_989_487, 36.009_320_015_717_72),
    ] {
        let (got_value, got_derivative) = miss::value_and_grad(w);
        assert_close(&[got_value], &[value], 1e-11);
        assert_close(&[got_derivative], &[derivative], 1e-11);
    }
}

/// The potential and its gradient in (1, 3) for charges in (10, 8) and (10, 0), by Python's mpmath.
#[test]
fn field() {
    let at = Vector { x: 1.0, y: 3.0 };
    let (value, (gradient, _)) = potential::value_and_grad(at, &CHARGES);
    assert_close(&[value], &[0.202_537_841_574_672_4], 1e-14);
    let expected = [0.018_787_692_289_758_162, 0.001_067_895_241_959_336_2];
    assert_close(&[gradient.x, gradient.y], &expected, 1e-14);
}

/// The formula of the acceleration is the negative gradient of the potential. Moving all charges is
/// moving the particle the other way.
#[test]
fn acceleration_is_the_gradient() {
    for at in [Vector { x: 0.0, y: 8.0 }, Vector { x: 11.0, y: -2.5 }, Vector { x: 9.5, y: 7.0 }] {
        let (gradient, charges) = potential::grad(at, &CHARGES);
        let acceleration = acceleration(at, &CHARGES);
        assert_close(&[-gradient.x, -gradient.y], &[acceleration.x, acceleration.y], 1e-12);
        let moved = [charges[0].x + charges[1].x, charges[0].y + charges[1].y];
        assert_close(&moved, &[acceleration.x, acceleration.y], 1e-12);
    }
}

/// The number that `GradBench` expects. (By mpmath the square is 0 at 0.207199460; the descent ends
/// where its steps become short.)
#[test]
fn the_origin() {
    let w = aim(INPUT);
    assert_close(&[w], &[0.207_191_874_648_611_6], 1e-9);
    assert!((w - 0.207_199_460_126_255_96).abs() < 1e-5);
}
