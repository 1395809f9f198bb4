//! Sets and maps of numbered things.
//!
//! They are sorted lists: what is numbered in order of creation mostly arrives in order. The macros are not
//! optimised when a user builds them, and there these are found in a fraction of the time that a hash takes;
//! and each kind of map that is used is compiled before the user's crate is, so it had better be small.

use super::{Exit, OpId, RegionId, VarId};
use std::marker::PhantomData;
use std::ops::{Deref, Index, Sub};

/// What has a number of its own.
pub(crate) trait Id: Copy {
    fn number(self) -> u64;
}

impl Id for VarId {
    fn number(self) -> u64 {
        u64::from(self.0)
    }
}

impl Id for RegionId {
    fn number(self) -> u64 {
        u64::from(self.0)
    }
}

impl Id for OpId {
    fn number(self) -> u64 {
        u64::from(self.0)
    }
}

impl Id for Exit {
    fn number(self) -> u64 {
        self.target().number() << 1 | u64::from(matches!(self, Self::Continue(_)))
    }
}

impl Id for u32 {
    fn number(self) -> u64 {
        u64::from(self)
    }
}

impl Id for usize {
    fn number(self) -> u64 {
        self as u64
    }
}

/// Pairs of what is numbered by 32 bits, the first of more weight.
impl<A: Id, B: Id> Id for (A, B) {
    fn number(self) -> u64 {
        self.0.number() << 32 | self.1.number()
    }
}

/// Where `id` is in a sorted list, or where it belongs.
fn position<I: Id>(ids: &[I], id: I) -> Result<usize, usize> {
    let id = id.number();
    let [first, .., last] = ids else {
        return match ids {
            [only] if only.number() == id => Ok(0),
            [only] if only.number() < id => Err(1),
            _ => Err(0),
        };
    };
    let last = last.number();
    let (mut low, mut high) = (0, ids.len());
    if id > last {
        return Err(high);
    }
    let first = first.number();
    if id < first {
        return Err(0);
    }
    // Each number is there once at most, so between two elements are no more others than numbers: where nearly all
    // are there, little is left to look at. Where some are missing, they mostly are all along.
    let mut middle = match (id - first).checked_mul(high as u64 - 1) {
        Some(share) => (share / (last - first)) as usize,
        None => high / 2,
    };
    while low < high {
        let found = ids[middle].number();
        if found == id {
            return Ok(middle);
        }
        if found < id {
            low = middle + 1;
            high = high.min(low.saturating_add((id - found) as usize));
        } else {
            high = middle;
            low = low.max(high.saturating_sub((found - id) as usize));
        }
        middle = low + (high - low) / 2;
    }
    Err(low)
}

/// Inserts an element, which mostly belongs behind the last.
fn put<T>(list: &mut Vec<T>, at: usize, element: T) {
    if at == list.len() {
        list.push(element);
    } else {
        list.insert(at, element);
    }
}

/// A set of numbered things, in the order of their numbers.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct IdSet<I>(Vec<I>);

impl<I> IdSet<I> {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }
}

impl<I: Id> IdSet<I> {
    pub(crate) fn contains(&self, id: &I) -> bool {
        position(&self.0, *id).is_ok()
    }

    /// Adds an element. Whether it is new.
    pub(crate) fn insert(&mut self, id: I) -> bool {
        match position(&self.0, id) {
            Ok(_) => false,
            Err(at) => {
                put(&mut self.0, at, id);
                true
            }
        }
    }

    /// Takes an element out. Whether it was there.
    pub(crate) fn remove(&mut self, id: &I) -> bool {
        let found = position(&self.0, *id);
        if let Ok(at) = found {
            self.0.remove(at);
        }
        found.is_ok()
    }

    /// Takes the element with the highest number out.
    pub(crate) fn pop_last(&mut self) -> Option<I> {
        self.0.pop()
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn retain(&mut self, keep: impl FnMut(&I) -> bool) {
        self.0.retain(keep);
    }

    /// What is not in the other set.
    pub(crate) fn difference<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = &'a I> {
        self.0.iter().filter(|id| !other.contains(id))
    }

    /// What is in either set.
    pub(crate) fn union(&self, other: &Self) -> Self {
        let mut both = self.clone();
        both.extend(other);
        both
    }

    /// What is in the other set too.
    pub(crate) fn intersection<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = &'a I> {
        self.0.iter().filter(|id| other.contains(id))
    }
}

impl<I: Id> Sub for &IdSet<I> {
    type Output = IdSet<I>;

