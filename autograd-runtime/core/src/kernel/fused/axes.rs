//! The axes of a pass, and how each operand advances along them.

use crate::Real;
use crate::kernel::threads::Shared;
use std::ops::Range;

/// The most axes that do not go on with one stride.
const MAX: usize = 16;

/// How far a contiguous tensor advances along axis `d` of a pass of rank `rank`: 0 where it is
/// repeated.
pub(super) fn stride(shape: &[usize], d: usize, rank: usize) -> usize {
    match (d + shape.len()).checked_sub(rank) {
        Some(d) if shape[d] != 1 => shape[d + 1..].iter().product(),
        _ => 0,
    }
}

/// The axes, those along which all operands go on with one stride being one.
pub(super) struct Axes<const I: usize, const O: usize> {
    count: usize,
    sizes: [usize; MAX],
    inputs: [[usize; MAX]; I],
    outputs: [[usize; MAX]; O],
}

impl<const I: usize, const O: usize> Axes<I, O> {
    pub(super) fn new() -> Self {
        Self { count: 0, sizes: [1; MAX], inputs: [[0; MAX]; I], outputs: [[0; MAX]; O] }
    }

    /// Adds an axis inside of the others.
    pub(super) fn push(&mut self, size: usize, inputs: [usize; I], outputs: [usize; O]) {
        if size == 1 {
            return;
        }
        let goes_on = self.count.checked_sub(1).filter(|&outer| {
            let inputs = self.inputs.iter().zip(&inputs);
            let outputs = self.outputs.iter().zip(&outputs);
            inputs.chain(outputs).all(|(own, stride)| own[outer] == size * stride)
        });
        let axis = goes_on.unwrap_or(self.count);
        assert!(axis < MAX, "broadcasting over more than {MAX} axes");
        self.sizes[axis] *= size;
        self.count = axis + 1;
        for (own, stride) in self.inputs.iter_mut().zip(inputs) {
            own[axis] = stride;
        }
        for (own, stride) in self.outputs.iter_mut().zip(outputs) {
            own[axis] = stride;
        }
    }

    /// The length of a row.
    pub(super) fn row(&self) -> usize {
        self.sizes[self.count.saturating_sub(1)]
    }

    /// The number of rows among `len` elements.
    pub(super) fn rows(&self, len: usize) -> usize {
        len / self.row()
    }

    /// Where a row of an input starts, and whether it advances in it.
    #[inline]
    pub(super) fn input(&self, i: usize, row: usize) -> (usize, usize) {
        self.start(&self.inputs[i], row)
    }

    /// Where a row of an output starts, and whether it advances in it.
    #[inline]
    pub(super) fn output(&self, o: usize, row: usize) -> (usize, usize) {
        self.start(&self.outputs[o], row)
    }

    #[inline]
    fn start(&self, strides: &[usize; MAX], row: usize) -> (usize, usize) {
        let Some(inner) = self.count.checked_sub(1) else { return (0, 1) };
        let step = strides[inner];
        let at = match inner {
            0 => 0,
            1 => row * strides[0],
            _ => {
                let (mut at, mut rest) = (0, row);
                for axis in (0..inner).rev() {
                    at += rest % self.sizes[axis] * strides[axis];
                    rest /= self.sizes[axis];
                }
                at
            }
        };
        (at, step)
    }

    /// Whether an input has one element.
    pub(super) fn is_same(&self, i: usize) -> bool {
        self.inputs[i][..self.count].iter().all(|stride| *stride == 0)
    }

    /// Whether all rows of an output are one.
    pub(super) fn sums_rows(&self, o: usize) -> bool {
        let (inner, outer) = self.outputs[o][..self.count].split_last().unwrap_or((&0, &[]));
        *inner == 1 && outer.iter().all(|stride| *stride == 0)
    }

    /// Whether several parts of a pass meet the same elements of an output.
    pub(super) fn is_met_again(&self, o: usize, by_columns: bool) -> bool {
        let Some((inner, outer)) = self.outputs[o][..self.count].split_last() else { return false };
        if by_columns { *inner == 0 } else { outer.contains(&0) }
    }

    /// Copies some rows of an input side by side.
    pub(super) fn gather<T: Real>(
        &self,
        i: usize,
        data: &[T],
        rows: Range<usize>,
        to: &mut Vec<T>,
    ) {
        let n = self.row();
        to.resize(rows.len() * n, T::ZERO);
        for (row, to) in rows.zip(to.chunks_exact_mut(n)) {
            match self.input(i, row) {
                (at, 0) => to.fill(data[at]),
                (at, _) => to.copy_from_slice(&data[at..at + n]),
            }
        }
    }

    /// Adds some rows that lie side by side to those of an output.
    ///
    /// # Safety
    /// Nobody else reads or writes those rows meanwhile.
    pub(super) unsafe fn scatter<T: Real>(
        &self,
        o: usize,
        from: &mut [T],
        rows: Range<usize>,
        to: Shared<'_, T>,
    ) {
        let n = self.row();
        let (mut from, mut rows) = (from, rows);
        if self.sums_rows(o) {
            fold(from, n, rows.len());
            rows = rows.start..rows.start + 1;
            from = &mut from[..n];
        }
        for (row, from) in rows.zip(from.chunks_exact(n)) {
            let (at, step) = self.output(o, row);
            // SAFETY: the caller's.
            let to = unsafe { to.part(at..at + if step == 0 { 1 } else { n }).as_mut() };
            if step == 0 {
                let mut sum = T::ZERO;
                from.iter().for_each(|x| sum += *x);
                to[0] += sum;
            } else {
                to.iter_mut().zip(from).for_each(|(to, x)| *to += *x);
            }
        }
    }
}

/// Adds rows of `n` elements that lie side by side to the first one, in halves: far fewer roundings
/// than one after the other.
pub(super) fn fold<T: Real>(rows: &mut [T], n: usize, mut count: usize) {
    while count > 1 {
        let half = count.div_ceil(2);
        let (kept, folded) = rows[..count * n].split_at_mut(half * n);
        kept.iter_mut().zip(folded).for_each(|(kept, folded)| *kept += *folded);
        count = half;
    }
}
