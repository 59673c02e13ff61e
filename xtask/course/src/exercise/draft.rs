//! Exercises that are still being written.

use std::fs;
use std::path::{Path, PathBuf};

use crate::unwritten;

use super::Exercise;

/// What a student would meet of it is not written yet: which, in Chinese. (Its solutions are the course's own affair.)
pub(super) fn unfinished(exercise: &Exercise) -> Option<String> {
    let fixed = ["exercise.toml", "script.txt"].map(|name| exercise.folder.join(name));
    let sources = exercise.programs.iter().map(|program| exercise.source(program));
    fixed.into_iter().chain(sources).find_map(|path| {
        let bytes = fs::read(&path).ok()?;
        let words = unwritten::in_words(&String::from_utf8_lossy(&bytes))?;
        Some(format!("{} {words}", shown(&exercise.folder, &path)))
    })
}

/// Every place in the files of an exercise where something is still to be written: the file, the line, what.
pub fn unwritten(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    collect(folder, &mut files);
    files.sort();
    let of_file = |path: &PathBuf| {
        let text = String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned();
        let name = shown(folder, path);
        let places = unwritten::places(&text).into_iter();
        places.map(|place| format!("{name}:{}：{}", place.line, place.what)).collect::<Vec<_>>()
    };
    files.iter().flat_map(of_file).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        // a link is not followed: it may lead in a circle
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => collect(&entry.path(), files),
            _ => files.push(entry.path()),
        }
    }
}

fn shown(folder: &Path, path: &Path) -> String {
    path.strip_prefix(folder).unwrap_or(path).display().to_string()
}
