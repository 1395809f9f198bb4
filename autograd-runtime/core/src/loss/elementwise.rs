//! Losses between a prediction and a target of the same shape, element by element.

use super::{Reduction, directional};
use crate::kernel::pool;
use crate::ops::compare::same_shape;
use crate::ops::lanes::sum_of_pairs;
use crate::private::{Dot, NoSlot, Slot};
use crate::{NoTangent, Real, Tangent, Tensor};

/// One line for each formula: the loss of one element and its two derivatives.
macro_rules! elementwise_loss {
    (
        $(#[$doc:meta])*
        $name:ident($pred:ident, $target:ident $(, $parameter:ident: $t:ty)?) $check:block
        loss $loss:expr;
        wrt_pred $wrt_pred:expr;
        wrt_target $wrt_target:expr;
    ) => {
        $(#[$doc])*
        #[track_caller]
        pub fn $name<const R: usize, T: Real>(
            $pred: &Tensor<R, T>,
            $target: &Tensor<R, T>,
            $($parameter: $t,)?
            reduction: Reduction,
        ) -> T {
            same_shape(stringify!($name), &$pred.shape, &$target.shape);
            $check
            let sum = sum_of_pairs(&$pred.data, &$target.data, $loss);
            reduction.of_sum(sum, $pred.data.len())
        }

        #[doc = concat!("The companion of [`", stringify!($name), "`](fn@", stringify!($name), ").")]
        #[allow(non_camel_case_types, reason = "a companion has the name of its function")]
        pub struct $name {}

        impl $name {
            #[doc(hidden)]
            #[track_caller]
            #[allow(clippy::type_complexity, reason = "a pullback that borrows nothing, written out")]
            pub fn __augmented<const R: usize, T: Real>(
                $pred: &Tensor<R, T>,
                $target: &Tensor<R, T>,
                $($parameter: $t,)?
                reduction: Reduction,
            ) -> (
                T,
                impl FnOnce(
                    &Tensor<R, T>,
                    &Tensor<R, T>,
                    T,
                    Slot<'_, Tensor<R, T>>,
                    Slot<'_, Tensor<R, T>>,
                ) -> elementwise_loss!(@inactive $($parameter)?) + use<R, T>,
            ) {
                let value = $name($pred, $target, $($parameter,)? reduction);
                let pullback = move |
                    $pred: &Tensor<R, T>,
                    $target: &Tensor<R, T>,
                    dy: T,
                    pred_bar: Slot<'_, Tensor<R, T>>,
                    target_bar: Slot<'_, Tensor<R, T>>,
                | {
                    let scale = reduction.of_sum(dy, $pred.data.len());
                    if let Some(acc) = pred_bar.wanted() {
                        add_scaled(acc, scale, $pred, $target, $wrt_pred);
                    }
                    if let Some(acc) = target_bar.wanted() {
                        add_scaled(acc, scale, $pred, $target, $wrt_target);
                    }
                    Default::default()
                };
                (value, pullback)
            }

            #[doc(hidden)]
            #[track_caller]
            #[allow(clippy::too_many_arguments, reason = "each argument has a tangent")]
            pub fn __tangent<const R: usize, T: Real>(
                $pred: &Tensor<R, T>,
                $target: &Tensor<R, T>,
                $($parameter: $t,)?
                reduction: Reduction,
                pred_dot: Dot<'_, Tensor<R, T>>,
                target_dot: Dot<'_, Tensor<R, T>>,
                $(elementwise_loss!(@ignored $parameter): NoSlot,)?
                _: NoSlot,
            ) -> (T, T) {
                let (value, pullback) = Self::__augmented($pred, $target, $($parameter,)? reduction);
                let (mut pred_bar, mut target_bar) = (Tensor::symbolic_zero(), Tensor::symbolic_zero());
                pullback(
                    $pred,
                    $target,
                    T::ONE,
                    pred_dot.place_beside(&mut pred_bar),
                    target_dot.place_beside(&mut target_bar),
                );
                (value, directional(pred_dot, &pred_bar) + directional(target_dot, &target_bar))
            }
        }
    };
    (@ignored $parameter:ident) => { _ };
    // The tangents of the by-value parameters: of the reduction, and of a constant before it.
    (@inactive) => { (NoTangent,) };
    (@inactive $parameter:ident) => { (NoTangent, NoTangent) };
}

elementwise_loss! {
    /// Mean squared error: `(pred - target)²`.
    ///
    /// # Panics
    /// If the shapes differ.
    ///
    /// ```
    /// # use autograd_runtime::{Tensor, loss::{Reduction, mse_loss}};
    /// let (pred, target) = (Tensor::from([1.0, 2.0]), Tensor::from([1.0, 4.0]));
    /// assert_eq!(mse_loss(&pred, &target, Reduction::Mean), 2.0);
    /// ```
    mse_loss(pred, target) {}
    loss |pred, target| (pred - target) * (pred - target);
    wrt_pred |pred, target| two(pred - target);
    wrt_target |pred, target| two(target - pred);
}

elementwise_loss! {
    /// Mean absolute error: `|pred - target|`, whose derivative at 0 is taken to be 0.
    ///
    /// # Panics
    /// If the shapes differ.
    ///
    /// ```
    /// # use autograd_runtime::{Tensor, loss::{Reduction, l1_loss}};
    /// let (pred, target) = (Tensor::from([1.0, 2.0]), Tensor::from([1.0, 4.0]));
    /// assert_eq!(l1_loss(&pred, &target, Reduction::Mean), 1.0);
    /// ```
    l1_loss(pred, target) {}
    loss |pred, target| (pred - target).abs();
    wrt_pred |pred, target| sign(pred - target);
    wrt_target |pred, target| sign(target - pred);
}

elementwise_loss! {
    /// Huber's loss: with `z = pred - target` it is `z² / 2` where `|z| ≤ delta` and
    /// `delta (|z| - delta / 2)` elsewhere. `delta` is not differentiated.
    ///
    /// # Panics
    /// If the shapes differ, or if `delta` is not positive.
    ///
    /// ```
    /// # use autograd_runtime::{Tensor, loss::{Reduction, huber_loss}};
    /// let (pred, target) = (Tensor::from([0.5, 4.0]), Tensor::from([0.0, 1.0]));
    /// assert_eq!(huber_loss(&pred, &target, 1.0, Reduction::Sum), 0.125 + 2.5);
    /// ```
    huber_loss(pred, target, delta: T) {
        assert!(delta > T::ZERO, "huber_loss: delta is {delta}, it must be positive");
    }
    loss |pred, target| huber(pred - target, delta);
    wrt_pred |pred, target| (pred - target).clamp(-delta, delta);
    wrt_target |pred, target| (target - pred).clamp(-delta, delta);
}

elementwise_loss! {
    /// Binary cross-entropy between `σ(logit)` and a probability:
    /// `-(target ln σ(logit) + (1 - target) ln(1 - σ(logit)))`, without overflow.
    ///
    /// # Panics
    /// If the shapes differ.
    ///
    /// ```
    /// # use autograd_runtime::{Tensor, loss::{Reduction, bce_with_logits}};
    /// let (logits, targets) = (Tensor::from([0.0_f64, 800.0]), Tensor::from([1.0, 0.0]));
    /// let loss = bce_with_logits(&logits, &targets, Reduction::Sum);
    /// assert_eq!(loss, 2.0_f64.ln() + 800.0);
    /// ```
    bce_with_logits(logits, targets) {}
    loss |logits, targets| logits.max(T::ZERO) - logits * targets + (-logits.abs()).exp().ln_1p();
    wrt_pred |logits, targets| sigmoid(logits) - targets;
    wrt_target |logits, _| -logits;
}

/// Adds `scale * f(a, b)` for each pair of elements.
fn add_scaled<const R: usize, T: Real>(
    acc: &mut Tensor<R, T>,
    scale: T,
    a: &Tensor<R, T>,
    b: &Tensor<R, T>,
    f: impl Fn(T, T) -> T,
) {
    let pairs = a.data.iter().zip(&b.data);
    if acc.is_symbolic_zero() {
        acc.shape = a.shape;
        acc.data = pool::collected(pairs.map(|(&a, &b)| scale * f(a, b)));
    } else {
        acc.data.iter_mut().zip(pairs).for_each(|(acc, (&a, &b))| *acc += scale * f(a, b));
    }
}

fn two<T: Real>(x: T) -> T {
    x + x
}

/// The sign of `z`: 0 at 0, where `signum` is 1.
fn sign<T: Real>(z: T) -> T {
    if z == T::ZERO { T::ZERO } else { z.signum() }
}

fn huber<T: Real>(z: T, delta: T) -> T {
    let half = T::from_f64(0.5);
    if z.abs() <= delta { half * z * z } else { delta * (z.abs() - half * delta) }
}

fn sigmoid<T: Real>(x: T) -> T {
    let e = (-x.abs()).exp();
    if x >= T::ZERO { T::ONE / (T::ONE + e) } else { e / (T::ONE + e) }
}
