//! Parameters that refer to what has no gradient: lists of references, trait objects, structs with lifetimes; and types
//! with parameters that only fields without a gradient name.
#![allow(clippy::pedantic, clippy::all, unused, reason = "what users may write, not what is best")]

use autograd_runtime::prelude::*;

#[differentiable]
fn named(names: &[&str], x: &[f64]) -> f64 {
    names.iter().zip(x).map(|(name, v)| name.len() as f64 * v * v).sum()
}

#[differentiable]
fn all_named(names: &[&str], x: &[f64]) -> f64 {
    named(names, x) + named(&names[1..], &x[1..])
}

#[test]
fn lists_of_strings() {
    let (value, gradient) = all_named::value_and_grad(&["a", "bc"], &[3.0, 5.0]);
    assert_eq!((value, gradient), (9.0 + 100.0, vec![6.0, 40.0]));
    // The pullback holds what it needs of the names.
    let (_, pullback) = {
        let names = ["a", "bc"];
        named::vjp(&names, &[3.0, 5.0])
    };
    assert_eq!(pullback(2.0), [12.0, 40.0]);
    assert_eq!(named::jvp(&["a", "bc"], &[3.0, 5.0], vec![1.0, -1.0]).1, 6.0 - 20.0);
}

#[differentiable]
fn chosen(#[no_grad] name: Option<&str>, #[no_grad] parts: (&str, &[f64]), x: f64) -> f64 {
    let scale = parts.0.len() as f64 * parts.1[0];
    if name.is_some_and(|name| name == "square") { x * x * scale } else { x * scale }
}

#[test]
fn references_inside_of_other_types() {
    let parts = ("ab", &[1.5][..]);
    assert_eq!(chosen::value_and_grad(Some("square"), parts, 4.0), (48.0, 24.0));
    assert_eq!(chosen::value_and_grad(None, parts, 4.0), (12.0, 3.0));
    let (_, pullback) = chosen::vjp(Some("square"), parts, 4.0);
    assert_eq!(pullback(0.5), 12.0);
}

trait Rate {
    fn rate(&self) -> f64;
}

struct Constant(f64);

impl Rate for Constant {
    fn rate(&self) -> f64 {
        self.0
    }
}

#[differentiable]
fn scaled(#[no_grad] model: &dyn Rate, #[no_grad] f: &dyn Fn(&f64) -> f64, x: f64) -> f64 {
    x * x * model.rate() * f(&2.0)
}

#[differentiable]
fn noisy(#[no_grad] noise: &mut dyn Iterator<Item = f64>, x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for v in x {
        sum += v * noise.next().unwrap_or(0.0);
    }
    sum
}

#[test]
fn trait_objects() {
    let offset = 1.0;
    let f = |x: &f64| x + offset;
    assert_eq!(scaled::value_and_grad(&Constant(0.5), &f, 4.0), (24.0, 12.0));
    let mut gradient = 1.0;
    assert_eq!(scaled::value_and_grad_into(&Constant(0.5), &f, 4.0, &mut gradient), 24.0);
    assert_eq!(gradient, 13.0);
    let mut noise = (1..).map(f64::from);
    assert_eq!(noisy::value_and_grad(&mut noise, &[3.0, 4.0]), (11.0, vec![1.0, 2.0]));
    assert_eq!(noisy::grad(&mut noise, &[0.0, 0.0]), [3.0, 4.0]);
}

/// The lifetime is of a field without a gradient.
#[derive(Clone, Debug, Differentiable)]
struct View<'a> {
    #[no_grad]
    data: &'a [f64],
    weight: f64,
}

impl View<'_> {
    #[differentiable]
    fn scaled(&self, x: f64) -> f64 {
        self.weight * self.data[0] * x
    }
}

#[differentiable]
fn total(view: &View<'_>, views: &[View<'_>]) -> f64 {
    view.weight * view.data[0] * 2.0
        + views.iter().map(|view| view.weight * view.weight * view.data[1]).sum::<f64>()
}

#[derive(Clone, Debug, Differentiable)]
struct Outer<'a> {
    view: View<'a>,
    bias: f64,
}

#[differentiable]
fn nested<'a>(outer: &Outer<'a>, x: f64) -> f64 {
    outer.view.weight * outer.view.data[0] * x + outer.bias
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
enum Choice<'a> {
    Weight(f64),
    Name(#[no_grad] &'a str),
}

#[differentiable]
fn choose(choice: &Choice<'_>, x: f64) -> f64 {
    match choice {
        Choice::Weight(w) => w * x,
        Choice::Name(name) => name.len() as f64 * x,
    }
}

#[test]
fn lifetimes() {
    let data = [3.0, 4.0];
    let view = View { data: &data, weight: 5.0 };
    let (value, (one, several)) = total::value_and_grad(&view, &[view.clone(), view.clone()]);
    assert_eq!((value, one.weight), (30.0 + 200.0, 6.0));
    let (gradient, x) = view.scaled_grad(2.0);
    assert_eq!((gradient.weight, x), (6.0, 15.0));
    assert_eq!(several.iter().map(|view| view.weight).collect::<Vec<_>>(), [40.0, 40.0]);
    let outer = Outer { view: view.clone(), bias: 1.0 };
    let (value, (gradient, x)) = nested::value_and_grad(&outer, 2.0);
    assert_eq!((value, gradient.view.weight, gradient.bias, x), (31.0, 6.0, 1.0, 15.0));
    let (gradient, x) = choose::grad(&Choice::Weight(2.0), 3.0);
    assert_eq!((gradient, x), (ChoiceGrad::Weight(3.0), 2.0));
    assert_eq!(choose::grad(&Choice::Name("abc"), 3.0).1, 3.0);
}

/// The type is of a field without a gradient.
#[derive(Clone, Debug, Differentiable)]
struct Tagged<T: Clone, U>
where
    U: Clone,
{
    #[no_grad]
    tags: Vec<T>,
    #[no_grad]
    other: Option<U>,
    weight: f64,
}

#[differentiable]
fn tagged<T: Clone, U: Clone>(tagged: &Tagged<T, U>) -> f64 {
    tagged.weight * tagged.tags.len() as f64
}

#[test]
fn types_of_fields_without_a_gradient() {
    let value = Tagged { tags: vec!['a', 'b'], other: Some("x"), weight: 3.0 };
    let gradient: TaggedGrad = tagged::grad(&value);
    assert_eq!(gradient.weight, 2.0);
}

#[derive(Debug)]
struct Settings {
    mode: Mode,
}

/// It is not `Clone`.
#[derive(Debug)]
enum Mode {
    Plain,
    Scaled(f64),
    Listed { list: Vec<f64> },
}

#[differentiable]
fn configured(x: f64, #[no_grad] settings: &Settings) -> f64 {
    match settings.mode {
        Mode::Plain => x,
        Mode::Scaled(by) => x * by,
        Mode::Listed { ref list } => list.iter().map(|v| v * x * x).sum(),
    }
}

#[test]
fn settings_that_are_matched() {
    let gradient = |mode| configured::grad(3.0, &Settings { mode });
    assert_eq!(gradient(Mode::Plain), 1.0);
    assert_eq!(gradient(Mode::Scaled(2.5)), 2.5);
    assert_eq!(gradient(Mode::Listed { list: vec![1.0, 2.0] }), 18.0);
}
