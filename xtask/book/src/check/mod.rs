//! What the notes say, against what is there. No mdBook needed: this is a test (`xtask/tests/book.rs`).
//!
//! | file | task |
//! | --- | --- |
//! | `contents` | `SUMMARY.md`: every page and every lesson, once, under its own title |
//! | `places` | every lesson in the tables of `README.md`, `docs/README.md` and `docs/teachers.md`, with their sums |
//! | `links` | links, anchors, pictures |
//! | `quotes` | copies of programs and scripts: `#steps`, `#script`, `#include` |
//! | `walkthrough` | ①②③ in a lesson's page and in its programs |
//! | `commands` | commands that can be typed, packages that exist |

mod commands;
mod contents;
mod links;
mod places;
mod quotes;
mod walkthrough;

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use course::catalog::Catalog;
use course::page::Page;

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

/// The runner's command line: what it makes of the words behind `cargo xtask`. `Ok`: the lessons that they name;
/// `Err`: what is wrong with them, in Chinese.
pub type CommandLine<'a> = &'a dyn Fn(&[&str]) -> Result<Vec<String>, String>;

/// All pages, read once.
struct Notes<'a> {
    root: &'a Path,
    command_line: CommandLine<'a>,
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

/// Checks `docs/`, `README.md` and `CONTRIBUTING.md` of the workspace at `root`; `command_line` reads the commands in them.
///
/// # Errors
/// The lessons or the pages cannot be read.
pub fn check(root: &Path, command_line: CommandLine<'_>) -> Result<Vec<Problem>> {
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
    let notes = Notes { root, command_line, catalog, pages };
    let checks = [
        contents::check,
        places::check,
        links::check,
        quotes::check,
        walkthrough::check,
        commands::check,
    ];
    let mut problems: Vec<Problem> = checks.iter().flat_map(|check| check(&notes)).collect();
    let troubles = notes.catalog.troubles.iter();
    problems.extend(
        troubles.map(|one| problem(&one.path.display().to_string(), one.line, one.reason.clone())),
    );
    problems.sort();
    problems.dedup();
    Ok(problems)
}
