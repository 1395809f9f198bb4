//! The gradient checker: it passes what is right and names what is wrong.

use autograd_runtime::{Gradcheck, GradcheckError, gradcheck};

type Point = (f64, Vec<f64>, [f64; 2]);

fn f((a, b, c): &Point) -> f64 {
    a.sin() * b[0] * b[1] + c[0].exp() / c[1]
}

fn at() -> Point {
    (0.7, vec![1.5, -2.0], [0.3, 2.0])
}

/// The gradient by hand.
fn gradient((a, b, c): &Point) -> Point {
    let e = c[0].exp();
    let s = a.sin();
    (a.cos() * b[0] * b[1], vec![s * b[1], s * b[0]], [e / c[1], -e / (c[1] * c[1])])
}

#[test]
fn a_right_gradient_passes() {
    let x = at();
    gradcheck(f, &x, &gradient(&x)).unwrap();
    assert_eq!(x, at());
}

#[test]
fn a_wrong_element_is_named() {
    let x = at();
    let mut g = gradient(&x);
    let right = g.2[0];
    g.2[0] += 0.5;
    let error = gradcheck(f, &x, &g).unwrap_err();
    assert_eq!((error.element, error.leaf, error.index), (3, 3, 0));
    assert_eq!((error.wrong, error.count), (1, 5));
    assert_eq!(error.analytic, right + 0.5);
    assert!((error.numeric - right).abs() < 1e-8);
}

#[test]
fn every_wrong_element_is_counted() {
    let x = at();
    let (a, b, c) = gradient(&x);
    let error = gradcheck(f, &x, &(-a, b, [c[1], c[0]])).unwrap_err();
    assert_eq!((error.element, error.wrong), (0, 3));
}

#[test]
fn the_message() {
    let error = gradcheck(|x: &[f64]| 3.0 * x[1], &[1.0, 2.0][..], &vec![0.0, 4.0]).unwrap_err();
    let error = GradcheckErrorText(&error);
    assert_eq!(
        error.rounded(),
        "gradcheck: element 1 (buffer 1, index 0): the gradient is 4, the central difference is \
         3.000 (atol 0.00001, rtol 0.001); 1 of 2 elements disagree"
    );
}

/// The central difference has digits of no meaning.
struct GradcheckErrorText<'a>(&'a GradcheckError);

impl GradcheckErrorText<'_> {
    fn rounded(&self) -> String {
        let numeric = self.0.numeric;
        self.0.to_string().replace(&numeric.to_string(), &format!("{numeric:.3}"))
    }
}

#[test]
fn an_empty_gradient_is_zero() {
    let x = vec![1.0, 2.0];
    gradcheck(|_: &Vec<f64>| 5.0, &x, &Vec::new()).unwrap();
    assert_eq!(gradcheck(|x: &Vec<f64>| x[1], &x, &Vec::new()).unwrap_err().element, 1);
}

#[test]
fn nothing_that_is_not_finite_passes() {
    assert!(gradcheck(|x: &f64| x.sqrt(), &-1.0, &f64::NAN).is_err());
    assert!(gradcheck(|x: &f64| x * x, &1.0, &f64::NAN).is_err());
    assert!(gradcheck(|x: &f64| x * x, &1.0, &f64::INFINITY).is_err());
    let jump = |x: &f64| if *x > 0.0 { f64::INFINITY } else { 0.0 };
    assert!(gradcheck(jump, &0.0, &f64::INFINITY).is_err());
}

#[test]
fn single_precision_has_its_own_defaults() {
    let f = |x: &Vec<f32>| x.iter().map(|x| x.sin()).sum::<f32>();
    let x = vec![0.1_f32, 1.0, -2.0];
    let right: Vec<f32> = x.iter().map(|x| x.cos()).collect();
    gradcheck(f, &x, &right).unwrap();
    let mut wrong = right;
    wrong[2] *= 1.1;
    assert_eq!(gradcheck(f, &x, &wrong).unwrap_err().element, 2);
    // Mixed: the f32 part decides.
    gradcheck(|x: &(f32, f64)| f64::from(x.0) * x.1, &(3.0, 2.0), &(2.0, 3.0)).unwrap();
}

