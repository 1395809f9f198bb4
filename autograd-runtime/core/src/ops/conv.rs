//! Convolutions of images, as products of matrices: the patches of some images are laid out as the
//! columns of a matrix, with which the kernels are multiplied.

use super::columns::Patches;
use super::window::{Conv2dOptions, Windows};
use crate::kernel::{Matrix, gemm};
use crate::{Real, Tensor};
use std::ops::Range;

/// How many elements the matrix of the patches may have, so that it stays in the second-level cache;
/// the patches of one image are never divided.
const PATCHES: usize = 1 << 16;

impl<T: Real> Tensor<4, T> {
    /// The convolution of images `[images, channels, rows, columns]` with kernels
    /// `[outputs, channels / groups, rows, columns]`: a cross-correlation, as in `PyTorch`.
    ///
    /// `y[n, o, i, j] = Σ x[n, c, i s + k d - p, j s + l d - p] w[o, c, k, l]` over `c`, `k`, `l` for
    /// stride `s`, dilation `d` and padding `p`, where an element outside of the image is 0. With
    /// groups, output `o` sees the channels of its group alone. The result has
    /// `(size + 2 p - d (kernel - 1) - 1) / s + 1` rows, rounded down, and as many columns by the same
    /// formula.
    ///
    /// # Panics
    /// If the channels or the groups do not fit, or if a kernel is larger than the padded image.
    ///
    /// ```
    /// use autograd_runtime::{Conv2dOptions, Tensor};
    ///
    /// let x = Tensor::from([1.0, 2.0, 3.0, 4.0]).reshape([1, 1, 2, 2]);
    /// let w = Tensor::from([1.0, 10.0]).reshape([1, 1, 1, 2]);
    /// let y = x.conv2d(&w, Conv2dOptions::new());
    /// assert_eq!(y, Tensor::from([21.0, 43.0]).reshape([1, 1, 2, 1]));
    /// let y = x.conv2d(&w, Conv2dOptions::new().padding([0, 1]));
    /// assert_eq!(y, Tensor::from([10.0, 21.0, 2.0, 30.0, 43.0, 4.0]).reshape([1, 1, 2, 3]));
    /// ```
    #[must_use]
    #[track_caller]
    pub fn conv2d(&self, weight: &Self, options: Conv2dOptions) -> Self {
        Convolution::new(self.shape, weight.shape, options).apply(self, weight, &[])
    }

    /// [`conv2d`](Self::conv2d) with an element of `bias` added to each output channel.
    ///
    /// # Panics
    /// As `conv2d` does, and if there is not one element of `bias` for each output channel.
    ///
    /// ```
    /// use autograd_runtime::{Conv2dOptions, Tensor};
    ///
    /// let x = Tensor::<4>::ones([1, 1, 2, 2]);
    /// let y = x.conv2d_with_bias(
    ///     &Tensor::ones([2, 1, 2, 2]),
    ///     &Tensor::from([0.0, 10.0]),
    ///     Conv2dOptions::new(),
    /// );
    /// assert_eq!(y, Tensor::from([4.0, 14.0]).reshape([1, 2, 1, 1]));
    /// ```
    #[must_use]
    #[track_caller]
    pub fn conv2d_with_bias(
        &self,
        weight: &Self,
        bias: &Tensor<1, T>,
        options: Conv2dOptions,
    ) -> Self {
        let convolution = Convolution::new(self.shape, weight.shape, options);
        assert!(
            bias.shape[0] == weight.shape[0],
            "conv2d_with_bias: {:?} x {:?}: a bias of shape {:?} for {} output channels",
            self.shape,
            weight.shape,
            bias.shape,
            weight.shape[0]
        );
        convolution.apply(self, weight, &bias.data)
    }
}

/// The dimensions of a convolution.
pub(crate) struct Convolution {
    patches: Patches,
    images: usize,
    outputs: usize,
    groups: usize,
}

/// The matrices of one group of channels: where they are in the weight, in the patches and in the
/// product of the two, and their dimensions.
struct Group {
    weight: Range<usize>,
    patches: Range<usize>,
    product: Range<usize>,
    outputs: usize,
    depth: usize,
    width: usize,
}

/// Some images that are convolved in one product, and the memory for it.
struct Batch<'a, T> {
    convolution: &'a Convolution,
    images: Range<usize>,
    /// The elements of a patch times the positions of all windows in these images.
    patches: &'a mut [T],
    /// The output channels times the positions.
    product: &'a mut [T],
}

impl Convolution {
    #[track_caller]
    pub(crate) fn new(x: [usize; 4], weight: [usize; 4], options: Conv2dOptions) -> Self {
        let [images, channels, rows, columns] = x;
        let [outputs, inputs, height, width] = weight;
        let Conv2dOptions { stride, padding, dilation, groups } = options;
        assert!(
            groups > 0
                && outputs.is_multiple_of(groups)
                && inputs.checked_mul(groups) == Some(channels),
            "conv2d: {x:?} x {weight:?}: {channels} channels and {outputs} outputs in groups \
             of number {groups} do not fit kernels of {inputs} channels"
        );
        let along = |axis: usize, size, kernel| {
            Windows::new(size, kernel, stride[axis], padding[axis], dilation[axis])
        };
        let Some((tall, wide)) = along(0, rows, height).zip(along(1, columns, width)) else {
            panic!(
                "conv2d: {x:?} x {weight:?}: no window of the kernel fits, with stride {stride:?}, \
                 padding {padding:?} and dilation {dilation:?}"
            )
        };
        Self { patches: Patches { channels, windows: [tall, wide] }, images, outputs, groups }
    }

