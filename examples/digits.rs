//! Reads handwritten digits with a network of two hidden layers.
//!
//! 1,437 of the 1,797 images of 8 by 8 pixels train the network, moved a little at random; the
//! other 360 test it. The learning curve and the digits that it gets wrong are drawn as SVG files.
//!
//! ```text
//! cargo run --release --example digits
//! ```

use autograd_runtime::nn::Linear;
use autograd_runtime::optim::Schedule;
use autograd_runtime::prelude::*;
use clap::Parser;
use examples::digits::{Digits, PIXELS, SIDE};
use indicatif::{ProgressBar, ProgressStyle};
use plotters::coord::Shift;
use plotters::prelude::*;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

const CLASSES: usize = 10;
const HIDDEN: [usize; 2] = [128, 64];
const TRAINING_IMAGES: usize = 1437;
const BATCH: usize = 32;

/// Trains a network to read handwritten digits.
#[derive(Parser)]
struct Arguments {
    /// Train for a few epochs only.
    #[arg(long)]
    short: bool,
    /// The folder for the pictures.
    #[arg(long, default_value = "target/digits")]
    output: PathBuf,
    /// The seed of the split, the weights and the order of the batches.
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

#[derive(Differentiable)]
struct Model {
    first: Linear,
    second: Linear,
    output: Linear,
}

impl Model {
    fn new(seed: u64) -> Self {
        Self {
            first: Linear::new(PIXELS, HIDDEN[0], seed),
            second: Linear::new(HIDDEN[0], HIDDEN[1], seed + 1),
            output: Linear::new(HIDDEN[1], CLASSES, seed + 2),
        }
    }

    /// The scores of the classes, `[images, CLASSES]`.
    #[differentiable]
    fn logits(&self, #[no_grad] x: &Tensor<2>) -> Tensor<2> {
        let h = self.first.forward(x).relu();
        let h = self.second.forward(&h).relu();
        self.output.forward(&h)
    }

    #[differentiable]
    fn loss(&self, #[no_grad] x: &Tensor<2>, labels: &[usize]) -> f32 {
        loss::cross_entropy(&self.logits(x), labels, loss::Reduction::Mean)
    }

    /// The class with the highest score for each image.
    fn predict(&self, images: &Tensor<2>) -> Vec<usize> {
        let logits = self.logits(images);
        let best = |scores: &[f32]| (0..CLASSES).max_by(|&a, &b| scores[a].total_cmp(&scores[b]));
        logits.as_slice().chunks(CLASSES).filter_map(best).collect()
    }

