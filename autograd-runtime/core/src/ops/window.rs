//! Where the windows of convolutions and of pooling lie in an image.

use std::ops::Range;

/// A setting for the rows and the columns of an image: one number for both, or one for each.
///
/// ```
/// use autograd_runtime::PerAxis;
///
/// assert_eq!(3.per_axis(), [3, 3]);
/// assert_eq!([3, 5].per_axis(), [3, 5]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a size of rows and columns",
    label = "a `usize` for both, or a `[usize; 2]` with rows first, is wanted here"
)]
pub trait PerAxis {
    /// The number for the rows and that for the columns.
    fn per_axis(self) -> [usize; 2];
}

impl PerAxis for usize {
    fn per_axis(self) -> [usize; 2] {
        [self; 2]
    }
}

impl PerAxis for [usize; 2] {
    fn per_axis(self) -> [usize; 2] {
        self
    }
}

/// How a kernel moves over an image in [`Tensor::conv2d`](crate::Tensor::conv2d), with `PyTorch`'s
/// names and defaults.
///
/// ```
/// use autograd_runtime::Conv2dOptions;
///
/// let options = Conv2dOptions::new().stride(2).padding([1, 0]);
/// assert_eq!((options.stride, options.padding), ([2, 2], [1, 0]));
/// assert_eq!((options.dilation, options.groups), ([1, 1], 1));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Conv2dOptions {
    /// From one window to the next: 1 unless set.
    pub stride: [usize; 2],
    /// Rows and columns of zeros at each side of the image: 0 unless set.
    pub padding: [usize; 2],
    /// From one element of the kernel to the next: 1 unless set.
    pub dilation: [usize; 2],
    /// Into how many groups the channels are divided, each with kernels of its own: 1 unless set.
    pub groups: usize,
}

impl Default for Conv2dOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl Conv2dOptions {
    /// Stride and dilation 1, no padding, one group.
    pub const fn new() -> Self {
        Self { stride: [1; 2], padding: [0; 2], dilation: [1; 2], groups: 1 }
    }

    /// Sets the stride.
    #[must_use]
    pub fn stride(self, stride: impl PerAxis) -> Self {
        Self { stride: stride.per_axis(), ..self }
    }

    /// Sets the padding.
    #[must_use]
    pub fn padding(self, padding: impl PerAxis) -> Self {
        Self { padding: padding.per_axis(), ..self }
    }

    /// Sets the dilation.
    #[must_use]
    pub fn dilation(self, dilation: impl PerAxis) -> Self {
        Self { dilation: dilation.per_axis(), ..self }
    }

    /// Sets the number of groups.
    #[must_use]
    pub fn groups(self, groups: usize) -> Self {
        Self { groups, ..self }
    }
}

/// The windows of [`Tensor::max_pool2d`](crate::Tensor::max_pool2d) and
/// [`Tensor::avg_pool2d`](crate::Tensor::avg_pool2d), with `PyTorch`'s names and defaults.
///
/// A `usize` or a `[usize; 2]` stands for a kernel of that size that moves by its own size.
///
/// ```
/// use autograd_runtime::Pool2dOptions;
///
/// assert_eq!(Pool2dOptions::from(2), Pool2dOptions::new(2).stride(2).padding(0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pool2dOptions {
    /// Rows and columns of a window.
    pub kernel: [usize; 2],
    /// From one window to the next: the size of the kernel unless set.
    pub stride: [usize; 2],
    /// Rows and columns around the image, at most half of the kernel: 0 unless set. A maximum does
    /// not see them, for an average they are zeros.
    pub padding: [usize; 2],
}

impl Pool2dOptions {
    /// Windows of the size of `kernel`, side by side.
    pub fn new(kernel: impl PerAxis) -> Self {
        let kernel = kernel.per_axis();
        Self { kernel, stride: kernel, padding: [0; 2] }
    }

    /// Sets the stride.
    #[must_use]
    pub fn stride(self, stride: impl PerAxis) -> Self {
        Self { stride: stride.per_axis(), ..self }
    }

    /// Sets the padding.
    #[must_use]
    pub fn padding(self, padding: impl PerAxis) -> Self {
        Self { padding: padding.per_axis(), ..self }
    }
}

impl<K: PerAxis> From<K> for Pool2dOptions {
    fn from(kernel: K) -> Self {
        Self::new(kernel)
    }
}

/// The windows along one axis of an image.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Windows {
    /// The size of the image.
    pub(crate) size: usize,
    pub(crate) kernel: usize,
    pub(crate) stride: usize,
    pub(crate) padding: usize,
    pub(crate) dilation: usize,
    /// How many windows there are.
    pub(crate) count: usize,
}

impl Windows {
    /// The windows that fit; `None` if not one does, or if a setting that must not be 0 is.
    pub(crate) fn new(
        size: usize,
        kernel: usize,
        stride: usize,
        padding: usize,
        dilation: usize,
    ) -> Option<Self> {
        if kernel == 0 || stride == 0 || dilation == 0 {
            return None;
        }
        let reach = (kernel - 1).checked_mul(dilation)?.checked_add(1)?;
        let padded = padding.checked_mul(2)?.checked_add(size)?;
        let count = padded.checked_sub(reach)? / stride + 1;
        Some(Self { size, kernel, stride, padding, dilation, count })
    }

    /// The windows whose element `k` is inside the image.
    pub(crate) fn inside(&self, k: usize) -> Range<usize> {
        // The position in the padded image of that element in window 0, which moves by the stride.
        let first = k * self.dilation;
        let start = self.padding.saturating_sub(first).div_ceil(self.stride);
        let end = (self.padding + self.size).saturating_sub(first).div_ceil(self.stride);
        let end = end.min(self.count);
        start.min(end)..end
    }

    /// The position in the image of element `k` of a window, which is [`inside`](Self::inside).
    pub(crate) fn position(&self, window: usize, k: usize) -> usize {
        window * self.stride + k * self.dilation - self.padding
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_inside_are_those_of_the_definition() {
        for (size, kernel, stride, padding, dilation) in
            [(5, 3, 1, 0, 1), (5, 3, 2, 1, 1), (4, 2, 3, 2, 3), (1, 3, 1, 1, 1), (7, 3, 2, 4, 2)]
        {
            let windows = Windows::new(size, kernel, stride, padding, dilation).unwrap();
            assert_eq!(
                windows.count,
                (size + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1
            );
            for k in 0..kernel {
                let inside: Vec<usize> = (0..windows.count)
                    .filter(|w| {
                        let padded = w * stride + k * dilation;
                        padded >= padding && padded < padding + size
                    })
                    .collect();
                assert_eq!(windows.inside(k).collect::<Vec<_>>(), inside);
                for w in inside {
                    assert_eq!(windows.position(w, k) + padding, w * stride + k * dilation);
                }
            }
        }
    }

    #[test]
    fn windows_that_do_not_fit() {
        assert!(Windows::new(2, 5, 1, 1, 1).is_none());
        assert!(Windows::new(2, 2, 0, 0, 1).is_none());
        assert!(Windows::new(2, 0, 1, 0, 1).is_none());
        assert!(Windows::new(2, 2, 1, 0, 0).is_none());
        assert!(Windows::new(2, 2, 1, 0, usize::MAX).is_none());
        assert!(Windows::new(2, 2, 1, usize::MAX, 1).is_none());
    }
}
