//! Names that are taken.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// A set of names, which makes new ones.
#[derive(Default)]
pub(crate) struct Names {
    taken: HashSet<String, BuildHasherDefault<NameHasher>>,
    /// The number to try next behind a stem.
    next: HashMap<String, u32, BuildHasherDefault<NameHasher>>,
}

impl Names {
    /// Takes a name. Whether it was free.
    pub(crate) fn insert(&mut self, name: String) -> bool {
        self.taken.insert(name)
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.taken.contains(name)
    }

    pub(crate) fn len(&self) -> usize {
        self.taken.len()
    }

    /// Takes the name of a stem with the lowest number behind it, from 2 on, that makes a free one.
    pub(crate) fn numbered(&mut self, stem: &str) -> String {
        // Those below are taken: to look at them each time would take as long as there are such names.
        let next = self.next.entry(stem.to_owned()).or_insert(2);
        loop {
            let name = format!("{stem}{next}");
            *next += 1;
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }
}

impl Extend<String> for Names {
    fn extend<T: IntoIterator<Item = String>>(&mut self, names: T) {
        for name in names {
            self.taken.insert(name);
        }
    }
}

/// FNV-1a (Fowler, Noll and Vo): short names are hashed in a fraction of the time of the default, which counts in
/// macros that are built without optimisation.
struct NameHasher(u64);

impl Default for NameHasher {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for NameHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn numbers_are_behind_names_that_are_taken() {
        let mut names = Names::default();
        assert!(names.insert("x".to_owned()));
        assert!(!names.insert("x".to_owned()));
        names.extend(["x2".to_owned(), "x4".to_owned()]);
        assert_eq!(names.numbered("x"), "x3");
        assert_eq!(names.numbered("x"), "x5");
        assert_eq!(names.numbered("y_"), "y_2");
        assert!(names.contains("y_2") && !names.contains("y_3"));
    }
}
