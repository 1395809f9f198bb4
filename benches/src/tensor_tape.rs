//! A dynamic tape of matrices, built as dynamic frameworks are: every operation computes at once,
//! allocates its result, and leaves a node with a boxed closure that propagates the cotangent.
//!
//! Like them it records nothing for what needs no gradient, keeps only what a derivative needs,
//! hands cotangents over instead of copying them, and works in place where nobody else looks.

use crate::gemm::{View, gemm};
use std::cell::RefCell;
use std::ops::Sub;
use std::rc::Rc;

/// A row-major matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// The number of rows.
    pub rows: usize,
    /// The number of columns.
    pub cols: usize,
    /// `rows * cols` elements.
    pub data: Vec<f32>,
}

impl Matrix {
    /// The matrix `[rows, cols]` of the given elements.
    ///
    /// # Panics
    /// If there are not `rows * cols` of them.
    pub fn new(rows: usize, cols: usize, data: Vec<f32>) -> Self {
        assert_eq!(data.len(), rows * cols, "Matrix: length of a [{rows}, {cols}] matrix");
        Self { rows, cols, data }
    }

    fn view(&self) -> View<'_> {
        View::new(&self.data, self.rows, self.cols)
    }

    fn like(&self, data: Vec<f32>) -> Self {
        Self::new(self.rows, self.cols, data)
    }
}

fn product(rows: usize, cols: usize, a: View<'_>, b: View<'_>) -> Matrix {
    let mut c = Matrix::new(rows, cols, vec![0.0; rows * cols]);
    gemm(1.0, a, b, 0.0, &mut c.data);
    c
}

type Backward = Box<dyn FnOnce(Matrix, &mut Gradients)>;

struct Node {
    value: Rc<Matrix>,
    requires_grad: bool,
    backward: Option<Backward>,
}

/// The list of the operations that ran.
///
/// ```
/// use benches::tensor_tape::{Matrix, Tape};
/// use std::rc::Rc;
///
/// let tape = Tape::default();
/// let x = tape.constant(Rc::new(Matrix::new(1, 2, vec![3.0, 4.0])));
/// let w = tape.leaf(Rc::new(Matrix::new(2, 1, vec![1.0, 2.0])));
/// let y = x.matmul(w).square().sum();
/// assert_eq!(y.value().data, [121.0]);
/// assert_eq!(y.backward().take(w).unwrap().data, [66.0, 88.0]);
/// ```
#[derive(Default)]
pub struct Tape {
    nodes: RefCell<Vec<Node>>,
}

impl Tape {
    /// Forgets all operations. No [`Var`] survives this.
    pub fn clear(&mut self) {
        self.nodes.get_mut().clear();
    }

    /// An input with a gradient.
    pub fn leaf(&self, value: Rc<Matrix>) -> Var<'_> {
        self.push(Node { value, requires_grad: true, backward: None })
    }

    /// An input without a gradient.
    pub fn constant(&self, value: Rc<Matrix>) -> Var<'_> {
        self.push(Node { value, requires_grad: false, backward: None })
    }

    fn push(&self, node: Node) -> Var<'_> {
        let mut nodes = self.nodes.borrow_mut();
        nodes.push(node);
        Var { tape: self, index: nodes.len() - 1 }
    }
}

/// The cotangents that a reverse pass has found.
pub struct Gradients {
    slots: Vec<Option<Matrix>>,
}

impl Gradients {
    /// Takes the gradient of `input` out; there is none if nothing depends on it.
    pub fn take(&mut self, input: Var<'_>) -> Option<Matrix> {
        self.slots[input.index].take()
    }

    fn accumulate(&mut self, index: usize, contribution: Matrix) {
        match &mut self.slots[index] {
            Some(sum) => {
                for (sum, &new) in sum.data.iter_mut().zip(&contribution.data) {
                    *sum += new;
                }
            }
            empty => *empty = Some(contribution),
        }
    }
}

/// A matrix on a tape.
#[derive(Clone, Copy)]
pub struct Var<'t> {
    tape: &'t Tape,
    index: usize,
}

