//! One look at a student's files: is there a gap, do they compile, do the scenes hold?

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::Result;

use course::catalog::{Catalog, Part};
use course::exercise::{Exercise, Gap, first_gap};
use stage::Program;

use crate::cargo::{CompileError, build_own};
use crate::cli::{StageOptions, TraceOptions};
use crate::perform::{JOBS, Onlooker, Performance, Theatre, play_all};
use crate::report::{first_code, first_scene};

use super::desk::Desk;

/// The choices of a script (`任选`) that are played: what the task shows, and others.
const VARIATIONS: [u64; 3] = [0, 1, 2];

/// No file of a student is longer.
const LONGEST: u64 = 1 << 20;

/// What came of it.
pub enum Verdict {
    /// There is no file that could be compiled; why, in Chinese.
    NoFile(String),
    /// Something is still to be written.
    Gap {
        /// The file, as it is shown.
        file: String,
        /// Where in it, and what.
        gap: Gap,
    },
    /// The compiler does not take it.
    Uncompiled(Vec<CompileError>),
    /// Scenes failed; or none did.
    Played(Box<Stage>),
}

/// Scenes that were played.
pub struct Stage {
    /// The scenes, and what came of them, in the same order.
    pub parts: Vec<Part>,
    /// What came of them.
    pub performances: Vec<Performance>,
    /// What the machine gives.
    pub theatre: Theatre,
}

/// A look at an exercise.
#[derive(Debug, Clone, Copy)]
pub struct Attempt<'a> {
    /// The course.
    pub catalog: &'a Catalog,
    /// Where the student's files are.
    pub desk: &'a Desk,
    /// Which exercise.
    pub exercise: &'a Exercise,
    /// How scenes are played.
    pub stage: StageOptions,
    /// How programs are looked at.
    pub trace: TraceOptions,
}

impl Stage {
    /// Which scene is looked at: the one with the mistake that is named first, or the first of all.
    pub fn first_mistake(&self) -> usize {
        first_scene(&self.parts, &self.performances).unwrap_or(0)
    }

    /// What could not be looked at, each once.
    pub fn unchecked(&self) -> Vec<&str> {
        let all = self.performances.iter().flat_map(|one| &one.verdict.unchecked);
        let mut all: Vec<&str> = all.map(|one| one.what.as_str()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

impl Verdict {
    /// In a word, for programs.
    pub fn state(&self) -> &'static str {
        match self {
            Verdict::NoFile(_) => "no-file",
            Verdict::Gap { .. } => "gap",
            Verdict::Uncompiled(_) => "uncompiled",
            Verdict::Played(_) if self.passed() => "passed",
            Verdict::Played(_) => "failed",
        }
    }

    /// What is to be mended first, if it was played: a cause's code, or the rule that was broken.
    pub fn code(&self) -> Option<&'static str> {
        match self {
            Verdict::Played(stage) => first_code(&stage.parts, &stage.performances),
            _ => None,
        }
    }

    /// Everything holds.
    pub fn passed(&self) -> bool {
        let Verdict::Played(stage) = self else { return false };
        // after Ctrl-C some were not played
        let all = stage.performances.len() == stage.parts.len();
        all && !stage.parts.is_empty() && stage.performances.iter().all(Performance::passed)
    }
}

impl Attempt<'_> {
    /// Looks at it, as far as it holds.
    ///
    /// # Errors
    /// Something of the course or the machine keeps it from being looked at.
    pub fn verdict(&self) -> Result<Verdict> {
        if let Some(verdict) = self.unfinished() {
            return Ok(verdict);
        }
        let names: Vec<String> =
            self.exercise.programs.iter().map(|program| self.exercise.binary(program)).collect();
        let built = build_own(&self.desk.root, &self.desk.folder, &names)?;
        if let Some(why) = built.refused {
            return Ok(Verdict::NoFile(format!("cargo 没有编译：{why}")));
        }
        if !built.errors.is_empty() {
            return Ok(Verdict::Uncompiled(built.errors));
        }
        Ok(Verdict::Played(Box::new(self.played(built.binaries)?)))
    }

