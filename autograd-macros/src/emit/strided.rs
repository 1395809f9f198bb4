//! Loops of the reverse pass that go through lists with unit stride.
//!
//! ```text
//! for t in (a..b).rev() { x_bar[start + t] += y_bar * w[t]; }
//! ```
//!
//! takes the parts of the lists before the loop, which then knows their length and needs no bounds checks:
//!
//! ```text
//! strided2(&mut x_bar[start + a..][..b - a], &w[a..][..b - a], |part0, part1| {
//!     for trip in 0..b - a { part0[trip] += y_bar * part1[trip]; }
//! });
//! ```
//!
//! As parameters the parts are known not to overlap, so that what is read of one need not be read again after a write
//! to another. The forward pass came through all iterations, so that all of these elements are there.
//!
//! If the iterations only add, and each to elements of its own, their order does not matter. Then a loop that adds to
//! a list in several places is one loop for each place.

use super::affine::Affine;
use super::fission::Share;
use super::names::ident;
use super::operand::projections;
use super::Emitter;
use crate::ir::{IdMap, IdSet, Operand, Place, Proj, RegionId, Source, Ty, VarId};
use crate::residual::Item;
use crate::transform::adjoint::{Branch, Expr, Left, Node, Stmt, Target};
use crate::transform::sums::is_same;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use std::cell::RefCell;
use std::rc::Rc;

/// How many parts a loop has at most.
const MOST: usize = 8;

/// A loop that is being emitted, and the parts of lists that its iterations go through.
pub(super) struct Strided {
    pub(super) region: RegionId,
    pub(super) inside: IdSet<RegionId>,
    /// The variable of the primal's loop, and whether it counts down.
    pub(super) var: VarId,
    pub(super) reversed: bool,
    /// Cotangents that have one place in the loop.
    pub(super) bars: IdSet<VarId>,
    /// Whether a loop that comes after takes the cotangents that this one reads.
    keeps: bool,
    parts: RefCell<Vec<Part>>,
}

struct Part {
    /// Of a cotangent or of the primal.
    is_bar: bool,
    /// The element of the list that an iteration goes to.
    element: Place,
    tokens: TokenStream,
}

/// A path through a list by one element in each iteration.
pub(super) struct Stride {
    /// How much of the path leads to the list.
    list: usize,
    /// How many of the projections that follow lead to the element.
    steps: usize,
    /// The index of the first element.
    first: TokenStream,
}

/// What a loop of the primal runs over.
pub(super) struct Bounds {
    pub(super) var: VarId,
    start: TokenStream,
    end: TokenStream,
    pub(super) reversed: bool,
}

