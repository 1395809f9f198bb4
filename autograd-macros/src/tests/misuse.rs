//! Diagnostics without a compiler: all mistakes of a function are reported together.

use proc_macro2::TokenStream;

/// The messages of `#[differentiable(args)] source`.
fn messages(args: &str, source: &str) -> Vec<String> {
    let item: TokenStream = source.parse().expect("the source is made of tokens");
    let tokens =
        crate::pipeline::differentiable(args.parse().expect("arguments are tokens"), &item);
    let file: syn::File = syn::parse2(tokens).expect("what is emitted parses");
    let errors = file.items.into_iter().filter_map(|item| match item {
        syn::Item::Macro(mac) if mac.mac.path.segments.last()?.ident == "compile_error" => {
            let text: syn::LitStr = mac.mac.parse_body().ok()?;
            text.value().lines().next().map(str::to_owned)
        }
        _ => None,
    });
    errors.collect()
}

#[test]
fn several_mistakes_are_reported_at_once() {
    let source = "fn f(x: f64, v: &[f64]) -> f64 {
        let a = v.iter().scan(x, |s, q| { *s *= q; Some(*s) }).sum::<f64>();
        let b = match x { 1.0 => 2.0, y => y };
        let n = x as usize;
        a * b
    }";
    assert_eq!(
        messages("", source),
        [
            "the iterator method `scan` over an active value is not accepted yet",
            "an active value is matched against a literal pattern",
            "an active value is cast to an integer, which has no derivative",
        ]
    );
}

#[test]
fn the_function_and_its_companion_stand_after_an_error() {
    let item: TokenStream = "fn f(x: f64) -> f64 { async { x } }".parse().expect("tokens");
    let text = crate::pipeline::differentiable(TokenStream::new(), &item).to_string();
    assert!(text.contains("fn f"), "{text}");
    assert!(text.contains("struct f"), "{text}");
}

#[test]
fn inactive_code_may_be_anything() {
    let source = "fn f(x: f64, names: &[String]) -> f64 {
        let longest = names.iter().map(|name| name.len()).max().unwrap_or(0);
        let mut k = 0;
        while k < longest { k += 2; }
        let factor = match k { 0 => 1.0, 1 | 2 => 2.0, _ => 3.0 };
        x * factor
    }";
    assert_eq!(messages("", source), [""; 0]);
}

#[test]
fn the_signature_is_checked() {
    let first = |args, source| messages(args, source).into_iter().next().unwrap_or_default();
    assert_eq!(first("", "fn f(x: f64) {}"), "a differentiable function needs a return value");
    assert_eq!(
        first("", "fn f(#[no_grad] x: f64) -> f64 { x }"),
        "`f` has no active parameter to differentiate with respect to"
    );
    assert_eq!(
        first("speed = 2", "fn f(x: f64) -> f64 { x }"),
        "unknown argument `speed` of `#[differentiable]`"
    );
    assert_eq!(
        first("", "const fn f(x: f64) -> f64 { x }"),
        "`#[differentiable]` does not accept a `const fn`"
    );
    assert_eq!(first("", "struct S;"), "`#[differentiable]` stands on a function or a method");
}

#[test]
fn what_is_printed_does_not_assign() {
    let source = "fn f(x: f64) -> f64 { let mut s = x; println!(\"{}\", { s *= 2.0; s }); s }";
    let expected = "an assignment inside this expression to an active variable is not accepted yet";
    assert_eq!(messages("", source), [expected]);
}
