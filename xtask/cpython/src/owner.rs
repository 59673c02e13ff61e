//! Which files are the program's own, and what they are called.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use events::{Excerpt, Frame, Language};

use crate::excerpt::excerpt;
use crate::walk::Raw;

/// Functions of a thread whose source is told: the innermost of the program's own. One that calls itself is one.
const MOST_EXCERPTS: usize = 8;
/// A longer file is not read.
const LONGEST_FILE: u64 = 1 << 20;

/// What a process was started with.
#[derive(Debug, Default)]
pub struct Owner {
    minor: u8,
    /// Its working directory.
    folder: PathBuf,
    /// The folder of its script: as it is, and as it was typed.
    typed: Option<(PathBuf, PathBuf)>,
    /// Files that were read, and what was taken from them: by function, its first line and the line it is at.
    texts: HashMap<PathBuf, Option<String>>,
    excerpts: HashMap<Raw, Option<Excerpt>>,
}

impl Owner {
    /// Of the process that a thread belongs to, which runs Python 3.`minor`.
    pub fn of(tid: i32, minor: u8) -> Owner {
        let folder = fs::read_link(format!("/proc/{tid}/cwd")).unwrap_or_default();
        let command = fs::read(format!("/proc/{tid}/cmdline")).unwrap_or_default();
        let command = String::from_utf8_lossy(&command).into_owned();
        let words = command.split('\0').skip(1).filter(|word| !word.is_empty());
        let script = words.map(Path::new).find(|word| folder.join(word).is_file());
        let typed = script.and_then(|script| {
            Some((normal(&folder.join(script)).parent()?.to_owned(), script.parent()?.to_owned()))
        });
        Owner { minor, folder, typed, ..Owner::default() }
    }

    /// The same frames, with what is known of their files.
    pub fn told(&mut self, mut frames: Vec<Raw>) -> Vec<Frame> {
        frames.truncate(frames.iter().position(is_fork).unwrap_or(frames.len()));
        let own: Vec<bool> = (0..frames.len()).map(|place| self.owns(&frames, place)).collect();
        let mut told_of: HashSet<Raw> = HashSet::new();
        let told = frames.into_iter().zip(own).map(|(raw, own)| {
            let is_told = own && (told_of.len() < MOST_EXCERPTS || told_of.contains(&raw));
            let source = is_told.then(|| self.source(&raw)).flatten();
            if source.is_some() {
                told_of.insert(raw.clone());
            }
            let file = if own { self.shortened(&raw.file) } else { raw.file };
            let Raw { function, line, .. } = raw;
            Frame { function, file: Some(file), line, own, language: Language::Python, source }
        });
        told.collect()
    }

    /// Whether the frame at this place, counted from the innermost, is one of the program itself.
    fn owns(&self, frames: &[Raw], place: usize) -> bool {
        let file = &frames[place].file;
        match file.strip_prefix('<') {
            // what was typed, or given with -c; multiprocessing starts processes with -c too
            Some("string>" | "stdin>") => {
                let inner = place.checked_sub(1).and_then(|inner| frames.get(inner));
                !inner.is_some_and(|inner| inner.file.contains("/multiprocessing/"))
            }
            Some(_) => false,
            None => !self.is_library(file),
        }
    }

    fn is_library(&self, file: &str) -> bool {
        let minor = self.minor;
        file.contains("/site-packages/")
            || file.contains("/dist-packages/")
            || ["lib", "lib64"].iter().any(|lib| file.contains(&format!("/{lib}/python3.{minor}/")))
            || file.contains(&format!("/python3{minor}.zip/"))
    }

    /// As it was typed, or as it is seen from the working directory.
    fn shortened(&self, file: &str) -> String {
        let path = Path::new(file);
        let typed = self.typed.as_ref().and_then(|(folder, typed)| {
            Some(typed.join(path.strip_prefix(folder).ok()?)).filter(|typed| typed.is_relative())
        });
        let below = || path.strip_prefix(&self.folder).ok().map(Path::to_owned);
        typed.or_else(below).unwrap_or_else(|| path.to_owned()).to_string_lossy().into_owned()
    }

