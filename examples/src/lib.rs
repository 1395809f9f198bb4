//! What the examples share, and what is differentiated in those that a test looks at.

pub mod digits;
pub mod gaussian_process;
pub mod implicit;
pub mod inverse_kinematics;
pub mod ode_fit;
pub mod picture;

/// The command line of an example that takes no other options.
#[derive(clap::Parser, Debug)]
pub struct Arguments {
    /// Run for a few seconds only.
    #[arg(long)]
    pub short: bool,
}
