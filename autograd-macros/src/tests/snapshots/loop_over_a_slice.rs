    fn __augmented(
        x: f64,
        w: &[f64],
    ) -> (
        f64,
        impl ::core::ops::FnOnce(
            &[f64],
            f64,
            Slot<'_, [f64]>,
        ) -> (f64,),
    ) {
        let mut stack1 = Stack::new();
        let mut s = 0.0;
        let t2 = w.len();
        let trips = ::core::iter::IntoIterator::into_iter(0..t2);
        let mut frames1 = stack1.frames(&trips);
        for i in trips {
            let t4 = w[i] * x;
            let t5 = t4.sin();
            let t5_partial = t4.cos();
            s += t5;
            frames1.push((t5_partial,));
        }
        stack1.put(frames1);
        let t6 = s > 1.0;
        let mut branch3 = ::core::option::Option::None;
        let t11 = if t6 {
            s * 2.0
        } else {
            let t10 = s.exp();
            let result = t10;
            branch3 = ::core::option::Option::Some((t10,));
            result
        };
        let value = t11;
        (
            value,
            move |
                w: &[f64],
                value_bar: f64,
                w_bar_slot: Slot<'_, [f64]>|
            {
                let mut stack1 = stack1;
                let mut w_bar_own = ::core::option::Option::None;
                let w_bar = w_bar_slot
                    .resolve(
                        &mut w_bar_own,
                        || accumulator(w),
                    );
                let t2: ::core::primitive::usize = w.len();
                let mut t11_bar = value_bar;
                let mut s_bar = 0.0_f64;
                if t6 {
                    let mut t8_bar = t11_bar;
                    s_bar += t8_bar * 2.0;
                } else {
                    let (t10,) = recorded(branch3);
                    let mut t10_bar = t11_bar;
                    s_bar += t10_bar * t10;
                }
                let mut x_bar = 0.0_f64;
                let first = 0;
                let count = Counter::count(first, t2);
                if count > 0 {
                    let mut frames1 = stack1.latest(&(0..count));
                    strided2(
                        &w[first..][..count],
                        &mut w_bar[first..][..count],
                        |part0, part1| {
                            let all = frames1.all();
                            for trip in 0..count {
                                let i = Counter::up(
                                    first,
                                    trip,
                                );
                                let (t5_partial,) = all[trip];
                                let t3 = part0[trip];
                                let mut t5_bar = keep(&s_bar);
                                let mut t4_bar = t5_bar * t5_partial;
                                part1[trip] += t4_bar * x;
                                x_bar += t4_bar * t3;
                            }
                        },
                    );
                    stack1.put_earlier(frames1);
                }
                (x_bar,)
            },
        )
    }
