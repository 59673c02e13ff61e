//! Puts new files in their places: all of them, or none.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::process;

use anyhow::{Context, Result, bail};

use course::unwritten;

/// Files that do not exist yet.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// A new folder, relative to the workspace.
    pub folder: PathBuf,
    /// Its files, relative to it, and their texts.
    pub files: Vec<(String, String)>,
    /// A file elsewhere, relative to the workspace, and its text.
    pub page: Option<(PathBuf, String)>,
}

impl Draft {
    /// Every file, relative to the workspace, in the order in which they are told.
    pub fn paths(&self) -> Vec<PathBuf> {
        let own = self.files.iter().map(|(name, _)| self.folder.join(name));
        own.chain(self.page.iter().map(|(path, _)| path.clone())).collect()
    }

    /// How many places are still to be written.
    pub fn unwritten(&self) -> usize {
        let texts = self.files.iter().map(|(_, text)| text);
        let texts = texts.chain(self.page.iter().map(|(_, text)| text));
        texts.map(|text| unwritten::places(text).len()).sum()
    }

    /// Writes them: beside their places first, so that nobody meets half of them.
    ///
    /// # Errors
    /// Something stands there already, or cannot be written; then nothing new is left.
    pub fn put(&self, root: &Path) -> Result<()> {
        for path in std::iter::once(&self.folder).chain(self.page.iter().map(|(path, _)| path)) {
            if root.join(path).symlink_metadata().is_ok() {
                bail!("已经有 {} 了，没有动它；换一个名字", path.display());
            }
        }
        let parents: Vec<PathBuf> = std::iter::once(&self.folder)
            .chain(self.page.iter().map(|(path, _)| path))
            .map(|path| root.join(path).parent().unwrap_or(root).to_owned())
            .collect();
        let mut made = Vec::new();
        for parent in &parents {
            if !parent.exists() {
                fs::create_dir(parent).with_context(|| cannot(root, parent))?;
                made.push(parent);
            }
        }
        let done = self.put_beside(root);
        if done.is_err() {
            // only what is empty goes
            made.into_iter().rev().for_each(|folder| drop(fs::remove_dir(folder)));
        }
        done
    }

    fn put_beside(&self, root: &Path) -> Result<()> {
        let folder = root.join(&self.folder);
        let beside = hidden(&folder);
        let mut cleanup = Cleanup(vec![beside.clone()]);
        // one that was left by a process of this number that was killed
        let _ = fs::remove_dir_all(&beside);
        fs::create_dir(&beside).with_context(|| cannot(root, &folder))?;
        for (name, text) in &self.files {
            let path = beside.join(name);
            let parent = path.parent().unwrap_or(&beside);
            let written = fs::create_dir_all(parent).and_then(|()| fs::write(&path, text));
            written.with_context(|| cannot(root, &folder.join(name)))?;
        }
        if let Some((page, text)) = &self.page {
            let page = root.join(page);
            let aside = hidden(&page);
            cleanup.0.push(aside.clone());
            fs::write(&aside, text).with_context(|| cannot(root, &page))?;
            fs::rename(&aside, &page).with_context(|| cannot(root, &page))?;
        }
        let placed = fs::rename(&beside, &folder);
        if let (Err(_), Some((page, _))) = (&placed, &self.page) {
            let _ = fs::remove_file(root.join(page));
        }
        placed.map_err(taken).with_context(|| cannot(root, &folder))
    }
}

/// A name beside a path that no lesson and no exercise has.
fn hidden(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".new-{name}-{}", process::id()))
}

fn cannot(root: &Path, path: &Path) -> String {
    format!("建不了 {}，什么也没有留下", path.strip_prefix(root).unwrap_or(path).display())
}

/// A folder that has come meanwhile is told as what it is.
fn taken(error: io::Error) -> io::Error {
    match error.kind() {
        ErrorKind::DirectoryNotEmpty => ErrorKind::AlreadyExists.into(),
        _ => error,
    }
}

/// Removes what was only written beside, whatever happens.
struct Cleanup(Vec<PathBuf>);

impl Drop for Cleanup {
    fn drop(&mut self) {
        for path in &self.0 {
            let _ = fs::remove_dir_all(path);
            let _ = fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> Draft {
        Draft {
            folder: "lessons/13-x".into(),
            files: vec![
                ("src/main.rs".into(), "「待写：一」".into()),
                ("a".into(), "「待写」".into()),
            ],
            page: Some(("docs/13-x.md".into(), "「待写：二」\n".into())),
        }
    }

    /// Everything below a folder, in order.
    fn all(folder: &Path) -> Vec<String> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            found.push(path.display().to_string());
            if path.is_dir() {
                found.extend(all(&path));
            }
        }
        found.sort();
        found
    }

    #[test]
    fn all_the_files_are_there_and_nothing_else() {
        let root = tempfile::tempdir().unwrap();
        let draft = draft();
        assert_eq!(draft.unwritten(), 3);
        draft.put(root.path()).unwrap();
        for path in draft.paths() {
            assert!(root.path().join(&path).is_file(), "{}", path.display());
        }
        assert_eq!(all(root.path()).len(), 7, "{:#?}", all(root.path()));
        let again = draft.put(root.path()).unwrap_err().to_string();
        assert_eq!(again, "已经有 lessons/13-x 了，没有动它；换一个名字");
    }

    #[test]
    fn where_one_cannot_be_written_none_is() {
        // a file where a folder is wanted: nobody can write below it
        for (blocked, wanted) in [
            ("lessons", "建不了 lessons/13-x，什么也没有留下"),
            ("docs", "建不了 docs/13-x.md，什么也没有留下"),
        ] {
            let root = tempfile::tempdir().unwrap();
            fs::write(root.path().join(blocked), "").unwrap();
            let error = draft().put(root.path()).unwrap_err();
            assert_eq!(error.to_string(), wanted);
            assert_eq!(all(root.path()), [root.path().join(blocked).display().to_string()]);
        }
        // the page is there: the folder is not made
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("docs")).unwrap();
        fs::write(root.path().join("docs/13-x.md"), "mine").unwrap();
        let error = draft().put(root.path()).unwrap_err().to_string();
        assert!(error.starts_with("已经有 docs/13-x.md 了"), "{error}");
        assert!(!root.path().join("lessons").exists());
        assert_eq!(fs::read_to_string(root.path().join("docs/13-x.md")).unwrap(), "mine");
    }
}
