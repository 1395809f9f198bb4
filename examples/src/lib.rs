//! What the examples share: their command line and the handwritten digits.

pub mod digits;

/// The command line of an example that takes no other options.
#[derive(clap::Parser, Debug)]
pub struct Arguments {
    /// Run for a few seconds only.
    #[arg(long)]
    pub short: bool,
}
