//! A dynamic tape of scalars: what a careful user would write instead of generating code.
//!
//! A Wengert list in one `Vec`: each operation appends one node with two operands and the two
//! partial derivatives, so the reverse sweep has no branch. Clearing a tape keeps its memory, so
//! nothing is allocated after the first gradient.

use std::cell::RefCell;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// One operation. In place of a missing operand stands the node itself, with the partial derivative
/// 0: any other node would make the sweep wait for that node's adjoint.
#[derive(Clone, Copy)]
struct Node {
    operands: [u32; 2],
    partials: [f64; 2],
}

/// The list of the operations that ran.
///
/// ```
/// use benches::tape::Tape;
///
/// let mut tape = Tape::default();
/// let (x, y) = (tape.leaf(2.0), tape.leaf(3.0));
/// let z = x * y + x.exp().ln();
/// assert_eq!(z.value(), 8.0);
/// assert_eq!(z.gradient([x, y]), [4.0, 2.0]);
/// tape.clear();
/// ```
#[derive(Default)]
pub struct Tape {
    nodes: RefCell<Vec<Node>>,
    adjoints: RefCell<Vec<f64>>,
}

impl Tape {
    /// Forgets all operations, but keeps the memory. No [`Var`] survives this.
    pub fn clear(&mut self) {
        self.nodes.get_mut().clear();
    }

    /// An input.
    #[inline]
    pub fn leaf(&self, value: f64) -> Var<'_> {
        self.push(value, |this| [this, this], [0.0, 0.0])
    }

    #[inline]
    fn push(
        &self,
        value: f64,
        operands: impl FnOnce(u32) -> [u32; 2],
        partials: [f64; 2],
    ) -> Var<'_> {
        let mut nodes = self.nodes.borrow_mut();
        let index = nodes.len() as u32;
        nodes.push(Node { operands: operands(index), partials });
        Var { tape: self, index, value }
    }
}

/// A scalar on a tape.
#[derive(Clone, Copy)]
pub struct Var<'t> {
    tape: &'t Tape,
    index: u32,
    value: f64,
}

impl<'t> Var<'t> {
    /// The number itself.
    #[inline]
    pub fn value(self) -> f64 {
        self.value
    }

    /// The derivatives of this scalar with respect to `inputs`, by one sweep over the tape.
    #[inline]
    pub fn gradient<const N: usize>(self, inputs: [Var<'t>; N]) -> [f64; N] {
        let nodes = self.tape.nodes.borrow();
        let nodes = &nodes[..=self.index as usize];
        let mut adjoints = self.tape.adjoints.borrow_mut();
        adjoints.clear();
        adjoints.resize(nodes.len(), 0.0);
        adjoints[self.index as usize] = 1.0;
        for (i, node) in nodes.iter().enumerate().rev() {
            let adjoint = adjoints[i];
            for (operand, partial) in node.operands.iter().zip(node.partials) {
                adjoints[*operand as usize] += partial * adjoint;
            }
        }
        // An input that came after this scalar does not influence it.
        inputs.map(|input| adjoints.get(input.index as usize).copied().unwrap_or(0.0))
    }

    #[inline]
    fn unary(self, value: f64, partial: f64) -> Self {
        self.tape.push(value, |this| [self.index, this], [partial, 0.0])
    }

    #[inline]
    fn binary(self, other: Self, value: f64, partials: [f64; 2]) -> Self {
        self.tape.push(value, |_| [self.index, other.index], partials)
    }

    /// `sin(x)`.
    #[inline]
    #[must_use]
    pub fn sin(self) -> Self {
        let (sin, cos) = self.value.sin_cos();
        self.unary(sin, cos)
    }

    /// `exp(x)`.
    #[inline]
    #[must_use]
    pub fn exp(self) -> Self {
        let exp = self.value.exp();
        self.unary(exp, exp)
    }

    /// The natural logarithm.
    #[inline]
    #[must_use]
    pub fn ln(self) -> Self {
        self.unary(self.value.ln(), self.value.recip())
    }
}

impl Neg for Var<'_> {
    type Output = Self;
    #[inline]
    fn neg(self) -> Self {
        self.unary(-self.value, -1.0)
    }
}

impl Add for Var<'_> {
    type Output = Self;
    #[inline]
    fn add(self, other: Self) -> Self {
        self.binary(other, self.value + other.value, [1.0, 1.0])
    }
}

impl Sub for Var<'_> {
    type Output = Self;
    #[inline]
    fn sub(self, other: Self) -> Self {
        self.binary(other, self.value - other.value, [1.0, -1.0])
    }
}

impl Mul for Var<'_> {
    type Output = Self;
    #[inline]
    fn mul(self, other: Self) -> Self {
        self.binary(other, self.value * other.value, [other.value, self.value])
    }
}

impl Div for Var<'_> {
    type Output = Self;
    #[inline]
    fn div(self, other: Self) -> Self {
        let (value, recip) = (self.value / other.value, other.value.recip());
        self.binary(other, value, [recip, -value * recip])
    }
}

impl Add<f64> for Var<'_> {
    type Output = Self;
    #[inline]
    fn add(self, constant: f64) -> Self {
        self.unary(self.value + constant, 1.0)
    }
}

impl Mul<f64> for Var<'_> {
    type Output = Self;
    #[inline]
    fn mul(self, constant: f64) -> Self {
        self.unary(self.value * constant, constant)
    }
}

#[cfg(test)]
mod tests {
    use super::{Tape, Var};

    /// The derivatives of each operation, against central differences.
    #[test]
    fn derivatives() {
        type Operation = for<'t> fn([Var<'t>; 2]) -> Var<'t>;
        let operations: [Operation; 10] = [
            |[x, y]| x + y,
            |[x, y]| x - y,
            |[x, y]| x * y,
            |[x, y]| x / y,
            |[x, _]| x.sin(),
            |[x, _]| x.exp(),
            |[_, y]| y.ln(),
            |[_, y]| -y,
            |[x, _]| x + 2.0,
            |[x, _]| x * 3.0,
        ];
        let mut tape = Tape::default();
        for (k, operation) in operations.into_iter().enumerate() {
            let value = |tape: &Tape, at: [f64; 2]| operation(at.map(|x| tape.leaf(x))).value();
            let inputs = [0.7, 1.3].map(|x| tape.leaf(x));
            let gradient = operation(inputs).gradient(inputs);
            for (i, derivative) in gradient.into_iter().enumerate() {
                let at = |step: f64| {
                    let mut at = [0.7, 1.3];
                    at[i] += step;
                    value(&tape, at)
                };
                let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
                let error = (derivative - difference).abs();
                assert!(error < 1e-9, "operation {k}, operand {i}: {derivative} {difference}");
            }
            tape.clear();
        }
    }

    #[test]
    fn an_input_after_the_value_has_no_influence() {
        let tape = Tape::default();
        let x = tape.leaf(1.0);
        let y = x * 2.0;
        assert_eq!(y.gradient([x, tape.leaf(5.0)]), [2.0, 0.0]);
    }
}
