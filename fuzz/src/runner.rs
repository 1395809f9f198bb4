//! Compiles and runs programs: many in a file, several files in a crate.

use crate::ast::Program;
use crate::print;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What came of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Both versions agree.
    Agrees {
        /// At so many points.
        compared: usize,
        /// So many points were too close to a tie, or not finite.
        skipped: usize,
    },
    /// They do not, or the gradient panicked.
    Wrong(String),
    /// The version over `f64` does not compile; the text of the first error.
    Rejected(String),
    /// The version over dual numbers does not compile or panics: a defect of this tool.
    Oracle(String),
}

impl Verdict {
    /// Whether something is wrong with the gradient.
    pub fn failed(&self) -> bool {
        !matches!(self, Verdict::Agrees { .. })
    }

    /// What a smaller program has to share with this one to fail in the same way.
    pub fn kind(&self) -> String {
        match self {
            Verdict::Agrees { .. } => String::new(),
            Verdict::Wrong(text) if text.starts_with("panicked") => "panicked".to_string(),
            Verdict::Wrong(text) => text.chars().take_while(char::is_ascii_alphabetic).collect(),
            Verdict::Rejected(text) => without_names(text),
            Verdict::Oracle(text) => format!("oracle: {}", without_names(text)),
        }
    }
}

