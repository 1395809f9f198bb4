//! Memory whose parts several threads write.

use super::for_each_chunk;
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

/// Calls `work` with the parts of lists that [`for_each_chunk`] makes of the first one, and the places of
/// their elements. The others are as long, or empty.
///
/// # Panics
/// If they are neither, and as [`for_each_chunk`] does.
#[inline]
pub(crate) fn for_each_part<T: Send, const N: usize>(
    lists: [&mut [T]; N],
    chunk: usize,
    work: impl Fn(Range<usize>, [&mut [T]; N]) + Sync,
) {
    let len = lists.first().map_or(0, |list| list.len());
    let fits = lists.iter().all(|list| list.is_empty() || list.len() == len);
    assert!(fits, "lists that are divided together are of one length");
    let lists = lists.map(Shared::new);
    for_each_chunk(len, chunk, |range| {
        let parts = lists.map(|list| match list.len() {
            0 => Default::default(),
            // SAFETY: they were borrowed, and the ranges do not overlap.
            _ => unsafe { list.part(range.clone()).as_mut() },
        });
        work(range, parts);
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::threads::with_threads;

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
    fn lists_are_divided_together() {
        for threads in [1, 2, 3] {
            let (mut a, mut b) = ([0; 50], [1; 50]);
            with_threads(threads, || {
                for_each_part([&mut a, &mut [], &mut b], 7, |range, [a, none, b]| {
                    assert!(none.is_empty());
                    for ((a, b), i) in a.iter_mut().zip(b).zip(range) {
                        (*a, *b) = (i, *b + i);
                    }
                });
            });
            assert!(a.iter().zip(b).enumerate().all(|(i, (a, b))| (*a, b) == (i, i + 1)));
        }
    }

    #[test]
    #[should_panic(expected = "are of one length")]
    fn lists_of_different_lengths() {
        for_each_part([&mut [1, 2][..], &mut [3][..]], 1, |_, _| {});
    }

    #[test]
    #[should_panic(expected = "a part of shared elements")]
    fn a_part_beyond_the_end() {
        Shared::new(&mut [1, 2, 3]).part(2..4);
    }
}
