//! Reads handwritten digits with a small convolutional network.
//!
//! Three layers of convolutions look at the images of 8 by 8 pixels, which are moved a little at
//! random while the network learns; a linear layer reads the digit from what they found. 1,437 of
//! the 1,797 images train the network, the other 360 test it.
//!
//! ```text
//! cargo run --release --example convnet
//! ```

use autograd_runtime::Conv2dOptions;
use autograd_runtime::nn::{Conv2d, Flatten, Linear, MaxPool2d, Relu};
use autograd_runtime::optim::Schedule;
use autograd_runtime::prelude::*;
use clap::Parser;
use examples::digits::{Digits, SIDE};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use std::error::Error;
use std::time::Instant;

const CLASSES: usize = 10;
const CHANNELS: [usize; 3] = [16, 32, 32];
const TRAINING_IMAGES: usize = 1437;
const BATCH: usize = 32;

/// Trains a convolutional network to read handwritten digits.
#[derive(Parser)]
struct Arguments {
    /// Train for a few epochs only.
    #[arg(long)]
    short: bool,
    /// The seed of the split, the weights and the order of the batches.
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

#[derive(Differentiable)]
struct Model {
    /// `[images, 1, 8, 8]` to `[images, 16, 8, 8]` to `[images, 32, 4, 4]`
    features: (Conv2d, Relu, Conv2d, Relu, MaxPool2d),
    /// to `[images, 32, 2, 2]` to `[images, CLASSES]`
    classifier: (Conv2d, Relu, MaxPool2d, Flatten, Linear),
}

impl Model {
    fn new(seed: u64) -> Self {
        let [first, second, third] = CHANNELS;
        let around = Conv2dOptions::new().padding(1);
        let halve = MaxPool2d::new(2);
        Self {
            features: (
                Conv2d::with(1, first, 3, around, seed),
                Relu,
                Conv2d::with(first, second, 3, around, seed + 1),
                Relu,
                halve,
            ),
            classifier: (
                Conv2d::with(second, third, 3, around, seed + 2),
                Relu,
                halve,
                Flatten,
                Linear::new(third * SIDE / 4 * SIDE / 4, CLASSES, seed + 3),
            ),
        }
    }

    /// The scores of the classes, `[images, CLASSES]`.
    #[differentiable]
    fn logits(&self, #[no_grad] x: &Tensor<2>) -> Tensor<2> {
        let images = x.reshape([x.shape()[0], 1, SIDE, SIDE]);
        let features = self.features.forward(&images);
        self.classifier.forward(&features)
    }

    #[differentiable]
    fn loss(&self, #[no_grad] x: &Tensor<2>, labels: &[usize]) -> f32 {
        loss::cross_entropy(&self.logits(x), labels, loss::Reduction::Mean)
    }

    /// The share of images that are read correctly.
    fn accuracy(&self, digits: &Digits) -> f64 {
        let logits = self.logits(&digits.images);
        let predictions = logits.argmax_axis(1);
        let right = predictions.iter().zip(&digits.labels).filter(|(a, b)| a == b).count();
        right as f64 / digits.len() as f64
    }
}

/// Trains the model, with a line for every few epochs.
fn train(model: &mut Model, training: &Digits, test: &Digits, epochs: usize, seed: u64) {
    let steps = epochs * training.len().div_ceil(BATCH);
    let schedule = optim::OneCycleLr::new(5e-3, steps);
    let mut optimizer = optim::AdamW::new(schedule.lr(0)).weight_decay(0.05);
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut gradient = model.zero_tangent();
    let mut step = 0;
    for epoch in 1..=epochs {
        let mut total = 0.0;
        for batch in training.jittered(&mut rng).batches(BATCH, &mut rng) {
            gradient.zero();
            let loss = model.loss_value_and_grad_into(&batch.images, &batch.labels, &mut gradient);
            optimizer.set_lr(schedule.lr(step));
            optimizer.step(model, &gradient);
            total += f64::from(loss) * batch.len() as f64;
            step += 1;
        }
        if epoch % 5 == 0 || epoch == epochs {
            let (loss, accuracy) = (total / training.len() as f64, 100.0 * model.accuracy(test));
            println!("epoch {epoch:2}: training loss {loss:.4}, test accuracy {accuracy:.2} %");
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let Arguments { short, seed } = Arguments::parse();
    let (epochs, required) = if short { (5, 0.93) } else { (60, 0.985) };
    let (training, test) = Digits::load()?.split(TRAINING_IMAGES, seed);
    println!("{} images to train, {} to test", training.len(), test.len());

    let start = Instant::now();
    let mut model = Model::new(seed);
    train(&mut model, &training, &test, epochs, seed);
    println!("{epochs} epochs in {:.1} s", start.elapsed().as_secs_f64());

    let accuracy = model.accuracy(&test);
    println!("test accuracy {:.2} %", 100.0 * accuracy);
    if accuracy < required {
        return Err(format!("the accuracy is below {:.1} %", 100.0 * required).into());
    }
    Ok(())
}
