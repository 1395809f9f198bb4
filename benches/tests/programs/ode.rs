use super::{assert_close, differences};
use benches::programs::ode::{Buffers, END, gradient_by_hand, input, last_component, solution};

#[test]
fn as_by_hand() {
    let mut buffers = Buffers::default();
    for (n, steps) in [(1, 1), (3, 1), (20, 10), (7, 30), (100, 100)] {
        let x = input(n);
        let mut by_hand = vec![f64::NAN; n];
        let expected = gradient_by_hand(&x, steps, &mut buffers, &mut by_hand);
        let (value, gradient) = last_component::value_and_grad(&x, steps);
        assert_close(&[value], &[expected], 1e-10);
        assert_close(&gradient, &by_hand, 1e-10);
    }
}

#[test]
fn as_central_differences() {
    let (x, steps) = (input(8), 12);
    let gradient = last_component::grad(&x, steps);
    differences().check(|x: &Vec<f64>| last_component(x, steps), &x, &gradient).unwrap();
}

/// The method is exact for polynomials of degree 4, however large its steps: the last of four
/// components is `x₀ x₁ x₂ x₃ t⁴ / 4!`.
#[test]
fn a_polynomial() {
    let x = [1.5, 0.5, 2.0, 3.0];
    for steps in [1, 2, 7] {
        let (value, gradient) = last_component::value_and_grad(&x, steps);
        let expected = x.iter().product::<f64>() * END.powi(4) / 24.0;
        assert_close(&[value], &[expected], 1e-14);
        assert_close(&gradient, &x.map(|x| expected / x), 1e-14);
    }
}

/// Where the method is not exact: three steps of it in rational numbers, by Python's `fractions`.
/// (The last component is a multiple of the product of all `x`.)
#[test]
fn six_components() {
    let x = [1.0, 1.5, 0.5, 2.0, 3.0, 1.25];
    let (value, gradient) = last_component::value_and_grad(&x, 3);
    assert_close(&[value], &[115.0 / 243.0], 1e-14);
    let expected = [345.0, 230.0, 690.0, 172.5, 115.0, 276.0].map(|numerator| numerator / 729.0);
    assert_close(&gradient, &expected, 1e-14);
}

/// The pullback takes a cotangent of each component: the second is `x₀ x₁ t² / 2`.
#[test]
fn all_components() {
    let x = [1.5, 0.5, 2.0];
    let (_, pullback) = solution::vjp(&x, 3);
    let gradient = pullback(vec![1.0, 10.0, 0.0]);
    assert_close(&gradient, &[END + 10.0 * 0.5 * 2.0, 10.0 * 1.5 * 2.0, 0.0], 1e-14);
}
