//! The number of threads.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, thread};

/// Zero until it is asked for or set.
static NUMBER: AtomicUsize = AtomicUsize::new(0);

/// Sets the number of threads that compute at the same time, the calling one included, for all
/// threads of the program. It changes the time that results take and not the results.
///
/// # Panics
/// If `threads` is zero.
///
/// ```
/// autograd_runtime::set_num_threads(1);
/// assert_eq!(autograd_runtime::num_threads(), 1);
/// ```
pub fn set_num_threads(threads: usize) {
    assert!(threads > 0, "set_num_threads: at least one thread computes");
    NUMBER.store(threads, Ordering::Relaxed);
}

/// The number of threads that compute at the same time: what [`set_num_threads`] said last, else what
/// the environment variable `AUTOGRAD_NUM_THREADS` says, else as many as the system lets run at once.
pub fn num_threads() -> usize {
    count()
}

/// As [`num_threads`].
pub(crate) fn count() -> usize {
    #[cfg(test)]
    if let Some(forced) = tests::forced() {
        return forced;
    }
    match NUMBER.load(Ordering::Relaxed) {
        0 => {
            let said = env::var("AUTOGRAD_NUM_THREADS").ok().and_then(|said| said.parse().ok());
            let number = said.filter(|&number| number > 0).unwrap_or_else(|| {
                thread::available_parallelism().map_or(1, std::num::NonZero::get)
            });
            // What was set in the meantime stays.
            match NUMBER.compare_exchange(0, number, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => number,
                Err(set) => set,
            }
        }
        number => number,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::cell::Cell;

    thread_local! {
        static FORCED: Cell<Option<usize>> = const { Cell::new(None) };
    }

    pub(super) fn forced() -> Option<usize> {
        FORCED.get()
    }

    /// Calls `test` with so many threads for what it runs.
    pub(crate) fn with<R>(threads: usize, test: impl FnOnce() -> R) -> R {
        struct Restore(Option<usize>);
        impl Drop for Restore {
            fn drop(&mut self) {
                FORCED.set(self.0);
            }
        }
        let _restore = Restore(FORCED.replace(Some(threads)));
        test()
    }
}
