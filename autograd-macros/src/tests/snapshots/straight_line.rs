    fn __augmented(
        x: f64,
        y: f64,
    ) -> (f64, impl ::core::ops::FnOnce(f64) -> (f64, f64)) {
        let a = x * y;
        let t3 = x / y;
        let b = a.sin() + t3;
        let t5 = b.exp();
        let value = b * t5;
        (
            value,
            move |value_bar: f64| {
                let mut x_bar = 0.0_f64;
                let mut y_bar = 0.0_f64;
                let mut t6_bar = value_bar;
                let mut b_bar = t6_bar * t5;
                let mut t5_bar = t6_bar * b;
                b_bar += t5_bar * t5;
                let mut t2_bar = b_bar;
                let mut t3_bar = b_bar;
                x_bar += t3_bar / y;
                y_bar -= (t3_bar * t3) / y;
                let mut a_bar = t2_bar * a.cos();
                x_bar += a_bar * y;
                y_bar += a_bar * x;
                (x_bar, y_bar)
            },
        )
    }
