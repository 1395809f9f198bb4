    fn __augmented(
        p: &Params,
        v: &[f64],
        x: f64,
    ) -> (
        f64,
        impl ::core::ops::FnOnce(
            &Params,
            &[f64],
            f64,
            Slot<
                '_,
                <Params as Differentiable>::Tangent,
            >,
            Slot<'_, [f64]>,
        ) -> (f64,),
    ) {
        let (t3, pullback2) = <energy>::__augmented(p, v);
        let t3_shape = Witness::of(&t3);
        let t4_shape = Witness::of(&p.scale);
        let y = mul(&t3, &p.scale);
        let (z, pullback7) = p.differentiable_potential(&v[1..], y);
        scalar::<f64, _>(&z);
        let (t9, pullback8) = <pair>::__augmented(x, y);
        let t9_shape = Witness::of(&t9);
        let t10_shape = Witness::of(&t9.0);
        let value = z + t9.0;
        (
            value,
            move |
                p: &Params,
                v: &[f64],
                value_bar: f64,
                p_bar_slot: Slot<
                    '_,
                    <Params as Differentiable>::Tangent,
                >,
                v_bar_slot: Slot<'_, [f64]>|
            {
                let mut p_bar_own = ::core::option::Option::None;
                let p_bar = p_bar_slot
                    .resolve(
                        &mut p_bar_own,
                        || <Params as Differentiable>::accumulator(
                            &<Params as Differentiable>::tangent_shape(
                                (p),
                            ),
                        ),
                    );
                let mut v_bar_own = ::core::option::Option::None;
                let v_bar = v_bar_slot
                    .resolve(
                        &mut v_bar_own,
                        || accumulator(v),
                    );
                let mut t11_bar = value_bar;
                let mut z_bar = t11_bar;
                let mut t9_bar = t9_shape.accumulator();
                accumulate(
                    &mut t9_bar.0,
                    sum_to(&t10_shape, t11_bar),
                );
                let (argument0_bar8, argument1_bar8) = if !{
                    use RunsAtZero as _;
                    <pair>::RUNS_AT_ZERO
                } && vanishes(&t9_bar)
                {
                    (
                        symbolic_zero(),
                        symbolic_zero(),
                    )
                } else {
                    let cotangents = { pullback8 }(t9_bar);
                    cotangents
                };
                let mut x_bar = argument0_bar8;
                let mut y_bar = argument1_bar8;
                let (argument2_bar7,) = {
                    pullback7
                }(
                    p,
                    &v[1..],
                    z_bar,
                    slot(&mut *p_bar),
                    slot(&mut v_bar[1..]),
                );
                accumulate(&mut y_bar, argument2_bar7);
                let mut t3_bar = sum_to(
                    &t3_shape,
                    mul(&y_bar, &p.scale),
                );
                accumulate(
                    &mut p_bar.scale,
                    sum_to(
                        &t4_shape,
                        mul(&y_bar, &t3),
                    ),
                );
                if !(!{
                    use RunsAtZero as _;
                    <energy>::RUNS_AT_ZERO
                } && vanishes(&t3_bar))
                {
                    let () = {
                        pullback2
                    }(
                        p,
                        v,
                        t3_bar,
                        slot(&mut *p_bar),
                        slot(&mut *v_bar),
                    );
                }
                recycle_value(t3);
                (x_bar,)
            },
        )
    }
