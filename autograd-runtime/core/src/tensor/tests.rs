use super::Tensor;
use crate::differentiable::{Differentiable, Tangent};

#[test]
fn conversions() {
    let x: Tensor<3> = Tensor::from([[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]]);
    assert_eq!(x.shape(), [2, 2, 2]);
    assert_eq!(x.as_slice(), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]);
    let x: Tensor<2, bool> = [[true], [false]].into();
    assert_eq!((x.shape(), x.as_slice()), ([2, 1], &[true, false][..]));
    let x: Tensor<0, f64> = 2.5.into();
    assert_eq!((x.shape(), x.item()), ([], 2.5));
    let x: Tensor<2, f64> = [[]; 3].into();
    assert_eq!((x.shape(), x.len()), ([3, 0], 0));
}

#[test]
fn from_vec_counts() {
    assert!(Tensor::from_vec([2, 2], vec![1.0; 4]).is_ok());
    assert!(Tensor::from_vec([], vec![1.0]).is_ok());
    assert!(Tensor::from_vec([0, usize::MAX, 2], Vec::<f32>::new()).is_ok());
    let error = Tensor::from_vec([usize::MAX, 2], vec![1.0]).unwrap_err();
    let text = "the shape [18446744073709551615, 2] has more elements than memory can hold";
    #[cfg(target_pointer_width = "64")]
    assert_eq!(error.to_string(), text);
    assert_eq!((error.shape(), error.len()), (&[usize::MAX, 2][..], 1));
    let error: Box<dyn std::error::Error> = Box::new(Tensor::from_vec([], vec![0; 2]).unwrap_err());
    assert_eq!(error.to_string(), "the shape [] has 1 elements, and there are 2");
}

#[test]
fn from_fn_and_indices_agree() {
    let x = Tensor::from_fn([2, 3, 4], |[i, j, k]| 100 * i + 10 * j + k);
    let mut expected = Vec::new();
    for i in 0..2 {
        for j in 0..3 {
            for k in 0..4 {
                assert_eq!(x[[i, j, k]], 100 * i + 10 * j + k);
                expected.push(100 * i + 10 * j + k);
            }
        }
    }
    assert_eq!(x.into_vec(), expected);
    assert_eq!(Tensor::from_fn([], |[]| 7)[[]], 7);
    assert!(Tensor::from_fn([3, 0], |_| -> f64 { unreachable!() }).is_empty());
}

#[test]
fn ranges() {
    assert_eq!(Tensor::arange(0.0, 1.0, 0.25), Tensor::from([0.0, 0.25, 0.5, 0.75]));
    assert_eq!(Tensor::arange(0.0, 1.1, 0.5), Tensor::from([0.0, 0.5, 1.0]));
    assert_eq!(Tensor::arange(3.0, 0.0, -1.0), Tensor::from([3.0, 2.0, 1.0]));
    assert_eq!(Tensor::<1>::arange(0.0, 1.0, -1.0).len(), 0);
    assert_eq!(Tensor::<2, f64>::eye(0).shape(), [0, 0]);
    assert_eq!(Tensor::eye(1), Tensor::from([[1.0]]));
}

#[test]
#[should_panic(expected = "arange: the step 0 leads nowhere")]
fn a_step_of_zero() {
    let _ = Tensor::arange(0.0, 1.0, 0.0);
}

/// Moments of the distributions, to within five standard errors.
#[test]
fn random_numbers() {
    fn check<T: crate::Real>(uniform: &Tensor<2, T>, normal: &Tensor<2, T>) {
        let moment = |x: &Tensor<2, T>, k| {
            x.iter().map(|x| x.to_f64().powi(k)).sum::<f64>() / x.len() as f64
        };
        let near = |actual: f64, expected: f64, variance: f64| {
            let bound = 5.0 * (variance / uniform.len() as f64).sqrt();
            assert!((actual - expected).abs() < bound, "{actual}, expected {expected}");
        };
        assert!(uniform.iter().all(|&x| T::ZERO <= x && x < T::ONE));
        near(moment(uniform, 1), 1.0 / 2.0, 1.0 / 12.0);
        near(moment(uniform, 2), 1.0 / 3.0, 4.0 / 45.0);
        near(moment(normal, 1), 0.0, 1.0);
        near(moment(normal, 2), 1.0, 2.0);
        near(moment(normal, 4), 3.0, 96.0);
    }
    check(&Tensor::<2, f32>::rand([100, 500], 1), &Tensor::randn([100, 500], 2));
    check(&Tensor::<2, f64>::rand([100, 500], 1), &Tensor::randn([100, 500], 2));
    assert_ne!(Tensor::<1>::rand([8], 1), Tensor::rand([8], 2));
    assert_ne!(Tensor::<1>::randn([8], 1), Tensor::randn([8], 2));
}

