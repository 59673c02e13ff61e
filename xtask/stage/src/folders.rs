//! The folders in which scenes play: made, and removed whatever happens.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use nix::fcntl::{Flock, FlockArg};

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
pub(super) fn open_up(folder: &Path) {
    let _ = fs::set_permissions(folder, fs::Permissions::from_mode(0o700));
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            open_up(&entry.path());
        }
    }
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
}
