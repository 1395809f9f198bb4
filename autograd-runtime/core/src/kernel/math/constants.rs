//! What the functions are computed with, for each precision.
//!
//! The polynomials are the best approximations, in the sense of the largest error, of what their
//! names say, found by Remez exchange. They start with the constant term.

use crate::{Dual, Real};
use std::f64::consts;

/// The constants of a precision.
pub trait Constants: Sized + 'static {
    /// Adding this rounds to an integer, which the lowest bits then are.
    const ROUND: Self;
    /// The same, for the exponent of a power of two: the lowest bits are the integer with the bias of
    /// an exponent.
    const ROUND_BIASED: Self;
    /// The bits of an integer become a number by these, which stand for [`INTEGER`](Self::INTEGER).
    const INTEGER_BITS: Self;
    /// What a number made by [`INTEGER_BITS`](Self::INTEGER_BITS) is too large by, with the bias of an
    /// exponent.
    const INTEGER: Self;
    /// The bits of the mantissa, all set.
    const MANTISSA: Self;
    /// As an integer, the bits of `1` less those of `√½`.
    const ONE_LESS_ROOT: Self;
    /// The bits of `√½`.
    const ROOT: Self;
    /// The smallest normal number.
    const TINY: Self;
    /// The power of two that makes every subnormal number normal, and its exponent.
    const NORMALIZE: [Self; 2];
    /// Below the first `exp` is 0, above the second it is infinite.
    const EXP_RANGE: [Self; 2];
    /// Below the first `exp2` is 0, above the second it is infinite.
    const EXP2_RANGE: [Self; 2];
    /// Below this, `exp_m1` is -1.
    const EXP_M1_LOW: Self;
    /// Above this, `tanh` is 1.
    const TANH_HIGH: Self;
    /// Below the negative of this, `silu` is 0.
    const SILU_HIGH: Self;
    /// Above this, `erf` is 1.
    const ERF_HIGH: Self;
    /// No exponent of a power is larger: what is not 1 is 0 or infinite then.
    const POWER_HIGH: Self;
    /// Above this, `sin` and `cos` need more of `π` than [`HALF_PI`](Self::HALF_PI) has.
    const ANGLE_HIGH: Self;
    /// The factor that splits a number into two of half the digits.
    const SPLIT: Self;

    /// `log₂ e`, and what it lacks.
    const LOG2_E: [Self; 2];
    /// `log₁₀ e`, and what it lacks.
    const LOG10_E: [Self; 2];
    /// `ln 2` with so few digits that products with exponents are exact, and what it lacks.
    const LN_2: [Self; 2];
    /// `log₁₀ 2` in the same manner.
    const LOG10_2: [Self; 2];
    /// `2/3`, and what it lacks.
    const TWO_THIRDS: [Self; 2];
    /// `2/π`.
    const FRAC_2_PI: Self;
    /// `π/2` in parts whose products with the multiple that is subtracted are exact.
    const HALF_PI: [Self; 4];

    /// `(exp(r) - 1 - r) / r²` for `|r| ≤ ln(2) / 2`.
    const EXP: &'static [Self];
    /// `((2 artanh(√z) / √z - 2) / z - 2/3) / z` for `√z ≤ 3 - 2√2`.
    const LN: &'static [Self];
    /// `(sin(√w) / √w - 1) / w` for `√w ≤ π/4`.
    const SIN: &'static [Self];
    /// `(cos(√w) - 1 + w/2) / w²` for `√w ≤ π/4`.
    const COS: &'static [Self];
    /// `erf(√w) / √w - 1` for `w ≤ 1`.
    const ERF: &'static [Self];
    /// `-ln(1 - erf(x))` for `x` between 1 and [`ERF_HIGH`](Self::ERF_HIGH), its error weighed with
    /// `1 - erf(x)`.
    const ERFC: &'static [Self];
}

impl Constants for f32 {
    const ROUND: Self = 12_582_912.0;
    const ROUND_BIASED: Self = 8_388_608.0 + 127.0;
    const INTEGER_BITS: Self = 8_388_608.0;
    const INTEGER: Self = 8_388_608.0 + 127.0;
    const MANTISSA: Self = f32::from_bits(0x007f_ffff);
    const ONE_LESS_ROOT: Self = f32::from_bits(0x3f80_0000 - 0x3f35_04f3);
    const ROOT: Self = f32::from_bits(0x3f35_04f3);
    const TINY: Self = f32::MIN_POSITIVE;
    const NORMALIZE: [Self; 2] = [8_388_608.0, 23.0];
    const EXP_RANGE: [Self; 2] = [-104.0, 89.0];
    const EXP2_RANGE: [Self; 2] = [-151.0, 128.0];
    const EXP_M1_LOW: Self = -18.0;
    const TANH_HIGH: Self = 10.0;
    const SILU_HIGH: Self = 112.0;
    const ERF_HIGH: Self = 4.0;
    const POWER_HIGH: Self = 8_589_934_592.0;
    const ANGLE_HIGH: Self = 3_217.0;
    const SPLIT: Self = 4_097.0;

