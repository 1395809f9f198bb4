//! Timing of several versions in turn, so that whatever disturbs the machine hits them alike.
//!
//! Of one thread it is the time of the processor in it that counts: other work on the machine has none of
//! it. Where several threads work, it is the time on the wall.

use crate::Contender;
use cpu_time::ThreadTime;
use std::time::{Duration, Instant};

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The time of the processor in this thread.
    Thread,
    /// The time that passes.
    Wall,
}

impl Clock {
    /// How long a call takes.
    fn time(self, call: impl FnOnce()) -> Duration {
        match self {
            Self::Thread => {
                let start = ThreadTime::now();
                call();
                start.elapsed()
            }
            Self::Wall => {
                let start = Instant::now();
                call();
                start.elapsed()
            }
        }
    }
}

/// How long to measure.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How often each version is timed, but for those of which a step is longer than [`SLOW`] batches:
    /// they are timed in the first tenth of the rounds only.
    pub rounds: usize,
    /// About how long one timing lasts. A step that takes longer is timed alone.
    pub batch: Duration,
    /// With which clock.
    pub clock: Clock,
}

/// How many batches a step of a slow version lasts.
pub const SLOW: u32 = 4;

/// The times of one version.
#[derive(Clone, Debug)]
pub struct Timing {
    /// The version.
    pub name: &'static str,
    /// Seconds for one step, one number a round, from the first round on.
    pub seconds: Vec<f64>,
}

impl Timing {
    /// The median time of a step, in seconds.
    pub fn median(&self) -> f64 {
        quantile(self.seconds.clone(), 0.5)
    }

    /// How many times longer than `other` this version took: the lower quartile, the median and the
    /// upper quartile of the ratios within a round.
    pub fn over(&self, other: &Self) -> [f64; 3] {
        let ratios = self.seconds.iter().zip(&other.seconds).map(|(mine, theirs)| mine / theirs);
        let ratios: Vec<f64> = ratios.collect();
        [0.25, 0.5, 0.75].map(|q| quantile(ratios.clone(), q))
    }
}

/// The element of rank `q` (0 is the smallest, 1 the largest).
fn quantile(mut numbers: Vec<f64>, q: f64) -> f64 {
    numbers.sort_by(f64::total_cmp);
    #[allow(clippy::cast_sign_loss, reason = "q is not negative")]
    let rank = (q * (numbers.len() - 1) as f64).round() as usize;
    numbers[rank]
}

/// Times all versions in alternating batches. Each round begins with another version, since a
/// version leaves its own data in the caches.
pub fn interleaved(contenders: &mut [Box<dyn Contender>], plan: Plan) -> Vec<Timing> {
    let mut timings = Vec::new();
    let mut steps = Vec::new();
    let mut rounds = Vec::new();
    for contender in contenders.iter_mut() {
        let slow = timed(contender.as_mut(), 1, plan.clock) > plan.batch * SLOW;
        rounds.push(if slow { plan.rounds.div_ceil(10) } else { plan.rounds });
        steps.push(steps_in(contender.as_mut(), plan));
        timings.push(Timing { name: contender.name(), seconds: Vec::new() });
    }
    for round in 0..plan.rounds {
        for turn in 0..contenders.len() {
            let i = (round + turn) % contenders.len();
            if round >= rounds[i] {
                continue;
            }
            let time = timed(contenders[i].as_mut(), steps[i], plan.clock);
            timings[i].seconds.push(time.as_secs_f64() / steps[i] as f64);
        }
    }
    timings
}

/// The seconds of the processor that a call takes.
pub fn cpu_seconds(call: impl FnOnce()) -> f64 {
    Clock::Thread.time(call).as_secs_f64()
}

/// The time of a batch, from the initial inputs.
pub fn timed(contender: &mut dyn Contender, steps: u64, clock: Clock) -> Duration {
    contender.reset();
    // Brings the version's data back into the caches.
    contender.batch(1);
    contender.reset();
    clock.time(|| contender.batch(steps))
}

/// How many steps last about as long as a batch.
fn steps_in(contender: &mut dyn Contender, Plan { batch, clock, .. }: Plan) -> u64 {
    let mut steps = 1;
    loop {
        let time = timed(contender, steps, clock);
        if time >= batch {
            return steps;
        }
        if time * 8 >= batch {
            let step = time.as_secs_f64() / steps as f64;
            #[allow(clippy::cast_sign_loss, reason = "times are positive")]
            return (batch.as_secs_f64() / step).ceil() as u64;
        }
        steps *= 4;
    }
}

#[cfg(test)]
mod tests {
    use super::Timing;

    #[test]
    fn ratios_are_taken_within_a_round() {
        let slow = Timing { name: "slow", seconds: vec![2.0, 40.0, 3.0] };
        let fast = Timing { name: "fast", seconds: vec![1.0, 10.0, 1.0] };
        assert_eq!(slow.median(), 3.0);
        assert_eq!(slow.over(&fast)[1], 3.0);
    }
}
