//! A small course for a test, in a temporary folder: lessons with what the test gives them.

#![allow(dead_code, reason = "not every test program asks for everything")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// Which folders are lessons: as in the workspace of the real ones.
fn members() -> &'static str {
    let manifest = include_str!("../../../Cargo.toml");
    let mut quoted = manifest.split('"').skip(1).step_by(2);
    quoted.find(|text| text.starts_with("lessons/")).unwrap()
}

/// The course; removed when dropped.
pub struct Course {
    root: TempDir,
}

impl Course {
    /// Without lessons yet.
    pub fn new() -> Course {
        let course = Course { root: tempfile::tempdir().unwrap() };
        course.write(
            "Cargo.toml",
            &format!("[workspace]\nresolver = \"3\"\nmembers = [\"{}\"]\n", members()),
        );
        course
    }

    /// With a lesson `folder`, like `05-work`, whose program does nothing, and a page whose heading says `title`.
    pub fn lesson(self, folder: &str, title: &str) -> Course {
        self.write(
            &format!("lessons/{folder}/Cargo.toml"),
            &format!(
                "[package]\nname = \"lesson-{folder}\"\ndescription = \"试\"\nedition = \"2024\"\n"
            ),
        );
        self.write(&format!("lessons/{folder}/src/main.rs"), "fn main() {}\n");
        let (number, _) = folder.split_once('-').unwrap();
        self.write(&format!("docs/{folder}.md"), &format!("# 第 {number} 课 {title}\n"));
        self
    }

    /// With the source of a lesson's program.
    pub fn program(self, folder: &str, source: &str) -> Course {
        self.write(&format!("lessons/{folder}/src/main.rs"), source);
        self
    }

    /// With a lesson's script.
    pub fn script(self, folder: &str, script: &str) -> Course {
        self.write(&format!("lessons/{folder}/script.txt"), script);
        self
    }

    /// Its root.
    pub fn path(&self) -> &Path {
        self.root.path()
    }

    /// A file of it.
    pub fn file(&self, path: &str) -> PathBuf {
        self.path().join(path)
    }

    /// Writes a file, with all the folders above it.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.file(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// The runner, at work on this course; nothing is typed into it.
    pub fn xtask(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.args(args).env("CARGO_MANIFEST_DIR", self.file("xtask"));
        // the programs of this course are built in its own folder
        command.env_remove("CARGO_TARGET_DIR").stdin(Stdio::null());
        command
    }
}
