//! Small blocks, kept by their exact size.
//!
//! What a loop takes in one iteration and gives back it takes again in the next, so that a block of the same
//! size is there nearly always. The free blocks of a size are linked through their memory: each holds where
//! the next one is. A block never changes its size, so what a gradient took once is there for the next one.

use std::alloc::{Layout, dealloc};
use std::cell::Cell;
use std::ptr::NonNull;

/// The largest blocks have so many words of 8 bytes.
const LARGEST: usize = 128;
/// A thread keeps so many words.
const MOST: usize = 1 << 24;

/// What is in a free block.
struct Free {
    next: Option<NonNull<Free>>,
}

/// The free blocks of up to [`LARGEST`] words, aligned to one.
struct Blocks {
    /// The latest free block of each size, by the number of words less one.
    latest: [Cell<Option<NonNull<Free>>>; LARGEST],
    /// How many words more may be kept.
    room: Cell<usize>,
}

thread_local! {
    /// Has no destructor of its own, so that it is reached without asking whether it still lives. Until it is open and
    /// after it is closed there is no room.
    static BLOCKS: Blocks =
        const { Blocks { latest: [const { Cell::new(None) }; LARGEST], room: Cell::new(0) } };
    /// Frees the blocks when the thread ends.
    static CLOSING: Closing = const { Closing { is_open: Cell::new(false) } };
}

struct Closing {
    is_open: Cell<bool>,
}

impl Drop for Closing {
    fn drop(&mut self) {
        BLOCKS.with(Blocks::close);
    }
}

/// How many words `capacity` elements of type `T` take, if that is a size of small blocks.
#[inline(always)]
pub(super) fn words<T>(capacity: usize) -> Option<usize> {
    /// The words of an element, or 0 if such elements are not kept here.
    const fn element<T>() -> usize {
        if align_of::<T>() == 8 { size_of::<T>() / 8 } else { 0 }
    }
    let most = const { if element::<T>() == 0 { 0 } else { LARGEST / element::<T>() } };
    (capacity > 0 && capacity <= most).then(|| capacity * element::<T>())
}

/// A block of so many words, if one was given back.
#[inline(always)]
pub(super) fn take(words: usize) -> Option<NonNull<u8>> {
    BLOCKS.with(|blocks| blocks.take(words))
}

/// Keeps a block of so many words. Whether it does.
///
/// # Safety
/// The memory was allocated with this size and the alignment of a word, and belongs to the caller, who does not
/// use it any more if it is kept.
#[inline(always)]
pub(super) unsafe fn give(block: NonNull<u8>, words: usize) -> bool {
    // SAFETY: the caller's.
    BLOCKS.with(|blocks| unsafe { blocks.give(block, words) })
}

impl Blocks {
    #[inline(always)]
    fn take(&self, words: usize) -> Option<NonNull<u8>> {
        let latest = &self.latest[words - 1];
        let block = latest.get()?;
        // SAFETY: `give` wrote this, and nobody else has the block.
        latest.set(unsafe { block.read() }.next);
        self.room.set(self.room.get() + words);
        Some(block.cast())
    }

    /// # Safety
    /// As of the function of that name.
    #[inline(always)]
    unsafe fn give(&self, block: NonNull<u8>, words: usize) -> bool {
        if self.room.get() < words && !self.open() {
            return false;
        }
        self.room.set(self.room.get() - words);
        let (latest, block) = (&self.latest[words - 1], block.cast::<Free>());
        // SAFETY: the block belongs to the store now; it has a word at least and is aligned to one.
        unsafe { block.write(Free { next: latest.get() }) };
        latest.set(Some(block));
        true
    }

    /// Makes room if that was not done before. Whether it was not.
    #[cold]
    fn open(&self) -> bool {
        let was_open = CLOSING.try_with(|closing| closing.is_open.replace(true)).unwrap_or(true);
        if !was_open {
            self.room.set(MOST);
        }
        !was_open
    }

    /// Frees what is kept; nothing is kept any more.
    fn close(&self) {
        for words in 1..=LARGEST {
            let layout = Layout::from_size_align(8 * words, 8).expect("the size of a list");
            while let Some(block) = self.take(words) {
                // SAFETY: the memory was allocated with this layout, and nobody else has it.
                unsafe { dealloc(block.as_ptr(), layout) }
            }
        }
        self.room.set(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_lists() {
        assert_eq!(words::<f64>(1), Some(1));
        assert_eq!(words::<f64>(LARGEST), Some(LARGEST));
        assert_eq!(words::<f64>(LARGEST + 1), None);
        assert_eq!(words::<[f64; 3]>(42), Some(126));
        assert_eq!(words::<[f64; 3]>(43), None);
        assert_eq!(words::<f64>(0), None);
        assert_eq!(words::<()>(5), None, "no memory");
        assert_eq!(words::<f32>(2), None, "not aligned to a word");
    }

    #[test]
    fn the_latest_block_of_a_size_is_taken() {
        let lists: [Vec<u64>; 3] = [100, 100, 101].map(Vec::with_capacity);
        let starts = lists.map(|mut list| {
            let start = NonNull::new(list.as_mut_ptr()).expect("it has memory").cast();
            let words = list.capacity();
            std::mem::forget(list);
            // SAFETY: the memory of the list, which was forgotten.
            assert!(unsafe { give(start, words) });
            start
        });
        assert_eq!([100, 100, 100].map(take), [Some(starts[1]), Some(starts[0]), None]);
        assert_eq!([101, 101].map(take), [Some(starts[2]), None]);
        for (start, words) in starts.into_iter().zip([100, 100, 101]) {
            // SAFETY: taken above.
            assert!(unsafe { give(start, words) });
        }
    }

    /// What may be kept: blocks as large as that, less one word.
    #[test]
    fn no_more_than_there_is_room_for_is_kept() {
        let list: Vec<u64> = Vec::with_capacity(2);
        let start = NonNull::new(list.as_ptr().cast_mut()).expect("it has memory").cast();
        BLOCKS.with(|blocks| {
            assert!(blocks.open(), "for the first time in this thread");
            let room = blocks.room.replace(1);
            // SAFETY: it is not kept.
            assert!(!unsafe { blocks.give(start, 2) });
            blocks.room.set(room);
        });
    }

    #[test]
    fn a_thread_that_ends_frees_its_blocks() {
        std::thread::spawn(|| {
            let mut list: Vec<u64> = Vec::with_capacity(3);
            let start = NonNull::new(list.as_mut_ptr()).expect("it has memory").cast();
            std::mem::forget(list);
            // SAFETY: the memory of the list, which was forgotten.
            assert!(unsafe { give(start, 3) });
            BLOCKS.with(|blocks| {
                blocks.close();
                assert_eq!(blocks.take(3), None);
                // SAFETY: nothing is kept: there is no room, and it is not opened again.
                assert!(!unsafe { blocks.give(start, 3) });
            });
        })
        .join()
        .expect("the thread does not panic");
    }
}
