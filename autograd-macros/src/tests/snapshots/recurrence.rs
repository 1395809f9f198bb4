    fn __augmented(
        a: f64,
        b: f64,
        n: usize,
    ) -> (
        f64,
        impl ::core::ops::FnOnce(f64) -> (f64, f64, NoTangent),
    ) {
        let mut stack1 = Stack::new();
        let mut s = a;
        let trips = ::core::iter::IntoIterator::into_iter(0..n);
        let mut frames1 = stack1.frames(&trips);
        for _index in trips {
            let t1 = s;
            let t3 = (a * t1) + b;
            let t4 = t3.sin();
            let t4_partial = t3.cos();
            s = t4;
            frames1.push((t1, t4_partial));
        }
        stack1.put(frames1);
        let value = s;
        (
            value,
            move |value_bar: f64| {
                let mut stack1 = stack1;
                let mut s_bar = value_bar;
                let mut a_bar = 0.0_f64;
                let mut b_bar = 0.0_f64;
                let trips = (0..n).rev();
                let mut frames1 = stack1.latest(&trips);
                for _index in trips {
                    let (t1, t4_partial) = frames1.pop();
                    let mut t4_bar = ::core::mem::take(&mut s_bar);
                    let mut t3_bar = t4_bar * t4_partial;
                    let mut t2_bar = t3_bar;
                    b_bar += t3_bar;
                    a_bar += t2_bar * t1;
                    s_bar = t2_bar * a;
                }
                stack1.put_earlier(frames1);
                a_bar += s_bar;
                (a_bar, b_bar, NoTangent)
            },
        )
    }
