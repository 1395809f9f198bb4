//! Shapes: what follows from `#[shape(…)]` for every tensor, and which operations do not fit.
//!
//! Forward, flow-sensitive, to a fixed point in loops. Where branches differ, and where nothing is declared, a
//! dimension is not known, and what is not known fits. A function of which nothing is declared is not looked at.

mod dim;
mod layout;
mod operations;
mod report;

use crate::diag::Diagnostics;
use crate::ir::{
    Exit, Function, IdMap, Op, OpKind, Opaque, Operand, Place, Proj, Region, Ty, Value, VarId,
};
use crate::parse::{Entry, Target};
use dim::{Dim, Fact};
use report::Error;
use std::fmt::Write;
use syn::ext::IdentExt;

/// What is known of the shapes of variables.
#[derive(Default)]
pub(crate) struct Shapes {
    facts: IdMap<VarId, Fact>,
}

impl Shapes {
    /// The shape of a tensor as text, `[n, d]`, if something is known of it.
    pub(crate) fn of(&self, var: VarId) -> Option<String> {
        match self.facts.get(&var)? {
            Fact::Tensor(dims) => Some(dim::shape(dims)),
            _ => None,
        }
    }
}

/// Runs the analysis, and reports operations whose operands do not fit.
pub(crate) fn analyse(function: &Function, target: &Target, diag: &mut Diagnostics) -> Shapes {
    if target.params.iter().all(|param| param.shape.is_none()) {
        return Shapes::default();
    }
    let mut flow = Flow {
        function,
        target,
        facts: IdMap::new(),
        held: IdMap::new(),
        values: IdMap::new(),
        errors: IdMap::new(),
        exits: IdMap::new(),
    };
    let mut state = Some(State::new());
    flow.params(&mut state);
    flow.region(&function.body, &mut state);
    report::all(flow.errors, diag);
    let held = flow.held.into_iter().filter_map(|(var, fact)| Some((var, fact?)));
    let facts = flow.facts.into_iter().chain(held).collect();
    Shapes { facts }
}

/// Prints what is known of each variable.
pub(crate) fn print(function: &Function, shapes: &Shapes) -> String {
    let mut text = String::new();
    for (var, fact) in &shapes.facts {
        let _ = writeln!(text, "{}: {fact}", function.var(*var).ident);
    }
    text
}

/// What the mutable variables hold at a point.
type State = IdMap<VarId, Fact>;

/// A state, or nothing where control does not come.
type Reached = Option<State>;

struct Flow<'a> {
    function: &'a Function,
    target: &'a Target,
    /// What is known of variables that hold one value.
    facts: IdMap<VarId, Fact>,
    /// What is true of all that a mutable variable holds.
    held: IdMap<VarId, Option<Fact>>,
    values: IdMap<VarId, &'a Value>,
    /// By operation, so that a loop body that is visited again reports once.
    errors: IdMap<u32, Error>,
    /// The states with which control leaves regions early.
    exits: IdMap<Exit, Reached>,
}

/// What is known where control comes from two sides.
fn join(one: &Reached, other: &Reached) -> Reached {
    let (Some(a), Some(b)) = (one, other) else {
        return one.clone().or_else(|| other.clone());
    };
    let both = a.iter().filter_map(|(var, fact)| Some((*var, fact.join(b.get(var)?)?)));
    Some(both.collect())
}

impl<'a> Flow<'a> {
    fn params(&mut self, state: &mut Reached) {
        for (param, var) in self.target.params.iter().zip(&self.function.params) {
            let fact = match &param.shape {
                Some(declared) => {
                    let mut dims: Vec<Dim> = declared.dims.iter().map(dim_of).collect();
                    if declared.of_list {
                        dims.pop().map(Fact::List)
                    } else {
                        Some(Fact::Tensor(dims))
                    }
                }
                None if self.is_declared(&param.ident) && self.target.is_length(&param.ident) => {
                    Some(Fact::Integer(Dim::named(param.ident.unraw().to_string())))
                }
                None => Ty::rank(&param.ty).map(Fact::of_rank),
            };
            self.set(*var, fact, state);
        }
    }

