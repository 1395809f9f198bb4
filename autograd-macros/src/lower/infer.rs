//! Types that follow from how values are used, after lowering: what becomes a scalar by arithmetic is
//! a scalar, and what becomes an index is an integer.
//!
//! A macro does not see the types of fields and of what functions return. Where such a value goes
//! into arithmetic whose result is known to be an `f64`, it is one; generated code makes sure of it
//! (`private::scalar`), since operators can be those of other types. What is read from a field stays
//! unknown: it may have no gradient.

use crate::ir::ty::Float;
use crate::ir::{
    BinaryOp, Function, IdSet, Op, OpKind, Operand, Place, Proj, Role, Source, Ty, UnaryOp, Value,
    VarId,
};
use crate::rules::{self, Rule};

/// Refines the types of a function's variables. `output` is the type of its value.
pub(super) fn infer(function: &mut Function, output: &Ty) {
    let mut facts = Vec::new();
    gather(function, &mut facts);
    if let Some(result) = function.body.result.as_ref().and_then(Operand::var) {
        facts.push(Fact::Is(result, output.clone()));
    }
    let fields = fields_of(function);
    // Each round carries a type one step further.
    loop {
        let mut found = Vec::new();
        for fact in &facts {
            fact.apply(function, &mut |var, ty| found.push((var, ty)));
        }
        let mut changed = false;
        for (var, ty) in found {
            let known = &function.var(var).ty;
            let refines = match known {
                Ty::Unknown => !fields.contains(&var),
                Ty::Float(Float::Literal) => {
                    matches!(&ty, Ty::Float(float) if *float != Float::Literal)
                }
                _ => false,
            };
            if !refines || *known == ty {
                continue;
            }
            let info = &mut function.vars[var.0 as usize];
            info.inferred |= info.ty == Ty::Unknown;
            info.ty = ty;
            changed = true;
        }
        if !changed {
            return;
        }
    }
}

/// Variables whose types stay as they are: parameters, patterns, and what is read through a path.
fn fields_of(function: &Function) -> IdSet<VarId> {
    let mut fields: IdSet<VarId> = function.params.iter().copied().collect();
    function.body.walk(&mut |op| match &op.kind {
        OpKind::Define { value: Value::Load(place), .. } if place.path.is_empty() => {}
        OpKind::Define { dest, value: Value::Load(_) | Value::Ref { .. } | Value::Detach(_) } => {
            fields.insert(*dest);
        }
        OpKind::Define { dest, value: Value::Opaque(_) | Value::Aggregate(..) } => {
            fields.insert(*dest);
        }
        // Only integers have these, or types of the user's.
        OpKind::Define {
            dest,
            value: Value::Binary(BinaryOp::Bit(_), ..) | Value::Unary(UnaryOp::Not, _),
        } => {
            fields.insert(*dest);
        }
        _ => {}
    });
    fields
}

/// What a use tells about types.
enum Fact {
    Is(VarId, Ty),
    /// Both have one type.
    Same(VarId, VarId),
    /// The operand has the type of the result, if that is a scalar or an integer.
    Operand(VarId, VarId),
    /// What is put into a place has the place's type; `whole` if it replaces what is there.
    Put {
        place: Place,
        value: VarId,
        whole: bool,
    },
    /// What a place is indexed with is an integer, if the place is of a list.
    Indexed(Place),
}

