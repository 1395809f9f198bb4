    fn __augmented(
        x: &Tensor<2>,
        w: &Tensor<2>,
        b: &Tensor<1>,
        slope: f32,
    ) -> (
        Tensor<2>,
        impl ::core::ops::FnOnce(
            &Tensor<2>,
            &Tensor<2>,
            &Tensor<1>,
            Tensor<2>,
            NoSlot,
            Slot<'_, Tensor<2>>,
            Slot<'_, Tensor<1>>,
        ) -> (f32,),
    ) {
        let b_shape = Witness::of(b);
        let t3 = x.matmul(w);
        let t3_shape = Witness::of(&t3);
        let (h, fused0): (_, _) = match (b, &t3, 0.1) {
            (b, t3, c0) => {
                struct Kernel<T> {
                    c0: T,
                }
                impl<
                    T: Real,
                > ElementwiseKernel<T, 2usize, 1usize>
                for Kernel<T> {
                    #[inline(always)]
                    fn eval<L: Lane<Scalar = T>>(
                        &self,
                        [b,
                        t3,
                        ]: [L; 2usize],
                    ) -> [L; 1usize] {
                        let c0 = L::splat(self.c0);
                        let t5 = t3 + b;
                        let h = t5.leaky_relu(c0);
                        [h]
                    }
                }
                let b_like = fused::like(b);
                let t3_like = fused::like(t3);
                let t5_like = fused::join(
                    "add",
                    t3_like,
                    b_like,
                );
                let h_like = t5_like;
                let [output0] = fused::forward(
                    &Kernel { c0 },
                    &h_like,
                    [
                        fused::operand(b),
                        fused::operand(t3),
                    ],
                    &[fused::Want::Tensor],
                );
                (h_like.tensor(output0), h_like)
            }
        };
        let h_shape = Witness::of(&h);
        let t8 = h.matmul(w);
        let t8_shape = Witness::of(&t8);
        let (t10, fused1): (_, _) = match (&t8, slope, 1.0) {
            (t8, c0, c1) => {
                struct Kernel<T> {
                    c0: T,
                    c1: T,
                }
                impl<
                    T: Real,
                > ElementwiseKernel<T, 1usize, 1usize>
                for Kernel<T> {
                    #[inline(always)]
                    fn eval<L: Lane<Scalar = T>>(
                        &self,
                        [t8,
                        ]: [L; 1usize],
                    ) -> [L; 1usize] {
                        let c0 = L::splat(self.c0);
                        let c1 = L::splat(self.c1);
                        let t9 = t8 * c0;
                        let t10 = t9 - c1;
                        [t10]
                    }
                }
                let t8_like = fused::like(t8);
                let t9_like = t8_like;
                let t10_like = t9_like;
                let [output0] = fused::forward(
                    &Kernel { c0, c1 },
                    &t10_like,
                    [fused::operand(t8)],
                    &[fused::Want::Tensor],
                );
                (t10_like.tensor(output0), t10_like)
            }
        };
        let value = t10;
        (
            value,
            move |
                x: &Tensor<2>,
                w: &Tensor<2>,
                b: &Tensor<1>,
                value_bar: Tensor<2>,
                x_bar_slot: NoSlot,
                w_bar_slot: Slot<'_, Tensor<2>>,
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
                let slope_shape = Witness::of(&0.0_f32);
                let mut t10_bar = value_bar;
                let mut slope_bar = 0.0_f32;
                let mut t8_bar = t8_shape.symbolic_zero();
                match (
                    fused::cotangent(&t10_bar),
                    fused::operand(&t8),
                    slope,
                    fused::Target::Scalar(&mut slope_bar),
                    fused::target(&mut t8_bar, &t8_shape),
                ) {
                    (t10_bar, t8, c0, target0, target1) => {
                        struct Kernel<T> {
                            c0: T,
                        }
                        impl<
                            T: Real,
                        > ElementwiseKernel<
                            T,
                            2usize,
                            2usize,
                        > for Kernel<T> {
                            #[inline(always)]
                            fn eval<L: Lane<Scalar = T>>(
                                &self,
                                [t10_bar,
                                t8,
                                ]: [L; 2usize],
                            ) -> [L; 2usize] {
                                let c0 = L::splat(self.c0);
                                let t9_bar = t10_bar;
                                let t8_bar = (t9_bar * c0);
                                let slope_bar = (t9_bar * t8);
                                [slope_bar, t8_bar]
                            }
                        }
                        fused::reverse(
                            &Kernel { c0 },
                            &fused1,
                            [t10_bar, t8],
                            [target0, target1],
                        );
                    }
                }
                let mut h_bar = h_shape.symbolic_zero();
                adjoint::matmul_lhs(&mut h_bar, &t8_bar, w);
                adjoint::matmul_rhs(
                    &mut *w_bar,
                    &t8_bar,
                    &h,
                );
                let mut t3_bar = t3_shape.symbolic_zero();
                match (
                    fused::cotangent(&h_bar),
                    fused::operand(b),
                    fused::operand(&t3),
                    0.1,
                    fused::target(&mut *b_bar, &b_shape),
                    fused::target(&mut t3_bar, &t3_shape),
                ) {
                    (h_bar, b, t3, c0, target0, target1) => {
                        struct Kernel<T> {
                            c0: T,
                        }
                        impl<
                            T: Real,
                        > ElementwiseKernel<
                            T,
                            3usize,
                            2usize,
                        > for Kernel<T> {
                            #[inline(always)]
                            fn eval<L: Lane<Scalar = T>>(
                                &self,
                                [h_bar,
                                b,
                                t3,
                                ]: [L; 3usize],
                            ) -> [L; 2usize] {
                                let c0 = L::splat(self.c0);
                                let t5 = t3 + b;
                                let t5_bar = adjoint::lanes::leaky_relu(
                                    h_bar,
                                    t5,
                                    c0,
                                );
                                let t3_bar = t5_bar;
                                let b_bar = t5_bar;
                                [b_bar, t3_bar]
                            }
                        }
                        fused::reverse(
                            &Kernel { c0 },
                            &fused0,
                            [h_bar, b, t3],
                            [target0, target1],
                        );
                    }
                }
                adjoint::matmul_rhs(
                    &mut *w_bar,
                    &t3_bar,
                    x,
                );
                (slope_bar,)
            },
        )
    }
