//! Losses between rows of class scores and the indices of the true classes.

use super::{Reduction, directional};
use crate::differentiable::Tangent;
use crate::kernel::pool::{self, Scratch};
use crate::kernel::{ExpRows, Unary};
use crate::ops::lanes::sum_of;
use crate::private::{Dot, NoSlot, Slot};
use crate::{NoTangent, Real, Tensor};

/// Cross-entropy between the softmax of each row of `logits` and the true class of the row:
/// `-ln softmax(logits[i])[targets[i]]`, without overflow.
///
/// `logits` is `[rows, classes]`; `targets` has one class index for each row.
///
/// # Panics
/// If there are not as many targets as rows, or if a target is not a class.
///
/// ```
/// # use autograd_runtime::{Tensor, loss::{Reduction, cross_entropy}};
/// let logits = Tensor::from([[0.0_f64, 0.0], [1000.0, 0.0]]);
/// assert_eq!(cross_entropy(&logits, &[0, 1], Reduction::Sum), 2.0_f64.ln() + 1000.0);
/// ```
#[track_caller]
pub fn cross_entropy<T: Real>(logits: &Tensor<2, T>, targets: &[usize], reduction: Reduction) -> T {
    check("cross_entropy", logits.shape, targets);
    reduction.of_sum(smooth_sum(logits, targets, T::ZERO), targets.len())
}

/// The companion of [`cross_entropy`](fn@cross_entropy).
#[allow(non_camel_case_types, reason = "a companion has the name of its function")]
pub struct cross_entropy {}

impl cross_entropy {
    #[doc(hidden)]
    #[track_caller]
    #[allow(clippy::type_complexity, reason = "a pullback that borrows nothing, written out")]
    pub fn __augmented<T: Real>(
        logits: &Tensor<2, T>,
        targets: &[usize],
        reduction: Reduction,
    ) -> (
        T,
        impl FnOnce(&Tensor<2, T>, &[usize], T, Slot<'_, Tensor<2, T>>, NoSlot) -> (NoTangent,) + use<T>,
    ) {
        check("cross_entropy", logits.shape, targets);
        augmented(logits, targets, T::ZERO, reduction)
    }

    #[doc(hidden)]
    #[track_caller]
    pub fn __tangent<T: Real>(
        logits: &Tensor<2, T>,
        targets: &[usize],
        reduction: Reduction,
        logits_dot: Dot<'_, Tensor<2, T>>,
        _: NoSlot,
        _: NoSlot,
    ) -> (T, T) {
        let (value, pullback) = Self::__augmented(logits, targets, reduction);
        let mut bar = Tensor::symbolic_zero();
        pullback(logits, targets, T::ONE, logits_dot.place_beside(&mut bar), NoSlot);
        (value, directional(logits_dot, &bar))
    }
}

/// Cross-entropy with label smoothing: the target distribution of a row is `1 - smoothing` on its
/// true class plus `smoothing / classes` on every class. `smoothing` is not differentiated.
///
/// `logits` is `[rows, classes]`; `targets` has one class index for each row.
///
/// # Panics
/// If there are not as many targets as rows, if a target is not a class, or if `smoothing` does not
/// lie between 0 and 1.
///
/// ```
/// # use autograd_runtime::{Tensor, loss::{Reduction, cross_entropy_smooth}};
/// let logits = Tensor::from([[0.0_f64, 0.0]]);
/// assert_eq!(cross_entropy_smooth(&logits, &[0], 0.1, Reduction::Mean), 2.0_f64.ln());
/// ```
#[track_caller]
pub fn cross_entropy_smooth<T: Real>(
    logits: &Tensor<2, T>,
    targets: &[usize],
    smoothing: T,
    reduction: Reduction,
) -> T {
    check("cross_entropy_smooth", logits.shape, targets);
    check_smoothing(smoothing);
    reduction.of_sum(smooth_sum(logits, targets, smoothing), targets.len())
}

/// The companion of [`cross_entropy_smooth`](fn@cross_entropy_smooth).
#[allow(non_camel_case_types, reason = "a companion has the name of its function")]
pub struct cross_entropy_smooth {}

impl cross_entropy_smooth {
    #[doc(hidden)]
    #[track_caller]
    #[allow(clippy::type_complexity, reason = "a pullback that borrows nothing, written out")]
    pub fn __augmented<T: Real>(
        logits: &Tensor<2, T>,
        targets: &[usize],
        smoothing: T,
        reduction: Reduction,
    ) -> (
        T,
        impl FnOnce(
            &Tensor<2, T>,
            &[usize],
            T,
            Slot<'_, Tensor<2, T>>,
            NoSlot,
        ) -> (NoTangent, NoTangent)
        + use<T>,
    ) {
        check("cross_entropy_smooth", logits.shape, targets);
        check_smoothing(smoothing);
        augmented(logits, targets, smoothing, reduction)
    }

