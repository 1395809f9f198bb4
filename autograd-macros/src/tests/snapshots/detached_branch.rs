    fn __augmented(
        x: f64,
        y: f64,
    ) -> (f64, impl ::core::ops::FnOnce(f64) -> (f64, f64)) {
        let t3 = (x * y).sin().exp();
        let frozen = Detach::detach(&t3);
        let constant = y.tanh() * x;
        let value = (x * frozen) + (constant * y);
        (
            value,
            move |value_bar: f64| {
                let frozen = Detach::detach(&t3);
                let mut t9_bar = value_bar;
                let mut t7_bar = t9_bar;
                let mut t8_bar = t9_bar;
                let mut y_bar = t8_bar * constant;
                let mut x_bar = t7_bar * frozen;
                (x_bar, y_bar)
            },
        )
    }
