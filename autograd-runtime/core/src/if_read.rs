//! Arguments that a callee may change, as they were before the call.
//!
//! Whether a callee takes such an argument by `&mut` or by `&` is known to the type checker and not to the macro.
//! By `&`, the pullback takes the argument again; by `&mut`, nothing is to be kept of it. What is kept is therefore
//! of a type that follows from that of the pullback.

use crate::private::Unread;
use std::borrow::Borrow;

/// Whether a callee reads an argument again.
pub trait Reading {
    /// What is kept of a copy.
    type Kept<K>;
    /// Keeps a copy, which is made if it is kept.
    fn keep<K>(copy: impl FnOnce() -> K) -> Self::Kept<K>;
}

/// It does.
pub struct Reads;

/// It changes it.
pub struct Changes;

impl Reading for Reads {
    type Kept<K> = K;
    #[inline(always)]
    fn keep<K>(copy: impl FnOnce() -> K) -> K {
        copy()
    }
}

impl Reading for Changes {
    type Kept<K> = ();
    #[inline(always)]
    fn keep<K>(_: impl FnOnce() -> K) {}
}

/// A copy of an argument if the callee reads it again, else nothing.
pub struct IfRead<R: Reading, K>(R::Kept<K>);

impl<R: Reading, K> IfRead<R, K> {
    /// Keeps the copy.
    #[inline(always)]
    pub fn of(copy: impl FnOnce() -> K) -> Self {
        Self(R::keep(copy))
    }

    /// The copy, or `()`.
    #[inline(always)]
    pub fn into_inner(self) -> R::Kept<K> {
        self.0
    }
}

/// What a callee takes again of an argument of which a `K` is a copy.
pub trait ReadAgain<'a, K>: Sized {
    /// Whether it reads it.
    type How: Reading;
    /// Of what was kept.
    fn of(kept: &'a IfRead<Self::How, K>) -> Self;
}

impl<'a, K> ReadAgain<'a, K> for Unread {
    type How = Changes;
    #[inline(always)]
    fn of(_: &'a IfRead<Changes, K>) -> Self {
        Self
    }
}

impl<'a, K: Borrow<T>, T: ?Sized> ReadAgain<'a, K> for &'a T {
    type How = Reads;
    #[inline(always)]
    fn of(kept: &'a IfRead<Reads, K>) -> Self {
        kept.0.borrow()
    }
}

/// Gives an argument again, as the callee takes it.
#[inline(always)]
pub fn read_again<'a, K, A: ReadAgain<'a, K>>(kept: &'a IfRead<A::How, K>) -> A {
    A::of(kept)
}

#[cfg(test)]
mod tests {
    use super::{IfRead, read_again};
    use crate::private::Unread;

    #[test]
    fn a_copy_is_made_for_a_reader() {
        let kept = IfRead::of(|| vec![1.0, 2.0]);
        let pullback = |x: &[f64]| x[1];
        assert_eq!(pullback(read_again(&kept)), 2.0);
        assert_eq!(kept.into_inner(), [1.0, 2.0]);
    }

    #[test]
    fn none_is_made_for_what_is_changed() {
        let kept = IfRead::of(|| -> Vec<f64> { unreachable!("nobody reads it") });
        let pullback = |_: Unread| 3.0;
        assert_eq!(pullback(read_again(&kept)), 3.0);
        let () = kept.into_inner();
    }
}
