//! Parameters taken by `&mut`: the gradient is with respect to the value on entry, and the value on
//! exit is a result of its own.

#![allow(clippy::pedantic, clippy::all, reason = "what users may write, not what is best")]

use autograd_runtime::prelude::*;

mod support;
use support::differences::check;

#[differentiable]
fn scale(v: &mut [f64], k: f64) {
    for x in v {
        *x *= k;
    }
}

#[differentiable]
fn scaled_squares(v: &mut [f64], k: f64) -> f64 {
    scale(v, k);
    let mut sum = 0.0;
    for x in v.iter() {
        sum += x * x;
    }
    sum
}

#[test]
fn the_gradient_is_with_respect_to_the_value_on_entry() {
    let mut v = vec![1.0, -2.0, 3.0];
    let (value, (dv, dk)) = scaled_squares::value_and_grad(&mut v, 2.0);
    assert_eq!(v, [2.0, -4.0, 6.0]);
    assert_eq!(value, 56.0);
    assert_eq!(dv, [8.0, -16.0, 24.0]);
    assert_eq!(dk, 2.0 * 2.0 * 14.0);
}

#[test]
fn the_pullback_takes_the_cotangent_of_the_value_on_exit() {
    let mut v = [1.0, -2.0, 3.0];
    let ((), pullback) = scale::vjp(&mut v, 2.0);
    let (dv, dk) = pullback(vec![1.0, 10.0, 100.0]);
    assert_eq!(dv, [2.0, 20.0, 200.0]);
    assert_eq!(dk, 1.0 - 20.0 + 300.0);
    let mut v = [1.0, -2.0, 3.0];
    let (value, pullback) = scaled_squares::vjp(&mut v, 2.0);
    assert_eq!(value, 56.0);
    let (dv, dk) = pullback(1.0, vec![1.0, 0.0, 0.0]);
    assert_eq!(dv, [8.0 + 2.0, -16.0, 24.0]);
    assert_eq!(dk, 56.0 + 1.0);
}

macro_rules! checks {
    ($($name:ident at $points:expr;)*) => {
        #[test]
        fn against_central_differences() {$(
            for at in $points {
                check($name, $name::value_and_grad, &at);
            }
        )*}
    };
}

checks! {
    sweeps at [[0.5, 1.5, -0.7, 2.0]];
    locals at [[0.5, 1.5, -0.7, 2.0]];
    halves at [[0.5, 1.5, -0.7, 2.0]];
    fields at [[0.5, 1.5, -0.7, 2.0]];
    methods at [[0.5, 1.5, -0.7, 2.0]];
    pushes at [[0.5, 1.5, -0.7, 2.0]];
    sorted at [[0.5, 1.5, -0.7, 2.0], [4.0, 3.0, 2.0, 1.0]];
    passed_on at [[0.5, 1.5, -0.7, 2.0]];
    recursive at [[0.5, 1.5, -0.7, 2.0]];
    scalars at [[0.5, 1.5, -0.7, 2.0]];
    returns_early at [[0.5, 1.5, -0.7, 2.0], [-0.5, 1.5, -0.7, 2.0]];
    from_constants at [[0.5, 1.5, -0.7, 2.0]];
    in_branches at [[0.5, 1.5, -0.7, 2.0], [1.5, 0.5, 0.3, -1.0]];
    rows at [[0.5, 1.5, -0.7, 2.0]];
    counted at [[0.5, 1.5, -0.7, 2.0]];
    twice_shared at [[0.5, 1.5, -0.7, 2.0]];
    stepped at [[0.5, 1.5, -0.7, 2.0]];
    tuples at [[0.5, 1.5, -0.7, 2.0]];
    generic at [[0.5, 1.5, -0.7, 2.0]];
    through_alias at [[0.5, 1.5, -0.7, 2.0]];
    replaced at [[0.5, 1.5, -0.7, 2.0]];
    stopped at [[0.5, 1.5, -0.7, 2.0]];
}

