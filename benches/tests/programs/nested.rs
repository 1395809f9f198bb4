use super::{assert_close, differences};
use benches::programs::nested::{
    Mode, acceleration, acceleration_over, highest, highest_derivative, highest_point, miss,
    miss_derivative, miss_over,
};

const MODES: [Mode; 2] = [Mode::Forward, Mode::Reverse];
const CHARGES: [[f64; 2]; 2] = [[10.0, 8.0], [10.0, 0.0]];

/// The numbers of Python's mpmath, in 40 digits: of the gradient of the potential in (1, 3), and of the path.
#[test]
fn field_and_landing() {
    for inner in MODES {
        let got = acceleration_over(&[1.0, 3.0], &CHARGES, inner);
        assert_close(&got, &[-0.018_787_692_289_758_162, -0.001_067_895_241_959_336_2], 1e-14);
        assert_close(&[miss(0.3, inner)], &[1.489_289_214_989_487], 1e-11);
        assert_close(&[miss_over(0.3, inner)], &[1.489_289_214_989_487], 1e-11);
        for outer in MODES {
            assert_close(&[miss_derivative(0.3, outer, inner)], &[36.009_320_015_717_72], 1e-11);
        }
    }
}

/// The pullback of the acceleration, a product with a Hessian.
#[test]
fn acceleration_as_central_differences() {
    for inner in MODES {
        let (_, pullback) = acceleration::vjp(&[1.0, 3.0], &CHARGES, inner);
        let gradient = pullback([0.5, -2.0]);
        let weighted = |(at, charges): &([f64; 2], [[f64; 2]; 2])| {
            let [x, y] = acceleration_over(at, charges, Mode::Reverse);
            0.5 * x - 2.0 * y
        };
        differences().check(weighted, &([1.0, 3.0], CHARGES), &gradient).unwrap();
    }
}

/// The gradient of `max_q ‖p‖² - ‖q‖²` by `p` is `2 p`; the descent ends near the origin.
#[test]
fn saddle() {
    let (p, start) = ([0.75, -1.5], [2.0, 0.25]);
    for inner in MODES {
        for outer in MODES {
            assert_close(&highest_derivative(p, start, outer, inner), &[1.5, -3.0], 1e-15);
        }
        assert!((highest(p, start, inner) - 2.8125).abs() < 1e-8);
        assert!(highest_point(p, start, inner).iter().all(|q| q.abs() < 1e-4));
    }
}
