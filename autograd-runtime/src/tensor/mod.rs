//! [`Tensor`]: storage, construction, indexing and display.

/// A dense array of rank `R`: row-major, contiguous, dimensions known at run time.
///
/// The default element type is `f32`. A rank-0 tensor holds one element.
#[derive(Clone, PartialEq)]
pub struct Tensor<const R: usize, T = f32> {
    /// Invariant: the product of `shape` is `data.len()`, except for the symbolic zero of a tangent,
    /// which has the shape `[0; R]` and no data at every rank, 0 included.
    pub(crate) shape: [usize; R],
    pub(crate) data: Vec<T>,
}
