    fn __augmented(
        w: &[f64],
    ) -> (
        f64,
        impl ::core::ops::FnOnce(
            &[f64],
            f64,
            Slot<'_, [f64]>,
        ) -> (),
    ) {
        let mut stack1 = Stack::new();
        let mut v = vec_copied(&w[..]);
        let v_shape = Witness::of(&v);
        let t4 = v.len();
        let trips = ::core::iter::IntoIterator::into_iter(1..t4);
        let mut frames1 = stack1.frames(&trips);
        for i in trips {
            let t5 = v[i];
            let t7 = v[i - 1];
            let t10 = v[i].cos();
            let t10_partial = v[i].sin();
            v[i] = (t5 * t7) + t10;
            frames1.push((t5, t7, t10_partial));
        }
        stack1.put(frames1);
        let mut total = 0.0;
        let t13 = v.len();
        for x in v.iter() {
            total += (x * x);
        }
        let value = total;
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
                let t4: ::core::primitive::usize = v_shape.len();
                let t13: ::core::primitive::usize = v_shape.len();
                let mut total_bar = value_bar;
                let mut v_bar = v_shape.accumulator();
                let first = 0;
                let count = Counter::count(first, t13);
                if count > 0 {
                    strided2(
                        &v[first..][..count],
                        &mut v_bar[first..][..count],
                        |part0, part1| {
                            for trip in 0..count {
                                let t14 = Counter::up(
                                    first,
                                    trip,
                                );
                                let t15 = part0[trip];
                                let t16 = part0[trip];
                                let mut t17_bar = keep(
                                    &total_bar,
                                );
                                part1[trip] += t17_bar * t16;
                                part1[trip] += t17_bar * t15;
                            }
                        },
                    );
                }
                let trips = (1..t4).rev();
                let mut frames1 = stack1.latest(&trips);
                for i in trips {
                    let (t5, t7, t10_partial) = frames1.pop();
                    let t6 = (i - 1);
                    let mut t11_bar = ::core::mem::take(&mut v_bar[i]);
                    let mut t8_bar = t11_bar;
                    let mut t10_bar = t11_bar;
                    v_bar[i] = -(t10_bar * t10_partial);
                    v_bar[i] += t8_bar * t7;
                    v_bar[t6] += t8_bar * t5;
                }
                stack1.put_earlier(frames1);
                let mut t2_bar = v_bar;
                adjoint::to_vec_input(&mut *w_bar, &t2_bar);
                recycle_bar(t2_bar);
                recycle(v);
                ()
            },
        )
    }
