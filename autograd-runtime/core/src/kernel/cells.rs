//! A store of memory for single values, one for each thread: what one value leaves, the next one of about
//! its size takes.
//!
//! Memory is kept by its size in words, as a list that runs through the memory itself. What is larger than
//! [`WORDS`] words, or aligned to more than one, comes from the allocator and goes back there.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::cell::Cell;
use std::mem::ManuallyDrop;
use std::ptr::NonNull;

/// How many bytes a thread keeps.
const MOST: usize = 1 << 27;
/// Values of up to so many words are kept room for.
const WORDS: usize = 512;
const WORD: usize = 8;

/// What stands in memory that is free.
struct Free {
    next: Option<NonNull<Free>>,
}

/// Element `n` is the latest free memory of `n` words; none of it is in use by others.
struct Cells {
    free: [Cell<Option<NonNull<Free>>>; WORDS + 1],
    bytes: Cell<usize>,
}

thread_local! {
    static CELLS: Cells =
        const { Cells { free: [const { Cell::new(None) }; WORDS + 1], bytes: Cell::new(0) } };
}

/// How many words a value of type `T` takes, if the store has room for such values.
const fn words<T>() -> Option<usize> {
    let words = size_of::<T>().div_ceil(WORD);
    if align_of::<T>() <= WORD && words > 0 && words <= WORDS { Some(words) } else { None }
}

/// The layout of all memory for a value of type `T`.
const fn layout<T>() -> Layout {
    match words::<T>() {
        Some(words) => match Layout::from_size_align(WORD * words, WORD) {
            Ok(layout) => layout,
            Err(_) => panic!("a few words are a layout"),
        },
        None => Layout::new::<T>(),
    }
}

impl Cells {
    #[inline]
    fn take(&self, words: usize) -> Option<NonNull<Free>> {
        let head = &self.free[words];
        let first = head.get()?;
        // SAFETY: what is in the list is free memory, into which `give` wrote a `Free`.
        head.set(unsafe { first.read() }.next);
        self.bytes.set(self.bytes.get() - WORD * words);
        Some(first)
    }

    /// Keeps memory, and says whether there was room for it.
    ///
    /// # Safety
    ///
    /// The memory is of the layout for so many words, and nobody uses it any more if it is kept.
    #[inline]
    unsafe fn give(&self, words: usize, memory: NonNull<Free>) -> bool {
        let bytes = self.bytes.get() + WORD * words;
        if bytes > MOST {
            return false;
        }
        self.bytes.set(bytes);
        let head = &self.free[words];
        // SAFETY: the memory has at least a word and is aligned to one; by the contract nobody else
        // uses it.
        unsafe { memory.write(Free { next: head.get() }) };
        head.set(Some(memory));
        true
    }
}

impl Drop for Cells {
    fn drop(&mut self) {
        for words in 1..=WORDS {
            let layout = Layout::from_size_align(WORD * words, WORD).expect("a few words");
            while let Some(memory) = self.take(words) {
                // SAFETY: memory of so many words was allocated with this layout; it is not in the
                // list any more.
                unsafe { dealloc(memory.as_ptr().cast(), layout) }
            }
        }
    }
}

/// Moves a value to memory of its own, until [`drop_in_cell`].
#[inline]
pub(super) fn place<T>(value: T) -> NonNull<T> {
    let value = ManuallyDrop::new(value);
    let kept = const { words::<T>() }
        .and_then(|words| CELLS.try_with(|cells| cells.take(words)).ok().flatten());
    let memory = kept.map_or_else(allocated::<T>, NonNull::cast);
    // SAFETY: the memory is of the layout of `T`, and nobody else uses it. The value is moved: what
    // is left of it is not dropped.
    unsafe { memory.copy_from_nonoverlapping(NonNull::from(&*value), 1) };
    memory
}

/// New memory for a value.
#[cold]
fn allocated<T>() -> NonNull<T> {
    if size_of::<T>() == 0 {
        return NonNull::dangling();
    }
    let layout = const { layout::<T>() };
    // SAFETY: the layout is that of a value with a size, which is not zero.
    let memory = unsafe { alloc(layout) };
    NonNull::new(memory).unwrap_or_else(|| handle_alloc_error(layout)).cast()
}

