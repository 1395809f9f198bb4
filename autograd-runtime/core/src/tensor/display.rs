//! Text: nested brackets, as `NumPy` prints them.

use super::Tensor;
use std::fmt::{self, Debug, Display, Formatter};

/// Tensors with more elements than this are abridged.
const ABRIDGED_ABOVE: usize = 1000;
/// What is shown of each end of an abridged axis.
const EDGE: usize = 3;

/// Nested brackets with aligned columns. A precision applies to each element; of a tensor with more
/// than a thousand elements the ends of each axis are shown.
///
/// ```
/// # use autograd_runtime::Tensor;
/// let x = Tensor::from([[1.0, -2.5], [10.0, 0.125]]);
/// assert_eq!(x.to_string(), "[[    1,  -2.5],\n [   10, 0.125]]");
/// assert_eq!(format!("{x:.1}"), "[[ 1.0, -2.5],\n [10.0,  0.1]]");
/// ```
impl<const R: usize, T: Display> Display for Tensor<R, T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let text = |x: &T| match f.precision() {
            Some(precision) => format!("{x:.precision$}"),
            None => x.to_string(),
        };
        let abridged = self.data.len() > ABRIDGED_ABOVE;
        let mut cells = Vec::new();
        if !self.data.is_empty() {
            visible(&self.shape, 0, abridged, &mut |i| cells.push(text(&self.data[i])));
        }
        let width = cells.iter().map(|cell| cell.chars().count()).max().unwrap_or(0);
        let mut cells = cells.into_iter();
        let mut element =
            |f: &mut Formatter<'_>| write!(f, "{:>width$}", cells.next().unwrap_or_default());
        if R == 0 && self.data.is_empty() {
            return f.write_str("0");
        }
        brackets(f, &self.shape, 0, abridged, true, &mut element)
    }
}

/// The nested brackets in one line, and the shape where there are no elements to tell it.
///
/// ```
/// # use autograd_runtime::Tensor;
/// assert_eq!(format!("{:?}", Tensor::from([[1.0, 2.0], [3.0, 4.0]])), "Tensor([[1.0, 2.0], [3.0, 4.0]])");
/// assert_eq!(format!("{:?}", Tensor::<2>::zeros([2, 0])), "Tensor([[], []], shape [2, 0])");
/// ```
impl<const R: usize, T: Debug> Debug for Tensor<R, T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("Tensor(")?;
        if R == 0 && self.data.is_empty() {
            f.write_str("0")?;
        } else {
            let mut elements = self.data.iter();
            let mut element = |f: &mut Formatter<'_>| match elements.next() {
                Some(x) => x.fmt(f),
                None => Ok(()),
            };
            brackets(f, &self.shape, 0, false, false, &mut element)?;
        }
        if self.data.is_empty() {
            write!(f, ", shape {:?}", self.shape)?;
        }
        f.write_str(")")
    }
}

/// The indices along an axis that are shown: a range at each end.
fn shown(size: usize, abridged: bool) -> [std::ops::Range<usize>; 2] {
    if abridged && size > 2 * EDGE { [0..EDGE, size - EDGE..size] } else { [0..size, size..size] }
}

/// Calls `visit` with the position of each element that is shown; `base` counts the rows before.
fn visible(shape: &[usize], base: usize, abridged: bool, visit: &mut impl FnMut(usize)) {
    match shape {
        [] => visit(base),
        [size, inner @ ..] => {
            for i in shown(*size, abridged).into_iter().flatten() {
                visible(inner, base * size + i, abridged, visit);
            }
        }
    }
}

type Write<'a> = dyn FnMut(&mut Formatter<'_>) -> fmt::Result + 'a;

/// Writes one axis and, inside it, those behind it.
fn brackets(
    f: &mut Formatter<'_>,
    shape: &[usize],
    depth: usize,
    abridged: bool,
    lines: bool,
    element: &mut Write<'_>,
) -> fmt::Result {
    let [size, inner @ ..] = shape else { return element(f) };
    let separate = |f: &mut Formatter<'_>| {
        if !lines || inner.is_empty() {
            return f.write_str(", ");
        }
        // As many line ends as axes close: matrices of a tensor of rank 3 stand apart.
        f.write_str(",")?;
        inner.iter().try_for_each(|_| f.write_str("\n"))?;
        (0..=depth).try_for_each(|_| f.write_str(" "))
    };
    f.write_str("[")?;
    let [head, tail] = shown(*size, abridged);
    for i in head.clone() {
        if i > 0 {
            separate(f)?;
        }
        brackets(f, inner, depth + 1, abridged, lines, element)?;
    }
    if !tail.is_empty() {
        separate(f)?;
        f.write_str("...")?;
    }
    for _ in tail {
        separate(f)?;
        brackets(f, inner, depth + 1, abridged, lines, element)?;
    }
    f.write_str("]")
}
