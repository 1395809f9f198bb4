//! Every stable method of `f64` in `std`, by Rust 1.95: differentiated, or without derivative, both with
//! a gradient against central differences, or diagnosed, with a compile error whose text is tested.
#![allow(unused, clippy::pedantic, clippy::all, reason = "what users may write, not what is best")]
#![allow(deprecated, reason = "`abs_sub` is a method, too")]

use Row::{Diagnosed, Differentiated, Inactive};
use functions::FUNCTIONS;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

#[path = "f64_methods/functions.rs"]
mod functions;

/// Points in the domain of a function of `f64_methods/functions.rs`.
type Points = [(f64, f64); 3];

enum Row {
    /// A derivative flows through it, by the function of its name.
    Differentiated(Points),
    /// Its result is no number, or its derivative is zero almost everywhere, by the same.
    Inactive(Points),
    /// By a file of `ui`; the function of its name, if there is one, shows what is accepted.
    Diagnosed(&'static str),
}

const ANYWHERE: Points = [(0.6, 0.8), (-0.7, 1.3), (1.7, -0.45)];
const POSITIVE: Points = [(0.6, 0.8), (0.3, 1.7), (2.3, 0.45)];
const BELOW_ONE: Points = [(0.6, 0.8), (-0.7, 0.4), (0.15, -0.9)];
const ABOVE_ONE: Points = [(1.6, 1.8), (2.3, 1.1), (1.2, 3.4)];

/// The methods of `f64` itself.
const INHERENT: &[(&str, Row)] = &[
    ("abs", Differentiated(ANYWHERE)),
    ("abs_sub", Differentiated(ANYWHERE)),
    ("acos", Differentiated(BELOW_ONE)),
    ("acosh", Differentiated(ABOVE_ONE)),
    ("asin", Differentiated(BELOW_ONE)),
    ("asinh", Differentiated(ANYWHERE)),
    ("atan", Differentiated(ANYWHERE)),
    ("atan2", Differentiated(ANYWHERE)),
    ("atanh", Differentiated(BELOW_ONE)),
    ("cbrt", Differentiated(ANYWHERE)),
    ("ceil", Inactive(ANYWHERE)),
    ("clamp", Differentiated(ANYWHERE)),
    ("classify", Inactive(ANYWHERE)),
    ("copysign", Differentiated(ANYWHERE)),
    ("cos", Differentiated(ANYWHERE)),
    ("cosh", Differentiated(ANYWHERE)),
    ("div_euclid", Inactive(ANYWHERE)),
    ("exp", Differentiated(ANYWHERE)),
    ("exp2", Differentiated(ANYWHERE)),
    ("exp_m1", Differentiated(ANYWHERE)),
    ("floor", Inactive(ANYWHERE)),
    ("fract", Differentiated(ANYWHERE)),
    ("from_be_bytes", Inactive(ANYWHERE)),
    ("from_bits", Inactive(ANYWHERE)),
    ("from_le_bytes", Inactive(ANYWHERE)),
    ("from_ne_bytes", Inactive(ANYWHERE)),
    ("hypot", Differentiated(ANYWHERE)),
    ("is_finite", Inactive(ANYWHERE)),
    ("is_infinite", Inactive(ANYWHERE)),
    ("is_nan", Inactive(ANYWHERE)),
    ("is_normal", Inactive(ANYWHERE)),
    ("is_sign_negative", Inactive(ANYWHERE)),
    ("is_sign_positive", Inactive(ANYWHERE)),
    ("is_subnormal", Inactive(ANYWHERE)),
    ("ln", Differentiated(POSITIVE)),
    ("ln_1p", Differentiated(POSITIVE)),
    ("log", Differentiated(POSITIVE)),
    ("log10", Differentiated(POSITIVE)),
    ("log2", Differentiated(POSITIVE)),
    ("max", Differentiated(ANYWHERE)),
    ("midpoint", Differentiated(ANYWHERE)),
    ("min", Differentiated(ANYWHERE)),
    ("mul_add", Differentiated(ANYWHERE)),
    ("next_down", Differentiated(ANYWHERE)),
    ("next_up", Differentiated(ANYWHERE)),
    ("powf", Differentiated(POSITIVE)),
    ("powi", Differentiated(ANYWHERE)),
    ("recip", Differentiated(ANYWHERE)),
    ("rem_euclid", Differentiated(ANYWHERE)),
    ("round", Inactive(ANYWHERE)),
    ("round_ties_even", Inactive(ANYWHERE)),
    ("signum", Inactive(ANYWHERE)),
    ("sin", Differentiated(ANYWHERE)),
    ("sin_cos", Differentiated(ANYWHERE)),
    ("sinh", Differentiated(ANYWHERE)),
    ("sqrt", Differentiated(POSITIVE)),
    ("tan", Differentiated(BELOW_ONE)),
    ("tanh", Differentiated(ANYWHERE)),
    ("to_be_bytes", Diagnosed("activity/bits_of_active")),
    ("to_bits", Diagnosed("activity/bits_of_active")),
    ("to_degrees", Differentiated(ANYWHERE)),
    ("to_int_unchecked", Diagnosed("lower/to_int_unchecked")),
    ("to_le_bytes", Diagnosed("activity/bits_of_active")),
    ("to_ne_bytes", Diagnosed("activity/bits_of_active")),
    ("to_radians", Differentiated(ANYWHERE)),
    ("total_cmp", Inactive(ANYWHERE)),
    ("trunc", Inactive(ANYWHERE)),
];

/// The methods of the traits that `f64` implements.
const OF_TRAITS: &[(&str, Row)] = &[
    ("add", Differentiated(ANYWHERE)),
    ("add_assign", Differentiated(ANYWHERE)),
    ("clone", Differentiated(ANYWHERE)),
    ("clone_from", Diagnosed("lower/in_place_clone_from")),
    ("default", Inactive(ANYWHERE)),
    ("div", Differentiated(ANYWHERE)),
    ("div_assign", Differentiated(ANYWHERE)),
    ("eq", Inactive(ANYWHERE)),
    ("fmt", Inactive(ANYWHERE)),
    ("from", Differentiated(ANYWHERE)),
    ("from_str", Inactive(ANYWHERE)),
    ("ge", Inactive(ANYWHERE)),
    ("gt", Inactive(ANYWHERE)),
    ("le", Inactive(ANYWHERE)),
    ("lt", Inactive(ANYWHERE)),
    ("mul", Differentiated(ANYWHERE)),
    ("mul_assign", Differentiated(ANYWHERE)),
    ("ne", Inactive(ANYWHERE)),
    ("neg", Differentiated(ANYWHERE)),
    ("partial_cmp", Inactive(ANYWHERE)),
    ("product", Differentiated(ANYWHERE)),
    ("rem", Differentiated(ANYWHERE)),
    ("rem_assign", Differentiated(ANYWHERE)),
    ("sub", Differentiated(ANYWHERE)),
    ("sub_assign", Differentiated(ANYWHERE)),
    ("sum", Differentiated(ANYWHERE)),
];

const CONSTANTS: &[&str] = &[
    "DIGITS",
    "EPSILON",
    "INFINITY",
    "MANTISSA_DIGITS",
    "MAX",
    "MAX_10_EXP",
    "MAX_EXP",
    "MIN",
    "MIN_10_EXP",
    "MIN_EXP",
    "MIN_POSITIVE",
    "NAN",
    "NEG_INFINITY",
    "RADIX",
];

/// What stands for a method that is not called by its name.
const WRITTEN_AS: &[(&str, &str)] = &[
    ("add", "x + y"),
    ("sub", "x - y"),
    ("mul", "x * y"),
    ("div", "x / y"),
    ("rem", "% y"),
    ("neg", "-x"),
    ("add_assign", "+="),
    ("sub_assign", "-="),
    ("mul_assign", "*="),
    ("div_assign", "/="),
    ("rem_assign", "%="),
    ("fmt", "format!"),
];

fn rows() -> impl Iterator<Item = &'static (&'static str, Row)> {
    INHERENT.iter().chain(OF_TRAITS)
}