/// Drops a value and keeps its memory for others.
///
/// # Safety
///
/// The value is one of [`place::<T>`], and is not used afterwards.
#[inline]
pub(super) unsafe fn drop_in_cell<T>(value: NonNull<T>) {
    // SAFETY: `place` wrote the value, and by the contract this is the only time that it is dropped.
    unsafe { value.drop_in_place() };
    if size_of::<T>() == 0 {
        return;
    }
    let kept = const { words::<T>() }.is_some_and(|words| {
        // SAFETY: memory for `T` is of the layout for so many words; nobody uses it now.
        CELLS.try_with(|cells| unsafe { cells.give(words, value.cast()) }) == Ok(true)
    });
    if !kept {
        // SAFETY: all memory that `place` has for a `T` was allocated with this layout, and the store
        // did not keep it.
        unsafe { dealloc(value.as_ptr().cast(), const { layout::<T>() }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::rc::Rc;

    #[test]
    fn memory_comes_back_the_latest_first() {
        let [first, second] = [1_u64, 2].map(|x| place([x; 3]));
        // SAFETY: both are placed above, and dropped once.
        unsafe {
            assert_eq!((first.read(), second.read()), ([1; 3], [2; 3]));
            drop_in_cell(first);
            drop_in_cell(second);
        }
        // Of another type of as many words.
        let again = [3_u32, 4].map(|x| place([x; 5]));
        assert_eq!(again.map(NonNull::cast), [second, first]);
        // SAFETY: as above.
        again.into_iter().for_each(|x| unsafe { drop_in_cell(x) });
    }

    #[test]
    fn values_are_dropped_once() {
        let shared = Rc::new(());
        let placed = place((Rc::clone(&shared), [0.0; 4]));
        assert_eq!(Rc::strong_count(&shared), 2);
        // SAFETY: placed above.
        unsafe { drop_in_cell(placed) };
        assert_eq!(Rc::strong_count(&shared), 1);
    }

    #[test]
    fn what_the_store_has_no_room_for() {
        #[repr(align(64))]
        struct Aligned(u8);
        let (aligned, large, nothing) = (place(Aligned(7)), place([9_u64; WORDS + 1]), place(()));
        assert!(aligned.is_aligned());
        // SAFETY: placed above, and dropped once.
        unsafe {
            assert_eq!((aligned.as_ref().0, large.as_ref()[WORDS]), (7, 9));
            drop_in_cell(aligned);
            drop_in_cell(large);
            drop_in_cell(nothing);
        }
        CELLS.with(|cells| assert_eq!(cells.bytes.get(), 0));
    }

    #[test]
    fn no_more_bytes_than_the_limit_are_kept() {
        let values: Vec<_> = (0..5).map(|_| place([0_u64; WORDS])).collect();
        CELLS.with(|cells| cells.bytes.set(MOST - 3 * WORD * WORDS));
        // SAFETY: placed above, and dropped once.
        values.into_iter().for_each(|value| unsafe { drop_in_cell(value) });
        CELLS.with(|cells| assert_eq!(cells.bytes.get(), MOST));
    }

    #[test]
    fn a_thread_that_ends_gives_everything_back() {
        struct Late(Cell<Option<NonNull<[u64; 9]>>>);
        impl Drop for Late {
            fn drop(&mut self) {
                // SAFETY: placed below.
                self.0.take().into_iter().for_each(|value| unsafe { drop_in_cell(value) });
            }
        }
        thread_local!(static LATE: Late = const { Late(Cell::new(None)) });
        std::thread::spawn(|| {
            // Dropped before the store or after it, whichever comes.
            LATE.with(|late| late.0.set(Some(place([1; 9]))));
            let value = place([2_u64; 2]);
            // SAFETY: placed above.
            unsafe { drop_in_cell(value) };
        })
        .join()
        .unwrap();
    }
}
