//! Which exercises are done: `practice/progress.toml`, one line each. What cannot be read counts as not done and is kept.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::Result;

use super::desk::{Desk, write};

/// What a student has done.
#[derive(Debug)]
pub struct Progress {
    path: PathBuf,
    /// By the exercise's number; what else stands in the file is kept.
    lines: BTreeMap<String, String>,
}

/// Written after an exercise's number.
const DONE: &str = "\"通过\"";

impl Progress {
    /// Reads it.
    pub fn load(desk: &Desk) -> Progress {
        let path = desk.folder.join("progress.toml");
        let text = fs::read_to_string(&path).unwrap_or_default();
        let lines = text.lines().filter_map(|line| line.split_once('='));
        let lines = lines
            .map(|(id, what)| (id.trim().trim_matches('"').to_owned(), what.trim().to_owned()))
            .collect();
        Progress { path, lines }
    }

    /// Whether it has passed once.
    pub fn is_done(&self, id: &str) -> bool {
        self.lines.get(id).is_some_and(|what| what == DONE)
    }

    /// It has passed.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn done(&mut self, id: &str) -> Result<()> {
        self.lines.insert(id.to_owned(), DONE.to_owned());
        let text: String =
            self.lines.iter().map(|(id, what)| format!("\"{id}\" = {what}\n")).collect();
        write(&self.path, text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_is_known_next_time_and_the_rest_of_the_file_stays() {
        let root = tempfile::tempdir().unwrap();
        let desk = Desk::new(root.path());
        fs::create_dir_all(&desk.folder).unwrap();
        fs::write(desk.folder.join("progress.toml"), "\"99-9\" = \"通过\"\n\"x\" = 3\n").unwrap();
        let mut progress = Progress::load(&desk);
        assert!(!progress.is_done("01-1"));
        progress.done("01-1").unwrap();
        let again = Progress::load(&desk);
        assert!(again.is_done("01-1") && again.is_done("99-9") && !again.is_done("x"));
        let text = fs::read_to_string(desk.folder.join("progress.toml")).unwrap();
        assert!(text.contains("\"x\" = 3"), "{text}");
    }
}
