//! What is known of dimensions, and of values that consist of them.

use std::fmt;

/// A dimension of a tensor, or an integer that may be one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Dim {
    Unknown,
    /// A number times names, which are sorted. Different products are different lengths: a name stands for
    /// any length, so that what fits only for some of them does not fit.
    Product(usize, Vec<String>),
}

impl Dim {
    pub(super) fn length(length: usize) -> Self {
        Self::Product(length, Vec::new())
    }

    pub(super) fn named(name: String) -> Self {
        Self::Product(1, vec![name])
    }

    /// The number that it is, if that is known.
    pub(super) fn number(&self) -> Option<usize> {
        match self {
            Self::Product(number, names) if names.is_empty() => Some(*number),
            _ => None,
        }
    }

    /// The name that it is, if it is nothing else.
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Product(1, names) if names.len() == 1 => Some(&names[0]),
            _ => None,
        }
    }

    pub(super) fn times(&self, other: &Self) -> Self {
        let (Self::Product(a, names), Self::Product(b, others)) = (self, other) else {
            return Self::Unknown;
        };
        let Some(number) = a.checked_mul(*b) else { return Self::Unknown };
        let mut names = [names.as_slice(), others].concat();
        names.sort();
        Self::Product(number, names)
    }

    /// The number of elements of a tensor.
    pub(super) fn product(dims: &[Self]) -> Self {
        dims.iter().fold(Self::length(1), |product, dim| product.times(dim))
    }

    /// What is known of either of two.
    fn join(&self, other: &Self) -> Self {
        if self == other {
            self.clone()
        } else {
            Self::Unknown
        }
    }

    /// The dimension that two which must be equal are, or nothing if they are not.
    pub(super) fn same(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (Self::Unknown, known) | (known, Self::Unknown) => Some(known.clone()),
            (one, other) => (one == other).then(|| one.clone()),
        }
    }

    /// The dimension that two are broadcast to, or nothing if they do not fit.
    pub(super) fn broadcast(&self, other: &Self) -> Option<Self> {
        match (self.number(), other.number()) {
            (Some(1), _) => Some(other.clone()),
            (_, Some(1)) => Some(self.clone()),
            // One that is not known is 1 or equal to the other, which is not 1 for all lengths.
            _ => self.same(other),
        }
    }
}

impl fmt::Display for Dim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("_"),
            Self::Product(number, names) if names.is_empty() => write!(f, "{number}"),
            Self::Product(1, names) => f.write_str(&names.join(" * ")),
            Self::Product(number, names) => write!(f, "{number} * {}", names.join(" * ")),
        }
    }
}

/// `[n, d]`
pub(super) fn shape(dims: &[Dim]) -> String {
    let dims: Vec<String> = dims.iter().map(Dim::to_string).collect();
    format!("[{}]", dims.join(", "))
}

/// What is known of a value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Fact {
    /// A tensor of these dimensions.
    Tensor(Vec<Dim>),
    /// A list of this length.
    List(Dim),
    Integer(Dim),
    /// A tuple or an array.
    Parts(Vec<Option<Fact>>),
}

impl Fact {
    /// What is known of a value that is one or the other.
    pub(super) fn join(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (Self::Tensor(a), Self::Tensor(b)) if a.len() == b.len() => {
                Some(Self::Tensor(a.iter().zip(b).map(|(a, b)| a.join(b)).collect()))
            }
            (Self::List(a), Self::List(b)) => Some(Self::List(a.join(b))),
            (Self::Integer(a), Self::Integer(b)) => Some(Self::Integer(a.join(b))),
            (Self::Parts(a), Self::Parts(b)) if a.len() == b.len() => {
                let parts = a.iter().zip(b).map(|(a, b)| a.as_ref()?.join(b.as_ref()?));
                Some(Self::Parts(parts.collect()))
            }
            _ => None,
        }
    }

    /// A tensor of which the rank alone is known.
    pub(super) fn of_rank(rank: usize) -> Self {
        Self::Tensor(vec![Dim::Unknown; rank])
    }

    /// What is known of a value of the same type: the rank of a tensor.
    pub(super) fn forget(&self) -> Option<Self> {
        match self {
            Self::Tensor(dims) => Some(Self::of_rank(dims.len())),
            _ => None,
        }
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tensor(dims) => f.write_str(&shape(dims)),
            Self::List(dim) => write!(f, "list [{dim}]"),
            Self::Integer(dim) => write!(f, "{dim}"),
            Self::Parts(parts) => {
                let part = |part: &Option<Self>| {
                    part.as_ref().map_or_else(|| "?".to_owned(), Self::to_string)
                };
                let parts: Vec<String> = parts.iter().map(part).collect();
                write!(f, "({})", parts.join(", "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Dim;

    #[test]
    fn products_do_not_depend_on_the_order() {
        let (n, d) = (Dim::named("n".to_owned()), Dim::named("d".to_owned()));
        let doubled = n.times(&Dim::length(2));
        assert_eq!(doubled.times(&d), d.times(&doubled));
        assert_eq!(doubled.times(&d).to_string(), "2 * d * n");
        assert_eq!(n.times(&Dim::Unknown), Dim::Unknown);
        assert_eq!(Dim::length(usize::MAX).times(&Dim::length(2)), Dim::Unknown, "no overflow");
        assert_eq!(Dim::product(&[]).number(), Some(1), "a tensor of rank 0 has an element");
    }

    #[test]
    fn broadcasting_is_numpys() {
        let (n, d, one) = (Dim::named("n".to_owned()), Dim::named("d".to_owned()), Dim::length(1));
        assert_eq!(n.broadcast(&one), Some(n.clone()));
        assert_eq!(one.broadcast(&n), Some(n.clone()));
        assert_eq!(one.broadcast(&Dim::Unknown), Some(Dim::Unknown));
        assert_eq!(Dim::Unknown.broadcast(&n), Some(n.clone()));
        assert_eq!(n.broadcast(&d), None, "they are equal for some lengths only");
        assert_eq!(n.broadcast(&Dim::length(3)), None);
        assert_eq!(n.same(&one), None);
    }
}
