//! What generated code calls to compute several element-wise operations in one pass.
//!
//! The forward pass derives the shape of the result operation by operation, so that shapes that do
//! not fit are reported at the operation, and runs one kernel. The reverse pass runs another, which
//! computes the cotangents of all operands from those of the values and from the operands.

use crate::differentiable::{Differentiable, NoTangent, Tangent};
use crate::kernel::fused::{Input, Sink, run};
use crate::kernel::pool;
use crate::kernel::{ElementwiseKernel, Lane};
use crate::ops::broadcast::{Broadcast, BroadcastRank, broadcast_shape};
use crate::ops::rank::{AnyRank, Rank};
use crate::place::Place;
use crate::witness::Witness;
use crate::{Real, Tensor};

/// What a fused pass reads: a tensor, or a scalar, which is the same for all elements.
#[diagnostic::on_unimplemented(
    message = "no derivative is known for this operator on a `{Self}`",
    label = "operators are differentiated on scalars and tensors only",
    note = "write a `#[differentiable]` method for this type and call it instead of the operator"
)]
pub trait Operand {
    /// What it is made of.
    type Scalar: Real;
    /// Its type and shape.
    type Like: Copy;
    /// What its gradient is.
    type Gradient;
    /// Its type and shape.
    fn like(&self) -> Self::Like;
    /// Its elements.
    fn input(&self) -> Input<'_, Self::Scalar>;
    /// The gradient, of what [`forward`] made for [`Want::Gradient`].
    fn gradient(&self, output: Output<Self::Scalar>) -> Self::Gradient;
}

impl<const R: usize, T: Real> Operand for Tensor<R, T> {
    type Scalar = T;
    type Like = Like<Self>;
    type Gradient = Self;
    #[inline]
    fn like(&self) -> Like<Self> {
        Like(self.shape)
    }
    #[inline]
    fn input(&self) -> Input<'_, T> {
        Input { data: &self.data, shape: &self.shape, is_cotangent: false }
    }
    fn gradient(&self, output: Output<T>) -> Self {
        let data = match output {
            Output::Tensor(data) => data,
            Output::Scalar(sum) => pool::filled(sum, 1),
        };
        Tensor { shape: self.shape, data }
    }
}

macro_rules! scalars {
    ($([$($generics:tt)*] $t:ty;)*) => {$(
        impl<$($generics)*> Operand for $t {
            type Scalar = $t;
            type Like = Scalar;
            type Gradient = $t;
            #[inline]
            fn like(&self) -> Scalar {
                Scalar
            }
            #[inline]
            fn input(&self) -> Input<'_, $t> {
                Input { data: std::slice::from_ref(self), shape: &[], is_cotangent: false }
            }
            #[inline]
            fn gradient(&self, output: Output<$t>) -> $t {
                output.scalar()
            }
        }
    )*};
}
scalars! {
    [] f32;
    [] f64;
    [T: Real] crate::Dual<T>;
}

impl<X: Operand + ?Sized> Operand for &X {
    type Scalar = X::Scalar;
    type Like = X::Like;
    type Gradient = X::Gradient;
    #[inline]
    fn like(&self) -> X::Like {
        X::like(self)
    }
    #[inline]
    fn input(&self) -> Input<'_, X::Scalar> {
        X::input(self)
    }
    #[inline]
    fn gradient(&self, output: Output<X::Scalar>) -> X::Gradient {
        X::gradient(self, output)
    }
}

/// The type and the shape of a tensor.
pub struct Like<D: AnyRank>(D::Shape);

impl<D: AnyRank> Clone for Like<D> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<D: AnyRank> Copy for Like<D> {}

/// The type of a scalar.
#[derive(Clone, Copy)]
pub struct Scalar;

