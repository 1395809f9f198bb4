//! Hessian-vector products and Hessians against closed forms and differences of gradients.

#![allow(
    clippy::pedantic,
    clippy::all,
    dead_code,
    reason = "what users may write, not what is best"
)]

use autograd_runtime::prelude::*;

#[differentiable(order = 2)]
fn rosenbrock(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() - 1 {
        let a = 1.0 - x[i];
        let b = x[i + 1] - x[i] * x[i];
        sum += a * a + 100.0 * b * b;
    }
    sum
}

#[test]
fn hessian_of_a_polynomial() {
    let (x, y) = (0.7, -0.4);
    let hessian = rosenbrock::hessian(&[x, y]);
    let expected = [[2.0 - 400.0 * (y - 3.0 * x * x), -400.0 * x], [-400.0 * x, 200.0]];
    for (i, row) in expected.iter().enumerate() {
        for (j, expected) in row.iter().enumerate() {
            assert!((hessian[[i, j]] - expected).abs() < 1e-10, "{}", hessian[[i, j]]);
        }
    }
    let product = rosenbrock::hvp(&[x, y], vec![2.0, -1.0]);
    assert!((product[0] - (2.0 * expected[0][0] - expected[0][1])).abs() < 1e-10);
    assert!((product[1] - (2.0 * expected[1][0] - expected[1][1])).abs() < 1e-10);
}

const RATE: f64 = 0.3;
const TABLE: [f64; 2] = [1.5, -0.5];

/// Casts, constants, calls of generic functions, methods by path, branches and several parameters.
#[differentiable(order = 2)]
fn mixed(a: f64, pair: (f64, [f64; 2]), b: &[f64], n: usize, #[no_grad] c: f64) -> f64 {
    let (p, [q, r]) = pair;
    let mut sum = RATE * a + std::f64::consts::PI / 4.0;
    for i in 0..n {
        let w = (i as f64 + 1.0) * TABLE[i % 2];
        if b[i] > 0.5 {
            sum += (w * b[i] * a).sin() * q.exp();
        } else {
            sum -= smooth(b[i] * r, p) / (w.abs() + c);
        }
    }
    let parts = vec![p * p, q.powi(3), f64::max(r, a)];
    let scale = no_grad! { 1.0 + a * 0.0 };
    scale * sum.tanh() + parts.iter().sum::<f64>().sqrt() + a.hypot(q).ln()
}

#[differentiable]
fn smooth<T: Real>(x: T, y: T) -> T {
    (x * x + y.cos()).ln_1p() + x.atan2(y) + x.powf(y.abs() + T::ONE)
}

#[test]
fn against_differences_of_gradients() {
    let (a, p, q, r, b, n, c) = (0.8, 1.2, 0.4, 0.9, [0.7, 0.3, 0.9, 0.2], 4, 0.25);
    let gradient = |t: f64| {
        let b: Vec<f64> = b.iter().zip([1.0, -2.0, 0.5, 1.5]).map(|(b, d)| b + t * d).collect();
        let pair = (p - t, [q + 2.0 * t, r + 0.25 * t]);
        mixed::grad(a + 0.5 * t, pair, &b, n, c)
    };
    let h = 1e-5;
    let ((a1, (p1, qr1), b1), (a0, (p0, qr0), b0)) = (gradient(h), gradient(-h));
    let tangents = (0.5, (-1.0, [2.0, 0.25]), vec![1.0, -2.0, 0.5, 1.5]);
    let (da, (dp, dqr), db) = mixed::hvp(a, (p, [q, r]), &b, n, c, tangents);
    let close = |got: f64, plus: f64, minus: f64| {
        let expected = (plus - minus) / (2.0 * h);
        assert!((got - expected).abs() < 1e-7 * expected.abs().max(1.0), "{got}, not {expected}");
    };
    close(da, a1, a0);
    close(dp, p1, p0);
    (0..2).for_each(|i| close(dqr[i], qr1[i], qr0[i]));
    (0..4).for_each(|i| close(db[i], b1[i], b0[i]));
    let hessian = mixed::hessian(a, (p, [q, r]), &b, n, c);
    assert_eq!(hessian.shape(), [8, 8]);
    for i in 0..8 {
        for j in 0..i {
            assert!((hessian[[i, j]] - hessian[[j, i]]).abs() < 1e-12, "not symmetric");
        }
    }
}