#[differentiable]
fn smooth(v: &mut [f64], k: f64) {
    for i in 1..v.len() {
        v[i] = v[i] * v[i - 1] + k * v[i].sin();
    }
}
#[differentiable]
fn sweeps(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    for step in 0..3 {
        smooth(&mut v, x[0] * step as f64);
    }
    v.iter().sum()
}

#[differentiable]
fn accumulate(sum: &mut f64, x: f64) -> f64 {
    *sum += x * x;
    *sum * x
}
#[differentiable]
fn locals(x: &[f64]) -> f64 {
    let mut sum = x[0];
    let mut y = 1.0;
    for &e in x {
        y *= accumulate(&mut sum, e);
    }
    y + sum
}

#[differentiable]
fn mix(a: &mut [f64], b: &mut [f64]) {
    for i in 0..a.len() {
        let t = a[i] * b[i];
        b[i] = a[i].cos() + b[i];
        a[i] = t;
    }
}
#[differentiable]
fn halves(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    let n = v.len() / 2;
    let (low, high) = v.split_at_mut(n);
    mix(low, high);
    mix(high, low);
    v[0] * v[1] + v[2] * v[3]
}

#[derive(Differentiable, Clone)]
struct State {
    position: f64,
    velocity: f64,
    trace: Vec<f64>,
}
#[differentiable]
fn kick(velocity: &mut f64, position: &f64, k: f64) {
    *velocity -= k * position.sin();
}
#[differentiable]
fn step(state: &mut State, k: f64) {
    kick(&mut state.velocity, &state.position, k);
    state.position += 0.1 * state.velocity;
    state.trace[0] += state.position * state.position;
}
#[differentiable]
fn fields(x: &[f64]) -> f64 {
    let mut state = State { position: x[0], velocity: x[1], trace: vec![x[2]] };
    for _ in 0..4 {
        step(&mut state, x[3]);
    }
    state.position + state.trace[0] * state.velocity
}

impl State {
    #[differentiable]
    fn drift(&mut self, dt: f64) {
        self.position += dt * self.velocity;
        self.velocity *= 1.0 - dt * self.position;
    }
    #[differentiable]
    fn energy(&self) -> f64 {
        self.velocity * self.velocity + self.position.cos()
    }
    #[differentiable]
    fn drifted(&mut self, dt: f64) -> f64 {
        self.drift(dt);
        let before = self.energy();
        self.drift(dt * dt);
        before * self.energy()
    }
}
#[differentiable]
fn methods(x: &[f64]) -> f64 {
    let mut state = State { position: x[0], velocity: x[1], trace: vec![x[2]] };
    let mut sum = 0.0;
    for _ in 0..2 {
        state.drift(x[3]);
        sum += state.energy();
    }
    sum * state.drifted(x[2])
}

#[differentiable]
fn extend(list: &mut Vec<f64>, x: f64) {
    let last = list[list.len() - 1];
    list.push(last * x);
    list.push(x.exp());
}
#[differentiable]
fn pushes(x: &[f64]) -> f64 {
    let mut list = vec![x[0]];
    for &e in x {
        extend(&mut list, e);
        list[0] *= e;
    }
    let mut sum = 0.0;
    for (i, e) in list.iter().enumerate() {
        sum += e * e * i as f64;
    }
    sum + list[0]
}

#[differentiable]
fn sort(v: &mut [f64]) {
    for i in 1..v.len() {
        let mut j = i;
        while j > 0 && v[j - 1] > v[j] {
            v.swap(j - 1, j);
            j -= 1;
        }
    }
}
#[differentiable]
fn sorted(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    sort(&mut v);
    let mut sum = 0.0;
    for (i, e) in v.iter().enumerate() {
        sum += e * e * (i + 1) as f64;
    }
    sum
}

#[differentiable]
fn norm(v: &[f64]) -> f64 {
    let mut sum = 0.0;
    for x in v {
        sum += x * x;
    }
    sum.sqrt()
}
#[differentiable]
fn normalize(v: &mut [f64]) -> f64 {
    let n = norm(v);
    scale(v, 1.0 / n);
    smooth(v, n);
    n * norm(v)
}
#[differentiable]
fn passed_on(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    let a = normalize(&mut v);
    let b = normalize(&mut v[1..]);
    a * b + v[2]
}