impl<D: AnyRank> Like<D>
where
    D::Element: Real,
{
    /// The tensor that a pass has written.
    #[inline]
    pub fn tensor(&self, output: Output<D::Element>) -> D {
        match output {
            Output::Tensor(data) => D::from_parts(self.0.as_ref(), data),
            Output::Scalar(_) => unreachable!("a tensor was asked for"),
        }
    }

    /// The mean, of a sum over the tensor.
    #[inline]
    pub fn mean(&self, sum: Output<D::Element>) -> D::Element {
        sum.scalar() / self.len()
    }

    /// The cotangent of each element, of that of their mean.
    #[inline]
    pub fn mean_cotangent(&self, dy: &D::Element) -> D::Element {
        *dy / self.len()
    }

    /// The seed of each element, of the gradient of their mean.
    #[inline]
    pub fn mean_seed(&self) -> D::Element {
        <D::Element as Real>::ONE / self.len()
    }

    fn len(&self) -> D::Element {
        Real::from_usize(self.0.as_ref().iter().product())
    }
}

/// Types and shapes that are broadcast to each other.
pub trait Join<Other> {
    /// That of the result.
    type Output;
    /// That of the result of the operation `name`. If `absorbs`, a left side that is zero of
    /// whatever shape gives such a zero.
    fn join(self, other: Other, name: &str, absorbs: bool) -> Self::Output;
}

impl<const A: usize, const B: usize, T: Real> Join<Like<Tensor<B, T>>> for Like<Tensor<A, T>>
where
    Rank<A>: BroadcastRank<B>,
{
    type Output = Like<Broadcast<A, B, T>>;
    #[inline]
    #[track_caller]
    fn join(self, other: Like<Tensor<B, T>>, name: &str, absorbs: bool) -> Self::Output {
        let shape = if A >= B {
            broadcast_shape::<A>(&self.0, &other.0)
                .map(|shape| Broadcast::<A, B, T>::shape_of(&shape))
        } else {
            broadcast_shape::<B>(&self.0, &other.0)
                .map(|shape| Broadcast::<A, B, T>::shape_of(&shape))
        };
        match shape {
            Ok(shape) => Like(shape),
            Err(_) if absorbs && self.0 == [0; A] => {
                Like(Broadcast::<A, B, T>::shape_of(&vec![0; A.max(B)]))
            }
            Err((m, n)) => {
                panic!("{name}: {:?} and {:?}: the dimensions {m} and {n} differ", self.0, other.0)
            }
        }
    }
}

impl<D: AnyRank> Join<Scalar> for Like<D> {
    type Output = Self;
    #[inline]
    fn join(self, _: Scalar, _: &str, _: bool) -> Self {
        self
    }
}

impl<D: AnyRank> Join<Like<D>> for Scalar {
    type Output = Like<D>;
    #[inline]
    fn join(self, other: Like<D>, _: &str, _: bool) -> Like<D> {
        other
    }
}

/// The type and the shape of an operand.
#[inline]
pub fn like<X: Operand + ?Sized>(x: &X) -> X::Like {
    x.like()
}

/// The type and the shape of the result of the operation `name` on two operands.
///
/// # Panics
/// If the shapes cannot be broadcast to each other.
#[inline]
#[track_caller]
pub fn join<A: Join<B>, B>(name: &str, a: A, b: B) -> A::Output {
    a.join(b, name, name == "mul" || name == "div")
}

/// Makes sure that the bounds of a `clamp` are an interval.
#[inline]
#[track_caller]
pub fn interval<T: Real>(min: T, max: T) {
    assert!(min <= max, "clamp: {min} to {max} is not an interval");
}

/// The elements of an operand.
#[inline]
pub fn operand<X: Operand + ?Sized>(x: &X) -> Input<'_, X::Scalar> {
    x.input()
}

/// The elements of a cotangent, which may be the symbolic zero.
#[inline]
pub fn cotangent<X: Operand + ?Sized>(x: &X) -> Input<'_, X::Scalar> {
    Input { is_cotangent: true, ..x.input() }
}