impl Emitter<'_> {
    /// The reverse of a loop that goes through lists with unit stride, if it does.
    pub(super) fn strided(
        &self,
        source: &Source,
        body: &Branch<'_>,
        span: Span,
    ) -> Option<TokenStream> {
        let bounds = self.bounds(source, body)?;
        let shares = self.shares(&bounds, body);
        let looped = |share: &Share<'_, '_>| self.strided_loop(&bounds, body, share, span);
        let loops: TokenStream = shares.iter().map(looped).collect::<Option<_>>()?;
        let region = body.region.id;
        let [first, count] = ["first", "count"].map(ident);
        let frames = self.stack(region).zip(self.run(region));
        let latest = frames.map(|(stack, run)| {
            let latest = quote!(let mut #run = #stack.latest(&(0..#count)););
            (latest, quote!(#stack.put_earlier(#run);))
        });
        let (latest, earlier) = latest.unzip();
        let (krate, Bounds { start, end, .. }) = (&self.krate_at(span), bounds);
        Some(quote! {
            let #first = #start;
            let #count = #krate::private::Counter::count(#first, #end);
            if #count > 0 {
                #latest
                #loops
                #earlier
            }
        })
    }

    fn bounds(&self, source: &Source, body: &Branch<'_>) -> Option<Bounds> {
        let is_array = self.residuals.frames.arrays.contains_key(&body.region.id);
        if self.target.args.anomaly || is_array || !body.body.iter().all(is_straight) {
            return None;
        }
        match source {
            Source::Range { var, start, end, inclusive: false, reversed, snapshots: None } => {
                let (start, end) = (self.index_operand(start), self.index_operand(end));
                Some(Bounds { var: *var, start, end, reversed: *reversed })
            }
            Source::Each { index, len, .. } => {
                let end = self.index_operand(&Operand::Var(*len));
                Some(Bounds { var: *index, start: quote!(0), end, reversed: false })
            }
            Source::Range { .. } => None,
        }
    }

    /// A loop that runs some of the statements, if it goes through anything with unit stride.
    fn strided_loop(
        &self,
        bounds: &Bounds,
        body: &Branch<'_>,
        share: &Share<'_, '_>,
        span: Span,
    ) -> Option<TokenStream> {
        let region = body.region.id;
        let strided = Rc::new(Strided::new(bounds, body, share));
        let (stmts, ascends) = self.within(&strided, || {
            let (prologue, recycled) = (self.prologue(region), self.recycled(region, &body.body));
            let stmts = share.stmts.iter().map(|stmt| self.reverse_stmt(stmt));
            let stmts = quote!(#prologue #(#stmts)* #recycled);
            let is_independent = self.is_independent(&share.stmts, &strided, &IdSet::new());
            (stmts, bounds.reversed || is_independent)
        });
        let parts = strided.parts.take();
        if parts.is_empty() {
            return None;
        }
        let [first, count, trip, all] = ["first", "count", "trip", "all"].map(ident);
        let range = if ascends { quote!(0..#count) } else { quote!((0..#count).rev()) };
        let run = self.run(region);
        let names = self.frame(region);
        let (frames, frame) = match &run {
            None => (None, None),
            Some(run) if self.has_copied_frames(region) => {
                // The frames are in the order of the forward pass.
                let position =
                    if bounds.reversed { quote!(#count - 1 - #trip) } else { quote!(#trip) };
                (
                    Some(quote!(let #all = #run.all();)),
                    Some(quote!(let (#(#names,)*) = #all[#position];)),
                )
            }
            Some(run) => (None, Some(quote!(let (#(#names,)*) = #run.pop();))),
        };
        let name = self.reverse_name(bounds.var);
        let (krate, function) = (&self.krate_at(span), ident(&format!("strided{}", parts.len())));
        let names = (0..parts.len()).map(part_name);
        let parts = parts.into_iter().map(|part| part.tokens);
        Some(quote! {
            #krate::private::#function(#(#parts,)* |#(#names),*| {
                #frames
                for #trip in #range {
                    let #name = #krate::private::Counter::up(#first, #trip);
                    #frame #stmts
                }
            });
        })
    }

    /// Whether the frames of a loop's iterations are scalars.
    fn has_copied_frames(&self, region: RegionId) -> bool {
        let items = self.residuals.frames.items.get(&region);
        items.into_iter().flatten().all(|item| match item {
            Item::Value(var) | Item::Partial(var) => self.function.var(*var).ty.is_float(),
            _ => false,
        })
    }

    /// What `f` gives while places stand for elements of the loop's parts.
    pub(super) fn within<R>(&self, strided: &Rc<Strided>, f: impl FnOnce() -> R) -> R {
        *self.strided.borrow_mut() = Some(Rc::clone(strided));
        let given = f();
        *self.strided.borrow_mut() = None;
        given
    }

    /// Whether the order of the iterations does not matter: they only add, each to elements of its own, or to sums, or
    /// to `apart`.
    pub(super) fn is_independent(
        &self,
        stmts: &[&Stmt<'_>],
        strided: &Strided,
        apart: &IdSet<VarId>,
    ) -> bool {
        let counters = &self.residuals.counters;
        let mut steps = counters.steps.get(&strided.region).into_iter().flatten();
        if steps.any(|step| counters.used.contains(&step.counter))
            || self.residuals.restored.contains_key(&strided.region)
            || !self.has_copied_frames(strided.region)
        {
            return false;
        }
        let (read, changes) = (read(stmts), changes(stmts));
        let changed: IdSet<VarId> = changes.iter().map(|(target, _)| target.root).collect();
        let is_own = |target: &Target| {
            strided.inside.contains(&self.function.var(target.root).region)
                || self.emptied(target).is_some()
                || self.part(target, true).is_some()
        };
        let is_sum = |target: &Target, adds: bool| {
            let is_whole = target.path.is_empty() && adds && !read.contains(&target.root);
            is_whole || self.sum_of(target).is_some()
        };
        let may_be_read = |place: &Target| is_own(place) || !changed.contains(&place.root);
        let is_apart = |target: &Target, adds: bool| adds && apart.contains(&target.root);
        let fits = |(target, adds): &(Target, bool)| {
            is_own(target) || is_sum(target, *adds) || is_apart(target, *adds)
        };
        changes.iter().all(fits) && parts_read(stmts).iter().all(may_be_read)
    }

    /// The element of a part that stands for a place in the loop that is being emitted.
    pub(super) fn part(&self, place: &Place, is_bar: bool) -> Option<TokenStream> {
        let strided = self.strided.borrow().clone()?;
        let is_outer = !strided.inside.contains(&self.function.var(place.root).region);
        let is_alone =
            !is_bar || (strided.bars.contains(&place.root) && !self.growing.contains(&place.root));
        if !is_outer || !is_alone {
            return None;
        }
        let stride = self.stride(place, &strided)?;
        let list = Place { root: place.root, path: place.path[..stride.list].to_vec() };
        let end = stride.list + stride.steps;
        let element = Place { root: place.root, path: place.path[..end].to_vec() };
        let known = strided
            .parts
            .borrow()
            .iter()
            .position(|part| part.is_bar == is_bar && is_same(&part.element, &element));
        let number = known.unwrap_or_else(|| strided.parts.borrow().len());
        if known.is_none() {
            if number == MOST {
                return None;
            }
            let tokens = self.part_of(&list, &stride.first, is_bar, &strided)?;
            strided.parts.borrow_mut().push(Part { is_bar, element, tokens });
        }
        let (part, trip) = (part_name(number), ident("trip"));
        Some(projections(quote!(#part[#trip]), &place.path[end..], |index| {
            self.index_operand(index)
        }))
    }

    /// How a place goes through a list by one element in each iteration, if it does.
    pub(super) fn stride(&self, place: &Place, strided: &Strided) -> Option<Stride> {
        let affine = |operand: &Operand| self.affine(operand, strided);
        let stride = |(list, projs): (usize, &[Proj])| match projs {
            [Proj::Index(index), ..] => {
                let Affine { first, .. } = affine(index).filter(|index| index.grows)?;
                Some(Stride { list, steps: 1, first })
            }
            [Proj::Slice { start: Some(start), .. }, Proj::Index(index), ..] => {
                let (start, index) = (affine(start)?, affine(index)?);
                let (start, index) =
                    (start.grows && !index.grows).then_some((start.first, index.first))?;
                Some(Stride { list, steps: 2, first: quote!((#start + #index)) })
            }
            _ => None,
        };
        (0..place.path.len()).map(|at| (at, &place.path[at..])).find_map(stride)
    }

    /// The part of a list that begins with the element of the first iteration.
    fn part_of(
        &self,
        list: &Place,
        first: &TokenStream,
        is_bar: bool,
        strided: &Strided,
    ) -> Option<TokenStream> {
        let is_list = match self.function.place_ty(list) {
            Ty::Vec(element) | Ty::Slice(element) => !is_bar || is_of_floats(&element),
            _ => false,
        };
        if !is_list || !list.path.iter().all(|proj| self.is_fixed(proj, strided)) {
            return None;
        }
        let root = if is_bar { self.bar(list.root) } else { self.reverse_name(list.root) };
        let tokens = projections(quote!(#root), &list.path, |index| {
            self.affine(index, strided).expect("is fixed").first
        });
        let (mutable, count) = (is_bar.then(|| quote!(mut)), ident("count"));
        Some(quote!(&#mutable #tokens[#first..][..#count]))
    }

    /// A cotangent that a later loop takes, if it is only read by the one that is being emitted.
    pub(super) fn kept(&self, target: &Target) -> Option<TokenStream> {
        let strided = self.strided.borrow().clone().filter(|strided| strided.keeps)?;
        let is_outer = !strided.inside.contains(&self.function.var(target.root).region);
        is_outer.then(|| self.bar_place(target))
    }
}

impl Strided {
    pub(super) fn new(bounds: &Bounds, body: &Branch<'_>, share: &Share<'_, '_>) -> Self {
        let read = read(&share.stmts);
        let alone = places(&share.stmts).into_iter().filter(|(_, places)| places.len() == 1);
        Self {
            region: body.region.id,
            inside: body.region.with_inner(),
            var: bounds.var,
            reversed: bounds.reversed,
            bars: alone.map(|(var, _)| var).filter(|var| !read.contains(var)).collect(),
            keeps: share.keeps,
            parts: RefCell::default(),
        }
    }
}

fn part_name(number: usize) -> Ident {
    ident(&format!("part{number}"))
}

/// Whether a statement does in each iteration what it does in one.
fn is_straight(stmt: &Stmt<'_>) -> bool {
    match stmt {
        Stmt::Let { .. } | Stmt::Add { .. } | Stmt::Zero { .. } => true,
        Stmt::Clear { left, .. } => *left == Left::Scalar,
        _ => false,
    }
}

/// The places of each cotangent that statements use.
pub(super) fn places(stmts: &[&Stmt<'_>]) -> IdMap<VarId, Vec<Target>> {
    let mut places: IdMap<VarId, Vec<Target>> = IdMap::new();
    for stmt in stmts {
        stmt.visit(&mut |node| {
            let Node::Target(target) = node else { return };
            let known = places.or_default(target.root);
            if !known.iter().any(|place| is_same(place, target)) {
                known.push(target.clone());
            }
        });
    }
    places
}

/// The cotangents that statements change, and whether they add to them and do nothing else.
pub(super) fn changes(stmts: &[&Stmt<'_>]) -> Vec<(Target, bool)> {
    let mut changes = Vec::new();
    for stmt in stmts {
        match stmt {
            Stmt::Add { target, first, .. } => changes.push((target.clone(), !first)),
            Stmt::Clear { target, .. } => changes.push((target.clone(), false)),
            _ => {}
        }
        stmt.visit(&mut |node| {
            if let Node::Expr(Expr::Take { target, .. } | Expr::Undone { target, .. }) = node {
                changes.push((target.clone(), false));
            }
        });
    }
    changes
}

/// The parts of cotangents that statements read.
pub(super) fn parts_read(stmts: &[&Stmt<'_>]) -> Vec<Target> {
    let mut parts = Vec::new();
    for stmt in stmts {
        stmt.visit(&mut |node| {
            if let Node::Expr(Expr::Part(place)) = node {
                parts.push(place.clone());
            }
        });
    }
    parts
}

/// The cotangents that statements read as wholes.
pub(super) fn read(stmts: &[&Stmt<'_>]) -> IdSet<VarId> {
    let mut read = IdSet::new();
    for stmt in stmts {
        stmt.visit(&mut |node| {
            if let Node::Expr(
                Expr::Bar { var, .. }
                | Expr::Moved { var, .. }
                | Expr::Number { like: var, .. }
                | Expr::Selected { dest: var, .. },
            ) = node
            {
                read.insert(*var);
            }
        });
    }
    read
}

fn is_of_floats(ty: &Ty) -> bool {
    match ty {
        Ty::Float(_) => true,
        Ty::Array(element, _) => is_of_floats(element),
        _ => false,
    }
}
