//! How long the stages of an expansion take.

use std::fmt;
use std::time::{Duration, Instant};

/// A stopwatch that notes the time of each stage.
pub(crate) struct Clock {
    last: Instant,
    laps: Vec<(&'static str, Duration)>,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Self { last: Instant::now(), laps: Vec::new() }
    }

    /// Ends the stage that runs.
    pub(crate) fn lap(&mut self, stage: &'static str) {
        let now = Instant::now();
        self.laps.push((stage, now - self.last));
        self.last = now;
    }
}

/// The total first, then the stages, in microseconds.
impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total: Duration = self.laps.iter().map(|(_, time)| *time).sum();
        write!(f, "total {} us:", total.as_micros())?;
        self.laps.iter().try_for_each(|(stage, time)| write!(f, " {stage} {}", time.as_micros()))
    }
}
