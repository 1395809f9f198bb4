    fn __augmented(
        x: &Tensor<2>,
        w: &Tensor<1>,
        b: &Tensor<1>,
    ) -> (
        f32,
        impl ::core::ops::FnOnce(
            &Tensor<2>,
            &Tensor<1>,
            &Tensor<1>,
            f32,
            NoSlot,
            Slot<'_, Tensor<1>>,
            Slot<'_, Tensor<1>>,
        ) -> (),
    ) {
        let (t10, fused0): (_, _) = match (x, w, b) {
            (x, w, b) => {
                struct Kernel {}
                impl<
                    T: Real,
                > ElementwiseKernel<T, 3usize, 3usize>
                for Kernel {
                    #[inline(always)]
                    fn eval<L: Lane<Scalar = T>>(
                        &self,
                        [x,
                        w,
                        b,
                        ]: [L; 3usize],
                    ) -> [L; 3usize] {
                        let t3 = x * w;
                        let t5 = t3 + b;
                        let t6 = t5.tanh();
                        let t8 = x.sigmoid();
                        let t9 = t6 * t8;
                        let t10_bar = L::constant(1.0);
                        let t9_bar = t10_bar;
                        let t6_bar = (t9_bar * t8);
                        let t5_bar = (t6_bar - (t6_bar * (t6 * t6)));
                        let t3_bar = t5_bar;
                        let b_bar = t5_bar;
                        let w_bar = (t3_bar * x);
                        [t9, w_bar, b_bar]
                    }
                }
                let x_like = fused::like(x);
                let w_like = fused::like(w);
                let b_like = fused::like(b);
                let t3_like = fused::join(
                    "mul",
                    x_like,
                    w_like,
                );
                let t5_like = fused::join(
                    "add",
                    t3_like,
                    b_like,
                );
                let t6_like = t5_like;
                let t8_like = x_like;
                let t9_like = fused::join(
                    "mul",
                    t6_like,
                    t8_like,
                );
                let [output0, output1, output2] = fused::forward(
                    &Kernel {},
                    &t9_like,
                    [
                        fused::operand(x),
                        fused::operand(w),
                        fused::operand(b),
                    ],
                    &[
                        fused::Want::Sum,
                        fused::Want::gradient(w),
                        fused::Want::gradient(b),
                    ],
                );
                (
                    output0.scalar(),
                    (
                        fused::gradient(w, output1),
                        fused::gradient(b, output2),
                    ),
                )
            }
        };
        let value = t10;
        (
            value,
            move |
                x: &Tensor<2>,
                w: &Tensor<1>,
                b: &Tensor<1>,
                value_bar: f32,
                x_bar_slot: NoSlot,
                w_bar_slot: Slot<'_, Tensor<1>>,
                b_bar_slot: Slot<'_, Tensor<1>>|
            {
                let mut w_bar_own = ::core::option::Option::None;
                let w_bar = w_bar_slot
                    .resolve(
                        &mut w_bar_own,
                        || accumulator(w),
                    );
                let mut b_bar_own = ::core::option::Option::None;
                let b_bar = b_bar_slot
                    .resolve(
                        &mut b_bar_own,
                        || accumulator(b),
                    );
                let mut t10_bar = value_bar;
                let (gradient0, gradient1) = fused0;
                fused::scaled(
                    &mut *w_bar,
                    &t10_bar,
                    gradient0,
                );
                fused::scaled(
                    &mut *b_bar,
                    &t10_bar,
                    gradient1,
                );
                ()
            },
        )
    }
