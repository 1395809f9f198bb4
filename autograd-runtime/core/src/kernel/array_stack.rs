//! A stack in an array: the residuals of a loop of which it is known how often it runs at most.

use std::mem::{ManuallyDrop, MaybeUninit};

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

    /// The frames of a loop that has made all of its iterations.
    ///
    /// # Panics
    ///
    /// If it has not.
    #[inline(always)]
    pub fn finish(self) -> ArrayFrames<T, N> {
        assert!(self.len == N, "a loop made fewer iterations than it said");
        let stack = ManuallyDrop::new(self);
        // SAFETY: all `N` frames were initialised, `MaybeUninit` is laid out as what it holds, and the stack is
        // not dropped, so that nobody else owns them.
        ArrayFrames(unsafe { (&raw const stack.frames).cast::<[T; N]>().read() })
    }
}

/// What an [`ArrayStack`] with all of its frames becomes in the frame around it. Their number is part of the type:
/// where a frame takes no memory, as the shapes of scalars do, neither do all of them.
pub struct ArrayFrames<T, const N: usize>([T; N]);

impl<T, const N: usize> ArrayFrames<T, N> {
    /// The stack again, for the reverse pass.
    #[inline(always)]
    pub fn reversed(self) -> ArrayStack<T, N> {
        ArrayStack { frames: self.0.map(MaybeUninit::new), len: N }
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
    fn frames_of_a_whole_loop_come_back_in_reverse_and_are_dropped_once() {
        let frame = Rc::new(());
        let mut stack = ArrayStack::<_, 3>::new();
        (0..3).for_each(|step| stack.push((step, Rc::clone(&frame))));
        let mut reversed = stack.finish().reversed();
        assert_eq!([reversed.pop().0, reversed.pop().0], [2, 1]);
        assert_eq!(Rc::strong_count(&frame), 2);
        drop(reversed);
        assert_eq!(Rc::strong_count(&frame), 1);
        let mut stack = ArrayStack::<_, 1>::new();
        stack.push(Rc::clone(&frame));
        drop(stack.finish());
        assert_eq!(Rc::strong_count(&frame), 1);
    }

    #[test]
    fn frames_of_no_size_take_none() {
        let mut stack = ArrayStack::<_, 2>::new();
        [(), ()].into_iter().for_each(|frame| stack.push(frame));
        let frames = stack.finish();
        assert_eq!(size_of_val(&frames), 0);
        let mut reversed = frames.reversed();
        reversed.pop();
        reversed.pop();
    }

    #[test]
    #[should_panic(expected = "fewer iterations")]
    fn what_is_not_full_is_not_finished() {
        let mut stack = ArrayStack::<_, 2>::new();
        stack.push(String::new());
        stack.finish();
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
