//! A store of memory for lists and tensors, one for each thread: what one gradient needed, the next one
//! takes. A tensor that is dropped leaves its memory here, and operations take that of their results
//! from here.
//!
//! Memory is kept by the size and the alignment of the elements, so that a list of one type may be
//! made of what held another. A thread keeps no more than [`MOST`] bytes, besides the smallest blocks, of which
//! there is a list for each size ([`exact`]).

mod exact;

use std::alloc::{Layout, dealloc};
use std::cell::RefCell;
use std::mem::ManuallyDrop;
use std::ptr::NonNull;

/// How many bytes a thread keeps.
const MOST: usize = 1 << 28;
/// Blocks of so many bytes are large: there are few of them, and the one that fits best is worth a
/// search. Of small ones the latest is taken, which is still in the cache.
const LARGE: usize = 1 << 12;
/// How many small and how many large blocks for one kind of elements a thread keeps.
const DEPTHS: [usize; 2] = [1 << 16, 256];
/// How many small blocks are looked at for one that has room.
const LOOKED_AT: usize = 32;
/// Elements of up to so many words of 8 bytes are pooled.
const WORDS: usize = 512;

/// Memory for `capacity` elements of the size and alignment of its bin.
struct Block {
    start: NonNull<u8>,
    capacity: usize,
}

/// Bin 0 is for elements of 4 bytes aligned to 4; bin `n` for those of `n` words aligned to 8.
struct Store {
    small: [Vec<Block>; WORDS + 1],
    large: [Vec<Block>; WORDS + 1],
    bytes: usize,
}

thread_local! {
    static STORE: RefCell<Store> = const {
        RefCell::new(Store {
            small: [const { Vec::new() }; WORDS + 1],
            large: [const { Vec::new() }; WORDS + 1],
            bytes: 0,
        })
    };
}

/// The bin for elements of type `T`, if there is one.
const fn bin<T>() -> Option<usize> {
    let (size, align) = (size_of::<T>(), align_of::<T>());
    if size == 4 && align == 4 {
        return Some(0);
    }
    if align == 8 && size > 0 && size <= 8 * WORDS { Some(size / 8) } else { None }
}

/// The size of an element of a bin.
const fn element(bin: usize) -> usize {
    if bin == 0 { 4 } else { 8 * bin }
}

/// The layout of memory for `capacity` elements of a bin.
fn layout(bin: usize, capacity: usize) -> Layout {
    let align = if bin == 0 { 4 } else { 8 };
    Layout::from_size_align(element(bin) * capacity, align)
        .expect("a list of that size was allocated")
}

impl Store {
    /// A block for `capacity` elements: a large one has room for them and for no more than `most`.
    ///
    /// In a loop that takes lists and gives them back, the latest small block has the length that is
    /// asked for; only if it has not is there a search.
    #[inline]
    fn take(&mut self, bin: usize, capacity: usize, most: usize) -> Option<Block> {
        let is_small = element(bin).saturating_mul(capacity) < LARGE;
        let fits = |latest: &mut Block| is_small && latest.capacity == capacity;
        let Some(block) = self.small[bin].pop_if(fits) else {
            return self.search(bin, capacity, most);
        };
        self.bytes -= element(bin) * block.capacity;
        Some(block)
    }

    #[inline(never)]
    fn search(&mut self, bin: usize, capacity: usize, most: usize) -> Option<Block> {
        let is_large = element(bin).saturating_mul(capacity) >= LARGE;
        let block = if is_large {
            Self::smallest(&mut self.large[bin], capacity, most)?
        } else if most < usize::MAX {
            Self::smallest_of_latest(&mut self.small[bin], capacity, most)?
        } else {
            Self::latest(&mut self.small[bin], capacity)?
        };
        self.bytes -= element(bin) * block.capacity;
        Some(block)
    }

    /// The latest of the large blocks, or else of the small ones.
    #[inline]
    fn take_for_stack(&mut self, bin: usize, capacity: usize) -> Option<Block> {
        let block = match self.large[bin].pop() {
            Some(block) => block,
            None => Self::latest(&mut self.small[bin], capacity)?,
        };
        self.bytes -= element(bin) * block.capacity;
        Some(block)
    }

