//! Lessons that are still being written.

use std::fs;
use std::path::Path;

use crate::unwritten;

use super::trouble::{PAGE, PROGRAM, Trouble};
use super::{Lesson, Package};

/// What is still to be written in the programs and the page of a lesson. (Its scripts are looked at when they are read.)
pub(super) fn unfinished(root: &Path, lesson: &Lesson) -> Vec<Trouble> {
    let mut troubles = Vec::new();
    for package in &lesson.packages {
        for file in ["Cargo.toml", "src/main.rs"] {
            let path = package.folder.join(file);
            troubles.extend(in_file(root, &path, lesson, std::slice::from_ref(package), PROGRAM));
        }
    }
    if let Some(page) = &lesson.page {
        let path = root.join(page);
        troubles.extend(in_file(root, &path, lesson, &lesson.packages, PAGE));
    }
    troubles
}

fn in_file(
    root: &Path,
    path: &Path,
    lesson: &Lesson,
    packages: &[Package],
    title: &'static str,
) -> Option<Trouble> {
    let bytes = fs::read(path).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let line = unwritten::places(&text).first()?.line;
    let shown = path.strip_prefix(root).unwrap_or(path).to_owned();
    Some(Trouble {
        lesson: lesson.number.clone(),
        packages: packages.iter().map(|package| package.name.clone()).collect(),
        title,
        reason: format!("{}：{}", shown.display(), unwritten::in_words(&text)?),
        path: shown,
        line,
    })
}