#[test]
fn functions_have_their_gradient() {
    for (name, _, value, value_and_grad) in FUNCTIONS {
        let row = rows().find(|(row, _)| row == name).map(|(_, row)| row);
        let points = match row {
            Some(Differentiated(points) | Inactive(points)) => *points,
            Some(Diagnosed(_)) | None => ANYWHERE,
        };
        for (x, y) in points {
            let (computed, gradient) = value_and_grad(x, y);
            assert_eq!(computed, value(x, y), "the value of `{name}` at ({x}, {y})");
            let difference = (
                (value(x + 1e-6, y) - value(x - 1e-6, y)) / 2e-6,
                (value(x, y + 1e-6) - value(x, y - 1e-6)) / 2e-6,
            );
            for (analytic, numeric) in [(gradient.0, difference.0), (gradient.1, difference.1)] {
                assert!(
                    (analytic - numeric).abs() <= 1e-6 * (1.0 + numeric.abs()),
                    "`{name}` at ({x}, {y}): {gradient:?}, not {difference:?}"
                );
            }
        }
    }
}

#[test]
fn every_row_shows_its_method() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui");
    let body = |name: &str| {
        let found = FUNCTIONS.iter().find(|(function, ..)| *function == name);
        found.unwrap_or_else(|| panic!("a function for `{name}`")).1.to_owned()
    };
    for (name, row) in rows() {
        let shown = match row {
            Differentiated(_) | Inactive(_) => body(name),
            Diagnosed(file) => {
                let path = root.join(file);
                let text = fs::read_to_string(path.with_extension("stderr")).expect("a text");
                assert!(text.contains(*name), "the text of {file} names `{name}`");
                fs::read_to_string(path.with_extension("rs")).expect("a case")
            }
        };
        let is_shown = match WRITTEN_AS.iter().find(|(method, _)| method == name) {
            Some((_, written)) => shown.contains(written),
            None => words(&shown).contains(name),
        };
        assert!(is_shown, "`{name}` is shown by `{shown}`");
    }
    let constants = body("constants");
    let constants = words(&constants);
    assert!(CONSTANTS.iter().all(|name| constants.contains(name)), "all of {constants:?}");
}

