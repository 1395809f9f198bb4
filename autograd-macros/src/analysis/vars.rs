//! Sets of variables, as bits: the analyses copy and join them at every branch.

use crate::ir::VarId;

const BITS: usize = u64::BITS as usize;

/// A set of variables.
#[derive(Clone, Default)]
pub(super) struct Vars(Vec<u64>);

impl Vars {
    fn bit(var: VarId) -> (usize, u64) {
        let index = var.0 as usize;
        (index / BITS, 1 << (index % BITS))
    }

    pub(super) fn contains(&self, var: VarId) -> bool {
        let (word, bit) = Self::bit(var);
        self.0.get(word).is_some_and(|bits| bits & bit != 0)
    }

    pub(super) fn insert(&mut self, var: VarId) {
        let (word, bit) = Self::bit(var);
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= bit;
    }

    /// Whether the variable was in the set.
    pub(super) fn remove(&mut self, var: VarId) -> bool {
        let (word, bit) = Self::bit(var);
        let Some(bits) = self.0.get_mut(word) else { return false };
        let was = *bits & bit != 0;
        *bits &= !bit;
        was
    }

    /// Takes in all of another set.
    pub(super) fn join(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine |= theirs;
        }
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

/// By what is in them: one may have been longer.
impl PartialEq for Vars {
    fn eq(&self, other: &Self) -> bool {
        let (short, long) =
            if self.0.len() < other.0.len() { (self, other) } else { (other, self) };
        let (same, rest) = long.0.split_at(short.0.len());
        same == short.0 && rest.iter().all(|bits| *bits == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::Vars;
    use crate::ir::VarId;

    #[test]
    fn is_a_set() {
        let (low, high) = (VarId(3), VarId(200));
        let mut one = Vars::default();
        one.insert(low);
        let mut both = one.clone();
        both.insert(high);
        assert!(both.contains(low) && both.contains(high) && !one.contains(high));
        assert!(one != both);

        let mut joined = one.clone();
        joined.join(&both);
        assert!(joined == both);
        assert!(joined.remove(high), "it was there");
        assert!(!joined.remove(high), "it is there no more");
        assert!(joined == one, "the longer one is the left");
        assert!(one == joined, "the longer one is the right");
    }
}