    fn sub(self, other: Self) -> IdSet<I> {
        self.difference(other).copied().collect()
    }
}

impl<I> From<I> for IdSet<I> {
    fn from(id: I) -> Self {
        Self(vec![id])
    }
}

impl<I> Default for IdSet<I> {
    fn default() -> Self {
        Self::new()
    }
}

impl<I> Deref for IdSet<I> {
    type Target = [I];

    fn deref(&self) -> &[I] {
        &self.0
    }
}

impl<I: Id> Extend<I> for IdSet<I> {
    fn extend<T: IntoIterator<Item = I>>(&mut self, ids: T) {
        for id in ids {
            self.insert(id);
        }
    }
}

impl<'a, I: Id + 'a> Extend<&'a I> for IdSet<I> {
    fn extend<T: IntoIterator<Item = &'a I>>(&mut self, ids: T) {
        for id in ids {
            self.insert(*id);
        }
    }
}

impl<I: Id> FromIterator<I> for IdSet<I> {
    fn from_iter<T: IntoIterator<Item = I>>(ids: T) -> Self {
        let mut set = Self::new();
        set.extend(ids);
        set
    }
}

impl<'a, I> IntoIterator for &'a IdSet<I> {
    type Item = &'a I;
    type IntoIter = std::slice::Iter<'a, I>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<I> IntoIterator for IdSet<I> {
    type Item = I;
    type IntoIter = std::vec::IntoIter<I>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// A map from numbered things, in the order of their numbers.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct IdMap<I, V> {
    ids: Vec<I>,
    values: Vec<V>,
}

impl<I, V> IdMap<I, V> {
    pub(crate) const fn new() -> Self {
        Self { ids: Vec::new(), values: Vec::new() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    pub(crate) fn keys(&self) -> std::slice::Iter<'_, I> {
        self.ids.iter()
    }

    pub(crate) fn values(&self) -> std::slice::Iter<'_, V> {
        self.values.iter()
    }

    pub(crate) fn values_mut(&mut self) -> std::slice::IterMut<'_, V> {
        self.values.iter_mut()
    }

    pub(crate) fn into_values(self) -> std::vec::IntoIter<V> {
        self.values.into_iter()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&I, &V)> {
        self.ids.iter().zip(&self.values)
    }
}

impl<I: Id, V> IdMap<I, V> {
    pub(crate) fn get(&self, id: &I) -> Option<&V> {
        position(&self.ids, *id).ok().map(|at| &self.values[at])
    }

    pub(crate) fn contains_key(&self, id: &I) -> bool {
        position(&self.ids, *id).is_ok()
    }

    /// Sets a value, and gives back the one that was there.
    pub(crate) fn insert(&mut self, id: I, value: V) -> Option<V> {
        match position(&self.ids, id) {
            Ok(at) => Some(std::mem::replace(&mut self.values[at], value)),
            Err(at) => {
                put(&mut self.ids, at, id);
                put(&mut self.values, at, value);
                None
            }
        }
    }

    pub(crate) fn remove(&mut self, id: &I) -> Option<V> {
        let at = position(&self.ids, *id).ok()?;
        self.ids.remove(at);
        Some(self.values.remove(at))
    }

    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&I, &V) -> bool) {
        let entries = std::mem::take(self);
        self.extend(entries.into_iter().filter(|(id, value)| keep(id, value)));
    }

    /// The value, which is made if there is none.
    pub(crate) fn or_insert_with(&mut self, id: I, make: impl FnOnce() -> V) -> &mut V {
        let at = position(&self.ids, id).unwrap_or_else(|at| {
            put(&mut self.ids, at, id);
            put(&mut self.values, at, make());
            at
        });
        &mut self.values[at]
    }

    pub(crate) fn or_default(&mut self, id: I) -> &mut V
    where
        V: Default,
    {
        self.or_insert_with(id, V::default)
    }
}

impl<I, V> Default for IdMap<I, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<I: Id, V> Index<&I> for IdMap<I, V> {
    type Output = V;

    fn index(&self, id: &I) -> &V {
        self.get(id).expect("it is in the map")
    }
}

impl<I: Id, V> Extend<(I, V)> for IdMap<I, V> {
    fn extend<T: IntoIterator<Item = (I, V)>>(&mut self, entries: T) {
        for (id, value) in entries {
            self.insert(id, value);
        }
    }
}

