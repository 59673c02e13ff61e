//! The exercises: what is in `lessons/exercises/`, one folder each, with everything that belongs to it.
//!
//! | file | task |
//! | --- | --- |
//! | `manifest` | `exercise.toml`: title, level, minutes, programs, hints |
//! | `draft` | exercises that are still being written |
//! | `gaps` | the numbered gaps of a program, and the task at its top |
//! | `variants` | solutions and wrong programs of an exercise, for tests |
//!
//! ```text
//! lessons/exercises/01-1-capitals/
//!   exercise.toml     what it is
//!   script.txt        what must be seen, in the language of the lessons' scripts
//!   start/server.rs   what a student begins with; it compiles
//!   given/client.rs   a partner that is finished
//!   solution/, second/  two different right programs
//!   wrong/*.rs        programs with one mistake; the first line says which program it is and which code it gets
//! ```

mod draft;
mod gaps;
mod manifest;
mod variants;

use std::fmt;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::catalog::{UsageError, is_hidden};
use crate::script::{Action, ParseError, Scene, Script, parse_varied};
use text::near;

pub use draft::unwritten;
pub use gaps::{Gap, first_gap, task};
pub use variants::{Variant, VariantKind};

/// Where they are, relative to the workspace.
pub const FOLDER: &str = "lessons/exercises";

/// How much it asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// 热身
    WarmUp,
    /// 练习
    Practice,
    /// 挑战
    Challenge,
}

/// What there is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// 填空: gaps to be filled.
    Gaps,
    /// 找错: a finished program with one mistake.
    Debugging,
    /// 自己写: only the scene is given.
    Open,
}

/// An exercise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exercise {
    /// `01-2`: the lesson's number, and its own.
    pub id: String,
    /// Number of the lesson.
    pub lesson: String,
    /// Its folder's name, `01-2-name`.
    pub name: String,
    /// Its folder.
    pub folder: PathBuf,
    /// In Chinese.
    pub title: String,
    /// How much it asks for.
    pub level: Level,
    /// What there is to do.
    pub form: Form,
    /// How long it takes, about.
    pub minutes: u32,
    /// A question; a place in the notes; almost the answer.
    pub hints: [String; 3],
    /// Its programs: the student's own, and those that are given.
    pub programs: Vec<Program>,
}

/// A program of an exercise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// `server`; its file is `server.rs`.
    pub name: String,
    /// It is finished, and nobody changes it.
    pub given: bool,
    /// The default of its `--addr`, if it takes one.
    pub address: Option<SocketAddr>,
}

/// What is wrong with an exercise: it cannot be practised, all others can.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// The folder or file, relative to the workspace.
    pub path: PathBuf,
    /// What is wrong, in Chinese.
    pub reason: String,
}

/// All exercises, in order.
#[derive(Debug, Default)]
pub struct Exercises {
    /// Those that are in order.
    pub all: Vec<Exercise>,
    /// What is wrong with the others.
    pub flaws: Vec<Flaw>,
}

impl Level {
    /// In Chinese.
    pub fn word(self) -> &'static str {
        match self {
            Level::WarmUp => "热身",
            Level::Practice => "练习",
            Level::Challenge => "挑战",
        }
    }
}

impl Form {
    /// In Chinese.
    pub fn word(self) -> &'static str {
        match self {
            Form::Gaps => "填空",
            Form::Debugging => "找错",
            Form::Open => "自己写",
        }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}：{}", self.path.display(), self.reason)
    }
}

impl Exercise {
    /// The name of the program of this name in its script, and of its binary.
    pub fn binary(&self, program: &Program) -> String {
        format!("practice-{}-{}", self.id, program.name)
    }

    /// What the student's own file of this program is called.
    pub fn own_file(&self, program: &Program) -> String {
        format!("{}-{}.rs", self.id, program.name)
    }

    /// The programs that a student writes.
    pub fn own_programs(&self) -> impl Iterator<Item = &Program> {
        self.programs.iter().filter(|program| !program.given)
    }

    /// What a student begins with, or what is given.
    pub fn source(&self, program: &Program) -> PathBuf {
        let folder = if program.given { "given" } else { "start" };
        self.folder.join(folder).join(format!("{}.rs", program.name))
    }

