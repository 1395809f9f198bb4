//! Constructors.

use super::Tensor;
use crate::Real;
use crate::error::{ShapeError, element_count};
use crate::kernel::pool;
use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};
use rand_distr::{Distribution, StandardNormal};

/// The number of elements of a shape; panics if it cannot be counted.
#[track_caller]
pub(crate) fn len_of(shape: &[usize]) -> usize {
    match element_count(shape) {
        Some(n) => n,
        None => panic!("a tensor of shape {shape:?} has more elements than memory can hold"),
    }
}

impl<const R: usize, T: Real> Tensor<R, T> {
    /// A tensor of zeros.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::<2>::zeros([1, 2]), Tensor::from([[0.0, 0.0]]));
    /// ```
    #[track_caller]
    pub fn zeros(shape: [usize; R]) -> Self {
        Self::full(shape, T::ZERO)
    }

    /// A tensor of ones.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::<2>::ones([1, 2]), Tensor::from([[1.0, 1.0]]));
    /// ```
    #[track_caller]
    pub fn ones(shape: [usize; R]) -> Self {
        Self::full(shape, T::ONE)
    }

    /// Uniform random numbers in `[0, 1)` from a generator that is seeded with `seed`.
    ///
    /// The same seed gives the same numbers on every platform.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// let x = Tensor::<2>::rand([100, 3], 7);
    /// assert!(x.iter().all(|x| (0.0..1.0).contains(x)));
    /// assert_eq!(x, Tensor::rand([100, 3], 7));
    /// ```
    #[track_caller]
    pub fn rand(shape: [usize; R], seed: u64) -> Self {
        Self::rand_with(shape, &mut ChaCha8Rng::seed_from_u64(seed))
    }

    /// Uniform random numbers in `[0, 1)` from `rng`, any generator of the `rand` crates.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// use rand::SeedableRng;
    /// let mut rng = rand::rngs::ChaCha8Rng::seed_from_u64(7);
    /// let (x, y) = (Tensor::<1>::rand_with([4], &mut rng), Tensor::<1>::rand_with([4], &mut rng));
    /// assert_ne!(x, y);
    /// ```
    #[track_caller]
    pub fn rand_with<G: Rng + ?Sized>(shape: [usize; R], rng: &mut G) -> Self {
        // As many random bits as the type's significand holds: rounding could give 1.
        let bits = if T::EPSILON.to_f64() > f64::EPSILON { 24 } else { 53 };
        let unit = T::from_f64((-f64::from(bits)).exp2());
        let mut draw = || T::from_f64((rng.next_u64() >> (64 - bits)) as f64) * unit;
        Self { shape, data: pool::collected((0..len_of(&shape)).map(|_| draw())) }
    }

    /// Random numbers of the standard normal distribution from a generator that is seeded with
    /// `seed`.
    ///
    /// The same seed gives the same numbers on every platform.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// let x = Tensor::<2>::randn([100, 100], 7);
    /// assert!(x.mean().abs() < 0.05);
    /// assert!((x.var() - 1.0).abs() < 0.05);
    /// assert_eq!(x, Tensor::randn([100, 100], 7));
    /// ```
    #[track_caller]
    pub fn randn(shape: [usize; R], seed: u64) -> Self {
        Self::randn_with(shape, &mut ChaCha8Rng::seed_from_u64(seed))
    }

    /// Random numbers of the standard normal distribution from `rng`, any generator of the `rand`
    /// crates.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// use rand::SeedableRng;
    /// let mut rng = rand::rngs::ChaCha8Rng::seed_from_u64(7);
    /// let x = Tensor::<1>::randn_with([4], &mut rng);
    /// assert_eq!(x, Tensor::randn([4], 7));
    /// ```
    #[track_caller]
    pub fn randn_with<G: Rng + ?Sized>(shape: [usize; R], rng: &mut G) -> Self {
        let mut draw = || {
            let x: f64 = StandardNormal.sample(rng);
            T::from_f64(x)
        };
        Self { shape, data: pool::collected((0..len_of(&shape)).map(|_| draw())) }
    }
}

impl<const R: usize, T> Tensor<R, T> {
    /// A tensor of one value.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::full([1, 2], 7.0), Tensor::from([[7.0, 7.0]]));
    /// ```
    #[track_caller]
    pub fn full(shape: [usize; R], value: T) -> Self
    where
        T: Clone,
    {
        Self { shape, data: pool::filled(value, len_of(&shape)) }
    }

    /// A tensor of the elements `data`, which are in row-major order.
    ///
    /// # Errors
    /// If the number of elements is not the product of the dimensions.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// let x = Tensor::from_vec([2, 2], vec![1.0, 2.0, 3.0, 4.0])?;
    /// assert_eq!(x, Tensor::from([[1.0, 2.0], [3.0, 4.0]]));
    /// assert!(Tensor::from_vec([2, 3], vec![1.0, 2.0]).is_err());
    /// # Ok::<_, autograd_runtime::ShapeError>(())
    /// ```
    pub fn from_vec(shape: [usize; R], data: Vec<T>) -> Result<Self, ShapeError> {
        if element_count(&shape) == Some(data.len()) {
            Ok(Self { shape, data })
        } else {
            Err(ShapeError::new(&shape, data.len()))
        }
    }

    /// A tensor whose element at `index` is `f(index)`, called in row-major order.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// let x = Tensor::from_fn([2, 3], |[i, j]| (10 * i + j) as f32);
    /// assert_eq!(x, Tensor::from([[0.0, 1.0, 2.0], [10.0, 11.0, 12.0]]));
    /// ```
    #[track_caller]
    pub fn from_fn(shape: [usize; R], mut f: impl FnMut([usize; R]) -> T) -> Self {
        let mut index = [0; R];
        let data = (0..len_of(&shape)).map(|_| {
            let value = f(index);
            for d in (0..R).rev() {
                index[d] += 1;
                if index[d] < shape[d] {
                    break;
                }
                index[d] = 0;
            }
            value
        });
        Self { shape, data: pool::collected(data) }
    }
}

impl<T: Real> Tensor<2, T> {
    /// The identity matrix of `n` rows.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::eye(2), Tensor::from([[1.0, 0.0], [0.0, 1.0]]));
    /// ```
    #[track_caller]
    pub fn eye(n: usize) -> Self {
        let mut identity = Self::zeros([n, n]);
        identity.data.iter_mut().step_by(n + 1).for_each(|x| *x = T::ONE);
        identity
    }
}

impl<T: Real> Tensor<1, T> {
    /// The numbers `start`, `start + step`, … up to but without `end`.
    ///
    /// # Panics
    /// If `step` is zero or NaN, or if `start` or `end` is not finite.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::arange(1.0, 2.0, 0.25), Tensor::from([1.0, 1.25, 1.5, 1.75]));
    /// assert_eq!(Tensor::arange(2.0, 0.0, -1.0), Tensor::from([2.0, 1.0]));
    /// assert!(Tensor::arange(2.0, 0.0, 1.0).is_empty());
    /// ```
    #[track_caller]
    #[allow(clippy::cast_sign_loss, reason = "the count is limited to numbers from 0")]
    pub fn arange(start: T, end: T, step: T) -> Self {
        assert!(step.abs() > T::ZERO, "arange: the step {step} leads nowhere");
        assert!(
            start.is_finite() && end.is_finite(),
            "arange: {start} and {end} must be finite numbers"
        );
        let count = ((end.to_f64() - start.to_f64()) / step.to_f64()).ceil().max(0.0) as usize;
        let data = pool::collected((0..count).map(|i| start + T::from_usize(i) * step));
        Self { shape: [count], data }
    }
}