impl Fact {
    fn apply(&self, function: &Function, found: &mut impl FnMut(VarId, Ty)) {
        let scalar = |ty: &Ty| {
            matches!(ty, Ty::Inactive) || matches!(ty, Ty::Float(float) if *float != Float::Literal)
        };
        let ty = |var: VarId| &function.var(var).ty;
        match self {
            Self::Is(var, known) if scalar(known) => found(*var, known.clone()),
            Self::Same(a, b) => {
                for (from, to) in [(*a, *b), (*b, *a)] {
                    if scalar(ty(from)) {
                        found(to, ty(from).clone());
                    }
                }
            }
            Self::Operand(result, operand) if scalar(ty(*result)) => {
                found(*operand, ty(*result).clone());
            }
            Self::Put { place, value, whole } => {
                let known = function.place_ty(place);
                if scalar(&known) {
                    found(*value, known);
                }
                // A scalar can be added to a tensor.
                if *whole && place.path.is_empty() && scalar(ty(*value)) {
                    found(place.root, ty(*value).clone());
                }
            }
            Self::Indexed(place) => {
                for (position, proj) in place.path.iter().enumerate() {
                    let list = Place { root: place.root, path: place.path[..position].to_vec() };
                    if function.place_ty(&list).is_list() {
                        let one = Place { root: place.root, path: vec![proj.clone()] };
                        let indices = one.indices().filter_map(Operand::var);
                        indices.for_each(|index| found(index, Ty::Inactive));
                    }
                }
            }
            Self::Is(..) | Self::Operand(..) => {}
        }
    }
}

fn gather(function: &Function, facts: &mut Vec<Fact>) {
    function.body.walk(&mut |op| gather_op(op, facts));
    facts.extend(function.vars.iter().filter_map(|var| match &var.role {
        Role::Alias { target, .. } => Some(Fact::Indexed(target.clone())),
        _ => None,
    }));
}

fn gather_op(op: &Op, facts: &mut Vec<Fact>) {
    let indexed = |place: &Place, facts: &mut Vec<Fact>| {
        if place.path.iter().any(|proj| matches!(proj, Proj::Index(_) | Proj::Slice { .. })) {
            facts.push(Fact::Indexed(place.clone()));
        }
    };
    match &op.kind {
        OpKind::Define { dest, value } => {
            if let Value::Load(place) | Value::Ref { place, .. } = value {
                indexed(place, facts);
            }
            gather_value(*dest, value, facts);
        }
        OpKind::Store { place, value } | OpKind::AddAssign { place, value, .. } => {
            indexed(place, facts);
            let whole = matches!(op.kind, OpKind::Store { .. });
            let put = |value| Fact::Put { place: place.clone(), value, whole };
            facts.extend(value.var().map(put));
        }
        OpKind::If { dest: Some(dest), .. }
        | OpKind::Match { dest: Some(dest), .. }
        | OpKind::Rest { dest: Some(dest), .. }
        | OpKind::Checkpoint { dest: Some(dest), .. } => {
            let results = op.kind.regions();
            let results = results.iter().filter_map(|region| region.result.as_ref()?.var());
            facts.extend(results.map(|result| Fact::Same(*dest, result)));
        }
        OpKind::For { source: Source::Range { start, end, .. }, .. } => {
            let bounds = [start, end].into_iter().filter_map(Operand::var);
            facts.extend(bounds.map(|bound| Fact::Is(bound, Ty::Inactive)));
        }
        _ => {}
    }
}

fn gather_value(dest: VarId, value: &Value, facts: &mut Vec<Fact>) {
    match value {
        Value::Use(Operand::Var(source)) => facts.push(Fact::Same(dest, *source)),
        Value::Load(place) if place.path.is_empty() => facts.push(Fact::Same(dest, place.root)),
        Value::Unary(UnaryOp::Neg, operand) => {
            facts.extend(operand.var().map(|operand| Fact::Operand(dest, operand)));
        }
        Value::Binary(op, lhs, rhs) if !matches!(op, BinaryOp::Bit(_)) => {
            let operands = [lhs, rhs].into_iter().filter_map(Operand::var);
            facts.extend(operands.map(|operand| Fact::Operand(dest, operand)));
        }
        Value::Method { name, args, .. } if args.len() == 1 => {
            let rule = rules::method(&name.to_string(), 1);
            if let (Some(Rule::Elementwise(_)), Some(operand)) = (rule, args[0].var()) {
                facts.push(Fact::Operand(dest, operand));
            }
        }
        _ => {}
    }
}
