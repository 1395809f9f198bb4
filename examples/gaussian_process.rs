//! Fits a Gaussian process to noisy values of a function.
//!
//! Amplitude, length scale and noise are found by gradient descent on the evidence, through a
//! Cholesky factorisation in plain Rust. The fit and its uncertainty are drawn as an SVG file.
//!
//! ```text
//! cargo run --release --example gaussian_process
//! ```

use clap::Parser;
use examples::gaussian_process::{NOISE, Process, fit, observe, truth};
use plotters::prelude::*;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// Fits a Gaussian process by maximising its evidence.
#[derive(Parser)]
struct Arguments {
    /// Fit few points in a few steps.
    #[arg(long)]
    short: bool,
    /// How many points are observed.
    #[arg(long, default_value_t = 60)]
    points: usize,
    /// The seed of the points and their noise.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The folder for the picture.
    #[arg(long, default_value = "target/gaussian_process")]
    output: PathBuf,
}

fn draw(process: &Process, x: &[f64], y: &[f64], file: &Path) -> Result<(), Box<dyn Error>> {
    let area = SVGBackend::new(file, (900, 500)).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .caption("A Gaussian process, with two standard deviations", ("sans-serif", 22))
        .margin(15)
        .x_label_area_size(35)
        .y_label_area_size(45)
        .build_cartesian_2d(-5.0..5.0, -4.0..4.0)?;
    chart.configure_mesh().label_style(("sans-serif", 15)).draw()?;

    let at: Vec<f64> = (0..=200).map(|k| -5.0 + 0.05 * f64::from(k)).collect();
    let predicted = process.predict(x, y, &at);
    let bound = |sign: f64| {
        let pairs = at.iter().zip(&predicted);
        pairs.map(move |(&x, &(mean, deviation))| (x, mean + sign * 2.0 * deviation))
    };
    let band: Vec<(f64, f64)> = bound(1.0).chain(bound(-1.0).rev()).collect();
    chart.draw_series([Polygon::new(band, BLUE.mix(0.15).filled())])?;
    chart
        .draw_series(LineSeries::new(at.iter().map(|&x| (x, truth(x))), BLACK.mix(0.4)))?
        .label("the function")
        .legend(|(x, y)| PathElement::new([(x, y), (x + 18, y)], BLACK.mix(0.4)));
    chart
        .draw_series(LineSeries::new(bound(0.0), BLUE.stroke_width(2)))?
        .label("the process")
        .legend(|(x, y)| PathElement::new([(x, y), (x + 18, y)], BLUE));
    let seen = x.iter().zip(y).map(|(&x, &y)| Circle::new((x, y), 3, RED.filled()));
    chart.draw_series(seen)?;
    chart.configure_series_labels().border_style(BLACK).background_style(WHITE).draw()?;
    area.present()?;
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let (points, steps) = if arguments.short { (20, 20) } else { (arguments.points, 200) };
    let (x, y) = observe(points, arguments.seed);
    let mut process = Process { log_amplitude: 0.0, log_length: 0.0, log_noise: 0.0 };
    for (step, loss) in fit(&mut process, &x, &y, steps).iter().enumerate() {
        if step % (steps / 10) == 0 {
            println!("step {step:3}: negative log evidence {loss:.3}");
        }
    }
    println!("after {steps} steps: {:.3}", process.negative_log_evidence(&x, &y));
    println!(
        "amplitude {:.3}, length {:.3}, noise {:.3}, of which the truth is {NOISE}",
        process.log_amplitude.exp(),
        process.log_length.exp(),
        process.log_noise.exp(),
    );

    fs::create_dir_all(&arguments.output)?;
    let file = arguments.output.join("gaussian_process.svg");
    draw(&process, &x, &y, &file)?;
    println!("the fit is drawn in {}", file.display());
    Ok(())
}