    fn apply<T: Real>(&self, x: &Tensor<4, T>, weight: &Tensor<4, T>, bias: &[T]) -> Tensor<4, T> {
        let [rows, columns] = self.patches.windows;
        let shape = [self.images, self.outputs, rows.count, columns.count];
        let mut data = Vec::with_capacity(shape.iter().product());
        self.each_batch(|mut batch| {
            batch.gather(&x.data);
            for group in batch.groups() {
                let kernels = Matrix::new(&weight.data[group.weight], [group.outputs, group.depth]);
                let patches =
                    Matrix::new(&batch.patches[group.patches], [group.depth, group.width]);
                gemm(kernels, patches, T::ONE, T::ZERO, &mut batch.product[group.product]);
            }
            batch.append_product(&mut data, bias);
        });
        Tensor { shape, data }
    }

    /// Adds the cotangent of the images.
    pub(crate) fn add_input<T: Real>(&self, acc: &mut [T], dy: &[T], weight: &[T]) {
        self.each_batch(|mut batch| {
            batch.load_product(dy);
            for group in batch.groups() {
                let kernels = Matrix::new(&weight[group.weight], [group.outputs, group.depth]);
                let dy = Matrix::new(&batch.product[group.product], [group.outputs, group.width]);
                let patches = &mut batch.patches[group.patches];
                gemm(kernels.transposed(), dy, T::ONE, T::ZERO, patches);
            }
            batch.scatter(acc);
        });
    }

    /// Adds the cotangent of the kernels.
    pub(crate) fn add_weight<T: Real>(&self, acc: &mut [T], dy: &[T], x: &[T]) {
        self.each_batch(|mut batch| {
            batch.gather(x);
            batch.load_product(dy);
            for group in batch.groups() {
                let dy = Matrix::new(&batch.product[group.product], [group.outputs, group.width]);
                let patches =
                    Matrix::new(&batch.patches[group.patches], [group.depth, group.width]);
                gemm(dy, patches.transposed(), T::ONE, T::ONE, &mut acc[group.weight]);
            }
        });
    }

    /// Calls `visit` with all images, as many at a time as their patches fit into the cache.
    fn each_batch<T: Real>(&self, mut visit: impl FnMut(Batch<'_, T>)) {
        let [depth, positions] = self.patches.matrix();
        let together = (PATCHES / (depth * positions).max(1)).clamp(1, self.images.max(1));
        let mut patches = vec![T::ZERO; depth * positions * together];
        let mut product = vec![T::ZERO; self.outputs * positions * together];
        for first in (0..self.images).step_by(together) {
            let images = first..self.images.min(first + together);
            let width = positions * images.len();
            visit(Batch {
                convolution: self,
                images,
                patches: &mut patches[..depth * width],
                product: &mut product[..self.outputs * width],
            });
        }
    }
}

impl<T: Real> Batch<'_, T> {
    /// How many windows there are in one image and in all.
    fn widths(&self) -> [usize; 2] {
        let [_, positions] = self.convolution.patches.matrix();
        [positions, positions * self.images.len()]
    }

    fn groups(&self) -> impl Iterator<Item = Group> + use<T> {
        let Convolution { patches, outputs, groups, .. } = *self.convolution;
        let (outputs, depth) = (outputs / groups, patches.matrix()[0] / groups);
        let [_, width] = self.widths();
        let part = |group: usize, len: usize| group * len..(group + 1) * len;
        (0..groups).map(move |group| Group {
            weight: part(group, outputs * depth),
            patches: part(group, depth * width),
            product: part(group, outputs * width),
            outputs,
            depth,
            width,
        })
    }

    /// Fills in the patches of the images.
    fn gather(&mut self, images: &[T]) {
        let (patches, [positions, width]) = (self.convolution.patches, self.widths());
        let len = patches.image_len();
        for (place, image) in self.images.clone().enumerate() {
            patches.gather(&images[image * len..][..len], self.patches, width, place * positions);
        }
    }

    /// Adds the patches to the images.
    fn scatter(&self, images: &mut [T]) {
        let (patches, [positions, width]) = (self.convolution.patches, self.widths());
        let len = patches.image_len();
        for (place, image) in self.images.clone().enumerate() {
            let image = &mut images[image * len..][..len];
            patches.scatter(image, self.patches, width, place * positions);
        }
    }

    /// Puts the product behind the results of the images before, image by image.
    fn append_product(&self, results: &mut Vec<T>, bias: &[T]) {
        let [positions, width] = self.widths();
        for place in 0..self.images.len() {
            for output in 0..self.convolution.outputs {
                let row = &self.product[output * width + place * positions..][..positions];
                match bias.get(output) {
                    Some(&bias) => results.extend(row.iter().map(|&y| y + bias)),
                    None => results.extend_from_slice(row),
                }
            }
        }
    }

    /// Fills in the product from the results of the images.
    fn load_product(&mut self, results: &[T]) {
        let [positions, width] = self.widths();
        let outputs = self.convolution.outputs;
        for (place, image) in self.images.clone().enumerate() {
            for output in 0..outputs {
                let row = &results[(image * outputs + output) * positions..][..positions];
                let start = output * width + place * positions;
                self.product[start..start + positions].copy_from_slice(row);
            }
        }
    }
}

#[cfg(test)]
mod tests;