/// The gradient with respect to an operand, of what a forward pass made for [`Want::Gradient`].
#[inline]
pub fn gradient<X: Operand + ?Sized>(x: &X, output: Output<X::Scalar>) -> X::Gradient {
    x.gradient(output)
}

/// What a forward pass is to give of an output of its kernel.
pub enum Want<'a> {
    /// All elements.
    Tensor,
    /// Their sum.
    Sum,
    /// Their sum over the axes along which an operand of these dimensions is repeated.
    Gradient(&'a [usize]),
}

impl<'a> Want<'a> {
    /// The gradient with respect to an operand.
    #[inline]
    pub fn gradient<X: Operand + ?Sized>(x: &'a X) -> Self {
        Self::Gradient(x.input().shape)
    }
}

/// What a forward pass gives.
pub enum Output<T> {
    /// All elements.
    Tensor(Vec<T>),
    /// A sum.
    Scalar(T),
}

impl<T> Output<T> {
    /// The sum.
    #[inline]
    pub fn scalar(self) -> T {
        match self {
            Self::Scalar(sum) => sum,
            Self::Tensor(_) => unreachable!("a sum was asked for"),
        }
    }
}

/// Computes a kernel over all elements of a tensor like `like`.
#[inline]
pub fn forward<D: AnyRank, K, const I: usize, const O: usize>(
    kernel: &K,
    like: &Like<D>,
    inputs: [Input<'_, D::Element>; I],
    wants: &[Want<'_>; O],
) -> [Output<D::Element>; O]
where
    D::Element: Real,
    K: ElementwiseKernel<D::Element, I, O>,
{
    let shape = like.0.as_ref();
    let len = shape.iter().product();
    let mut outputs = wants.each_ref().map(|want| match want {
        Want::Sum | Want::Gradient([]) => Output::Scalar(Real::ZERO),
        Want::Tensor | Want::Gradient(_) => Output::Tensor(Vec::new()),
    });
    let mut wants = wants.iter();
    let sinks = outputs.each_mut().map(|output| match (output, wants.next()) {
        (Output::Scalar(sum), _) => Sink::Sum(sum),
        (Output::Tensor(data), Some(Want::Gradient(own))) => new_sink(data, own, len),
        (Output::Tensor(data), _) => new_sink(data, shape, len),
    });
    run(kernel, shape, inputs, sinks);
    outputs
}

/// Where what has the dimensions `own` goes, of which there is nothing yet.
fn new_sink<'a, T: Real>(data: &'a mut Vec<T>, own: &'a [usize], len: usize) -> Sink<'a, T> {
    let own_len = own.iter().product();
    if own_len == len {
        *data = pool::with_capacity(len);
        Sink::New(data)
    } else {
        *data = pool::filled(T::ZERO, own_len);
        Sink::Add { data, shape: own }
    }
}

/// Where a reverse pass adds a cotangent.
pub enum Target<'a, T> {
    /// Nowhere: it is not wanted.
    None,
    /// To a scalar.
    Scalar(&'a mut T),
    /// To a tensor of the dimensions `own`, which may be the symbolic zero.
    Tensor {
        /// The dimensions of the tensor.
        shape: &'a mut [usize],
        /// Its elements.
        data: &'a mut Vec<T>,
        /// The dimensions of the operand.
        own: &'a [usize],
    },
}

/// The tangent of an operand.
pub trait Accumulator<T> {
    /// The place for the cotangent of an operand of the dimensions `own`.
    fn target<'a>(&'a mut self, own: &'a [usize]) -> Target<'a, T>;
}

impl<const R: usize, T: Real> Accumulator<T> for Tensor<R, T> {
    #[inline]
    fn target<'a>(&'a mut self, own: &'a [usize]) -> Target<'a, T> {
        Target::Tensor { shape: &mut self.shape, data: &mut self.data, own }
    }
}

impl<T: Real> Accumulator<T> for T {
    #[inline]
    fn target<'a>(&'a mut self, _: &'a [usize]) -> Target<'a, T> {
        Target::Scalar(self)
    }
}

impl<T> Accumulator<T> for NoTangent {
    #[inline]
    fn target<'a>(&'a mut self, _: &'a [usize]) -> Target<'a, T> {
        Target::None
    }
}

/// The dimensions of an operand, from its shape.
pub trait Dimensions {
    /// The dimensions; none of a scalar.
    fn dimensions(&self) -> &[usize];
}

impl Dimensions for () {
    #[inline]
    fn dimensions(&self) -> &[usize] {
        &[]
    }
}

impl<const R: usize> Dimensions for [usize; R] {
    #[inline]
    fn dimensions(&self) -> &[usize] {
        self
    }
}

/// The place for the cotangent of an operand.
#[inline]
pub fn target<'a, D, P, T>(place: &'a mut P, operand: &'a Witness<D>) -> Target<'a, T>
where
    D: Differentiable<Shape: Dimensions, Tangent: Accumulator<T>>,
    P: Place<D::Tangent> + ?Sized,
{
    match place.slot().wanted() {
        Some(place) => place.target(operand.shape().dimensions()),
        None => Target::None,
    }
}

/// Computes the cotangents of the operands and adds them to their targets.
pub fn reverse<D: AnyRank, K, const I: usize, const O: usize>(
    kernel: &K,
    like: &Like<D>,
    inputs: [Input<'_, D::Element>; I],
    targets: [Target<'_, D::Element>; O],
) where
    D::Element: Real,
    K: ElementwiseKernel<D::Element, I, O>,
{
    let shape = like.0.as_ref();
    let len: usize = shape.iter().product();
    let mut cotangents = inputs.iter().filter(|input| input.is_cotangent).peekable();
    if len == 0 || cotangents.all(|input| input.data.is_empty()) {
        return;
    }
    let sinks = targets.map(|target| match target {
        Target::None => Sink::None,
        Target::Scalar(sum) => Sink::Sum(sum),
        Target::Tensor { shape, data, own } => {
            if !data.is_empty() {
                return Sink::Add { data, shape: own };
            }
            shape.copy_from_slice(own);
            new_sink(data, own, len)
        }
    });
    run(kernel, shape, inputs, sinks);
}

/// Adds the gradient of a sum, times the cotangent of the sum, to a place. Where the gradient is zero
/// it adds zero, whatever the cotangent is.
pub fn scaled<P, G, T: Real>(place: &mut P, dy: &T, mut gradient: G)
where
    P: Place<G> + ?Sized,
    G: Accumulator<T> + Tangent,
{
    let Some(place) = place.slot().wanted() else { return };
    if *dy != T::ONE {
        match gradient.target(&[]) {
            Target::None => {}
            Target::Scalar(x) => *x = times(*x, *dy),
            Target::Tensor { shape, data, .. } => {
                let shape = &[shape.iter().product()];
                let old = std::mem::take(data);
                let mut new = pool::with_capacity(old.len());
                let inputs = [
                    Input { data: &old, shape, is_cotangent: false },
                    Input { data: std::slice::from_ref(dy), shape: &[], is_cotangent: false },
                ];
                run(&Times, shape, inputs, [Sink::New(&mut new)]);
                *data = new;
                pool::give(old);
            }
        }
    }
    place.accumulate(gradient);
}

/// The gradient of a sum times the cotangent of the sum, and zero where it is zero.
#[inline]
pub fn times<T: Real>(gradient: T, dy: T) -> T {
    if gradient == T::ZERO { gradient } else { gradient * dy }
}

/// [`times`] for lanes.
struct Times;

impl<T: Real> ElementwiseKernel<T, 2, 1> for Times {
    #[inline(always)]
    fn eval<L: Lane<Scalar = T>>(&self, [gradient, dy]: [L; 2]) -> [L; 1] {
        [L::select(gradient.eq(L::splat(T::ZERO)), gradient, gradient * dy)]
    }
}
