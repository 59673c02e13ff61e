//! One student's files of one exercise: compiled by the contained compiler, played where they reach nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use course::catalog::{Catalog, Part};
use course::exercise::{Exercise, Program as Named};
use stage::{Confinement, Program};

use crate::cargo::OwnBuilt;
use crate::cli::StageOptions;
use crate::compiler::Workshop;
use crate::perform::Theatre;
use crate::practice::Source;

use super::students::Student;

/// What a student has handed in of an exercise.
pub struct Submission<'a> {
    student: &'a Student,
    workshop: &'a Workshop,
    /// What is hidden from its programs.
    hidden: &'a [PathBuf],
    /// Where they are built; the sources stand in a folder below.
    folder: PathBuf,
}

impl<'a> Submission<'a> {
    /// What this student has handed in. Removed with this: what was built of it.
    ///
    /// # Errors
    /// There is no place for it.
    pub fn of(
        student: &'a Student,
        workshop: &'a Workshop,
        hidden: &'a [PathBuf],
    ) -> Result<Submission<'a>> {
        let folder = workshop.theatre().folder()?;
        fs::create_dir(folder.join("practice")).context("建不了编译的文件夹")?;
        Ok(Submission { student, workshop, hidden, folder })
    }

    fn sources(&self) -> PathBuf {
        self.folder.join("practice")
    }

    /// What stands in the student's own file is named by that file alone.
    pub fn own(&self, text: &str) -> String {
        text.replace(&format!("{}/", self.sources().display()), "")
    }
}

impl Drop for Submission<'_> {
    fn drop(&mut self) {
        // what cannot be removed now is removed with all folders at the end
        let _ = stage::remove(&self.folder);
    }
}

impl Source for Submission<'_> {
    fn shown(&self, exercise: &Exercise, program: &Named) -> String {
        exercise.own_file(program)
    }

    fn text(&self, exercise: &Exercise, program: &Named) -> Result<String, String> {
        self.student.text(exercise, program)
    }

    fn build(&self, exercise: &Exercise, texts: &[String]) -> Result<OwnBuilt> {
        let mut sources = Vec::new();
        for (program, text) in exercise.own_programs().zip(texts) {
            let source = self.sources().join(exercise.own_file(program));
            fs::write(&source, text).with_context(|| format!("写不了 {}", source.display()))?;
            sources.push(source);
        }
        self.workshop.build(exercise, &sources, &self.folder, |text| self.own(text))
    }

    fn theatre(
        &self,
        _: &Catalog,
        _: &[Part],
        programs: BTreeMap<String, Program>,
        _: StageOptions,
    ) -> Result<Theatre> {
        let environment = [("PATH", "/usr/local/bin:/usr/bin:/bin"), ("LANG", "C.UTF-8")];
        let confinement = Confinement {
            hidden: self.hidden.to_vec(),
            // whoever explains a mistake looks at the line
            readable: vec![self.sources()],
            environment: environment
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
        };
        Ok(self.workshop.theatre().for_stranger(programs, confinement))
    }
}
