//! Ranks in types: what a tensor becomes when an operation removes or adds an axis.

use crate::Tensor;

/// A tensor whose rank is not spelled out, so that code can be written once for all ranks.
#[doc(hidden)]
pub trait AnyRank: Sized {
    /// The element type.
    type Element;
    /// The type of the dimensions.
    type Shape: AsRef<[usize]> + Copy;
    /// Dimensions of this rank.
    fn shape_of(shape: &[usize]) -> Self::Shape;
    /// A tensor of the dimensions `shape`, of which there are as many as the rank.
    fn from_parts(shape: &[usize], data: Vec<Self::Element>) -> Self;
    /// The dimensions.
    fn dimensions(&self) -> &[usize];
    /// The elements in row-major order.
    fn elements(&self) -> &[Self::Element];
    /// The elements in row-major order, to be changed.
    fn elements_mut(&mut self) -> &mut [Self::Element];
}

impl<const R: usize, T> AnyRank for Tensor<R, T> {
    type Element = T;
    type Shape = [usize; R];
    fn shape_of(shape: &[usize]) -> [usize; R] {
        shape.try_into().expect("the rank traits map each rank to its neighbour")
    }
    fn from_parts(shape: &[usize], data: Vec<T>) -> Self {
        Self { shape: Self::shape_of(shape), data }
    }
    fn dimensions(&self) -> &[usize] {
        &self.shape
    }
    fn elements(&self) -> &[T] {
        &self.data
    }
    fn elements_mut(&mut self) -> &mut [T] {
        &mut self.data
    }
}

/// A rank as a type, on which [`ReduceRank`] and [`ExpandRank`] are implemented.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rank<const R: usize>;

/// Ranks with an axis to remove: 1 to 6.
///
/// Operations such as [`Tensor::sum_axis`] return [`Reduced<R, T>`](Reduced). For a rank that is a
/// number this is the tensor of one rank less; a function that is generic over the rank asks for it
/// with `where Rank<R>: ReduceRank`.
#[diagnostic::on_unimplemented(
    message = "a tensor of this rank has no axis that could be removed",
    label = "this needs a tensor of rank 1 to 6",
    note = "in a function that is generic over the rank, add `where Rank<R>: ReduceRank`"
)]
pub trait ReduceRank {
    /// The tensor with one axis less.
    type Reduced<T>: AnyRank<Element = T>;
}

/// Ranks to which an axis can be added: 0 to 5.
///
/// [`Tensor::stack`] returns [`Expanded<R, T>`](Expanded); a function that is generic over the rank
/// asks for it with `where Rank<R>: ExpandRank`.
#[diagnostic::on_unimplemented(
    message = "a tensor of this rank cannot get another axis",
    label = "this needs a tensor of rank 0 to 5",
    note = "in a function that is generic over the rank, add `where Rank<R>: ExpandRank`"
)]
pub trait ExpandRank {
    /// The tensor with one axis more.
    type Expanded<T>: AnyRank<Element = T>;
}

/// The tensor of one rank less than `R`.
pub type Reduced<const R: usize, T> = <Rank<R> as ReduceRank>::Reduced<T>;

/// The tensor of one rank more than `R`.
pub type Expanded<const R: usize, T> = <Rank<R> as ExpandRank>::Expanded<T>;

macro_rules! neighbours {
    ($($less:literal $more:literal),*) => {$(
        impl ReduceRank for Rank<$more> {
            type Reduced<T> = Tensor<$less, T>;
        }
        impl ExpandRank for Rank<$less> {
            type Expanded<T> = Tensor<$more, T>;
        }
    )*};
}
neighbours!(0 1, 1 2, 2 3, 3 4, 4 5, 5 6);
