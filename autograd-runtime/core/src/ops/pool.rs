//! Pooling: images made smaller, window by window.

use super::lanes::larger;
use super::window::{Pool2dOptions, Windows};
use crate::{Real, Tensor};
use std::ops::Range;

impl<T: Real> Tensor<4, T> {
    /// The largest element of each window, for images `[images, channels, rows, columns]`; NaN if
    /// one of them is. A plain size stands for windows of that size, side by side.
    ///
    /// The gradient goes to the first element of the window, by rows, that is the largest.
    ///
    /// # Panics
    /// If no window fits into an image, or if the padding is more than half of a window.
    ///
    /// ```
    /// use autograd_runtime::{Pool2dOptions, Tensor};
    ///
    /// let x = Tensor::from([[1.0, 2.0, 0.0], [5.0, 3.0, 4.0]]).reshape([1, 1, 2, 3]);
    /// assert_eq!(x.max_pool2d([2, 1]).into_vec(), [5.0, 3.0, 4.0]);
    /// assert_eq!(x.max_pool2d(Pool2dOptions::new(2).stride(1)).into_vec(), [5.0, 4.0]);
    /// ```
    #[must_use]
    #[track_caller]
    pub fn max_pool2d(&self, options: impl Into<Pool2dOptions>) -> Self {
        let pooling = Pooling::new("max_pool2d", self.shape, options.into());
        let mut data = vec![-T::INFINITY; pooling.outputs()];
        pooling.each_line(|line| {
            let outputs = data[line.outputs.clone()].iter_mut();
            outputs.zip(line.of(&self.data)).for_each(|(y, &x)| *y = larger(*y, x));
        });
        Self { shape: pooling.shape(), data }
    }

    /// The mean of each window, for images `[images, channels, rows, columns]`; padding counts as
    /// zeros. A plain size stands for windows of that size, side by side.
    ///
    /// # Panics
    /// If no window fits into an image, or if the padding is more than half of a window.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// let x = Tensor::from([[1.0, 2.0], [5.0, 4.0]]).reshape([1, 1, 2, 2]);
    /// assert_eq!(x.avg_pool2d(2).item(), 3.0);
    /// assert_eq!(x.avg_pool2d([1, 2]).into_vec(), [1.5, 4.5]);
    /// ```
    #[must_use]
    #[track_caller]
    pub fn avg_pool2d(&self, options: impl Into<Pool2dOptions>) -> Self {
        let pooling = Pooling::new("avg_pool2d", self.shape, options.into());
        let mut data = vec![T::ZERO; pooling.outputs()];
        pooling.each_line(|line| {
            let outputs = data[line.outputs.clone()].iter_mut();
            outputs.zip(line.of(&self.data)).for_each(|(y, &x)| *y += x);
        });
        let share = pooling.share::<T>();
        data.iter_mut().for_each(|y| *y *= share);
        Self { shape: pooling.shape(), data }
    }
}

/// The windows over all images and channels.
pub(crate) struct Pooling {
    images: usize,
    channels: usize,
    windows: [Windows; 2],
}

/// The elements that are at one place of their windows, for a row of windows.
pub(crate) struct Line {
    /// The positions of the windows in the result.
    pub(crate) outputs: Range<usize>,
    /// The position in the image of the element in the first of these windows.
    pub(crate) first: usize,
    /// From one of the elements to the next.
    pub(crate) stride: usize,
}

impl Line {
    /// The elements of the image.
    fn of<'a, T>(&self, x: &'a [T]) -> impl Iterator<Item = &'a T> + use<'a, T> {
        x[self.first..].iter().step_by(self.stride)
    }
}

impl Pooling {
    #[track_caller]
    pub(crate) fn new(op: &str, x: [usize; 4], options: Pool2dOptions) -> Self {
        let [images, channels, rows, columns] = x;
        let Pool2dOptions { kernel, stride, padding } = options;
        assert!(
            (0..2).all(|axis| padding[axis] <= kernel[axis] / 2),
            "{op}: {x:?} with windows {kernel:?}: the padding {padding:?} is more than half of them"
        );
        let along = |axis: usize, size| {
            Windows::new(size, kernel[axis], stride[axis], padding[axis], 1).filter(|_| size > 0)
        };
        let Some((tall, wide)) = along(0, rows).zip(along(1, columns)) else {
            panic!(
                "{op}: {x:?} with windows {kernel:?}: none fits, with stride {stride:?} and padding \
                 {padding:?}"
            )
        };
        Self { images, channels, windows: [tall, wide] }
    }

    fn shape(&self) -> [usize; 4] {
        [self.images, self.channels, self.windows[0].count, self.windows[1].count]
    }

    /// The number of windows in all.
    pub(crate) fn outputs(&self) -> usize {
        self.shape().iter().product()
    }

    /// What each element of a window weighs in the mean.
    pub(crate) fn share<T: Real>(&self) -> T {
        T::ONE / T::from_usize(self.windows[0].kernel * self.windows[1].kernel)
    }