#[differentiable(order = 2)]
fn generic<T: Real>(x: &[T], k: T) -> T {
    x.iter().map(|&x| (x * k).exp()).sum::<T>()
}

#[test]
fn generic_functions_over_both_precisions_and_over_dual_numbers() {
    // ∂²/∂x² = k² eᵏˣ, ∂²/∂x∂k = (1 + k x) eᵏˣ, ∂²/∂k² = x² eᵏˣ
    let (x, k) = (0.5, 2.0);
    let (dx, dk) = generic::hvp(&[x], k, (vec![1.0], 0.0));
    let e = 1.0_f64.exp();
    assert!((dx[0] - 4.0 * e).abs() < 1e-12 && (dk - 2.0 * e).abs() < 1e-12);
    let (dx, dk) = generic::hvp(&[0.5_f32], 2.0, (vec![0.0], 1.0));
    assert!((dx[0] - 2.0 * 1.0_f32.exp()).abs() < 1e-5 && (dk - 0.25 * 1.0_f32.exp()).abs() < 1e-5);
    // A third derivative, by a dual number of its own: k³ eᵏˣ.
    use autograd_runtime::Dual;
    let x = [Dual::new(0.5, 1.0)];
    let (dx, _) =
        generic::hvp(&x, Dual::constant(2.0), (vec![Dual::constant(1.0)], Dual::constant(0.0)));
    assert!((dx[0].re - 4.0 * e).abs() < 1e-12 && (dx[0].eps - 8.0 * e).abs() < 1e-12);
}

#[differentiable(order = 2)]
fn network(
    w: &Tensor<2>,
    v: &Tensor<2>,
    #[no_grad] x: &Tensor<2>,
    #[no_grad] classes: &[usize],
) -> f32 {
    let h = x.matmul(w).gelu();
    let y = h.matmul(v).softmax(1) * 3.0 + 0.5;
    loss::cross_entropy(&y, classes, loss::Reduction::Mean) + w.norm() * y.max()
}

#[differentiable(order = 2)]
fn double(w: &Tensor<2, f64>, #[no_grad] x: &Tensor<2, f64>) -> f64 {
    let h = x.matmul(w);
    let z = h.erf() * h.sigmoid() + h.softplus() - h.silu() + h.tanh().powi(3);
    (z.logsumexp_axis(1) * z.var() + z.max_axis(1)).sum()
        + loss::mse_loss(&z, x, loss::Reduction::Mean)
}

#[test]
fn tensors() {
    let (w, x) = (Tensor::<2, f64>::randn([3, 3], 1), Tensor::<2, f64>::randn([4, 3], 2));
    let direction = Tensor::<2, f64>::randn([3, 3], 3);
    let product = double::hvp(&w, &x, direction.clone());
    let h = 1e-5;
    let step = &direction * h;
    let difference =
        (double::grad(&(&w + &step), &x) - double::grad(&(&w - &step), &x)) / (2.0 * h);
    for (got, expected) in product.as_slice().iter().zip(difference.as_slice()) {
        assert!((got - expected).abs() < 1e-6 * expected.abs().max(1.0), "{got}, not {expected}");
    }
    let (w, v) = (Tensor::<2>::randn([3, 4], 1), Tensor::<2>::randn([4, 2], 2));
    let x = Tensor::<2>::randn([5, 3], 4);
    let (dw, dv) = network::hvp(&w, &v, &x, &[0, 1, 1, 0, 1], (w.clone(), v.clone()));
    assert_eq!((dw.shape(), dv.shape()), ([3, 4], [4, 2]));
    // The Hessian is symmetric: u (H d) = d (H u).
    let (u, z) = (Tensor::<2>::randn([3, 4], 8), Tensor::<2>::randn([4, 2], 9));
    let (uw, uv) = network::hvp(&w, &v, &x, &[0, 1, 1, 0, 1], (u.clone(), z.clone()));
    let left = (&u * dw).sum() + (&z * dv).sum();
    let right = (&w * uw).sum() + (&v * uv).sum();
    assert!((left - right).abs() < 1e-3 * left.abs().max(1.0), "{left}, {right}");
}

