//! The patches of an image as the columns of a matrix, by which a convolution is a matrix product.

use super::window::Windows;
use crate::Real;

/// An image of some channels and the windows over it, rows first.
#[derive(Clone, Copy)]
pub(crate) struct Patches {
    pub(crate) channels: usize,
    pub(crate) windows: [Windows; 2],
}

impl Patches {
    /// The elements of one image.
    pub(crate) fn image_len(&self) -> usize {
        self.channels * self.plane()
    }

    /// The elements of one channel.
    fn plane(&self) -> usize {
        self.windows[0].size * self.windows[1].size
    }

    /// Rows and columns of the matrix: the elements of a patch, and how many patches there are.
    pub(crate) fn matrix(&self) -> [usize; 2] {
        let [rows, columns] = &self.windows;
        [self.channels * rows.kernel * columns.kernel, rows.count * columns.count]
    }

    /// Writes the patches of `image` into the columns of `matrix`, zeros where they reach out of it.
    ///
    /// `matrix` has rows of length `pitch`, of which the patches begin at `offset`.
    pub(crate) fn gather<T: Real>(
        &self,
        image: &[T],
        matrix: &mut [T],
        pitch: usize,
        offset: usize,
    ) {
        let [rows, columns] = self.windows;
        self.each_element(|row, plane, [ky, kx]| {
            let matrix = &mut matrix[row * pitch + offset..][..rows.count * columns.count];
            let (tall, wide) = (rows.inside(ky), columns.inside(kx));
            for (y, line) in matrix.chunks_exact_mut(columns.count).enumerate() {
                if !tall.contains(&y) || wide.is_empty() {
                    line.fill(T::ZERO);
                    continue;
                }
                let start = plane + rows.position(y, ky) * columns.size;
                let from = &image[start + columns.position(wide.start, kx)..];
                line[..wide.start].fill(T::ZERO);
                line[wide.end..].fill(T::ZERO);
                let line = &mut line[wide.clone()];
                if columns.stride == 1 {
                    line.copy_from_slice(&from[..line.len()]);
                } else {
                    let from = from.iter().step_by(columns.stride);
                    line.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
                }
            }
        });
    }

    /// Adds the columns of `matrix` to the patches of `image`: the transpose of [`Self::gather`].
    pub(crate) fn scatter<T: Real>(
        &self,
        image: &mut [T],
        matrix: &[T],
        pitch: usize,
        offset: usize,
    ) {
        let [rows, columns] = self.windows;
        self.each_element(|row, plane, [ky, kx]| {
            let matrix = &matrix[row * pitch + offset..][..rows.count * columns.count];
            let wide = columns.inside(kx);
            if wide.is_empty() {
                return;
            }
            for y in rows.inside(ky) {
                let line = &matrix[y * columns.count..][wide.clone()];
                let start = plane + rows.position(y, ky) * columns.size;
                let to = &mut image[start + columns.position(wide.start, kx)..];
                if columns.stride == 1 {
                    to.iter_mut().zip(line).for_each(|(to, from)| *to += *from);
                } else {
                    let to = to.iter_mut().step_by(columns.stride);
                    to.zip(line).for_each(|(to, from)| *to += *from);
                }
            }
        });
    }

    /// Calls `visit` for each element of a patch, with its row in the matrix, the beginning of its
    /// channel in the image, and its place in the window.
    fn each_element(&self, mut visit: impl FnMut(usize, usize, [usize; 2])) {
        let mut row = 0;
        for channel in 0..self.channels {
            for ky in 0..self.windows[0].kernel {
                for kx in 0..self.windows[1].kernel {
                    visit(row, channel * self.plane(), [ky, kx]);
                    row += 1;
                }
            }
        }
    }
}
