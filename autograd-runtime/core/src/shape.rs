//! The check of declared shapes where a function begins.

use crate::Tensor;

/// The dimensions of a tensor.
#[inline(always)]
pub fn tensor<const R: usize, T>(tensor: &Tensor<R, T>) -> [usize; R] {
    tensor.shape()
}

/// The dimension of a list: its length.
#[inline(always)]
pub fn list<T>(list: &[T]) -> [usize; 1] {
    [list.len()]
}

/// What was declared of one dimension of an argument.
pub struct Declared {
    /// The function whose argument it is.
    pub function: &'static str,
    /// The parameter.
    pub parameter: &'static str,
    /// Which of its dimensions.
    pub axis: usize,
    /// How the dimension was written: `d`, or `10`.
    pub dimension: &'static str,
    /// Where the length that it has to have comes from: the first parameter with such a dimension. Empty if
    /// the declaration itself tells the length.
    pub from: &'static str,
}

/// Makes sure that a dimension of an argument of the given shape is as long as was declared.
///
/// # Panics
/// If it is not.
#[inline(always)]
#[track_caller]
pub fn expect(declared: &Declared, shape: &[usize], length: usize) {
    if shape[declared.axis] != length {
        differs(declared, shape, length);
    }
}

#[cold]
#[inline(never)]
#[track_caller]
fn differs(declared: &Declared, shape: &[usize], length: usize) -> ! {
    let Declared { function, parameter, axis, dimension, from } = declared;
    let reason = if dimension.parse() == Ok(length) {
        String::new()
    } else if from.is_empty() {
        format!(", which is {length}")
    } else if from == parameter {
        format!(", which is {length} in an earlier dimension")
    } else {
        format!(", which is {length} in `{from}`")
    };
    panic!(
        "{function}: `{parameter}` is {shape:?}, its dimension {axis} was declared `{dimension}`{reason}"
    )
}
