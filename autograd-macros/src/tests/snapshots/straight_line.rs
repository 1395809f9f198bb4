    fn __augmented(
        x: f64,
        y: f64,
    ) -> (f64, impl ::core::ops::FnOnce(f64) -> (f64, f64)) {
        let a = x * y;
        let t2 = a.sin();
        let t2_partial = a.cos();
        let t3 = x / y;
        let b = t2 + t3;
        let t5 = b.exp();
        let value = b * t5;
        (
            value,
            move |value_bar: f64| {
                let mut t6_bar = value_bar;
                let mut b_bar = t6_bar * t5;
                let mut t5_bar = t6_bar * b;
                b_bar += t5_bar * t5;
                let mut t2_bar = b_bar;
                let mut t3_bar = b_bar;
                let mut x_bar = t3_bar / y;
                let mut y_bar = -((t3_bar / y) * t3);
                let mut a_bar = t2_bar * t2_partial;
                x_bar += a_bar * y;
                y_bar += a_bar * x;
                (x_bar, y_bar)
            },
        )
    }
