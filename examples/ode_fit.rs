//! Fits a model of predators and prey to a century-old record of hares and lynxes.
//!
//! The parameters of a differential equation are found by gradient descent *through* its numerical
//! solution. The fit is drawn as an SVG file.
//!
//! ```text
//! cargo run --release --example ode_fit
//! ```

use clap::Parser;
use examples::ode_fit::{Model, PELTS, State, fit};
use plotters::prelude::*;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// Fits the model of Lotka and Volterra to observed numbers.
#[derive(Parser)]
struct Arguments {
    /// Take a few steps only.
    #[arg(long)]
    short: bool,
    /// How many steps of Adam.
    #[arg(long, default_value_t = 1000)]
    steps: usize,
    /// The folder for the picture.
    #[arg(long, default_value = "target/ode_fit")]
    output: PathBuf,
}

fn draw(before: &[State], after: &[State], file: &Path) -> Result<(), Box<dyn Error>> {
    let area = SVGBackend::new(file, (900, 500)).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .caption("Hares and lynxes", ("sans-serif", 22))
        .margin(15)
        .x_label_area_size(45)
        .y_label_area_size(60)
        .build_cartesian_2d(1900.0..1920.0, 0.0..100.0)?;
    chart
        .configure_mesh()
        .x_desc("year")
        .y_desc("pelts, in thousands")
        .x_label_formatter(&|year| format!("{year:.0}"))
        .label_style(("sans-serif", 15))
        .draw()?;
    let points = |states: &[State], k: usize| -> Vec<(f64, f64)> {
        let years = (1900..).map(f64::from);
        years.zip(states.iter().map(|state| state[k])).collect()
    };
    for (k, (name, color)) in [("hares", BLUE), ("lynxes", RED)].into_iter().enumerate() {
        chart.draw_series(LineSeries::new(points(before, k), color.mix(0.25)))?;
        chart
            .draw_series(LineSeries::new(points(after, k), color.stroke_width(2)))?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], color));
        let seen = points(&PELTS, k);
        chart.draw_series(seen.into_iter().map(|at| Circle::new(at, 4, color.filled())))?;
    }
    chart.configure_series_labels().border_style(BLACK).background_style(WHITE).draw()?;
    area.present()?;
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let steps = if arguments.short { 50 } else { arguments.steps };
    let mut model = Model::guess();
    let before = model.states(PELTS.len());
    for (step, loss) in fit(&mut model, &PELTS, steps).iter().enumerate() {
        if step % (steps / 10).max(1) == 0 {
            println!("step {step:4}: mean square error of the logarithms {loss:.5}");
        }
    }
    println!("after {steps} steps: {:.5}", model.loss(&PELTS));
    println!("{:.4?}", model.system());

    fs::create_dir_all(&arguments.output)?;
    let file = arguments.output.join("hares_and_lynxes.svg");
    draw(&before, &model.states(PELTS.len()), &file)?;
    println!("the fit is drawn in {}", file.display());
    Ok(())
}
