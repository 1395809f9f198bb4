//! Stopping at the first cotangent that is not a number, for `#[differentiable(anomaly)]`.

use crate::{Real, Tangent, TangentVisitor};

/// What can be searched for a NaN.
pub trait Watch {
    /// Calls `visitor` with every buffer.
    fn visit(&mut self, visitor: &mut Search);
}

impl<T: Tangent> Watch for T {
    fn visit(&mut self, visitor: &mut Search) {
        self.visit_tangents(visitor);
    }
}

impl<T: Tangent> Watch for [T] {
    fn visit(&mut self, visitor: &mut Search) {
        self.iter_mut().for_each(|element| element.visit_tangents(visitor));
    }
}

/// Whether a NaN was met.
pub struct Search(bool);

impl TangentVisitor for Search {
    fn visit<T: Real>(&mut self, gradient: &mut [T]) {
        self.0 |= gradient.iter().any(|x| x.is_nan());
    }
}

/// Stops at a cotangent that holds a NaN.
///
/// # Panics
/// If it does, with the user's line.
#[track_caller]
pub fn watch<P: Watch + ?Sized>(cotangent: &mut P, what: &str, line: &str) {
    let mut search = Search(false);
    cotangent.visit(&mut search);
    assert!(!search.0, "anomaly: the cotangent{what} is NaN, first in the reverse of {line}");
}