    const LOG2_E: [Self; 2] = [consts::LOG2_E as f32, 1.925_963e-8];
    const LOG10_E: [Self; 2] = [consts::LOG10_E as f32, -1.010_305e-8];
    const LN_2: [Self; 2] = [0.693_115_23, 3.194_618_3e-5];
    const LOG10_2: [Self; 2] = [0.301_025_4, 4.605_039e-6];
    const TWO_THIRDS: [Self; 2] = [2.0 / 3.0, -1.986_821_6e-8];
    const FRAC_2_PI: Self = consts::FRAC_2_PI as f32;
    const HALF_PI: [Self; 4] = [1.570_556_6, 2.396_702_8e-4, 1.589_069_1e-8, 2.563_344e-12];

    const EXP: &'static [Self] =
        &[0.5, 0.166_665_45, 0.041_666_288, 0.008_366_345, 0.001_394_604_6];
    const LN: &'static [Self] = &[0.400_000_84, 0.285_535_22, 0.232_762_63];
    const SIN: &'static [Self] = &[-0.166_666_67, 0.008_333_33, -1.983_939_4e-4, 2.718_714_8e-6];
    const COS: &'static [Self] = &[0.041_666_653, -0.001_388_756_1, 2.445_703_1e-5];
    const ERF: &'static [Self] = &[
        0.128_379_17,
        -0.376_126_26,
        0.112_836,
        -0.026_854_446,
        0.005_189_536_6,
        -8.020_845_7e-4,
        7.889_119e-5,
    ];
    const ERFC: &'static [Self] = &[
        3.537_402_7e-4,
        1.127_039_9,
        0.638_225_8,
        0.103_037_246,
        -0.021_805_26,
        0.002_939_593,
        -1.855_725_9e-4,
    ];
}

impl Constants for f64 {
    const ROUND: Self = 6_755_399_441_055_744.0;
    const ROUND_BIASED: Self = 4_503_599_627_370_496.0 + 1023.0;
    const INTEGER_BITS: Self = 4_503_599_627_370_496.0;
    const INTEGER: Self = 4_503_599_627_370_496.0 + 1023.0;
    const MANTISSA: Self = f64::from_bits(0x000f_ffff_ffff_ffff);
    const ONE_LESS_ROOT: Self = f64::from_bits(0x3ff0_0000_0000_0000 - 0x3fe6_a09e_667f_3bcd);
    const ROOT: Self = f64::from_bits(0x3fe6_a09e_667f_3bcd);
    const TINY: Self = f64::MIN_POSITIVE;
    const NORMALIZE: [Self; 2] = [4_503_599_627_370_496.0, 52.0];
    const EXP_RANGE: [Self; 2] = [-746.0, 710.0];
    const EXP2_RANGE: [Self; 2] = [-1_076.0, 1_024.0];
    const EXP_M1_LOW: Self = -38.0;
    const TANH_HIGH: Self = 20.0;
    const SILU_HIGH: Self = 756.0;
    const ERF_HIGH: Self = 6.0;
    const POWER_HIGH: Self = 36_893_488_147_419_103_232.0;
    const ANGLE_HIGH: Self = 3_294_000.0;
    const SPLIT: Self = 134_217_729.0;

    const LOG2_E: [Self; 2] = [consts::LOG2_E, 2.035_527_374_093_103_3e-17];
    const LOG10_E: [Self; 2] = [consts::LOG10_E, 1.098_319_650_216_765e-17];
    const LN_2: [Self; 2] = [0.693_147_180_559_208_2, 7.371_002_565_167_799e-13];
    const LOG10_2: [Self; 2] = [0.301_029_995_663_611_77, 3.694_239_077_158_931e-13];
    const TWO_THIRDS: [Self; 2] = [2.0 / 3.0, 3.700_743_415_417_188e-17];
    const FRAC_2_PI: Self = consts::FRAC_2_PI;
    const HALF_PI: [Self; 4] = [
        1.570_796_326_734_125_6,
        6.077_100_506_303_966e-11,
        2.022_266_248_711_166_5e-21,
        8.478_427_660_368_9e-32,
    ];

