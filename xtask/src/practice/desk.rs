//! The student's own folder, `practice/`: git does not know it, and nothing of the course is ever written over what is in it.
//!
//! ```text
//! practice/
//!   01-1-server.rs      the student's own
//!   Cargo.toml          for cargo and editors, made anew each time
//!   progress.toml       what is done
//!   .start/             what the course's files were when they were copied
//!   .backup/            what was put back by `--reset`
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use course::catalog::{Catalog, Part};
use course::exercise::{Exercise, Exercises, Program};

use crate::cargo::{OwnBuilt, build_own};
use crate::cli::StageOptions;
use crate::compiler::manifest;
use crate::perform::Theatre;

use super::source::{Source, text_in};

/// The student's folder, relative to the workspace.
pub const FOLDER: &str = "practice";

/// Where the student works.
#[derive(Debug, Clone)]
pub struct Desk {
    /// The workspace of the course.
    pub root: PathBuf,
    /// Where the student's files are.
    pub folder: PathBuf,
}

/// What beginning an exercise has brought.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Begun {
    /// Files that are new.
    pub copied: Vec<PathBuf>,
    /// Files whose exercise is another than when it was begun: the course's present one lies beside the student's own.
    pub changed: Vec<(PathBuf, PathBuf)>,
}

impl Desk {
    /// The desk in the workspace at `root`.
    pub fn new(root: &Path) -> Desk {
        Desk { root: root.to_owned(), folder: root.join(FOLDER) }
    }

    /// The student's own file of a program.
    pub fn file(&self, exercise: &Exercise, program: &Program) -> PathBuf {
        self.folder.join(exercise.own_file(program))
    }

    /// The same, as it is shown: relative to the workspace.
    pub fn shown(&self, exercise: &Exercise, program: &Program) -> String {
        let file = self.file(exercise, program);
        file.strip_prefix(&self.root).unwrap_or(&file).display().to_string()
    }

    /// Whether a student has begun it.
    pub fn has_begun(&self, exercise: &Exercise) -> bool {
        exercise.own_programs().any(|program| self.file(exercise, program).exists())
    }

    /// Copies what is not there yet; what is there stays as it is.
    ///
    /// # Errors
    /// A file cannot be read or written; which, in Chinese.
    pub fn begin(&self, exercises: &Exercises, exercise: &Exercise) -> Result<Begun> {
        let snapshots = self.folder.join(".start");
        fs::create_dir_all(&snapshots)
            .with_context(|| format!("建不了文件夹 {}", snapshots.display()))?;
        let mut begun = Begun::default();
        for program in exercise.own_programs() {
            let source = exercise.source(program);
            let start =
                fs::read(&source).with_context(|| format!("读不了 {}", source.display()))?;
            let (own, snapshot) =
                (self.file(exercise, program), snapshots.join(exercise.own_file(program)));
            // a link that leads nowhere is something, too
            if own.symlink_metadata().is_err() {
                write(&own, &start)?;
                write(&snapshot, &start)?;
                begun.copied.push(own);
                continue;
            }
            // a student's file that was there first: what it began with is not known
            let Ok(before) = fs::read(&snapshot) else {
                write(&snapshot, &start)?;
                continue;
            };
            if before != start {
                let beside = own.with_extension("new.rs");
                write(&beside, &start)?;
                write(&snapshot, &start)?;
                begun.changed.push((own, beside));
            }
        }
        self.describe(exercises)?;
        Ok(begun)
    }

    /// Tells cargo which programs there are now.
    ///
    /// # Errors
    /// The manifest cannot be written.
    pub fn describe(&self, exercises: &Exercises) -> Result<()> {
        let begun = exercises.all.iter().filter(|one| self.has_begun(one));
        let text = manifest::text(&self.root, begun)?;
        let path = self.folder.join("Cargo.toml");
        if fs::read_to_string(&path).is_ok_and(|before| before == text) {
            return Ok(());
        }
        // with the course's own versions: nothing is downloaded
        let (locked, lock) = (self.root.join("Cargo.lock"), self.folder.join("Cargo.lock"));
        let versions = fs::read(&locked).with_context(|| format!("读不了 {}", locked.display()))?;
        write(&lock, &versions)?;
        write(&path, text.as_bytes())
    }

    /// Puts the course's files back in the place of the student's own, which are kept.
    ///
    /// # Errors
    /// A file cannot be read or written.
    pub fn reset(&self, exercise: &Exercise) -> Result<Vec<PathBuf>> {
        let backup = self.folder.join(".backup");
        fs::create_dir_all(&backup)
            .with_context(|| format!("建不了文件夹 {}", backup.display()))?;
        let mut kept = Vec::new();
        for program in exercise.own_programs() {
            let (own, name) = (self.file(exercise, program), exercise.own_file(program));
            if own.symlink_metadata().is_ok() {
                let place = backup.join(name);
                fs::rename(&own, &place).with_context(|| format!("移不走 {}", own.display()))?;
                kept.push(place);
            }
            let source = exercise.source(program);
            let start =
                fs::read(&source).with_context(|| format!("读不了 {}", source.display()))?;
            write(&own, &start)?;
        }
        Ok(kept)
    }

