    fn __augmented(
        x: &[f64],
    ) -> (
        f64,
        impl ::core::ops::FnOnce(
            &[f64],
            f64,
            Slot<'_, [f64]>,
        ) -> (),
    ) {
        let mut y = [0.5; 3];
        let y_shape = Witness::of(&y);
        let mut stack1 = ArrayStack::<_, 3usize>::new();
        for i in 0..3 {
            let mut s = x[i];
            for j in 0..3 {
                s += (y[j] * y[j]);
            }
            let old8 = y[i];
            y[i] = s;
            stack1.push((old8,));
        }
        let stack1 = stack1.finish();
        let value = y[2];
        (
            value,
            move |
                x: &[f64],
                value_bar: f64,
                x_bar_slot: Slot<'_, [f64]>|
            {
                let mut x_bar_own = ::core::option::Option::None;
                let x_bar = x_bar_slot
                    .resolve(
                        &mut x_bar_own,
                        || accumulator(x),
                    );
                let mut y = y;
                let mut y_bar = y_shape.accumulator();
                y_bar[2] += value_bar;
                let mut stack1 = stack1.reversed();
                for i in (0..3).rev() {
                    let (old8,) = stack1.pop();
                    y[i] = old8;
                    let mut s_bar = ::core::mem::take(&mut y_bar[i]);
                    for j in (0..3).rev() {
                        let t3 = y[j];
                        let t4 = y[j];
                        let mut t5_bar = keep(&s_bar);
                        y_bar[j] += t5_bar * t4;
                        y_bar[j] += t5_bar * t3;
                    }
                    x_bar[i] += s_bar;
                }
                ()
            },
        )
    }
