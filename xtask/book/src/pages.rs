//! Writes the copies of programs and scripts into the pages of `docs/`.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::directive;

/// Makes every copy new; with `check`, only compares. Returns the pages, relative to the workspace, that were different.
///
/// # Errors
/// A page cannot be read or written; a directive is wrong, with page and line.
pub fn renew(root: &Path, check: bool) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(root.join("docs")).context("读不了 docs")? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".md") {
            names.push(format!("docs/{name}"));
        }
    }
    names.sort();
    let mut different = Vec::new();
    for name in names {
        let path = root.join(&name);
        let text = fs::read_to_string(&path).with_context(|| format!("读不了 {name}"))?;
        let renewed = directive::renew(root, &name, &text)?;
        if renewed == text {
            continue;
        }
        if !check {
            fs::write(&path, renewed).with_context(|| format!("写不了 {name}"))?;
        }
        different.push(name);
    }
    Ok(different)
}
