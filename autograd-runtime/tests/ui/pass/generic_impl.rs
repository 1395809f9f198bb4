//! Methods in generic impls, with const generics, associated functions and where clauses.
#![deny(warnings)]

use autograd_runtime::prelude::*;

#[derive(Differentiable, Clone, Debug)]
struct Series<T: Real, const N: usize> {
    c: [T; N],
}

impl<T, const N: usize> Series<T, N>
where
    T: Real,
{
    #[differentiable]
    fn at(&self, x: T) -> T {
        let mut s = self.c[N - 1];
        for i in (0..N - 1).rev() {
            s = s * x + self.c[i];
        }
        s
    }

    #[differentiable(associated)]
    fn times(a: T, b: T) -> T {
        a * b
    }

    #[differentiable]
    fn scaled(&self, x: T) -> T {
        Self::times(self.at(x), x)
    }
}

struct Rule;

impl Rule {
    #[differentiable]
    fn apply<T: Real>(#[no_grad] &self, x: T) -> T {
        x * x
    }
}

fn main() {
    let s = Series { c: [1.0, 2.0, 3.0] };
    let (g, gx) = s.at_grad(2.0);
    assert_eq!((g.c, gx), ([1.0, 2.0, 4.0], 14.0));
    assert_eq!(s.scaled_grad(2.0).1, 17.0 + 28.0);
    assert_eq!(Series::<f64, 1>::times_grad(2.0, 3.0), (3.0, 2.0));
    assert_eq!(Rule.apply_grad(3.0_f32), 6.0);
}