impl Var<'_> {
    /// The matrix itself.
    pub fn value(self) -> Rc<Matrix> {
        Rc::clone(&self.tape.nodes.borrow()[self.index].value)
    }

    fn requires_grad(self) -> bool {
        self.tape.nodes.borrow()[self.index].requires_grad
    }

    /// Records `value`. `backward` is boxed only if one of the operands has a gradient.
    fn record<const N: usize>(
        operands: [Self; N],
        value: Rc<Matrix>,
        backward: impl FnOnce(Matrix, &mut Gradients) + 'static,
    ) -> Self {
        let requires_grad = operands.iter().any(|operand| operand.requires_grad());
        let backward = requires_grad.then(|| Box::new(backward) as Backward);
        operands[0].tape.push(Node { value, requires_grad, backward })
    }

    /// The gradients of this scalar (a `[1, 1]` matrix) with respect to all that it depends on.
    /// Frees what the operations kept, so it works once.
    ///
    /// # Panics
    /// If this is not a scalar.
    pub fn backward(self) -> Gradients {
        assert_eq!(self.value().data.len(), 1, "backward: the value is not a scalar");
        let mut nodes = self.tape.nodes.borrow_mut();
        let mut gradients = Gradients { slots: nodes.iter().map(|_| None).collect() };
        gradients.accumulate(self.index, Matrix::new(1, 1, vec![1.0]));
        for (i, node) in nodes.iter_mut().enumerate().rev() {
            let Some(backward) = node.backward.take() else { continue };
            if let Some(dy) = gradients.slots[i].take() {
                backward(dy, &mut gradients);
            }
        }
        gradients
    }

    /// The matrix product.
    #[must_use]
    pub fn matmul(self, other: Self) -> Self {
        let (a, b) = (self.value(), other.value());
        let y = product(a.rows, b.cols, a.view(), b.view());
        // What is kept for the other operand's gradient only.
        let (m, k, n) = (a.rows, a.cols, b.cols);
        let b = self.requires_grad().then_some(b);
        let a = other.requires_grad().then_some(a);
        Self::record([self, other], Rc::new(y), move |dy, gradients| {
            if let Some(b) = b {
                gradients.accumulate(self.index, product(m, k, dy.view(), b.view().t()));
            }
            if let Some(a) = a {
                gradients.accumulate(other.index, product(k, n, a.view().t(), dy.view()));
            }
        })
    }

    /// Adds the row `bias` (a `[1, n]` matrix) to every row.
    #[must_use]
    pub fn add_row(self, bias: Self) -> Self {
        let (x, row) = (self.value(), bias.value());
        let mut y = Vec::with_capacity(x.data.len());
        for x in x.data.chunks_exact(x.cols) {
            y.extend(x.iter().zip(&row.data).map(|(x, b)| x + b));
        }
        let y = x.like(y);
        let (for_self, for_bias) = (self.requires_grad(), bias.requires_grad());
        Self::record([self, bias], Rc::new(y), move |dy, gradients| {
            if for_bias {
                let mut sum = vec![0.0; dy.cols];
                for row in dy.data.chunks_exact(dy.cols) {
                    sum.iter_mut().zip(row).for_each(|(sum, dy)| *sum += dy);
                }
                gradients.accumulate(bias.index, Matrix::new(1, sum.len(), sum));
            }
            if for_self {
                gradients.accumulate(self.index, dy);
            }
        })
    }

    /// `max(x, 0)` of each element.
    #[must_use]
    pub fn relu(self) -> Self {
        let x = self.value();
        let y = Rc::new(x.like(x.data.iter().map(|x| x.max(0.0)).collect()));
        Self::record([self], Rc::clone(&y), move |mut dy, gradients| {
            for (dy, &y) in dy.data.iter_mut().zip(&y.data) {
                *dy = if y > 0.0 { *dy } else { 0.0 };
            }
            gradients.accumulate(self.index, dy);
        })
    }

    /// The square of each element.
    #[must_use]
    pub fn square(self) -> Self {
        let x = self.value();
        let y = x.like(x.data.iter().map(|x| x * x).collect());
        Self::record([self], Rc::new(y), move |mut dy, gradients| {
            for (dy, x) in dy.data.iter_mut().zip(&x.data) {
                *dy *= 2.0 * x;
            }
            gradients.accumulate(self.index, dy);
        })
    }

    /// The sum of all elements, a `[1, 1]` matrix.
    #[must_use]
    pub fn sum(self) -> Self {
        let x = self.value();
        let (rows, cols) = (x.rows, x.cols);
        let y = Matrix::new(1, 1, vec![x.data.iter().sum()]);
        Self::record([self], Rc::new(y), move |dy, gradients| {
            let spread = Matrix::new(rows, cols, vec![dy.data[0]; rows * cols]);
            gradients.accumulate(self.index, spread);
        })
    }

    /// The mean cross-entropy between the softmax of each row and the row's class.
    #[must_use]
    pub fn cross_entropy(self, classes: &Rc<[usize]>) -> Self {
        let x = self.value();
        let mut softmax = Matrix::clone(&x);
        let mut total = 0.0;
        for (row, &class) in softmax.data.chunks_exact_mut(x.cols).zip(classes.iter()) {
            let max = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let chosen = row[class] - max;
            for x in row.iter_mut() {
                *x = (*x - max).exp();
            }
            let sum: f32 = row.iter().sum();
            for x in row.iter_mut() {
                *x /= sum;
            }
            total += sum.ln() - chosen;
        }
        let loss = Matrix::new(1, 1, vec![total / x.rows as f32]);
        let classes = Rc::clone(classes);
        Self::record([self], Rc::new(loss), move |dy, gradients| {
            let scale = dy.data[0] / softmax.rows as f32;
            let mut dx = softmax;
            for (row, &class) in dx.data.chunks_exact_mut(dx.cols).zip(classes.iter()) {
                row[class] -= 1.0;
                for dx in row.iter_mut() {
                    *dx *= scale;
                }
            }
            gradients.accumulate(self.index, dx);
        })
    }
}

impl Sub for Var<'_> {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        let (a, b) = (self.value(), other.value());
        let y = a.like(a.data.iter().zip(&b.data).map(|(a, b)| a - b).collect());
        let (for_self, for_other) = (self.requires_grad(), other.requires_grad());
        Self::record([self, other], Rc::new(y), move |dy, gradients| {
            if for_other {
                let negative = dy.like(dy.data.iter().map(|dy| -dy).collect());
                gradients.accumulate(other.index, negative);
            }
            if for_self {
                gradients.accumulate(self.index, dy);
            }
        })
    }
}