#[test]
fn options_decide() {
    let f = |x: &f64| x * x * x;
    let strict = Gradcheck::new().atol(1e-12).rtol(0.0).step(1e-2);
    let error = strict.check(f, &1.0, &3.0).unwrap_err();
    // (1 + h)³ - (1 - h)³ over 2 h is 3 + h².
    assert!((error.numeric - 3.0001).abs() < 1e-10);
    assert_eq!((error.atol, error.rtol), (1e-12, 0.0));
    strict.atol(2e-4).check(f, &1.0, &3.0).unwrap();
}

#[test]
fn in_place_restores_every_bit() {
    let (mut a, mut b) = (0.1_f32, vec![0.3_f64, -1.7e-9]);
    let f = |x: &(&mut f32, &mut Vec<f64>)| f64::from(*x.0) * x.1[0] + x.1[1];
    let g = (0.3, vec![f64::from(0.1_f32), 1.0]);
    Gradcheck::new().check_in_place(f, &mut (&mut a, &mut b), &g).unwrap();
    assert_eq!((a, b), (0.1, vec![0.3, -1.7e-9]));
}

#[test]
#[should_panic(expected = "gradcheck: step must be above 0, got 0")]
fn a_step_of_zero_panics() {
    let _ = Gradcheck::new().step(0.0);
}

/// The Hessian of [`f`] by hand, times a direction.
fn product((a, b, c): &Point, (da, db, dc): Point) -> Point {
    let (sin, cos, e) = (a.sin(), a.cos(), c[0].exp());
    let slope = db[0] * b[1] + b[0] * db[1];
    (
        -sin * b[0] * b[1] * da + cos * slope,
        vec![cos * b[1] * da + sin * db[1], cos * b[0] * da + sin * db[0]],
        [e / c[1] * (dc[0] - dc[1] / c[1]), e / (c[1] * c[1]) * (2.0 * dc[1] / c[1] - dc[0])],
    )
}

#[test]
fn right_second_derivatives_pass_and_wrong_ones_are_named() {
    let x = at();
    let check = Gradcheck::new();
    check.check_second(gradient, product, &x).unwrap();
    assert_eq!(x, at());
    let wrong = |x: &Point, direction: Point| {
        let d = direction.1[1];
        let mut product = product(x, direction);
        product.1[0] += 0.25 * d;
        product
    };
    let error = check.check_second(gradient, wrong, &x).unwrap_err();
    assert_eq!((error.element, error.leaf, error.index, error.direction), (1, 1, 0, Some(2)));
    assert_eq!((error.wrong, error.count), (1, 25));
    assert!((error.analytic - error.numeric - 0.25).abs() < 1e-8);
    let text = error.to_string();
    assert!(
        text.starts_with(
            "gradgradcheck: element 1 (buffer 1, index 0), direction 2: the Hessian-vector product is "
        ) && text.ends_with("; 1 of 25 elements disagree"),
        "{text}"
    );
}

#[test]
fn of_many_scalars_some_directions_are_compared() {
    let x: Vec<f64> = (0..100).map(|i| f64::from(i) * 0.1 - 3.0).collect();
    let gradient = |x: &Vec<f64>| x.iter().map(|x| x * x * x).collect();
    let product = |x: &Vec<f64>, d: Vec<f64>| -> Vec<f64> {
        x.iter().zip(d).map(|(x, d)| 3.0 * x * x * d).collect()
    };
    Gradcheck::new().check_second(gradient, product, &x).unwrap();
    let wrong = |x: &Vec<f64>, d: Vec<f64>| {
        let mut product = product(x, d);
        product[70] *= 1.1;
        product
    };
    let error = Gradcheck::new().check_second(gradient, wrong, &x).unwrap_err();
    assert_eq!((error.element, error.wrong, error.count), (70, 8, 800));
    let not_finite = |x: &Vec<f64>, _| vec![f64::NAN; x.len()];
    let error = Gradcheck::new().check_second(gradient, not_finite, &x).unwrap_err();
    assert_eq!(error.wrong, 800);
}
