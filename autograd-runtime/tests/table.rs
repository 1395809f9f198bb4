//! Every form of expression, statement and pattern that the parser knows: accepted, with a gradient
//! against central differences, or diagnosed, with a compile error whose text is tested.
#![allow(unused, clippy::pedantic, clippy::all, reason = "what users may write, not what is best")]

use Row::{Accepted, Diagnosed, Never};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use syn::visit::{self, Visit};

#[path = "table/functions.rs"]
mod functions;

enum Row {
    /// By a function of `table/functions.rs`.
    Accepted(&'static str),
    /// By a file of `ui`.
    Diagnosed(&'static str),
    /// It does not come to the macro on a stable compiler.
    Never(&'static str),
}

const EXPRESSIONS: &[(&str, Row)] = &[
    ("Array", Accepted("array")),
    ("Assign", Accepted("assign")),
    ("Async", Diagnosed("lower/async_block")),
    ("Await", Diagnosed("lower/await_in_a_function")),
    ("Binary", Accepted("binary")),
    ("Block", Accepted("block")),
    ("Break", Accepted("break_")),
    ("Call", Accepted("call")),
    ("Cast", Accepted("cast")),
    ("Closure", Accepted("closure")),
    ("Const", Accepted("const_")),
    ("Continue", Accepted("continue_")),
    ("Field", Accepted("field")),
    ("ForLoop", Accepted("for_loop")),
    (
        "Group",
        Never(
            "delimiters without a character, which only macros make; see ui/pass/macro_generated",
        ),
    ),
    ("If", Accepted("if_")),
    ("Index", Accepted("index")),
    ("Infer", Accepted("infer")),
    ("Let", Accepted("let_")),
    ("Lit", Accepted("lit")),
    ("Loop", Accepted("loop_")),
    ("Macro", Accepted("macro_")),
    ("Match", Accepted("match_")),
    ("MethodCall", Accepted("method_call")),
    ("Paren", Accepted("paren")),
    ("Path", Accepted("path")),
    ("Range", Accepted("range")),
    ("RawAddr", Diagnosed("lower/raw_address")),
    ("Reference", Accepted("reference")),
    ("Repeat", Accepted("repeat")),
    ("Return", Accepted("return_")),
    ("Struct", Accepted("struct_")),
    ("Try", Diagnosed("lower/question_mark")),
    ("TryBlock", Never("unstable")),
    ("Tuple", Accepted("tuple")),
    ("Unary", Accepted("unary")),
    ("Unsafe", Diagnosed("lower/unsafe_block")),
    ("Verbatim", Never("syntax that the parser does not know")),
    ("While", Accepted("while_")),
    ("Yield", Diagnosed("lower/yield_in_a_function")),
];

const STATEMENTS: &[(&str, Row)] = &[
    ("Local", Accepted("block")),
    ("Item", Accepted("nested")),
    ("Expr", Accepted("assign")),
    ("Macro", Accepted("macro_statement")),
];

const PATTERNS: &[(&str, Row)] = &[
    ("Const", Never("unstable")),
    ("Guard", Accepted("guard")),
    ("Ident", Accepted("parts")),
    ("Lit", Accepted("numbers")),
    ("Macro", Diagnosed("lower/macro_pattern")),
    ("Or", Accepted("numbers")),
    ("Paren", Accepted("numbers")),
    ("Path", Accepted("shapes")),
    ("Range", Accepted("numbers")),
    ("Reference", Accepted("parts")),
    ("Rest", Accepted("parts")),
    ("Slice", Accepted("parts")),
    ("Struct", Accepted("shapes")),
    ("Tuple", Accepted("guard")),
    ("TupleStruct", Accepted("shapes")),
    ("Type", Accepted("closure")),
    ("Verbatim", Never("syntax that the parser does not know")),
    ("Wild", Accepted("parts")),
];

type Value = fn(f64) -> f64;
type ValueAndGrad = fn(f64) -> (f64, f64);

macro_rules! functions {
    ($($name:ident)*) => {
        const FUNCTIONS: &[(&str, Value, ValueAndGrad)] =
            &[$((stringify!($name), functions::$name, functions::$name::value_and_grad)),*];
    };
}
functions! {
    array assign binary block break_ call cast closure const_ continue_ field for_loop if_ index infer
    let_ lit loop_ macro_ match_ method_call paren path range reference repeat return_ struct_ tuple
    unary while_ nested macro_statement guard numbers parts shapes
}

#[test]
fn accepted_forms_have_their_gradient() {
    for (name, value, value_and_grad) in FUNCTIONS {
        for x in [0.6, 1.3, -0.4] {
            let (computed, gradient) = value_and_grad(x);
            assert_eq!(computed, value(x), "the value of `{name}` at {x}");
            let difference = (value(x + 1e-6) - value(x - 1e-6)) / 2e-6;
            let error = (gradient - difference).abs();
            assert!(
                error <= 1e-6 * (1.0 + difference.abs()),
                "`{name}` at {x}: {gradient}, not {difference}"
            );
        }
    }
}

#[test]
fn every_form_has_a_row() {
    let source = parser();
    for (file, name, rows) in
        [("expr", "Expr", EXPRESSIONS), ("stmt", "Stmt", STATEMENTS), ("pat", "Pat", PATTERNS)]
    {
        let text =
            fs::read_to_string(source.join(format!("{file}.rs"))).expect("the parser is there");
        let known: BTreeSet<String> = variants(&text, name).into_iter().collect();
        let rows: BTreeSet<String> = rows.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(known, rows, "the variants of `syn::{name}`");
    }
}

#[test]
fn every_row_shows_its_form() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let functions = syn::parse_file(include_str!("table/functions.rs")).expect("it is Rust");
    for (kind, rows) in [("Expr", EXPRESSIONS), ("Stmt", STATEMENTS), ("Pat", PATTERNS)] {
        for (name, row) in rows {
            let mut forms = Forms::default();
            match row {
                Accepted(function) => {
                    assert!(
                        FUNCTIONS.iter().any(|(checked, ..)| checked == function),
                        "{function}"
                    );
                    let item = functions.items.iter().find(
                        |item| matches!(item, syn::Item::Fn(item) if item.sig.ident == function),
                    );
                    forms.visit_item(item.expect("the function is there"));
                }
                Diagnosed(file) => {
                    let path = root.join("ui").join(file);
                    assert!(path.with_extension("stderr").exists(), "{file} has a text");
                    let text = fs::read_to_string(path.with_extension("rs")).expect("a case");
                    forms.visit_file(&syn::parse_file(&text).expect("it is Rust"));
                }
                Never(_) => continue,
            }
            let form = format!("{kind}::{name}");
            assert!(forms.0.contains(&form), "`{form}` is shown by {:?}", forms.0);
        }
    }
}

/// The forms that some code consists of.
#[derive(Default)]
struct Forms(BTreeSet<String>);

impl Forms {
    fn note(&mut self, debug: &str) {
        let name = debug.split(|c: char| !c.is_alphanumeric() && c != ':').next();
        self.0.insert(name.unwrap_or_default().to_owned());
    }
}

impl<'ast> Visit<'ast> for Forms {
    fn visit_expr(&mut self, expr: &'ast syn::Expr) {
        self.note(&format!("{expr:?}"));
        visit::visit_expr(self, expr);
    }
    fn visit_stmt(&mut self, stmt: &'ast syn::Stmt) {
        self.note(&format!("{stmt:?}"));
        visit::visit_stmt(self, stmt);
    }
    fn visit_pat(&mut self, pat: &'ast syn::Pat) {
        self.note(&format!("{pat:?}"));
        visit::visit_pat(self, pat);
    }
}

/// The names of the variants of an enum, from the text that declares it.
fn variants(text: &str, name: &str) -> Vec<String> {
    let lines = text.lines().skip_while(|line| line.trim() != format!("pub enum {name} {{"));
    lines
        .skip(1)
        .map(str::trim)
        .take_while(|line| *line != "}")
        .filter(|line| line.starts_with(char::is_uppercase))
        .map(|line| line.chars().take_while(|c| c.is_alphanumeric()).collect())
        .collect()
}

/// Where the sources of the parser are, of the version that is linked here.
fn parser() -> PathBuf {
    let rustc = Command::new("rustc").arg("-vV").output().expect("rustc runs");
    let about = String::from_utf8(rustc.stdout).expect("it is text");
    let host = about.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host");
    let metadata = |offline: &[&str]| {
        Command::new(env!("CARGO"))
            .args(["metadata", "--format-version", "1", "--filter-platform", host])
            .args(offline)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .expect("cargo runs")
    };
    let mut output = metadata(&["--offline"]);
    if !output.status.success() {
        output = metadata(&[]);
    }
    let text = String::from_utf8(output.stdout).expect("it is text");
    let version = text.split("\"manifest_path\":\"").skip(1).find_map(|rest| {
        let path = Path::new(&rest[..rest.find('"')?]).parent()?.to_owned();
        path.file_name()?.to_str()?.starts_with("syn-3").then_some(path)
    });
    version.expect("the parser is among the packages").join("src")
}