#[test]
fn every_method_has_a_row() {
    let Some(page) = documentation() else {
        eprintln!("not compared: the documentation of std is not installed with this toolchain");
        return;
    };
    let (inherent, rest) =
        page.split_once("id=\"trait-implementations\"").expect("methods and traits");
    let of_traits = rest.split("id=\"synthetic-implementations\"").next().unwrap_or_default();
    let names = |rows: &[(&str, Row)]| rows.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(stable(inherent, "method."), names(INHERENT), "the methods of f64");
    let constants = CONSTANTS.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(stable(inherent, "associatedconstant."), constants, "its constants");

    // A method of a trait is as stable as the implementation that it stands in.
    let implementations = of_traits.split("<section id=\"impl-").skip(1);
    let methods = implementations.filter(|text| is_stable(text)).flat_map(|text| {
        text.split("<section id=\"method.").skip(1).map(name_at_start).collect::<Vec<_>>()
    });
    let methods: BTreeSet<String> = methods.collect();
    assert_eq!(methods, names(OF_TRAITS), "the methods of its traits");
}

/// The names of the stable items of a kind on a page.
fn stable(page: &str, kind: &str) -> BTreeSet<String> {
    page.split(&format!("<section id=\"{kind}"))
        .skip(1)
        .filter(|text| is_stable(text))
        .map(name_at_start)
        .collect()
}

/// Whether the section that a text begins with says since when.
fn is_stable(text: &str) -> bool {
    text.split("</section>").next().is_some_and(|section| section.contains("class=\"since\""))
}

fn name_at_start(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The page on `f64` that comes with the toolchain.
fn documentation() -> Option<String> {
    let rustc = Command::new("rustc").args(["--print", "sysroot"]).output().ok()?;
    let sysroot = PathBuf::from(String::from_utf8(rustc.stdout).ok()?.trim());
    fs::read_to_string(sysroot.join("share/doc/rust/html/std/primitive.f64.html")).ok()
}

/// The identifiers of some code.
fn words(text: &str) -> BTreeSet<&str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').collect()
}

mod of_another_type {
    use autograd_runtime::prelude::*;

    /// A type whose methods have names of `f64`.
    #[derive(Differentiable, Clone, Copy)]
    struct Point {
        x: f64,
        y: f64,
    }

    impl Point {
        #[differentiable]
        fn midpoint(&self, other: &Point) -> Point {
            Point { x: self.x * other.x, y: 0.5 * (self.y + other.y) }
        }
        #[differentiable]
        fn add(&self, other: &Point) -> f64 {
            self.x * other.y
        }
        #[differentiable]
        fn neg(&self) -> f64 {
            self.x * self.x
        }
        #[differentiable]
        fn next_up(&self) -> f64 {
            self.y * self.y
        }
        #[differentiable]
        fn add_assign(&mut self, by: f64) {
            self.x *= by;
        }
    }

    #[differentiable]
    fn f(p: Point, q: Point) -> f64 {
        let mut r = p.midpoint(&q);
        r.add_assign(p.y);
        r.add(&q) + p.neg() + q.next_up()
    }

    // x² of p, the product of both x, times the y of both, and y² of q.
    #[test]
    fn methods_of_the_same_names() {
        let (p, q) = (Point { x: 2.0, y: 3.0 }, Point { x: 5.0, y: 7.0 });
        let (value, (dp, dq)) = f::value_and_grad(p, q);
        assert_eq!(value, 2.0 * 5.0 * 3.0 * 7.0 + 4.0 + 49.0);
        assert_eq!((dp.x, dp.y), (5.0 * 3.0 * 7.0 + 4.0, 2.0 * 5.0 * 7.0));
        assert_eq!((dq.x, dq.y), (2.0 * 3.0 * 7.0, 2.0 * 5.0 * 3.0 + 14.0));
    }
}

mod conversions {
    use autograd_runtime::prelude::*;

    #[differentiable]
    fn from_single(x: f64, y: f32, v: &[f32], #[no_grad] w: &[f32]) -> f64 {
        let mut s = x * f64::from(y);
        for (p, q) in v.iter().zip(w) {
            s += f64::from(*p) * f64::from(*q) * x;
        }
        s + v.iter().map(|&p| f64::from(p * y)).sum::<f64>() * f64::from(2_u8)
    }

    // x y + x Σ v w + 2 y Σ v, in numbers that both precisions hold.
    #[test]
    fn of_single_precision() {
        let (v, w) = ([1.5, 0.25], [4.0, 8.0]);
        let (value, (dx, dy, dv)) = from_single::value_and_grad(0.5, 2.0, &v, &w);
        assert_eq!((value, dx, dy), (1.0 + 4.0 + 7.0, 2.0 + 8.0, 0.5 + 3.5));
        assert_eq!(dv, [2.0 + 4.0, 4.0 + 4.0]);
    }
}
