//! Finds the angles of a robot's arm, so that its hand follows a circle.
//!
//! The arm's geometry is plain Rust; the derivatives of the hand's pose by the angles come out of its
//! pullback. The arm is drawn from the side and from above, as an SVG file.
//!
//! ```text
//! cargo run --release --example inverse_kinematics
//! ```

use clap::Parser;
use examples::inverse_kinematics::{Arm, Vector, circle, places};
use plotters::coord::Shift;
use plotters::prelude::*;
use std::error::Error;
use std::fs;
use std::path::PathBuf;

/// Lets a robot's hand follow a circle.
#[derive(Parser)]
struct Arguments {
    /// Stop after a few points of the circle.
    #[arg(long)]
    short: bool,
    /// How many points of the circle are reached.
    #[arg(long, default_value_t = 24)]
    points: usize,
    /// The folder for the picture.
    #[arg(long, default_value = "target/inverse_kinematics")]
    output: PathBuf,
}

/// The arm at each point of its way, as seen along one axis.
fn draw(
    area: &DrawingArea<SVGBackend<'_>, Shift>,
    title: &str,
    arms: &[Vec<Vector>],
    [across, up]: [usize; 2],
    from: f64,
) -> Result<(), Box<dyn Error>> {
    let mut chart = ChartBuilder::on(area)
        .caption(title, ("sans-serif", 20))
        .margin(15)
        .x_label_area_size(30)
        .y_label_area_size(45)
        .build_cartesian_2d(-0.3..1.1, from..from + 1.4)?;
    chart.configure_mesh().label_style(("sans-serif", 14)).draw()?;
    for (k, arm) in arms.iter().enumerate() {
        let hue = k as f64 / arms.len() as f64;
        let color = HSLColor(hue, 0.8, 0.45);
        let at = |place: &Vector| (place[across], place[up]);
        chart.draw_series(LineSeries::new(arm.iter().map(at), color.mix(0.6)))?;
        chart.draw_series(arm.iter().map(|place| Circle::new(at(place), 2, color.filled())))?;
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let arm = Arm::six_joints();
    let mut angles = [0.0, 0.5, 0.5, 0.0, 0.5, 0.0];
    let mut arms = Vec::new();
    let points = if arguments.short { 4 } else { usize::MAX };
    for (k, target) in circle(arguments.points).iter().enumerate().take(points) {
        let distances = arm.reach(&mut angles, target, 200);
        let (steps, last) = (distances.len() - 1, distances[distances.len() - 1]);
        let degrees = angles.map(|angle| angle.to_degrees().round());
        println!("point {k:2}: within {last:.1e} after {steps:2} steps, at {degrees:?} degrees");
        arms.push(places(&arm, &angles).0);
    }

    fs::create_dir_all(&arguments.output)?;
    let file = arguments.output.join("circle.svg");
    let area = SVGBackend::new(&file, (1000, 500)).into_drawing_area();
    area.fill(&WHITE)?;
    let halves = area.split_evenly((1, 2));
    draw(&halves[0], "From the side", &arms, [0, 2], 0.0)?;
    draw(&halves[1], "From above", &arms, [0, 1], -0.7)?;
    area.present()?;
    println!("the arm is drawn in {}", file.display());
    Ok(())
}