    /// The share of images that are read correctly.
    fn accuracy(&self, digits: &Digits) -> f64 {
        let predictions = self.predict(&digits.images);
        let right = predictions.iter().zip(&digits.labels).filter(|(a, b)| a == b).count();
        right as f64 / digits.len() as f64
    }
}

/// What one epoch ended with.
struct Epoch {
    training_loss: f64,
    test_loss: f64,
}

/// Trains the model and gives the learning curve.
fn train(
    model: &mut Model,
    training: &Digits,
    test: &Digits,
    epochs: usize,
    seed: u64,
) -> Result<Vec<Epoch>, Box<dyn Error>> {
    let steps = epochs * training.len().div_ceil(BATCH);
    let schedule = optim::OneCycleLr::new(5e-3, steps);
    let mut optimizer = optim::AdamW::new(schedule.lr(0)).weight_decay(0.05);
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut gradient = model.zero_tangent();
    let style = "{elapsed:>4} {bar:40} epoch {pos}/{len} {msg}";
    let bar = ProgressBar::new(epochs as u64).with_style(ProgressStyle::with_template(style)?);

    let (mut curve, mut step) = (Vec::with_capacity(epochs), 0);
    for _ in 0..epochs {
        let mut total = 0.0;
        // New variants of the images in each epoch, so that none is learnt by heart.
        for batch in training.jittered(&mut rng).batches(BATCH, &mut rng) {
            gradient.zero();
            let loss = model.loss_value_and_grad_into(&batch.images, &batch.labels, &mut gradient);
            optimizer.set_lr(schedule.lr(step));
            optimizer.step(model, &gradient);
            total += f64::from(loss) * batch.len() as f64;
            step += 1;
        }
        let training_loss = total / training.len() as f64;
        let test_loss = f64::from(model.loss(&test.images, &test.labels));
        bar.set_message(format!("loss {training_loss:.4}, test {test_loss:.4}"));
        bar.inc(1);
        curve.push(Epoch { training_loss, test_loss });
    }
    bar.finish();
    Ok(curve)
}

/// Draws the losses over the epochs.
fn draw_curve(curve: &[Epoch], file: &Path) -> Result<(), Box<dyn Error>> {
    let area = SVGBackend::new(file, (800, 500)).into_drawing_area();
    area.fill(&WHITE)?;
    let losses = || curve.iter().flat_map(|epoch| [epoch.training_loss, epoch.test_loss]);
    let lowest = losses().fold(f64::INFINITY, f64::min) / 2.0;
    let highest = losses().fold(0.0, f64::max) * 2.0;
    let mut chart = ChartBuilder::on(&area)
        .caption("Cross-entropy of the digits", ("sans-serif", 22))
        .margin(15)
        .x_label_area_size(45)
        .y_label_area_size(70)
        .build_cartesian_2d(1..curve.len().max(2), (lowest..highest).log_scale())?;
    chart
        .configure_mesh()
        .x_desc("epoch")
        .y_desc("loss")
        .y_label_formatter(&|loss| format!("{loss:.0e}"))
        .label_style(("sans-serif", 15))
        .light_line_style(TRANSPARENT)
        .draw()?;
    let training = (1..).zip(curve.iter().map(|epoch| epoch.training_loss));
    let test = (1..).zip(curve.iter().map(|epoch| epoch.test_loss));
    chart
        .draw_series(LineSeries::new(training, BLUE.stroke_width(2)))?
        .label("training")
        .legend(|(x, y)| PathElement::new([(x, y), (x + 20, y)], BLUE.stroke_width(2)));
    chart
        .draw_series(LineSeries::new(test, RED.stroke_width(2)))?
        .label("test")
        .legend(|(x, y)| PathElement::new([(x, y), (x + 20, y)], RED.stroke_width(2)));
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .background_style(WHITE)
        .border_style(BLACK)
        .label_font(("sans-serif", 15))
        .draw()?;
    area.present()?;
    Ok(())
}

/// Draws the images that are read wrongly, each with what it is and what it was read as.
fn draw_errors(predictions: &[usize], test: &Digits, file: &Path) -> Result<(), Box<dyn Error>> {
    const COLUMNS: usize = 5;
    let wrong: Vec<_> = (0..test.len()).filter(|&i| predictions[i] != test.labels[i]).collect();
    let rows = wrong.len().div_ceil(COLUMNS).max(1);
    let size = (130 * u32::try_from(COLUMNS)?, 150 * u32::try_from(rows)?);
    let area = SVGBackend::new(file, size).into_drawing_area();
    area.fill(&WHITE)?;
    for (&i, cell) in wrong.iter().zip(area.split_evenly((rows, COLUMNS))) {
        let caption = format!("{}, read as {}", test.labels[i], predictions[i]);
        cell.draw(&Text::new(caption, (15, 8), ("sans-serif", 15)))?;
        draw_image(&test.images.as_slice()[i * PIXELS..][..PIXELS], &cell.margin(30, 20, 15, 15))?;
    }
    area.present()?;
    Ok(())
}

fn draw_image<B: DrawingBackend>(
    pixels: &[f32],
    area: &DrawingArea<B, Shift>,
) -> Result<(), DrawingAreaErrorKind<B::ErrorType>> {
    for (&pixel, square) in pixels.iter().zip(area.split_evenly((SIDE, SIDE))) {
        square.fill(&BLACK.mix(f64::from(pixel)))?;
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let Arguments { short, output, seed } = Arguments::parse();
    let (epochs, required) = if short { (20, 0.93) } else { (400, 0.975) };
    let (training, test) = Digits::load()?.split(TRAINING_IMAGES, seed);
    println!("{} images to train, {} to test", training.len(), test.len());

    let start = Instant::now();
    let mut model = Model::new(seed);
    let curve = train(&mut model, &training, &test, epochs, seed)?;
    println!("{epochs} epochs in {:.1} s", start.elapsed().as_secs_f64());

    fs::create_dir_all(&output)?;
    draw_curve(&curve, &output.join("learning_curve.svg"))?;
    draw_errors(&model.predict(&test.images), &test, &output.join("misclassified.svg"))?;
    println!("pictures in {}", output.display());

    let accuracy = model.accuracy(&test);
    println!("test accuracy {:.2} %", 100.0 * accuracy);
    if accuracy < required {
        return Err(format!("the accuracy is below {:.1} %", 100.0 * required).into());
    }
    Ok(())
}