    /// Undoes the last [`reset`](Desk::reset): the two change places, so that it can be undone again.
    ///
    /// # Errors
    /// There is nothing to undo, or a file cannot be moved.
    pub fn undo_reset(&self, exercise: &Exercise) -> Result<()> {
        let mut undone = false;
        for program in exercise.own_programs() {
            let own = self.file(exercise, program);
            let kept = self.folder.join(".backup").join(exercise.own_file(program));
            if kept.symlink_metadata().is_err() {
                continue;
            }
            let aside = kept.with_extension("aside");
            let moves = [(&own, &aside), (&kept, &own), (&aside, &kept)];
            for (from, to) in moves {
                match fs::rename(from, to) {
                    Err(error) if error.kind() == io::ErrorKind::NotFound && from == &own => {}
                    Err(error) if error.kind() == io::ErrorKind::NotFound && from == &aside => {}
                    moved => moved.with_context(|| format!("移不走 {}", from.display()))?,
                }
            }
            undone = true;
        }
        if !undone {
            bail!("练习 {} 没有可以恢复的：还没有用过 --reset", exercise.id);
        }
        Ok(())
    }
}

impl Source for Desk {
    fn shown(&self, exercise: &Exercise, program: &Program) -> String {
        Desk::shown(self, exercise, program)
    }

    fn text(&self, exercise: &Exercise, program: &Program) -> Result<String, String> {
        let mut options = fs::File::options();
        // a pipe must not be waited for
        let options = options.read(true).custom_flags(libc::O_NONBLOCK);
        let file = options.open(self.file(exercise, program));
        let text = file.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => {
                "没有这个文件：改了名字就改回来，要重新开始，加上 --reset".to_owned()
            }
            _ => format!("读不了：{error}"),
        });
        let text = text.and_then(text_in);
        text.map_err(|why| match why.as_str() {
            "是空的" => "是空的：要重新开始，加上 --reset".to_owned(),
            _ => why,
        })
    }

    fn build(&self, exercise: &Exercise, _: &[String]) -> Result<OwnBuilt> {
        let names: Vec<String> =
            exercise.programs.iter().map(|program| exercise.binary(program)).collect();
        build_own(&self.root, &self.folder, &names)
    }

    fn theatre(
        &self,
        catalog: &Catalog,
        parts: &[Part],
        programs: BTreeMap<String, stage::Program>,
        stage: StageOptions,
    ) -> Result<Theatre> {
        Theatre::of(catalog, parts, programs, BTreeMap::new(), stage)
    }
}

/// Writes a file whole, or not at all.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let beside = path.with_extension("part");
    fs::write(&beside, bytes)
        .and_then(|()| fs::rename(&beside, path))
        .inspect_err(|_| {
            let _ = fs::remove_file(&beside);
        })
        .with_context(|| format!("写不了 {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use course::exercise::{Form, Level};

    fn desk() -> (tempfile::TempDir, Desk, Exercises) {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("lessons/exercises/01-1-capitals");
        fs::create_dir_all(folder.join("start")).unwrap();
        fs::write(folder.join("start/server.rs"), "fn main() { todo!() }\n").unwrap();
        fs::write(root.path().join("Cargo.toml"), include_str!("../../../Cargo.toml")).unwrap();
        fs::write(root.path().join("Cargo.lock"), "").unwrap();
        let exercise = Exercise {
            id: "01-1".into(),
            lesson: "01".into(),
            name: "01-1-capitals".into(),
            folder,
            title: "大写".into(),
            level: Level::WarmUp,
            form: Form::Gaps,
            minutes: 5,
            hints: [const { String::new() }; 3],
            programs: vec![Program { name: "server".into(), given: false, address: None }],
        };
        let desk = Desk::new(root.path());
        (root, desk, Exercises { all: vec![exercise], flaws: Vec::new() })
    }

    #[test]
    fn what_a_student_has_written_is_never_written_over() {
        let (_root, desk, exercises) = desk();
        let exercise = &exercises.all[0];
        let own = desk.file(exercise, &exercise.programs[0]);
        let copied = desk.begin(&exercises, exercise).unwrap().copied;
        assert_eq!(copied, std::slice::from_ref(&own));
        fs::write(&own, "mine").unwrap();
        assert_eq!(desk.begin(&exercises, exercise).unwrap(), Begun::default());
        assert_eq!(fs::read_to_string(&own).unwrap(), "mine");

        fs::write(exercise.source(&exercise.programs[0]), "changed").unwrap();
        let begun = desk.begin(&exercises, exercise).unwrap();
        let beside = own.with_extension("new.rs");
        assert_eq!(begun.changed, [(own.clone(), beside.clone())]);
        assert_eq!(fs::read_to_string(&own).unwrap(), "mine");
        assert_eq!(fs::read_to_string(&beside).unwrap(), "changed");
        assert_eq!(desk.begin(&exercises, exercise).unwrap(), Begun::default(), "it is told once");
    }

    #[test]
    fn a_file_that_was_there_first_is_no_exercise_that_has_changed() {
        let (_root, desk, exercises) = desk();
        let exercise = &exercises.all[0];
        fs::create_dir_all(&desk.folder).unwrap();
        let own = desk.file(exercise, &exercise.programs[0]);
        fs::write(&own, "mine").unwrap();
        assert_eq!(desk.begin(&exercises, exercise).unwrap(), Begun::default());
        assert_eq!(fs::read_to_string(&own).unwrap(), "mine");
    }

    #[test]
    fn what_was_put_back_can_be_had_again() {
        let (_root, desk, exercises) = desk();
        let exercise = &exercises.all[0];
        let own = desk.file(exercise, &exercise.programs[0]);
        desk.begin(&exercises, exercise).unwrap();
        assert!(desk.undo_reset(exercise).is_err());
        fs::write(&own, "mine").unwrap();
        desk.reset(exercise).unwrap();
        assert!(fs::read_to_string(&own).unwrap().contains("todo!()"));
        desk.undo_reset(exercise).unwrap();
        assert_eq!(fs::read_to_string(&own).unwrap(), "mine");
        desk.undo_reset(exercise).unwrap();
        assert!(fs::read_to_string(&own).unwrap().contains("todo!()"));
    }
}
