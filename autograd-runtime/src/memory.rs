//! The memory of generated code: stacks of residuals, and lists that are made of memory which was used
//! before. After the first call a gradient allocates nothing.

use crate::kernel::pool;
use crate::private::recorded;
use crate::{Differentiable, Tangent};

/// The residuals of a loop, one frame an iteration.
pub struct Stack<T>(Vec<T>);

impl<T> Stack<T> {
    /// An empty stack.
    #[inline(always)]
    #[allow(clippy::new_without_default, reason = "generated code spells out what it makes")]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Makes room for the frames of a loop, as far as it is known how many there will be.
    #[inline(always)]
    pub fn reserve(&mut self, trips: &impl Iterator) {
        /// A loop may be left early: no more than so many frames are taken for granted.
        const MOST: usize = 1024;
        let trips = trips.size_hint().0.min(MOST);
        if self.0.capacity() == 0 {
            self.0 = pool::take(trips);
        } else {
            self.0.reserve(trips);
        }
    }

    /// Keeps the frame of an iteration.
    #[inline(always)]
    pub fn push(&mut self, frame: T) {
        if self.0.len() == self.0.capacity() {
            self.grow();
        }
        self.0.push(frame);
    }

    /// Moves to twice the room, in memory that was given back if there is any.
    #[cold]
    fn grow(&mut self) {
        let mut larger = pool::take((2 * self.0.capacity()).max(4));
        larger.append(&mut self.0);
        pool::give(std::mem::replace(&mut self.0, larger));
    }

    /// The frame of the latest iteration that has not been reversed.
    #[inline(always)]
    pub fn pop(&mut self) -> T {
        recorded(self.0.pop())
    }
}

impl<T> Drop for Stack<T> {
    #[inline(always)]
    fn drop(&mut self) {
        if self.0.capacity() > 0 {
            pool::give(std::mem::take(&mut self.0));
        }
    }
}

/// `Vec::with_capacity(capacity)`
#[inline]
pub fn vec_with_capacity<T>(capacity: usize) -> Vec<T> {
    pool::take(capacity)
}

/// `vec![value; len]`
#[inline]
pub fn vec_repeat<T: Clone>(value: T, len: usize) -> Vec<T> {
    let mut list = pool::take(len);
    list.resize(len, value);
    list
}

/// `vec![elements…]`
#[inline]
pub fn vec_of<T, const N: usize>(elements: [T; N]) -> Vec<T> {
    let mut list = pool::take(N);
    list.extend(elements);
    list
}

/// `slice.to_vec()`
#[inline]
pub fn vec_copied<T: Clone>(slice: &[T]) -> Vec<T> {
    let mut list = pool::take(slice.len());
    list.extend_from_slice(slice);
    list
}

/// What gives its memory back when it is used up: lists do, references to them have none.
pub trait Recycle {
    /// Gives the memory back.
    fn recycle(self);
}

impl<T> Recycle for Vec<T> {
    #[inline(always)]
    fn recycle(self) {
        pool::give(self);
    }
}

impl<T: ?Sized> Recycle for &T {
    #[inline(always)]
    fn recycle(self) {}
}

impl<T: ?Sized> Recycle for &mut T {
    #[inline(always)]
    fn recycle(self) {}
}

/// Gives the memory of a list back.
#[inline(always)]
pub fn recycle<T: Recycle>(list: T) {
    list.recycle();
}

/// Gives the memory of a value back.
#[inline(always)]
pub fn recycle_value<D: Differentiable>(value: D) {
    value.recycle();
}

/// Gives the memory of a cotangent back.
#[inline(always)]
pub fn recycle_bar<T: Tangent>(cotangent: T) {
    cotangent.recycle();
}
