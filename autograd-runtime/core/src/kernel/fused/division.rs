//! How a pass is divided among threads.
//!
//! That depends on the shapes alone and not on the number of threads, nor on there being any, because
//! the order of sums does: each part sums on its own, and the sums of the parts are put together in
//! their order.

use std::ops::Range;

/// The fewest elements of a part.
const PART: usize = 1 << 15;
/// A pass of fewer rows is divided by columns.
const FEW: usize = 64;
/// So is one of as long rows.
const LONG: usize = 1 << 14;
/// Parts have so many rows or a multiple.
const ROWS: usize = 16;
/// Parts have so many columns or a multiple: whole lines of the cache.
const COLUMNS: usize = 64;
/// What parts sum on their own has so many times fewer elements than the pass.
const APART: usize = 8;

/// A part of a pass: some columns of some rows.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Area {
    pub(super) rows: Range<usize>,
    pub(super) columns: Range<usize>,
}

/// A division into parts, by rows or by columns.
pub(super) struct Division {
    pub(super) by_columns: bool,
    size: [usize; 2],
    /// How many rows or columns a part has, but for the last.
    chunk: usize,
}

impl Division {
    /// The division of a pass of so many rows and columns. `apart` says how many elements a part
    /// sums on its own, if it is by columns and if it is not.
    pub(super) fn of(rows: usize, columns: usize, apart: impl Fn(bool) -> usize) -> Self {
        let (size, most) = ([rows, columns], rows * columns / PART);
        let by_columns = rows < FEW || columns >= LONG;
        let whole = Self { by_columns, size, chunk: size[usize::from(by_columns)] };
        if most < 2 {
            return whole;
        }
        let most = match apart(by_columns) {
            0 => most,
            apart => most.min(rows * columns / (APART * apart)),
        };
        match most {
            0 | 1 => whole,
            _ => {
                let multiple = if by_columns { COLUMNS } else { ROWS };
                let chunk = whole.chunk.div_ceil(most).next_multiple_of(multiple);
                Self { chunk: chunk.min(whole.chunk), ..whole }
            }
        }
    }

    /// The number of parts.
    pub(super) fn parts(&self) -> usize {
        self.len().div_ceil(self.chunk)
    }

    /// A part.
    pub(super) fn area(&self, part: usize) -> Area {
        let range = part * self.chunk..self.len().min((part + 1) * self.chunk);
        let [rows, columns] = self.size;
        if self.by_columns {
            Area { rows: 0..rows, columns: range }
        } else {
            Area { rows: range, columns: 0..columns }
        }
    }

    fn len(&self) -> usize {
        self.size[usize::from(self.by_columns)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_element_is_in_one_part() {
        for [rows, columns] in [
            [1, 1],
            [1, 2 * PART - 1],
            [1, 2 * PART],
            [1, 10 * PART + 7],
            [63, 1041],
            [64, 1024],
            [65, 1 << 12],
            [100, LONG],
            [5000, 33],
            [40_000, 2],
        ] {
            let division = Division::of(rows, columns, |_| 0);
            let areas: Vec<_> = (0..division.parts()).map(|part| division.area(part)).collect();
            let (mut end, whole) = (0, [rows, columns]);
            for Area { rows, columns } in &areas {
                let (other, range) =
                    if division.by_columns { (rows, columns) } else { (columns, rows) };
                assert_eq!(*other, 0..whole[usize::from(!division.by_columns)]);
                assert_eq!(range.start, end);
                assert!(!range.is_empty());
                end = range.end;
            }
            assert_eq!(end, whole[usize::from(division.by_columns)]);
            assert_eq!(areas.len() > 1, rows * columns >= 2 * PART, "{rows} {columns}");
        }
    }

    #[test]
    fn what_parts_sum_apart_is_small() {
        for [rows, columns, apart] in
            [[256, 4096, 4096], [512, 512, 512 * 512 / 4], [4, 1 << 20, 4]]
        {
            let division = Division::of(rows, columns, |_| apart);
            let parts = division.parts();
            assert!(parts == 1 || parts * apart <= rows * columns / APART, "{rows} {columns}");
        }
    }
}
