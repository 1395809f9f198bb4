//! Indices of a struct that has an `Index` of its own.

use autograd_runtime::prelude::*;
use std::ops::{Index, IndexMut};

#[derive(Clone, Differentiable)]
struct Grid {
    cells: Vec<f64>,
}

impl Index<(usize, usize)> for Grid {
    type Output = f64;
    fn index(&self, (row, column): (usize, usize)) -> &f64 {
        &self.cells[2 * row + column]
    }
}

impl IndexMut<(usize, usize)> for Grid {
    fn index_mut(&mut self, (row, column): (usize, usize)) -> &mut f64 {
        &mut self.cells[2 * row + column]
    }
}

#[differentiable]
fn read(grid: &Grid) -> f64 {
    grid[(0, 1)] * 2.0
}

#[differentiable]
fn write(mut grid: Grid, x: f64) -> f64 {
    grid[(0, 1)] = x;
    grid.cells[1]
}

fn main() {}
