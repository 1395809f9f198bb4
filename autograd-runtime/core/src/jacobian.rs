//! Jacobians: dense, and compressed by a colouring of the columns of a known pattern.
//!
//! `f::jacobian(…)` of a differentiable function gives the matrix of all partial derivatives of its value's
//! scalars with respect to those of its active parameters, both in the order of their declaration. It takes
//! one pullback for each row or one tangent for each column, whichever is fewer.
//!
//! ```
//! use autograd_runtime::prelude::*;
//!
//! #[differentiable]
//! fn polar(x: f64, y: f64) -> [f64; 2] {
//!     [x.hypot(y), y.atan2(x)]
//! }
//!
//! let jacobian = polar::jacobian(3.0, 4.0);
//! assert_eq!(jacobian, Tensor::from([[0.6, 0.8], [-0.16, 0.12]]));
//! ```
//!
//! Where most of the entries are known to be zero, `f::jacobian_sparse(…, &pattern)` computes several columns at
//! once: all those that have no row in common. A residual of a bundle adjustment depends on one camera and
//! one point, so that the number of tangents is that of one camera's and one point's parameters, however
//! many there are.
//!
//! ```
//! use autograd_runtime::Sparsity;
//! use autograd_runtime::prelude::*;
//!
//! #[differentiable]
//! fn differences(x: &[f64]) -> Vec<f64> {
//!     x.windows(2).map(|pair| pair[1] * pair[1] - pair[0]).collect()
//! }
//!
//! let x: Vec<f64> = (0..100).map(f64::from).collect();
//! let pattern = Sparsity::new(99, 100, (0..99).flat_map(|i| [(i, i), (i, i + 1)]));
//! assert_eq!(pattern.colours(), 2);
//! let jacobian = differences::jacobian_sparse(&x, &pattern);
//! assert_eq!(jacobian.get(41, 42), 84.0);
//! assert_eq!(jacobian.get(41, 41), -1.0);
//! assert_eq!(jacobian.get(41, 0), 0.0);
//! ```

use crate::differentiable::{Tangent, TangentVisitor};
use crate::{Real, Tensor};

/// Which entries of a Jacobian may differ from zero, with a colouring of its columns.
///
/// Two columns that have an entry in the same row get different colours, so that those of one colour can be
/// computed together. The colours are given greedily, the columns with the most entries first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sparsity {
    rows: usize,
    columns: usize,
    /// Where the entries of each row begin in `entries`.
    starts: Vec<usize>,
    /// The columns of the entries, row by row, ascending.
    entries: Vec<usize>,
    colour: Vec<usize>,
    colours: usize,
}

impl Sparsity {
    /// A pattern of `rows` scalars of the value by `columns` scalars of the parameters, with the entries
    /// `(row, column)` in any order.
    ///
    /// # Panics
    /// If an entry lies outside.
    #[must_use]
    pub fn new(
        rows: usize,
        columns: usize,
        entries: impl IntoIterator<Item = (usize, usize)>,
    ) -> Self {
        let mut entries: Vec<(usize, usize)> = entries.into_iter().collect();
        entries.sort_unstable();
        entries.dedup();
        for &(row, column) in &entries {
            assert!(
                row < rows && column < columns,
                "Sparsity::new: entry ({row}, {column}) lies outside of [{rows}, {columns}]"
            );
        }
        let mut starts = vec![0; rows + 1];
        for &(row, _) in &entries {
            starts[row + 1] += 1;
        }
        for row in 0..rows {
            starts[row + 1] += starts[row];
        }
        let entries = entries.into_iter().map(|(_, column)| column).collect();
        let mut pattern = Self { rows, columns, starts, entries, colour: Vec::new(), colours: 0 };
        pattern.colour_columns();
        pattern
    }

    /// The number of scalars of the value.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The number of scalars of the parameters.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// How many tangents a Jacobian of this pattern takes.
    #[must_use]
    pub fn colours(&self) -> usize {
        self.colours
    }

    /// The columns of the entries of a row, ascending.
    fn row(&self, row: usize) -> &[usize] {
        &self.entries[self.starts[row]..self.starts[row + 1]]
    }

    /// Distance-1 colouring of the graph in which columns are neighbours if they meet in a row.
    fn colour_columns(&mut self) {
        const NONE: usize = usize::MAX;
        let mut meets: Vec<Vec<usize>> = vec![Vec::new(); self.columns];
        for row in 0..self.rows {
            for &column in self.row(row) {
                meets[column].push(row);
            }
        }
        let mut order: Vec<usize> = (0..self.columns).collect();
        order.sort_by_key(|&column| std::cmp::Reverse(meets[column].len()));
        let mut colour = vec![NONE; self.columns];
        // The column that last saw each colour at a neighbour.
        let mut seen: Vec<usize> = Vec::new();
        for column in order {
            for &row in &meets[column] {
                for &neighbour in self.row(row) {
                    if colour[neighbour] != NONE {
                        seen[colour[neighbour]] = column;
                    }
                }
            }
            let free = seen.iter().position(|&at| at != column).unwrap_or(seen.len());
            if free == seen.len() {
                seen.push(NONE);
            }
            colour[column] = free;
        }
        // Columns without entries take no tangent of their own.
        self.colours = seen.len();
        self.colour = colour;
    }
}

/// A Jacobian with the entries of a [`Sparsity`].
#[derive(Clone, Debug, PartialEq)]
pub struct SparseJacobian<T> {
    pattern: Sparsity,
    values: Vec<T>,
}

