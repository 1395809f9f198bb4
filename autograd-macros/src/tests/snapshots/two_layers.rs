    fn __augmented(
        x: &Tensor<2>,
        w1: &Tensor<2>,
        w2: &Tensor<2>,
        y: &Tensor<2>,
    ) -> (
        f32,
        impl ::core::ops::FnOnce(
            &Tensor<2>,
            &Tensor<2>,
            &Tensor<2>,
            &Tensor<2>,
            f32,
            NoSlot,
            Slot<'_, Tensor<2>>,
            Slot<'_, Tensor<2>>,
            NoSlot,
        ) -> (),
    ) {
        let h = x.matmul(w1).relu();
        let h_shape = Witness::of(&h);
        let t6 = h.matmul(w2);
        let t6_shape = Witness::of(&t6);
        let r = t6 - y;
        let t9 = r.square();
        let t9_shape = Witness::of(&t9);
        let value = t9.sum();
        (
            value,
            move |
                x: &Tensor<2>,
                w1: &Tensor<2>,
                w2: &Tensor<2>,
                y: &Tensor<2>,
                value_bar: f32,
                x_bar_slot: NoSlot,
                w1_bar_slot: Slot<'_, Tensor<2>>,
                w2_bar_slot: Slot<'_, Tensor<2>>,
                y_bar_slot: NoSlot|
            {
                let mut w1_bar_own = ::core::option::Option::None;
                let w1_bar = w1_bar_slot
                    .resolve(
                        &mut w1_bar_own,
                        || accumulator(w1),
                    );
                let mut w2_bar_own = ::core::option::Option::None;
                let w2_bar = w2_bar_slot
                    .resolve(
                        &mut w2_bar_own,
                        || accumulator(w2),
                    );
                let mut t10_bar = value_bar;
                let mut t9_bar = t9_shape.symbolic_zero();
                adjoint::sum_input(
                    &mut t9_bar,
                    &t10_bar,
                    &t9_shape,
                );
                let mut r_bar = adjoint::square(
                    &t9_bar,
                    &r,
                );
                let mut t6_bar = sum_to(&t6_shape, r_bar);
                let mut h_bar = h_shape.symbolic_zero();
                adjoint::matmul_lhs(
                    &mut h_bar,
                    &t6_bar,
                    w2,
                );
                adjoint::matmul_rhs(
                    &mut *w2_bar,
                    &t6_bar,
                    &h,
                );
                let mut t3_bar = adjoint::relu(&h_bar, &h);
                adjoint::matmul_rhs(
                    &mut *w1_bar,
                    &t3_bar,
                    x,
                );
                ()
            },
        )
    }
