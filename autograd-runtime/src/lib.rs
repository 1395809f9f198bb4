//! Exact gradients of ordinary Rust functions, generated at compile time.
//!
//! `#[differentiable]` reads a function while it is compiled and writes its reverse pass beside it,
//! as plain Rust. There is no tape, no graph built at run time and no special number type: scalars,
//! slices, structs and [`Tensor`]s are differentiated as they are. What varies with the parameters
//! that you differentiate, and what has to be kept for the reverse pass, is decided at expansion.
//!
//! # A first example
//!
//! ```
//! use autograd_runtime::prelude::*;
//!
//! #[differentiable]
//! fn f(x: f64, y: f64) -> f64 {
//!     let a = x * y;
//!     a.sin() + x / y
//! }
//!
//! let (value, (dx, dy)) = f::value_and_grad(1.0, 2.0);
//! assert_eq!(value, f(1.0, 2.0));
//! assert!((dx - (2.0 * 2.0_f64.cos() + 1.0 / 2.0)).abs() < 1e-12);
//! assert!((dy - (2.0_f64.cos() - 1.0 / 4.0)).abs() < 1e-12);
//! ```
//!
//! The function itself stays as it was written: `f(1.0, 2.0)` runs the plain code and keeps nothing
//! for a gradient. Beside it stands a *companion*, a type of the same name and visibility; `use m::f`
//! imports both.
//!
//! | call | gives |
//! | --- | --- |
//! | `f::value_and_grad(x, y)` | the value, which must be one `f32` or `f64`, and the gradient |
//! | `f::grad(x, y)` | the gradient alone |
//! | `f::value_and_grad_into(x, y, &mut g)` | the value; the gradient is *added* to `g` |
//! | `f::vjp(x, y)` | the value, of any differentiable type, and a pullback that takes a cotangent of it |
//! | `f::jvp(x, y, tangents)` | the value and its tangent: forward mode |
//! | `f::jacobian(x, y)` | all partial derivatives of a value of several scalars, see [`jacobian`] |
//! | `f::hvp(x, y, tangents)`, `f::hessian(x, y)` | second derivatives, with `#[differentiable(order = 2)]` |
//! | `f::graph()` | the static graph that was differentiated, a [`Graph`] |
//! | `f::gradcheck(x, y)` | whether the gradient agrees with central differences |
//!
//! With one active parameter the gradient stands alone, with several it is a tuple in the order of
//! the parameters. A parameter of an integer type, `bool`, `char` or a string has none. The gradient
//! with respect to a `&[f64]` is a `Vec<f64>`, with respect to anything else
//! [its tangent](Differentiable::Tangent).
//!
//! ```
//! use autograd_runtime::prelude::*;
//!
//! #[differentiable]
//! fn horner(coefficients: &[f64], x: f64, n: usize) -> f64 {
//!     let mut sum = 0.0;
//!     for i in (0..n).rev() {
//!         sum = sum * x + coefficients[i];
//!     }
//!     sum
//! }
//!
//! // 1 + 2 x + 3 x²
//! let (value, (dc, dx)) = horner::value_and_grad(&[1.0, 2.0, 3.0], 2.0, 3);
//! assert_eq!((value, dc, dx), (17.0, vec![1.0, 2.0, 4.0], 14.0));
//!
//! #[differentiable]
//! fn polar(r: f64, angle: f64) -> (f64, f64) {
//!     (r * angle.cos(), r * angle.sin())
//! }
//!
//! let (point, pullback) = polar::vjp(2.0, 0.0);
//! assert_eq!(point, (2.0, 0.0));
//! assert_eq!(pullback((1.0, 10.0)), (1.0, 20.0));
//! ```
//!
//! # Forward mode and second derivatives
//!
//! `f::jvp` takes a tangent for the active parameters, of the type and form that the gradient has, by value, and
//! gives the derivative in that direction. Where there are fewer parameters than scalars in the value, it is
//! the cheaper mode. What a `&mut` parameter holds in the end has a tangent too, which comes after that of the
//! value.
//!
//! ```
//! use autograd_runtime::prelude::*;
//!
//! #[differentiable]
//! fn orbit(radius: f64, time: f64) -> [f64; 2] {
//!     [radius * time.cos(), radius * time.sin()]
//! }
//!
//! let (position, velocity) = orbit::jvp(2.0, 0.0, (0.0, 1.0));
//! assert_eq!((position, velocity), ([2.0, 0.0], [0.0, 2.0]));
//!
//! #[differentiable(order = 2)]
//! fn saddle(x: &[f64], k: f64) -> f64 {
//!     k * (x[0] * x[0] - 0.5 * x[1] * x[1])
//! }
//!
//! // The Hessian times a direction, without the Hessian.
//! let (dx, dk) = saddle::hvp(&[1.0, 2.0], 3.0, (vec![1.0, 1.0], 0.0));
//! assert_eq!((dx, dk), (vec![6.0, -3.0], 2.0 - 2.0));
//! ```
//!
//! With `order = 2` the gradient is run over [`Dual`] numbers (forward over reverse). A function that is generic,
//! `fn f<T: Real>(x: &[T]) -> T`, is taken as it is. Of one over `f64` or `f32` the attribute makes a hidden copy
//! over any scalar: then the functions that it calls with active values must be generic.
//!
//! A struct says `#[autograd(order = 2)]` beside its `#[derive(Differentiable)]`, and so do the types of its
//! fields. Its methods with `order = 2` have `m_hvp` and `m_hessian`, and call with active values each other, and
//! methods of types that are generic over their scalar, such as the layers of [`nn`]:
//!
//! ```
//! use autograd_runtime::nn::Linear;
//! use autograd_runtime::prelude::*;
//!
//! #[derive(Differentiable)]
//! #[autograd(order = 2)]
//! struct Model {
//!     hidden: Linear<f64>,
//!     output: Linear<f64>,
//! }
//!
//! impl Model {
//!     #[differentiable(order = 2)]
//!     fn predict(&self, #[no_grad] x: &Tensor<2, f64>) -> Tensor<2, f64> {
//!         let h = self.hidden.forward(x).tanh();
//!         self.output.forward(&h)
//!     }
//!
//!     #[differentiable(order = 2)]
//!     fn loss(&self, #[no_grad] x: &Tensor<2, f64>, #[no_grad] y: &Tensor<2, f64>) -> f64 {
//!         loss::mse_loss(&self.predict(x), y, loss::Reduction::Mean)
//!     }
//! }
//!
//! let model = Model { hidden: Linear::new(2, 4, 1), output: Linear::new(4, 1, 2) };
//! let (x, y) = (Tensor::randn([8, 2], 3), Tensor::randn([8, 1], 4));
//! let direction = model.loss_grad(&x, &y);
//! let product: ModelGrad = model.loss_hvp(&x, &y, direction);
//! assert_eq!(product.output.weight.shape(), [4, 1]);
//! assert_eq!(model.loss_hessian(&x, &y).shape(), [17, 17]);
//! ```
//!
//! A struct or an enum of your own that is generic, `struct Spring<T: Real = f64> { … }` with `impl<T: Real>
//! Spring<T>`, is there over all scalars: its methods may be called on fields, and it may be constructed. An enum is
//! generic. Methods that give integers and the like without a gradient need no `order = 2`.
//!
//! A gradient inside of a differentiable function, `g::grad(x)` or `g::value_and_grad(x)`, is differentiated if `g` has
//! `order = 2` and takes no structs: by `g::hvp`, in both modes. So a function of a gradient has a gradient, and a generic one nests as deep as you like.
//!
//! ```
//! use autograd_runtime::prelude::*;
//!
//! #[differentiable(order = 2)]
//! fn energy(x: &[f64]) -> f64 {
//!     x[0].powi(3) * x[1]
//! }
//!
//! /// The squared force.
//! #[differentiable]
//! fn force(x: &[f64]) -> f64 {
//!     energy::grad(x).iter().map(|g| g * g).sum()
//! }
//!
//! // 9 x₀⁴ x₁² + x₀⁶
//! assert_eq!(force::grad(&[1.0, 2.0]), vec![36.0 * 4.0 + 6.0, 18.0 * 2.0]);
//! ```
//!
//! # Tensors and models
//!
//! [`Tensor<R, T>`](Tensor) is dense and row-major, with its rank `R` in the type, its dimensions at
//! run time and `f32` as the default element. Its operators broadcast as NumPy's do. [`nn`] has
//! layers, [`loss`] loss functions and [`optim`] optimizers, with the names and the numbers of
//! PyTorch. A model is a struct.
//!
//! ```
//! use autograd_runtime::nn::Linear;
//! use autograd_runtime::prelude::*;
//!
//! #[derive(Differentiable)]
//! struct Model {
//!     hidden: Linear,
//!     output: Linear,
//! }
//!
//! impl Model {
//!     #[differentiable]
//!     fn predict(&self, #[no_grad] x: &Tensor<2>) -> Tensor<2> {
//!         let h = self.hidden.forward(x).tanh();
//!         self.output.forward(&h)
//!     }
//!
//!     #[differentiable]
//!     fn loss(&self, #[no_grad] x: &Tensor<2>, #[no_grad] y: &Tensor<2>) -> f32 {
//!         loss::mse_loss(&self.predict(x), y, loss::Reduction::Mean)
//!     }
//! }
//!
//! // Learn the product of two numbers.
//! let x = Tensor::randn([64, 2], 1);
//! let y = x.slice(1, 0..1) * x.slice(1, 1..2);
//! let mut model = Model { hidden: Linear::new(2, 16, 2), output: Linear::new(16, 1, 3) };
//! let mut optimizer = optim::Adam::new(1e-2);
//! let before = model.loss(&x, &y);
//! for _ in 0..100 {
//!     let (_loss, gradient) = model.loss_value_and_grad(&x, &y);
//!     optimizer.step(&mut model, &gradient);
//! }
//! assert!(model.loss(&x, &y) < 0.5 * before);
//! ```
//!
//! The companions of a method are methods beside it: `loss_value_and_grad`, `loss_grad`,
//! `loss_value_and_grad_into`, `loss_vjp`, `loss_jvp`, `loss_graph`, `loss_gradcheck`; with `order = 2` also `loss_hvp`,
//! `loss_hessian`, `loss_gradgradcheck`. A function in an `impl`
//! that has no `self` says so: `#[differentiable(associated)]`. Shapes that do not fit panic at your
//! line, with the operation and both shapes.
//!
//! A gradient is a value that you own; nothing hidden accumulates. To accumulate over batches, or to
//! allocate a gradient once, keep it:
//!
//! ```
//! use autograd_runtime::prelude::*;
//!
//! #[differentiable]
//! fn loss(w: &Tensor<2>, #[no_grad] x: &Tensor<2>) -> f32 {
//!     x.matmul(w).square().sum()
//! }
//!
//! let mut w = Tensor::<2>::ones([3, 2]);
//! let mut gradient = w.zero_tangent();
//! for step in 0..10 {
//!     gradient.zero();
//!     for batch in 0..4 {
//!         loss::value_and_grad_into(&w, &Tensor::randn([8, 3], 4 * step + batch), &mut gradient);
//!     }
//!     w.sub_scaled(1e-3, &gradient);
//! }
//! assert!(w.norm() < Tensor::<2>::ones([3, 2]).norm());
//! ```
//!
//! # Names for dimensions
//!
//! `#[shape(n, d)]` on a parameter says what its dimensions are: names, numbers, or `_` for one of which
//! nothing is said. It stands on tensors whose rank is written as a number, and on slices, arrays and `Vec`s,
//! whose length is their one dimension. A name is one length wherever it is written, and different names are
//! different lengths: a function has to be right for all of them, so what fits only if two names happen to
//! be equal, or a name a certain number, does not fit.
//!
//! The shapes are followed through products, broadcasting, reductions, reshapes, slices and what else tensors
//! do, through control flow, and through integers that are read from `x.shape()`. An operation that does not
//! fit is a compile error at its own name, which names both sides:
//!
//! ```compile_fail
//! use autograd_runtime::prelude::*;
//!
//! #[differentiable]
//! fn layer(#[shape(n, d)] x: &Tensor<2>, #[shape(k, d)] w: &Tensor<2>) -> f32 {
//!     x.matmul(w).relu().sum()
//!     // matmul: `x` is [n, d], `w` is [k, d]: the inner dimensions `d` and `k` differ
//! }
//! ```
//!
//! What cannot be seen there, the arguments, is looked at once, where the function is entered, be it for its
//! value or for a derivative. The panic points at the caller. A name that is also a `usize` parameter or a
//! const parameter of the function itself is that number; any other constant is a name
//! like the rest.
//!
//! ```
//! use autograd_runtime::prelude::*;
//!
//! #[differentiable]
//! fn layer(#[shape(n, d)] x: &Tensor<2>, #[shape(k, d)] w: &Tensor<2>) -> f32 {
//!     x.matmul(&w.t()).relu().sum()
//! }
//!
//! let (x, w) = (Tensor::ones([8, 4]), Tensor::ones([3, 4]));
//! assert_eq!(layer(&x, &w), 96.0);
//! let relu = layer::graph().nodes().iter().find(|node| node.operation() == "relu");
//! assert_eq!(relu.unwrap().shape(), "[n, k]");
//!
//! let panic = std::panic::catch_unwind(|| layer::grad(&x, &w.t())).unwrap_err();
//! let expected = "layer: `w` is [4, 3], its dimension 1 was declared `d`, which is 4 in `x`";
//! assert_eq!(panic.downcast_ref::<String>().unwrap(), expected);
//! ```
//!
//! Not followed are fields of structs and what calls of other functions return. What is not known fits, and is
//! looked at by the operation itself when it runs.
//!
//! # Stopping gradients
//!
//! | PyTorch | here | meaning |
//! | --- | --- | --- |
//! | `requires_grad=False` | `#[no_grad]` on a parameter or a field | never gets a gradient; no code is generated for it |
//! | `y = x * w` requires grad if an input does | the same, found at expansion | `f::graph()` reports it for each value |
//! | `x.detach()` | [`x.detach()`](Detach::detach) | the value, cut from the graph; of a tensor a shared borrow |
//! | `with torch.no_grad():` | [`no_grad! { … }`](no_grad) | what is computed in it is a constant for the gradient |
//! | `with torch.enable_grad():` | [`enable_grad! { … }`](enable_grad) | switches recording on again inside `no_grad!` |
//! | `torch.set_grad_enabled(mode)` | [`set_grad_enabled!(mode, { … })`](set_grad_enabled) | by a constant or a run-time `bool` |
//! | inference mode | calling `f(…)` | nothing is kept |
//! | `optimizer.zero_grad()`, accumulating `.grad` | [`g.zero()`](Tangent::zero), `value_and_grad_into` | the gradient is yours |
//! | `with torch.no_grad(): p -= lr * p.grad` | plain code, `model.w.sub_scaled(lr, &g.w)` | there is no graph to switch off |
//!
//! A stop-gradient is free: code that only feeds it is absent from the reverse pass, and nothing is
//! kept for it.
//!
//! ```
//! use autograd_runtime::prelude::*;
//!
//! #[differentiable]
//! fn f(#[no_grad] x: f64, w: f64) -> f64 {
//!     let y = x * w;
//!     let scale = no_grad! { 1.0 / y };
//!     y * scale + y * y.detach()
//! }
//!
//! assert_eq!(f::grad(2.0, 4.0), 2.0 / 8.0 + 2.0 * 8.0);
//!
//! let requires_grad = |name| f::graph().node(name).unwrap().requires_grad;
//! assert_eq!(["x", "w", "y", "scale"].map(requires_grad), [false, true, true, false]);
//! ```
//!
//! # What is accepted
//!
//! * Values: `f32`, `f64` and generic `T: Real`, arrays, slices, `Vec`, tuples, tensors, structs of
//!   them, nested as you like. Integers, `bool`, `char` and strings stand beside them without a
//!   gradient. A parameter of any other type is marked `#[no_grad]`.
//! * Statements: `let` with patterns, `let … else`, shadowing, `let mut`, assignment and compound
//!   assignment to variables, fields and elements, `if`, `if let`, `match` (guards, alternatives,
//!   your own enums under `#[derive(Differentiable)]`, `Option`), `for`, `while`, `while let`, `loop`,
//!   labels, `break` (also with a value), `continue`, early `return`, blocks as values, nested functions (which need no
//!   attribute of their own), `assert!`, `println!` and their like, which run once, in the forward pass.
//! * Loops over ranges, lists, and iterator chains of `iter`, `iter_mut`, `into_iter`, `zip`, `chain`,
//!   `enumerate`, `map`, `filter`, `rev`, `take`, `take_while`, `skip`, `skip_while`, `step_by`, `flatten` of lists, `flat_map`
//!   to chains or lists, `chunks`, `chunks_exact`, `windows`, `copied`, `cloned`, which may also end in `sum`, `product`, `fold`,
//!   `reduce`, `for_each`, `collect` to
//!   a `Vec`, or in `fold(…, f64::max)`.
//! * What has no derivative by its type, and is looked for among values that have: `let i: usize = (0..n).max_by(…).unwrap();`, any
//!   other chain with such a type, `any`, `all`, `count`, `position`, and `sort_by` of a list of indices.
//! * Methods of an `Option`: `map`, `map_or`, `map_or_else`, `and_then`, `filter`, `zip`, `or`, `or_else`, `copied`,
//!   `as_ref`, `unwrap`, `expect`, `unwrap_or`, `unwrap_or_else`, `unwrap_or_default`; and `first`, `last`, `get`, `split_first` and
//!   `split_last` of a list, where the `Option` is taken apart where it is made.
//! * Lists that change in place: `push`, `pop`, `insert`, `remove`, `truncate`, `clear`, `extend`,
//!   `resize`, `swap`, `reverse`, `fill`, `copy_from_slice`, `split_at_mut`, and
//!   `std::mem::{swap, replace, take}`.
//! * Expressions: arithmetic, indexing and slicing, `as` casts, the methods of scalars in `std` and
//!   of [`Tensor`] that have a derivative, construction of structs, tuples, arrays and `Vec`s,
//!   closures that are bound to a `let`, called where they are made, or given to other closures.
//! * Calls of other `#[differentiable]` functions and methods, across modules and crates, and of the
//!   function itself. A call that no active value goes into may be of any function.
//! * Parameters by value, by `&` and by `&mut`, see below. Generic parameters, lifetimes, `where`
//!   clauses, visibility and other attributes.
//!
//! Not accepted, where an active value is involved: `?`, `unsafe`, `async`, a `&mut` that is bound to a
//! name, closures that are given away, other iterator adapters, other methods that change a value in
//! place, such as `sort_by`.
//!
//! What is not accepted is a compile error at your own tokens that says what to do. The same code over
//! values that are *not* active is carried over as it stands:
//!
//! ```
//! use autograd_runtime::prelude::*;
//!
//! #[differentiable]
//! fn f(x: f64, days: &[usize]) -> f64 {
//!     let total: usize = days.iter().filter(|day| **day > 2).sum();
//!     x * total as f64
//! }
//! assert_eq!(f::grad(3.0, &[1, 3, 5]), 8.0);
//! ```
//!
//! ```compile_fail
//! use autograd_runtime::prelude::*;
//!
//! #[differentiable]
//! fn f(x: f64) -> f64 {
//!     x * x as i64 as f64
//! }
//! ```
//!
//! # Parameters that are changed
//!
//! A parameter that is taken by `&mut` has a value on entry and one on exit. The gradient is with
//! respect to the value on entry; the pullback of `vjp` takes the cotangent of the value on exit, beside
//! that of what the function returns, if it returns anything.
//!
//! ```
//! use autograd_runtime::prelude::*;
//!
//! #[differentiable]
//! fn step(state: &mut [f64; 2], dt: f64) {
//!     let [position, velocity] = *state;
//!     *state = [position + dt * velocity, velocity - dt * position];
//! }
//!
//! let mut state = [1.0, 2.0];
//! let ((), pullback) = step::vjp(&mut state, 0.5);
//! assert_eq!(state, [2.0, 1.5]);
//! // The gradient of the position on exit.
//! assert_eq!(pullback([1.0, 0.0]), ([1.0, 0.5], 2.0));
//! ```
//!
//! A pullback is used up by its call. Where it is wanted again, for several rows of a Jacobian, it is
//! cloned before: a clone runs the forward pass again on copies of the arguments.
//!
//! A method of your own that is named like one of scalars, lists or tensors (`len`, `floor`, `square`) is
//! called by its path, `Type::len(&value)`; with a dot it is a compile error. What is named like `std` is
//! taken for `std`: a `Clone` of your own that does not copy, a macro of your own that is called `vec!`,
//! and a `Cell` that is written and read in one function are not seen through.
//!
//! At a kink the derivative is PyTorch's: `relu'(0) = 0`, `abs'(0) = 0`, a tie in `max` or `min`
//! splits evenly, `clamp` passes at its bounds.
//!
//! # Traits, and functions as arguments
//!
//! A method of a trait is differentiated in the trait and in each implementation, there by
//! `#[differentiable(impl)]`; a trait whose methods have active receivers has [`Differentiable`] above
//! it. Generic functions call such methods. So a function is given to another: as a value of a type
//! that implements a trait, with its parameters as fields.
//!
//! ```
//! use autograd_runtime::prelude::*;
//!
//! trait Integrand: Differentiable {
//!     #[differentiable]
//!     fn at(&self, x: f64) -> f64;
//! }
//!
//! /// By the midpoint rule.
//! #[differentiable]
//! fn integral<F: Integrand>(f: &F, a: f64, b: f64, n: u32) -> f64 {
//!     let h = (b - a) / f64::from(n);
//!     (0..n).map(|i| f.at(a + (f64::from(i) + 0.5) * h) * h).sum()
//! }
//!
//! #[derive(Differentiable, Clone)]
//! struct Wave {
//!     frequency: f64,
//! }
//! impl Integrand for Wave {
//!     #[differentiable(impl)]
//!     fn at(&self, x: f64) -> f64 {
//!         (self.frequency * x).sin()
//!     }
//! }
//!
//! let (value, (wave, a, b)) = integral::value_and_grad(&Wave { frequency: 2.0 }, 0.0, 1.0, 1000);
//! assert!((value - (1.0 - 2.0_f64.cos()) / 2.0).abs() < 1e-6);
//! assert!((b - 2.0_f64.sin()).abs() < 1e-6 && a.abs() < 1e-6);
//! assert!((wave.frequency - (2.0_f64.sin() / 2.0 - value / 2.0)).abs() < 1e-6);
//! ```
//!
//! Other companions, `at_grad` and so on, come with the trait. A method with a body in the trait itself
//! says `#[differentiable(trait)]`, and the trait is `'static`.
//!
//! # Rules of your own
//!
//! `#[differentiable(vjp = rule)]` gives a function a derivative by hand: of a foreign function, of an
//! iteration whose limit has a simple derivative, of a formula that is better in other words. The body is not
//! looked into. The rule takes the arguments of the function and returns what its `vjp` is to return: the
//! value, and a pullback from a cotangent of the value to the gradient, a tuple if there are several active
//! parameters. The pullback owns what it needs; where an argument is a reference, its type says so by
//! `+ use<>`.
//!
//! ```
//! use autograd_runtime::prelude::*;
//!
//! /// `ln(Σ exp(xᵢ))`, without overflow.
//! #[differentiable(vjp = log_sum_exp_rule)]
//! fn log_sum_exp(x: &[f64]) -> f64 {
//!     let max = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
//!     max + x.iter().map(|x| (x - max).exp()).sum::<f64>().ln()
//! }
//!
//! fn log_sum_exp_rule(x: &[f64]) -> (f64, impl FnOnce(f64) -> Vec<f64> + use<>) {
//!     let value = log_sum_exp(x);
//!     let shares: Vec<f64> = x.iter().map(|x| (x - value).exp()).collect();
//!     (value, move |cotangent| shares.iter().map(|share| cotangent * share).collect())
//! }
//!
//! #[differentiable]
//! fn f(x: &[f64]) -> f64 {
//!     log_sum_exp(x) - x[0]
//! }
//!
//! let gradient = f::grad(&[1000.0, 1000.0]);
//! assert!((gradient[0] + 0.5).abs() < 1e-12 && (gradient[1] - 0.5).abs() < 1e-12);
//! log_sum_exp::gradcheck(&[0.1, -0.4, 0.7]).unwrap();
//! ```
//!
//! The rule of a method is an associated function, `vjp = Self::rule`, and takes `&self`.
//!
//! A rule for reverse mode says nothing about forward mode; `jvp = tangent_rule` stands beside it. That rule
//! takes the arguments of the function and the tangents of the active ones, as `jvp` does, and returns the
//! value and its tangent:
//!
//! ```
//! use autograd_runtime::prelude::*;
//!
//! #[differentiable(vjp = cube_rule, jvp = cube_tangent)]
//! fn cube(x: f64) -> f64 {
//!     x * x * x
//! }
//!
//! fn cube_rule(x: f64) -> (f64, impl FnOnce(f64) -> f64) {
//!     (cube(x), move |cotangent| 3.0 * x * x * cotangent)
//! }
//!
//! fn cube_tangent(x: f64, tangent: f64) -> (f64, f64) {
//!     (cube(x), 3.0 * x * x * tangent)
//! }
//!
//! #[differentiable]
//! fn f(x: f64) -> f64 {
//!     cube(x) + x
//! }
//!
//! assert_eq!(f::jvp(2.0, 1.0), (10.0, 13.0));
//! ```
//!
//! Without it the function has no `jvp`, and a program that uses the `jvp` or the `jacobian` of a function
//! that calls it does not compile:
//!
//! ```compile_fail
//! # use autograd_runtime::prelude::*;
//! #[differentiable(vjp = cube_rule)]
//! fn cube(x: f64) -> f64 {
//!     x * x * x
//! }
//!
//! fn cube_rule(x: f64) -> (f64, impl FnOnce(f64) -> f64) {
//!     (x * x * x, move |dy| 3.0 * x * x * dy)
//! }
//!
//! #[differentiable]
//! fn f(x: f64) -> f64 {
//!     cube(x) + x
//! }
//!
//! assert_eq!(f::grad(2.0), 13.0);
//! f::jvp(2.0, 1.0); // an error: the rule of `cube` is one for reverse mode alone
//! ```
//!
//! # Structs of your own
//!
//! `#[derive(Differentiable)]` on a struct `S` makes a struct `SGrad` of the same fields, which holds
//! the gradient. A field marked `#[no_grad]`, or of a type without a derivative, holds [`NoTangent`]
//! there.
//!
//! ```
//! use autograd_runtime::prelude::*;
//!
//! #[derive(Differentiable)]
//! struct Spring {
//!     stiffness: f64,
//!     rest: f64,
//!     #[no_grad]
//!     name: String,
//! }
//!
//! impl Spring {
//!     #[differentiable]
//!     fn energy(&self, length: f64) -> f64 {
//!         let stretch = length - self.rest;
//!         0.5 * self.stiffness * stretch * stretch
//!     }
//! }
//!
//! let spring = Spring { stiffness: 3.0, rest: 1.0, name: "left".to_owned() };
//! let (gradient, force) = spring.energy_grad(3.0);
//! assert_eq!(gradient, SpringGrad { stiffness: 2.0, rest: -6.0, name: NoTangent });
//! assert_eq!(force, 6.0);
//! ```
//!
//! # Checking a gradient
//!
//! `f::gradcheck(…)` checks a generated gradient; [`gradcheck()`] compares any gradient with central
//! differences and says which element is off.
//!
//! ```
//! use autograd_runtime::gradcheck;
//! use autograd_runtime::prelude::*;
//!
//! #[differentiable]
//! fn entropy(p: &[f64]) -> f64 {
//!     let mut sum = 0.0;
//!     for p in p {
//!         sum -= p * p.ln();
//!     }
//!     sum
//! }
//!
//! let p = vec![0.2, 0.3, 0.5];
//! entropy::gradcheck(&p).unwrap();
//! gradcheck(|p: &Vec<f64>| entropy(p), &p, &entropy::grad(&p)).unwrap();
//! ```
//!
//! Of a function with `order = 2`, `f::gradgradcheck(…)` compares the second derivatives with differences of
//! the gradient.
//!
//! # Memory
//!
//! The forward pass keeps what the reverse pass needs: of a loop, something of each iteration. Where that is
//! too much, [`checkpoint!`] keeps only what enters a block, and runs the block again in the reverse pass. Of a
//! loop it makes pieces, or keeps the state at some of its steps, as few as you like:
//!
//! ```
//! use autograd_runtime::prelude::*;
//!
//! /// A damped pendulum by many small steps: its angle in the end.
//! #[differentiable]
//! fn angle(mut angle: f64, damping: f64, steps: usize) -> f64 {
//!     let (mut velocity, dt) = (0.0, 1e-3);
//!     checkpoint!(snapshots = 10, for _ in 0..steps {
//!         velocity -= dt * (angle.sin() + damping * velocity);
//!         angle += dt * velocity;
//!     });
//!     angle
//! }
//!
//! let (h, steps) = (1e-5, 2_000);
//! let difference = (angle(1.0, 0.3 + h, steps) - angle(1.0, 0.3 - h, steps)) / (2.0 * h);
//! assert!((angle::grad(1.0, 0.3, steps).1 - difference).abs() < 1e-8);
//! ```
//!
//! # Looking into the reverse pass
//!
//! [`inspect_grad!(x, |g| …)`](inspect_grad) shows a closure the cotangent of a value when the reverse
//! pass comes to it. `#[differentiable(anomaly)]` makes the reverse pass stop at the first cotangent that
//! is NaN, with a panic that names the line whose reverse made it; the feature `anomaly` of this crate
//! does so in every function. Without them, nothing of this is generated.
//!
//! ```should_panic
//! use autograd_runtime::prelude::*;
//!
//! #[differentiable(anomaly)]
//! fn f(x: f64) -> f64 {
//!     let root = (x * x).sqrt(); // The derivative of a root is infinite at 0.
//!     root + 1.0
//! }
//! f::grad(0.0);
//! ```
//!
//! # Feature flags and renaming
//!
//! * `anomaly`: reverse passes stop at the first NaN, see above.
//! * `macros` (default): re-exports `#[differentiable]` and `#[derive(Differentiable)]`.
//! * `threads`: large matrix products, element-wise passes with their sums, softmax, and steps of optimizers
//!   run on several threads. Without it everything runs on the thread that calls it. The results are the
//!   same to the last bit, with the feature and without it and whatever the number of threads: that
//!   of the processor's cores, or of the environment variable `AUTOGRAD_NUM_THREADS`, or as
//!   `set_num_threads` says.
//!
//! A renamed dependency, `autograd = { package = "autograd-runtime", … }`, is found in your
//! manifest. Where a third crate re-exports this one, say where it is:
//! `#[differentiable(crate = their::autograd)]`, and `#[autograd(crate = their::autograd)]` beside
//! `#[derive(Differentiable)]`.
// The macros name this crate by the path that its users see.
#[allow(unused_extern_crates, reason = "named by what the macros generate in this crate")]
extern crate self as autograd_runtime;

