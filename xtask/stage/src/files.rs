//! The files of a scene: those that it finds, and what became of them.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;

use course::script::{Content, Scene};
use events::FileFinding;
use limits::{FILES, PATH_SHOWN};

use super::noise::noise;
use super::tree::{Doors, Found, Tree};

/// Something about the files of a scene that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileFact {
    /// A file that the script compares (`核对`): its index in the scene, and what was found.
    Compared(usize, FileFinding),
    /// A file that no line of the script speaks of: its path in the folder, and its size. An empty folder ends with `/`;
    /// one that was moved out of the scene's folder, and the scene's folder itself, have their whole path.
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

/// What the files are when everything has ended: compared ones, and strays. `tree` is the scene's folder, which was at
/// `folder` when the scene began.
pub fn inspect(scene: &Scene, tree: &Tree, folder: &Path, lessons: &Path) -> Vec<FileFact> {
    let mut found = Vec::new();
    for (compared, file) in scene.compared.iter().enumerate() {
        let outcome = match &file.content {
            None if tree.has(Path::new(&file.path)) => FileFinding::Unwanted,
            None => FileFinding::Same,
            // not the file as the program may have left it, but what it was
            Some(content) => {
                compare(tree, Path::new(&file.path), original(scene, content), lessons)
                    .unwrap_or_else(|error| FileFinding::Unreadable(error.to_string()))
            }
        };
        found.push(FileFact::Compared(compared, outcome));
    }
    // it should be where it was: what stands there now is not its own
    let moved = (!tree.is_at(folder)).then(|| tree.path()).flatten();
    found.extend(moved.map(|path| FileFact::Stray(format!("{}/", path.display()), 0)));
    let prepared = scene.prepared.iter().map(|file| file.path.as_str());
    let known: Vec<&str> =
        prepared.chain(scene.compared.iter().map(|file| file.path.as_str())).collect();
    // a folder of which the script names a file may be there without it
    let is_known = |path: &str| match path.ends_with('/') {
        true => known.iter().any(|file| file.starts_with(path)),
        false => known.contains(&path),
    };
    let strays = paths_below(tree).into_iter().filter(|(path, _)| !is_known(path));
    found.extend(strays.map(|(path, bytes)| FileFact::Stray(path, bytes)));
    found
}

/// The files that the script did not put into the scene's folder, as far as they can be seen: each with its path in
/// the folder and its size in bytes.
pub fn new_files(scene: &Scene, tree: &Tree) -> Vec<(String, u64)> {
    let prepared: BTreeSet<&str> = scene.prepared.iter().map(|file| file.path.as_str()).collect();
    let mut found = paths_below(tree);
    found.retain(|(path, _)| !path.ends_with('/') && !prepared.contains(path.as_str()));
    found
}

/// The content of a prepared file instead of its name.
fn original<'a>(scene: &'a Scene, content: &'a Content) -> &'a Content {
    let Content::File(path) = content else { return content };
    let prepared = scene.prepared.iter().find(|file| file.path == *path);
    prepared.map_or(content, |file| &file.content)
}

/// All files and all empty folders (with `/` at the end), each with its path in the folder and its size; a link is not
/// followed. Of more than [`FILES`] the first.
fn paths_below(tree: &Tree) -> Vec<(String, u64)> {
    let mut found = Vec::new();
    let Ok(mut walk) = tree.walk(Doors::Opened) else { return found };
    // an error: somebody else changes it at this moment, and what was seen so far is what can be said
    while let (true, Ok(Some(one))) = (found.len() < FILES, walk.next()) {
        match one {
            Found::File(stat) => found.push((in_short(&walk.path()), stat.st_size as u64)),
            Found::Folder { was_empty: true } | Found::Barred => {
                found.push((in_short(&walk.path()) + "/", 0));
            }
            Found::Folder { .. } => {}
        }
    }
    found
}

/// A path that can still be read: of a very long one its beginning and its last name.
fn in_short(path: &Path) -> String {
    let text = path.to_string_lossy();
    if text.len() <= PATH_SHOWN {
        return text.into_owned();
    }
    let begin: String = text.chars().take(PATH_SHOWN / 4).collect();
    let last = path.file_name().unwrap_or_default().to_string_lossy();
    format!("{begin}……/{last}")
}

