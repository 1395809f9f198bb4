//! The memory of generated code: stacks of residuals, and lists that are made of memory which was used
//! before. After the first call a gradient allocates nothing.

use crate::kernel::{Frames, Latest, OpenFrames, pool};
use crate::{Differentiable, Tangent};
use std::ops::{Deref, DerefMut};

/// The residuals of a loop, one frame an iteration.
pub struct Stack<T>(Vec<T>);

impl<T> Stack<T> {
    /// An empty stack.
    #[inline(always)]
    #[allow(clippy::new_without_default, reason = "generated code spells out what it makes")]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The frames of a run of a loop that makes all of its iterations. They go back with `put`.
    #[inline(always)]
    pub fn frames(&mut self, trips: &impl Iterator) -> Frames<T> {
        let trips = trips.size_hint().0;
        self.make_room(trips);
        Frames::new(std::mem::take(&mut self.0), trips)
    }

    /// Puts back what `frames` gave.
    #[inline(always)]
    pub fn put(&mut self, frames: Frames<T>) {
        self.0 = frames.finish();
    }

    /// The frames of a run of a loop that may be left early, with room for as many as is known how many there will be.
    /// They go back with `put_open`.
    #[inline(always)]
    pub fn open(&mut self, trips: &impl Iterator) -> OpenFrames<T> {
        /// No more than so many frames are taken for granted.
        const MOST: usize = 1024;
        self.make_room(trips.size_hint().0.min(MOST));
        OpenFrames::new(std::mem::take(&mut self.0))
    }

    /// Puts back what `open` gave.
    #[inline(always)]
    pub fn put_open(&mut self, frames: OpenFrames<T>) {
        self.0 = frames.finish();
    }

    /// The frames of the latest run. The earlier ones go back with `put_earlier`.
    #[inline(always)]
    pub fn latest(&mut self, trips: &impl Iterator) -> Latest<T> {
        Latest::new(std::mem::take(&mut self.0), trips.size_hint().0)
    }

    /// Puts back the frames of earlier runs.
    #[inline(always)]
    pub fn put_earlier(&mut self, latest: Latest<T>) {
        self.0 = latest.finish();
    }

    /// Whether the frames of a run may be left out unread.
    #[inline(always)]
    pub const fn may_skip(&self) -> bool {
        !std::mem::needs_drop::<T>()
    }

    /// Whether frames hold nothing, so that it does not matter how many there are.
    #[inline(always)]
    pub const fn is_of_nothing(&self) -> bool {
        std::mem::size_of::<T>() == 0 && self.may_skip()
    }

    /// Leaves the frames of the latest run out.
    #[inline(always)]
    pub fn skip(&mut self, trips: &impl Iterator) {
        self.0.truncate(self.0.len() - trips.size_hint().0);
    }

    /// Makes room for `trips` more frames.
    #[inline(always)]
    fn make_room(&mut self, trips: usize) {
        if self.0.capacity() - self.0.len() < trips {
            self.0 = pool::grown_stack(std::mem::take(&mut self.0), trips);
        }
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

/// `Vec::new()`, of a list that is going to grow.
#[inline]
pub fn vec_to_grow<T>() -> Vec<T> {
    pool::take_to_grow()
}

/// Fills a list that has room with what a loop makes in each iteration.
#[inline(always)]
pub fn fill<I, T>(list: &mut Vec<T>, trips: impl Iterator<Item = I>, element: impl FnMut(I) -> T) {
    list.extend(trips.map(element));
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

/// `vec![elements…]`, of a list that is going to grow.
#[inline]
pub fn vec_of_to_grow<T, const N: usize>(elements: [T; N]) -> Vec<T> {
    let mut list = pool::take_at_first(N);
    list.extend(elements);
    list
}

/// Makes room for one element more.
#[inline(always)]
pub fn make_room<T>(list: &mut Vec<T>) {
    if list.len() == list.capacity() {
        *list = pool::grown(std::mem::take(list));
        if list.len() == list.capacity() {
            // Never: so that it need not be asked again before the push.
            unreachable!("a list that has grown has room");
        }
    }
}

/// `slice.to_vec()`
#[inline]
pub fn vec_copied<T: Clone>(slice: &[T]) -> Vec<T> {
    let mut list = pool::take(slice.len());
    list.extend_from_slice(slice);
    list
}

/// Copies what it refers to, a list with memory that was given back. The macro does not see of every value
/// whether it is a list: the methods of this type are found first if it is, those of `CopyingAny` otherwise.
pub struct Copying<'a, T: ?Sized>(CopyingAny<'a, T>);

/// Copies what it refers to.
pub struct CopyingAny<'a, T: ?Sized>(&'a T);

impl<'a, T: ?Sized> Copying<'a, T> {
    /// Of what is copied.
    #[inline(always)]
    pub const fn of(value: &'a T) -> Self {
        Self(CopyingAny(value))
    }
}

impl<'a, T: ?Sized> Deref for Copying<'a, T> {
    type Target = CopyingAny<'a, T>;
    #[inline(always)]
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<T: Clone> Copying<'_, Vec<T>> {
    /// A copy.
    #[inline(always)]
    pub fn copy(&self) -> Vec<T> {
        vec_copied(self.0.0)
    }
    /// What `clone`, the user's expression, gives of it.
    #[inline(always)]
    pub fn copy_as(&self, _: impl FnOnce() -> Vec<T>) -> Vec<T> {
        self.copy()
    }
}

/// As `Copying`, of what may be a slice.
pub struct CopyingSlice<'a, T: ?Sized>(CopyingAny<'a, T>);

impl<'a, T: ?Sized> CopyingSlice<'a, T> {
    /// Of what is copied.
    #[inline(always)]
    pub const fn of(value: &'a T) -> Self {
        Self(CopyingAny(value))
    }
}

impl<'a, T: ?Sized> Deref for CopyingSlice<'a, T> {
    type Target = CopyingAny<'a, T>;
    #[inline(always)]
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<T: Clone> CopyingSlice<'_, [T]> {
    /// A copy.
    #[inline(always)]
    pub fn copy(&self) -> Vec<T> {
        vec_copied(self.0.0)
    }
}

impl<T: ?Sized> CopyingAny<'_, T> {
    /// A copy.
    #[inline(always)]
    pub fn copy(&self) -> T::Owned
    where
        T: ToOwned,
    {
        self.0.to_owned()
    }
    /// What `clone`, the user's expression, gives of it.
    #[allow(clippy::unused_self, reason = "the method of the same name of a list reads it")]
    #[inline(always)]
    pub fn copy_as<R>(&self, clone: impl FnOnce() -> R) -> R {
        clone()
    }
}

/// Gives back the memory of a value, if it is a list, in the way of `Copying`.
pub struct Recycling<T>(RecyclingAny<T>);

/// Does nothing.
pub struct RecyclingAny<T>(Option<T>);

impl<T> Recycling<T> {
    /// Of what is used up.
    #[inline(always)]
    pub const fn of(value: T) -> Self {
        Self(RecyclingAny(Some(value)))
    }
}

impl<T> Deref for Recycling<T> {
    type Target = RecyclingAny<T>;
    #[inline(always)]
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<T> DerefMut for Recycling<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl<T> Recycling<Vec<T>> {
    /// Gives the memory back.
    #[inline(always)]
    pub fn give(&mut self) {
        self.0.0.take().into_iter().for_each(pool::give);
    }
}

impl<T> RecyclingAny<T> {
    /// Drops the value.
    #[inline(always)]
    pub fn give(&mut self) {
        self.0 = None;
    }
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
