//! Calls of differentiable functions: their tangent functions take the tangents of the arguments beside the
//! arguments.

use super::Writer;
use crate::ir::{Callee, Op, OpKind, Operand, Place, Proj, RefStyle, Role, Ty, Value, VarId};
use crate::transform::operations::may_overlap;
use proc_macro2::Span;
use quote::format_ident;

impl Writer<'_> {
    pub(super) fn call_op(&mut self, op: &Op, dest: VarId, callee: &Callee, args: &[Operand]) {
        let span = op.span;
        let dots: Vec<Operand> = (0..args.len())
            .map(|index| {
                let shared = self.is_shared(index, args);
                self.argument(&args[index], shared, span)
            })
            .collect();
        let args = args.iter().cloned().chain(dots).collect();
        let value = Value::Call { callee: tangent_callee(callee), args };
        let pair = self.define(value, Ty::Unknown, span, false);
        let pair = pair.var().expect("a definition gives a variable");
        let part =
            |index: usize| Value::Load(Place { root: pair, path: vec![Proj::Field(index.into())] });
        self.pin(&Operand::Var(dest));
        if let Role::Temp { inline } = &mut self.vars[dest.0 as usize].role {
            *inline = false;
        }
        let kind = OpKind::Define { dest, value: part(0) };
        self.push(Op { kind, ..op.clone() });
        if self.has_dot(dest) {
            self.define_dot(dest, part(1), span);
        }
    }

    /// Whether another argument is a borrow of the same memory, so that neither can be mutable.
    fn is_shared(&self, index: usize, args: &[Operand]) -> bool {
        let place = |arg: &Operand| match self.index.definition(arg.var()?)? {
            Value::Ref { place, .. } => Some(place.clone()),
            _ => None,
        };
        let Some(own) = place(&args[index]) else { return false };
        let mut others = args.iter().enumerate().filter(|(other, _)| *other != index);
        others.any(|(_, arg)| place(arg).is_some_and(|other| may_overlap(&own, &other)))
    }

    /// The tangent of an argument, as the callee takes it.
    fn argument(&mut self, arg: &Operand, shared: bool, span: Span) -> Operand {
        let reference = match arg {
            Operand::Literal(_) => None,
            Operand::Var(var) => match self.index.definition(*var) {
                Some(value @ Value::Ref { place, .. }) => {
                    let explicit = matches!(value, Value::Ref { style: RefStyle::ExplicitMut, .. });
                    let style = if explicit || (self.primal.may_write(value) && !shared) {
                        RefStyle::TangentMut
                    } else {
                        RefStyle::Tangent
                    };
                    self.dot_place(&place.clone()).map(|place| (place, style))
                }
                _ => self.dots.get(var).map(|dot| (Place::var(*dot), RefStyle::Tangent)),
            },
        };
        if let Some((place, style)) = reference {
            return self.define(Value::Ref { place, style }, Ty::Unknown, span, true);
        }
        let path = self.path(&["none"], span);
        let tokens = quote::quote_spanned!(span=> #path());
        Operand::literal(tokens, Ty::Unknown)
    }
}

/// The tangent function of a differentiable function.
fn tangent_callee(callee: &Callee) -> Callee {
    match callee {
        Callee::Function(path) => Callee::Tangent(path.clone()),
        Callee::Associated(path) => {
            let mut path = path.clone();
            let last = path.segments.last_mut().expect("a path has a segment");
            last.ident = tangent_name(&last.ident);
            Callee::Associated(path)
        }
        Callee::Method(name, generics) => Callee::Method(tangent_name(name), generics.clone()),
        Callee::Constant(..) | Callee::Tangent(_) => callee.clone(),
    }
}

/// The name of the tangent function beside a method.
pub(crate) fn tangent_name(name: &proc_macro2::Ident) -> proc_macro2::Ident {
    let plain = name.to_string();
    format_ident!("differentiable_tangent_{}", plain.trim_start_matches("r#"), span = name.span())
}