    /// The lines of its function.
    fn source(&mut self, raw: &Raw) -> Option<Excerpt> {
        if let Some(known) = self.excerpts.get(raw) {
            return known.clone();
        }
        let path = self.folder.join(&raw.file);
        let text = self.texts.entry(path).or_insert_with_key(|path| read(path)).as_ref();
        let found = text.and_then(|text| {
            excerpt(text, &raw.function, u32::try_from(raw.first_line).ok()?, raw.line?)
        });
        self.excerpts.insert(raw.clone(), found.clone());
        found
    }
}

/// Here `multiprocessing` forks: what is further out is what the parent was doing then. The child never comes back to it.
fn is_fork(frame: &Raw) -> bool {
    frame.function == "_launch" && frame.file.ends_with("/multiprocessing/popen_fork.py")
}

fn read(path: &Path) -> Option<String> {
    // a file, and no pipe that would never end
    let file = fs::File::open(path).ok().filter(|_| path.is_file())?;
    let mut bytes = Vec::new();
    file.take(LONGEST_FILE + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= LONGEST_FILE).then(|| String::from_utf8_lossy(&bytes).into_owned())
}

/// Without `.` and `..`, as Python's `os.path.abspath` does it.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                normal.pop();
            }
            Component::CurDir => {}
            part => normal.push(part),
        }
    }
    normal
}

#[cfg(test)]
mod unit {
    use super::*;

    fn raw(file: &str) -> Raw {
        Raw { function: "f".into(), file: file.into(), first_line: 1, line: Some(1) }
    }

    #[test]
    fn the_library_is_not_the_programs_own() {
        let owner = Owner { minor: 11, ..Owner::default() };
        for (file, own) in [
            ("server.py", true),
            ("/home/me/lib/python/server.py", true),
            ("/usr/lib/python3.11/threading.py", false),
            ("/home/me/.venv/lib/python3.11/site-packages/requests/api.py", false),
            ("/usr/lib64/python3.11/socket.py", false),
            ("/usr/lib/python3/dist-packages/yaml/__init__.py", false),
            ("<frozen runpy>", false),
            ("<string>", true),
        ] {
            assert_eq!(owner.owns(&[raw("x.py"), raw(file)], 1), own, "{file}");
        }
        let spawned = [raw("/usr/lib/python3.11/multiprocessing/spawn.py"), raw("<string>")];
        assert!(!owner.owns(&spawned, 1));
    }

    #[test]
    fn a_forked_child_is_not_where_its_parent_was() {
        let mut owner = Owner { minor: 11, ..Owner::default() };
        let launch = "/usr/lib/python3.11/multiprocessing/popen_fork.py";
        let launch = Raw { function: "_launch".into(), ..raw(launch) };
        let frames = owner.told(vec![raw("work.py"), launch, raw("main.py")]);
        let files: Vec<_> = frames.iter().map(|frame| frame.file.as_deref()).collect();
        assert_eq!(files, [Some("work.py")]);
    }

    #[test]
    fn a_file_is_called_as_it_was_typed() {
        let typed = Some(("/home/student/cases/one".into(), "../cases/one".into()));
        let owner = Owner { typed, folder: "/home/student/main".into(), ..Owner::default() };
        for (file, shown) in [
            ("/home/student/cases/one/server.py", "../cases/one/server.py"),
            ("/home/student/cases/one/parts/a.py", "../cases/one/parts/a.py"),
            ("/home/student/main/b.py", "b.py"),
            ("/elsewhere/c.py", "/elsewhere/c.py"),
            ("../cases/one/server.py", "../cases/one/server.py"),
        ] {
            assert_eq!(owner.shortened(file), shown);
        }
        assert_eq!(normal(Path::new("/a/b/./../c")), Path::new("/a/c"));
    }
}
