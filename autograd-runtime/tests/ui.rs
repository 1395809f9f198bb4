//! What the user sees of a misuse: each mistake with the full text of its error, in folders by the
//! stage that finds it. `TRYBUILD=overwrite cargo test --test ui` writes the texts anew.
//!
//! `ui/todo` is not run. It holds what is still to be put right: `wrong_gradient` (each asserts the
//! right one and should have it, or be a compile error), `accepted` (should be a compile error),
//! `rejected` (should compile), `message` (an error whose text does not help, beside the text).

use std::fs;
use std::path::{Path, PathBuf};

const STAGES: &[&str] = &["parse", "lower", "shape", "activity", "types"];

/// Names that only generated code and the inside of the runtime know. The name of a method's
/// companion, `differentiable_method`, is made to be read where it is missing.
const GENERATED: &[&str] = &[
    "`__",
    "::__",
    "_augmented",
    "pullback",
    "Witness",
    "_bar",
    "IntoSlot",
    "NoSlot",
    "accumulat",
    "adjoint::",
];

#[test]
fn misuse_is_a_compile_error() {
    let cases = trybuild::TestCases::new();
    for stage in STAGES {
        cases.compile_fail(format!("tests/ui/{stage}/*.rs"));
    }
    cases.pass("tests/ui/pass/*.rs");
}

#[test]
fn no_error_names_generated_code() {
    let mut found = Vec::new();
    for (path, text) in texts() {
        for (number, line) in text.lines().enumerate() {
            for name in GENERATED.iter().filter(|name| line.contains(**name)) {
                found.push(format!("{}:{}: {name}", path.display(), number + 1));
            }
        }
    }
    assert!(found.is_empty(), "generated names in errors:\n{}", found.join("\n"));
}

#[test]
fn no_error_points_at_the_attribute() {
    let blaming: Vec<String> = texts()
        .iter()
        .flat_map(|(path, text)| {
            let errors = text.split("\nerror").map(|error| error.trim_start_matches("error"));
            errors.filter(|error| points_at_attribute(error)).map(|error| {
                let title = error.lines().next().unwrap_or_default();
                format!("{}: {title}", path.display())
            })
        })
        .collect();
    assert!(blaming.is_empty(), "errors that blame the attribute:\n{}", blaming.join("\n"));
}

/// Each text of an error, with its file.
fn texts() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui");
    let mut texts = Vec::new();
    for stage in STAGES {
        for entry in fs::read_dir(root.join(stage)).expect("the folder can be read") {
            let path = entry.expect("an entry can be read").path();
            if path.extension().is_some_and(|extension| extension == "stderr") {
                let text = fs::read_to_string(&path).expect("the text can be read");
                texts.push((path, text));
            }
        }
    }
    assert!(!texts.is_empty(), "there are texts to look at");
    texts
}

/// Whether the first snippet of an error underlines `#[…]` from its first character.
fn points_at_attribute(error: &str) -> bool {
    let is_note = |line: &&str| {
        let line = line.trim_start();
        line.starts_with("= ") || line.starts_with("note:") || line.starts_with("help: ")
    };
    // The help of our own errors stands above the snippet.
    let snippet = error.lines().skip_while(|line| !line.trim_start().starts_with("-->"));
    let lines: Vec<&str> = snippet.take_while(|line| !is_note(line)).collect();
    lines.windows(2).any(|pair| {
        let attribute = ["#[differentiable", "#[derive"].iter().find_map(|name| pair[0].find(name));
        attribute.is_some_and(|column| pair[1].as_bytes().get(column) == Some(&b'^'))
    })
}
