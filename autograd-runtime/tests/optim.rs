//! Optimizers, schedules and clipping, against the numbers of `PyTorch` in `tests/data`.

use autograd_runtime::optim::{
    Adagrad, Adam, AdamW, ConstantLr, CosineAnnealingLr, ExponentialLr, LinearLr, OneCycleLr,
    Optimizer, RmsProp, Schedule, Sgd, StepLr, clip_grad_norm, clip_grad_value,
};
use autograd_runtime::{Differentiable, ParameterVisitor, Real, Tangent, TangentVisitor};
use autograd_runtime::{Place, Slot};

/// A contiguous buffer whose gradient may be a symbolic zero, as a tensor's.
#[derive(Clone, Debug, PartialEq)]
struct Buffer<T>(Vec<T>);

impl<T: Real> Differentiable for Buffer<T> {
    type Tangent = Self;
    type Shape = usize;
    fn tangent_shape(&self) -> usize {
        self.0.len()
    }
    fn zeros(shape: &usize) -> Self {
        Self(vec![T::ZERO; *shape])
    }
    fn visit_parameters<V: ParameterVisitor>(&mut self, gradient: &Self, visitor: &mut V) {
        visitor.visit(&mut self.0, &gradient.0);
    }
}

impl<T> Place<Self> for Buffer<T> {
    fn slot(&mut self) -> Slot<'_, Self> {
        Slot::of(self)
    }
}

impl<T: Real> Tangent for Buffer<T> {
    fn symbolic_zero() -> Self {
        Self(Vec::new())
    }
    fn accumulate(&mut self, other: Self) {
        self.accumulate_ref(&other);
    }
    fn accumulate_ref(&mut self, other: &Self) {
        self.0.accumulate_ref(&other.0);
    }
    fn zero(&mut self) {
        self.0.zero();
    }
    fn visit_tangents<V: TangentVisitor>(&mut self, visitor: &mut V) {
        visitor.visit(&mut self.0);
    }
}

/// The objective's variables: two buffers that move together and one that it does not depend on.
type Model<T> = (Buffer<T>, Buffer<T>, Buffer<T>);

fn start<T: Real>() -> Model<T> {
    let buffer = |values: &[f64]| Buffer(values.iter().map(|&x| T::from_f64(x)).collect());
    (buffer(&[0.3, -1.2, 2.0]), buffer(&[0.9, -0.4]), buffer(&[0.7]))
}

/// The gradient of the objective that `make_reference.py` states, by hand; the third buffer's is a
/// symbolic zero.
fn gradient<T: Real>((a, b, _): &Model<T>) -> Model<T> {
    let of = T::from_f64;
    let mut g = (a.clone(), b.clone(), Buffer::symbolic_zero());
    for (i, k) in [1.0, 2.5, 0.25].into_iter().enumerate() {
        g.0.0[i] = of(k) * a.0[i] + of(3.0) * (of(3.0) * a.0[i]).cos();
    }
    for j in 0..2 {
        g.1.0[j] = of(2.0) * (b.0[j] - a.0[j]);
        g.0.0[j] -= g.1.0[j];
    }
    g
}

/// The numbers of one case, in the order of the steps.
fn reference(csv: &str, case: &str) -> Vec<Vec<f64>> {
    let rows = csv.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
    let numbers = |row: Vec<&str>| row[2..].iter().map(|x| x.parse().unwrap()).collect();
    let rows: Vec<_> = rows.filter(|row| row[0] == case).map(numbers).collect();
    assert!(!rows.is_empty(), "no case `{case}` in the reference");
    rows
}

