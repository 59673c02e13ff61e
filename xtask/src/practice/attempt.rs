//! One look at a student's files: is there a gap, do they compile, do the scenes hold?

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Result;

use course::catalog::{Catalog, Part};
use course::exercise::{Exercise, Gap, first_gap};
use stage::Program;

use crate::cargo::CompileError;
use crate::cli::{StageOptions, TraceOptions};
use crate::perform::{JOBS, Onlooker, Performance, Theatre, play_all};
use crate::report::first_scene;

use super::source::Source;

/// The choices of a script (`任选`) that are played: what the task shows, and others.
const VARIATIONS: [u64; 3] = [0, 1, 2];

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
    /// The compiler was not started, or has not come to an end; why, in Chinese.
    Unbuilt(String),
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
#[derive(Clone, Copy)]
pub struct Attempt<'a> {
    /// The course.
    pub catalog: &'a Catalog,
    /// Where the student's files are.
    pub source: &'a dyn Source,
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
        let texts = match self.texts() {
            Ok(texts) => texts,
            Err(verdict) => return Ok(*verdict),
        };
        let built = self.source.build(self.exercise, &texts)?;
        if let Some(why) = built.refused {
            return Ok(Verdict::Unbuilt(why));
        }
        if !built.errors.is_empty() {
            return Ok(Verdict::Uncompiled(built.errors));
        }
        Ok(Verdict::Played(Box::new(self.played(built.binaries)?)))
    }

    /// The student's programs; or what keeps them from being compiled, without asking the compiler.
    fn texts(&self) -> Result<Vec<String>, Box<Verdict>> {
        let read = |program| {
            let file = self.source.shown(self.exercise, program);
            let text = self.source.text(self.exercise, program);
            let text = text.map_err(|why| Box::new(Verdict::NoFile(format!("{file}：{why}"))))?;
            match first_gap(&text) {
                Some(gap) => Err(Box::new(Verdict::Gap { file, gap })),
                None => Ok(text),
            }
        };
        self.exercise.own_programs().map(read).collect()
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
        let theatre = self.source.theatre(self.catalog, &first, programs, self.stage)?;
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
        let path = path.strip_prefix(&self.catalog.root).unwrap_or(&path).to_owned();
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

/// A student's scenes are few: nobody watches them.
struct Nobody;

impl Onlooker for Nobody {
    fn begin(&self, _: &Part) {}
    fn end(&self, _: &Part, _: &Performance) {}
}