#[test]
fn text() {
    let x = Tensor::from([[[1, 2], [3, 4]], [[5, 6], [7, 100]]]);
    let lines = "[[[  1,   2],\n  [  3,   4]],\n\n [[  5,   6],\n  [  7, 100]]]";
    assert_eq!(x.to_string(), lines);
    assert_eq!(format!("{x:?}"), "Tensor([[[1, 2], [3, 4]], [[5, 6], [7, 100]]])");
    assert_eq!(Tensor::from(2.5).to_string(), "2.5");
    assert_eq!(Tensor::from([1.0, f64::NAN]).to_string(), "[  1, NaN]");
    assert_eq!(Tensor::<2>::zeros([2, 0]).to_string(), "[[],\n []]");
    assert_eq!(Tensor::<2>::zeros([0, 2]).to_string(), "[]");
    assert_eq!(format!("{:?}", Tensor::<0>::symbolic_zero()), "Tensor(0, shape [])");
    assert_eq!(Tensor::<0>::symbolic_zero().to_string(), "0");
}

#[test]
fn long_text_is_abridged() {
    let x = Tensor::from_fn([40, 30], |[i, j]| 100 * i + j);
    let expected = "\
[[   0,    1,    2, ...,   27,   28,   29],
 [ 100,  101,  102, ...,  127,  128,  129],
 [ 200,  201,  202, ...,  227,  228,  229],
 ...,
 [3700, 3701, 3702, ..., 3727, 3728, 3729],
 [3800, 3801, 3802, ..., 3827, 3828, 3829],
 [3900, 3901, 3902, ..., 3927, 3928, 3929]]";
    assert_eq!(x.to_string(), expected);
}

#[test]
#[should_panic(expected = "index [1, 2] is out of bounds for a tensor of shape [2, 2]")]
fn out_of_bounds() {
    let _ = Tensor::<2>::zeros([2, 2])[[1, 2]];
}

#[test]
#[should_panic(expected = "item: [2] has 2 elements, not one")]
fn more_than_an_item() {
    Tensor::from([1.0, 2.0]).item();
}

#[test]
#[should_panic(expected = "sub_scaled: the shapes [2] and [3] differ")]
fn a_gradient_of_another_shape() {
    Tensor::from([1.0, 2.0]).sub_scaled(0.1, &Tensor::from([1.0, 2.0, 3.0]));
}

#[test]
#[should_panic(expected = "has more elements than memory can hold")]
fn too_large() {
    let _ = Tensor::<2>::zeros([usize::MAX, 2]);
}

#[test]
fn tangents() {
    let x = Tensor::from([[1.0, 2.0]]);
    assert_eq!(x.zero_tangent(), Tensor::from([[0.0, 0.0]]));
    let mut g = Tensor::symbolic_zero();
    g.accumulate_ref(&x);
    g.accumulate(Tensor::symbolic_zero());
    g.accumulate_ref(&Tensor::symbolic_zero());
    g.accumulate(x.clone());
    assert_eq!(g, Tensor::from([[2.0, 4.0]]));
    let mut w = x.clone();
    w.sub_scaled(0.5, &g);
    w.sub_scaled(0.5, &Tensor::symbolic_zero());
    assert_eq!(w, Tensor::from([[0.0, 0.0]]));
    w.add_scaled(2.0, &g);
    assert_eq!(w, Tensor::from([[4.0, 8.0]]));
    g.zero();
    assert_eq!(g, Tensor::from([[0.0, 0.0]]));
    let mut written = Tensor::symbolic_zero();
    <Tensor<2, f64>>::materialize(&[1, 2], &mut written);
    assert_eq!(written, g);
    let mut kept = x.clone();
    <Tensor<2, f64>>::materialize(&[1, 2], &mut kept);
    assert_eq!(kept, x);
}

/// At rank 0 only the number of elements tells a symbolic zero from a scalar.
#[test]
fn tangents_of_rank_zero() {
    let mut g = Tensor::<0, f64>::symbolic_zero();
    assert!(g.is_symbolic_zero() && !Tensor::from(0.0).is_symbolic_zero());
    g.accumulate(Tensor::from(1.5));
    g.accumulate(Tensor::symbolic_zero());
    g.accumulate_ref(&Tensor::from(1.0));
    assert_eq!(g, Tensor::from(2.5));
}
