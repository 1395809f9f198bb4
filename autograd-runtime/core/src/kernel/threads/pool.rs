//! Threads that wait for work, since to start one takes longer than most work does.

use std::any::Any;
use std::hint;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread;

/// How long a thread looks for more work before it sleeps, in spins: some tens of microseconds, which
/// is what it takes to wake it.
const SPINS: u32 = 2000;
/// After so many of them it lets others run, one of which may be the one it waits for.
const PATIENCE: u32 = 32;

/// Pieces of work that several threads take in turn.
struct Job<'a> {
    work: &'a (dyn Fn(usize) + Sync),
    pieces: usize,
    /// The piece that is taken next.
    next: AtomicUsize,
    /// The number of threads of the pool that are at work.
    helpers: AtomicUsize,
    /// What the first piece that panicked says.
    panic: Mutex<Option<Box<dyn Any + Send>>>,
}

impl Job<'_> {
    /// Takes pieces while there are any.
    fn work(&self) {
        loop {
            let piece = self.next.fetch_add(1, Ordering::Relaxed);
            if piece >= self.pieces {
                return;
            }
            let outcome = panic::catch_unwind(AssertUnwindSafe(|| (self.work)(piece)));
            if let Err(says) = outcome {
                lock(&self.panic).get_or_insert(says);
            }
        }
    }
}

/// A job that outlives the threads that help with it, because the one who posts it waits for them.
#[derive(Clone, Copy)]
struct Posted(*const Job<'static>);

// SAFETY: what it points to is `Sync`.
unsafe impl Send for Posted {}

struct State {
    /// The job that helpers are wanted for, and how many.
    job: Option<(Posted, usize)>,
    /// The number of threads that sleep.
    asleep: usize,
    /// The number of threads that were started.
    started: usize,
}

struct Pool {
    /// Held by the thread that has posted a job.
    poster: Mutex<()>,
    state: Mutex<State>,
    /// The number of jobs that were posted.
    posted: AtomicUsize,
    wake: Condvar,
}

static POOL: Pool = Pool {
    poster: Mutex::new(()),
    state: Mutex::new(State { job: None, asleep: 0, started: 0 }),
    posted: AtomicUsize::new(0),
    wake: Condvar::new(),
};

/// No lock is held while anything panics.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits a moment, for the time that is given.
fn spin(spins: u32) {
    if spins % PATIENCE == PATIENCE - 1 {
        thread::yield_now();
    } else {
        hint::spin_loop();
    }
}

/// Calls `work` with `0..pieces`, each once, on up to `threads` threads.
///
/// # Panics
/// If `work` does, after the other pieces.
pub(super) fn run(threads: usize, pieces: usize, work: &(dyn Fn(usize) + Sync)) {
    let poster = match POOL.poster.try_lock() {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(error)) => Some(error.into_inner()),
        // The others are busy, perhaps with what this is a piece of.
        Err(TryLockError::WouldBlock) => None,
    };
    let helpers = threads.min(pieces).saturating_sub(1);
    let Some(poster) = poster.filter(|_| helpers > 0) else {
        return (0..pieces).for_each(work);
    };
    let job = Job {
        work,
        pieces,
        next: AtomicUsize::new(0),
        helpers: AtomicUsize::new(0),
        panic: Mutex::new(None),
    };
    POOL.post(&job, helpers);
    job.work();
    POOL.withdraw(&job);
    drop(poster);
    if let Some(says) = job.panic.into_inner().unwrap_or_else(PoisonError::into_inner) {
        panic::resume_unwind(says);
    }
}

impl Pool {
    /// Lets `helpers` threads help with the job, until it is withdrawn.
    fn post(&'static self, job: &Job<'_>, helpers: usize) {
        let mut state = lock(&self.state);
        while state.started < helpers {
            let name = format!("autograd-{}", state.started + 1);
            if thread::Builder::new().name(name).spawn(|| self.help()).is_err() {
                // The system has no more threads: those there are will do.
                break;
            }
            state.started += 1;
        }
        state.job = Some((Posted(std::ptr::from_ref(job).cast()), helpers));
        self.posted.fetch_add(1, Ordering::Release);
        for _ in 0..helpers.min(state.asleep) {
            self.wake.notify_one();
        }
    }

    /// Waits until no thread helps with the job, and lets none begin.
    fn withdraw(&self, job: &Job<'_>) {
        lock(&self.state).job = None;
        let mut spins = 0_u32;
        while job.helpers.load(Ordering::Acquire) > 0 {
            spins = spins.wrapping_add(1);
            spin(spins);
        }
    }

    /// What a thread of the pool does.
    fn help(&self) {
        loop {
            let job = self.next_job();
            // SAFETY: the job was counted in `helpers` before it was withdrawn, so the poster waits until
            // this thread has counted itself out, after which the job is not touched.
            let job = unsafe { &*job.0 };
            job.work();
            job.helpers.fetch_sub(1, Ordering::Release);
        }
    }

    /// Waits for a job, first awake and then asleep, and counts this thread as its helper.
    fn next_job(&self) -> Posted {
        let seen = self.posted.load(Ordering::Acquire);
        for spins in 0..SPINS {
            if self.posted.load(Ordering::Acquire) != seen {
                break;
            }
            spin(spins);
        }
        let mut state = lock(&self.state);
        loop {
            if let Some((job, wanted)) = &mut state.job
                && *wanted > 0
            {
                *wanted -= 1;
                let job = *job;
                // SAFETY: the job is posted, which lasts until the state is locked again.
                unsafe { &*job.0 }.helpers.fetch_add(1, Ordering::Relaxed);
                return job;
            }
            state.asleep += 1;
            state = self.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.asleep -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicU32;

    #[test]
    fn every_piece_once_whatever_the_number_of_threads() {
        for threads in 1..6 {
            for pieces in [0, 1, 2, 5, 64] {
                let counts: Vec<_> = (0..pieces).map(|_| AtomicU32::new(0)).collect();
                run(threads, pieces, &|i| {
                    counts[i].fetch_add(1, Ordering::Relaxed);
                });
                assert!(counts.iter().all(|count| count.load(Ordering::Relaxed) == 1));
            }
        }
    }

    #[test]
    fn work_within_work_and_from_several_threads() {
        let count = AtomicU32::new(0);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        run(3, 5, &|_| {
                            run(3, 5, &|_| {
                                count.fetch_add(1, Ordering::Relaxed);
                            });
                        });
                    }
                });
            }
        });
        assert_eq!(count.into_inner(), 4 * 50 * 25);
    }

    #[test]
    fn a_panic_comes_back_and_the_pool_goes_on() {
        let done = AtomicU32::new(0);
        for _ in 0..10 {
            let outcome = panic::catch_unwind(AssertUnwindSafe(|| {
                run(2, 8, &|i| {
                    assert!(i != 3, "a piece fails");
                    done.fetch_add(1, Ordering::Relaxed);
                });
            }));
            let says = outcome.unwrap_err();
            assert_eq!(*says.downcast_ref::<&str>().unwrap(), "a piece fails");
        }
        assert_eq!(done.into_inner(), 70);
    }
}
