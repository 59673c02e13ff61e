//! What must count as old, each by one change.

use std::fs::{File, FileTimes};
use std::time::Duration;

use super::*;

/// A workspace with a runner that has just been built.
struct Place {
    root: PathBuf,
}

impl Place {
    fn new(name: &str) -> Self {
        let root = std::env::temp_dir().join(format!("start {name} {}", std::process::id()));
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(root.join("xtask/src")).unwrap();
        let place = Self { root };
        place.write("own", "the starter");
        place.write("runner", "the runner");
        for name in [
            "Cargo.toml",
            "Cargo.lock",
            "xtask/Cargo.toml",
            "xtask/src/main.rs",
            "xtask/src/a b.rs",
        ] {
            place.write(name, "");
            place.age(name, Duration::from_secs(60));
        }
        let name = |name: &str| place.path(name).display().to_string().replace(' ', "\\ ");
        let list = [name("xtask/src/a b.rs"), name("xtask/src/main.rs")].join(" ");
        place.write("runner.d", &format!("{}: {list}\n", name("runner")));
        fs::create_dir(place.path(".cargo")).unwrap();
        place.write(".cargo/config.toml", "");
        place.age(".cargo/config.toml", Duration::from_secs(60));
        place.stamp().begin().unwrap().keep().unwrap();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// Lets the file be as old as that.
    fn age(&self, name: &str, age: Duration) {
        let file = File::options().write(true).open(self.path(name)).unwrap();
        file.set_times(FileTimes::new().set_modified(SystemTime::now() - age)).unwrap();
    }

    fn stamp(&self) -> Stamp {
        Stamp::new(&self.path("own"), &self.path("runner")).unwrap()
    }

    fn is_fresh(&self) -> bool {
        self.stamp().is_fresh(&self.path("xtask"))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}

#[test]
fn a_runner_of_which_nothing_has_changed_is_fresh() {
    assert!(Place::new("fresh").is_fresh());
}

#[test]
fn whatever_changes_makes_the_runner_old() {
    let names = [
        "xtask/src/main.rs",
        "xtask/src/a b.rs",
        "Cargo.toml",
        "Cargo.lock",
        "xtask/Cargo.toml",
        ".cargo/config.toml",
    ];
    for (number, name) in names.into_iter().enumerate() {
        let place = Place::new(&format!("changed {number}"));
        let built = fs::metadata(place.path("runner.stamp")).unwrap().modified().unwrap();
        let file = File::options().write(true).open(place.path(name)).unwrap();
        file.set_times(FileTimes::new().set_modified(built)).unwrap();
        assert!(!place.is_fresh(), "{name}");
    }
}

#[test]
fn what_is_missing_makes_the_runner_old() {
    for (number, name) in ["xtask/src/main.rs", "runner", "runner.d", "runner.stamp", "Cargo.lock"]
        .into_iter()
        .enumerate()
    {
        let place = Place::new(&format!("missing {number}"));
        fs::remove_file(place.path(name)).unwrap();
        assert!(!place.is_fresh(), "{name}");
    }
}

#[test]
fn another_starter_does_not_speak_for_this_runner() {
    let place = Place::new("starter");
    fs::remove_file(place.path("own")).unwrap();
    place.write("own", "another starter");
    assert!(!place.is_fresh());
}

#[test]
fn a_build_that_failed_leaves_the_stamp_of_before() {
    let place = Place::new("failed");
    fs::remove_file(place.path("runner.stamp")).unwrap();
    drop(place.stamp().begin().unwrap());
    assert!(!place.is_fresh());
    assert_eq!(
        fs::read_dir(&place.root)
            .unwrap()
            .flatten()
            .filter(|f| f.file_name().to_string_lossy().contains("stamp"))
            .count(),
        0
    );
}
