//! Speaks `GradBench`'s protocol on the standard input and output, see [`benches::gradbench`].

use std::io::{self, BufWriter};
use std::process::ExitCode;

fn main() -> ExitCode {
    let served = benches::gradbench::serve(io::stdin().lock(), BufWriter::new(io::stdout().lock()));
    match served {
        Ok(()) => ExitCode::SUCCESS,
        // An eval that has seen enough goes away.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("gradbench: {error}");
            ExitCode::FAILURE
        }
    }
}