fn follow<T: Real>(case: &str, mut optimizer: impl Optimizer, tolerance: f64) {
    let mut model = start::<T>();
    let steps = reference(include_str!("data/optim.csv"), case);
    assert_eq!(steps.len(), 10);
    for (step, expected) in steps.iter().enumerate() {
        let g = gradient(&model);
        optimizer.step(&mut model, &g);
        let values = [&model.0, &model.1, &model.2].into_iter().flat_map(|buffer| &buffer.0);
        let values: Vec<f64> = values.map(|x| x.to_f64()).collect();
        assert_eq!(values.len(), expected.len());
        for (x, y) in values.iter().zip(expected) {
            let off = (x - y).abs() / y.abs().max(1.0);
            assert!(off <= tolerance, "{case}, step {}: {values:?} is not {expected:?}", step + 1);
        }
        if step + 1 == 6 {
            optimizer.set_lr(optimizer.lr() / 2.0);
        }
    }
}

fn follow_f64(case: &str, optimizer: impl Optimizer) {
    follow::<f64>(case, optimizer, 1e-13);
}

/// In both precisions. Ten steps of an objective with curvature amplify single rounding errors.
fn follow_both(case: &str, optimizer: impl Optimizer + Clone) {
    follow::<f32>(&format!("{case}_f32"), optimizer.clone(), 1e-5);
    follow_f64(case, optimizer);
}

#[test]
fn sgd() {
    follow_f64("sgd", Sgd::new(0.05));
    follow_f64("sgd_decay", Sgd::new(0.05).weight_decay(0.1));
    follow_f64("sgd_momentum", Sgd::new(0.05).momentum(0.9));
    let damped = Sgd::new(0.05).momentum(0.9).dampening(0.3).weight_decay(0.1);
    follow_f64("sgd_dampening", damped);
    follow_both("sgd_nesterov", Sgd::new(0.05).nesterov(true).momentum(0.8).weight_decay(0.01));
}

#[test]
fn rmsprop() {
    follow_f64("rmsprop", RmsProp::new(0.02));
    follow_f64("rmsprop_alpha", RmsProp::new(0.02).alpha(0.3).eps(1e-3).weight_decay(0.1));
    follow_f64("rmsprop_momentum", RmsProp::new(0.02).alpha(0.9).momentum(0.8));
    follow_f64("rmsprop_centered", RmsProp::new(0.02).alpha(0.9).centered(true));
    let all = RmsProp::new(0.02).alpha(0.8).momentum(0.5).centered(true).weight_decay(0.1);
    follow_both("rmsprop_all", all);
}

#[test]
fn adam() {
    follow_both("adam", Adam::new(0.1));
    let options = Adam::new(0.1).betas(0.4, 0.9).eps(1e-4).weight_decay(0.1);
    follow_f64("adam_options", options);
    follow_f64("adam_amsgrad", Adam::new(0.1).betas(0.9, 0.5).amsgrad(true));
}

#[test]
fn adamw() {
    follow_f64("adamw", AdamW::new(0.1));
    let options = AdamW::new(0.1).betas(0.8, 0.95).eps(1e-6).weight_decay(0.3).amsgrad(true);
    follow_both("adamw_options", options);
}

#[test]
fn adagrad() {
    follow_f64("adagrad", Adagrad::new(0.3));
    let options =
        Adagrad::new(0.3).lr_decay(0.1).weight_decay(0.1).initial_accumulator_value(0.5).eps(1e-3);
    follow_both("adagrad_options", options);
}

#[test]
fn both_precisions_in_one_model_go_as_they_go_alone() {
    let mut optimizer = Adam::new(0.1).amsgrad(true);
    let (mut single, mut double) = (start::<f32>(), start::<f64>());
    for _ in 0..10 {
        // The f64 model between the f32 buffers.
        let gradient = (gradient(&single), gradient(&double));
        let ((a, b, c), (ga, gb, gc)) = (&mut single, gradient.0);
        optimizer.step(&mut (a, (&mut double, b), c), &(ga, (gradient.1, gb), gc));
    }
    let (mut one, mut other) = (Adam::new(0.1).amsgrad(true), Adam::new(0.1).amsgrad(true));
    let (mut x, mut y) = (start::<f32>(), start::<f64>());
    for _ in 0..10 {
        let (gx, gy) = (gradient(&x), gradient(&y));
        one.step(&mut x, &gx);
        other.step(&mut y, &gy);
    }
    assert_eq!((single, double), (x, y));
}

