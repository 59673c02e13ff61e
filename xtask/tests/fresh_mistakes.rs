//! Wrong programs of somebody who has not seen how they are judged: each is rejected by its lesson's script, and where
//! `wrong/fresh/cases.txt` has a code, that is what is named first.

#![cfg(target_os = "linux")]

#[path = "support/standstill.rs"]
mod bank;
#[path = "support/strangers.rs"]
mod strangers;
#[path = "support/wrong.rs"]
mod wrong;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use bank::performance;
use strangers::build_all;

/// A line of `cases.txt`.
struct Case {
    folder: &'static str,
    /// What has to be named first; `None`: anything, or nothing.
    code: Option<&'static str>,
}

fn cases() -> Vec<Case> {
    let lines = include_str!("../wrong/fresh/cases.txt").lines();
    let case = |line: &'static str| {
        let (folder, code) = line.split_once(" | ").unwrap();
        Case { folder, code: Some(code).filter(|code| *code != "-") }
    };
    lines.filter(|line| !line.starts_with('#')).map(case).collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("wrong/fresh")
}

/// The only program of a folder: the package whose place it takes.
fn package(folder: &str) -> String {
    let mut files = fs::read_dir(root().join(folder)).unwrap().flatten();
    let path = files.next().unwrap().path();
    path.file_stem().unwrap().to_str().unwrap().to_owned()
}

#[test]
fn every_program_stands_in_the_list() {
    let files = fs::read_dir(root()).unwrap().flatten();
    let folders = files.filter(|file| file.path().is_dir());
    let folders: BTreeSet<String> =
        folders.map(|one| one.file_name().into_string().unwrap()).collect();
    let listed: BTreeSet<String> = cases().iter().map(|case| case.folder.to_owned()).collect();
    assert_eq!(folders, listed);
}

#[test]
fn each_is_rejected_for_what_is_wrong_with_it() {
    if !wrong::is_possible() {
        return;
    }
    let scenes = wrong::scenes();
    let lessons = wrong::lessons(&scenes);
    let all = cases();
    let folders = all.iter().map(|case| case.folder);
    let built = build_all(&root(), folders, None, &wrong::with_crates(&scenes));
    let wrongs = wrong::each(all, |Case { folder, code }| {
        let package = package(folder);
        let path = built.path(folder, &package);
        let Some((played, scene)) = wrong::failed(&package, path, &scenes, &lessons) else {
            return Some(format!("{folder}: passes"));
        };
        let first = played.causes.first().map(|cause| cause.code.id());
        if code.is_none() || code == first {
            return None;
        }
        let report = wrong::report(&played);
        Some(format!("{folder} 「{scene}」: {first:?}, not {code:?}: {report}"))
    });
    assert!(wrongs.is_empty(), "{} wrong\n{}", wrongs.len(), wrongs.join("\n"));
}
