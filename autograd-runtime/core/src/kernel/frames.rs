//! The frames of one run of a loop.
//!
//! The frames of all runs of a loop stand on its stack, one run behind the other. While a run goes on they are in a
//! variable of their own, of which nothing knows but the loop, so that its length is in a register. A run of which it is
//! known how many iterations it makes has room for all of them beforehand.

use super::pool;

/// What a run that goes on writes behind the frames of earlier runs.
pub struct Frames<T> {
    earlier: Vec<T>,
    trips: usize,
    written: usize,
}

impl<T> Frames<T> {
    /// Room for `trips` frames behind `earlier`.
    #[inline(always)]
    pub(crate) fn new(mut earlier: Vec<T>, trips: usize) -> Self {
        earlier.reserve(trips);
        Self { earlier, trips, written: 0 }
    }

    /// Keeps the frame of an iteration.
    ///
    /// # Panics
    /// If there is no room left.
    #[inline(always)]
    pub fn push(&mut self, frame: T) {
        // What takes no room needs none.
        if std::mem::size_of::<T>() > 0 && self.written >= self.trips {
            no_room();
        }
        // SAFETY: `new` made room for `trips` elements behind those that `earlier` has, whose length does
        // not change before `finish`; `written` is less than `trips`, or an element has no size.
        unsafe { self.earlier.as_mut_ptr().add(self.earlier.len() + self.written).write(frame) };
        self.written += 1;
    }

    /// All frames, those of this run last.
    #[inline(always)]
    pub(crate) fn finish(mut self) -> Vec<T> {
        // SAFETY: there is room for `trips` elements behind those of `earlier`, of which the first
        // `written` were written.
        unsafe { self.earlier.set_len(self.earlier.len() + self.written) };
        self.earlier
    }
}

/// As [`Frames`], of a run that may end earlier or later than expected.
pub struct OpenFrames<T>(Vec<T>);

impl<T> OpenFrames<T> {
    /// Behind `earlier`.
    #[inline(always)]
    pub(crate) fn new(earlier: Vec<T>) -> Self {
        Self(earlier)
    }

    /// Keeps the frame of an iteration.
    #[inline(always)]
    pub fn push(&mut self, frame: T) {
        if self.0.len() == self.0.capacity() {
            self.0 = pool::grown(std::mem::take(&mut self.0));
        }
        self.0.push(frame);
    }

    /// All frames, those of this run last.
    #[inline(always)]
    pub(crate) fn finish(self) -> Vec<T> {
        self.0
    }
}

/// The frames of the latest run, which its reverse takes from the last one on.
pub struct Latest<T> {
    earlier: Vec<T>,
    left: usize,
}

impl<T> Latest<T> {
    /// Of a run of `trips` iterations, which are the last in `frames`.
    #[inline(always)]
    pub(crate) fn new(mut frames: Vec<T>, trips: usize) -> Self {
        let Some(earlier) = frames.len().checked_sub(trips) else { too_few() };
        // SAFETY: this is no more than the length.
        unsafe { frames.set_len(earlier) };
        Self { earlier: frames, left: trips }
    }

    /// The frame of the latest iteration that has not been reversed.
    ///
    /// # Panics
    /// If there is none.
    #[inline(always)]
    pub fn pop(&mut self) -> T {
        if self.left == 0 {
            too_few();
        }
        self.left -= 1;
        // SAFETY: `new` made the length of `earlier` smaller by as many elements as were left then. These are
        // still there and belong to nobody else; `left` becomes less each time, so that each is read once.
        unsafe { self.earlier.as_mut_ptr().add(self.earlier.len() + self.left).read() }
    }

    /// The frames of the iterations that have not been reversed, in the order of the forward pass.
    #[inline(always)]
    pub fn all(&self) -> &[T]
    where
        T: Copy,
    {
        let start = self.earlier.len();
        // SAFETY: as in `pop`: these elements are still there, and nobody takes them while they are borrowed.
        unsafe { std::slice::from_raw_parts(self.earlier.as_ptr().add(start), self.left) }
    }

    /// The frames of earlier runs.
    #[inline(always)]
    pub(crate) fn finish(self) -> Vec<T> {
        self.earlier
    }
}

#[cold]
fn no_room() -> ! {
    panic!("a loop made more iterations than it said")
}

#[cold]
fn too_few() -> ! {
    panic!("a loop's reverse makes more iterations than it did")
}

#[cfg(test)]
mod tests {
    use super::{Frames, Latest, OpenFrames};
    use std::rc::Rc;

    #[test]
    fn runs_stand_behind_one_another() {
        let mut stack = Vec::new();
        for run in 0..3 {
            let mut frames = Frames::new(stack, run + 1);
            (0..=run).for_each(|step| frames.push((run, step.to_string())));
            stack = frames.finish();
        }
        assert_eq!(stack.len(), 6);
        for run in (0..3).rev() {
            let mut frames = Latest::new(stack, run + 1);
            for step in (0..=run).rev() {
                assert_eq!(frames.pop(), (run, step.to_string()));
            }
            stack = frames.finish();
        }
        assert!(stack.is_empty());
    }

    #[test]
    fn frames_are_read_without_being_taken() {
        let mut frames = Frames::new(vec![1, 2], 3);
        (3..6).for_each(|frame| frames.push(frame));
        let mut latest = Latest::new(frames.finish(), 3);
        assert_eq!(latest.all(), [3, 4, 5]);
        assert_eq!(latest.pop(), 5);
        assert_eq!(latest.all(), [3, 4]);
        assert_eq!(latest.finish(), [1, 2]);
    }

    #[test]
    fn an_open_run_grows() {
        let mut frames = OpenFrames::new(vec![0]);
        (1..100).for_each(|step| frames.push(step));
        let mut latest = Latest::new(frames.finish(), 99);
        (1..100).rev().for_each(|step| assert_eq!(latest.pop(), step));
        assert_eq!(latest.finish(), [0]);
    }

    #[test]
    fn each_frame_is_dropped_once() {
        let shared = Rc::new(());
        let mut frames = Frames::new(vec![Rc::clone(&shared)], 2);
        frames.push(Rc::clone(&shared));
        // The run ended early.
        let stack = frames.finish();
        assert_eq!((stack.len(), Rc::strong_count(&shared)), (2, 3));
        let mut frames = Latest::new(stack, 1);
        drop(frames.pop());
        assert_eq!(Rc::strong_count(&shared), 2);
        drop(frames.finish());
        assert_eq!(Rc::strong_count(&shared), 1);
    }

    #[test]
    #[should_panic(expected = "more iterations than it said")]
    fn no_more_are_written_than_there_is_room_for() {
        let mut frames = Frames::new(Vec::with_capacity(10), 1);
        frames.push(1.0);
        frames.push(2.0);
    }

    #[test]
    #[should_panic(expected = "more iterations than it did")]
    fn no_more_are_read_than_the_run_has() {
        let mut frames = Latest::new(vec![1.0, 2.0], 1);
        frames.pop();
        frames.pop();
    }

    #[test]
    #[should_panic(expected = "more iterations than it did")]
    fn a_run_is_not_longer_than_all() {
        Latest::new(vec![1.0], 2);
    }
}