#[differentiable]
fn potential<T: Real>(x: T, k: T) -> T {
    (x * k).sin() * x
}

/// A plain function over any scalar that has a gradient inside.
fn force_squared<T: Real>(x: T, k: T) -> T {
    let (force, _) = potential::grad(x, k);
    force * force * k
}

#[test]
fn derivatives_of_derivatives_are_taken_over_dual_numbers() {
    use autograd_runtime::Dual;
    let (x, k) = (0.6_f64, 1.7);
    let first = k * x * (k * x).cos() + (k * x).sin();
    let second = 2.0 * k * (k * x).cos() - k * k * x * (k * x).sin();
    let result = force_squared(Dual::new(x, 1.0), Dual::constant(k));
    assert!((result.re - first * first * k).abs() < 1e-12);
    assert!((result.eps - 2.0 * first * second * k).abs() < 1e-12);
    // No perturbation is taken for another one's: d/dx (x · d/dy (x + y)) = 1.
    let inner = |x: Dual<f64>| {
        (Dual::constant(x) + Dual::new(Dual::constant(1.0), Dual::constant(1.0))).eps
    };
    let x = Dual::new(1.0, 1.0);
    assert_eq!((x * inner(x)).eps, 1.0);
}

/// The derivative of a gradient in a direction by differences.
fn difference<const R: usize>(
    gradient: impl Fn(&Tensor<R, f64>) -> Tensor<R, f64>,
    x: &Tensor<R, f64>,
    direction: &Tensor<R, f64>,
) -> Tensor<R, f64> {
    let step = direction * 1e-5;
    (gradient(&(x + &step)) - gradient(&(x - &step))) / 2e-5
}

fn close<const R: usize>(got: &Tensor<R, f64>, expected: &Tensor<R, f64>) {
    for (got, expected) in got.as_slice().iter().zip(expected.as_slice()) {
        assert!((got - expected).abs() < 1e-6 * expected.abs().max(1.0), "{got}, not {expected}");
    }
}

/// What runs on vector lanes runs over dual numbers.
#[differentiable(order = 2)]
fn functions(x: &Tensor<1, f64>) -> f64 {
    let y = x.exp() * x.exp2() + x.exp_m1() * x.ln() - x.ln_1p() * x.log2() + x.log10() * x.sqrt();
    let y = y + x.sin() * x.cos() - x.recip() * x.abs() + x.leaky_relu(0.1) * x.relu();
    let y = y + x.powf(1.7) * x.clamp(0.2, 1.0) + x.gelu() * x.floor() - x.powi(-2) * x.ceil();
    let y = y * x.square() / (x.sigmoid() + 0.5) - (x.trunc() + 0.3) * x.tan() * x.sinh();
    let y = y.maximum(&(x * x * 3.0)) + (x.atan() - 1.0).minimum(&x.acosh());
    (&y * x).sum() + y.mean() * x.softmax(0).max() + x.log_softmax(0).norm()
}

#[test]
fn functions_of_elements() {
    let x = Tensor::from([1.13, 1.27, 2.41, 2.77, 1.35, 3.3, 1.91, 1.05, 2.2]);
    let direction = Tensor::from([0.3, -1.0, 0.7, 0.2, 1.1, -0.4, 0.9, 0.5, -0.8]);
    close(
        &functions::hvp(&x, direction.clone()),
        &difference(|x| functions::grad(x), &x, &direction),
    );
}

#[differentiable(order = 2)]
fn image(x: &Tensor<4, f64>, w: &Tensor<4, f64>, b: &Tensor<1, f64>) -> f64 {
    let y = x.conv2d_with_bias(w, b, autograd_runtime::Conv2dOptions::new().padding(1)).silu();
    (y.max_pool2d(2) * y.avg_pool2d(2)).sum()
}

