//! What keeps a lesson, or a part of it, from being played: it fails with this, and all others are played.

use std::fmt;
use std::path::{Path, PathBuf};

/// Something about a lesson that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Number of the lesson; of a folder that is none, the folder's name.
    pub lesson: String,
    /// The packages that cannot be played, or not whole.
    pub packages: Vec<String>,
    /// In a word, in Chinese.
    pub title: &'static str,
    /// The file or folder, relative to the workspace.
    pub path: PathBuf,
    /// Line of the file, from 1.
    pub line: usize,
    /// What is wrong, in Chinese; it begins with the file or the folder.
    pub reason: String,
}

/// About a script.
pub(super) const SCRIPT: &str = "剧本";
/// About a program.
pub(super) const PROGRAM: &str = "程序";
/// About a page of the notes.
pub(super) const PAGE: &str = "笔记";
/// About a folder and its manifest.
pub(super) const FOLDER: &str = "文件夹";

impl Trouble {
    /// What is wrong with the folder of a lesson, or with a file in it.
    pub(super) fn of_folder(root: &Path, folder: &Path, line: usize, what: String) -> Trouble {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let number: String = name.chars().take(2).collect();
        let lesson = if super::folder::is_lesson(&name) { number } else { name.clone() };
        let path = folder.strip_prefix(root).unwrap_or(folder).to_owned();
        let packages = vec![format!("lesson-{name}")];
        Trouble { lesson, packages, title: FOLDER, path, line, reason: what }
    }

    /// Whether it is about one of these numbers or packages.
    pub fn concerns(&self, targets: &[String]) -> bool {
        let one = |target: &String| self.lesson == *target || self.packages.contains(target);
        targets.iter().any(one)
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}
