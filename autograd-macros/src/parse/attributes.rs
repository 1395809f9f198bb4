//! Attributes that are ours and stand where they mean nothing.

use super::shape::PLACE as SHAPE_PLACE;
use crate::diag::Diagnostics;
use crate::walk::visit_mut::{self, VisitMut};
use syn::{Attribute, Block, Item, ItemFn, Local};

/// Reports and removes each `#[no_grad]` and `#[shape(…)]` that does not stand on a parameter, and a second
/// `#[differentiable]`. What is removed here is not reported by rustc again.
pub(crate) fn take_misplaced(function: &mut ItemFn, diag: &mut Diagnostics) {
    function.attrs.retain(|attr| {
        let last = attr.path().segments.last();
        let again = last.is_some_and(|segment| segment.ident == "differentiable");
        if again {
            let message = "`#[differentiable]` stands on this function already";
            diag.error_on(attr.path(), message, "remove one of the two");
        }
        !again
    });
    let mut misplaced =
        Misplaced { diag, help: "mark the parameters without gradient, each by itself" };
    misplaced.visit_attributes_mut(&mut function.attrs);
    misplaced.visit_block_mut(&mut function.block);
}

struct Misplaced<'a> {
    diag: &'a mut Diagnostics,
    /// What to write instead, where the visitor stands.
    help: &'static str,
}

impl VisitMut for Misplaced<'_> {
    fn visit_attributes_mut(&mut self, attrs: &mut Vec<Attribute>) {
        attrs.retain(|attr| {
            let ours = attr.path().is_ident("no_grad");
            if ours {
                let message = "`#[no_grad]` stands on a parameter or on a field of a struct";
                self.diag.error_on(attr, message, self.help);
            }
            let shape = attr.path().is_ident("shape");
            if shape {
                let help =
                    "declare the shapes of the parameters: they are followed through the body";
                self.diag.error_on(attr, SHAPE_PLACE, help);
            }
            !ours && !shape
        });
    }

    fn visit_block_mut(&mut self, block: &mut Block) {
        let outside =
            std::mem::replace(&mut self.help, "write `no_grad! { … }`, or mark the parameter");
        visit_mut::visit_block_mut(self, block);
        self.help = outside;
    }

    fn visit_local_mut(&mut self, local: &mut Local) {
        let outside = std::mem::replace(&mut self.help, "write `let x = no_grad! { … };`");
        self.visit_attributes_mut(&mut local.attrs);
        self.help = outside;
        visit_mut::visit_local_mut(self, local);
    }

    /// An item inside the function has attributes of its own.
    fn visit_item_mut(&mut self, _: &mut Item) {}
}
