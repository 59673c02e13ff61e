//! Judges all students, several at a time.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Result;

use course::catalog::Catalog;
use course::exercise::{Exercise, Exercises};
use stage::interrupt;

use crate::cli::{StageOptions, TraceOptions};
use crate::compiler::{FOR_PROGRAMS, Workshop, hidden_from_strangers};
use crate::practice::{Attempt, Outcome};

use super::students::Student;
use super::submission::Submission;

/// Everything that is needed to judge.
pub struct Judging<'a> {
    catalog: &'a Catalog,
    workshop: Workshop,
    hidden: Vec<PathBuf>,
    stage: StageOptions,
    trace: TraceOptions,
}

/// A student, judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// As his folder is called.
    pub student: String,
    /// An outcome for each exercise, in their order.
    pub outcomes: Vec<Outcome>,
}

impl<'a> Judging<'a> {
    /// Looks at the machine, builds what the course brings, and tries the compiler. `folders`: what the teacher has named.
    ///
    /// # Errors
    /// Strangers' programs cannot be contained here, or something of the course cannot be built.
    pub fn open(
        catalog: &'a Catalog,
        (exercises, wanted): (&Exercises, &[&Exercise]),
        folders: &[PathBuf],
        (stage, trace): (StageOptions, TraceOptions),
    ) -> Result<Judging<'a>> {
        let workshop = Workshop::open(catalog, exercises, wanted, stage)?;
        workshop.works()?;
        let folders = folders.iter().filter_map(|folder| folder.canonicalize().ok());
        let folders: Vec<PathBuf> = folders.chain([catalog.root.clone()]).collect();
        let hidden = hidden_from_strangers(FOR_PROGRAMS, folders.iter().map(PathBuf::as_path));
        Ok(Judging { catalog, workshop, hidden, stage, trace })
    }

    /// Judges the students, so many at a time; `told` hears of each as soon as he is judged. After Ctrl-C those are missing
    /// that were not.
    pub fn judge(
        &self,
        students: &[Student],
        exercises: &[&Exercise],
        jobs: usize,
        told: impl Fn(&Student, &Judged) + Sync,
    ) -> Vec<Judged> {
        let next = AtomicUsize::new(0);
        let judged: Vec<Mutex<Option<Judged>>> =
            students.iter().map(|_| Mutex::new(None)).collect();
        let judge_some = || {
            while !interrupt::interrupted()
                && let Some(student) = {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    students.get(index).map(|student| (index, student))
                }
            {
                let (index, student) = student;
                let outcomes = exercises.iter().map(|one| self.outcome(student, one)).collect();
                if interrupt::interrupted() {
                    break;
                }
                let one = Judged { student: student.name.clone(), outcomes };
                told(student, &one);
                if let Ok(mut place) = judged[index].lock() {
                    *place = Some(one);
                }
            }
        };
        // without a network of their own all scenes use the same ports
        let jobs = if self.workshop.theatre().own_network.is_ok() { jobs } else { 1 };
        std::thread::scope(|scope| {
            for _ in 1..jobs.min(students.len()) {
                // no more threads are to be had: fewer students at a time
                if std::thread::Builder::new().spawn_scoped(scope, judge_some).is_err() {
                    break;
                }
            }
            judge_some();
        });
        judged.into_iter().filter_map(|place| place.into_inner().ok().flatten()).collect()
    }

    /// One student's exercise.
    fn outcome(&self, student: &Student, exercise: &Exercise) -> Outcome {
        if !student.has_begun(exercise) || interrupt::interrupted() {
            return Outcome::not_begun();
        }
        self.judged(student, exercise).unwrap_or_else(|why| Outcome::unjudged(format!("{why:#}")))
    }

    fn judged(&self, student: &Student, exercise: &Exercise) -> Result<Outcome> {
        let submission = Submission::of(student, &self.workshop, &self.hidden)?;
        let attempt = Attempt {
            catalog: self.catalog,
            source: &submission,
            exercise,
            stage: self.stage,
            trace: self.trace,
        };
        let mut outcome = Outcome::of(&attempt.verdict()?);
        outcome.title = text::shortened(&text::harmless(&submission.own(&outcome.title)), 200);
        outcome.place = outcome.place.map(|(file, line)| {
            let file = submission.own(&file);
            // what is no file of his is named by its last name only
            let name = Path::new(&file).file_name().unwrap_or_default().to_string_lossy();
            (text::harmless(&name), line)
        });
        Ok(outcome)
    }
}
