//! The folders in which scenes play: made, and removed whatever happens.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use nix::fcntl::{Flock, FlockArg};
use nix::sys::stat::{Mode, mkdirat};

use super::tree::Tree;

/// The folders of one run of xtask, below `target/`. Removed when dropped.
///
/// A run that was killed leaves its folders behind; the next one recognises them, because nobody holds
/// their lock any more, and removes them.
#[derive(Debug)]
pub struct Folders {
    base: PathBuf,
    /// The folder at `base`, whatever takes its place there.
    held: Tree,
    /// That of all runs.
    all: Tree,
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
        // who watches a student's file has the last play's folders while the next one's are made
        static RUNS: AtomicUsize = AtomicUsize::new(0);
        let run = RUNS.fetch_add(1, Ordering::Relaxed);
        let own = std::process::id();
        let base = all.join(if run == 0 { own.to_string() } else { format!("{own}-{run}") });
        // left by a killed run that had our process id: that one is not alive, we are
        let _ = remove(&base);
        fs::create_dir_all(&base)?;
        let lock = File::create(base.join(LOCK))?;
        let lock = Flock::lock(lock, FlockArg::LockExclusiveNonblock)
            .map_err(|(_, errno)| io::Error::from(errno))?;
        let (held, all) = (Tree::open(&base)?, Tree::open_trusted(&all)?);
        Ok(Folders { base, held, all, _lock: lock, next: AtomicUsize::new(0) })
    }

    /// A new, empty folder for one scene.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn scene(&self) -> io::Result<PathBuf> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let name = number.to_string();
        mkdirat(&self.held, name.as_str(), Mode::S_IRWXU)?;
        Ok(self.base.join(name))
    }
}

impl Drop for Folders {
    fn drop(&mut self) {
        let _ = self.held.remove_wherever_it_is();
        // what stands in its place, if it was moved
        let name = self.base.file_name().map(OsString::from);
        let _ = name.map(|name| self.all.remove(&name));
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

/// Removes what stands at this path, whatever permissions a program has taken away in it and whatever it has put there
/// instead; a link is removed, not followed.
///
/// # Errors
/// Something in it cannot be removed.
pub fn remove(folder: &Path) -> io::Result<()> {
    let (Some(parent), Some(name)) = (folder.parent(), folder.file_name()) else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    Tree::open_trusted(parent)?.remove(name)
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn two_runs_of_one_process_are_not_in_each_others_way() {
        let target = tempfile::tempdir().unwrap();
        let (first, second) =
            (Folders::new(target.path()).unwrap(), Folders::new(target.path()).unwrap());
        drop(first);
        assert!(second.scene().is_ok_and(|scene| scene.is_dir()));
    }

    #[test]
    fn a_link_in_the_place_of_all_folders_leads_nowhere() {
        let target = tempfile::tempdir().unwrap();
        let victim = target.path().join("victim");
        fs::create_dir(&victim).unwrap();
        fs::write(victim.join("kept"), "").unwrap();
        let folders = Folders::new(target.path()).unwrap();
        let moved = target.path().join("moved");
        fs::rename(&folders.base, &moved).unwrap();
        std::os::unix::fs::symlink(&victim, &folders.base).unwrap();
        let base = folders.base.clone();
        assert!(folders.scene().is_ok());
        drop(folders);
        assert!(victim.join("kept").exists());
        assert!(!moved.exists() && base.symlink_metadata().is_err());
    }
}
