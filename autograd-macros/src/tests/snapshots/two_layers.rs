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
        let (t10, fused0): (_, _) = match (y, &t6) {
            (y, t6) => {
                struct Kernel {}
                impl<
                    T: Real,
                > ElementwiseKernel<T, 2usize, 2usize>
                for Kernel {
                    #[inline(always)]
                    fn eval<L: Lane<Scalar = T>>(
                        &self,
                        [y,
                        t6,
                        ]: [L; 2usize],
                    ) -> [L; 2usize] {
                        let r = t6 - y;
                        let t9 = r.square();
                        let t10_bar = L::constant(1.0);
                        let t9_bar = t10_bar;
                        let r_bar = adjoint::lanes::square(
                            t9_bar,
                            r,
                        );
                        let t6_bar = r_bar;
                        [t9, t6_bar]
                    }
                }
                let y_like = fused::like(y);
                let t6_like = fused::like(t6);
                let r_like = fused::join(
                    "sub",
                    t6_like,
                    y_like,
                );
                let t9_like = r_like;
                let [output0, output1] = fused::forward(
                    &Kernel {},
                    &t9_like,
                    [
                        fused::operand(y),
                        fused::operand(t6),
                    ],
                    &[
                        fused::Want::Sum,
                        fused::Want::gradient(t6),
                    ],
                );
                (
                    output0.scalar(),
                    (fused::gradient(t6, output1),),
                )
            }
        };
        let value = t10;
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
                let mut t6_bar = t6_shape.symbolic_zero();
                let (gradient0,) = fused0;
                fused::scaled(
                    &mut t6_bar,
                    &t10_bar,
                    gradient0,
                );
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