#[differentiable]
fn prefix(v: &mut [f64], n: usize) {
    if n > 1 {
        prefix(v, n - 1);
        v[n - 1] *= v[n - 2];
    }
}
#[differentiable]
fn recursive(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    let n = v.len();
    prefix(&mut v, n);
    v[1] + v[2] * v[3]
}

#[differentiable]
fn rotate(x: &mut f64, y: &mut f64, angle: f64) {
    let (s, c) = angle.sin_cos();
    let old = *x;
    *x = c * old - s * *y;
    *y = s * old + c * *y;
}
#[differentiable]
fn scalars(v: &[f64]) -> f64 {
    let (mut x, mut y) = (v[0], v[1]);
    rotate(&mut x, &mut y, v[2]);
    rotate(&mut y, &mut x, v[3] * v[0]);
    x * x * y
}

#[differentiable]
fn clamp_all(v: &mut [f64], x: f64) -> bool {
    for i in 0..v.len() {
        if v[i] * x < 0.0 {
            return true;
        }
        v[i] *= x;
    }
    false
}
#[differentiable]
fn returns_early(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    clamp_all(&mut v, x[0]);
    v[0] + v[1] * v[2] + v[3]
}

#[differentiable]
fn fill_powers(out: &mut [f64], x: f64) {
    let mut p = 1.0;
    for o in out.iter_mut() {
        p *= x;
        *o = p;
    }
}
#[differentiable]
fn from_constants(x: &[f64]) -> f64 {
    let mut powers = [0.0; 5];
    fill_powers(&mut powers, x[1]);
    let mut more = vec![0.0; 3];
    fill_powers(&mut more, powers[2]);
    powers.iter().sum::<f64>() * more[1]
}

#[differentiable]
fn in_branches(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    for i in 0..3 {
        if v[i] > v[i + 1] {
            smooth(&mut v, x[0]);
            if v[0] > 10.0 {
                break;
            }
        } else {
            scale(&mut v[..2], x[1]);
        }
    }
    norm(&v)
}

#[differentiable]
fn rows(x: &[f64]) -> f64 {
    let mut m = vec![vec![x[0], x[1]], vec![x[2], x[3]]];
    for row in &mut m {
        scale(row, x[0]);
    }
    for row in m.iter_mut() {
        smooth(row, x[1]);
    }
    scale(&mut m[1], x[2]);
    m[0][0] * m[1][1] + m[0][1] * m[1][0]
}

#[differentiable]
fn tally(x: f64, #[no_grad] count: &mut usize) -> f64 {
    *count += 1;
    x * *count as f64
}
#[differentiable]
fn counted(x: &[f64]) -> f64 {
    let mut count = 0;
    let mut sum = 0.0;
    for &e in x {
        sum += tally(e, &mut count) * e;
    }
    sum * count as f64
}

#[differentiable]
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..a.len() {
        sum += a[i] * b[i];
    }
    sum
}
#[differentiable]
fn square_of(v: &mut [f64]) -> f64 {
    let a = dot(v, v);
    v[0] *= a;
    a * dot(&v[1..], &v[..v.len() - 1])
}
#[differentiable]
fn twice_shared(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    square_of(&mut v) + v[0]
}

#[differentiable]
fn advance(state: &mut [f64; 2], t: &mut f64, dt: f64) -> bool {
    let [p, v] = *state;
    *state = [p + dt * v, v - dt * p];
    *t += dt;
    *t < 1.0
}
#[differentiable]
fn stepped(x: &[f64]) -> f64 {
    let mut state = [x[0], x[1]];
    let mut t = 0.0;
    while advance(&mut state, &mut t, 0.3) {}
    state[0] * state[1] + t * x[2]
}

#[differentiable]
fn swap_pair(pair: &mut (f64, f64)) {
    *pair = (pair.1 * pair.1, pair.0);
}
#[differentiable]
fn tuples(x: &[f64]) -> f64 {
    let mut pair = (x[0], x[1]);
    swap_pair(&mut pair);
    swap_pair(&mut pair);
    pair.0 * x[2] + pair.1
}

