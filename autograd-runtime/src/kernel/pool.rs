//! A store of memory for lists, one for each thread: what one gradient needed, the next one takes.
//!
//! Memory is kept by the size and the alignment of the elements, so that a list of one type may be
//! made of what held another. A thread keeps no more than [`MOST`] bytes.

use std::alloc::{Layout, dealloc};
use std::cell::RefCell;
use std::mem::ManuallyDrop;
use std::ptr::NonNull;

/// How many bytes a thread keeps.
const MOST: usize = 1 << 28;
/// How many pieces of memory are looked at for one that is large enough.
const LOOKED_AT: usize = 4;
/// Elements of up to so many words of 8 bytes are pooled.
const WORDS: usize = 64;

/// Memory for `capacity` elements of the size and alignment of its bin.
struct Block {
    start: NonNull<u8>,
    capacity: usize,
}

/// Bin 0 is for elements of 4 bytes aligned to 4; bin `n` for those of `n` words aligned to 8.
struct Store {
    bins: [Vec<Block>; WORDS + 1],
    bytes: usize,
}

thread_local! {
    static STORE: RefCell<Store> =
        const { RefCell::new(Store { bins: [const { Vec::new() }; WORDS + 1], bytes: 0 }) };
}

/// The bin for elements of type `T`, if there is one.
const fn bin<T>() -> Option<usize> {
    let (size, align) = (size_of::<T>(), align_of::<T>());
    if size == 4 && align == 4 {
        return Some(0);
    }
    if align == 8 && size > 0 && size <= 8 * WORDS { Some(size / 8) } else { None }
}

/// The layout of memory for `capacity` elements of a bin.
fn layout(bin: usize, capacity: usize) -> Layout {
    let (size, align) = if bin == 0 { (4, 4) } else { (8 * bin, 8) };
    Layout::from_size_align(size * capacity, align).expect("a list of that size was allocated")
}

impl Store {
    /// The latest block, or one of the latest that has room for `capacity` elements.
    fn take(&mut self, bin: usize, capacity: usize) -> Option<Block> {
        let blocks = &mut self.bins[bin];
        let last = blocks.len().checked_sub(1)?;
        let fits = |index: &usize| blocks[*index].capacity >= capacity;
        let index = (0..=last).rev().take(LOOKED_AT).find(fits).unwrap_or(last);
        let block = blocks.swap_remove(index);
        self.bytes -= layout(bin, block.capacity).size();
        Some(block)
    }

    /// Keeps a block, or gives it back if there is no more room.
    fn give(&mut self, bin: usize, block: Block) -> Option<Block> {
        let size = layout(bin, block.capacity).size();
        if self.bytes + size > MOST {
            return Some(block);
        }
        self.bytes += size;
        self.bins[bin].push(block);
        None
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        for (bin, blocks) in self.bins.iter_mut().enumerate() {
            for block in blocks.drain(..) {
                // SAFETY: the block is memory of a `Vec` for `capacity > 0` elements of the size and
                // alignment of this bin, which `layout` gives; nobody else has it.
                unsafe { dealloc(block.start.as_ptr(), layout(bin, block.capacity)) }
            }
        }
    }
}

/// An empty list with room for `capacity` elements, made of memory that was given back if there is
/// any.
pub(crate) fn take<T>(capacity: usize) -> Vec<T> {
    let taken = const { bin::<T>() }.filter(|_| capacity > 0).and_then(|bin| {
        STORE.try_with(|store| store.borrow_mut().take(bin, capacity)).ok().flatten()
    });
    let Some(block) = taken else { return Vec::with_capacity(capacity) };
    // SAFETY: the block is the memory of a `Vec` whose elements had the size and the alignment of `T`,
    // because its bin is that of `T`; it had this capacity, and nobody else has the memory.
    let mut list = unsafe { Vec::from_raw_parts(block.start.cast().as_ptr(), 0, block.capacity) };
    list.reserve(capacity);
    list
}

/// Takes the memory of a list, whose elements are dropped, for [`take`].
pub(crate) fn give<T>(mut list: Vec<T>) {
    list.clear();
    let Some(bin) = (const { bin::<T>() }) else { return };
    if list.capacity() == 0 {
        return;
    }
    let mut list = ManuallyDrop::new(list);
    let block = Block {
        start: NonNull::new(list.as_mut_ptr()).expect("a list with a capacity has memory").cast(),
        capacity: list.capacity(),
    };
    let start = block.start;
    let kept = STORE.try_with(|store| store.borrow_mut().give(bin, block).is_none());
    if kept != Ok(true) {
        // SAFETY: these are the parts of the list above, which is not dropped; the store did not keep
        // them.
        drop(unsafe { Vec::<T>::from_raw_parts(start.cast().as_ptr(), 0, list.capacity()) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_comes_back() {
        let mut list: Vec<f64> = take(100);
        list.extend([1.0, 2.0]);
        let (start, capacity) = (list.as_ptr(), list.capacity());
        give(list);
        // Of another type of the same size and alignment.
        let again: Vec<u64> = take(50);
        assert_eq!(again.as_ptr().cast(), start);
        assert_eq!(again.capacity(), capacity);
        assert!(again.is_empty());
    }

    #[test]
    fn a_list_that_is_too_small_grows() {
        give(Vec::<[f64; 3]>::with_capacity(2));
        let list: Vec<[f64; 3]> = take(1000);
        assert!(list.capacity() >= 1000);
    }

    #[test]
    fn the_one_with_room_is_found() {
        let large: Vec<[f64; 5]> = Vec::with_capacity(500);
        let start = large.as_ptr();
        give(large);
        give(Vec::<[f64; 5]>::with_capacity(1));
        let found: Vec<[f64; 5]> = take(400);
        assert_eq!(found.as_ptr(), start);
    }

    #[test]
    fn elements_are_dropped() {
        let shared = std::rc::Rc::new(());
        give(vec![std::rc::Rc::clone(&shared)]);
        assert_eq!(std::rc::Rc::strong_count(&shared), 1);
    }

    #[test]
    fn odd_elements_are_not_pooled() {
        assert_eq!(bin::<()>(), None);
        assert_eq!(bin::<u8>(), None);
        assert_eq!(bin::<[f64; WORDS + 1]>(), None);
        give(vec![(); 10]);
        give(vec![1_u8]);
        assert!(take::<u8>(3).capacity() >= 3);
    }

    #[test]
    fn no_more_than_the_limit_is_kept() {
        for _ in 0..3 {
            give(Vec::<u32>::with_capacity(MOST / 8 + 1));
        }
        STORE.with(|store| assert!(store.borrow().bytes <= MOST));
    }
}
