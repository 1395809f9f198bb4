//! The path under which a caller knows the runtime.

use super::Args;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, ToTokens};

/// The path of the runtime.
pub(crate) fn krate(args: &Args) -> TokenStream {
    match &args.krate {
        Some(path) => path.to_token_stream(),
        None => crate_name().map_or_else(|| quote!(::autograd_runtime), |name| quote!(::#name)),
    }
}

/// The name under which the caller's manifest depends on the runtime, if it is renamed there.
fn crate_name() -> Option<Ident> {
    let root = std::env::var_os("CARGO_MANIFEST_DIR")?;
    let manifest = std::fs::read_to_string(std::path::Path::new(&root).join("Cargo.toml")).ok()?;
    let name = renamed(&manifest)?;
    Some(Ident::new(&name.replace('-', "_"), Span::mixed_site()))
}

/// Finds `name = { package = "autograd-runtime", … }` or the same as a table of its own.
fn renamed(manifest: &str) -> Option<String> {
    let mut table = None;
    for line in manifest.lines().map(str::trim) {
        if let Some(header) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            table = header
                .split_once("dependencies.")
                .map(|(_, name)| name.trim_matches('"').to_owned());
            continue;
        }
        let compact: String = line.chars().filter(|c| !c.is_whitespace()).collect();
        if !compact.contains("package=\"autograd-runtime\"") {
            continue;
        }
        if compact.starts_with("package=") {
            return table;
        }
        return compact.split_once('=').map(|(name, _)| name.trim_matches('"').to_owned());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::renamed;

    #[test]
    fn finds_the_renamed_dependency() {
        let inline =
            "[dependencies]\nautograd = { version = \"0.1\", package = \"autograd-runtime\" }\n";
        assert_eq!(renamed(inline).as_deref(), Some("autograd"));
        let table = "[dependencies.ag]\npath = \"x\"\npackage = \"autograd-runtime\"\n";
        assert_eq!(renamed(table).as_deref(), Some("ag"));
        assert_eq!(renamed("[dependencies]\nautograd-runtime = \"0.1\"\n"), None);
    }
}