    /// What must be seen; another `seed` makes other choices where the script leaves some.
    ///
    /// # Errors
    /// The script cannot be read, or there is a mistake in it.
    pub fn script(&self, seed: u64) -> Result<Script, String> {
        let path = self.folder.join("script.txt");
        let text =
            fs::read_to_string(&path).map_err(|error| format!("读不了 script.txt：{error}"))?;
        let wrong = |error: ParseError| format!("script.txt：{error}");
        let mut script = parse_varied(&text, seed).map_err(wrong)?;
        for package in script.scenes.iter().flat_map(|scene| scene.packages()) {
            if !self.programs.iter().any(|program| self.binary(program) == package) {
                let known: Vec<String> =
                    self.programs.iter().map(|program| self.binary(program)).collect();
                return Err(format!(
                    "script.txt：没有叫 {package} 的程序，这个练习的是 {}",
                    known.join("、")
                ));
            }
        }
        script.scenes.iter_mut().for_each(|scene| self.mark_given(scene));
        Ok(script)
    }

    /// Which terminals run a program that nobody changes.
    fn mark_given(&self, scene: &mut Scene) {
        let is_given = |package: &str| {
            self.programs.iter().any(|one| one.given && self.binary(one) == package)
        };
        for direction in &scene.directions {
            if let Action::Start { package, .. } = &direction.action {
                scene.terminals[direction.terminal].given |= is_given(package);
            }
        }
    }
}

impl Exercises {
    /// Reads all exercises of the workspace at `root`. Without the folder there are none.
    pub fn load(root: &Path) -> Exercises {
        let entries = fs::read_dir(root.join(FOLDER)).into_iter().flatten().flatten();
        let paths = entries.map(|entry| entry.path());
        let mut folders: Vec<PathBuf> =
            paths.filter(|path| path.is_dir() && !is_hidden(path)).collect();
        folders.sort();
        let mut exercises = Exercises::default();
        for folder in folders {
            match whole(&folder) {
                Ok(one) if exercises.all.iter().any(|other| other.id == one.id) => {
                    let reason = format!("{} 这个编号已经有了", one.id);
                    exercises.flaws.push(Flaw { path: shown(root, &folder), reason });
                }
                Ok(one) => exercises.all.push(one),
                Err(reason) => exercises.flaws.push(Flaw { path: shown(root, &folder), reason }),
            }
        }
        exercises
    }

    /// Those that a target names: `04-2`, a lesson (`04` or `4`), or a folder.
    ///
    /// # Errors
    /// There is none; the nearest is named.
    pub fn named(&self, target: &str) -> Result<Vec<&Exercise>, UsageError> {
        let target = match target.split_once('-') {
            None if target.len() == 1 => format!("0{target}"),
            Some((lesson, rest)) if lesson.len() == 1 => format!("0{lesson}-{rest}"),
            _ => target.to_owned(),
        };
        let is_meant =
            |one: &&Exercise| one.id == target || one.name == target || one.lesson == target;
        let meant: Vec<&Exercise> = self.all.iter().filter(is_meant).collect();
        if !meant.is_empty() {
            return Ok(meant);
        }
        if let Some(flaw) = self.flaws.iter().find(|flaw| {
            let name = flaw.path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with(&target)
        }) {
            return Err(UsageError(flaw.to_string()));
        }
        let known = self.all.iter().map(|one| one.id.as_str());
        let hint = match near(&target, known) {
            Some(near) => format!("，最接近的是 {near}"),
            None => String::new(),
        };
        Err(UsageError(format!(
            "没有「{target}」这个练习{hint}；cargo xtask practice --list 列出全部"
        )))
    }
}

/// The exercise in `folder`, if a student can have it.
fn whole(folder: &Path) -> Result<Exercise, String> {
    let exercise = manifest::read(folder)?;
    exercise.script(0)?;
    match draft::unfinished(&exercise) {
        Some(why) => Err(why),
        None => Ok(exercise),
    }
}

fn shown(root: &Path, path: &Path) -> PathBuf {
    path.strip_prefix(root).unwrap_or(path).to_owned()
}
