//! Rules of the user's, `#[differentiable(vjp = rule, jvp = rule)]`.

use crate::private::Witness;
use crate::{Differentiable, Real, Tangent, TangentVisitor};

/// The pullback of a rule. That it is one is asked for where it is made, and there alone.
pub struct Pullback<P, C, G> {
    pullback: P,
    run: fn(P, C) -> G,
}

impl<P, C, G> Pullback<P, C, G> {
    /// The gradient for a cotangent.
    #[inline(always)]
    pub fn run(self, cotangent: C) -> G {
        (self.run)(self.pullback, cotangent)
    }
}

/// What a rule returns: the value `V`, and a pullback from its cotangent `C` to the gradient `G`.
#[inline(always)]
pub fn rule<V, C, G, P: FnOnce(C) -> G>(ruled: (V, P)) -> (V, Pullback<P, C, G>) {
    let (value, pullback) = ruled;
    (value, Pullback { pullback, run: |pullback, cotangent| pullback(cotangent) })
}

/// The same of a rule that takes arguments by reference, which its pullback must not keep.
#[inline(always)]
pub fn owned_rule<V, C, G, P: FnOnce(C) -> G + 'static>(ruled: (V, P)) -> (V, Pullback<P, C, G>) {
    rule(ruled)
}

/// The gradient that a rule gives for an argument.
///
/// # Panics
/// If it does not have as many elements as the argument, and is not a symbolic zero.
#[track_caller]
pub fn fitting<D: Differentiable + ?Sized>(
    argument: &Witness<D>,
    mut gradient: D::Tangent,
    name: &str,
) -> D::Tangent {
    let given = count(&mut gradient);
    let expected = count(&mut argument.zeros());
    assert!(
        given == expected || given == 0,
        "the rule gives a gradient of {given} elements for `{name}`, which has {expected}"
    );
    gradient
}

/// What a rule for forward mode returns: the value `V` and its tangent `D`.
#[inline(always)]
pub fn tangent_rule<V, D>(ruled: (V, D)) -> (V, D) {
    ruled
}

/// The tangent that a rule gives of its value, written out if it is a symbolic zero.
///
/// # Panics
/// If it does not have as many elements as the value.
#[track_caller]
pub fn fitting_tangent<D: Differentiable>(value: &D, mut tangent: D::Tangent) -> D::Tangent {
    let shape = value.tangent_shape();
    let expected = count(&mut D::zeros(&shape));
    D::materialize(&shape, &mut tangent);
    let given = count(&mut tangent);
    assert!(
        given == expected,
        "the rule gives a tangent of {given} elements for the value, which has {expected}"
    );
    tangent
}

fn count(tangent: &mut impl Tangent) -> usize {
    struct Count(usize);
    impl TangentVisitor for Count {
        fn visit<T: Real>(&mut self, gradient: &mut [T]) {
            self.0 += gradient.len();
        }
    }
    let mut count = Count(0);
    tangent.visit_tangents(&mut count);
    count.0
}
