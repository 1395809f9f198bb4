//! Operations: what a region consists of.

use super::{OpId, Opaque, Operand, Place, Region, RegionId, Value, VarId};
use proc_macro2::{Span, TokenStream};

#[derive(Clone)]
pub(crate) struct Op {
    pub(crate) id: OpId,
    pub(crate) kind: OpKind,
    pub(crate) span: Span,
    /// False inside `no_grad!`: the operation's results are constants for the gradient.
    pub(crate) recording: bool,
}

#[derive(Clone)]
pub(crate) enum OpKind {
    /// `let dest = value;`
    Define {
        dest: VarId,
        value: Value,
    },
    /// `let alias = &target;`, the target being in the alias's role. `rebind` if it is spelled
    /// without `&`, because what is on the right is a reference already.
    Alias {
        alias: VarId,
        rebind: bool,
    },
    /// `let (low, high) = place.split_at_mut(middle);`, as the targets of the two aliases say.
    Split {
        low: VarId,
        high: VarId,
    },
    /// `let dest;`
    Declare {
        dest: VarId,
    },
    /// `place = value;`
    Store {
        place: Place,
        value: Operand,
    },
    /// `place += value;` or, negated, `place -= value;`
    AddAssign {
        place: Place,
        value: Operand,
        negate: bool,
    },
    /// `place.push(x);` and other methods that change a list in place.
    Mutate {
        mutation: Mutation,
        place: Place,
        args: Vec<Operand>,
    },
    /// A statement that is carried over whole.
    Effect(Opaque),
    If {
        cond: Operand,
        then: Region,
        els: Region,
        dest: Option<VarId>,
    },
    /// `match` and `if let`.
    Match {
        scrutinee: Vec<Scrutinee>,
        arms: Vec<Arm>,
        dest: Option<VarId>,
    },
    For {
        source: Source,
        body: Region,
    },
    /// `while cond { body }`, or `loop { body }` without a condition.
    Loop {
        cond: Option<Region>,
        body: Region,
    },
    /// A block that control may leave early: a labelled block, or the part of the function's body
    /// that returns. Its value goes through a variable.
    Block {
        body: Region,
    },
    /// `swap(&mut a, &mut b)` of two local lists.
    Exchange {
        a: VarId,
        b: VarId,
    },
    /// What comes after an operation that control may leave through.
    Rest {
        body: Region,
        dest: Option<VarId>,
    },
    /// A block of which nothing is kept but what enters it: the reverse pass runs it again. It writes to
    /// nothing that is defined outside, and control does not leave it early.
    Checkpoint {
        body: Region,
        dest: Option<VarId>,
    },
    /// Leaves all regions up to that of the target.
    Exit(Exit),
}

/// A change of a list in place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mutation {
    /// `push(value)`; a second operand is the length before.
    Push,
    /// `swap(i, j)`
    Swap,
    /// `fill(value)`
    Fill,
    /// `copy_from_slice(&list)` or `clone_from_slice`.
    CopyFrom,
    /// `reverse()`; an operand is the length.
    Reverse,
    /// `truncate(len)`
    Truncate,
}

impl Mutation {
    /// The operand whose value goes into the list.
    pub(crate) fn stores(self) -> Option<usize> {
        matches!(self, Self::Push | Self::Fill | Self::CopyFrom).then_some(0)
    }

    /// Whether nothing of what the list held is left.
    pub(crate) fn overwrites(self) -> bool {
        matches!(self, Self::Fill | Self::CopyFrom)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::Swap => "swap",
            Self::Fill => "fill",
            Self::CopyFrom => "clone_from_slice",
            Self::Reverse => "reverse",
            Self::Truncate => "truncate",
        }
    }
}

/// A place that is matched; several are matched as a tuple.
#[derive(Clone)]
pub(crate) struct Scrutinee {
    pub(crate) place: Place,
    /// `&place`
    pub(crate) borrow: bool,
}

/// An arm of a `match`.
#[derive(Clone)]
pub(crate) struct Arm {
    /// The pattern, with the names that its variables are emitted under.
    pub(crate) pat: TokenStream,
    pub(crate) guard: Option<Opaque>,
    /// Variables that the pattern binds: aliases, and values whose definitions are the region's
    /// first operations.
    pub(crate) bound: Vec<VarId>,
    /// Parts of the scrutinee that are compared with floating-point numbers.
    pub(crate) compared: Vec<(Place, Span)>,
    pub(crate) body: Region,
}

/// Where control goes when it leaves a region early.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Exit {
    /// To what follows the loop or block with this body.
    Break(RegionId),
    /// To the next iteration of the loop with this body.
    Continue(RegionId),
}

impl Exit {
    pub(crate) fn target(self) -> RegionId {
        match self {
            Self::Break(target) | Self::Continue(target) => target,
        }
    }
}

