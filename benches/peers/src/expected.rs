//! What all programs, in Rust and in Python, must compute: `expected.json`, which `python/peers.py
//! --bless` writes from gradients derived by hand, in f64.

use crate::problem::numbers;
use benches::Part;
use serde_json::Value;

/// Panics if what `who` computed for a workload is not what is expected.
///
/// Losses are compared one by one, a gradient by its norm and by its product with fixed numbers.
pub fn assert_expected(workload: &str, who: &str, parts: &[Part], tolerance: f64) {
    let all: Value = serde_json::from_str(include_str!("../expected.json")).expect("it is JSON");
    for part in parts {
        let name = part.name;
        let expected = numbers_of(&all[workload][name]);
        let (got, scales) = if name == "losses" {
            (part.numbers.clone(), expected.clone())
        } else {
            // A product of unrelated directions may be near zero: the norm is its scale.
            (norm_and_probe(&part.numbers).to_vec(), vec![expected[0]; 2])
        };
        assert_eq!(got.len(), expected.len(), "{workload}, {who}: {name}");
        for ((got, expected), scale) in got.iter().zip(&expected).zip(scales) {
            // Written so that NaN fails.
            let close = (got - expected).abs() <= tolerance * scale.abs();
            assert!(close, "{workload}, {who}: {name}: {got:e}, not {expected:e}");
        }
    }
}

fn numbers_of(value: &Value) -> Vec<f64> {
    let numbers = value.as_array().expect("expected.json lists the workload");
    numbers.iter().map(|number| number.as_f64().expect("a number")).collect()
}

fn norm_and_probe(gradient: &[f64]) -> [f64; 2] {
    let norm = gradient.iter().map(|g| g * g).sum::<f64>().sqrt();
    let probe = numbers(99, gradient.len(), -1.0, 1.0);
    let product = gradient.iter().zip(probe).map(|(g, p)| g * f64::from(p)).sum();
    [norm, product]
}
