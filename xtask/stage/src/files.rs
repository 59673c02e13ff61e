//! The files of a scene: those that it finds, and what became of them.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;

use course::script::{Content, Scene};
use events::FileFinding;

use super::folders::open_up;
use super::noise::noise;

/// Something about the files of a scene that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileFact {
    /// A file that the script compares (`核对`): its index in the scene, and what was found.
    Compared(usize, FileFinding),
    /// A file that no line of the script speaks of: its path in the folder, and its size.
    Stray(String, u64),
}

/// Puts the script's files into the scene's folder (准备).
///
/// # Errors
/// A file cannot be written, or the lesson's file is not there.
pub fn prepare(scene: &Scene, folder: &Path, lessons: &Path) -> io::Result<()> {
    for file in &scene.prepared {
        let path = folder.join(&file.path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let mut content = open(&file.content, folder, lessons)?;
        let mut target = File::create(path)?;
        io::copy(&mut content, &mut target)?;
        target.flush()?;
    }
    Ok(())
}

/// What the files are when everything has ended: compared ones, and strays.
pub fn inspect(scene: &Scene, folder: &Path, lessons: &Path) -> Vec<FileFact> {
    let mut found = Vec::new();
    for (compared, file) in scene.compared.iter().enumerate() {
        let path = folder.join(&file.path);
        let outcome = match &file.content {
            None if path.symlink_metadata().is_ok() => FileFinding::Unwanted,
            None => FileFinding::Same,
            // not the file as the program may have left it, but what it was
            Some(content) => compare(&path, original(scene, content), folder, lessons)
                .unwrap_or_else(|error| FileFinding::Unreadable(error.to_string())),
        };
        found.push(FileFact::Compared(compared, outcome));
    }
    open_up(folder);
    let compared = |path: &str| scene.compared.iter().any(|file| file.path == path);
    let strays = new_files(scene, folder).into_iter().filter(|(path, _)| !compared(path));
    found.extend(strays.map(|(path, bytes)| FileFact::Stray(path, bytes)));
    found
}

/// The files that the script did not put into the scene's folder, as far as they can be seen: each with its path in
/// the folder and its size in bytes.
pub fn new_files(scene: &Scene, folder: &Path) -> Vec<(String, u64)> {
    let prepared: BTreeSet<&str> = scene.prepared.iter().map(|file| file.path.as_str()).collect();
    let mut found = Vec::new();
    files_below(folder, folder, &mut found);
    found.retain(|(path, _)| !prepared.contains(path.as_str()));
    found
}

/// The content of a prepared file instead of its name.
fn original<'a>(scene: &'a Scene, content: &'a Content) -> &'a Content {
    let Content::File(path) = content else { return content };
    let prepared = scene.prepared.iter().find(|file| file.path == *path);
    prepared.map_or(content, |file| &file.content)
}

/// All files below `within`, with their paths in `folder` and their sizes; a link is not followed.
fn files_below(folder: &Path, within: &Path, found: &mut Vec<(String, u64)>) {
    let mut entries: Vec<_> = fs::read_dir(within).into_iter().flatten().flatten().collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let Ok(metadata) = entry.metadata() else { continue };
        if metadata.is_dir() {
            files_below(folder, &path, found);
        } else {
            let name = path.strip_prefix(folder).unwrap_or(&path);
            found.push((name.to_string_lossy().into_owned(), metadata.len()));
        }
    }
}

fn compare(
    path: &Path,
    content: &Content,
    folder: &Path,
    lessons: &Path,
) -> io::Result<FileFinding> {
    match path.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(FileFinding::Missing),
        Ok(found) if !found.is_file() => {
            return Ok(FileFinding::Unreadable("不是普通文件".to_owned()));
        }
        _ => {}
    }
    let file = File::open(path)?;
    let found = file.metadata()?.len();
    let mut left = BufReader::new(file);
    let mut right = BufReader::new(open(content, folder, lessons)?);
    let mut at = 0;
    loop {
        let (a, b) = (left.fill_buf()?, right.fill_buf()?);
        let both = a.len().min(b.len());
        let equal = match a[..both] == b[..both] {
            true => both,
            false => a.iter().zip(b).take_while(|(a, b)| a == b).count(),
        };
        if a.is_empty() && b.is_empty() {
            return Ok(FileFinding::Same);
        }
        at += equal as u64;
        left.consume(equal);
        right.consume(equal);
        if equal == 0 {
            let rest = io::copy(&mut right, &mut io::sink())?;
            return Ok(FileFinding::Differs { at, found, expected: at + rest });
        }
    }
}

