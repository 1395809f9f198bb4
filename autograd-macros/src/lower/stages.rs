//! Running through an iterator chain: what its elements pass after the first filter.

use super::chain::{value_of, Access, Adapter, Chain};
use super::closure::{Closure, Item};
use super::sequence::{usize_literal, Seq};
use super::Lowerer;
use crate::ir::{self, BinaryOp, Exit, OpKind, Operand, Place, RegionId, Role, Ty, Value, VarId};
use proc_macro2::Span;
use quote::quote;
use std::rc::Rc;

/// What an element passes after a filter.
enum Stage {
    Filter(Rc<Closure>),
    Map(Rc<Closure>),
    Copied,
    Enumerate(VarId),
    Take(VarId, Operand),
    Skip(VarId, Operand),
    StepBy(VarId, Operand),
    /// With the elements of a sequence, by number.
    Zip(VarId, Box<Seq>),
    TakeWhile(Rc<Closure>),
    /// With whether one has passed.
    SkipWhile(VarId, Rc<Closure>),
    /// It is a list, whose elements go on.
    Flatten,
    /// What a closure makes of it is a chain, whose elements go on.
    FlatMap(Rc<Closure>),
}

/// The bodies of the loops that an element comes from, of which there are several behind a `flatten`.
#[derive(Clone, Copy)]
pub(super) struct Loops {
    pub(super) outermost: RegionId,
    pub(super) innermost: RegionId,
}

/// A chain that is ready to be run through.
pub(super) struct Run {
    pub(super) seq: Seq,
    stages: Vec<Stage>,
}

/// What is done with each element.
type Each<'e, L> = dyn FnOnce(&mut L, Item, Loops) + 'e;

impl Run {
    /// The number of elements that come out, if it is known before.
    pub(super) fn len(&self) -> Option<Operand> {
        let counts = self.seq.whole_range().is_none() && self.stages.is_empty();
        counts.then(|| self.seq.len()).flatten()
    }
}