#[test]
fn images() {
    let (x, w) = (Tensor::<4, f64>::randn([2, 2, 4, 4], 1), Tensor::randn([3, 2, 3, 3], 2));
    let (b, dw) = (Tensor::<1, f64>::randn([3], 3), Tensor::<4, f64>::randn([3, 2, 3, 3], 4));
    let direction = (Tensor::zeros([2, 2, 4, 4]), dw.clone(), Tensor::zeros([3]));
    let (hx, hw, hb) = image::hvp(&x, &w, &b, direction);
    close(&hw, &difference(|w| image::grad(&x, w, &b).1, &w, &dw));
    let step = &dw * 1e-5;
    let (plus, minus) = (image::grad(&x, &(&w + &step), &b), image::grad(&x, &(&w - &step), &b));
    close(&hx, &((plus.0 - minus.0) / 2e-5));
    close(&hb, &((plus.2 - minus.2) / 2e-5));
}

#[test]
fn the_checker_of_second_derivatives() {
    use autograd_runtime::gradgradcheck;
    gradgradcheck!(rosenbrock, &[0.7, -0.4, 0.2]).unwrap();
    gradgradcheck!(mixed, 0.8, (1.2, [0.4, 0.9]), &[0.7, 0.3, 0.9, 0.2], 4, 0.25).unwrap();
    gradgradcheck!(generic, &[0.5_f32], 1.0).unwrap();
    let x = Tensor::<2, f64>::randn([4, 3], 2);
    gradgradcheck!(double, &Tensor::randn([3, 3], 1), &x).unwrap();
    let (x, w) = (Tensor::<4, f64>::randn([2, 2, 4, 4], 1), Tensor::randn([3, 2, 3, 3], 2));
    gradgradcheck!(image, &x, &w, &Tensor::randn([3], 3)).unwrap();
    // At a jump of the second derivative dual numbers take one side, and differences both.
    let error = gradgradcheck!(kink, 0.0).unwrap_err();
    assert_eq!((error.element, error.direction, error.numeric.round()), (0, Some(0), 1.0));
}

#[differentiable(order = 2)]
fn kink(x: f64) -> f64 {
    if x > 0.0 { x * x } else { 0.0 }
}

/// Scalars on the left of tensors, where the operators are fused and where they are not.
#[differentiable(order = 2)]
fn scalars_first(x: &Tensor<2, f64>, k: f64) -> f64 {
    let a = 2.0 - x.matmul(x);
    let c = (k * &a).sum_axis(0);
    let e = 3.0 * c;
    let s = a.sum();
    let g = s * x;
    let h = no_grad! { 2.0 * x };
    let mut m = 1.0 / (x.t() + 4.0);
    for _ in 0..2 {
        m = 0.5 * m.matmul(x);
    }
    let z = if k > 0.0 { 2.0 * m.clone() } else { m.clone() };
    let y = -2.0 * x;
    let q = K * x.matmul(x);
    let v = [k * x.matmul(x), 2.0 - x.matmul(x)];
    e.sum()
        + g.sum() * k
        + (m * h).sum()
        + z.sum()
        + y.powi(2).sum()
        + q.sum()
        + v[0].sum() * v[1].sum()
}

const K: f64 = 0.3;

#[differentiable(order = 2)]
fn scalars_first_single(x: &Tensor<2>, k: f32) -> f32 {
    let a = 2.0 - x.matmul(x);
    let b = 2.0f32 * x;
    (b * a).sum() * k
}
#[differentiable(order = 2)]
fn scalar_first_alone(x: &Tensor<2, f64>) -> f64 {
    (2.0 - x).sum().powi(2)
}

#[test]
fn scalars_on_the_left_of_tensors() {
    use autograd_runtime::gradgradcheck;
    let x = Tensor::from([[0.3, 0.7], [-0.2, 0.4]]);
    gradgradcheck!(scalars_first, &x, 0.4).unwrap();
    gradgradcheck!(scalar_first_alone, &x).unwrap();
    let x = Tensor::from([[0.3, 0.7], [-0.2, 0.4]]);
    gradgradcheck!(scalars_first_single, &x, 0.4).unwrap();
}