    const EXP: &'static [Self] = &[
        0.5,
        0.166_666_666_666_666_77,
        0.041_666_666_666_666_7,
        0.008_333_333_333_322_184,
        0.001_388_888_888_886_795,
        1.984_126_988_485_220_7e-4,
        2.480_158_735_874_606e-5,
        2.755_724_539_716_173_5e-6,
        2.755_724_408_967_567e-7,
        2.510_864_880_164_659_6e-8,
        2.092_408_082_526_400_6e-9,
    ];
    const LN: &'static [Self] = &[
        0.399_999_999_999_999_97,
        0.285_714_285_714_326_83,
        0.222_222_222_204_948_72,
        0.181_818_185_169_294_3,
        0.153_845_802_651_830_98,
        0.133_354_456_454_064_19,
        0.116_919_435_897_752_04,
        0.118_510_417_241_951_54,
    ];
    const SIN: &'static [Self] = &[
        -0.166_666_666_666_666_66,
        0.008_333_333_333_333_326,
        -1.984_126_984_125_775_5e-4,
        2.755_731_921_531_228e-6,
        -2.505_210_515_213_963_3e-8,
        1.605_839_224_425_649e-10,
        -7.579_770_119_022_181e-13,
    ];
    const COS: &'static [Self] = &[
        0.041_666_666_666_666_66,
        -0.001_388_888_888_888_305,
        2.480_158_729_457_475_6e-5,
        -2.755_731_570_302_732_6e-7,
        2.087_589_265_867_248e-9,
        -1.136_777_456_966_493_5e-11,
    ];
    const ERF: &'static [Self] = &[
        0.128_379_167_095_512_56,
        -0.376_126_389_031_835_5,
        0.112_837_916_709_452_53,
        -0.026_866_170_643_276_22,
        0.005_223_977_607_423_468,
        -8.548_325_989_696_758e-4,
        1.205_529_532_049_429_4e-4,
        -1.492_474_466_333_548_9e-5,
        1.644_751_767_787_187_3e-6,
        -1.620_917_591_174_869_6e-7,
        1.372_297_626_592_450_4e-8,
        -7.801_188_874_097_751e-10,
    ];
    const ERFC: &'static [Self] = &[
        1.582_594_795_365_111_5e-7,
        1.128_377_523_980_579_6,
        0.636_627_675_321_101_5,
        0.102_749_311_271_195_46,
        -0.019_081_662_991_082_264,
        -2.762_766_733_827_425e-4,
        0.001_765_400_435_420_806_5,
        -6.390_631_989_576_01e-4,
        4.412_147_060_574_125e-5,
        7.031_469_586_691_982e-5,
        -4.481_343_042_912_528_4e-5,
        1.636_240_354_936_273_3e-5,
        -4.264_213_411_096_122e-6,
        8.323_925_794_523_782e-7,
        -1.219_377_139_431_157_4e-7,
        1.307_551_592_380_247_1e-8,
        -9.714_370_576_657_077e-10,
        4.472_953_609_214_966e-11,
        -9.616_534_482_036_23e-13,
    ];
}

/// A constant without a tangent. The functions of dual numbers are not polynomials of their own, but those
/// of the numbers: of the constants none is used.
macro_rules! of_dual {
    ($($name:ident)* ; $($pair:ident)* ; $($polynomial:ident)*) => {
        impl<T: Real> Constants for Dual<T> {
            $(const $name: Self = Self::constant(T::$name);)*
            $(const $pair: [Self; 2] = [Self::constant(T::$pair[0]), Self::constant(T::$pair[1])];)*
            const HALF_PI: [Self; 4] = [Self::ZERO; 4];
            $(const $polynomial: &'static [Self] = &[];)*
        }
    };
}
of_dual! {
    ROUND ROUND_BIASED INTEGER_BITS INTEGER MANTISSA ONE_LESS_ROOT ROOT TINY EXP_M1_LOW TANH_HIGH SILU_HIGH
    ERF_HIGH POWER_HIGH ANGLE_HIGH SPLIT FRAC_2_PI;
    NORMALIZE EXP_RANGE EXP2_RANGE LOG2_E LOG10_E LN_2 LOG10_2 TWO_THIRDS;
    EXP LN SIN COS ERF ERFC
}
