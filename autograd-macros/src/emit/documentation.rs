//! The table of its companions in the documentation of a function.

use super::names;
use super::signature::Signatures;
use crate::ir::Ty;
use crate::parse::Target;
use syn::ext::IdentExt;
use syn::ItemFn;

/// The user's function with the table, if it is documented at all. (A function without documentation is left
/// to the lint that asks for it.)
pub(crate) fn documented(mut plain: ItemFn, target: &Target) -> ItemFn {
    let is_documented = plain.attrs.iter().any(|attr| attr.path().is_ident("doc"));
    if is_documented && target.understood {
        let table = Signatures { target, krate: names::CratePath::new(&target.args) }.table();
        plain.attrs.push(syn::parse_quote!(#[doc = #table]));
    }
    plain
}

impl Signatures<'_> {
    fn table(&self) -> String {
        let target = self.target;
        let active = target.params.iter().filter(|param| param.active);
        let active: Vec<String> =
            active.map(|param| format!("`{}`", param.ident.unraw())).collect();
        let respect = format!("with respect to {}", active.join(", "));
        let mut rows = Vec::new();
        if Ty::of(&target.output, &target.reals).is_float() {
            rows.push(("value_and_grad", "", format!("the value, and the gradient {respect}")));
            rows.push(("grad", "", format!("the gradient {respect}")));
            let adds = "the value; adds the gradient".to_owned();
            rows.push(("value_and_grad_into", "&mut gradient", adds));
        }
        rows.push(("vjp", "", "the value, and a function of its cotangent".to_owned()));
        rows.push(("jvp", "tangents", "the value, and its tangent".to_owned()));
        if target.args.second.is_some() {
            rows.push(("hvp", "tangents", "the Hessian times the tangents".to_owned()));
            rows.push(("hessian", "", "all second derivatives".to_owned()));
        }
        let rows = rows.into_iter().map(|(companion, more, gives)| {
            format!("| `{}` | {gives} |\n", self.written_call(companion, more))
        });
        let rows: String = rows.collect();
        format!("\n\n# Derivatives\n\n| call | gives |\n| --- | --- |\n{rows}")
    }

    /// A call of a companion as users write it.
    fn written_call(&self, companion: &str, more: &str) -> String {
        let target = self.target;
        let has_receiver = target.function.sig.receiver().is_some();
        let params = target.params.iter().skip(usize::from(has_receiver));
        let mut arguments: Vec<String> =
            params.map(|param| param.ident.unraw().to_string()).collect();
        if !more.is_empty() {
            arguments.push(more.to_owned());
        }
        let owner = match (target.associated, has_receiver) {
            (false, _) => format!("{}::", target.name()),
            (true, true) => "self.".to_owned(),
            (true, false) => "Self::".to_owned(),
        };
        format!("{owner}{}({})", self.companion_name(companion), arguments.join(", "))
    }
}