#[differentiable]
fn axpy<T: Real>(y: &mut [T], a: T, x: &[T]) {
    for i in 0..y.len() {
        y[i] += a * x[i];
    }
}
#[differentiable]
fn generic(x: &[f64]) -> f64 {
    let mut y = vec![0.0; x.len()];
    axpy(&mut y, x[0], x);
    axpy(&mut y, x[1] * x[1], x);
    let copy = y.clone();
    axpy(&mut y, 2.0, &copy);
    norm(&y)
}

#[differentiable]
fn renamed(v: &mut [f64]) {
    let w = v;
    w[0] *= w[1];
    scale(w, 3.0);
    w[1] += w[0];
}
#[differentiable]
fn through_alias(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    renamed(&mut v);
    v[0] * v[1]
}

#[differentiable]
fn assign(v: &mut Vec<f64>, x: f64) {
    *v = vec![x, x * v[0]];
}
#[differentiable]
fn replaced(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    assign(&mut v, x[1]);
    v[0] * v[1]
}

#[differentiable]
fn shifted(v: &mut [f64]) {
    let mean = no_grad! { 1.5 };
    for x in v {
        *x -= mean;
        *x *= *x;
    }
}
#[differentiable]
fn stopped(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    shifted(&mut v);
    norm(&v)
}

#[test]
fn accumulates_into_a_gradient_of_the_callers() {
    let mut v = [1.0, -2.0, 3.0];
    let mut gradient = (vec![1.0; 3], 1.0);
    assert_eq!(scaled_squares::value_and_grad_into(&mut v, 2.0, &mut gradient), 56.0);
    assert_eq!(gradient, (vec![9.0, -15.0, 25.0], 57.0));
}

#[test]
fn a_list_that_grew_has_a_gradient_as_long_as_on_entry() {
    let mut list = vec![2.0];
    let ((), pullback) = extend::vjp(&mut list, 3.0);
    assert_eq!(list, [2.0, 6.0, 3.0_f64.exp()]);
    let (list_bar, x_bar) = pullback(vec![1.0, 10.0, 0.0]);
    assert_eq!(list_bar, [1.0 + 10.0 * 3.0]);
    assert_eq!(x_bar, 20.0);
}

#[test]
fn a_receiver_is_changed() {
    let mut state = State { position: 1.0, velocity: 2.0, trace: vec![] };
    let ((), pullback) = state.drift_vjp(0.5);
    assert_eq!((state.position, state.velocity), (2.0, 0.0));
    let exit = StateGrad { position: 1.0, velocity: 10.0, trace: vec![] };
    let (entry, dt) = pullback(exit);
    // p' = p + dt v, v' = v (1 - dt p')
    assert_eq!(entry.position, 1.0 + 10.0 * 2.0 * -0.5);
    assert_eq!(entry.velocity, 0.5 + 10.0 * (0.0 + 2.0 * -0.5 * 0.5));
    assert_eq!(dt, 2.0 + 10.0 * 2.0 * (-2.0 - 0.5 * 2.0));
}

#[test]
fn the_check_leaves_the_arguments_alone() {
    let mut v = [0.3, 0.7];
    scaled_squares::gradcheck(&mut v, 1.3).unwrap();
    assert_eq!(v, [0.3, 0.7]);
}

/// The length of a list changes while its cotangent is alive.
mod lengths {
    use super::check;
    use autograd_runtime::prelude::*;

