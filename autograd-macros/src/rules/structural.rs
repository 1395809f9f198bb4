//! Structural rules: operations whose adjoint is a function of the runtime that accumulates into
//! the operand's cotangent.

/// The adjoint of one operand of a structural operation.
pub(crate) struct Structural {
    pub(crate) operand: usize,
    /// The function of the runtime's `adjoint` module:
    /// `function(&mut operand_bar, &result_bar, needs…)`.
    pub(crate) function: &'static str,
    pub(crate) needs: &'static [Need],
}

/// What an adjoint function wants beside the cotangent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Need {
    /// The value of an operand, by reference.
    Operand(usize),
    /// The value of the result, by reference.
    Result,
    /// The shape of an operand.
    Shape(usize),
    /// An operand without derivative, as it was passed.
    Argument(usize),
}

use Need::{Argument as Arg, Operand as Val, Result as Out, Shape};

macro_rules! table {
    ($(($name:literal, $arity:literal) => [$(($operand:literal, $function:literal, [$($need:expr),*])),*];)*) => {
        pub(super) fn method(name: &str, arity: usize) -> Option<&'static [Structural]> {
            match (name, arity) {
                $(($name, $arity) => Some(const { &[$(Structural {
                    operand: $operand,
                    function: $function,
                    needs: &[$($need),*],
                }),*] }),)*
                _ => None,
            }
        }
    };
}

table! {
    // Products.
    ("matmul", 2) => [(0, "matmul_lhs", [Val(1)]), (1, "matmul_rhs", [Val(0)])];
    ("dot", 2) => [(0, "dot_lhs", [Val(1)]), (1, "dot_rhs", [Val(0)])];

    // Images.
    ("conv2d", 3) => [
        (0, "conv2d_input", [Val(1), Shape(0), Arg(2)]),
        (1, "conv2d_weight", [Val(0), Shape(1), Arg(2)])
    ];
    ("conv2d_with_bias", 4) => [
        (0, "conv2d_input", [Val(1), Shape(0), Arg(3)]),
        (1, "conv2d_weight", [Val(0), Shape(1), Arg(3)]),
        (2, "conv2d_bias", [])
    ];
    ("max_pool2d", 2) => [(0, "max_pool2d_input", [Val(0), Arg(1)])];
    ("avg_pool2d", 2) => [(0, "avg_pool2d_input", [Shape(0), Arg(1)])];

    // Layout.
    ("t", 1) => [(0, "t_input", [])];
    ("permute", 2) => [(0, "permute_input", [Arg(1)])];
    ("reshape", 2) => [(0, "reshape_input", [Shape(0)])];
    ("broadcast_to", 2) => [(0, "broadcast_to_input", [Shape(0)])];

    // Reductions.
    ("sum", 1) => [(0, "sum_input", [Shape(0)])];
    ("mean", 1) => [(0, "mean_input", [Shape(0)])];
    ("max", 1) => [(0, "max_input", [Val(0), Out])];
    ("min", 1) => [(0, "min_input", [Val(0), Out])];
    ("var", 1) => [(0, "var_input", [Val(0)])];
    ("norm", 1) => [(0, "norm_input", [Val(0), Out])];
    ("sum_axis", 2) => [(0, "sum_axis_input", [Shape(0), Arg(1)])];
    ("mean_axis", 2) => [(0, "mean_axis_input", [Shape(0), Arg(1)])];
    ("max_axis", 2) => [(0, "max_axis_input", [Val(0), Out, Arg(1)])];
    ("min_axis", 2) => [(0, "min_axis_input", [Val(0), Out, Arg(1)])];
    ("logsumexp_axis", 2) => [(0, "logsumexp_axis_input", [Val(0), Out, Arg(1)])];
    ("sum_axis_keepdim", 2) => [(0, "sum_axis_keepdim_input", [Shape(0), Arg(1)])];
    ("mean_axis_keepdim", 2) => [(0, "mean_axis_keepdim_input", [Shape(0), Arg(1)])];
    ("cumsum", 2) => [(0, "cumsum_input", [Arg(1)])];
    ("softmax", 2) => [(0, "softmax_input", [Out, Arg(1)])];
    ("log_softmax", 2) => [(0, "log_softmax_input", [Out, Arg(1)])];

    // Selection.
    ("slice", 3) => [(0, "slice_input", [Shape(0), Arg(1), Arg(2)])];
    ("select", 3) => [(0, "select_input", [Shape(0), Arg(1), Arg(2)])];
    ("gather", 3) => [(0, "gather_input", [Shape(0), Arg(1), Arg(2)])];
    ("index_rows", 2) => [(0, "index_rows_input", [Shape(0), Arg(1)])];
    ("pad", 3) => [(0, "pad_input", [Shape(0), Arg(1)]), (2, "pad_value", [Arg(1)])];
    ("where_", 3) => [(1, "where_a", [Val(0)]), (2, "where_b", [Val(0)])];
    ("item", 1) => [(0, "item_input", [Shape(0)])];
    ("to_vec", 1) => [(0, "to_vec_input", [])];
}
