//! Values and gradients against those of `torch.nn.functional` in double precision, written out.

use super::*;
use crate::Tensor;
use crate::adjoint::difference::{check_scalar, close, sample};
use crate::differentiable::Tangent;
use crate::private::{NoSlot, slot};

fn t<const A: usize, const B: usize>(rows: [[f64; B]; A]) -> Tensor<2, f64> {
    Tensor { shape: [A, B], data: rows.concat() }
}

fn operands() -> (Tensor<2, f64>, Tensor<2, f64>, Tensor<2, f64>) {
    let pred = t([[0.5, -1.25, 2.0], [0.0, 3.5, -0.75]]);
    let target = t([[0.25, -1.0, -1.0], [0.0, 1.0, 0.5]]);
    let probabilities = t([[0.25, 1.0, 0.0], [0.5, 0.75, 0.125]]);
    (pred, target, probabilities)
}

fn logits() -> Tensor<2, f64> {
    t([[0.5, -1.25, 2.0, 0.0], [100.0, 3.5, -0.75, 1.0], [-3.0, -2.0, -1.0, -4.0]])
}

/// Checks an elementwise loss: its value, and its two gradients scaled by a cotangent, both for
/// `Sum` and for `Mean`, given the numbers for `Sum`.
macro_rules! check_elementwise {
    ($name:ident($a:expr, $b:expr $(, $parameter:expr)?), $value:expr, $wrt_a:expr, $wrt_b:expr) => {
        for (reduction, n) in [(Reduction::Sum, 1.0), (Reduction::Mean, 6.0)] {
            let (a, b) = (&$a, &$b);
            close(&[$name(a, b, $($parameter,)? reduction)], &[$value / n]);
            let scaled = |g: &[f64]| g.iter().map(|g| 10.0 * g / n).collect::<Vec<_>>();

            let (value, pullback) = $name::__augmented(a, b, $($parameter,)? reduction);
            close(&[value], &[$value / n]);
            let (mut da, mut db) = (Tensor::symbolic_zero(), Tensor::symbolic_zero());
            pullback(a, b, 10.0, slot(&mut da), slot(&mut db));
            close(&da.data, &scaled(&$wrt_a));
            close(&db.data, &scaled(&$wrt_b));

            // On top of what is there.
            let (_, pullback) = $name::__augmented(a, b, $($parameter,)? reduction);
            pullback(a, b, -10.0, slot(&mut da), slot(&mut db));
            assert_eq!(da, Tensor::zeros_of([2, 3]));
            assert_eq!(db, Tensor::zeros_of([2, 3]));
        }
    };
}

impl Tensor<2, f64> {
    fn zeros_of(shape: [usize; 2]) -> Self {
        Self { shape, data: vec![0.0; shape.iter().product()] }
    }
}

#[test]
fn mean_squared_error() {
    let (pred, target, _) = operands();
    let wrt_pred = [0.5, -0.5, 6.0, 0.0, 5.0, -2.5];
    check_elementwise!(mse_loss(pred, target), 16.9375, wrt_pred, wrt_pred.map(|g| -g));
}

#[test]
fn mean_absolute_error() {
    let (pred, target, _) = operands();
    let wrt_pred = [1.0, -1.0, 1.0, 0.0, 1.0, -1.0];
    check_elementwise!(l1_loss(pred, target), 7.25, wrt_pred, wrt_pred.map(|g| -g));
}

#[test]
fn huber() {
    let (pred, target, _) = operands();
    let wrt_pred = [0.25, -0.25, 0.75, 0.0, 0.75, -0.75];
    check_elementwise!(huber_loss(pred, target, 0.75), 4.28125, wrt_pred, wrt_pred.map(|g| -g));
}

#[test]
fn binary_cross_entropy() {
    let (logits, _, targets) = operands();
    let wrt_logits = [
        0.372_459_331_201_854_6,
        -0.777_299_861_174_691_2,
        0.880_797_077_977_882_3,
        0.0,
        0.220_687_769_248_643_64,
        0.195_821_300_824_607_03,
    ];
    let wrt_targets = [-0.5, 1.25, -2.0, 0.0, -3.5, 0.75];
    let value = 6.556_452_681_515_918;
    check_elementwise!(bce_with_logits(logits, targets), value, wrt_logits, wrt_targets);
}

