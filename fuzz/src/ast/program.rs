//! Items and whole programs.

use super::{Block, Ty};

/// How an argument is passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passing {
    /// `T`
    Value,
    /// `&T`
    Ref,
    /// `&mut T`
    Mut,
}

/// A field of a struct.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The name.
    pub name: String,
    /// The type.
    pub ty: Ty,
    /// Whether it has a gradient; otherwise it is marked `#[no_grad]`.
    pub active: bool,
}

/// A struct.
#[derive(Clone, Debug, PartialEq)]
pub struct Struct {
    /// The name.
    pub name: String,
    /// The fields.
    pub fields: Vec<Field>,
    /// Whether it is `Copy`.
    pub copy: bool,
}

/// A parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// The name.
    pub name: String,
    /// The type, without the reference.
    pub ty: Ty,
    /// How it is passed.
    pub passing: Passing,
    /// Whether it has a gradient.
    pub active: bool,
}

impl Param {
    /// Whether it is an integer or a flag.
    pub fn is_integer(&self) -> bool {
        matches!(self.ty, Ty::Int | Ty::Flag)
    }
}

/// A function, or a method if it has a receiver.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// The name.
    pub name: String,
    /// The struct whose method it is; then the first parameter is `self`.
    pub method_of: Option<usize>,
    /// The parameters.
    pub params: Vec<Param>,
    /// The result.
    pub result: Ty,
    /// The body.
    pub body: Block,
}

/// Arguments of the last function: numbers for all scalars, in order, and integers.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Values of all scalars of the parameters.
    pub scalars: Vec<f64>,
    /// Values of all integers; flags are those modulo two.
    pub ints: Vec<usize>,
}

/// A program. The last function is the one that is compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Program {
    /// Its seed.
    pub seed: u64,
    /// Structs; later ones contain earlier ones.
    pub structs: Vec<Struct>,
    /// How many scalars each variant of the enum holds; no variants, no enum.
    pub variants: Vec<usize>,
    /// Named constants.
    pub consts: Vec<f64>,
    /// Functions; later ones call earlier ones.
    pub functions: Vec<Function>,
    /// Where it is compared.
    pub points: Vec<Point>,
}

impl Program {
    /// The function that is compared.
    ///
    /// # Panics
    ///
    /// If there is no function.
    pub fn main(&self) -> &Function {
        self.functions.last().expect("a program has a function")
    }

    /// For each scalar in a type whether it has a gradient.
    pub fn leaves(&self, ty: &Ty, active: bool, out: &mut Vec<bool>) {
        match ty {
            Ty::Scalar => out.push(active),
            Ty::Array(n) | Ty::List(n) => out.extend(std::iter::repeat_n(active, *n)),
            Ty::Tuple(items) => items.iter().for_each(|ty| self.leaves(ty, active, out)),
            Ty::Struct(k) => {
                for field in &self.structs[*k].fields {
                    self.leaves(&field.ty, active && field.active, out);
                }
            }
            Ty::Many { of, n, .. } => (0..*n).for_each(|_| self.leaves(of, active, out)),
            Ty::Int | Ty::Flag | Ty::Maybe | Ty::Enum | Ty::Closure(_) | Ty::Bag => {}
        }
    }

    /// For each scalar of the parameters whether it has a gradient.
    pub fn inputs(&self) -> Vec<bool> {
        let mut out = Vec::new();
        for param in &self.main().params {
            self.leaves(&param.ty, param.active, &mut out);
        }
        out
    }
}