/// A message without the names and numbers in it.
fn without_names(text: &str) -> String {
    let mut parts = text.split('`').enumerate();
    let outside: String =
        parts.by_ref().filter(|(k, _)| k % 2 == 0).map(|(_, part)| part).collect();
    outside.chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// A crate of generated programs.
#[derive(Clone, Debug)]
pub struct Runner {
    name: String,
    dir: PathBuf,
    per_file: usize,
    offline: bool,
    /// Whether programs are only checked and not run.
    checks: bool,
}

/// The programs of one file, by their numbers, with the lines that each of them has.
struct File {
    name: String,
    numbers: Vec<usize>,
    lines: Vec<Lines>,
}

/// The lines of a program and of the oracle in it.
struct Lines {
    all: Range<usize>,
    oracle: Range<usize>,
}

impl Runner {
    /// A crate of that name under `target/fuzz`.
    ///
    /// # Errors
    ///
    /// If the crate cannot be written.
    pub fn new(name: &str, per_file: usize) -> io::Result<Self> {
        let dir = target().join("fuzz").join(name);
        fs::create_dir_all(dir.join("src/bin"))?;
        let mut runner =
            Runner { name: name.to_string(), dir, per_file, offline: true, checks: false };
        runner.write_manifest()?;
        runner.offline = runner.cargo(&["metadata", "--format-version", "1"])?.status.success();
        Ok(runner)
    }

    /// Checks programs from now on without running them, which is faster.
    pub fn check_only(&mut self, checks: bool) {
        self.checks = checks;
    }

    /// Where the crate is.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Compiles and runs programs; a verdict for each.
    ///
    /// # Errors
    ///
    /// If cargo or the programs cannot be started, or the crate cannot be written.
    pub fn run(&self, programs: &[Program]) -> io::Result<Vec<Verdict>> {
        let mut verdicts = vec![None; programs.len()];
        let numbers: Vec<_> = (0..programs.len()).collect();
        let mut open: Vec<Vec<usize>> = numbers.chunks(self.per_file).map(<[_]>::to_vec).collect();
        while !open.is_empty() {
            let files = self.write(programs, &open)?;
            let failed = self.build(&files, &mut verdicts)?;
            open = Vec::new();
            for file in files {
                match failed.get(&file.name) {
                    None if self.checks => {
                        let agrees = Verdict::Agrees { compared: 0, skipped: 0 };
                        file.numbers.iter().for_each(|k| verdicts[*k] = Some(agrees.clone()));
                    }
                    None => execute(&file, &mut verdicts)?,
                    Some(message) => open.extend(remaining(&file, message, &mut verdicts)),
                }
            }
        }
        Ok(verdicts.into_iter().map(|v| v.unwrap_or(Verdict::Oracle("lost".into()))).collect())
    }

    fn write_manifest(&self) -> io::Result<()> {
        let root = root();
        let manifest = format!(
            "[package]\nname = \"generated\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [lib]\nname = \"support\"\n\n[dependencies]\n\
             autograd-runtime = {{ path = {:?} }}\nnum-dual = \"0.15\"\n\n[workspace]\n\n\
             [profile.dev]\ndebug = false\nincremental = false\n\n\
             [profile.dev.package.autograd-macros]\nopt-level = 1\n",
            root.join("autograd-runtime").display().to_string()
        );
        fs::write(self.dir.join("Cargo.toml"), manifest)?;
        fs::copy(root.join("Cargo.lock"), self.dir.join("Cargo.lock"))?;
        fs::write(self.dir.join("src/lib.rs"), include_str!("../template/support.rs"))
    }

    fn cargo(&self, args: &[&str]) -> io::Result<Output> {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
        command.args(args).current_dir(&self.dir);
        command.env("CARGO_TARGET_DIR", target().join("fuzz/build"));
        if self.offline {
            command.arg("--offline");
        }
        command.output()
    }

    fn write(&self, programs: &[Program], open: &[Vec<usize>]) -> io::Result<Vec<File>> {
        let bin = self.dir.join("src/bin");
        fs::remove_dir_all(&bin)?;
        fs::create_dir_all(&bin)?;
        let mut files = Vec::new();
        for (k, numbers) in open.iter().enumerate() {
            let name = format!("{}_{k}", self.name);
            let (text, lines) = file(programs, numbers);
            fs::write(bin.join(format!("{name}.rs")), text)?;
            files.push(File { name, numbers: numbers.clone(), lines });
        }
        Ok(files)
    }

    /// Compiles the files, notes the programs with errors, and says which files have any.
    fn build(
        &self,
        files: &[File],
        verdicts: &mut [Option<Verdict>],
    ) -> io::Result<BTreeMap<String, String>> {
        let command = if self.checks { "check" } else { "build" };
        let output = self.cargo(&[command, "--bins", "--keep-going", "--message-format=short"])?;
        let mut failed = BTreeMap::new();
        if output.status.success() {
            return Ok(failed);
        }
        let text = String::from_utf8_lossy(&output.stderr);
        for file in files {
            let errors = text.lines().filter_map(|line| error_in(line, &file.name));
            for (line, message) in errors {
                failed.entry(file.name.clone()).or_default();
                file.note(line, message, verdicts);
            }
            let summary = format!("(bin \"{}\")", file.name);
            if text.lines().any(|line| line.starts_with("error") && line.contains(&summary)) {
                failed.entry(file.name.clone()).or_insert_with(|| "no error in it".to_string());
            }
        }
        if failed.is_empty() {
            return Err(io::Error::other(format!("cargo failed:\n{text}")));
        }
        Ok(failed)
    }
}

/// Runs the programs of a file; one that ends the process is left out of the next run.
fn execute(file: &File, verdicts: &mut [Option<Verdict>]) -> io::Result<()> {
    let binary = target().join("fuzz/build/debug").join(&file.name);
    let mut first = 0;
    while first < file.numbers.len() {
        let output = Command::new(&binary).arg(first.to_string()).output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        for (number, verdict) in text.lines().filter_map(report) {
            verdicts[number] = Some(verdict);
            first += 1;
        }
        if first < file.numbers.len() && output.status.code() != Some(3) {
            let message = format!("panicked: the process ended with {}", output.status);
            verdicts[file.numbers[first]] = Some(Verdict::Wrong(message));
            first += 1;
        }
    }
    Ok(())
}

impl File {
    /// Notes an error of a program; one in the oracle does not overwrite one of the macro.
    fn note(&self, line: usize, message: &str, verdicts: &mut [Option<Verdict>]) {
        let Some(k) = self.lines.iter().position(|at| at.all.contains(&line)) else { return };
        let verdict = &mut verdicts[self.numbers[k]];
        let message = message.to_string();
        match verdict {
            _ if self.lines[k].oracle.contains(&line) => *verdict = Some(Verdict::Oracle(message)),
            None => *verdict = Some(Verdict::Rejected(message)),
            Some(_) => {}
        }
    }
}

/// What of a file that does not compile is to be compiled again: its programs without errors, or, if
/// no error could be found in one of them, its halves.
fn remaining(file: &File, message: &str, verdicts: &mut [Option<Verdict>]) -> Vec<Vec<usize>> {
    let rest: Vec<_> = file.numbers.iter().copied().filter(|k| verdicts[*k].is_none()).collect();
    match rest.len() {
        0 => Vec::new(),
        n if n < file.numbers.len() => vec![rest],
        1 => {
            verdicts[rest[0]] = Some(Verdict::Rejected(message.to_string()));
            Vec::new()
        }
        n => rest.chunks(n.div_ceil(2)).map(<[_]>::to_vec).collect(),
    }
}

fn file(programs: &[Program], numbers: &[usize]) -> (String, Vec<Lines>) {
    let mut text = String::from("#![allow(warnings)]\n");
    let mut lines = Vec::new();
    let mut at = 2;
    for number in numbers {
        let source = print::module(&programs[*number], *number);
        let end = at + source.text.lines().count();
        let oracle = at + source.oracle.start..at + source.oracle.end;
        lines.push(Lines { all: at..end, oracle });
        at = end;
        text += &source.text;
    }
    let checks: Vec<_> = numbers.iter().map(|k| format!("({k}, p{k}::check)")).collect();
    let main = format!("fn main() {{\n    support::run(&[{}]);\n}}\n", checks.join(", "));
    (text + &main, lines)
}

/// The line and the message of an error in a file, as `--message-format=short` writes it.
fn error_in<'a>(line: &'a str, file: &str) -> Option<(usize, &'a str)> {
    let rest = line.strip_prefix("src/bin/")?.strip_prefix(file)?.strip_prefix(".rs:")?;
    let mut parts = rest.splitn(3, ':');
    let number = parts.next()?.parse().ok()?;
    let message = parts.nth(1)?.trim();
    message.starts_with("error").then_some((number, message))
}