impl<T: Real> SparseJacobian<T> {
    /// The derivative of scalar `row` of the value with respect to scalar `column` of the parameters: zero
    /// where the pattern has no entry.
    ///
    /// # Panics
    /// If there is no such row or column.
    #[must_use]
    pub fn get(&self, row: usize, column: usize) -> T {
        let (rows, columns) = (self.pattern.rows, self.pattern.columns);
        assert!(
            row < rows && column < columns,
            "SparseJacobian::get: ({row}, {column}) lies outside of [{rows}, {columns}]"
        );
        match self.pattern.row(row).binary_search(&column) {
            Ok(position) => self.values[self.pattern.starts[row] + position],
            Err(_) => T::ZERO,
        }
    }

    /// The entries with their rows and columns, row by row.
    pub fn entries(&self) -> impl Iterator<Item = (usize, usize, T)> {
        (0..self.pattern.rows).flat_map(move |row| {
            let values = &self.values[self.pattern.starts[row]..];
            self.pattern
                .row(row)
                .iter()
                .zip(values)
                .map(move |(&column, &value)| (row, column, value))
        })
    }

    /// The whole matrix.
    #[must_use]
    pub fn to_dense(&self) -> Tensor<2, T> {
        let mut dense = Tensor::zeros([self.pattern.rows, self.pattern.columns]);
        for (row, column, value) in self.entries() {
            dense[[row, column]] = value;
        }
        dense
    }
}

/// The scalars of a tangent, in the order of their declaration.
fn flat<S: Tangent, T: Real>(mut tangent: S) -> Vec<T> {
    struct Collect<T>(Vec<T>);
    impl<T: Real> TangentVisitor for Collect<T> {
        fn visit<U: Real>(&mut self, part: &mut [U]) {
            self.0.extend(part.iter().map(|x| T::from_f64(x.to_f64())));
        }
    }
    let mut collect = Collect(Vec::new());
    tangent.visit_tangents(&mut collect);
    collect.0
}

/// A tangent like `zero`, with ones at the scalars that are `wanted`.
fn direction<S: Tangent>(zero: &S, wanted: impl FnMut(usize) -> bool) -> S {
    struct Fill<F>(usize, F);
    impl<F: FnMut(usize) -> bool> TangentVisitor for Fill<F> {
        fn visit<U: Real>(&mut self, part: &mut [U]) {
            for x in part {
                *x = if (self.1)(self.0) { U::ONE } else { U::ZERO };
                self.0 += 1;
            }
        }
    }
    let mut direction = zero.clone();
    direction.visit_tangents(&mut Fill(0, wanted));
    direction
}

/// The Jacobian of a function, given zeros of its gradient and of its value's tangent, its pullback, and its
/// tangents.
pub fn dense<G, Y, T>(
    zero: &G,
    value: &Y,
    pullback: impl FnOnce(Y) -> G + Clone,
    tangent: impl Fn(G) -> Y,
) -> Tensor<2, T>
where
    G: Tangent,
    Y: Tangent,
    T: Real,
{
    let columns = flat::<G, T>(zero.clone()).len();
    let rows = flat::<Y, T>(value.clone()).len();
    let mut matrix = Tensor::zeros([rows, columns]);
    if rows <= columns {
        for row in 0..rows {
            let gradient = pullback.clone()(direction(value, |at| at == row));
            for (column, x) in flat::<G, T>(gradient).into_iter().enumerate() {
                matrix[[row, column]] = x;
            }
        }
    } else {
        for column in 0..columns {
            let tangent = tangent(direction(zero, |at| at == column));
            for (row, y) in flat::<Y, T>(tangent).into_iter().enumerate() {
                matrix[[row, column]] = y;
            }
        }
    }
    matrix
}

/// The Jacobian of a function with a known pattern, given a zero of its gradient and its tangents.
///
/// # Panics
/// If the pattern has other dimensions than the Jacobian, or leaves out an entry that is not zero.
#[track_caller]
pub fn sparse<G, Y, T>(zero: &G, pattern: &Sparsity, tangent: impl Fn(G) -> Y) -> SparseJacobian<T>
where
    G: Tangent,
    Y: Tangent,
    T: Real,
{
    let columns = flat::<G, T>(zero.clone()).len();
    assert!(
        columns == pattern.columns,
        "jacobian_sparse: the parameters have {columns} scalars, the pattern {} columns",
        pattern.columns
    );
    let mut values = vec![T::ZERO; pattern.entries.len()];
    for colour in 0..pattern.colours {
        let tangent = tangent(direction(zero, |at| pattern.colour[at] == colour));
        let tangent = flat::<Y, T>(tangent);
        let rows = tangent.len();
        assert!(
            rows == pattern.rows,
            "jacobian_sparse: the value has {rows} scalars, the pattern {} rows",
            pattern.rows
        );
        for (row, y) in tangent.into_iter().enumerate() {
            let entry = pattern.row(row).iter().position(|&at| pattern.colour[at] == colour);
            match entry {
                Some(position) => values[pattern.starts[row] + position] = y,
                None => assert!(
                    y == T::ZERO,
                    "jacobian_sparse: row {row} has an entry that the pattern does not have"
                ),
            }
        }
    }
    SparseJacobian { pattern: pattern.clone(), values }
}

/// The Hessian of a function, given a zero of its gradient and its Hessian-vector products.
pub fn hessian<G: Tangent, T: Real>(zero: &G, product: impl Fn(G) -> G) -> Tensor<2, T> {
    let size = flat::<G, T>(zero.clone()).len();
    let mut matrix = Tensor::zeros([size, size]);
    for column in 0..size {
        let product = product(direction(zero, |at| at == column));
        for (row, x) in flat::<G, T>(product).into_iter().enumerate() {
            matrix[[row, column]] = x;
        }
    }
    matrix
}
