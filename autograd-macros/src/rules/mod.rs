//! The derivative rules: one row an operation, one adjoint for each operand.
//!
//! A row says how a cotangent `dy` of the result `y` contributes to the cotangent of an operand.
//! What a row mentions is what it needs; nothing else is kept for the reverse pass. Only the rows
//! of active operands are used.

mod elementwise;
mod structural;
mod sym;

pub(crate) use elementwise::{binary, operator, unary};
pub(crate) use structural::{Need, Structural};
pub(crate) use sym::{of_number, Operands, Sign, Sym};

use crate::ir::BinaryOp;

/// What is known of a method or function by its name and its number of arguments, the receiver
/// included.
pub(crate) enum Rule {
    /// The adjoint of each operand as an expression; `None` if the operand has no derivative.
    Elementwise(Vec<Option<Sym>>),
    /// The adjoint of each operand as a function of the runtime.
    Structural(&'static [Structural]),
    /// The result has no derivative, or one that is zero almost everywhere.
    Inactive,
}

impl Rule {
    /// Whether a derivative flows to operand `index`.
    pub(crate) fn differentiates(&self, index: usize) -> bool {
        match self {
            Self::Elementwise(rows) => rows.get(index).is_some_and(Option::is_some),
            Self::Structural(rows) => rows.iter().any(|row| row.operand == index),
            Self::Inactive => false,
        }
    }
}

/// The rule of a method, by its name and arity (with the receiver).
pub(crate) fn method(name: &str, arity: usize) -> Option<Rule> {
    if let Some(rows) = elementwise::method(name, arity) {
        return Some(Rule::Elementwise(rows));
    }
    if let Some(rows) = structural::method(name, arity) {
        return Some(Rule::Structural(rows));
    }
    (is_inactive(name) || (is_of_bits(name) && arity == 1)).then_some(Rule::Inactive)
}

/// Methods without derivative whose value is of the receiver's type: their derivative is zero
/// almost everywhere.
pub(crate) fn is_piecewise_constant(name: &str) -> bool {
    matches!(
        name,
        "floor" | "ceil" | "round" | "round_ties_even" | "trunc" | "signum" | "div_euclid"
    )
}

/// Whether types of the user's are likely to have a method of this name.
pub(crate) fn is_common(name: &str) -> bool {
    matches!(
        name,
        "abs" | "dot" | "exp" | "max" | "mean" | "min" | "norm" | "square" | "sum" | "var"
    )
}

/// Methods of the standard library that change their receiver in place.
pub(crate) fn is_mutating(name: &str) -> bool {
    matches!(
        name,
        "push"
            | "pop"
            | "insert"
            | "remove"
            | "swap"
            | "fill"
            | "sort"
            | "sort_by"
            | "sort_unstable"
            | "sort_unstable_by"
            | "reverse"
            | "truncate"
            | "clear"
            | "extend"
            | "resize"
            | "copy_from_slice"
            | "clone_from_slice"
            | "split_at_mut"
            | "iter_mut"
            | "rotate_left"
            | "rotate_right"
            | "append"
            | "as_mut_slice"
            | "extend_from_slice"
            | "retain"
            | "drain"
            | "chunks_mut"
            | "copy_within"
            | "swap_remove"
            | "swap_with_slice"
            | "split_off"
            | "dedup"
            | "splice"
            | "sort_by_key"
            | "sort_unstable_by_key"
            | "select_nth_unstable_by"
            | "resize_with"
            | "fill_with"
            | "clone_from"
    )
}

/// The operator that a method of `std::ops` stands for.
pub(crate) fn operator_method(name: &str) -> Option<BinaryOp> {
    Some(match name {
        "add" => BinaryOp::Add,
        "sub" => BinaryOp::Sub,
        "mul" => BinaryOp::Mul,
        "div" => BinaryOp::Div,
        "rem" => BinaryOp::Rem,
        _ => return None,
    })
}

/// Methods of scalars whose result is their bits, from which the scalar could be made again: the
/// receiver may not be active.
pub(crate) fn is_of_bits(name: &str) -> bool {
    matches!(name, "to_bits" | "to_be_bytes" | "to_le_bytes" | "to_ne_bytes")
}

/// Methods that are known of scalars alone: on another type they are likely to be a user's own.
pub(crate) fn is_of_scalars(name: &str) -> bool {
    is_of_bits(name) || matches!(name, "midpoint" | "next_up" | "next_down" | "abs_sub")
}

/// Methods of the standard library that only look at their receiver.
pub(crate) fn only_looks(name: &str) -> bool {
    is_inactive(name)
        || matches!(
            name,
            "iter"
                | "first"
                | "last"
                | "get"
                | "as_slice"
                | "as_ref"
                | "as_str"
                | "to_vec"
                | "to_owned"
                | "to_string"
                | "clone"
                | "detach"
                | "windows"
                | "chunks"
                | "chunks_exact"
                | "split_at"
                | "split_first"
                | "split_last"
                | "partial_cmp"
                | "total_cmp"
                | "cmp"
                | "eq"
                | "ne"
                | "starts_with"
                | "ends_with"
                | "capacity"
                | "item"
                | "shape"
        )
}

/// Methods that tensors have and scalars of `std` do not: on a scalar they are a user's own.
pub(crate) fn is_of_tensors(name: &str) -> bool {
    matches!(
        name,
        "square"
            | "relu"
            | "leaky_relu"
            | "sigmoid"
            | "gelu"
            | "silu"
            | "softplus"
            | "erf"
            | "maximum"
            | "minimum"
    )
}

/// Methods that are read-only and whose result carries no derivative, whatever the receiver.
fn is_inactive(name: &str) -> bool {
    matches!(
        name,
        "len"
            | "is_empty"
            | "shape"
            | "rank"
            | "is_nan"
            | "is_finite"
            | "is_infinite"
            | "is_normal"
            | "is_subnormal"
            | "is_sign_positive"
            | "is_sign_negative"
            | "floor"
            | "ceil"
            | "round"
            | "round_ties_even"
            | "trunc"
            | "signum"
            | "div_euclid"
            | "total_cmp"
            | "partial_cmp"
            | "cmp"
            | "eq"
            | "ne"
            | "lt"
            | "le"
            | "gt"
            | "ge"
            | "classify"
            | "argmax_axis"
            | "argmin_axis"
            | "contains"
            | "pow"
            | "is_some"
            | "is_none"
    )
}