fn report(line: &str) -> Option<(usize, Verdict)> {
    let (kind, rest) = line.split_once(' ')?;
    let (number, rest) = rest.split_once(' ')?;
    let number = number.parse().ok()?;
    let verdict = match kind {
        "OK" => {
            let (compared, skipped) = rest.split_once(' ')?;
            Verdict::Agrees { compared: compared.parse().ok()?, skipped: skipped.parse().ok()? }
        }
        "FAILED" => Verdict::Wrong(rest.to_string()),
        "ORACLE" => Verdict::Oracle(rest.to_string()),
        _ => return None,
    };
    Some((number, verdict))
}

/// The root of the workspace.
fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}

/// Where cargo writes.
fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::{Verdict, error_in, report};

    #[test]
    fn errors_are_found_in_their_file() {
        let line = "src/bin/b1.rs:12:5: error[E0425]: cannot find value `x`: gone";
        assert_eq!(error_in(line, "b1"), Some((12, "error[E0425]: cannot find value `x`: gone")));
        assert_eq!(error_in(line, "b12"), None);
        assert_eq!(error_in("src/bin/b1.rs:12:5: warning: unused", "b1"), None);
    }

    #[test]
    fn reports_are_read() {
        let agrees = Verdict::Agrees { compared: 2, skipped: 1 };
        assert_eq!(report("OK 7 2 1"), Some((7, agrees)));
        let wrong = Verdict::Wrong("gradient 1: 2, of dual numbers 3".into());
        assert_eq!(wrong.kind(), "gradient");
        assert_eq!(report("FAILED 3 gradient 1: 2, of dual numbers 3"), Some((3, wrong)));
    }
}
