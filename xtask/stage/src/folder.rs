//! The folder in which a scene plays: made, filled, looked through and removed.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use nix::fcntl::{Flock, FlockArg};

use course::script::{Content, Scene};
use events::FileFinding;

/// Something about the files of a scene that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileFact {
    /// A file that the script compares (`核对`): its index in the scene, and what was found.
    Compared(usize, FileFinding),
    /// A file that no line of the script speaks of: its path in the folder, and its size.
    Stray(String, u64),
}

/// The folders of one run of xtask, below `target/`. Removed when dropped.
///
/// A run that was killed leaves its folders behind; the next one recognises them, because nobody holds
/// their lock any more, and removes them.
#[derive(Debug)]
pub struct Folders {
    base: PathBuf,
    _lock: Flock<File>,
    next: AtomicUsize,
}

impl Folders {
    /// What the folder of all runs is called.
    pub const NAME: &str = "xtask-scenes";

    /// Makes a place for this run's folders in `target`, and cleans up after runs that were killed.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn new(target: &Path) -> io::Result<Folders> {
        let all = target.join(Folders::NAME);
        fs::create_dir_all(&all)?;
        remove_stale(&all);
        let base = all.join(std::process::id().to_string());
        // left by a killed run that had our process id: that one is not alive, we are
        let _ = remove(&base);
        fs::create_dir_all(&base)?;
        let lock = File::create(base.join(LOCK))?;
        let lock = Flock::lock(lock, FlockArg::LockExclusiveNonblock)
            .map_err(|(_, errno)| io::Error::from(errno))?;
        Ok(Folders { base, _lock: lock, next: AtomicUsize::new(0) })
    }

    /// A new, empty folder for one scene.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn scene(&self) -> io::Result<PathBuf> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let folder = self.base.join(number.to_string());
        fs::create_dir(&folder)?;
        Ok(folder)
    }
}

impl Drop for Folders {
    fn drop(&mut self) {
        let _ = remove(&self.base);
    }
}

const LOCK: &str = "lock";

fn remove_stale(all: &Path) {
    for entry in fs::read_dir(all).into_iter().flatten().flatten() {
        let lock = File::open(entry.path().join(LOCK));
        // a folder without a lock is one that is being made or removed right now, or half removed
        let held =
            lock.is_ok_and(|lock| Flock::lock(lock, FlockArg::LockExclusiveNonblock).is_err());
        let pid = entry.file_name().to_string_lossy().parse::<i32>();
        let alive = pid.is_ok_and(|pid| Path::new("/proc").join(pid.to_string()).exists());
        if !held && !alive {
            let _ = remove(&entry.path());
        }
    }
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

/// Removes a scene's folder, whatever permissions a program has taken away in it.
///
/// # Errors
/// Something in it cannot be removed.
pub fn remove(folder: &Path) -> io::Result<()> {
    if fs::remove_dir_all(folder).is_ok() {
        return Ok(());
    }
    open_up(folder);
    fs::remove_dir_all(folder)
}

/// Gives back to its owner the permission to enter and change every folder below.
fn open_up(folder: &Path) {
    let _ = fs::set_permissions(folder, fs::Permissions::from_mode(0o700));
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            open_up(&entry.path());
        }
    }
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
        Content::Bytes(size) => Box::new(bytes(*size)),
        Content::Text(text) => Box::new(io::Cursor::new(text.clone().into_bytes())),
        Content::File(path) => Box::new(File::open(folder.join(path))?),
        Content::Lesson(path) => Box::new(File::open(lessons.join(path))?),
    })
}

/// Bytes that look like those of a picture: no pattern that a lost, doubled or stale block would hide in.
fn bytes(size: u64) -> impl Read {
    Noise::new(size ^ 0x9e37_79b9_7f4a_7c15).take(size)
}

/// Eight random bytes, then a random block, the same again and again: quick to make, also without optimisation. The
/// length of the two is prime, so that no buffer is a multiple of it.
struct Noise {
    state: u64,
    block: [u8; Noise::LENGTH],
    /// How many bytes of `block` have been given away.
    given: usize,
}

impl Noise {
    const LENGTH: usize = 4093;

    fn new(state: u64) -> Noise {
        let mut noise = Noise { state, block: [0; Noise::LENGTH], given: Noise::LENGTH };
        for at in (0..Noise::LENGTH).step_by(8) {
            let word = noise.next();
            let length = word.len().min(Noise::LENGTH - at);
            noise.block[at..at + length].copy_from_slice(&word[..length]);
        }
        noise
    }

    /// xorshift64 (Marsaglia, 2003).
    fn next(&mut self) -> [u8; 8] {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state.to_le_bytes()
    }
}

impl Read for Noise {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == Noise::LENGTH {
            let word = self.next();
            self.block[..word.len()].copy_from_slice(&word);
            self.given = 0;
        }
        let length = buffer.len().min(Noise::LENGTH - self.given);
        buffer[..length].copy_from_slice(&self.block[self.given..self.given + length]);
        self.given += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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

    #[test]
    fn prepared_bytes_have_their_size_and_differ_from_size_to_size() {
        let read = |size| {
            let mut all = Vec::new();
            bytes(size).read_to_end(&mut all).unwrap();
            all
        };
        assert_eq!(read(3_000_017).len(), 3_000_017);
        assert_eq!(read(1024), read(1024));
        let all = read(100_000);
        let blocks: BTreeSet<&[u8]> = all.chunks(1024).collect();
        assert_eq!(blocks.len(), all.len().div_ceil(1024), "no two blocks are equal");
        assert_ne!(read(1025)[..1024], read(1024)[..]);
    }

    #[test]
    fn folders_of_a_killed_run_are_removed_at_the_next_start() {
        let target = tempfile::tempdir().unwrap();
        let stale = target.path().join("xtask-scenes").join("999999999");
        fs::create_dir_all(stale.join("0")).unwrap();
        fs::write(stale.join(LOCK), "").unwrap();
        let folders = Folders::new(target.path()).unwrap();
        assert!(!stale.exists());
        let scene = folders.scene().unwrap();
        assert!(scene.exists());
        drop(folders);
        assert!(!scene.exists());
    }
}