#[test]
fn scalars_slices_and_borrowed_tuples_are_models() {
    let (mut w, mut b) = (vec![1.0_f64, 2.0], 3.0_f32);
    let mut optimizer = Sgd::new(0.5);
    optimizer.step(&mut (&mut w, &mut b), &(vec![2.0, 4.0], 6.0));
    assert_eq!((&w, b), (&vec![0.0, 0.0], 0.0));
    let mut optimizer = Sgd::new(0.5);
    optimizer.step(&mut w[..1], &vec![-2.0]);
    assert_eq!(w, [1.0, 0.0]);
}

#[test]
fn a_fresh_clone_of_an_optimizer_goes_its_own_way() {
    let mut optimizer = Sgd::new(1.0).momentum(1.0);
    let mut x = 0.0_f64;
    optimizer.step(&mut x, &-1.0);
    let mut branch = optimizer.clone();
    let mut y = x;
    optimizer.step(&mut x, &-1.0);
    branch.step(&mut y, &0.0);
    assert_eq!((x, y), (3.0, 2.0));
}

fn scheduled(case: &str, schedule: &impl Schedule) {
    for (step, expected) in reference(include_str!("data/schedule.csv"), case).iter().enumerate() {
        let (lr, expected) = (schedule.lr(step), expected[0]);
        assert!((lr - expected).abs() <= 1e-14, "{case}, step {step}: {lr} is not {expected}");
    }
}

#[test]
fn schedules() {
    scheduled("constant", &ConstantLr::new(0.4));
    scheduled("step", &StepLr::new(0.4, 7, 0.5));
    scheduled("exponential", &ExponentialLr::new(0.4, 0.93));
    scheduled("cosine", &CosineAnnealingLr::new(0.4, 12).eta_min(0.01));
    scheduled("linear", &LinearLr::new(0.4, 0.1, 0.9, 10));
    scheduled("one_cycle", &OneCycleLr::new(0.4, 31));
    let options = OneCycleLr::new(0.4, 31)
        .pct_start(0.4)
        .linear(true)
        .div_factor(10.0)
        .final_div_factor(100.0);
    scheduled("one_cycle_options", &options);
    scheduled("one_cycle_three_phase", &OneCycleLr::new(0.4, 31).three_phase(true));
    let warm = LinearLr::new(0.4, 0.2, 1.0, 5).then(5, CosineAnnealingLr::new(0.4, 26));
    scheduled("sequential", &warm);
}

#[test]
fn one_cycle_without_a_rise_or_a_fall() {
    assert_eq!(OneCycleLr::new(1.0, 1).lr(0), OneCycleLr::new(1.0, 1).lr(5));
    assert_eq!(OneCycleLr::new(1.0, 10).pct_start(1.0).lr(9), 1.0);
    assert!(OneCycleLr::new(1.0, 10).pct_start(0.0).lr(0) > 0.9);
}

#[test]
fn clip_by_norm() {
    // 1 + 4 + 4 = 9 over two buffers of two precisions.
    let mut g = (Buffer(vec![1.0_f64, -2.0]), Buffer(vec![2.0_f32]), Buffer::<f64>(Vec::new()));
    let before = g.clone();
    assert_eq!(clip_grad_norm(&mut g, 3.5), 3.0);
    assert_eq!(g, before, "a short gradient stays as it is");
    assert_eq!(clip_grad_norm(&mut g, 1.5), 3.0);
    let scale = 1.5 / 3.000_001;
    assert_eq!(g.0, Buffer(vec![scale, -2.0 * scale]));
    assert_eq!(g.1, Buffer(vec![2.0 * scale as f32]));
    let mut g = vec![f64::NAN, 1.0];
    assert!(clip_grad_norm(&mut g, 1.0).is_nan() && g[1].is_nan());
}