    #[derive(Differentiable, Clone)]
    struct Path {
        points: Vec<f64>,
        tags: Vec<Vec<f64>>,
    }
    impl Path {
        #[differentiable]
        fn add(&mut self, x: f64) {
            self.points.push(x * x);
            self.tags.push(vec![x, x * 2.0]);
            self.tags[0].push(x);
        }
        #[differentiable]
        fn length(&self) -> f64 {
            let mut sum = 0.0;
            for p in &self.points {
                sum += p * p;
            }
            for tag in &self.tags {
                for t in tag {
                    sum += t * t * t;
                }
            }
            sum
        }
    }
    #[differentiable]
    fn total(v: &[f64]) -> f64 {
        let mut sum = 0.0;
        for (i, x) in v.iter().enumerate() {
            sum += x * x * (i + 1) as f64;
        }
        sum
    }
    #[differentiable]
    fn lists_in_structs(x: &[f64]) -> f64 {
        let mut path = Path { points: vec![], tags: vec![vec![]] };
        for &e in x {
            path.add(e);
        }
        path.points.push(x[0] * x[1]);
        let last = path.points.len() - 1;
        path.length() * path.points[last] + total(&path.points) * total(&path.points[1..])
    }
    #[differentiable]
    fn longer(x: &[f64]) -> f64 {
        let mut v = vec![x[0]];
        let first = v[0] * x[2];
        v = vec![first, x[1], x[2] * x[3]];
        v[2] * v[1] + v[0]
    }
    #[differentiable]
    fn shorter(x: &[f64]) -> f64 {
        let mut v = x.to_vec();
        let first = v[3] * v[2];
        v = vec![first, x[1]];
        total(&v) + v[0]
    }
    #[differentiable]
    fn moved_in(w: Vec<f64>, x: f64) -> f64 {
        let mut v = vec![x; 5];
        let y = v[4];
        v = w;
        v[0] * y
    }
    #[differentiable]
    fn by_value(x: &[f64]) -> f64 {
        moved_in(vec![x[0], x[1]], x[2]) + moved_in(x.to_vec(), x[3])
    }
    #[differentiable]
    fn own(mut v: Vec<f64>) -> f64 {
        v.push(v[0] * v[1]);
        let s = total(&v);
        v = vec![s, s * v[2], v[1], v[0], v[0], v[1]];
        v[0] * v[4] + v[1]
    }
    #[differentiable]
    fn refill(v: &mut Vec<f64>) {
        let n = v.len();
        let mut next = Vec::new();
        for i in 1..n {
            next.push(v[i] - v[i - 1] * v[i]);
        }
        *v = next;
    }
    #[differentiable]
    fn pyramid(x: &[f64]) -> f64 {
        let mut v = x.to_vec();
        let mut sum = 0.0;
        while v.len() > 1 {
            refill(&mut v);
            sum += total(&v);
        }
        sum
    }
    #[differentiable]
    fn rows_replaced(x: &[f64]) -> f64 {
        let mut rows = vec![vec![x[0]], vec![x[1], x[2]]];
        let before = rows[0][0] * rows[1][1];
        rows[0] = rows[1].clone();
        rows[1] = vec![before, x[3], x[3] * before];
        total(&rows[0]) + rows[1][2] * rows[0][1]
    }

    #[test]
    fn against_central_differences() {
        let at = [0.5, 1.5, -0.7, 2.0];
        check(lists_in_structs, lists_in_structs::value_and_grad, &at);
        check(longer, longer::value_and_grad, &at);
        check(shorter, shorter::value_and_grad, &at);
        check(by_value, by_value::value_and_grad, &at);
        check(|v| own(v.to_vec()), |v| own::value_and_grad(v.to_vec()), &at);
        check(pyramid, pyramid::value_and_grad, &at);
        check(rows_replaced, rows_replaced::value_and_grad, &at);
    }

    #[test]
    fn a_gradient_is_as_long_as_the_argument() {
        assert_eq!(moved_in::grad(vec![1.0, 2.0], 3.0), (vec![3.0, 0.0], 1.0));
        let mut v = vec![2.0, 3.0, 4.0];
        let ((), pullback) = refill::vjp(&mut v);
        assert_eq!(v, [-3.0, -8.0]);
        assert_eq!(pullback(vec![1.0, 0.0]), [-3.0, -1.0, 0.0]);
    }
}

/// Calls that change something inside of conditions.
mod conditions {
    use super::check;
    use autograd_runtime::prelude::*;

