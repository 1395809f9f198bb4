use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// A function and its input.
pub(super) struct Call<'a> {
    pub(super) function: &'a str,
    /// JSON.
    pub(super) input: &'a str,
}

/// What a function returned, and how long each of its runs took.
pub(super) struct Answer {
    pub(super) output: Box<RawValue>,
    pub(super) nanoseconds: Vec<u64>,
}

/// An answer, or why there is none.
pub(super) type Outcome = Result<Answer, String>;

/// How often a function is to run: as often as both say.
#[derive(Deserialize)]
struct Runs {
    #[serde(default = "once")]
    min_runs: usize,
    #[serde(default)]
    min_seconds: f64,
}

fn once() -> usize {
    1
}

impl Call<'_> {
    /// The input.
    pub(super) fn parse<T: DeserializeOwned>(&self) -> Result<T, String> {
        serde_json::from_str(self.input).map_err(|error| format!("the input: {error}"))
    }

    /// Runs the function as often as the input asks for, each time from the same input.
    pub(super) fn measure<T: Serialize>(&self, run: impl FnMut() -> T) -> Outcome {
        self.measure_and_report(run, |value| value)
    }

    /// The same; `report` makes of the last value what is sent, and is not timed.
    pub(super) fn measure_and_report<T, R: Serialize>(
        &self,
        run: impl FnMut() -> T,
        report: impl FnOnce(T) -> R,
    ) -> Outcome {
        // An input that is a number alone is evaluated once.
        let runs =
            serde_json::from_str(self.input).unwrap_or(Runs { min_runs: 1, min_seconds: 0.0 });
        answer(&runs, run, report)
    }

    /// That the module does not have the function.
    pub(super) fn unknown(&self) -> Outcome {
        Err(format!("there is no function `{}`", self.function))
    }
}

fn answer<T, R: Serialize>(
    runs: &Runs,
    mut run: impl FnMut() -> T,
    report: impl FnOnce(T) -> R,
) -> Outcome {
    let mut nanoseconds = Vec::new();
    let mut total = Duration::ZERO;
    loop {
        let start = Instant::now();
        let value = black_box(black_box(&mut run)());
        let elapsed = start.elapsed();
        total += elapsed;
        nanoseconds.push(elapsed.as_nanos() as u64);
        if nanoseconds.len() >= runs.min_runs && total.as_secs_f64() >= runs.min_seconds {
            let output = to_raw_value(&report(value)).map_err(|error| error.to_string())?;
            return Ok(Answer { output, nanoseconds });
        }
    }
}

/// `message` as an error, unless `met`.
pub(super) fn ensure(met: bool, message: &str) -> Result<(), String> {
    if met { Ok(()) } else { Err(message.into()) }
}

/// The numbers of a matrix, row by row, if it has the given shape.
pub(super) fn flat(
    name: &str,
    matrix: &[Vec<f64>],
    [rows, columns]: [usize; 2],
) -> Result<Vec<f64>, String> {
    let fits = matrix.len() == rows && matrix.iter().all(|row| row.len() == columns);
    ensure(fits, &format!("`{name}` is not of shape [{rows}, {columns}]"))?;
    Ok(matrix.concat())
}

/// The rows of `numbers`, of `width` each: the inverse of [`flat`]. Rows of no numbers are none of them
/// in `numbers`, so their count is given.
pub(super) fn rows(numbers: &[f64], width: usize, count: usize) -> Vec<&[f64]> {
    (0..count).map(|row| &numbers[row * width..(row + 1) * width]).collect()
}