    /// Whether some dimension was declared by this name.
    fn is_declared(&self, name: &proc_macro2::Ident) -> bool {
        let declared = self.target.params.iter().filter_map(|param| param.shape.as_ref());
        declared
            .flat_map(|declared| &declared.dims)
            .any(|entry| matches!(entry, Entry::Name(dim) if dim == name))
    }

    fn region(&mut self, region: &'a Region, state: &mut Reached) {
        for op in &region.ops {
            self.op(op, state);
        }
    }

    fn op(&mut self, op: &'a Op, state: &mut Reached) {
        match &op.kind {
            OpKind::Define { dest, value } => {
                self.values.insert(*dest, value);
                let annotation = self.function.var(*dest).annotation.as_ref();
                let annotated = || annotation.and_then(Ty::rank).map(Fact::of_rank);
                let fact = self.value(op, value, state).or_else(annotated);
                self.set(*dest, fact, state);
                self.value_writes(value, state);
            }
            OpKind::Store { place, value } => {
                let place = self.function.resolve(place);
                if place.path.is_empty() {
                    // A tensor keeps its rank, which is in its type.
                    let before = self.place(&place, state);
                    let fact = self.operand(value, state);
                    let fact = fact.or_else(|| before?.forget());
                    self.set(place.root, fact, state);
                } else {
                    self.store_in(place.root, state);
                }
            }
            OpKind::AddAssign { place, value, negate } => {
                self.add_assign(op, place, value, *negate, state);
            }
            OpKind::Mutate { place, .. } => {
                let root = self.function.resolve(place).root;
                self.forget(root, state);
            }
            OpKind::Exchange { a, b } => {
                self.forget(*a, state);
                self.forget(*b, state);
            }
            OpKind::Effect(opaque) => {
                self.opaque(opaque, state);
                if op.kind.diverges() {
                    *state = None;
                }
            }
            OpKind::Declare { .. } | OpKind::Alias { .. } | OpKind::Split { .. } => {}
            OpKind::If { then, els, dest, .. } => self.branches(&[then, els], *dest, state),
            OpKind::Match { arms, dest, .. } => {
                for guard in arms.iter().filter_map(|arm| arm.guard.as_ref()) {
                    self.opaque(guard, state);
                }
                let bodies: Vec<&Region> = arms.iter().map(|arm| &arm.body).collect();
                self.branches(&bodies, *dest, state);
            }
            OpKind::Rest { body, dest } | OpKind::Checkpoint { body, dest } => {
                self.branches(&[body], *dest, state);
            }
            OpKind::For { body, .. } => self.repeat(None, body, true, state),
            OpKind::Loop { cond, body } => self.repeat(cond.as_ref(), body, cond.is_some(), state),
            OpKind::Block { body } => {
                self.region(body, state);
                self.arrive(Exit::Break(body.id), state);
            }
            OpKind::Exit(exit) => {
                let left = state.take();
                let before = self.exits.or_default(*exit);
                *before = join(before, &left);
            }
        }
    }