impl OpKind {
    /// The regions that the operation owns.
    pub(crate) fn regions(&self) -> Vec<&Region> {
        match self {
            Self::If { then, els, .. } => vec![then, els],
            Self::Match { arms, .. } => arms.iter().map(|arm| &arm.body).collect(),
            Self::For { body, .. }
            | Self::Block { body }
            | Self::Rest { body, .. }
            | Self::Checkpoint { body, .. } => vec![body],
            Self::Loop { cond, body } => cond.iter().chain([body]).collect(),
            _ => Vec::new(),
        }
    }

    pub(crate) fn regions_mut(&mut self) -> Vec<&mut Region> {
        match self {
            Self::If { then, els, .. } => vec![then, els],
            Self::Match { arms, .. } => arms.iter_mut().map(|arm| &mut arm.body).collect(),
            Self::For { body, .. }
            | Self::Block { body }
            | Self::Rest { body, .. }
            | Self::Checkpoint { body, .. } => vec![body],
            Self::Loop { cond, body } => cond.iter_mut().chain([body]).collect(),
            _ => Vec::new(),
        }
    }

    /// The regions of which one runs, and the variable that receives its value.
    pub(crate) fn branches_mut(&mut self) -> Option<(Vec<&mut Region>, &mut Option<VarId>)> {
        match self {
            Self::If { then, els, dest, .. } => Some((vec![then, els], dest)),
            Self::Match { arms, dest, .. } => {
                Some((arms.iter_mut().map(|arm| &mut arm.body).collect(), dest))
            }
            _ => None,
        }
    }

    /// The exits in it that leave the operation itself, or end it if it is a loop or block.
    pub(crate) fn exits(&self) -> Vec<Exit> {
        let mut exits = Vec::new();
        self.gather_exits(&mut exits);
        exits
    }

    fn gather_exits(&self, exits: &mut Vec<Exit>) {
        if let Self::Exit(exit) = self {
            exits.push(*exit);
        }
        for region in self.regions() {
            region.ops.iter().for_each(|op| op.kind.gather_exits(exits));
        }
    }

    /// Whether control may leave the region that the operation stands in.
    pub(crate) fn may_leave(&self) -> bool {
        let exits = self.exits();
        if exits.is_empty() {
            return false;
        }
        let mut inner: Vec<RegionId> = self.regions().iter().map(|region| region.id).collect();
        self.gather_targets(&mut inner);
        exits.iter().any(|exit| !inner.contains(&exit.target()))
    }

    fn gather_targets(&self, targets: &mut Vec<RegionId>) {
        for region in self.regions() {
            targets.push(region.id);
            region.ops.iter().for_each(|op| op.kind.gather_targets(targets));
        }
    }

    /// Whether control never comes to what follows the operation.
    pub(crate) fn diverges(&self) -> bool {
        match self {
            Self::Exit(_) => true,
            Self::Effect(opaque) => opaque.label == "panic",
            Self::If { then, els, .. } => then.diverges() && els.diverges(),
            Self::Match { arms, .. } => arms.iter().all(|arm| arm.body.diverges()),
            Self::Rest { body, .. } | Self::Checkpoint { body, .. } => body.diverges(),
            Self::Loop { cond: None, body } => !self.exits().contains(&Exit::Break(body.id)),
            Self::Block { body } => {
                body.diverges() && !self.exits().contains(&Exit::Break(body.id))
            }
            _ => false,
        }
    }

    /// Whether the reverse pass runs the regions again.
    pub(crate) fn runs_again(&self) -> bool {
        matches!(
            self,
            Self::Checkpoint { .. }
                | Self::For { source: Source::Range { snapshots: Some(_), .. }, .. }
        )
    }

    /// Whether a loop may end before its source or its condition does.
    pub(crate) fn ends_early(&self) -> bool {
        let (Self::For { body, .. } | Self::Loop { body, .. }) = self else { return false };
        self.may_leave() || self.exits().contains(&Exit::Break(body.id))
    }
}

/// What a `for` loop runs over.
#[derive(Clone)]
pub(crate) enum Source {
    /// `for var in start..end`, optionally reversed. With `snapshots`, nothing of an iteration is kept
    /// but, of some, what they change.
    Range {
        var: VarId,
        start: Operand,
        end: Operand,
        inclusive: bool,
        reversed: bool,
        snapshots: Option<Snapshots>,
    },
    /// `for pat in place`: each element in order. `index` counts them, `len` is their number.
    Each { index: VarId, len: VarId, place: Place, form: EachForm, element: VarId },
}

/// How a loop is run again in the reverse pass: from snapshots of what its iterations change.
#[derive(Clone)]
pub(crate) struct Snapshots {
    /// How many there are at a time.
    pub(crate) number: Operand,
    /// The variables that the iterations change.
    pub(crate) state: Vec<VarId>,
}

/// How the user wrote the elements of a `for` loop.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum EachForm {
    /// `&place`, `place.iter()` or a reference: the element variable is a reference.
    Shared,
    /// `&mut place` or `place.iter_mut()`.
    Mutable,
    /// As `Shared`, bound by a `&pattern`: the element variable is a value.
    Copied,
    /// `place` by value.
    Owned,
}