#[test]
fn binary_cross_entropy_does_not_overflow() {
    let logits = t([[1000.0, -1000.0]]);
    let targets = t([[0.0, 1.0]]);
    assert_eq!(bce_with_logits(&logits, &targets, Reduction::Sum), 2000.0);
    let (_, pullback) = bce_with_logits::__augmented(&logits, &targets, Reduction::Sum);
    let (mut dlogits, mut dtargets) = (Tensor::symbolic_zero(), Tensor::symbolic_zero());
    pullback(&logits, &targets, 1.0, slot(&mut dlogits), slot(&mut dtargets));
    assert_eq!(dlogits.data, [1.0, -1.0]);
    assert_eq!(dtargets.data, [-1000.0, 1000.0]);
}

/// Checks a loss of class scores, given the numbers for `Sum`.
macro_rules! check_classes {
    ($name:ident($x:expr, $targets:expr $(, $parameter:expr)?), $value:expr, $gradient:expr) => {
        for (reduction, n) in [(Reduction::Sum, 1.0), (Reduction::Mean, $targets.len() as f64)] {
            let x = &$x;
            close(&[$name(x, &$targets, $($parameter,)? reduction)], &[$value / n]);
            let expected = $gradient.map(|g: f64| 10.0 * g / n);

            let (value, pullback) = $name::__augmented(x, &$targets, $($parameter,)? reduction);
            assert_eq!(value, $name(x, &$targets, $($parameter,)? reduction));
            let mut dx = Tensor::symbolic_zero();
            pullback(x, &$targets, 10.0, slot(&mut dx), NoSlot);
            assert_eq!(dx.shape, x.shape);
            close(&dx.data, &expected);

            // On top of what is there.
            let (_, pullback) = $name::__augmented(x, &$targets, $($parameter,)? reduction);
            pullback(x, &$targets, -10.0, slot(&mut dx), NoSlot);
            assert_eq!(dx, Tensor::zeros_of(x.shape));
        }
    };
}

#[test]
fn cross_entropy_of_logits() {
    let gradient = [
        0.159_693_550_032_108_25,
        0.027_750_577_932_680_41,
        -0.284_303_162_217_615_65,
        0.096_859_034_252_827_05,
        1.0,
        -1.0,
        1.757_239_464_727_628e-44,
        1.011_221_492_610_448_6e-43,
        -0.912_855_681_257_967_5,
        0.236_882_818_089_910_16,
        0.643_914_259_887_972_4,
        0.032_058_603_280_084_99,
    ];
    check_classes!(cross_entropy(logits(), [2, 1, 0]), 99.274_688_311_164_87, gradient);
}

#[test]
fn cross_entropy_with_label_smoothing() {
    let gradient = [
        0.134_693_550_032_108_26,
        0.002_750_577_932_680_409,
        -0.209_303_162_217_615_7,
        0.071_859_034_252_827_05,
        0.975,
        -0.925,
        -0.025,
        -0.025,
        -0.837_855_681_257_967_5,
        0.211_882_818_089_910_16,
        0.618_914_259_887_972_3,
        0.007_058_603_280_084_987,
    ];
    let value = 97.149_688_311_164_87;
    check_classes!(cross_entropy_smooth(logits(), [2, 1, 0], 0.1), value, gradient);
}

#[test]
fn negative_log_likelihood() {
    let log_probs = t([[-0.5, -1.25, -2.0], [-1.0, -3.5, -0.75]]);
    let gradient = [0.0, -1.0, 0.0, 0.0, 0.0, -1.0];
    check_classes!(nll_loss(log_probs, [1, 2]), 2.0, gradient);
}

#[test]
fn cross_entropy_is_the_likelihood_of_the_softmax() {
    let targets = [2, 1, 0];
    let likelihood = nll_loss(&logits().log_softmax(1), &targets, Reduction::Mean);
    close(&[cross_entropy(&logits(), &targets, Reduction::Mean)], &[likelihood]);
}

