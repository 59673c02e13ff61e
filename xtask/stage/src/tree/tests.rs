//! Links, moved folders, depth: nothing leads out.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;

fn mode_of(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// A folder to be cleared, and one outside, with a file, that must stay as it is.
fn inside_and_outside() -> (tempfile::TempDir, PathBuf, PathBuf) {
    let all = tempfile::tempdir().unwrap();
    let (inside, outside) = (all.path().join("inside"), all.path().join("outside"));
    fs::create_dir_all(outside.join("below")).unwrap();
    fs::write(outside.join("below/kept"), "kept").unwrap();
    fs::set_permissions(outside.join("below"), fs::Permissions::from_mode(0o555)).unwrap();
    fs::create_dir(&inside).unwrap();
    (all, inside, outside)
}

fn assert_untouched(outside: &Path) {
    assert_eq!(mode_of(&outside.join("below")), 0o555);
    assert_eq!(fs::read_to_string(outside.join("below/kept")).unwrap(), "kept");
    assert_ne!(mode_of(outside), 0o700);
}

#[test]
fn a_link_is_removed_and_never_followed() {
    let (all, inside, outside) = inside_and_outside();
    symlink(&outside, inside.join("link")).unwrap();
    symlink("/nowhere", inside.join("dangling")).unwrap();
    let tree = Tree::open(&inside).unwrap();
    tree.clear().unwrap();
    assert_eq!(fs::read_dir(&inside).unwrap().count(), 0);
    assert_untouched(&outside);
    // and in the place of the folder itself
    fs::rename(&inside, all.path().join("moved")).unwrap();
    symlink(&outside, &inside).unwrap();
    fs::write(all.path().join("moved/file"), "").unwrap();
    assert!(Tree::open(&inside).is_err() && !tree.is_at(&inside));
    Tree::open_trusted(all.path()).unwrap().remove(OsStr::new("inside")).unwrap();
    assert!(inside.symlink_metadata().is_err());
    assert_untouched(&outside);
    tree.remove_wherever_it_is().unwrap();
    assert!(!all.path().join("moved").exists());
}

#[test]
fn a_folder_is_not_left_by_way_of_a_folder_that_is_moved_while_it_is_walked() {
    let (all, inside, outside) = inside_and_outside();
    fs::create_dir_all(inside.join("a/b")).unwrap();
    fs::write(inside.join("a/b/f"), "").unwrap();
    let mut walk = Tree::open(&inside).unwrap().walk(Doors::Opened).unwrap();
    assert!(matches!(walk.next().unwrap(), Some(Found::File(_))));
    assert_eq!(walk.path(), Path::new("a/b/f"));
    fs::rename(inside.join("a/b"), outside.join("b")).unwrap();
    assert!(walk.next().is_err());
    drop(all);
}

#[test]
fn whatever_the_names_and_permissions_are_it_goes() {
    let (_all, inside, _) = inside_and_outside();
    let odd = inside.join(OsStr::from_bytes(b"\xff\x1b[2J\n"));
    fs::create_dir(&odd).unwrap();
    fs::write(odd.join("f"), "x").unwrap();
    nix::unistd::mkfifo(&inside.join("pipe"), Mode::S_IRWXU).unwrap();
    for path in [odd.join("f"), odd.clone(), inside.clone()] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o0)).unwrap();
    }
    let tree = Tree::open_trusted(inside.parent().unwrap()).unwrap();
    tree.remove(OsStr::new("inside")).unwrap();
    assert!(!inside.exists());
}

#[test]
fn depth_costs_neither_stack_nor_descriptors() {
    // in memory, if there is such a place: a disk may need a minute for so many folders
    let memory = Some(Path::new("/dev/shm")).filter(|place| place.is_dir());
    let place = memory.map_or_else(std::env::temp_dir, Path::to_owned);
    let all = tempfile::tempdir_in(place).unwrap();
    let inside = all.path().to_owned();
    let mut folder: OwnedFd = Tree::open(&inside).unwrap().0;
    for _ in 0..20_000 {
        nix::sys::stat::mkdirat(&folder, "d", Mode::S_IRWXU).unwrap();
        folder = openat(&folder, "d", FOLDER, Mode::empty()).unwrap();
    }
    drop(folder);
    let tree = Tree::open(&inside).unwrap();
    let mut walk = tree.walk(Doors::AsTheyAre).unwrap();
    assert!(matches!(walk.next().unwrap(), Some(Found::Folder { was_empty: true })));
    assert_eq!(walk.path().components().count(), 20_000);
    // who keeps a folder open in the depth makes the kernel walk there for each one that is removed
    drop(walk);
    tree.clear().unwrap();
    assert_eq!(fs::read_dir(&inside).unwrap().count(), 0);
}

#[test]
fn a_file_is_not_read_through_a_link() {
    let (_all, inside, outside) = inside_and_outside();
    symlink(outside.join("below"), inside.join("d")).unwrap();
    symlink(outside.join("below/kept"), inside.join("f")).unwrap();
    fs::create_dir(inside.join("real")).unwrap();
    fs::write(inside.join("real/file"), "x").unwrap();
    let tree = Tree::open(&inside).unwrap();
    assert!(tree.file(Path::new("d/kept")).is_err() && tree.file(Path::new("f")).is_err());
    assert_eq!(tree.file(Path::new("real/file")).unwrap().metadata().unwrap().len(), 1);
}
