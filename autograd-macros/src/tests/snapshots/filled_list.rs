    fn __augmented(
        x: &[f64],
        k: f64,
    ) -> (
        f64,
        impl ::core::ops::FnOnce(
            &[f64],
            f64,
            Slot<'_, [f64]>,
        ) -> (f64,),
    ) {
        let mut stack1 = Stack::new();
        let t2 = x.len();
        let mut t3 = vec_with_capacity(t2);
        let trips = ::core::iter::IntoIterator::into_iter(0..t2);
        let mut frames1 = stack1.frames(&trips);
        fill(
            &mut t3,
            trips,
            |t4| {
                let v = &x[t4];
                let t6 = k * v;
                let t7 = t6.sin();
                let t7_partial = t6.cos();
                let pushed4 = t7;
                frames1.push((t7_partial,));
                pushed4
            },
        );
        stack1.put(frames1);
        let y: Vec<f64> = t3;
        let y_shape = Witness::of(&y);
        let value = y[0] * y[1];
        (
            value,
            move |
                x: &[f64],
                value_bar: f64,
                x_bar_slot: Slot<'_, [f64]>|
            {
                let mut stack1 = stack1;
                let mut x_bar_own = ::core::option::Option::None;
                let x_bar = x_bar_slot
                    .resolve(
                        &mut x_bar_own,
                        || accumulator(x),
                    );
                let t2: ::core::primitive::usize = x.len();
                let t9 = y[0];
                let t10 = y[1];
                let mut t11_bar = value_bar;
                let mut y_bar = y_shape.accumulator();
                y_bar[0] += t11_bar * t10;
                y_bar[1] += t11_bar * t9;
                let mut t3_bar = y_bar;
                let mut k_bar = 0.0_f64;
                let elements4 = elements(&mut t3_bar, t2);
                let first = 0;
                let count = Counter::count(first, t2);
                if count > 0 {
                    let mut frames1 = stack1.latest(&(0..count));
                    strided2(
                        &x[first..][..count],
                        &mut x_bar[first..][..count],
                        |part0, part1| {
                            let all = frames1.all();
                            for trip in 0..count {
                                let t4 = Counter::up(
                                    first,
                                    trip,
                                );
                                let (t7_partial,) = all[trip];
                                let t5 = part0[trip];
                                let mut t7_bar = elements4[t4];
                                let mut t6_bar = t7_bar * t7_partial;
                                k_bar += t6_bar * t5;
                                part1[trip] += t6_bar * k;
                            }
                        },
                    );
                    stack1.put_earlier(frames1);
                }
                recycle_bar(t3_bar);
                recycle(y);
                (k_bar,)
            },
        )
    }