    /// The largest of the latest blocks, of no more than `most` bytes.
    fn take_largest(&mut self, bin: usize, most: usize) -> Option<Block> {
        for blocks in [&mut self.large[bin], &mut self.small[bin]] {
            let start = blocks.len().saturating_sub(LOOKED_AT);
            let fits = |index: &usize| element(bin) * blocks[*index].capacity <= most;
            let largest =
                (start..blocks.len()).filter(fits).max_by_key(|index| blocks[*index].capacity);
            if let Some(index) = largest {
                let block = blocks.swap_remove(index);
                self.bytes -= element(bin) * block.capacity;
                return Some(block);
            }
        }
        None
    }

    /// The latest block that has room, of some, or else the latest, which is to grow: so blocks
    /// become as large as lists are, and no more of them are made.
    #[inline]
    fn latest(blocks: &mut Vec<Block>, capacity: usize) -> Option<Block> {
        let last = blocks.len().checked_sub(1)?;
        let mut latest = (0..=last).rev().take(LOOKED_AT);
        let index = latest.find(|index| blocks[*index].capacity >= capacity).unwrap_or(last);
        Some(blocks.swap_remove(index))
    }

    /// The smallest block that has room, of the latest.
    fn smallest_of_latest(blocks: &mut Vec<Block>, capacity: usize, most: usize) -> Option<Block> {
        let start = blocks.len().saturating_sub(LOOKED_AT);
        let fits = |index: &usize| (capacity..=most).contains(&blocks[*index].capacity);
        let index =
            (start..blocks.len()).filter(fits).min_by_key(|index| blocks[*index].capacity)?;
        Some(blocks.swap_remove(index))
    }

    /// The smallest block that has room.
    fn smallest(blocks: &mut Vec<Block>, capacity: usize, most: usize) -> Option<Block> {
        let fits = |block: &&Block| capacity <= block.capacity && block.capacity <= most;
        let capacity = blocks.iter().filter(fits).map(|block| block.capacity).min()?;
        let index = blocks.iter().rposition(|block| block.capacity == capacity)?;
        Some(blocks.swap_remove(index))
    }

    /// Keeps a block, or gives it back if there is no more room.
    #[inline]
    fn give(&mut self, bin: usize, block: Block) -> Option<Block> {
        let size = element(bin) * block.capacity;
        let is_large = size >= LARGE;
        let blocks = if is_large { &mut self.large[bin] } else { &mut self.small[bin] };
        if self.bytes + size > MOST || blocks.len() == DEPTHS[usize::from(is_large)] {
            return Some(block);
        }
        self.bytes += size;
        blocks.push(block);
        None
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        let bins = self.small.iter_mut().enumerate().chain(self.large.iter_mut().enumerate());
        for (bin, blocks) in bins {
            for block in blocks.drain(..) {
                // SAFETY: the block is memory of a `Vec` for `capacity > 0` elements of the size and
                // alignment of this bin, which `layout` gives; nobody else has it.
                unsafe { dealloc(block.start.as_ptr(), layout(bin, block.capacity)) }
            }
        }
    }
}

/// An empty list with room for `capacity` elements, made of memory that was given back if there is
/// any. The list may grow.
#[inline]
pub(crate) fn take<T>(capacity: usize) -> Vec<T> {
    take_between(capacity, usize::MAX)
}

/// An empty list that is going to grow to a length that is not known: of the largest block of the latest, but
/// not of a very large one, since the list may leave the gradient with its memory.
pub(crate) fn take_to_grow<T>() -> Vec<T> {
    const MOST: usize = 1 << 16;
    taken(|store, bin| store.take_largest(bin, MOST)).unwrap_or_else(|| take(FIRST))
}

/// How many elements a list that is going to grow has room for at first.
const FIRST: usize = 8;

/// As [`take`], of a list that is going to grow.
#[inline]
pub(crate) fn take_at_first<T>(capacity: usize) -> Vec<T> {
    take(capacity.max(FIRST))
}