#[test]
fn impossible_classes_have_no_influence() {
    let x = t([[0.0, f64::NEG_INFINITY, 0.0]]);
    let (value, pullback) = cross_entropy::__augmented(&x, &[0], Reduction::Mean);
    assert_eq!(value, 2.0_f64.ln());
    let mut dx = Tensor::symbolic_zero();
    pullback(&x, &[0], 1.0, slot(&mut dx), NoSlot);
    assert_eq!(dx.data, [-0.5, 0.0, 0.5]);
}

#[test]
fn gradients_agree_with_central_differences() {
    for shape in [[5, 3], [1, 1], [1, 40]] {
        let (x, y) = (sample(shape, 1), sample(shape, 2));
        let targets: Vec<usize> = (0..shape[0]).map(|i| (i * 7 + 1) % shape[1]).collect();
        let r = Reduction::Mean;
        check_scalar(
            &x,
            |x| mse_loss(x, &y, r),
            |acc, dy| {
                let _ = mse_loss::__augmented(&x, &y, r).1(
                    &x,
                    &y,
                    *dy,
                    slot(acc),
                    slot(&mut y.clone()),
                );
            },
        );
        check_scalar(
            &x,
            |x| huber_loss(x, &y, 1.5, r),
            |acc, dy| {
                let _ = huber_loss::__augmented(&x, &y, 1.5, r).1(
                    &x,
                    &y,
                    *dy,
                    slot(acc),
                    slot(&mut y.clone()),
                );
            },
        );
        check_scalar(
            &x,
            |x| bce_with_logits(x, &y, r),
            |acc, dy| {
                let _ = bce_with_logits::__augmented(&x, &y, r).1(
                    &x,
                    &y,
                    *dy,
                    slot(acc),
                    slot(&mut y.clone()),
                );
            },
        );
        check_scalar(
            &x,
            |x| cross_entropy(x, &targets, r),
            |acc, dy| {
                let _ = cross_entropy::__augmented(&x, &targets, r).1(
                    &x,
                    &targets,
                    *dy,
                    slot(acc),
                    NoSlot,
                );
            },
        );
        check_scalar(
            &x,
            |x| cross_entropy_smooth(x, &targets, 0.3, r),
            |acc, dy| {
                let _ = cross_entropy_smooth::__augmented(&x, &targets, 0.3, r).1(
                    &x,
                    &targets,
                    *dy,
                    slot(acc),
                    NoSlot,
                );
            },
        );
    }
}

#[test]
fn pullbacks_outlive_the_operands() {
    let x = sample([2, 3], 1);
    let mut dx = Tensor::symbolic_zero();
    let pullback = {
        let (x, targets) = (x.clone(), vec![0, 1]);
        cross_entropy::__augmented(&x, &targets, Reduction::Mean).1
    };
    pullback(&x, &[0, 1], 1.0, slot(&mut dx), NoSlot);
    let pullback = {
        let x = x.clone();
        mse_loss::__augmented(&x, &x, Reduction::Mean).1
    };
    pullback(&x, &x, 1.0, slot(&mut dx), slot(&mut x.clone()));
}

#[test]
fn without_elements() {
    let x = Tensor::zeros_of([0, 3]);
    assert_eq!(mse_loss(&x, &x, Reduction::Sum), 0.0);
    assert!(mse_loss(&x, &x, Reduction::Mean).is_nan());
    assert_eq!(cross_entropy(&x, &[], Reduction::Sum), 0.0);
    let (_, pullback) = cross_entropy::__augmented(&x, &[], Reduction::Mean);
    let mut dx = Tensor::symbolic_zero();
    pullback(&x, &[], 1.0, slot(&mut dx), NoSlot);
    assert_eq!(dx, x);
}

#[test]
#[should_panic(expected = "mse_loss: [2, 3] and [3, 4] are not of the same shape")]
fn shapes_differ() {
    mse_loss(&operands().0, &logits(), Reduction::Mean);
}

#[test]
#[should_panic(expected = "cross_entropy: target 4 of row 1 is not one of the 4 classes")]
fn no_such_class() {
    cross_entropy(&logits(), &[0, 4, 1], Reduction::Mean);
}

#[test]
#[should_panic(expected = "nll_loss: [3, 4] has 3 rows, but there are 2 targets")]
fn not_enough_targets() {
    nll_loss(&logits(), &[0, 1], Reduction::Mean);
}
