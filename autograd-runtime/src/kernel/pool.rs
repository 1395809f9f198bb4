//! Memory of tensors that is used again.
//!
//! A tensor that is dropped leaves its memory to the thread, and the results of operations take theirs
//! from there: what computes the same shapes again and again allocates nothing. Memory is shared by
//! all types of elements of one size. A thread holds [`LIMIT`] bytes at most, and gives them back when it
//! ends.

use std::cell::RefCell;
use std::mem::{ManuallyDrop, MaybeUninit, align_of, needs_drop, size_of};

/// How many bytes a thread holds at most.
const LIMIT: usize = 128 << 20;
/// How many buffers of about one size it holds at most.
const DEPTH: usize = 64;
/// One bin for each power of two.
const BINS: usize = 32;

thread_local! {
    static POOL: RefCell<Pool> = const { RefCell::new(Pool::new()) };
}

struct Pool {
    words: Shelf<u32>,
    long_words: Shelf<u64>,
    /// How many bytes there are.
    bytes: usize,
}

/// Buffers by the logarithm of their capacity.
struct Shelf<W>([Vec<Vec<MaybeUninit<W>>>; BINS]);

impl Pool {
    const fn new() -> Self {
        Self { words: Shelf::new(), long_words: Shelf::new(), bytes: 0 }
    }
}

impl<W> Shelf<W> {
    const fn new() -> Self {
        Self([const { Vec::new() }; BINS])
    }

    /// The smallest buffer with room for `len` elements that is not much larger.
    fn take(&mut self, len: usize) -> Option<Vec<MaybeUninit<W>>> {
        let bin = bin(len);
        for bin in self.0.get_mut(bin..BINS.min(bin + 2))? {
            let fitting = bin.iter().enumerate().filter(|(_, buffer)| buffer.capacity() >= len);
            if let Some((at, _)) = fitting.min_by_key(|(_, buffer)| buffer.capacity()) {
                return Some(bin.swap_remove(at));
            }
        }
        None
    }

    /// Keeps a buffer, or gives it back if there are enough.
    fn put(&mut self, buffer: Vec<MaybeUninit<W>>) -> Result<(), Vec<MaybeUninit<W>>> {
        match self.0.get_mut(bin(buffer.capacity())) {
            Some(bin) if bin.len() < DEPTH => {
                bin.push(buffer);
                Ok(())
            }
            _ => Err(buffer),
        }
    }
}

/// The logarithm of a length that is not 0.
fn bin(len: usize) -> usize {
    len.ilog2() as usize
}

/// The size of the elements whose memory is kept, if `T` has one of them.
fn word<T>() -> Option<usize> {
    let size = size_of::<T>();
    (!needs_drop::<T>() && align_of::<T>() == size && (size == 4 || size == 8)).then_some(size)
}

/// An empty vector with room for `len` elements.
pub(crate) fn with_capacity<T>(len: usize) -> Vec<T> {
    let Some(size) = word::<T>().filter(|_| len > 0) else { return Vec::with_capacity(len) };
    let taken = POOL.try_with(|pool| {
        let pool = &mut *pool.borrow_mut();
        let taken = if size == 4 {
            // SAFETY: `T` is of the size and alignment of `u32`.
            pool.words.take(len).map(|buffer| unsafe { of_elements::<T, u32>(buffer) })
        } else {
            // SAFETY: `T` is of the size and alignment of `u64`.
            pool.long_words.take(len).map(|buffer| unsafe { of_elements::<T, u64>(buffer) })
        };
        if let Some(buffer) = &taken {
            pool.bytes -= buffer.capacity() * size;
        }
        taken
    });
    taken.ok().flatten().unwrap_or_else(|| Vec::with_capacity(len))
}

