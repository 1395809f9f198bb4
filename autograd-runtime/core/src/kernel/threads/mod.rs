//! Work that is done on several threads if there are several, with the feature `threads`.
//!
//! What is computed is divided into chunks in a way that does not depend on the number of threads, or
//! the results do not depend on how it is divided. So the number of threads changes no bit.

#[cfg(feature = "threads")]
mod number;
#[cfg(feature = "threads")]
mod pool;
mod shared;

#[cfg(feature = "threads")]
pub(crate) use number::count;
#[cfg(feature = "threads")]
pub use number::{num_threads, set_num_threads};
pub(crate) use shared::{Shared, for_each_part};
use std::ops::Range;

/// The number of threads that work is divided for.
#[cfg(not(feature = "threads"))]
pub(crate) const fn count() -> usize {
    1
}

/// Calls `work` with `0..chunk`, `chunk..2 * chunk` and so on up to `len`, each once, on any thread and in
/// any order. With a single chunk, or a single thread, that is a loop on the calling thread; so is it
/// if `work` comes here again, or another thread is here at this time.
///
/// A chunk is to last at least as long as it takes to wake a thread, about ten microseconds.
///
/// A reduction keeps what each chunk gives, at the place `range.start / chunk`, and sums that in order
/// afterwards, with a chunk that does not depend on the number of threads.
///
/// # Panics
/// If `chunk` is zero and `len` is not, or if `work` panics, after the other chunks.
pub(crate) fn for_each_chunk(len: usize, chunk: usize, work: impl Fn(Range<usize>) + Sync) {
    if len <= chunk {
        return work(0..len);
    }
    let chunks = len.div_ceil(chunk);
    let work = |i: usize| work(i * chunk..len.min((i + 1) * chunk));
    #[cfg(feature = "threads")]
    pool::run(count(), chunks, &work);
    #[cfg(not(feature = "threads"))]
    (0..chunks).for_each(work);
}

/// Runs a test with so many threads, whatever they are for others. Without the feature it is one.
#[cfg(test)]
pub(crate) fn with_threads<R>(threads: usize, test: impl FnOnce() -> R) -> R {
    #[cfg(feature = "threads")]
    return number::tests::with(threads, test);
    #[cfg(not(feature = "threads"))]
    {
        let _ = threads;
        test()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[test]
    fn every_chunk_once() {
        for (len, chunk) in [(0, 3), (1, 3), (3, 3), (10, 3), (12, 3), (100, 1)] {
            let ranges = Mutex::new(Vec::new());
            for_each_chunk(len, chunk, |range| ranges.lock().unwrap().push(range));
            let mut ranges = ranges.into_inner().unwrap();
            ranges.sort_by_key(|range| range.start);
            let mut end = 0;
            for range in &ranges {
                assert_eq!(range.start, end);
                assert!(range.len() == chunk || range.end == len);
                end = range.end;
            }
            assert_eq!(end, len);
            assert_eq!(ranges.len(), len.div_ceil(chunk).max(1));
        }
    }

    #[test]
    #[should_panic(expected = "a chunk fails")]
    fn a_panic_comes_back() {
        for_each_chunk(10, 1, |range| assert!(range.start != 7, "a chunk fails"));
    }
}
