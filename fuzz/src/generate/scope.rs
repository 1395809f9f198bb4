//! What a statement may name.

use crate::ast::{Int, Place, Program, Step, Ty};

/// A variable in scope.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "independent facts about a variable")]
pub(super) struct Var {
    pub(super) name: String,
    pub(super) ty: Ty,
    /// Whether it may be assigned to here.
    pub(super) mutable: bool,
    /// Whether it is declared `mut`, though it may be borrowed here.
    pub(super) declared_mut: bool,
    /// Whether it is a reference.
    pub(super) reference: bool,
    /// For a reference to a scalar: whether the asterisk is always written.
    pub(super) deref: Option<bool>,
    /// Of an integer, a bound that it does not reach.
    pub(super) bound: usize,
    /// Whether it may be shadowed.
    pub(super) fixed: bool,
    /// Whether only its scalars may be read.
    pub(super) opaque: bool,
}

impl Var {
    pub(super) fn new(name: impl Into<String>, ty: Ty) -> Self {
        Var {
            name: name.into(),
            ty,
            mutable: false,
            declared_mut: false,
            reference: false,
            deref: None,
            bound: 0,
            fixed: false,
            opaque: false,
        }
    }
}

/// A place that can be named, with what is known of it.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "independent facts about a place")]
pub(super) struct Known {
    pub(super) place: Place,
    pub(super) ty: Ty,
    pub(super) mutable: bool,
    /// Whether it is a reference itself.
    pub(super) reference: bool,
    /// Whether it is a mutable reference itself.
    pub(super) unique: bool,
    pub(super) opaque: bool,
    /// Whether it is in a `#[no_grad]` field.
    pub(super) frozen: bool,
    /// Whether it is a part of a list.
    pub(super) part: bool,
    /// Where in the path there are indices, and their bounds.
    pub(super) indices: Vec<(usize, usize)>,
}

/// Something that `break` leaves.
#[derive(Clone, Debug)]
pub(super) struct Around {
    pub(super) label: Option<String>,
    /// Whether it has a value.
    pub(super) value: bool,
    /// Whether it is a block and no loop.
    pub(super) block: bool,
}

/// The variables in scope and where the statement stands.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    pub(super) vars: Vec<Var>,
    /// How many loops are around.
    pub(super) loops: usize,
    /// The loops and labelled blocks around that may be left from here.
    pub(super) around: Vec<Around>,
    /// Whether a mode is around, where control flow and `&mut` arguments are left out.
    pub(super) in_mode: bool,
    /// Whether it stands in a block that runs twice, where references are not changed.
    pub(super) twice: bool,
    /// What the function returns; nothing where it may not return.
    pub(super) result: Option<Ty>,
}

impl Scope {
    pub(super) fn new(result: Ty) -> Self {
        Scope {
            vars: Vec::new(),
            loops: 0,
            around: Vec::new(),
            in_mode: false,
            twice: false,
            result: Some(result),
        }
    }

    /// Brings a variable into scope; it hides others of its name.
    pub(super) fn declare(&mut self, var: Var) {
        self.hide(&var.name);
        self.vars.push(var);
    }

    pub(super) fn hide(&mut self, name: &str) {
        self.vars.retain(|var| var.name != name);
    }

    /// Forbids assignment to a variable.
    pub(super) fn lock(&mut self, name: &str) {
        self.vars.iter_mut().filter(|var| var.name == name).for_each(|var| var.mutable = false);
    }

    /// Forbids assignment to all variables.
    pub(super) fn lock_all(&mut self) {
        self.vars.iter_mut().for_each(|var| var.mutable = false);
    }

    /// What is inside of a closure: nothing around can be left or assigned to.
    pub(super) fn enclosed(&self) -> Self {
        let mut inner = self.clone();
        inner.lock_all();
        inner.result = None;
        inner.around.clear();
        inner
    }

    /// What is inside of a block that runs twice: nothing around can be left, and no reference assigned
    /// to.
    pub(super) fn runs_twice(&self) -> Self {
        let mut inner = self.clone();
        let shared = |var: &&mut Var| var.reference || var.deref.is_some();
        inner.vars.iter_mut().filter(shared).for_each(|var| var.mutable = false);
        inner.twice = true;
        inner.result = None;
        inner.around.clear();
        inner
    }

    /// What one loop more is around, whose body must not be left early.
    pub(super) fn of_loop(&self) -> Self {
        Self { loops: self.loops + 1, around: Vec::new(), ..self.clone() }
    }

    /// Integer variables.
    pub(super) fn ints(&self) -> Vec<&Var> {
        self.vars.iter().filter(|var| var.ty == Ty::Int).collect()
    }

    /// Variables of a type.
    pub(super) fn of(&self, ty: &Ty) -> Vec<&Var> {
        self.vars.iter().filter(|var| var.ty == *ty).collect()
    }

    /// All places that are named without an index.
    pub(super) fn places(&self, program: &Program) -> Vec<Known> {
        let mut out = Vec::new();
        for var in &self.vars {
            let path = match var.deref {
                Some(written) => vec![Step::Deref { written }],
                None => Vec::new(),
            };
            let known = Known {
                place: Place { root: var.name.clone(), path },
                ty: var.ty.clone(),
                mutable: var.mutable,
                reference: var.reference,
                unique: var.reference && var.declared_mut,
                opaque: var.opaque,
                frozen: false,
                part: false,
                indices: Vec::new(),
            };
            parts(program, known, &mut out);
        }
        out
    }

    /// Lists of unknown length.
    pub(super) fn bags(&self, program: &Program) -> Vec<Known> {
        let mut places = self.places(program);
        places.retain(|known| known.ty == Ty::Bag);
        places
    }

    /// Lists and arrays: of a length, or all.
    pub(super) fn lists(&self, program: &Program, length: Option<usize>) -> Vec<Known> {
        let mut places = self.places(program);
        places.retain(|known| match known.ty {
            Ty::Array(n) | Ty::List(n) => length.is_none_or(|length| n == length),
            _ => false,
        });
        places
    }
}

fn parts(program: &Program, known: Known, out: &mut Vec<Known>) {
    let below = |step: Step, ty: &Ty| {
        let mut place = known.place.clone();
        place.path.push(step);
        Known { place, ty: ty.clone(), reference: false, ..known.clone() }
    };
    match &known.ty {
        Ty::Tuple(items) => {
            for (k, ty) in items.iter().enumerate() {
                parts(program, below(Step::Item(k), ty), out);
            }
        }
        Ty::Struct(k) => {
            for field in &program.structs[*k].fields {
                let mut part = below(Step::Field(field.name.clone()), &field.ty);
                part.mutable &= field.active;
                part.frozen |= !field.active;
                parts(program, part, out);
            }
        }
        Ty::Many { of, n, .. } => {
            for k in 0..*n {
                let mut part = below(Step::Index(Int::Lit(k)), of);
                part.indices.push((part.place.path.len() - 1, *n));
                parts(program, part, out);
            }
        }
        _ => {}
    }
    out.push(known);
}
