//! A stack in an array: the residuals of a loop of which it is known how often it runs at most.

use std::mem::MaybeUninit;

/// The residuals of a loop of at most `N` iterations, one frame an iteration.
pub struct ArrayStack<T, const N: usize> {
    /// The first `len` are initialised.
    frames: [MaybeUninit<T>; N],
    len: usize,
}

impl<T, const N: usize> ArrayStack<T, N> {
    /// An empty stack.
    #[inline(always)]
    #[allow(clippy::new_without_default, reason = "generated code spells out what it makes")]
    pub const fn new() -> Self {
        Self { frames: [const { MaybeUninit::uninit() }; N], len: 0 }
    }

    /// Keeps the frame of an iteration.
    ///
    /// # Panics
    ///
    /// If there are `N` frames already.
    #[inline(always)]
    pub fn push(&mut self, frame: T) {
        self.frames[self.len].write(frame);
        self.len += 1;
    }

    /// The frame of the latest iteration that has not been reversed.
    ///
    /// # Panics
    ///
    /// If there is none.
    #[inline(always)]
    pub fn pop(&mut self) -> T {
        let last = self
            .len
            .checked_sub(1)
            .expect("the forward pass records a frame for each that is read");
        self.len = last;
        // SAFETY: the first `last + 1` frames were initialised; this one is not counted any more, so that
        // nobody reads it again.
        unsafe { self.frames[last].assume_init_read() }
    }
}

impl<T, const N: usize> Drop for ArrayStack<T, N> {
    #[inline(always)]
    fn drop(&mut self) {
        if std::mem::needs_drop::<T>() {
            while self.len > 0 {
                drop(self.pop());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ArrayStack;
    use std::rc::Rc;

    #[test]
    fn frames_come_back_in_reverse() {
        let mut stack = ArrayStack::<_, 3>::new();
        for word in ["one", "two", "three"] {
            stack.push(word.to_owned());
        }
        assert_eq!([stack.pop(), stack.pop(), stack.pop()], ["three", "two", "one"]);
    }

    #[test]
    fn what_is_not_read_is_dropped_once() {
        let frame = Rc::new(());
        let mut stack = ArrayStack::<_, 4>::new();
        for _ in 0..3 {
            stack.push(Rc::clone(&frame));
        }
        drop(stack.pop());
        assert_eq!(Rc::strong_count(&frame), 3);
        let moved = stack;
        drop(moved);
        assert_eq!(Rc::strong_count(&frame), 1);
    }

    #[test]
    #[should_panic(expected = "index out of bounds")]
    fn no_more_than_there_is_room_for() {
        let mut stack = ArrayStack::<_, 1>::new();
        stack.push(1);
        stack.push(2);
    }

    #[test]
    #[should_panic(expected = "a frame for each that is read")]
    fn no_more_than_there_are() {
        ArrayStack::<u8, 2>::new().pop();
    }
}