impl Lowerer<'_> {
    /// Evaluates what a chain is made of, in the order in which it is written.
    pub(super) fn run(&mut self, chain: &Chain<'_>) -> Run {
        let mut seq = self.source(chain.source);
        let mut stages: Vec<Stage> = Vec::new();
        for adapter in &chain.adapters {
            if stages.is_empty() && !adapter.filters() {
                seq = self.adapt(seq, adapter);
            } else {
                let stage = self.stage(adapter);
                stages.push(stage);
            }
        }
        Run { seq, stages }
    }

    fn stage(&mut self, adapter: &Adapter<'_>) -> Stage {
        match adapter {
            Adapter::Filter(f) => Stage::Filter(self.callable(f, 1)),
            Adapter::Map(f) => Stage::Map(self.callable(f, 1)),
            Adapter::Copied => Stage::Copied,
            Adapter::Enumerate => Stage::Enumerate(self.counter()),
            Adapter::Take(n) => {
                let n = self.pinned(n);
                Stage::Take(self.counter(), n)
            }
            Adapter::Skip(n) => {
                let n = self.pinned(n);
                Stage::Skip(self.counter(), n)
            }
            Adapter::StepBy(n) => {
                let n = self.pinned(n);
                Stage::StepBy(self.counter(), n)
            }
            Adapter::Zip(other) => {
                let other = self.run(other);
                Stage::Zip(self.counter(), Box::new(other.seq))
            }
            Adapter::TakeWhile(f) => Stage::TakeWhile(self.callable(f, 1)),
            Adapter::SkipWhile(f) => Stage::SkipWhile(self.counter(), self.callable(f, 1)),
            Adapter::Flatten => Stage::Flatten,
            Adapter::FlatMap(f) => Stage::FlatMap(self.callable(f, 1)),
            Adapter::Rev | Adapter::Chain(_) => unreachable!("such a chain is not read as one"),
        }
    }

    /// A variable that counts from zero.
    fn counter(&mut self) -> VarId {
        let var = self.temp(Ty::Inactive, Span::mixed_site(), Role::Mutable);
        let zero = Value::Use(Operand::literal(quote!(0_usize), Ty::Inactive));
        self.emit(OpKind::Define { dest: var, value: zero }, Span::mixed_site());
        var
    }

    /// Runs through a chain; `each` lowers what happens to an element, in a loop's body.
    pub(super) fn run_through(
        &mut self,
        run: &Run,
        span: Span,
        each: impl FnOnce(&mut Self, Item, Loops),
    ) {
        self.run_loop(run, None, span, each);
    }

    /// The loop of a chain. `around` are the stages that its elements pass afterwards, in other loops.
    fn run_loop(
        &mut self,
        run: &Run,
        around: Option<(&[Stage], Loops)>,
        span: Span,
        each: impl FnOnce(&mut Self, Item, Loops),
    ) {
        let endless = || {
            let tokens = quote!(::core::primitive::usize::MAX);
            Operand::literal(tokens, Ty::Inactive)
        };
        let whole = run.seq.whole_range();
        let (start, end, inclusive) = match &whole {
            Some((start, end, inclusive)) => (start.clone(), end.clone(), *inclusive),
            None => (usize_literal(0), run.seq.len().unwrap_or_else(endless), false),
        };
        let mut var = None;
        let counts = whole.is_none() && run.stages.is_empty() && around.is_none();
        let body = self.in_region(|this| {
            let index = this.temp(Ty::Inactive, span, Role::LoopIndex);
            var = Some(index);
            let index = Operand::Var(index);
            let before = std::mem::replace(&mut this.before, counts.then(|| index.clone()));
            let body = this.region();
            let loops = Loops { outermost: body, innermost: body };
            if let Some((stages, loops)) = around {
                this.check_takes(stages, loops, span);
            }
            this.check_takes(&run.stages, loops, span);
            let item = match whole {
                Some(_) => this.element_of_range(&run.seq, &index, span),
                None => this.element_of(&run.seq, &index, span),
            };
            this.pass(&run.stages, item, loops, span, each);
            this.before = before;
            None
        });
        let var = var.expect("the body was lowered");
        let source =
            ir::Source::Range { var, start, end, inclusive, reversed: false, snapshots: None };
        self.emit(OpKind::For { source, body }, span);
    }

    /// A `take` after a filter ends the loop before the next element is looked at, and so does a list
    /// that it is zipped with.
    fn check_takes(&mut self, stages: &[Stage], loops: Loops, span: Span) {
        for stage in stages {
            let (counter, n) = match stage {
                Stage::Take(counter, n) => (counter, n.clone()),
                Stage::Zip(counter, other) => match other.len() {
                    Some(len) => (counter, len),
                    None => continue,
                },
                _ => continue,
            };
            let n = &n;
            let (c, t) = (self.var(*counter).ident.clone(), self.tokens_of(n));
            let taken = self.integer(&quote!(#c >= #t), &[&Operand::Var(*counter), n], span);
            self.select(
                taken,
                span,
                |this| {
                    this.emit(OpKind::Exit(Exit::Break(loops.outermost)), span);
                    None
                },
                |_| None,
            );
        }
    }

    fn pass(
        &mut self,
        stages: &[Stage],
        item: Item,
        loops: Loops,
        span: Span,
        each: impl FnOnce(&mut Self, Item, Loops),
    ) {
        // `each` is used once: on the path of the elements that pass.
        let Some((stage, rest)) = stages.split_first() else { return each(self, item, loops) };
        match stage {
            Stage::Filter(f) => {
                let cond = self.test_item(f, &item, span);
                self.pass_if(cond, rest, item, loops, span, each);
            }
            Stage::Map(f) => {
                let value = self.inline(f, vec![item], span);
                let item = Item::Value(value.unwrap_or_else(|| Self::poisoned(span)));
                self.pass_boxed(rest, item, loops, span, each);
            }
            Stage::Copied => {
                let item = self.copied(item, span);
                self.pass_boxed(rest, item, loops, span, each);
            }
            Stage::Enumerate(counter) => {
                let number = self.define(Value::Load(Place::var(*counter)), Ty::Inactive, span);
                self.pin(&number);
                self.increment(*counter, span);
                let item = Item::Tuple(vec![Item::Value(number), item]);
                self.pass_boxed(rest, item, loops, span, each);
            }
            Stage::TakeWhile(f) => {
                let cond = self.test_item(f, &item, span);
                let then = |this: &mut Self| {
                    this.pass_boxed(rest, item, loops, span, each);
                    None
                };
                self.select(cond, span, then, |this| {
                    this.emit(OpKind::Exit(Exit::Break(loops.outermost)), span);
                    None
                });
            }
            Stage::Zip(counter, other) => {
                let number = self.define(Value::Load(Place::var(*counter)), Ty::Inactive, span);
                self.pin(&number);
                self.increment(*counter, span);
                let with = self.element_of(other, &number, span);
                let item = Item::Tuple(vec![item, with]);
                self.pass_boxed(rest, item, loops, span, each);
            }
            Stage::StepBy(counter, n) => {
                let (c, t) = (self.var(*counter).ident.clone(), self.tokens_of(n));
                let through =
                    self.integer(&quote!(#c % #t == 0), &[&Operand::Var(*counter), n], span);
                self.increment(*counter, span);
                self.pass_if(through, rest, item, loops, span, each);
            }
            Stage::SkipWhile(passed, f) => {
                let through = self.has_begun(*passed, f, &item, span);
                self.pass_if(through, rest, item, loops, span, each);
            }
            Stage::Flatten => {
                let run = self.elements(item, span);
                self.pass_within(&run, rest, loops, span, each);
            }
            Stage::FlatMap(f) => self.flat_map(f, item, rest, loops, span, each),
            Stage::Take(counter, _) => {
                self.increment(*counter, span);
                self.pass_boxed(rest, item, loops, span, each);
            }
            Stage::Skip(counter, n) => {
                let (c, t) = (self.var(*counter).ident.clone(), self.tokens_of(n));
                let through = self.integer(&quote!(#c >= #t), &[&Operand::Var(*counter), n], span);
                self.increment(*counter, span);
                self.pass_if(through, rest, item, loops, span, each);
            }
        }
    }

    fn pass_if(
        &mut self,
        cond: Operand,
        stages: &[Stage],
        item: Item,
        loops: Loops,
        span: Span,
        each: impl FnOnce(&mut Self, Item, Loops),
    ) {
        let then = |this: &mut Self| {
            this.pass_boxed(stages, item, loops, span, each);
            None
        };
        self.select(cond, span, then, |_| None);
    }

    /// Whether an element passes a `skip_while`: those before it are tried until one does.
    fn has_begun(&mut self, passed: VarId, f: &Closure, item: &Item, span: Span) -> Operand {
        let counter = Operand::Var(passed);
        let count = self.tokens_of(&counter);
        let waiting = self.integer(&quote!(#count == 0), &[&counter], span);
        let try_it = |this: &mut Self| {
            let skipped = this.test_item(f, item, span);
            let begin = |this: &mut Self| {
                this.increment(passed, span);
                None
            };
            this.select(skipped, span, |_| None, begin);
            None
        };
        self.select(waiting, span, try_it, |_| None);
        self.integer(&quote!(#count > 0), &[&counter], span)
    }

    /// The elements of a list that is an element.
    fn elements(&mut self, item: Item, span: Span) -> Run {
        let (place, access) = match item {
            Item::Ref { place, mutable: true } => (place, Access::Mutable),
            Item::Ref { place, mutable: false } => (place, Access::Shared),
            Item::Referred(var) => (Place::var(var), Access::Shared),
            item => {
                let value = self.item_value(item, span);
                (Place::var(self.materialized(value, span)), Access::Into)
            }
        };
        let len = Operand::Var(self.length(&place, span));
        Run { seq: Seq::List { place, access, len }, stages: Vec::new() }
    }

    fn flat_map(
        &mut self,
        f: &Closure,
        item: Item,
        rest: &[Stage],
        loops: Loops,
        span: Span,
        each: impl FnOnce(&mut Self, Item, Loops),
    ) {
        let around = (self.scopes.clone(), self.targets.clone());
        self.in_closure(f, vec![item], |this| {
            let chain = Chain::of_iterable(value_of(&f.body)).expect("it was read as a chain");
            let run = this.run(&chain);
            // What follows is not in the closure's scope.
            let scopes = std::mem::replace(&mut this.scopes, around.0);
            let targets = std::mem::replace(&mut this.targets, around.1);
            this.pass_within(&run, rest, loops, span, each);
            (this.scopes, this.targets) = (scopes, targets);
        });
    }

    /// Lets all elements of a chain that is an element pass.
    fn pass_within(
        &mut self,
        run: &Run,
        stages: &[Stage],
        loops: Loops,
        span: Span,
        each: impl FnOnce(&mut Self, Item, Loops),
    ) {
        let each: Box<Each<'_, Self>> = Box::new(each);
        let within: Box<Each<'_, Self>> = Box::new(|this, item, inner| {
            let loops = Loops { innermost: inner.innermost, ..loops };
            this.pass_dyn(stages, item, loops, span, each);
        });
        self.run_loop(run, Some((stages, loops)), span, within);
    }

    /// [`pass`](Self::pass), whose type would otherwise contain itself.
    fn pass_boxed<'s>(
        &mut self,
        stages: &[Stage],
        item: Item,
        loops: Loops,
        span: Span,
        each: impl FnOnce(&mut Self, Item, Loops) + 's,
    ) {
        self.pass_dyn(stages, item, loops, span, Box::new(each));
    }

    fn pass_dyn(
        &mut self,
        stages: &[Stage],
        item: Item,
        loops: Loops,
        span: Span,
        each: Box<Each<'_, Self>>,
    ) {
        self.pass(stages, item, loops, span, each);
    }

    fn increment(&mut self, counter: VarId, span: Span) {
        let old = self.define(Value::Load(Place::var(counter)), Ty::Inactive, span);
        let new = Value::Binary(BinaryOp::Add, old, usize_literal(1));
        let new = self.define(new, Ty::Inactive, span);
        self.pin(&new);
        self.emit(OpKind::Store { place: Place::var(counter), value: new }, span);
    }
}