/// Makes room for `more` elements, in memory that was given back if there is any.
#[cold]
pub(crate) fn grow<T>(list: &mut Vec<T>, more: usize) {
    let mut larger = take((2 * list.capacity()).max(list.len() + more));
    larger.append(list);
    give(std::mem::replace(list, larger));
}

/// With room for more elements, at least twice as many as before.
#[inline(always)]
pub(crate) fn grown<T>(list: Vec<T>) -> Vec<T> {
    grown_by::<T, false>(list, 4)
}

/// A stack with room for `more` elements. If it is empty, it begins in a large block if there is one, since a stack
/// grows and always gives its memory back.
#[inline(always)]
pub(crate) fn grown_stack<T>(stack: Vec<T>, more: usize) -> Vec<T> {
    grown_by::<T, true>(stack, more)
}

/// The parts of the list go and come back in registers: what a reference is passed of is kept in memory.
#[inline(always)]
fn grown_by<T, const STACK: bool>(list: Vec<T>, more: usize) -> Vec<T> {
    let len = list.len();
    let (start, capacity) = parts(list);
    let (start, capacity) = grown_parts::<T, STACK>(start, capacity, len, more);
    // SAFETY: these are the parts of a list with the elements of `list`.
    unsafe { Vec::from_raw_parts(start.as_ptr(), len, capacity) }
}

#[cold]
#[inline(never)]
fn grown_parts<T, const STACK: bool>(
    start: NonNull<T>,
    capacity: usize,
    len: usize,
    more: usize,
) -> (NonNull<T>, usize) {
    // SAFETY: these are the parts of the list of `grown_by`, which is not used any more.
    let mut list = unsafe { Vec::from_raw_parts(start.as_ptr(), len, capacity) };
    if capacity > 0 || !STACK {
        grow(&mut list, more);
        return parts(list);
    }
    let Some(mut list) = taken(|store, bin| store.take_for_stack(bin, more)) else {
        return parts(take(more));
    };
    list.reserve(more);
    parts(list)
}

/// As [`take`], for a list that does not grow: of memory that is not much larger.
#[inline]
pub(crate) fn with_capacity<T>(capacity: usize) -> Vec<T> {
    take_between(capacity, capacity.saturating_mul(4))
}

#[inline]
fn take_between<T>(capacity: usize, most: usize) -> Vec<T> {
    taken_with_room(capacity, |store, bin| store.take(bin, capacity, most))
}

/// An empty list with room for `capacity` elements, made of a small block of this size or of a larger one that `take`
/// finds.
#[inline]
fn taken_with_room<T>(
    capacity: usize,
    take: impl FnOnce(&mut Store, usize) -> Option<Block>,
) -> Vec<T> {
    let (start, capacity) = match exact::words::<T>(capacity).map(exact::take) {
        Some(Some(block)) => (block.cast(), capacity),
        Some(None) => parts(Vec::with_capacity(capacity)),
        None => found_with_room(capacity, take),
    };
    // SAFETY: these are the parts of a list; or a block of as many words as `capacity` elements take, which was
    // allocated for a list of elements that were aligned to a word, too. Nobody else has it.
    unsafe { Vec::from_raw_parts(start.as_ptr(), 0, capacity) }
}

/// As [`taken_with_room`], without the small blocks. The memory of the list comes in registers: a list would come in
/// memory, and its parts be waited for there.
#[inline(never)]
fn found_with_room<T>(
    capacity: usize,
    take: impl FnOnce(&mut Store, usize) -> Option<Block>,
) -> (NonNull<T>, usize) {
    let list = if capacity > 0 { taken(take) } else { None };
    let Some(mut list) = list else { return parts(Vec::with_capacity(capacity)) };
    list.reserve(capacity);
    parts(list)
}

/// The memory of a list, and for how many elements it is.
#[inline(always)]
fn parts<T>(list: Vec<T>) -> (NonNull<T>, usize) {
    let mut list = ManuallyDrop::new(list);
    (NonNull::new(list.as_mut_ptr()).expect("a list points somewhere"), list.capacity())
}