    #[differentiable]
    fn shrink(x: &mut f64, k: f64) -> bool {
        *x *= k;
        *x > 0.5
    }
    #[differentiable]
    fn grow(x: &mut f64) -> f64 {
        *x = *x * *x + 0.1;
        *x * 2.0
    }
    #[differentiable]
    fn in_if(x: &[f64]) -> f64 {
        let (mut a, mut b) = (x[0], x[1]);
        if shrink(&mut a, x[2]) && grow(&mut b) > 0.3 {
            a += b;
        }
        if !shrink(&mut a, x[3]) || grow(&mut b) < 1e9 {
            b *= a;
        }
        let larger = grow(&mut a) > grow(&mut b);
        if larger { a } else { a * b }
    }
    #[differentiable]
    fn in_while(x: &[f64]) -> f64 {
        let mut a = x[0] + 8.0;
        let mut sum = 0.0;
        while shrink(&mut a, 0.3 + 0.1 * x[1]) && sum < 100.0 {
            if a > 3.0 {
                continue;
            }
            sum += a * x[2];
        }
        sum * a
    }
    #[differentiable]
    fn through_name(a: &mut f64, k: f64) -> f64 {
        let mut n = 0.0;
        while shrink(a, k) {
            n += 1.0;
        }
        n * *a
    }
    #[differentiable]
    fn by_name(x: &[f64]) -> f64 {
        let mut a = x[1] + 4.0;
        through_name(&mut a, x[0]) + a
    }

    #[test]
    fn against_central_differences() {
        for at in [[0.5, 1.5, -0.7, 2.0], [1.5, 0.2, 0.7, 0.9]] {
            check(in_if, in_if::value_and_grad, &at);
            check(in_while, in_while::value_and_grad, &at);
        }
        check(by_name, by_name::value_and_grad, &[0.5, 1.5]);
    }
}

#[test]
fn a_pullback_can_be_cloned() {
    let mut v = [1.0, -2.0, 3.0];
    let (value, pullback) = scaled_squares::vjp(&mut v, 2.0);
    assert_eq!((value, v), (56.0, [2.0, -4.0, 6.0]));
    let again = pullback.clone();
    let first = pullback(1.0, vec![0.0; 3]);
    v = [0.0; 3];
    assert_eq!(again.clone()(1.0, vec![0.0; 3]), first);
    assert_eq!(again(2.0, vec![0.0; 3]).1, 2.0 * first.1);
    assert_eq!(v, [0.0; 3]);
}

/// Where what is mutable is only read: it is borrowed anew, as Rust does.
mod read_only {
    use super::*;

    #[differentiable]
    fn first_of(list: &[f64], by: f64) -> f64 {
        list[0] * by
    }
    #[differentiable]
    fn doubled(list: &mut [f64], by: f64) -> f64 {
        list[0] *= 2.0;
        list[0] * by
    }
    /// A later argument that needs statements.
    #[differentiable]
    fn before_a_block(list: &mut [f64], x: f64) -> f64 {
        let first = first_of(
            list,
            if x > 0.0 {
                let y = x * x;
                y
            } else {
                x
            },
        );
        first
            + doubled(
                list,
                if x > 0.0 {
                    let y = x * x;
                    y
                } else {
                    x
                },
            )
            + list[0]
    }
    #[differentiable]
    fn copied(list: &mut [f64], x: f64) -> f64 {
        let mut copy = [x; 2];
        copy.copy_from_slice(list);
        copy[1] *= x;
        copy[0] * copy[1] + list[0]
    }

    #[test]
    fn gradients_and_tangents() {
        // a x² + 2 a x² + 2 a
        let mut list = [3.0, 5.0];
        let (value, (of_list, of_x)) = before_a_block::value_and_grad(&mut list, 2.0);
        assert_eq!((value, of_list, of_x), (42.0, vec![14.0, 0.0], 36.0));
        let (_, (tangent, _)) = before_a_block::jvp(&mut [3.0, 5.0], 2.0, (vec![1.0, 0.0], 1.0));
        assert_eq!(tangent, 50.0);
        // a b x + a
        let mut list = [3.0, 5.0];
        let (value, (of_list, of_x)) = copied::value_and_grad(&mut list, 2.0);
        assert_eq!((value, of_list, of_x), (33.0, vec![11.0, 6.0], 15.0));
        let (_, (tangent, _)) = copied::jvp(&mut list, 2.0, (vec![1.0, 0.0], 1.0));
        assert_eq!(tangent, 26.0);
    }
}
