    fn __augmented(
        x: &[f64],
        n: usize,
    ) -> (
        f64,
        impl ::core::ops::FnOnce(
            &[f64],
            f64,
            Slot<'_, [f64]>,
        ) -> (NoTangent,),
    ) {
        let mut stack2 = Stack::new();
        let mut a = vec_copied(&x[..]);
        let mut a_shape = Witness::of(&a);
        let mut b = vec_repeat(0.0, x.len());
        let mut b_shape = Witness::of(&b);
        for _index in 0..n {
            let t7 = x.len();
            let trips = ::core::iter::IntoIterator::into_iter(0..t7);
            let mut frames2 = stack2.frames(&trips);
            for i in trips {
                let t8 = a[i];
                b[i] = t8 * x[i];
                frames2.push((t8,));
            }
            stack2.put(frames2);
            ::core::mem::swap(&mut a, &mut b);
            a_shape = Witness::of(&a);
            b_shape = Witness::of(&b);
        }
        let value = a[0];
        recycle(a);
        recycle(b);
        (
            value,
            move |
                x: &[f64],
                value_bar: f64,
                x_bar_slot: Slot<'_, [f64]>|
            {
                let mut stack2 = stack2;
                let mut x_bar_own = ::core::option::Option::None;
                let x_bar = x_bar_slot
                    .resolve(
                        &mut x_bar_own,
                        || accumulator(x),
                    );
                let mut a_bar = a_shape.accumulator();
                a_bar[0] += value_bar;
                let mut b_bar = b_shape.accumulator();
                for _index in (0..n).rev() {
                    let t7: ::core::primitive::usize = x.len();
                    ::core::mem::swap(&mut a_bar, &mut b_bar);
                    let first = 0;
                    let count = Counter::count(first, t7);
                    if count > 0 {
                        let mut frames2 = stack2.latest(&(0..count));
                        strided4(
                            &x[first..][..count],
                            &mut b_bar[first..][..count],
                            &mut a_bar[first..][..count],
                            &mut x_bar[first..][..count],
                            |part0, part1, part2, part3| {
                                let all = frames2.all();
                                for trip in 0..count {
                                    let i = Counter::up(
                                        first,
                                        trip,
                                    );
                                    let (t8,) = all[trip];
                                    let t9 = part0[trip];
                                    let mut t10_bar = ::core::mem::take(&mut part1[trip]);
                                    part2[trip] += t10_bar * t9;
                                    part3[trip] += t10_bar * t8;
                                }
                            },
                        );
                        stack2.put_earlier(frames2);
                    }
                }
                let mut t2_bar = a_bar;
                adjoint::to_vec_input(&mut *x_bar, &t2_bar);
                recycle_bar(b_bar);
                recycle_bar(t2_bar);
                (NoTangent,)
            },
        )
    }