    /// What keeps a student's files from being compiled, without asking the compiler.
    fn unfinished(&self) -> Option<Verdict> {
        for program in self.exercise.own_programs() {
            let file = self.desk.shown(self.exercise, program);
            let path = self.desk.file(self.exercise, program);
            let text = match text_of(&path) {
                Ok(text) => text,
                Err(why) => return Some(Verdict::NoFile(format!("{file}：{why}"))),
            };
            if let Some(gap) = first_gap(&text) {
                return Some(Verdict::Gap { file, gap });
            }
        }
        None
    }

    /// Plays the scenes with several choices; the others only if the first hold.
    fn played(&self, binaries: BTreeMap<String, PathBuf>) -> Result<Stage> {
        let mut programs = BTreeMap::new();
        for program in &self.exercise.programs {
            let name = self.exercise.binary(program);
            if let Some(path) = binaries.get(&name) {
                let program = Program { path: path.clone(), address: program.address };
                programs.insert(name, program);
            }
        }
        let first = self.parts(VARIATIONS[0])?;
        let theatre = Theatre::of(self.catalog, &first, programs, BTreeMap::new(), self.stage)?;
        // without a network of their own all scenes use the same ports
        let jobs = if theatre.own_network.is_ok() { JOBS.into() } else { 1 };
        let mut stage = Stage { parts: Vec::new(), performances: Vec::new(), theatre };
        for seed in VARIATIONS {
            let parts = if seed == VARIATIONS[0] { first.clone() } else { self.parts(seed)? };
            if seed != VARIATIONS[0]
                && parts.iter().zip(&first).all(|(one, other)| one.source == other.source)
            {
                break;
            }
            let performances = play_all(&stage.theatre, &parts, jobs, self.trace, &Nobody);
            let failed = performances.iter().any(Performance::failed);
            stage.parts.extend(parts);
            stage.performances.extend(performances);
            if failed || stage::interrupt::interrupted() {
                break;
            }
        }
        Ok(stage)
    }

    fn parts(&self, seed: u64) -> Result<Vec<Part>> {
        let script = self.exercise.script(seed).map_err(anyhow::Error::msg)?;
        let source = std::sync::Arc::new(script.source);
        let path = self.exercise.folder.join("script.txt");
        let path = path.strip_prefix(&self.desk.root).unwrap_or(&path).to_owned();
        let part = |scene| Part {
            lesson: self.exercise.lesson.clone(),
            exercise: Some(self.exercise.id.clone()),
            script: path.clone(),
            source: source.clone(),
            scene,
        };
        Ok(script.scenes.into_iter().map(part).collect())
    }
}

/// The text of a student's file.
///
/// # Errors
/// It is none; why, in Chinese.
fn text_of(path: &std::path::Path) -> Result<String, String> {
    let about = fs::metadata(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            "没有这个文件：改了名字就改回来，要重新开始，加上 --reset".to_owned()
        }
        _ => format!("读不了：{error}"),
    })?;
    if !about.is_file() {
        return Err("不是一个普通的文件".to_owned());
    }
    if about.len() > LONGEST {
        return Err(format!("有 {} 字节，练习的程序不会这么长（至多 1 MiB）", about.len()));
    }
    let bytes = fs::read(path).map_err(|error| format!("读不了：{error}"))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| "不是 UTF-8 的文字：用编辑器另存为 UTF-8（不是 GBK）".to_owned())?;
    match text.trim().is_empty() {
        true => Err("是空的：要重新开始，加上 --reset".to_owned()),
        false => Ok(text),
    }
}

/// A student's scenes are few: nobody watches them.
struct Nobody;

impl Onlooker for Nobody {
    fn begin(&self, _: &Part) {}
    fn end(&self, _: &Part, _: &Performance) {}
}
