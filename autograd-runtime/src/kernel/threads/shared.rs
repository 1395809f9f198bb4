//! Memory whose parts several threads write.

use std::marker::PhantomData;
use std::ops::Range;

/// Elements that are borrowed mutably, of which different threads may have different ones.
pub(crate) struct Shared<'a, T> {
    start: *mut T,
    len: usize,
    borrowed: PhantomData<&'a mut [T]>,
}

impl<T> Clone for Shared<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Shared<'_, T> {}

// SAFETY: as for a mutable reference; who writes promises that nobody else has the elements.
unsafe impl<T: Send> Send for Shared<'_, T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for Shared<'_, T> {}

impl<'a, T> Shared<'a, T> {
    /// The elements of a slice.
    pub(crate) fn new(elements: &'a mut [T]) -> Self {
        Self { start: elements.as_mut_ptr(), len: elements.len(), borrowed: PhantomData }
    }

    /// Room for `len` elements behind those of a list, which are not initialised.
    ///
    /// # Panics
    /// If there is not so much room.
    pub(crate) fn spare(list: &'a mut Vec<T>, len: usize) -> Self {
        let room = &mut list.spare_capacity_mut()[..len];
        Self { start: room.as_mut_ptr().cast(), len, borrowed: PhantomData }
    }

    /// The number of elements.
    pub(crate) fn len(self) -> usize {
        self.len
    }

    /// Where the elements start.
    pub(crate) fn start(self) -> *mut T {
        self.start
    }

    /// Some of the elements.
    ///
    /// # Panics
    /// If there are not so many.
    #[inline]
    pub(crate) fn part(self, range: Range<usize>) -> Self {
        assert!(range.start <= range.end && range.end <= self.len, "a part of shared elements");
        // SAFETY: not beyond the last element.
        let start = unsafe { self.start.add(range.start) };
        Self { start, len: range.len(), borrowed: PhantomData }
    }

    /// The elements, to read and to write.
    ///
    /// # Safety
    /// They are initialised, and while the reference is used nobody else reads or writes them.
    pub(crate) unsafe fn as_mut(self) -> &'a mut [T] {
        // SAFETY: `len` elements were borrowed for this lifetime; the rest is the caller's.
        unsafe { std::slice::from_raw_parts_mut(self.start, self.len) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::threads::{for_each_chunk, with_threads};

    #[test]
    fn parts_are_written_by_several_threads() {
        for threads in [1, 2, 3, 7] {
            let mut elements = vec![0; 100];
            let mut list = vec![1];
            list.reserve(100);
            let (shared, spare) = (Shared::new(&mut elements), Shared::spare(&mut list, 100));
            with_threads(threads, || {
                for_each_chunk(100, 7, |range| {
                    // SAFETY: no other chunk has these elements.
                    let part = unsafe { shared.part(range.clone()).as_mut() };
                    part.iter_mut().zip(range.clone()).for_each(|(x, i)| *x = i);
                    for i in range {
                        // SAFETY: there is room for so many.
                        unsafe { spare.start().add(i).write(i) };
                    }
                });
            });
            // SAFETY: all of them have been written.
            unsafe { list.set_len(101) };
            assert_eq!(elements, (0..100).collect::<Vec<_>>());
            assert_eq!(list[1..], elements);
        }
    }

    #[test]
    #[should_panic(expected = "a part of shared elements")]
    fn a_part_beyond_the_end() {
        Shared::new(&mut [1, 2, 3]).part(2..4);
    }
}