    #[doc(hidden)]
    #[track_caller]
    #[allow(clippy::too_many_arguments, reason = "each argument has a tangent")]
    pub fn __tangent<T: Real>(
        logits: &Tensor<2, T>,
        targets: &[usize],
        smoothing: T,
        reduction: Reduction,
        logits_dot: Dot<'_, Tensor<2, T>>,
        _: NoSlot,
        _: NoSlot,
        _: NoSlot,
    ) -> (T, T) {
        let (value, pullback) = Self::__augmented(logits, targets, smoothing, reduction);
        let mut bar = Tensor::symbolic_zero();
        pullback(logits, targets, T::ONE, logits_dot.place_beside(&mut bar), NoSlot);
        (value, directional(logits_dot, &bar))
    }
}

/// Negative log-likelihood: `-log_probs[i, targets[i]]`, for what
/// [`log_softmax`](Tensor::log_softmax) gives.
///
/// `log_probs` is `[rows, classes]`; `targets` has one class index for each row.
///
/// # Panics
/// If there are not as many targets as rows, or if a target is not a class.
///
/// ```
/// # use autograd_runtime::{Tensor, loss::{Reduction, nll_loss}};
/// let log_probs = Tensor::from([[-1.0, -2.0], [-3.0, -4.0]]);
/// assert_eq!(nll_loss(&log_probs, &[1, 0], Reduction::Mean), 2.5);
/// ```
#[track_caller]
pub fn nll_loss<T: Real>(log_probs: &Tensor<2, T>, targets: &[usize], reduction: Reduction) -> T {
    check("nll_loss", log_probs.shape, targets);
    let rows = log_probs.data.chunks_exact(log_probs.shape[1].max(1));
    let losses = rows.zip(targets).map(|(row, &target)| -row[target]);
    let losses = Scratch::of(pool::collected(losses));
    reduction.of_sum(T::sum_of_terms(&losses), targets.len())
}

/// The companion of [`nll_loss`](fn@nll_loss).
#[allow(non_camel_case_types, reason = "a companion has the name of its function")]
pub struct nll_loss {}

impl nll_loss {
    #[doc(hidden)]
    #[track_caller]
    #[allow(clippy::type_complexity, reason = "a pullback that borrows nothing, written out")]
    pub fn __augmented<T: Real>(
        log_probs: &Tensor<2, T>,
        targets: &[usize],
        reduction: Reduction,
    ) -> (
        T,
        impl FnOnce(&Tensor<2, T>, &[usize], T, Slot<'_, Tensor<2, T>>, NoSlot) -> (NoTangent,) + use<T>,
    ) {
        let value = nll_loss(log_probs, targets, reduction);
        let pullback = move |log_probs: &Tensor<2, T>,
                             targets: &[usize],
                             dy: T,
                             bar: Slot<'_, Tensor<2, T>>,
                             _: NoSlot| {
            let Some(acc) = bar.wanted() else { return (NoTangent,) };
            let scale = reduction.of_sum(dy, targets.len());
            if acc.is_symbolic_zero() {
                acc.shape = log_probs.shape;
                acc.data = pool::filled(T::ZERO, log_probs.data.len());
            }
            let rows = acc.data.chunks_exact_mut(log_probs.shape[1].max(1));
            for (row, &target) in rows.zip(targets) {
                row[target] -= scale;
            }
            (NoTangent,)
        };
        (value, pullback)
    }

    #[doc(hidden)]
    #[track_caller]
    pub fn __tangent<T: Real>(
        log_probs: &Tensor<2, T>,
        targets: &[usize],
        reduction: Reduction,
        log_probs_dot: Dot<'_, Tensor<2, T>>,
        _: NoSlot,
        _: NoSlot,
    ) -> (T, T) {
        let (value, pullback) = Self::__augmented(log_probs, targets, reduction);
        let mut bar = Tensor::symbolic_zero();
        pullback(log_probs, targets, T::ONE, log_probs_dot.place_beside(&mut bar), NoSlot);
        (value, directional(log_probs_dot, &bar))
    }
}

/// The cross-entropies of all rows, summed. Keeps nothing.
fn smooth_sum<T: Real>(logits: &Tensor<2, T>, targets: &[usize], smoothing: T) -> T {
    sum_of_losses(logits, targets, smoothing, None).0
}

/// The cross-entropies of all rows, summed, and `Σ exp(x - max x)` of each row, whose summands are
/// written to `exponentials`.
fn sum_of_losses<T: Real>(
    logits: &Tensor<2, T>,
    targets: &[usize],
    smoothing: T,
    exponentials: Option<&mut [T]>,
) -> (T, Scratch<T>) {
    let columns = logits.shape[1].max(1);
    let mut maxima = Scratch::of(pool::filled(T::ZERO, targets.len()));
    let mut sums = Scratch::of(pool::filled(T::ZERO, targets.len()));
    T::exp_rows(ExpRows {
        x: &logits.data,
        columns,
        normalized: false,
        exponentials,
        maxima: &mut maxima,
        sums: &mut sums,
    });
    let mut losses = Scratch::of(Unary::Ln.map(&sums));
    let rows = logits.data.chunks_exact(columns).zip(targets).zip(maxima.iter());
    for (((row, &target), &shift), loss) in rows.zip(losses.iter_mut()) {
        *loss = row_loss(row, target, smoothing, shift, *loss);
    }
    (T::sum_of_terms(&losses), sums)
}

/// The value, and the pullback `x̄ᵢ += ȳ (softmax(xᵢ) - target distribution)`, which keeps the
/// exponentials and turns them into the gradient. `Inactive` are the tangents of the by-value
/// parameters.
#[allow(clippy::type_complexity, reason = "a pullback that borrows nothing, written out")]
fn augmented<T: Real, Inactive: Default>(
    logits: &Tensor<2, T>,
    targets: &[usize],
    smoothing: T,
    reduction: Reduction,
) -> (
    T,
    impl FnOnce(&Tensor<2, T>, &[usize], T, Slot<'_, Tensor<2, T>>, NoSlot) -> Inactive
    + use<T, Inactive>,
) {
    let classes = logits.shape[1];
    let mut exponentials =
        Tensor { shape: logits.shape, data: pool::filled(T::ZERO, logits.data.len()) };
    let (sum, sums) = sum_of_losses(logits, targets, smoothing, Some(&mut exponentials.data));
    let value = reduction.of_sum(sum, targets.len());

    let pullback = move |_: &Tensor<2, T>,
                         targets: &[usize],
                         dy: T,
                         bar: Slot<'_, Tensor<2, T>>,
                         _: NoSlot| {
        let Some(acc) = bar.wanted() else { return Inactive::default() };
        let scale = reduction.of_sum(dy, targets.len());
        let everywhere = smoothing / T::from_usize(classes);
        let rows = exponentials.data.chunks_exact_mut(classes.max(1));
        for ((row, &target), &sum) in rows.zip(targets).zip(sums.iter()) {
            // scale (e / sum - everywhere), and less the rest of the distribution at the target.
            let at_target = row[target] / sum - (T::ONE - smoothing);
            Unary::Centred(sum, everywhere, scale).update(row);
            row[target] = scale * (at_target - everywhere);
        }
        acc.accumulate(exponentials);
        Inactive::default()
    };
    (value, pullback)
}

/// The cross-entropy of one row, given its maximum `shift` and `ln_sum = ln Σ exp(x - shift)`.
fn row_loss<T: Real>(row: &[T], target: usize, smoothing: T, shift: T, ln_sum: T) -> T {
    let on_target = ln_sum - (row[target] - shift);
    if smoothing == T::ZERO {
        // Also where other logits are infinite, whose loss times 0 would be NaN.
        return on_target;
    }
    let mean = sum_of(row, |x| x - shift) / T::from_usize(row.len());
    (T::ONE - smoothing) * on_target + smoothing * (ln_sum - mean)
}

#[track_caller]
fn check(op: &str, [rows, classes]: [usize; 2], targets: &[usize]) {
    assert!(
        targets.len() == rows,
        "{op}: [{rows}, {classes}] has {rows} rows, but there are {} targets",
        targets.len()
    );
    if let Some((row, target)) = targets.iter().enumerate().find(|(_, target)| **target >= classes)
    {
        panic!("{op}: target {target} of row {row} is not one of the {classes} classes");
    }
}

#[track_caller]
fn check_smoothing<T: Real>(smoothing: T) {
    assert!(
        (T::ZERO..=T::ONE).contains(&smoothing),
        "cross_entropy_smooth: smoothing is {smoothing}, it must lie between 0 and 1"
    );
}