fn open(content: &Content, folder: &Path, lessons: &Path) -> io::Result<Box<dyn Read>> {
    Ok(match content {
        Content::Bytes(size) => Box::new(noise(*size)),
        Content::Text(text) => Box::new(io::Cursor::new(text.clone().into_bytes())),
        Content::File(path) => Box::new(File::open(folder.join(path))?),
        Content::Lesson(path) => Box::new(File::open(lessons.join(path))?),
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::remove;
    use course::script::parse;

    fn scene(lines: &str) -> Scene {
        parse(&format!("场景 甲\n主 $ lesson-x\n{lines}")).unwrap().scenes.remove(0)
    }

    fn outcome(text: &str, lines: &str) -> FileFact {
        let folder = tempfile::tempdir().unwrap();
        let scene = scene(lines);
        prepare(&scene, folder.path(), folder.path()).unwrap();
        fs::write(folder.path().join("b"), text).unwrap();
        let mut facts = inspect(&scene, folder.path(), folder.path());
        facts.retain(|fact| !matches!(fact, FileFact::Compared(1.., _)));
        facts.remove(0)
    }

    fn file(outcome: FileFinding) -> FileFact {
        FileFact::Compared(0, outcome)
    }

    #[test]
    fn a_file_is_compared_byte_for_byte() {
        assert_eq!(outcome("abc", "核对 b = 「abc」"), file(FileFinding::Same));
        let differs = FileFinding::Differs { at: 1, found: 3, expected: 3 };
        assert_eq!(outcome("axc", "核对 b = 「abc」"), file(differs));
        let longer = FileFinding::Differs { at: 3, found: 4, expected: 3 };
        assert_eq!(outcome("abcd", "核对 b = 「abc」"), file(longer));
        let shorter = FileFinding::Differs { at: 2, found: 2, expected: 3 };
        assert_eq!(outcome("ab", "核对 b = 「abc」"), file(shorter));
        assert_eq!(outcome("", "核对 c = 「」"), file(FileFinding::Missing));
        assert_eq!(outcome("", "核对 b 不存在"), file(FileFinding::Unwanted));
        assert_eq!(outcome("x", "准备 a = 「x」\n核对 b = a"), file(FileFinding::Same));
    }

    #[test]
    fn a_prepared_file_must_stay_as_it_was_even_if_its_copy_changes_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let scene = scene("准备 a = 「x」\n核对 b = a");
        prepare(&scene, folder.path(), folder.path()).unwrap();
        for name in ["a", "b"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let facts = inspect(&scene, folder.path(), folder.path());
        let differs = FileFinding::Differs { at: 0, found: 0, expected: 1 };
        let compared = |index| FileFact::Compared(index, differs.clone());
        assert_eq!(facts, [compared(0), compared(1)]);
    }

    #[test]
    fn a_file_is_new_unless_the_script_put_it_there() {
        let folder = tempfile::tempdir().unwrap();
        let scene = scene("准备 a = 「x」\n核对 d/b = a");
        prepare(&scene, folder.path(), folder.path()).unwrap();
        assert_eq!(new_files(&scene, folder.path()), []);
        fs::create_dir(folder.path().join("d")).unwrap();
        for path in ["a", "d/b", "c"] {
            fs::write(folder.path().join(path), "abc").unwrap();
        }
        let new = [("c".to_owned(), 3), ("d/b".to_owned(), 3)];
        assert_eq!(new_files(&scene, folder.path()), new);
    }

    #[test]
    fn what_the_script_does_not_speak_of_is_a_stray_also_behind_a_locked_door() {
        let folder = tempfile::tempdir().unwrap();
        let locked = folder.path().join("d");
        fs::create_dir(&locked).unwrap();
        fs::write(locked.join("f"), "ab").unwrap();
        fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
        let facts = inspect(&scene(""), folder.path(), folder.path());
        assert_eq!(facts, [FileFact::Stray("d/f".into(), 2)]);
        fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
        remove(&locked).unwrap();
        assert!(!locked.exists());
    }

    #[test]
    fn a_pipe_or_a_link_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let fifo = folder.path().join("b");
        nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::S_IRWXU).unwrap();
        let facts = inspect(&scene("核对 b = 「」"), folder.path(), folder.path());
        assert!(matches!(facts[0], FileFact::Compared(0, FileFinding::Unreadable(_))));
    }
}