/// An empty list, made of the block that `take` finds in the bin of `T`.
#[inline]
fn taken<T>(take: impl FnOnce(&mut Store, usize) -> Option<Block>) -> Option<Vec<T>> {
    let bin = const { bin::<T>() }?;
    let block = STORE.try_with(|store| take(&mut store.borrow_mut(), bin)).ok().flatten()?;
    // SAFETY: the block is the memory of a `Vec` whose elements had the size and the alignment of `T`,
    // because its bin is that of `T`; it had this capacity, and nobody else has the memory.
    Some(unsafe { Vec::from_raw_parts(block.start.cast().as_ptr(), 0, block.capacity) })
}

/// Takes the memory of a list, whose elements are dropped, for [`take`].
#[inline(always)]
pub(crate) fn give<T>(mut list: Vec<T>) {
    list.clear();
    let (start, capacity) = parts(list);
    give_parts(start, capacity);
}

/// Takes the memory of an empty list. It comes in registers: a list would go through memory.
#[inline(never)]
fn give_parts<T>(start: NonNull<T>, capacity: usize) {
    let kept = match exact::words::<T>(capacity) {
        // SAFETY: the list had so many words. It is not used below if they are kept.
        Some(words) => unsafe { exact::give(start.cast(), words) },
        None => give_to_store(start, capacity),
    };
    if !kept {
        // SAFETY: these are the parts of a list that is not used any more; nobody else keeps them.
        drop(unsafe { Vec::from_raw_parts(start.as_ptr(), 0, capacity) });
    }
}

/// Keeps the memory of a list that is not small. Whether it does.
#[inline(never)]
fn give_to_store<T>(start: NonNull<T>, capacity: usize) -> bool {
    let Some(bin) = (const { bin::<T>() }) else { return false };
    let block = Block { start: start.cast(), capacity };
    let give = |store: &RefCell<Store>| store.borrow_mut().give(bin, block).is_none();
    capacity > 0 && STORE.try_with(give) == Ok(true)
}

/// `len` times `x`.
pub(crate) fn filled<T: Clone>(x: T, len: usize) -> Vec<T> {
    let mut buffer = with_capacity(len);
    buffer.resize(len, x);
    buffer
}

/// A copy.
pub(crate) fn copied<T: Clone>(elements: &[T]) -> Vec<T> {
    let mut buffer = with_capacity(elements.len());
    buffer.extend_from_slice(elements);
    buffer
}

/// What an iterator gives.
pub(crate) fn collected<T>(elements: impl Iterator<Item = T>) -> Vec<T> {
    let mut buffer = with_capacity(elements.size_hint().0);
    buffer.extend(elements);
    buffer
}

/// As [`collected`], apart from the function that asks for it, which the list comes back to in registers.
#[inline(always)]
pub(crate) fn collected_apart<T>(elements: impl ExactSizeIterator<Item = T>) -> Vec<T> {
    #[inline(never)]
    fn collect<T>(elements: impl Iterator<Item = T>, len: usize) -> (NonNull<T>, usize) {
        let mut list = with_capacity(len);
        list.extend(elements);
        assert_eq!(list.len(), len, "an iterator of that length");
        parts(list)
    }
    let len = elements.len();
    let (start, capacity) = collect(elements, len);
    // SAFETY: these are the parts of a list of `len` elements.
    unsafe { Vec::from_raw_parts(start.as_ptr(), len, capacity) }
}

/// Memory that an operation needs while it runs.
pub(crate) struct Scratch<T>(Vec<T>);

impl<T> Scratch<T> {
    pub(crate) fn of(buffer: Vec<T>) -> Self {
        Self(buffer)
    }
}

impl<T> Drop for Scratch<T> {
    fn drop(&mut self) {
        give(std::mem::take(&mut self.0));
    }
}

impl<T> std::ops::Deref for Scratch<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T> std::ops::DerefMut for Scratch<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.0
    }
}

#[cfg(test)]
mod tests;