/// Leaves memory to the thread.
pub(crate) fn recycle<T>(buffer: Vec<T>) {
    let bytes = buffer.capacity() * size_of::<T>();
    let Some(size) = word::<T>().filter(|_| bytes > 0) else { return };
    // What is not kept is dropped after the pool is free again.
    let rest = POOL.try_with(|pool| {
        let pool = &mut *pool.borrow_mut();
        if pool.bytes + bytes > LIMIT {
            return Some(buffer);
        }
        let rest = if size == 4 {
            // SAFETY: `T` is of the size and alignment of `u32`, and is not dropped.
            let put = pool.words.put(unsafe { of_words::<T, u32>(buffer) });
            // SAFETY: these were elements.
            put.err().map(|buffer| unsafe { of_elements(buffer) })
        } else {
            // SAFETY: `T` is of the size and alignment of `u64`, and is not dropped.
            let put = pool.long_words.put(unsafe { of_words::<T, u64>(buffer) });
            // SAFETY: these were elements.
            put.err().map(|buffer| unsafe { of_elements(buffer) })
        };
        if rest.is_none() {
            pool.bytes += bytes;
        }
        rest
    });
    drop(rest);
}

/// # Safety
/// `T` and `W` are of one size and alignment, so that they have the same layout in an allocation, and
/// `T` is not to be dropped.
unsafe fn of_words<T, W>(buffer: Vec<T>) -> Vec<MaybeUninit<W>> {
    let mut buffer = ManuallyDrop::new(buffer);
    // SAFETY: the allocation has the layout of so many words, none of which need be initialized.
    unsafe { Vec::from_raw_parts(buffer.as_mut_ptr().cast(), 0, buffer.capacity()) }
}

/// # Safety
/// `T` and `W` are of one size and alignment.
unsafe fn of_elements<T, W>(buffer: Vec<MaybeUninit<W>>) -> Vec<T> {
    let mut buffer = ManuallyDrop::new(buffer);
    // SAFETY: the allocation has the layout of so many elements, none of which is said to be there.
    unsafe { Vec::from_raw_parts(buffer.as_mut_ptr().cast(), 0, buffer.capacity()) }
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

/// Memory that an operation needs while it runs.
pub(crate) struct Scratch<T>(Vec<T>);

impl<T> Scratch<T> {
    pub(crate) fn of(buffer: Vec<T>) -> Self {
        Self(buffer)
    }
}

impl<T> Drop for Scratch<T> {
    fn drop(&mut self) {
        recycle(std::mem::take(&mut self.0));
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
mod tests {
    use super::*;

    #[test]
    fn memory_is_used_again() {
        let mut first: Vec<f32> = with_capacity(1000);
        first.extend([1.0, 2.0]);
        let address = first.as_ptr().addr();
        recycle(first);
        // Of another type of the same size, and somewhat shorter.
        let second: Vec<i32> = with_capacity(900);
        assert_eq!((second.as_ptr().addr(), second.len()), (address, 0));
        // What is in use is not given away.
        let third: Vec<u32> = with_capacity(900);
        assert_ne!(third.as_ptr().addr(), address);
    }

    #[test]
    fn the_smallest_that_fits_is_taken() {
        let buffers = [500, 400, 300].map(with_capacity::<f64>);
        let addresses = buffers.each_ref().map(|buffer| buffer.as_ptr().addr());
        buffers.into_iter().for_each(recycle);
        let taken = with_capacity::<f64>(390);
        assert_eq!(taken.as_ptr().addr(), addresses[1]);
        assert!(with_capacity::<f64>(100).capacity() < 300, "far too large");
    }

    #[test]
    fn what_is_dropped_is_not_kept() {
        let counted = std::rc::Rc::new(());
        recycle(vec![counted.clone(), counted.clone()]);
        assert_eq!(std::rc::Rc::strong_count(&counted), 1);
        recycle(Vec::<f32>::new());
        recycle(vec![1_u8]);
        assert_eq!(filled(true, 3), [true; 3]);
    }

    #[test]
    fn the_pool_is_bounded() {
        for _ in 0..2 * DEPTH {
            recycle(Vec::<f32>::with_capacity(64));
        }
        let held = || POOL.with(|pool| pool.borrow().bytes);
        recycle(Vec::<f64>::with_capacity(LIMIT / 8 + 1));
        assert!(held() <= LIMIT);
        POOL.with(|pool| assert!(pool.borrow().words.0[6].len() <= DEPTH));
        let before = held();
        let taken: Vec<f32> = with_capacity(64);
        assert_eq!(held() + 4 * taken.capacity(), before);
    }
}
