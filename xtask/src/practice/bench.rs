//! A student's desk with a compiler that is contained, where this machine can do that; else with cargo.
//!
//! Both take the same time. Contained, a source that makes the compiler run for ever, or takes all memory, is ended with a
//! sentence; and it is compiled as `grade` will compile it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};

use anyhow::Result;

use course::catalog::{Catalog, Part};
use course::exercise::{Exercise, Exercises, Program};

use crate::cargo::OwnBuilt;
use crate::cli::StageOptions;
use crate::compiler::Workshop;
use crate::perform::Theatre;

use super::desk::Desk;
use super::source::Source;

/// A desk, with what is needed for some exercises.
pub struct Bench<'a> {
    desk: &'a Desk,
    catalog: &'a Catalog,
    exercises: &'a Exercises,
    wanted: Vec<&'a Exercise>,
    stage: StageOptions,
    /// Made when there is something to compile; `None`: this machine cannot contain it.
    workshop: OnceLock<Option<Workshop>>,
    last: Mutex<Option<Last>>,
}

/// What was built last.
struct Last {
    exercise: String,
    texts: Vec<String>,
    folder: PathBuf,
    binaries: BTreeMap<String, PathBuf>,
}

impl<'a> Bench<'a> {
    /// For these exercises.
    pub fn of(
        desk: &'a Desk,
        catalog: &'a Catalog,
        exercises: &'a Exercises,
        wanted: Vec<&'a Exercise>,
        stage: StageOptions,
    ) -> Bench<'a> {
        let (workshop, last) = (OnceLock::new(), Mutex::new(None));
        Bench { desk, catalog, exercises, wanted, stage, workshop, last }
    }

    fn workshop(&self) -> Option<&Workshop> {
        let Bench { catalog, exercises, wanted, stage, .. } = self;
        // what keeps it from being contained is no reason not to practise
        let open = || Workshop::open(catalog, exercises, wanted, *stage).ok();
        self.workshop.get_or_init(open).as_ref()
    }

    fn contained(
        &self,
        workshop: &Workshop,
        exercise: &Exercise,
        texts: &[String],
    ) -> Result<OwnBuilt> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Last { binaries, .. }) =
            last.as_ref().filter(|last| last.exercise == exercise.id && last.texts == texts)
        {
            return Ok(OwnBuilt {
                binaries: binaries.clone(),
                errors: Vec::new(),
                refused: None,
                libraries: Vec::new(),
            });
        }
        if let Some(before) = last.take() {
            // what cannot be removed now is removed with all folders at the end
            let _ = stage::remove(&before.folder);
        }
        let folder = workshop.theatre().folder()?;
        let own = exercise.own_programs();
        let sources: Vec<PathBuf> = own.map(|program| self.desk.file(exercise, program)).collect();
        let root = format!("{}/", self.desk.root.display());
        let built = workshop.build(exercise, &sources, &folder, |text| text.replace(&root, ""));
        match &built {
            Ok(OwnBuilt { binaries, errors, refused: None, .. }) if errors.is_empty() => {
                let (exercise, texts) = (exercise.id.clone(), texts.to_vec());
                *last = Some(Last { exercise, texts, folder, binaries: binaries.clone() });
            }
            _ => {
                let _ = stage::remove(&folder);
            }
        }
        built
    }
}

impl Source for Bench<'_> {
    fn shown(&self, exercise: &Exercise, program: &Program) -> String {
        self.desk.shown(exercise, program)
    }

    fn text(&self, exercise: &Exercise, program: &Program) -> Result<String, String> {
        self.desk.text(exercise, program)
    }

    fn build(&self, exercise: &Exercise, texts: &[String]) -> Result<OwnBuilt> {
        let contained = self.workshop().map(|one| self.contained(one, exercise, texts));
        match contained {
            Some(Ok(built)) => Ok(built),
            // the machine failed
            Some(Err(_)) | None => self.desk.build(exercise, texts),
        }
    }

    fn theatre(
        &self,
        catalog: &Catalog,
        parts: &[Part],
        programs: BTreeMap<String, stage::Program>,
        stage: StageOptions,
    ) -> Result<Theatre> {
        match self.workshop() {
            Some(workshop) => Ok(workshop.theatre().with_others(programs)),
            None => self.desk.theatre(catalog, parts, programs, stage),
        }
    }
}
