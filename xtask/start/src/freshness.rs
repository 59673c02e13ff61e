//! Whether the runner that lies there is the one that its sources give.
//!
//! Cargo decides by the times of the files, and so does this, with the list that cargo has written (`xtask.d`; the Cargo
//! book, "Build cache", "Dep-info files"). In doubt the runner counts as old: then cargo is asked, and it knows.

use std::fs::{self, File, Metadata};
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Written when the runner has been built: its time is when that build began, its text which starter had it built.
pub struct Stamp {
    path: PathBuf,
    runner: PathBuf,
    text: String,
}

/// A build that has begun.
pub struct Begun {
    /// When, by the clock of the file system.
    at: SystemTime,
    path: PathBuf,
    text: String,
}

impl Stamp {
    /// The stamp of `runner`, as the starter `own` would write it. With other flags, another compiler or another profile
    /// cargo puts another starter there, so one that is the same file speaks for the same build.
    ///
    /// # Errors
    /// `own` cannot be looked at.
    pub fn new(own: &Path, runner: &Path) -> io::Result<Self> {
        let file = fs::metadata(own)?;
        let text =
            format!("{} {} {} {}\n", file.ino(), file.size(), file.mtime(), file.mtime_nsec());
        Ok(Self { path: runner.with_extension("stamp"), runner: runner.to_owned(), text })
    }

    /// Nothing of what the runner is made from has changed since its build began. `sources`: the runner's folder.
    pub fn is_fresh(&self, sources: &Path) -> bool {
        let time = |path: &Path| fs::metadata(path).and_then(|file: Metadata| file.modified()).ok();
        let Some(built) = time(&self.path).filter(|_| self.runner.exists()) else { return false };
        let list = fs::read_to_string(self.runner.with_extension("d"));
        let (Ok(text), Ok(list)) = (fs::read_to_string(&self.path), list) else { return false };
        let files = listed(&list);
        let older = |path: &PathBuf| time(path).is_some_and(|changed: SystemTime| changed < built);
        text == self.text
            && !files.is_empty()
            && files.iter().all(older)
            && manifests(sources).iter().all(older)
    }

    /// Call it before the build: a file that changes meanwhile is newer than the stamp.
    ///
    /// # Errors
    /// The target folder cannot be written.
    pub fn begin(&self) -> io::Result<Begun> {
        let begun = self.path.with_extension(format!("stamp-{}", std::process::id()));
        fs::write(&begun, "")?;
        let at = fs::metadata(&begun).and_then(|file| file.modified());
        // at once: a build that is broken off leaves nothing behind
        fs::remove_file(&begun)?;
        Ok(Begun { at: at?, path: self.path.clone(), text: self.text.clone() })
    }
}

impl Begun {
    /// The build has succeeded.
    ///
    /// # Errors
    /// The target folder cannot be written.
    pub fn keep(self) -> io::Result<()> {
        let new = self.path.with_extension(format!("stamp-{}", std::process::id()));
        let mut file = File::create(&new)?;
        file.write_all(self.text.as_bytes())?;
        file.set_modified(self.at)?;
        fs::rename(new, self.path)
    }
}

/// The files behind the colon of a dep-info file; a space in a name is written `\ `.
fn listed(list: &str) -> Vec<PathBuf> {
    let Some((_, files)) = list.lines().next().and_then(|line| line.split_once(": ")) else {
        return Vec::new();
    };
    let files = files.replace("\\ ", "\0");
    files
        .split(' ')
        .filter(|name| !name.is_empty())
        .map(|name| name.replace('\0', " ").into())
        .collect()
}

/// What cargo reads beside the sources: the manifests, the lock file, the settings.
fn manifests(sources: &Path) -> Vec<PathBuf> {
    let root = sources.parent().unwrap_or(sources);
    let mut found: Vec<PathBuf> = ["Cargo.toml", "Cargo.lock", ".cargo/config.toml"]
        .iter()
        .map(|name| root.join(name))
        .collect();
    found.push(sources.join("Cargo.toml"));
    let folders = fs::read_dir(sources).into_iter().flatten().flatten();
    found.extend(
        folders.map(|folder| folder.path().join("Cargo.toml")).filter(|path| path.exists()),
    );
    found
}

#[cfg(test)]
mod tests;
