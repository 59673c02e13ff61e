//! A workspace without the lessons that cargo does not take. Cargo takes a workspace whole or not at all: a folder without a
//! manifest, or with one that cannot be read, stops everything.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// Where it is made, below the workspace: there it finds the same settings (`.cargo/config.toml`).
const FOLDER: &str = "target/xtask-workspace";
/// What it does not have, or not as a link.
const NO_LINK: [&str; 5] = ["lessons", LOCK, "target", ".cargo", ".git"];
/// Cargo writes into it, and here it would take out what is left out.
const LOCK: &str = "Cargo.lock";

/// The package below `lessons/` that cargo speaks of when it refuses the workspace; `None`: it speaks of none.
pub fn refused(root: &Path, complaint: &str) -> Option<String> {
    let mut folders: Vec<String> = names_in(&root.join("lessons")).ok()?;
    // the longest first: the name of one may begin with that of another
    folders.sort_by_key(|name| std::cmp::Reverse(name.len()));
    // the first place that is named: what follows may be consequences
    let first = |name: &String| complaint.find(&format!("lessons/{name}"));
    let named = folders.into_iter().filter_map(|name| Some((first(&name)?, name)));
    let (_, name) = named.min_by_key(|(at, name)| (*at, std::cmp::Reverse(name.len())))?;
    Some(format!("lesson-{name}"))
}

/// Makes the workspace without these packages, of links: the lessons themselves are the same files.
///
/// # Errors
/// It cannot be written.
pub fn without<'a>(
    root: &Path,
    packages: impl Iterator<Item = &'a String> + Clone,
) -> io::Result<PathBuf> {
    let folder = root.join(FOLDER);
    fs::create_dir_all(folder.join("lessons"))?;
    let is_left_out =
        |name: &str| packages.clone().any(|package| package.strip_prefix("lesson-") == Some(name));
    let top = names_in(root)?.into_iter().filter(|name| !NO_LINK.contains(&name.as_str()));
    let lessons = names_in(&root.join("lessons"))?.into_iter().filter(|name| !is_left_out(name));
    let wanted: Vec<PathBuf> =
        top.map(PathBuf::from).chain(lessons.map(|name| Path::new("lessons").join(name))).collect();
    for below in ["", "lessons"] {
        for name in names_in(&folder.join(below))? {
            let path = Path::new(below).join(name);
            if !["lessons", LOCK].contains(&&*path.to_string_lossy()) && !wanted.contains(&path) {
                fs::remove_file(folder.join(path))?;
            }
        }
    }
    if root.join(LOCK).exists() {
        fs::copy(root.join(LOCK), folder.join(LOCK))?;
    }
    for path in wanted {
        match symlink(root.join(&path), folder.join(&path)) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
    }
    Ok(folder)
}

/// The names of what is in a folder, as far as they are text.
fn names_in(folder: &Path) -> io::Result<Vec<String>> {
    let names = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.file_name()));
    let names = names.filter_map(|name| name.map(|name| name.into_string().ok()).transpose());
    names.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_has_all_but_what_is_left_out() {
        let root = tempfile::tempdir().unwrap();
        for name in ["01-a", "01-a-b", "02-c"] {
            fs::create_dir_all(root.path().join("lessons").join(name)).unwrap();
        }
        fs::write(root.path().join("Cargo.toml"), "").unwrap();
        let complaint = "error: failed to load manifest for workspace member `/x/lessons/01-a-b`";
        let package = refused(root.path(), complaint).unwrap();
        assert_eq!(package, "lesson-01-a-b");
        let made = |packages: &[String]| {
            let folder = without(root.path(), packages.iter()).unwrap();
            let mut names = names_in(&folder.join("lessons")).unwrap();
            names.sort();
            (names.join(" "), folder.join("Cargo.toml").is_file())
        };
        assert_eq!(made(std::slice::from_ref(&package)), ("01-a 02-c".to_owned(), true));
        assert_eq!(made(&["lesson-02-c".to_owned(), package]), ("01-a".to_owned(), true));
        assert_eq!(made(&[]), ("01-a 01-a-b 02-c".to_owned(), true));
    }
}