#[test]
fn clip_by_value() {
    let mut g = (Buffer(vec![1.0_f64, -2.0, f64::NEG_INFINITY, 0.25]), Buffer(vec![2.0_f32]));
    clip_grad_value(&mut g, 0.5);
    assert_eq!(g, (Buffer(vec![0.5, -0.5, -0.5, 0.25]), Buffer(vec![0.5])));
}

/// The message of the panic of `f`, and the file that it names.
fn panics(f: impl FnOnce() + std::panic::UnwindSafe) -> String {
    *std::panic::catch_unwind(f).unwrap_err().downcast::<String>().expect("a formatted message")
}

#[test]
fn hyper_parameters_are_checked() {
    for (message, f) in [
        ("Sgd: lr must be at least 0, got -1", (|| drop(Sgd::new(-1.0))) as fn()),
        ("Sgd: lr must be at least 0, got NaN", || Sgd::new(1.0).set_lr(f64::NAN)),
        ("Sgd: momentum must be at least 0, got -0.5", || drop(Sgd::new(1.0).momentum(-0.5))),
        ("Adam: beta1 must be at least 0 and below 1, got 1", || {
            drop(Adam::new(1.0).betas(1.0, 0.9));
        }),
        ("AdamW: beta2 must be at least 0 and below 1, got -1", || {
            drop(AdamW::new(1.0).betas(0.9, -1.0));
        }),
        ("AdamW: eps must be at least 0, got -1", || drop(AdamW::new(1.0).eps(-1.0))),
        ("RmsProp: alpha must be at least 0, got -1", || drop(RmsProp::new(1.0).alpha(-1.0))),
        ("Adagrad: lr_decay must be at least 0, got -1", || {
            drop(Adagrad::new(1.0).lr_decay(-1.0));
        }),
        ("Sgd: nesterov needs a momentum above 0 and a dampening of 0, got 0 and 0", || {
            Sgd::new(1.0).nesterov(true).step(&mut 1.0_f64, &1.0);
        }),
        ("LinearLr: lr must be at least 0, got -1", || {
            let _ = LinearLr::warmup(-1.0, 5);
        }),
    ] {
        assert_eq!(panics(f), message);
    }
}

#[test]
fn a_model_that_changed_is_refused() {
    let message = panics(|| {
        Sgd::new(1.0).step(&mut Buffer(vec![1.0, 2.0]), &Buffer(vec![1.0]));
    });
    assert_eq!(message, "step: a buffer of 2 parameters has a gradient of 1");
    for (size, momentum) in [(1, 0.5), (3, 0.5), (3, 0.0)] {
        let message = panics(move || {
            let mut optimizer = Sgd::new(1.0).momentum(momentum);
            optimizer.step(&mut Buffer(vec![1.0, 2.0]), &Buffer(vec![1.0, 1.0]));
            let size_now = Buffer(vec![1.0; size]);
            optimizer.step(&mut size_now.clone(), &size_now);
        });
        let expected = format!("step: the model has {size} parameters, at the first step it had 2");
        assert_eq!(message, expected);
    }
    let message = panics(|| {
        let mut optimizer = Sgd::new(1.0);
        optimizer.step(&mut 1.0_f64, &1.0);
        drop(optimizer.momentum(0.5));
    });
    assert_eq!(message, "Sgd: momentum must be set before the first step");
}

#[test]
fn a_panic_is_at_the_callers_line() {
    let place = std::sync::Arc::new(std::sync::Mutex::new(None));
    let seen = place.clone();
    let old = std::panic::take_hook();
    let here = std::thread::current().id();
    std::panic::set_hook(Box::new(move |info| {
        if std::thread::current().id() == here {
            *seen.lock().unwrap() = info.location().map(|at| (at.file().to_owned(), at.line()));
        }
    }));
    let line = line!() + 1;
    let _ = std::panic::catch_unwind(|| Sgd::new(0.1).step(&mut vec_model(), &Buffer(vec![1.0])));
    std::panic::set_hook(old);
    assert_eq!(*place.lock().unwrap(), Some((file!().to_owned(), line)));
}

fn vec_model() -> Buffer<f64> {
    Buffer(vec![1.0, 2.0])
}
