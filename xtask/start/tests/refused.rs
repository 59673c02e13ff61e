//! Started by its path in a workspace that cargo does not read: the runner that is there still speaks.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A workspace with a runner that only says how it was started; removed when dropped.
struct Workspace {
    root: PathBuf,
}

impl Workspace {
    fn new(name: &str, members: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&root);
        for folder in ["lessons/00-x/src", "xtask/start", "target/debug"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        fs::write(root.join("Cargo.toml"), format!("[workspace]\nmembers = [{members}]\n"))
            .unwrap();
        fs::write(root.join("xtask/start/Cargo.toml"), "").unwrap();
        let runner = root.join("target/debug/xtask");
        fs::write(&runner, "#!/bin/sh\necho \"$CARGO_MANIFEST_DIR $*\"\n").unwrap();
        fs::set_permissions(&runner, Permissions::from_mode(0o755)).unwrap();
        // a link, not a copy: no file that is to be started is open for writing
        fs::hard_link(env!("CARGO_BIN_EXE_start"), root.join("target/debug/start")).unwrap();
        Self { root }
    }

    fn start(&self, below: &str) -> Output {
        let mut command = Command::new(self.root.join("target/debug/start"));
        command.current_dir(self.root.join(below)).args(["check", "00"]);
        command.env_remove("CARGO_MANIFEST_DIR").output().unwrap()
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}

#[test]
fn the_last_runner_speaks_when_a_lesson_has_no_manifest() {
    let workspace = Workspace::new("refused", "\"lessons/*\"");
    for below in ["", "lessons/00-x/src"] {
        let output = workspace.start(below);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(said, format!("{}/xtask check 00\n", workspace.root.display()));
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.contains("lessons/00-x"), "{told}");
        assert!(told.contains("cargo 不读这个工作区"), "{told}");
    }
}

#[test]
fn an_old_runner_does_not_speak_when_only_the_build_failed() {
    let workspace = Workspace::new("unbuilt", "");
    let output = workspace.start("");
    assert_eq!(output.status.code(), Some(101), "cargo's own: there is no package xtask");
    assert!(output.stdout.is_empty());
}
