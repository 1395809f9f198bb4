//! Tuples of layers, which run one after the other.

use super::Module;
use crate::Differentiable;
use crate::private::{Dot, Slot};
use autograd_macros::differentiable;

macro_rules! sequence {
    ($function:ident: $first:ident 0, $($layer:ident $index:tt after $previous:ident),*; last $last:ident) => {
        #[differentiable(crate = crate)]
        fn $function<Input, $first, $($layer),*>(layers: &($first, $($layer),*), input: &Input) -> $last::Output
        where
            Input: Differentiable,
            $first: Module<Input>,
            $($layer: Module<$previous::Output>,)*
        {
            let output = layers.0.forward(input);
            $(let output = layers.$index.forward(&output);)*
            output
        }

        impl<Input, $first, $($layer),*> Module<Input> for ($first, $($layer),*)
        where
            Input: Differentiable,
            $first: Module<Input>,
            $($layer: Module<$previous::Output>,)*
        {
            type Output = $last::Output;

            fn forward(&self, input: &Input) -> Self::Output {
                $function(self, input)
            }

            fn differentiable_forward(
                &self,
                input: &Input,
            ) -> (
                Self::Output,
                impl FnOnce(
                    &Self,
                    &Input,
                    <Self::Output as Differentiable>::Tangent,
                    Slot<'_, Self::Tangent>,
                    Slot<'_, Input::Tangent>,
                ) + use<Input, $first, $($layer),*>,
            ) {
                $function::__augmented(self, input)
            }

            fn differentiable_tangent_forward(
                &self,
                input: &Input,
                layers_dot: Dot<'_, Self::Tangent>,
                input_dot: Dot<'_, Input::Tangent>,
            ) -> (Self::Output, <Self::Output as Differentiable>::Tangent) {
                $function::__tangent(self, input, layers_dot, input_dot)
            }
        }
    };
}
sequence!(two: A 0, B 1 after A; last B);
sequence!(three: A 0, B 1 after A, C 2 after B; last C);
sequence!(four: A 0, B 1 after A, C 2 after B, D 3 after C; last D);
sequence!(five: A 0, B 1 after A, C 2 after B, D 3 after C, E 4 after D; last E);
sequence!(six: A 0, B 1 after A, C 2 after B, D 3 after C, E 4 after D, F 5 after E; last F);
sequence!(seven: A 0, B 1 after A, C 2 after B, D 3 after C, E 4 after D, F 5 after E, G 6 after F; last G);
sequence!(eight: A 0, B 1 after A, C 2 after B, D 3 after C, E 4 after D, F 5 after E, G 6 after F, H 7 after G; last H);
