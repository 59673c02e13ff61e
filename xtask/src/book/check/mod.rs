//! What the notes say, against what is there. No mdBook needed: this is a test (`xtask/tests/book.rs`).
//!
//! | file | task |
//! | --- | --- |
//! | `contents` | `SUMMARY.md`: every page and every lesson, once, under its own title |
//! | `links` | links, anchors, pictures |
//! | `quotes` | `{{#steps}}`, `{{#script}}`, `{{#include}}` |
//! | `walkthrough` | ①②③ in a lesson's page and in its programs |
//! | `commands` | commands that can be typed, packages that exist |

mod commands;
mod contents;
mod links;
mod quotes;
mod walkthrough;

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::page::Page;
use crate::catalog::Catalog;

/// Something in the notes that is not true.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Relative to the workspace.
    pub page: String,
    /// From 1.
    pub line: usize,
    /// In Chinese.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}：{}", self.page, self.line, self.what)
    }
}

/// All pages, read once.
struct Notes<'a> {
    root: &'a Path,
    catalog: Catalog,
    /// By path relative to the workspace.
    pages: BTreeMap<String, Source>,
}

struct Source {
    text: String,
    page: Page,
}

/// What is wrong on one page.
fn problem(page: &str, line: usize, what: String) -> Problem {
    Problem { page: page.to_owned(), line, what }
}

/// Checks `docs/`, `README.md` and `CONTRIBUTING.md` of the workspace at `root`.
///
/// # Errors
/// The lessons or the pages cannot be read.
pub fn check(root: &Path) -> Result<Vec<Problem>> {
    let catalog = Catalog::load(root)?;
    let mut names = vec!["README.md".to_owned(), "CONTRIBUTING.md".to_owned()];
    for entry in fs::read_dir(root.join("docs")).context("读不了 docs")? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".md") {
            names.push(format!("docs/{name}"));
        }
    }
    let mut pages = BTreeMap::new();
    for name in names {
        let text =
            fs::read_to_string(root.join(&name)).with_context(|| format!("读不了 {name}"))?;
        let page = Page::of(&text);
        pages.insert(name, Source { text, page });
    }
    let notes = Notes { root, catalog, pages };
    let checks =
        [contents::check, links::check, quotes::check, walkthrough::check, commands::check];
    let mut problems: Vec<Problem> = checks.iter().flat_map(|check| check(&notes)).collect();
    problems.sort();
    problems.dedup();
    Ok(problems)
}