/// References to scalars have operators, if these are `f64`.
#[differentiable(order = 2)]
fn of_references(x: &[f64], y: &[f64], k: f64, r: &f64) -> f64 {
    let a: f64 = x.iter().map(|x| x * x).sum();
    let b: f64 = x.iter().zip(y).map(|(x, y)| x * y - k * x + y / k).sum();
    let mut c = 0.0;
    for (x, y) in x.iter().zip(y) {
        c += (x - y) * x.sin() * 2.0 - y * k;
        c -= -x * y / x;
        c *= x;
        c += y;
    }
    let d = x.iter().fold(0.0, |s, x| s + x * x);
    let v: Vec<f64> = x.iter().map(|x| x - 1.0).collect();
    let w: Vec<f64> = x.iter().map(|x| -x).collect();
    a * b + c * d + v[0] * v[1] + r * r * k / r + w[0] * w[1]
}

#[differentiable(order = 2)]
fn of_elements(m: &[[f64; 2]], pairs: &[(f64, f64)]) -> f64 {
    let mut s = 0.0;
    for row in m {
        for v in row {
            s += v * v * v;
        }
        s += row.iter().map(|v| 2.0 * v / (1.0 + v * v)).product::<f64>();
    }
    for w in m.windows(2) {
        s += w[1][0] * w[0][1];
    }
    for (a, b) in pairs {
        s += a * b - a / b;
    }
    for (i, p) in pairs.iter().enumerate() {
        s += p.0 * p.1 * i as f64;
    }
    let best = m.iter().map(|r| r[0]).fold(f64::NEG_INFINITY, f64::max);
    let roots: f64 = m.iter().map(|r| r[0]).map(f64::sqrt).sum();
    let low = m.iter().map(|r| r[1]).fold(1e9, f64::min);
    s * best * roots + low * low
}

#[test]
fn references_to_scalars() {
    use autograd_runtime::gradgradcheck;
    gradgradcheck!(of_references, &[0.3, 0.9], &[0.4, -0.2], 0.7, &0.3).unwrap();
    gradgradcheck!(of_elements, &[[0.3, 0.9], [0.4, -0.2]], &[(0.3, 0.4)]).unwrap();
}

#[differentiable(order = 2)]
fn stationary(w: &[f64], x: &[f64]) -> f64 {
    let mut total = 0.0;
    for x in x {
        total += w[0] * w[0] * x;
    }
    total
}

/// Where the gradient is zero its derivative is not: 2 Σ xⱼ.
#[test]
fn sums_that_are_zero_have_tangents() {
    let (w, x) = ([0.0], [0.5, 1.5, -0.25]);
    assert_eq!(stationary::grad(&w, &x), (vec![0.0], vec![0.0; 3]));
    let (of_w, of_x) = stationary::hvp(&w, &x, (vec![1.0], vec![0.0; 3]));
    assert_eq!((of_w[0], of_x), (3.5, vec![0.0; 3]));
}

/// No iteration, no element.
#[differentiable]
fn absent(x: &[f64], n: usize) -> f64 {
    let mut total = 1.0;
    for _ in 0..n {
        total *= x[7];
    }
    total + x[0]
}

#[test]
fn sums_of_no_iterations_have_no_place() {
    assert_eq!(absent::grad(&[2.0], 0), [1.0]);
}

#[differentiable(order = 2)]
fn power<T: Real>(x: T, n: u32) -> T {
    if n == 0 { T::ONE } else { x * power(x, n - 1) }
}

/// (xⁿ)″ = n (n - 1) xⁿ⁻².
#[test]
fn of_a_function_that_calls_itself() {
    let expected = 20.0 * 1.5_f64.powi(3);
    assert!((power::hvp(1.5, 5, 2.0) - 2.0 * expected).abs() < 1e-12);
}
