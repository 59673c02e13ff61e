//! The programs of `wrong/`: each stands in for a lesson's program in that lesson's own scenes.

#![allow(dead_code, reason = "not every test program asks for everything")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::bank::performance::{Performance, Played, program, xtask};
use super::strangers::{Built, build_all};

use course::script::{Scene, parse};
use events::Clock;
use stage::Program;

/// A line of `cases.txt`.
pub struct Case {
    /// The lesson's folder.
    pub folder: &'static str,
    pub name: &'static str,
    /// The code that must be named first.
    pub code: &'static str,
}

impl Case {
    /// All that are wrong.
    pub fn wrong() -> Vec<Case> {
        Case::all().into_iter().filter(|case| case.code != "right").collect()
    }

    /// Those that are written in another way than the lesson's, and right.
    pub fn right() -> Vec<Case> {
        Case::all().into_iter().filter(|case| case.code == "right").collect()
    }

    /// All of them.
    pub fn all() -> Vec<Case> {
        let lines = include_str!("../../wrong/cases.txt").lines();
        let case = |line: &'static str| {
            let (program, code) = line.split_once(" | ").unwrap();
            let (folder, name) = program.split_once('/').unwrap();
            Case { folder, name, code }
        };
        lines.filter(|line| !line.starts_with('#')).map(case).collect()
    }

    /// The package whose place it takes.
    pub fn package(&self) -> String {
        format!("lesson-{}", self.folder)
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every program of `wrong/`, compiled.
pub fn build() -> Built {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("wrong");
    let cases = Case::all();
    build_all(&folder, cases.iter().map(|case| case.folder), Some(&folder.join("support.rs")))
}

/// The scenes of all lessons, those of this one first.
pub fn scenes_of<'a>(case: &Case, scenes: &'a [(String, Scene)]) -> Vec<&'a Scene> {
    let package = case.package();
    let its = scenes.iter().filter(|(_, scene)| scene.packages().any(|one| one == package));
    let number = |folder: &str| folder.split('-').next().map(str::to_owned);
    let (own, others): (Vec<_>, Vec<_>) =
        its.partition(|(folder, _)| number(folder) == number(case.folder));
    own.into_iter().chain(others).map(|(_, scene)| scene).collect()
}

/// The scenes of all lessons, with the folder of their script.
pub fn scenes() -> Vec<(String, Scene)> {
    let lessons = fs::read_dir(root().join("lessons")).unwrap().flatten();
    let mut scripts: Vec<PathBuf> =
        lessons.map(|one| one.path().join("script.txt")).filter(|path| path.exists()).collect();
    scripts.sort();
    let scenes = |path: &PathBuf| {
        let folder = path.parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned();
        let scenes = parse(&fs::read_to_string(path).unwrap()).unwrap().scenes;
        scenes.into_iter().map(move |scene| (folder.clone(), scene))
    };
    scripts.iter().flat_map(scenes).collect()
}

/// The lessons' own programs, built.
pub fn lessons(scenes: &[(String, Scene)]) -> BTreeMap<String, Program> {
    let packages: BTreeSet<&str> = scenes.iter().flat_map(|(_, scene)| scene.packages()).collect();
    let mut build = Command::new(env!("CARGO"));
    build.current_dir(root()).args(["build", "--quiet"]);
    for package in &packages {
        build.args(["-p", package]);
    }
    assert!(build.status().unwrap().success());
    // whatever xtask is optimised for, students' programs are not
    let folder = xtask().parent().unwrap().with_file_name("debug");
    let one = |package: &&str| ((*package).to_owned(), program(folder.join(package)));
    packages.iter().map(one).collect()
}

/// Plays a scene in virtual time.
pub fn played(scene: &Scene, programs: &BTreeMap<String, Program>) -> Played {
    with_a_kernel(None, scene, programs)
}

/// The same, with an unkind kernel and another order of the threads, if there is a seed.
pub fn with_a_kernel(
    harsh: Option<u64>,
    scene: &Scene,
    programs: &BTreeMap<String, Program>,
) -> Played {
    let performance = Performance::of_scene(scene.clone()).with(programs.clone());
    let clock = Clock::Virtual { seed: harsh.unwrap_or(0) };
    performance.traced(Some(clock)).harshly(harsh).play().unwrap()
}
