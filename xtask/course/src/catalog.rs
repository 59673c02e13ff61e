//! The lessons: what is in `lessons/`, in order, with titles and scripts.
//!
//! | file | task |
//! | --- | --- |
//! | `draft` | lessons that are still being written |
//! | `folder` | a folder below `lessons/`, and the page of a lesson |
//! | `playbill` | the scenes of all scripts |
//! | `trouble` | what keeps a lesson from being played, while all others are |

mod draft;
mod folder;
mod playbill;
mod trouble;

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::exercise;
use crate::page::{Heading, Page};
use crate::script::Scene;

pub use playbill::Playbill;
pub use trouble::Trouble;

/// What was typed is wrong: exit code 2.
#[derive(Debug)]
pub struct UsageError(pub String);

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UsageError {}

/// The whole course.
#[derive(Debug)]
pub struct Catalog {
    /// The workspace.
    pub root: PathBuf,
    /// In order of their numbers.
    pub lessons: Vec<Lesson>,
    /// What the notes say of mistakes, see [`mistake`](Catalog::mistake).
    pub mistakes: Page,
    /// What is wrong with folders and pages, in order. (With scripts: [`playbill`](Catalog::playbill).)
    pub troubles: Vec<Trouble>,
}

/// The page on mistakes: an id like `rule-text` explains a rule of the judge, one like `cause-both-send` a kind of cause.
pub const MISTAKES: &str = "docs/mistakes.md";

/// A lesson: one number, one or more packages.
#[derive(Debug)]
pub struct Lesson {
    /// `00` to `99`.
    pub number: String,
    /// From the heading of its page in `docs/`.
    pub title: String,
    /// Its page, relative to the workspace, if it has one that is as it must be.
    pub page: Option<String>,
    /// Those that start first; the simpler first: a variant has a longer name than what it varies.
    pub packages: Vec<Package>,
}

/// A crate below `lessons/`.
#[derive(Debug)]
pub struct Package {
    /// `lesson-` and the name of its folder.
    pub name: String,
    /// Its description, in Chinese.
    pub title: String,
    /// Its folder.
    pub folder: PathBuf,
    /// The default of its `--addr`, if it takes one.
    pub address: Option<SocketAddr>,
}

/// A scene and where it comes from.
#[derive(Debug, Clone)]
pub struct Part {
    /// Number of the lesson.
    pub lesson: String,
    /// The exercise of that lesson to which it belongs, `01-2`; `None`: to the lesson itself.
    pub exercise: Option<String>,
    /// The script, relative to the workspace.
    pub script: PathBuf,
    /// The lines of the script.
    pub source: std::sync::Arc<Vec<String>>,
    /// The scene.
    pub scene: Scene,
}

impl Catalog {
    /// Reads `lessons/` of the workspace at `root`. Folders that are no lessons and lessons without a page are
    /// [`troubles`](Catalog::troubles).
    ///
    /// # Errors
    /// There is no `lessons/` that can be read.
    pub fn load(root: &Path) -> Result<Catalog> {
        let folder = root.join("lessons");
        let mut entries: Vec<PathBuf> = fs::read_dir(&folder)
            .with_context(|| format!("读不了课程文件夹 {}", folder.display()))?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()?;
        entries.retain(|path| {
            path.is_dir() && !is_hidden(path) && *path != root.join(exercise::FOLDER)
        });
        entries.sort();
        let mut packages: BTreeMap<String, Vec<Package>> = BTreeMap::new();
        let mut troubles = Vec::new();
        for path in entries {
            match folder::read_package(root, &path) {
                Ok((number, package)) => packages.entry(number).or_default().push(package),
                Err(trouble) => troubles.push(trouble),
            }
        }
        let mut lessons = Vec::new();
        for (number, mut packages) in packages {
            packages.sort_by_key(|package| {
                let starts_first = package.folder.join("script.txt").exists();
                (!starts_first, package.name.len(), package.name.clone())
            });
            let (lesson, trouble) = folder::lesson(root, number, packages);
            troubles.extend(trouble);
            troubles.extend(draft::unfinished(root, &lesson));
            lessons.push(lesson);
        }
        let mistakes = fs::read_to_string(root.join(MISTAKES)).unwrap_or_default();
        let mistakes = Page::of(&mistakes);
        Ok(Catalog { root: root.to_owned(), lessons, mistakes, troubles })
    }

    /// The heading of the section of [`MISTAKES`] with this id.
    pub fn mistake(&self, id: &str) -> Option<&Heading> {
        self.mistakes.heading_of(id)
    }

    /// Every package, in order.
    pub fn packages(&self) -> impl Iterator<Item = &Package> {
        self.lessons.iter().flat_map(|lesson| &lesson.packages)
    }
}

/// An editor's or a tool's own, which begins with a point.
pub(crate) fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}
