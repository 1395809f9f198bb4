//! The reverse of changes of a list in place, on the list's cotangent.
//!
//! A cotangent may be a symbolic zero, which has fewer elements than the list, or none.

use crate::Tangent;
use crate::differentiable::NoTangent;
use crate::kernel::pool;

/// A cotangent whose elements have places: lists, and what has no gradient at all.
pub trait ListTangent {
    /// The cotangent of an element.
    type Element: Tangent;
    /// The elements that are written out, `at_least` as many as that.
    fn elements(&mut self, at_least: usize) -> &mut [Self::Element];
}

impl<T: Tangent> ListTangent for Vec<T> {
    type Element = T;
    fn elements(&mut self, at_least: usize) -> &mut [T] {
        if self.len() < at_least {
            if self.capacity() < at_least {
                pool::grow(self, at_least - self.len());
            }
            self.resize_with(at_least, T::symbolic_zero);
        }
        self
    }
}

impl<T: Tangent> ListTangent for [T] {
    type Element = T;
    fn elements(&mut self, _: usize) -> &mut [T] {
        self
    }
}

impl<T: Tangent, const N: usize> ListTangent for [T; N] {
    type Element = T;
    fn elements(&mut self, _: usize) -> &mut [T] {
        self
    }
}

impl ListTangent for NoTangent {
    type Element = NoTangent;
    fn elements(&mut self, _: usize) -> &mut [NoTangent] {
        &mut []
    }
}

/// A cotangent that has places for the elements of a list, also of one that has grown since the
/// cotangent was made.
#[diagnostic::on_unimplemented(
    message = "no derivative is known for an index of what has the gradient `{Self}`",
    label = "elements of lists have derivatives",
    note = "index the list in its field, as in `value.field[i]`, or write a `#[differentiable]` method that does"
)]
pub trait Growing {
    /// The cotangent of an element.
    type Element;
    /// The cotangent of a part.
    type Part: ?Sized;
    /// The place of element `index`, with as many zeros before it as that takes.
    fn element_mut(&mut self, index: usize) -> &mut Self::Element;
    /// The places of the elements from `start` to `end`, with as many zeros before as that takes.
    fn slice_mut(&mut self, start: usize, end: usize) -> &mut Self::Part;
}

macro_rules! growing {
    ($([$($generics:tt)*] $list:ty;)*) => {$(
        impl<T: Tangent, $($generics)*> Growing for $list {
            type Element = T;
            type Part = [T];
            #[inline(always)]
            fn element_mut(&mut self, index: usize) -> &mut T {
                &mut self.elements(index + 1)[index]
            }
            #[inline(always)]
            fn slice_mut(&mut self, start: usize, end: usize) -> &mut [T] {
                &mut self.elements(end)[start..end]
            }
        }
    )*};
}
growing! {
    [] Vec<T>;
    [] [T];
    [const N: usize] [T; N];
}

impl Growing for NoTangent {
    type Element = Self;
    type Part = Self;
    #[inline(always)]
    fn element_mut(&mut self, _: usize) -> &mut Self {
        self
    }
    #[inline(always)]
    fn slice_mut(&mut self, _: usize, _: usize) -> &mut Self {
        self
    }
}

/// The place of element `index`, with as many zeros before it as that takes.
#[inline(always)]
pub fn element_mut<L: Growing + ?Sized>(list: &mut L, index: usize) -> &mut L::Element {
    list.element_mut(index)
}

/// The places of the elements from `start` to `end`, with as many zeros before as that takes.
#[inline(always)]
pub fn slice_mut<L: Growing + ?Sized>(list: &mut L, start: usize, end: usize) -> &mut L::Part {
    list.slice_mut(start, end)
}

/// `list.push(value)` to a list of length `len`: the cotangent of `value`.
#[inline]
pub fn undo_push<T: Tangent>(list: &mut Vec<T>, len: usize) -> T {
    let value = list.get_mut(len).map_or_else(T::symbolic_zero, crate::private::take);
    list.truncate(len);
    value
}

/// All elements of the cotangent of a list of length `len`.
#[inline(always)]
pub fn elements<T: Tangent>(list: &mut Vec<T>, len: usize) -> &[T] {
    if list.len() < len {
        write_out(list, len);
    }
    &list[..len]
}

#[cold]
fn write_out<T: Tangent>(list: &mut Vec<T>, len: usize) {
    list.elements(len);
}

/// `list.swap(i, j)`
#[inline]
pub fn undo_swap<L: ListTangent + ?Sized>(list: &mut L, i: usize, j: usize) {
    let elements = list.elements(i.max(j) + 1);
    if !elements.is_empty() {
        elements.swap(i, j);
    }
}

/// `list.fill(value)`: the cotangent of `value`.
#[inline]
pub fn undo_fill<L: ListTangent + ?Sized>(list: &mut L) -> L::Element {
    let mut sum = L::Element::symbolic_zero();
    for element in list.elements(0) {
        sum.accumulate(crate::private::take_shaped(element));
    }
    sum
}

/// `list.copy_from_slice(source)`: the cotangent of `source`.
#[inline]
pub fn undo_copy<L: ListTangent + ?Sized>(list: &mut L) -> Vec<L::Element> {
    list.elements(0).iter_mut().map(crate::private::take_shaped).collect()
}

/// `list.reverse()` of a list of length `len`.
#[inline]
pub fn undo_reverse<L: ListTangent + ?Sized>(list: &mut L, len: usize) {
    list.elements(len).reverse();
}

/// A cotangent that that of a list of `T` can be added to: another list, or what has none.
pub trait ListOf<T> {
    /// Adds element by element.
    fn add(&mut self, other: &[T]);
}

macro_rules! list_of {
    ($([$($generics:tt)*] $list:ty;)*) => {$(
        impl<T: Tangent, $($generics)*> ListOf<T> for $list {
            fn add(&mut self, other: &[T]) {
                for (a, b) in self.elements(other.len()).iter_mut().zip(other) {
                    a.accumulate_ref(b);
                }
            }
        }
    )*};
}
list_of! {
    [] Vec<T>;
    [] [T];
    [const N: usize] [T; N];
}

impl<T> ListOf<T> for NoTangent {
    fn add(&mut self, _: &[T]) {}
}

/// Adds the cotangent of a list element by element.
pub fn merge_list<T>(list: &mut (impl ListOf<T> + ?Sized), other: &[T]) {
    list.add(other);
}

/// Makes sure that a value is a list: its methods are those of slices.
#[inline(always)]
pub fn list<T>(_: &[T]) {}
