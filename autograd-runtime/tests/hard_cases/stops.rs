//! Every way to stop a gradient inside of every kind of control flow, against dual numbers whose
//! derivative is dropped at the same place.
//!
//! A stop that is decided by the syntax around it goes wrong where the syntax is not straight: in an
//! arm that did not run, in a turn other than the last, behind a call, or on the way out.

use autograd_runtime::prelude::*;
use num_dual::Dual64;

const NEVER: bool = false;
const ALWAYS: bool = true;

/// The value of a dual number as a constant.
fn cut(x: Dual64) -> Dual64 {
    Dual64::from(x.re)
}

fn cut_unless(flag: bool, x: Dual64) -> Dual64 {
    if flag { x } else { cut(x) }
}

/// Functions around one expression `$stop` of `x` and `y`, in numbers of one type. It stands in
/// parentheses because the grouping of macros by example does not outlive an attribute.
macro_rules! flows {
    ($(#[$attribute:meta])* $number:ty, |$x:ident, $y:ident, $flag:ident| $stop:expr) => {
        $(#[$attribute])*
        pub(super) fn straight($x: $number, $y: $number, n: usize, $flag: bool) -> $number {
            let before = $x * $x;
            let stopped = ($stop);
            before * stopped + $y
        }
        $(#[$attribute])*
        pub(super) fn in_an_if($x: $number, $y: $number, n: usize, $flag: bool) -> $number {
            let mut a = $x * $y;
            if n % 2 == 0 {
                a = a * ($stop);
            }
            a * $x
        }
        $(#[$attribute])*
        pub(super) fn in_an_else($x: $number, $y: $number, n: usize, $flag: bool) -> $number {
            let a = if n == 0 {
                $x * $y
            } else if n == 1 {
                $y
            } else {
                ($stop)
            };
            a * a + $y
        }
        $(#[$attribute])*
        pub(super) fn in_an_arm($x: $number, $y: $number, n: usize, $flag: bool) -> $number {
            match n {
                0 => $x * $y,
                1 => ($stop),
                2 if $flag => ($stop) * $y,
                _ => {
                    let z = ($stop);
                    z * z + $x
                }
            }
        }
        $(#[$attribute])*
        pub(super) fn in_an_if_let($x: $number, $y: $number, n: usize, $flag: bool) -> $number {
            let some = if n > 1 { Some($stop) } else { None };
            if let Some(z) = some { z * $x } else { $x * $y }
        }
        $(#[$attribute])*
        pub(super) fn in_a_for($x: $number, $y: $number, n: usize, $flag: bool) -> $number {
            let mut $x = $x;
            for _ in 0..n {
                $x = ($stop) + $x * $y;
            }
            $x * $y
        }
        $(#[$attribute])*
        pub(super) fn in_some_turns($x: $number, $y: $number, n: usize, $flag: bool) -> $number {
            let mut $x = $x;
            for i in 0..n {
                if i == 1 {
                    $x = ($stop);
                    continue;
                }
                $x = $x * $y + 1.0;
            }
            $x
        }
        $(#[$attribute])*
        pub(super) fn in_a_while($x: $number, $y: $number, n: usize, $flag: bool) -> $number {
            let mut $y = $y;
            let mut i = 0;
            while i < n {
                $y = $y * $x + ($stop);
                i += 1;
            }
            $x * $y
        }
        $(#[$attribute])*
        pub(super) fn in_a_loop($x: $number, $y: $number, n: usize, $flag: bool) -> $number {
            let mut $x = $x;
            let mut i = 0;
            let last = loop {
                if i == n {
                    break ($stop);
                }
                $x = $x * $y + ($stop);
                i += 1;
            };
            last * $x
        }
        $(#[$attribute])*
        pub(super) fn in_two_loops($x: $number, $y: $number, n: usize, $flag: bool) -> $number {
            let mut sum = $x;
            'outer: for i in 0..n {
                for j in 0..=i {
                    if i + j == 3 {
                        break 'outer;
                    }
                    sum = sum * $y + ($stop);
                }
            }
            sum
        }
        $(#[$attribute])*
        pub(super) fn in_a_closure($x: $number, $y: $number, n: usize, $flag: bool) -> $number {
            let stopped = |$x: $number| ($stop);
            stopped($x * $y) * stopped($y) + $x
        }
        $(#[$attribute])*
        pub(super) fn in_a_closure_that_captures($x: $number, $y: $number, n: usize, $flag: bool) -> $number {
            let scaled = |z: $number| ($stop) * z;
            let first = scaled($y);
            scaled(first) * $x
        }
        $(#[$attribute])*
        pub(super) fn in_a_chain($x: $number, $y: $number, n: usize, $flag: bool) -> $number {
            let sum: $number = (0..n).map(|_| ($stop) * $y).sum();
            sum * $x
        }
        $(#[$attribute])*
        pub(super) fn in_a_fold($x: $number, $y: $number, n: usize, $flag: bool) -> $number {
            let folded = (0..n).fold($x, |$x, _| ($stop) + $x * $y);
            folded * $x
        }
        $(#[$attribute])*
        pub(super) fn in_a_list($x: $number, $y: $number, n: usize, $flag: bool) -> $number {
            let mut list = vec![$x, $y];
            list[n % 2] = ($stop);
            list.push(($stop) * $x);
            list[0] * list[1] + list[2]
        }
        $(#[$attribute])*
        pub(super) fn in_a_recursion($x: $number, $y: $number, n: usize, $flag: bool) -> $number {
            if n == 0 {
                return $x * $y;
            }
            in_a_recursion(($stop) + $y, $y, n - 1, $flag) * $x
        }
        $(#[$attribute])*
        pub(super) fn callee($x: $number, $y: $number, n: usize, $flag: bool) -> $number {
            ($stop) + $x * $y
        }
        $(#[$attribute])*
        pub(super) fn in_a_callee($x: $number, $y: $number, n: usize, $flag: bool) -> $number {
            let first = callee($x * $y, $y, n, $flag);
            callee(first, $x, n, $flag) * $y
        }
        $(#[$attribute])*
        pub(super) fn on_the_way_out($x: $number, $y: $number, n: usize, $flag: bool) -> $number {
            if n == 0 {
                return ($stop);
            }
            let mut $x = $x * $x;
            for i in 0..n {
                if i == 2 {
                    return ($stop) * $x;
                }
                $x = $x * $y;
            }
            $x + ($stop)
        }
    };
}

macro_rules! forms {
    ($($name:ident |$x:ident, $y:ident, $flag:ident| $stop:expr, $dual:expr;)*) => {$(
        mod $name {
            use super::*;

            mod plain {
                use super::*;
                flows!(#[differentiable] f64, |$x, $y, $flag| $stop);
            }
            mod dual {
                use super::*;
                flows!(Dual64, |$x, $y, $flag| $dual);
            }

            #[test]
            fn everywhere() {
                compare!(
                    straight in_an_if in_an_else in_an_arm in_an_if_let in_a_for in_some_turns
                    in_a_while in_a_loop in_two_loops in_a_closure in_a_closure_that_captures
                    in_a_chain in_a_fold in_a_list in_a_recursion in_a_callee on_the_way_out
                );
            }
        }
    )*};
}

macro_rules! compare {
    ($($flow:ident)*) => {$(
        for (n, flag) in (0..4).flat_map(|n| [(n, false), (n, true)]) {
            let (x, y) = (0.7, 1.2);
            let (value, (dx, dy)) = plain::$flow::value_and_grad(x, y, n, flag);
            let by_x = dual::$flow(Dual64::from(x).derivative(), y.into(), n, flag);
            let by_y = dual::$flow(x.into(), Dual64::from(y).derivative(), n, flag);
            let near = |a: f64, b: f64| (a - b).abs() <= 1e-12 * (1.0 + b.abs());
            assert_eq!(value, plain::$flow(x, y, n, flag));
            assert!(
                near(value, by_x.re) && near(dx, by_x.eps) && near(dy, by_y.eps),
                "{}, n = {n}, flag = {flag}: {:?}, not {:?}",
                stringify!($flow), (value, dx, dy), (by_x.re, by_x.eps, by_y.eps)
            );
        }
    )*};
}
use compare;

forms! {
    detached_variable |x, y, flag| x.detach() * y, cut(x) * y;
    detached_expression |x, y, flag| (x * y).detach() * x, cut(x * y) * x;
    block |x, y, flag| no_grad! { x * y } * x, cut(x * y) * x;
    block_with_statements |x, y, flag|
        no_grad! { let z = x * y; z * z } + x,
        cut(x * y * x * y) + x;
    block_with_a_loop |x, y, flag|
        no_grad! { let mut z = y; for _ in 0..2 { z = z * x; } z } * x,
        cut(y * x * x) * x;
    block_that_cuts |x, y, flag|
        { let mut z = x * y; no_grad! { z *= x; } z + x },
        cut(x * y * x) + x;
    enabled_in_a_block |x, y, flag|
        no_grad! { let z = x * x; enable_grad! { z * y } },
        cut(x * x) * y;
    enabled_around_a_detached |x, y, flag|
        no_grad! { enable_grad! { x * y.detach() } } + y,
        x * cut(y) + y;
    disabled_enabled_and_disabled |x, y, flag|
        no_grad! { enable_grad! { x * no_grad! { y * x } } },
        x * cut(y * x);
    literal_true |x, y, flag| set_grad_enabled!(true, { x * y }) * x, x * y * x;
    literal_false |x, y, flag| set_grad_enabled!(false, { x * y }) * x, cut(x * y) * x;
    constant_mode |x, y, flag|
        set_grad_enabled!(NEVER, { x * y }) * x + set_grad_enabled!(ALWAYS, { y * y }),
        cut(x * y) * x + y * y;
    run_time_mode |x, y, flag|
        set_grad_enabled!(flag, { x * y }) * x,
        cut_unless(flag, x * y) * x;
    negated_mode |x, y, flag|
        set_grad_enabled!(!flag, { let z = x * y; z * y }) * x,
        cut_unless(!flag, x * y * y) * x;
    run_time_mode_that_cuts |x, y, flag|
        { let mut z = x; set_grad_enabled!(flag, { z *= y; }); z * x },
        cut_unless(flag, x * y) * x;
    run_time_mode_in_a_block |x, y, flag|
        no_grad! { set_grad_enabled!(flag, { x * y }) } * x,
        cut_unless(flag, x * y) * x;
    run_time_mode_in_a_mode |x, y, flag|
        set_grad_enabled!(true, { x * set_grad_enabled!(flag, { y * x }) }),
        x * cut_unless(flag, y * x);
    block_in_a_run_time_mode |x, y, flag|
        set_grad_enabled!(flag, { x * no_grad! { y * x } }) + y,
        cut_unless(flag, x * cut(y * x)) + y;
}