    /// Calls `visit` with all elements of all windows, each window's by rows.
    pub(crate) fn each_line(&self, mut visit: impl FnMut(Line)) {
        let [tall, wide] = &self.windows;
        // Divisions, which the loops over small images would feel.
        let inside = |windows: &Windows| (0..windows.kernel).map(|k| windows.inside(k)).collect();
        let [rows, columns]: [Vec<Range<usize>>; 2] = [inside(tall), inside(wide)];
        for plane in 0..self.images * self.channels {
            for y in 0..tall.count {
                let start = (plane * tall.count + y) * wide.count;
                for (ky, _) in rows.iter().enumerate().filter(|(_, rows)| rows.contains(&y)) {
                    let row = (plane * tall.size + tall.position(y, ky)) * wide.size;
                    for (kx, inside) in columns.iter().enumerate().filter(|(_, x)| !x.is_empty()) {
                        visit(Line {
                            first: row + wide.position(inside.start, kx),
                            outputs: start + inside.start..start + inside.end,
                            stride: wide.stride,
                        });
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adjoint::difference::{close, sample};

    /// The elements of each window that are in the image, by the definition.
    fn windows(x: &Tensor<4, f64>, options: Pool2dOptions) -> Vec<Vec<f64>> {
        let Pool2dOptions { kernel, stride, padding } = options;
        let [images, channels, rows, columns] = x.shape();
        let count =
            |axis: usize, size: usize| (size + 2 * padding[axis] - kernel[axis]) / stride[axis] + 1;
        let mut windows = Vec::new();
        for plane in 0..images * channels {
            for i in 0..count(0, rows) {
                for j in 0..count(1, columns) {
                    let mut window = Vec::new();
                    for y in i * stride[0]..i * stride[0] + kernel[0] {
                        for z in j * stride[1]..j * stride[1] + kernel[1] {
                            let (y, z) = (y.wrapping_sub(padding[0]), z.wrapping_sub(padding[1]));
                            if y < rows && z < columns {
                                let at = [plane / channels, plane % channels, y, z];
                                window.push(x[at]);
                            }
                        }
                    }
                    windows.push(window);
                }
            }
        }
        windows
    }

    #[test]
    fn agrees_with_the_definition() {
        for (shape, options) in [
            ([2, 3, 4, 6], Pool2dOptions::new(2)),
            ([2, 1, 5, 7], Pool2dOptions::new([3, 2]).stride([1, 3]).padding(1)),
            ([1, 2, 7, 5], Pool2dOptions::new(3).stride(2).padding([0, 1])),
            ([1, 1, 1, 1], Pool2dOptions::new(1)),
            ([1, 1, 2, 2], Pool2dOptions::new(4).padding(2)),
            ([0, 2, 4, 4], Pool2dOptions::new(2)),
        ] {
            let x = sample(shape, 1);
            let windows = windows(&x, options);
            let area = (options.kernel[0] * options.kernel[1]) as f64;
            let max = |window: &Vec<f64>| window.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let mean = |window: &Vec<f64>| window.iter().sum::<f64>() / area;
            let expected: Vec<f64> = windows.iter().map(max).collect();
            close(x.max_pool2d(options).as_slice(), &expected);
            let expected: Vec<f64> = windows.iter().map(mean).collect();
            close(x.avg_pool2d(options).as_slice(), &expected);
        }
    }

    #[test]
    fn shapes() {
        let x = sample([2, 3, 7, 8], 1);
        assert_eq!(x.max_pool2d(2).shape(), [2, 3, 3, 4]);
        assert_eq!(x.avg_pool2d(Pool2dOptions::new(3).stride(1).padding(1)).shape(), [2, 3, 7, 8]);
    }

    #[test]
    fn not_a_number_is_the_largest() {
        let x = Tensor::from([1.0, f64::NAN, 3.0, 4.0]).reshape([1, 1, 2, 2]);
        let y = x.max_pool2d([1, 2]);
        assert!(y.as_slice()[0].is_nan());
        assert_eq!(y.as_slice()[1], 4.0);
    }

    #[test]
    #[should_panic(
        expected = "max_pool2d: [1, 1, 2, 5] with windows [3, 3]: none fits, with stride [3, 3] and padding [0, 0]"
    )]
    fn windows_that_are_too_large() {
        let _ = sample([1, 1, 2, 5], 1).max_pool2d(3);
    }

    #[test]
    #[should_panic(
        expected = "avg_pool2d: [1, 1, 4, 4] with windows [2, 3]: the padding [1, 2] is more than half of them"
    )]
    fn too_much_padding() {
        let _ = sample([1, 1, 4, 4], 1).avg_pool2d(Pool2dOptions::new([2, 3]).padding([1, 2]));
    }

    #[test]
    #[should_panic(expected = "avg_pool2d: [1, 1, 0, 4] with windows [2, 2]: none fits")]
    fn no_elements() {
        let _ = sample([1, 1, 0, 4], 1).avg_pool2d(Pool2dOptions::new(2).padding(1));
    }
}
