//! The 1,797 handwritten digits of Alpaydin and Kaynak, see `data/ATTRIBUTION.md`.

use autograd_runtime::Tensor;
use flate2::read::GzDecoder;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;
use rand::{RngExt as _, SeedableRng};
use std::error::Error;

/// Pixels of one image along each side.
pub const SIDE: usize = 8;
/// Pixels of one image.
pub const PIXELS: usize = SIDE * SIDE;
/// The value of a pixel that is all ink.
const INK: f32 = 16.0;

/// The file is part of the program, which therefore runs from anywhere.
const FILE: &[u8] = include_bytes!("../data/digits.csv.gz");

/// Images and what they show.
#[derive(Clone, Debug)]
pub struct Digits {
    /// `[images, PIXELS]`, from 0 (paper) to 1 (ink).
    pub images: Tensor<2>,
    /// The digit in each image.
    pub labels: Vec<usize>,
}

impl Digits {
    /// Reads the data set.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn load() -> Result<Self, Box<dyn Error>> {
        let (mut pixels, mut labels) = (Vec::new(), Vec::new());
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).from_reader(GzDecoder::new(FILE));
        for line in reader.deserialize() {
            let line: Vec<u8> = line?;
            let [image @ .., label] = line.as_slice() else { return Err("an empty line".into()) };
            pixels.extend(image.iter().map(|&pixel| f32::from(pixel) / INK));
            labels.push(usize::from(*label));
        }
        Ok(Self { images: Tensor::from_vec([labels.len(), PIXELS], pixels)?, labels })
    }

    /// How many images there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The images with the given numbers, in that order.
    ///
    /// # Panics
    /// If there is no such image.
    pub fn select(&self, indices: &[usize]) -> Self {
        Self {
            images: self.images.index_rows(indices),
            labels: indices.iter().map(|&i| self.labels[i]).collect(),
        }
    }

    /// Shuffles and splits off the first `n` images; equal seeds give equal splits.
    ///
    /// # Panics
    /// If there are fewer than `n` images.
    pub fn split(&self, n: usize, seed: u64) -> (Self, Self) {
        let order = self.shuffled(&mut ChaCha8Rng::seed_from_u64(seed));
        let (first, second) = order.split_at(n);
        (self.select(first), self.select(second))
    }

    /// All images once, in random order, `size` at a time.
    ///
    /// # Panics
    /// If `size` is 0.
    pub fn batches(&self, size: usize, rng: &mut ChaCha8Rng) -> impl Iterator<Item = Self> {
        let order = self.shuffled(rng);
        let batches: Vec<_> = order.chunks(size).map(<[usize]>::to_vec).collect();
        batches.into_iter().map(|indices| self.select(&indices))
    }

    /// The images, of which some are moved by one pixel down or up, right or left, with paper where
    /// nothing comes in.
    #[must_use]
    pub fn jittered(&self, rng: &mut ChaCha8Rng) -> Self {
        // What to add to the row and the column of a pixel to find where it comes from.
        let mut shift = || match rng.random_range(0..8) {
            0 => -1,
            1 => 1,
            _ => 0,
        };
        let shifts: Vec<[isize; 2]> = self.labels.iter().map(|_| [shift(), shift()]).collect();
        let pixel = |image: usize, pixel: usize| {
            let row = (pixel / SIDE).checked_add_signed(shifts[image][0])?;
            let column = (pixel % SIDE).checked_add_signed(shifts[image][1])?;
            (row < SIDE && column < SIDE).then(|| self.images[[image, row * SIDE + column]])
        };
        let images = Tensor::from_fn(self.images.shape(), |[i, p]| pixel(i, p).unwrap_or(0.0));
        Self { images, labels: self.labels.clone() }
    }

    fn shuffled(&self, rng: &mut ChaCha8Rng) -> Vec<usize> {
        let mut order: Vec<_> = (0..self.len()).collect();
        order.shuffle(rng);
        order
    }
}