fn compare(tree: &Tree, path: &Path, content: &Content, lessons: &Path) -> io::Result<FileFinding> {
    let file = match tree.file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(FileFinding::Missing),
        // a link, or something on the way is none of the folder's folders; a socket
        Err(error)
            if matches!(
                error.raw_os_error(),
                Some(libc::ELOOP | libc::ENOTDIR | libc::EXDEV | libc::ENXIO)
            ) =>
        {
            return Ok(FileFinding::Unreadable("不是普通文件".to_owned()));
        }
        file => file?,
    };
    if !file.metadata()?.is_file() {
        return Ok(FileFinding::Unreadable("不是普通文件".to_owned()));
    }
    let found = file.metadata()?.len();
    let mut left = BufReader::new(file);
    let mut right = BufReader::new(match content {
        Content::File(path) => Box::new(tree.file(Path::new(path))?),
        content => open(content, Path::new(""), lessons)?,
    });
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

    fn tree(folder: &tempfile::TempDir) -> Tree {
        Tree::open(folder.path()).unwrap()
    }

    fn outcome(text: &str, lines: &str) -> FileFact {
        let folder = tempfile::tempdir().unwrap();
        let scene = scene(lines);
        prepare(&scene, folder.path(), folder.path()).unwrap();
        fs::write(folder.path().join("b"), text).unwrap();
        let mut facts = inspect(&scene, &tree(&folder), folder.path(), folder.path());
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
        let facts = inspect(&scene, &tree(&folder), folder.path(), folder.path());
        let differs = FileFinding::Differs { at: 0, found: 0, expected: 1 };
        let compared = |index| FileFact::Compared(index, differs.clone());
        assert_eq!(facts, [compared(0), compared(1)]);
    }

    #[test]
    fn a_file_is_new_unless_the_script_put_it_there() {
        let folder = tempfile::tempdir().unwrap();
        let scene = scene("准备 a = 「x」\n核对 d/b = a");
        prepare(&scene, folder.path(), folder.path()).unwrap();
        assert_eq!(new_files(&scene, &tree(&folder)), []);
        fs::create_dir(folder.path().join("d")).unwrap();
        for path in ["a", "d/b", "c"] {
            fs::write(folder.path().join(path), "abc").unwrap();
        }
        let new = [("c".to_owned(), 3), ("d/b".to_owned(), 3)];
        assert_eq!(new_files(&scene, &tree(&folder)), new);
    }

    #[test]
    fn what_the_script_does_not_speak_of_is_a_stray_also_behind_a_locked_door() {
        let folder = tempfile::tempdir().unwrap();
        let locked = folder.path().join("d");
        fs::create_dir(&locked).unwrap();
        fs::write(locked.join("f"), "ab").unwrap();
        fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
        let facts = inspect(&scene(""), &tree(&folder), folder.path(), folder.path());
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
        let facts = inspect(&scene("核对 b = 「」"), &tree(&folder), folder.path(), folder.path());
        assert!(matches!(facts[0], FileFact::Compared(0, FileFinding::Unreadable(_))));
    }

    #[test]
    fn an_empty_folder_is_a_stray_unless_a_file_of_the_script_belongs_into_it() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["data", "left"] {
            fs::create_dir_all(folder.path().join(name).join("below")).unwrap();
        }
        let scene = scene("核对 data/below/f 不存在");
        let facts = inspect(&scene, &tree(&folder), folder.path(), folder.path());
        let same = FileFact::Compared(0, FileFinding::Same);
        assert_eq!(facts, [same, FileFact::Stray("left/below/".into(), 0)]);
    }

    #[test]
    fn a_folder_that_was_moved_is_said_to_be_there_and_what_took_its_place_is_not_looked_at() {
        let all = tempfile::tempdir().unwrap();
        let (folder, moved) = (all.path().join("scene"), all.path().join("moved"));
        fs::create_dir(&folder).unwrap();
        let tree = Tree::open(&folder).unwrap();
        fs::rename(&folder, &moved).unwrap();
        std::os::unix::fs::symlink("/", &folder).unwrap();
        let facts = inspect(&scene(""), &tree, &folder, all.path());
        assert_eq!(facts, [FileFact::Stray(format!("{}/", moved.display()), 0)]);
    }
}
