//! The folders form layers: a module uses only what stands before it in the pipeline.

use std::path::Path;

/// The layers, first to last. `diag` is the shared leaf.
const LAYERS: [&str; 9] =
    ["diag", "ir", "parse", "rules", "lower", "analysis", "transform", "residual", "emit"];

fn layer(path: &str) -> Option<usize> {
    LAYERS.iter().rposition(|layer| path == *layer || path.starts_with(&format!("{layer}/")))
}

#[test]
fn data_flows_one_way() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut checked = 0;
    for name in LAYERS {
        for file in files(&root, name) {
            let text = std::fs::read_to_string(&file).expect("the source is readable");
            let relative = file.strip_prefix(&root).expect("below src").with_extension("");
            let relative = relative.to_string_lossy().replace('\\', "/");
            let own = layer(&relative).expect("the file belongs to a layer");
            for used in text.lines().filter_map(|line| line.trim().strip_prefix("use crate::")) {
                let used = used.replace("::", "/");
                let Some(other) =
                    layer(used.split(['{', ';', ' ']).next().unwrap_or("").trim_end_matches('/'))
                else {
                    continue;
                };
                assert!(other <= own, "{relative} uses {used}, which comes later");
                checked += 1;
            }
        }
    }
    assert!(checked > 20, "only {checked} uses were found");
}

fn files(root: &Path, layer: &str) -> Vec<std::path::PathBuf> {
    let mut found: Vec<_> = std::iter::once(root.join(layer).with_extension("rs")).collect();
    let entries = std::fs::read_dir(root.join(layer)).into_iter().flatten().flatten();
    found.extend(entries.map(|entry| entry.path()));
    found.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    found.retain(|path| path.exists());
    found
}