    /// Regions of which one runs.
    fn branches(&mut self, regions: &[&'a Region], dest: Option<VarId>, state: &mut Reached) {
        let before = state.take();
        let mut results: Vec<Option<Fact>> = Vec::new();
        for region in regions {
            let mut after = before.clone();
            self.region(region, &mut after);
            if let (Some(result), Some(_)) = (&region.result, &after) {
                results.push(self.operand(result, &after));
            }
            *state = join(state, &after);
        }
        if let Some(dest) = dest {
            let either = results.into_iter().reduce(|one, other| one?.join(&other?));
            self.set(dest, either.flatten(), state);
        }
    }

    /// A loop, to a fixed point. It may end before each iteration, unless it is endless.
    fn repeat(
        &mut self,
        cond: Option<&'a Region>,
        body: &'a Region,
        ends: bool,
        state: &mut Reached,
    ) {
        loop {
            let before = state.clone();
            if let Some(cond) = cond {
                self.region(cond, state);
            }
            let mut after = state.clone();
            self.region(body, &mut after);
            self.arrive(Exit::Continue(body.id), &mut after);
            let entry = join(&before, &after);
            if entry == before {
                break;
            }
            *state = entry;
        }
        if !ends {
            *state = None;
        }
        self.arrive(Exit::Break(body.id), state);
    }

    /// Adds the states with which control comes here by an exit.
    fn arrive(&self, exit: Exit, state: &mut Reached) {
        if let Some(left) = self.exits.get(&exit) {
            *state = join(state, left);
        }
    }

    /// What is known of a variable from here on.
    fn set(&mut self, var: VarId, fact: Option<Fact>, state: &mut Reached) {
        if !self.function.var(var).is_mutable() {
            match fact {
                Some(fact) => self.facts.insert(var, fact),
                None => self.facts.remove(&var),
            };
            return;
        }
        let held =
            self.held.get(&var).map_or(fact.clone(), |held| held.as_ref()?.join(fact.as_ref()?));
        self.held.insert(var, held);
        let Some(state) = state else { return };
        match fact {
            Some(fact) => state.insert(var, fact),
            None => state.remove(&var),
        };
    }

    /// A mutable variable may hold another value of its type from here on.
    fn forget(&mut self, var: VarId, state: &mut Reached) {
        if self.function.var(var).is_mutable() {
            let fact = state.as_ref().and_then(|state| state.get(&var)?.forget());
            self.set(var, fact, state);
        }
    }

    /// Another part is put into a variable: tensors and lists have the shape that they had.
    fn store_in(&mut self, root: VarId, state: &mut Reached) {
        let whole = self.place(&Place::var(root), state);
        if matches!(whole, Some(Fact::Parts(_))) {
            self.forget(root, state);
        }
    }

    fn opaque(&mut self, opaque: &Opaque, state: &mut Reached) {
        for var in &opaque.writes {
            self.forget(*var, state);
        }
    }

    /// What calls and tokens that are carried over may change.
    fn value_writes(&mut self, value: &Value, state: &mut Reached) {
        match value {
            Value::Opaque(opaque) => self.opaque(opaque, state),
            Value::Call { args, .. } => {
                for arg in args.iter().filter_map(Operand::var) {
                    let reference = self.values.get(&arg).copied();
                    let Some(reference @ Value::Ref { place, .. }) = reference else { continue };
                    if self.function.may_write(reference) {
                        self.forget(self.function.resolve(place).root, state);
                    }
                }
            }
            _ => {}
        }
    }

    fn operand(&self, operand: &Operand, state: &Reached) -> Option<Fact> {
        match operand {
            Operand::Var(var) => self.place(&Place::var(*var), state),
            Operand::Literal(literal) => self.literal(&literal.tokens.stream()),
        }
    }

    /// A number, or a const parameter that a dimension was declared by.
    fn literal(&self, tokens: &proc_macro2::TokenStream) -> Option<Fact> {
        if let Ok(number) = syn::parse2::<syn::LitInt>(tokens.clone()) {
            return number.base10_parse().ok().map(|number| Fact::Integer(Dim::length(number)));
        }
        let name: proc_macro2::Ident = syn::parse2(tokens.clone()).ok()?;
        let known = self.is_declared(&name) && self.target.is_length(&name);
        known.then(|| Fact::Integer(Dim::named(name.unraw().to_string())))
    }

    fn place(&self, place: &Place, state: &Reached) -> Option<Fact> {
        let place = self.function.resolve(place);
        let mut fact = if self.function.var(place.root).is_mutable() {
            state.as_ref()?.get(&place.root)?
        } else {
            self.facts.get(&place.root)?
        };
        for proj in &place.path {
            let index = match proj {
                Proj::Deref => continue,
                Proj::Field(syn::Member::Unnamed(index)) => index.index as usize,
                Proj::Index(Operand::Literal(index)) => {
                    syn::parse2::<syn::LitInt>(index.tokens.stream()).ok()?.base10_parse().ok()?
                }
                _ => return None,
            };
            let Fact::Parts(parts) = fact else { return None };
            fact = parts.get(index)?.as_ref()?;
        }
        Some(fact.clone())
    }
}

fn dim_of(entry: &Entry) -> Dim {
    match entry {
        Entry::Name(name) => Dim::named(name.unraw().to_string()),
        Entry::Length(length) => Dim::length(*length),
        Entry::Any => Dim::Unknown,
    }
}
