//! Matrix products: the only caller of `matrixmultiply`.

/// Scalars that have a matrix product.
pub trait Gemm: Sized {}
impl Gemm for f32 {}
impl Gemm for f64 {}