impl<I: Id, V> FromIterator<(I, V)> for IdMap<I, V> {
    fn from_iter<T: IntoIterator<Item = (I, V)>>(entries: T) -> Self {
        let mut map = Self::new();
        map.extend(entries);
        map
    }
}

impl<'a, I, V> IntoIterator for &'a IdMap<I, V> {
    type Item = (&'a I, &'a V);
    type IntoIter = std::iter::Zip<std::slice::Iter<'a, I>, std::slice::Iter<'a, V>>;

    fn into_iter(self) -> Self::IntoIter {
        self.ids.iter().zip(&self.values)
    }
}

impl<I, V> IntoIterator for IdMap<I, V> {
    type Item = (I, V);
    type IntoIter = std::iter::Zip<std::vec::IntoIter<I>, std::vec::IntoIter<V>>;

    fn into_iter(self) -> Self::IntoIter {
        self.ids.into_iter().zip(self.values)
    }
}

/// A map from most of the numbered things there are, in whatever order they come: each has a place of its own.
pub(crate) struct IdTable<I, V> {
    values: Vec<Option<V>>,
    ids: PhantomData<I>,
}

impl<I: Id, V> IdTable<I, V> {
    pub(crate) fn get(&self, id: &I) -> Option<&V> {
        self.values.get(id.number() as usize)?.as_ref()
    }

    pub(crate) fn contains_key(&self, id: &I) -> bool {
        self.get(id).is_some()
    }

    /// Sets a value, and gives back the one that was there.
    pub(crate) fn insert(&mut self, id: I, value: V) -> Option<V> {
        let at = id.number() as usize;
        if at >= self.values.len() {
            self.values.resize_with(at + 1, || None);
        }
        self.values[at].replace(value)
    }

    pub(crate) fn remove(&mut self, id: &I) -> Option<V> {
        self.values.get_mut(id.number() as usize)?.take()
    }
}

impl<I, V> Default for IdTable<I, V> {
    fn default() -> Self {
        Self { values: Vec::new(), ids: PhantomData }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    /// Numbers without order, some far apart, some close together, some of them again and again.
    fn numbers() -> impl Iterator<Item = u32> {
        let next = |state: &u32| Some(state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
        let states = std::iter::successors(Some(1), next);
        states.take(2_000).map(|state| match state >> 30 {
            0 => u32::MAX - (state >> 8) % 3,
            1 => (state >> 8) % 100_000,
            _ => (state >> 8) % 64,
        })
    }

    #[test]
    fn a_set_is_as_one_of_std() {
        let (mut set, mut expected) = (IdSet::new(), BTreeSet::new());
        for (step, number) in numbers().enumerate() {
            assert_eq!(set.contains(&number), expected.contains(&number), "{number}");
            if step % 3 == 0 {
                assert_eq!(set.remove(&number), expected.remove(&number), "{number}");
            } else {
                assert_eq!(set.insert(number), expected.insert(number), "{number}");
            }
        }
        assert!(set.iter().eq(&expected));
        let (low, expected_low): (IdSet<u32>, BTreeSet<u32>) =
            ((0..40).collect(), (0..40).collect());
        assert!((&set - &low).iter().eq(&(&expected - &expected_low)));
        assert!(set.union(&low).iter().eq(&(&expected | &expected_low)));
        assert!(set.intersection(&low).eq(&(&expected & &expected_low)));
    }

    #[test]
    fn a_map_is_as_one_of_std() {
        let (mut map, mut expected) = (IdMap::new(), BTreeMap::new());
        for (step, number) in numbers().enumerate() {
            let id = VarId(number);
            match step % 4 {
                0 => assert_eq!(map.remove(&id), expected.remove(&id), "{number}"),
                1 => assert_eq!(map.insert(id, step), expected.insert(id, step), "{number}"),
                2 => {
                    let expected = expected.entry(id).or_insert(step);
                    assert_eq!(map.or_insert_with(id, || step), expected, "{number}");
                }
                _ => assert_eq!(map.get(&id), expected.get(&id), "{number}"),
            }
        }
        map.retain(|_, step| step % 2 == 0);
        expected.retain(|_, step| *step % 2 == 0);
        assert!(map.iter().eq(&expected));
    }

    #[test]
    fn pairs_are_in_the_order_of_their_parts() {
        let pairs = [(1, 5), (0, u32::MAX), (1, 0), (0, 0)];
        let set: IdSet<(u32, u32)> = pairs.into_iter().collect();
        assert_eq!(*set, [(0, 0), (0, u32::MAX), (1, 0), (1, 5)]);
    }
}
