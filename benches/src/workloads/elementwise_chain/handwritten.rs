//! By hand: one pass, with the instructions of the machine, into buffers that were allocated once.

use super::{Problem, parts};
use crate::{Contender, Part};
use std::hint::black_box;
use std::rc::Rc;

/// The hand-written gradient.
pub struct Handwritten {
    problem: Rc<Problem>,
    dw: Vec<f32>,
    db: Vec<f32>,
    value: f32,
}

impl Handwritten {
    /// All buffers for `problem`.
    pub fn new(problem: &Rc<Problem>) -> Self {
        let columns = problem.shape.columns;
        Self {
            problem: Rc::clone(problem),
            dw: vec![0.0; columns],
            db: vec![0.0; columns],
            value: f32::NAN,
        }
    }
}

impl Contender for Handwritten {
    fn name(&self) -> &'static str {
        "hand-written"
    }

    fn step(&mut self) {
        let problem = Rc::clone(&self.problem);
        let (x, w, b) = black_box((&problem.x, &problem.w, &problem.b));
        self.dw.fill(0.0);
        self.db.fill(0.0);
        self.value = pass(x, w, b, &mut self.dw, &mut self.db);
        black_box((&self.value, &self.dw, &self.db));
    }

    fn result(&self) -> Vec<Part> {
        parts(self.value, &self.dw, &self.db)
    }
}

/// The sum; its gradient is added to `dw` and `db`.
fn pass(x: &[f32], w: &[f32], b: &[f32], dw: &mut [f32], db: &mut [f32]) -> f32 {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx512f") {
        // SAFETY: the machine has the instructions.
        return unsafe { avx512::pass(x, w, b, dw, db) };
    }
    scalars(x, w, b, dw, db)
}

/// [`pass`] for the elements that do not fill a register, and for other machines.
fn scalars(x: &[f32], w: &[f32], b: &[f32], dw: &mut [f32], db: &mut [f32]) -> f32 {
    let mut sum = 0.0;
    for x in x.chunks_exact(w.len().max(1)) {
        for (j, &x) in x.iter().enumerate() {
            let t = (x * w[j] + b[j]).tanh();
            let s = 1.0 / (1.0 + (-x).exp());
            let d = s - s * t * t;
            sum += t * s;
            dw[j] += d * x;
            db[j] += d;
        }
    }
    sum
}

/// The pass in registers of 16 numbers.
#[cfg(target_arch = "x86_64")]
mod avx512 {
    use super::scalars;
    #[allow(clippy::wildcard_imports, reason = "every instruction is a name")]
    use std::arch::x86_64::*;

    /// `(exp(r) - 1 - r) / r²` for small `r`.
    const EXP: [f32; 5] = [0.5, 0.166_665_45, 0.041_666_288, 0.008_366_345, 0.001_394_604_6];
    /// `ln 2` with so few digits that its products with exponents are exact, and what it lacks.
    const LN_2: [f32; 2] = [0.693_115_23, 3.194_618_3e-5];

    /// `2ⁿ` and `exp(r) - 1` for `x = n ln 2 + r`.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn exponential(x: __m512) -> (__m512, __m512) {
        let splat = _mm512_set1_ps;
        let n = _mm512_roundscale_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(
            _mm512_mul_ps(x, splat(std::f32::consts::LOG2_E)),
        );
        let r = _mm512_fnmadd_ps(n, splat(LN_2[0]), x);
        let r = _mm512_fnmadd_ps(n, splat(LN_2[1]), r);
        let mut p = splat(EXP[4]);
        p = _mm512_fmadd_ps(p, r, splat(EXP[3]));
        p = _mm512_fmadd_ps(p, r, splat(EXP[2]));
        p = _mm512_fmadd_ps(p, r, splat(EXP[1]));
        p = _mm512_fmadd_ps(p, r, splat(EXP[0]));
        let power = _mm512_scalef_ps(splat(1.0), n);
        (power, _mm512_fmadd_ps(_mm512_mul_ps(r, r), p, r))
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn tanh(x: __m512) -> __m512 {
        // tanh x = m / (m + 2) with m = exp(2x) - 1
        let small = _mm512_min_ps(_mm512_abs_ps(x), _mm512_set1_ps(10.0));
        let (power, less_one) = exponential(_mm512_add_ps(small, small));
        let m = _mm512_fmadd_ps(power, less_one, _mm512_sub_ps(power, _mm512_set1_ps(1.0)));
        let t = _mm512_div_ps(m, _mm512_add_ps(m, _mm512_set1_ps(2.0)));
        // The bits of `t`, and the sign of `x`.
        let sign = _mm512_set1_epi32(i32::MIN);
        let bits =
            _mm512_ternarylogic_epi32::<0xd8>(_mm512_castps_si512(t), _mm512_castps_si512(x), sign);
        _mm512_castsi512_ps(bits)
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn sigmoid(x: __m512) -> __m512 {
        let (zero, one) = (_mm512_setzero_ps(), _mm512_set1_ps(1.0));
        let (power, less_one) = exponential(_mm512_sub_ps(zero, _mm512_abs_ps(x)));
        let small = _mm512_fmadd_ps(power, less_one, power);
        let is_negative = _mm512_cmp_ps_mask::<_CMP_LT_OQ>(x, zero);
        let side = _mm512_mask_blend_ps(is_negative, one, small);
        _mm512_div_ps(side, _mm512_add_ps(one, small))
    }

    #[target_feature(enable = "avx512f")]
    pub(super) fn pass(x: &[f32], w: &[f32], b: &[f32], dw: &mut [f32], db: &mut [f32]) -> f32 {
        let columns = w.len();
        let filled = columns / 16 * 16;
        let mut sum = 0.0;
        for x in x.chunks_exact(columns) {
            let mut row = _mm512_setzero_ps();
            for j in (0..filled).step_by(16) {
                // SAFETY: all slices have at least `filled` elements.
                unsafe {
                    let load = |from: &[f32]| _mm512_loadu_ps(from.as_ptr().add(j));
                    let v = load(x);
                    let t = tanh(_mm512_fmadd_ps(v, load(w), load(b)));
                    let s = sigmoid(v);
                    let d = _mm512_fnmadd_ps(t, _mm512_mul_ps(t, s), s);
                    row = _mm512_fmadd_ps(t, s, row);
                    let to_w = _mm512_fmadd_ps(d, v, load(dw));
                    _mm512_storeu_ps(dw.as_mut_ptr().add(j), to_w);
                    let to_b = _mm512_add_ps(d, load(db));
                    _mm512_storeu_ps(db.as_mut_ptr().add(j), to_b);
                }
            }
            sum += _mm512_reduce_add_ps(row);
            sum += scalars(
                &x[filled..],
                &w[filled..],
                &b[filled..],
                &mut dw[filled..],
                &mut db[filled..],
            );
        }
        sum
    }
}