pub mod nn;

#[doc(inline)]
pub use autograd_core::{
    Broadcast, BroadcastRank, Comparand, Conv2dOptions, Detach, Differentiable, Dual, Element,
    ExpandRank, Expanded, Gradcheck, GradcheckError, Graph, MatmulRank, NoTangent, Node,
    ParameterVisitor, PerAxis, Place, Pool2dOptions, Product, Rank, Real, ReduceRank, Reduced,
    ShapeError, Slot, SparseJacobian, Sparsity, Tangent, TangentVisitor, Tensor, checkpoint,
    enable_grad, gradcheck, gradgradcheck, inspect_grad, jacobian, loss, no_grad, optim,
    set_grad_enabled,
};
#[doc(hidden)]
pub use autograd_core::{adjoint, fused, private, second, shape, tangent};
#[cfg(feature = "threads")]
#[doc(inline)]
pub use autograd_core::{num_threads, set_num_threads};

#[cfg(feature = "macros")]
pub use autograd_macros::{Differentiable, differentiable};

/// What a user of the crate wants in scope.
///
/// ```
/// use autograd_runtime::prelude::*;
/// ```
pub mod prelude {
    pub use crate::nn::Module as _;
    pub use crate::{Detach, Differentiable, NoTangent, Real, Tangent, Tensor, loss, nn, optim};
    pub use crate::{checkpoint, enable_grad, inspect_grad, no_grad, set_grad_enabled};
    #[cfg(feature = "macros")]
    pub use autograd_macros::differentiable;
}
