//! What is said of operands that do not fit.

use super::dim::{shape, Dim};
use super::Flow;
use crate::diag::Diagnostics;
use crate::ir::{IdMap, Operand, Place, Proj, Value};
use proc_macro2::Span;
use quote::ToTokens;
use std::collections::BTreeSet;

pub(super) struct Error {
    pub(super) span: Span,
    pub(super) message: String,
    pub(super) help: String,
}

/// Reports each error once: the body of a closure is there wherever the closure is called.
pub(super) fn all(errors: IdMap<u32, Error>, diag: &mut Diagnostics) {
    let mut reported = BTreeSet::new();
    for Error { span, message, help } in errors.into_values() {
        if reported.insert((format!("{span:?}"), message.clone())) {
            diag.error(span, message, help);
        }
    }
}

/// What to do about dimensions that differ.
pub(super) fn help(one: &Dim, other: &Dim) -> String {
    match (one.name(), other.name(), one.number(), other.number()) {
        (Some(one), Some(other), ..) => format!(
            "each name stands for any length; if `{one}` and `{other}` are one dimension, give both one name in `#[shape(…)]`"
        ),
        (Some(name), _, _, Some(number)) | (_, Some(name), Some(number), _) => format!(
            "a name stands for any length; if `{name}` is always {number}, write {number} in its place in `#[shape(…)]`"
        ),
        (_, _, Some(_), Some(_)) => {
            "the lengths follow from `#[shape(…)]` of the parameters and from the operations before".to_owned()
        }
        _ => "each name in `#[shape(…)]` stands for any length, and different names for different ones".to_owned(),
    }
}

/// A dimension in a message: names are quoted, as code is.
pub(super) fn quoted(dim: &Dim) -> String {
    match dim.number() {
        Some(number) => number.to_string(),
        None => format!("`{dim}`"),
    }
}

impl Flow<'_> {
    /// `` `x` is [n, d] ``; `otherwise` is what it is called if it has no name.
    pub(super) fn described(&self, operand: &Operand, dims: &[Dim], otherwise: &str) -> String {
        let name = self.name_of(operand).map(|name| format!("`{name}`"));
        format!("{} is {}", name.as_deref().unwrap_or(otherwise), shape(dims))
    }

    /// How the user spelled an operand, if it is a variable or a field.
    fn name_of(&self, operand: &Operand) -> Option<String> {
        let var = operand.var()?;
        if let Some(source) = &self.function.var(var).source {
            return Some(source.clone());
        }
        match self.values.get(&var)? {
            Value::Ref { place, .. } | Value::Load(place) => self.spelled(place),
            Value::Detach(inner) => self.name_of(inner),
            _ => None,
        }
    }

    fn spelled(&self, place: &Place) -> Option<String> {
        let mut text = self.function.var(place.root).source.clone()?;
        for proj in &place.path {
            match proj {
                Proj::Deref => {}
                Proj::Field(member) => {
                    text = format!("{text}.{}", member.to_token_stream());
                }
                _ => return None,
            }
        }
        Some(text)
    }
}
