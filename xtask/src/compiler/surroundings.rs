//! What a stranger's programs find of this machine: the system's own files, and nothing that belongs to anybody.

use std::fs;
use std::path::{Path, PathBuf};

/// What every program needs.
const SYSTEM: [&str; 12] =
    ["bin", "dev", "gnu", "lib", "lib32", "lib64", "libx32", "nix", "proc", "sbin", "sys", "usr"];

/// What the compiler needs beside it: nothing.
pub const FOR_COMPILER: &[&str] = &[];
/// What programs that are played need beside it: names of hosts, time zones.
pub const FOR_PROGRAMS: &[&str] = &["etc"];

/// All folders of the machine but the system's and those `named` beside it; and these `others`, wherever they are.
pub fn hidden_from_strangers<'a>(
    named: &[&str],
    others: impl IntoIterator<Item = &'a Path>,
) -> Vec<PathBuf> {
    let entries = fs::read_dir("/").into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    let is_open = |name: &str| SYSTEM.contains(&name) || named.contains(&name);
    let mut hidden: Vec<PathBuf> = folders
        .filter(|entry| !entry.file_name().to_str().is_some_and(is_open))
        .filter_map(|entry| nearest_text(&entry.path()))
        .collect();
    hidden.extend(others.into_iter().filter_map(nearest_text));
    hidden.extend(nearest_text(&std::env::temp_dir()));
    hidden
}

/// A path that can be told to another process: the whole one, or that of the folder in which the first name stands that is no
/// text. `None`: that would be all there is.
fn nearest_text(path: &Path) -> Option<PathBuf> {
    let text = path.ancestors().find(|path| path.to_str().is_some())?;
    text.parent()?;
    Some(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_system_is_left() {
        let hidden = hidden_from_strangers(FOR_COMPILER, []);
        for place in ["/etc", "/home", "/root", "/tmp", "/var"] {
            assert!(!Path::new(place).exists() || hidden.contains(&place.into()), "{place}");
        }
        for place in ["/usr", "/lib", "/proc", "/dev"] {
            assert!(!hidden.contains(&place.into()), "{place}");
        }
        assert!(!hidden_from_strangers(FOR_PROGRAMS, []).contains(&"/etc".into()));
    }

    #[test]
    fn a_name_that_is_no_text_hides_the_folder_in_which_it_stands() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;
        let name = OsStr::from_bytes(b"\xcd\xf5");
        assert_eq!(nearest_text(&Path::new("/class").join(name)), Some("/class".into()));
        assert_eq!(nearest_text(&Path::new("/").join(name)), None);
    }
}
