//! A tool of `GradBench`, a public benchmark of automatic differentiation across languages.
//!
//! An *eval* of `GradBench` names a module, sends inputs for functions of that module, and validates
//! what comes back: messages and responses are JSON, one a line. [`serve`] answers them with the
//! [`programs`](crate::programs) and their generated derivatives, and with the time that each run took.
//! Modules are `hello`, `gmm`, `ba`, `lstm`, `ht`, `kmeans`, `ode`, `particle`, `saddle`, `lse`,
//! `llsq` and `det`.
//!
//! ```
//! let message = r#"{"id": 7, "kind": "evaluate", "module": "hello", "function": "square", "input": 3}"#;
//! let mut response = Vec::new();
//! benches::gradbench::serve(message.as_bytes(), &mut response)?;
//! let response = String::from_utf8(response).unwrap();
//! assert!(response.starts_with(r#"{"id":7,"success":true,"output":9.0,"timings":[{"#));
//! # Ok::<(), std::io::Error>(())
//! ```

mod ba;
mod call;
mod gmm;
mod ht;
mod kmeans;
mod lstm;
mod nested;
mod protocol;
mod vectors;

pub use protocol::serve;

use call::{Call, Outcome};

/// What evaluates the functions of a module.
fn module(name: &str) -> Option<fn(&Call<'_>) -> Outcome> {
    Some(match name {
        "hello" => vectors::hello,
        "lse" => vectors::lse,
        "llsq" => vectors::llsq,
        "ode" => vectors::ode,
        "det" => vectors::det,
        "gmm" => gmm::evaluate,
        "ba" => ba::evaluate,
        "lstm" => lstm::evaluate,
        "ht" => ht::evaluate,
        "kmeans" => kmeans::evaluate,
        "particle" => nested::particle,
        "saddle" => nested::saddle,
        _ => return None,
    })
}
