//! The error function, from its differential equation: faster than a series in sums of two.
//!
//! Around each multiple `c` of 1/8 it is a Taylor polynomial in `h = x - c`. Its derivative
//! `g(h) = 2/√π exp(-(c + h)²)` satisfies `g' = -2 (c + h) g`, which gives the coefficients
//! `(n + 1) gₙ₊₁ = -2 (c gₙ + gₙ₋₁)`; the constant terms follow from two neighbouring polynomials
//! having the same value half-way. The compiler evaluates all of this; at run time a value costs one
//! table row and one polynomial, and no exponential.

use std::f64::consts::FRAC_2_SQRT_PI;

/// Polynomials for each unit of `x`.
const PER_UNIT: f64 = 8.0;
/// The last polynomial is around 6, where the function differs from 1 by less than half an ulp.
const ROWS: usize = 49;
/// The terms that are needed for `|h| <= 1/16`: the next is below 1e-17.
const TERMS: usize = 13;

static TAYLOR: [[f64; TERMS]; ROWS] = taylor();

/// `2/√π ∫₀ˣ exp(-t²) dt`, with an error of about one unit in the last place.
#[allow(clippy::cast_sign_loss, reason = "the row of a magnitude is not negative; NaN gives row 0")]
pub(super) fn erf(x: f64) -> f64 {
    let magnitude = x.abs();
    let row = (magnitude * PER_UNIT + 0.5) as usize;
    if row >= ROWS {
        return 1.0_f64.copysign(x);
    }
    let h = magnitude - row as f64 / PER_UNIT;
    let value = TAYLOR[row].iter().rev().fold(0.0, |sum, &coefficient| sum * h + coefficient);
    value.copysign(x)
}

const fn taylor() -> [[f64; TERMS]; ROWS] {
    let mut rows = [[0.0; TERMS]; ROWS];
    rows[0] = increments(0.0);
    // The constant terms, with what rounding took from them: otherwise 48 errors would add up.
    let (mut constant, mut lost) = (0.0, 0.0);
    let half_way = 0.5 / PER_UNIT;
    let mut i = 1;
    while i < ROWS {
        rows[i] = increments(i as f64 / PER_UNIT);
        // The constant term of the previous row would drown these in its own rounding.
        rows[i - 1][0] = 0.0;
        let step = polynomial(&rows[i - 1], half_way) - polynomial(&rows[i], -half_way) - lost;
        let next = constant + step;
        lost = (next - constant) - step;
        rows[i - 1][0] = constant;
        constant = next;
        rows[i][0] = constant;
        i += 1;
    }
    rows
}

/// The Taylor coefficients around `c` but the constant one.
const fn increments(c: f64) -> [f64; TERMS] {
    let mut coefficients = [0.0; TERMS];
    let (mut previous, mut g) = (0.0, FRAC_2_SQRT_PI / exp(c * c));
    let mut n = 0;
    while n + 1 < TERMS {
        let next = (n + 1) as f64;
        // The integral of gₙ hⁿ is gₙ hⁿ⁺¹ / (n + 1).
        coefficients[n + 1] = g / next;
        (previous, g) = (g, -2.0 * (c * g + previous) / next);
        n += 1;
    }
    coefficients
}

const fn polynomial(coefficients: &[f64; TERMS], h: f64) -> f64 {
    let mut sum = 0.0;
    let mut n = TERMS;
    while n > 0 {
        n -= 1;
        sum = sum * h + coefficients[n];
    }
    sum
}

/// `exp(x)` for `0 <= x <= 36` by its series, the innermost bracket first: every term is positive.
const fn exp(x: f64) -> f64 {
    let mut sum = 1.0;
    let mut n = 160;
    while n > 0 {
        sum = 1.0 + sum * x / n as f64;
        n -= 1;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Table 7.1 of Abramowitz and Stegun, continued to the digits of an `f64`.
    const PUBLISHED: [(f64, f64); 16] = [
        (0.02, 0.022_564_574_691_844_946),
        (0.1, 0.112_462_916_018_284_9),
        (0.25, 0.276_326_390_168_236_96),
        (0.3, 0.328_626_759_459_127_4),
        (0.5, 0.520_499_877_813_046_5),
        (0.75, 0.711_155_633_653_515_1),
        (0.9, 0.796_908_212_422_832_2),
        (1.0, 0.842_700_792_949_714_9),
        (1.25, 0.922_900_128_256_458_3),
        (1.5, 0.966_105_146_475_310_8),
        (1.9, 0.992_790_429_235_257_5),
        (2.0, 0.995_322_265_018_952_7),
        (2.5, 0.999_593_047_982_555),
        (3.0, 0.999_977_909_503_001_4),
        (4.0, 0.999_999_984_582_742_1),
        (5.0, 0.999_999_999_998_462_6),
    ];

    #[test]
    fn published_values() {
        for (x, expected) in PUBLISHED {
            let tolerance = 2.0 * f64::EPSILON * expected;
            assert!((erf(x) - expected).abs() <= tolerance, "erf({x}) = {}", erf(x));
            assert!((erf(-x) + expected).abs() <= tolerance, "erf(-{x}) = {}", erf(-x));
        }
    }

    #[test]
    fn limits() {
        assert_eq!(erf(0.0_f64), 0.0);
        assert!(erf(-0.0_f64).is_sign_negative());
        assert_eq!(erf(1e-300_f64), FRAC_2_SQRT_PI * 1e-300);
        assert_eq!(erf(6.1_f64), 1.0);
        assert_eq!(erf(f64::INFINITY), 1.0);
        assert_eq!(erf(f64::NEG_INFINITY), -1.0);
        assert!(erf(f64::NAN).is_nan());
    }
}
