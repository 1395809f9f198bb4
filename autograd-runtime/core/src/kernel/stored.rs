//! Functions of a type that is not known, in memory of the thread's store.

use super::cells;
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;

/// What a `Box<D>` is, in memory that is used again: the pullback of a function that calls itself, with
/// `dyn FnMut(…) -> …` for `D`.
///
/// A call looks through this type, so that whoever calls a pullback need not know which kind it is.
pub struct Stored<D: ?Sized> {
    /// A value of `cells::place`, which nobody else has.
    held: NonNull<dyn Holds<D>>,
}

impl<D: ?Sized> Stored<D> {
    /// Moves a function to memory of its own. What makes a `D` of it is a coercion, `|f| f`, written where
    /// both types are known.
    #[inline]
    pub fn new<F: 'static>(
        function: F,
        shared: impl Fn(&F) -> &D + 'static,
        unique: impl Fn(&mut F) -> &mut D + 'static,
    ) -> Self {
        Self { held: cells::place(Held { function, shared, unique }) }
    }
}

/// A value of a type that is not known, as a `D`.
trait Holds<D: ?Sized> {
    fn shared(&self) -> &D;
    fn unique(&mut self) -> &mut D;
    /// What drops a value of this type that stands in memory of the store. It is to be called once, with
    /// the value.
    fn release(&self) -> unsafe fn(NonNull<()>);
}

struct Held<F, S, U> {
    function: F,
    shared: S,
    unique: U,
}

impl<D, F, S, U> Holds<D> for Held<F, S, U>
where
    D: ?Sized,
    S: Fn(&F) -> &D,
    U: Fn(&mut F) -> &mut D,
{
    #[inline]
    fn shared(&self) -> &D {
        (self.shared)(&self.function)
    }

    #[inline]
    fn unique(&mut self) -> &mut D {
        (self.unique)(&mut self.function)
    }

    #[inline]
    fn release(&self) -> unsafe fn(NonNull<()>) {
        // SAFETY: whoever calls it has a value of this type that `place` gave, and does not use it
        // afterwards.
        |held| unsafe { cells::drop_in_cell(held.cast::<Self>()) }
    }
}

impl<D: ?Sized> Deref for Stored<D> {
    type Target = D;
    #[inline]
    fn deref(&self) -> &D {
        // SAFETY: the value lives until `self` is dropped, and is borrowed as `self` is.
        unsafe { self.held.as_ref() }.shared()
    }
}

impl<D: ?Sized> DerefMut for Stored<D> {
    #[inline]
    fn deref_mut(&mut self) -> &mut D {
        // SAFETY: the value lives until `self` is dropped, and is borrowed as `self` is: by nobody else.
        unsafe { self.held.as_mut() }.unique()
    }
}

impl<D: ?Sized> Drop for Stored<D> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the value lives until here.
        let release = unsafe { self.held.as_ref() }.release();
        // SAFETY: `release` is that of the value's own type; `place` gave the value to `new`, and it is
        // not used any more.
        unsafe { release(self.held.cast()) }
    }
}

#[cfg(test)]
mod tests {
    use super::Stored;
    use std::cell::Cell;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::rc::Rc;

    type Sum = dyn FnMut(&[f64], f64) -> (f64,);

    /// As generated code does it: a function that can be called once.
    fn once(function: impl FnOnce(&[f64], f64) -> (f64,) + 'static) -> Stored<Sum> {
        let mut once = Some(function);
        let many = move |a: &[f64], b: f64| once.take().expect("the first call")(a, b);
        Stored::<Sum>::new(many, |f| f, |f| f)
    }

    #[test]
    fn a_call_looks_through_it() {
        let pullback = once(|a, b| (a[0] + b,));
        assert_eq!({ pullback }(&[1.0], 2.0), (3.0,));
        let kept = vec![3.0; 40];
        let (_, pullback) = (1, once(move |a, b| (a[0] + b + kept[39],)));
        assert_eq!({ pullback }(&[1.0], 2.0), (6.0,));
    }

    #[test]
    fn what_it_owns_is_dropped_once() {
        let owned = Rc::new(());
        let make = || {
            let owned = Rc::clone(&owned);
            once(move |_, b| (b + Rc::strong_count(&owned) as f64,))
        };
        let (called, dropped) = (make(), make());
        assert_eq!(Rc::strong_count(&owned), 3);
        assert_eq!({ called }(&[], 0.0), (3.0,));
        assert_eq!(Rc::strong_count(&owned), 2);
        drop(dropped);
        assert_eq!(Rc::strong_count(&owned), 1);
    }

    #[test]
    fn a_panic_of_the_call_drops_it() {
        let owned = Rc::new(());
        let inside = Rc::clone(&owned);
        let pullback = once(move |a, _| (a[Rc::strong_count(&inside)],));
        let called = catch_unwind(AssertUnwindSafe(|| { pullback }(&[1.0], 2.0)));
        assert!(called.is_err());
        assert_eq!(Rc::strong_count(&owned), 1);
    }

    #[test]
    fn functions_of_all_sizes() {
        #[derive(Clone, Copy)]
        #[repr(align(32))]
        struct Aligned([f64; 4]);
        let aligned = Aligned([1.0, 2.0, 3.0, 4.0]);
        let large = [5.0; 1000];
        let byte = 6_u8;
        let aligned = once(move |a, b| {
            let it = aligned;
            (a[0] + b * it.0[3] + ((&raw const it).addr() % 32) as f64,)
        });
        assert_eq!({ aligned }(&[1.0], 2.0), (9.0,));
        let large = once(move |a, b| (a[0] + b * large[999],));
        assert_eq!({ large }(&[1.0], 2.0), (11.0,));
        let small = once(move |a, b| (a[0] + b * f64::from(byte),));
        assert_eq!({ small }(&[1.0], 2.0), (13.0,));
    }

    #[test]
    fn functions_without_a_size() {
        thread_local!(static CALLS: Cell<u32> = const { Cell::new(0) });
        let mut count = Stored::<dyn FnMut()>::new(|| CALLS.set(CALLS.get() + 1), |f| f, |f| f);
        count();
        count();
        drop(count);
        assert_eq!(CALLS.get(), 2);
    }

    #[test]
    fn it_is_seen_without_a_call() {
        let stored = Stored::<dyn std::fmt::Debug>::new([1, 2], |x| x, |x| x);
        assert_eq!(format!("{:?}", &*stored), "[1, 2]");
    }

    #[test]
    fn one_within_another() {
        fn nested(depth: u32) -> Stored<Sum> {
            if depth == 0 {
                return once(|_, b| (b,));
            }
            let inner = nested(depth - 1);
            once(move |a, b| {
                let (b,) = { inner }(a, b);
                (b + a[0],)
            })
        }
        assert_eq!({ nested(100) }(&[1.0], 0.5), (100.5,));
        drop(nested(100));
    }
}
