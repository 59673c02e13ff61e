//! The programs of `wrong/`: each stands in for a lesson's program in that lesson's own scenes.

#![allow(dead_code, reason = "not every test program asks for everything")]

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;

use serde_json::Value;

use super::bank::performance::{OWN_NETWORK, Performance, Played, program, xtask};
use super::strangers::{Built, PLAIN, build_all};

use course::script::{Scene, parse};
use events::Clock;
use stage::Program;
use stage::observe::probe_tracing;

/// A line of `cases.txt`.
pub struct Case {
    /// The lesson's folder.
    pub folder: &'static str,
    pub name: &'static str,
    /// The code that must be named first.
    pub code: &'static str,
}

impl Case {
    /// All that are wrong; with `WRONG=TEXT` those whose lines in `cases.txt` have this text.
    pub fn wrong() -> Vec<Case> {
        let text = std::env::var("WRONG").unwrap_or_default();
        let is_wanted = |case: &Case| {
            let line = format!("{}/{} | {}", case.folder, case.name, case.code);
            case.code != "right" && line.contains(&text)
        };
        Case::all().into_iter().filter(is_wanted).collect()
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
    build_all(
        &folder,
        cases.iter().map(|case| case.folder),
        Some(&folder.join("support.rs")),
        &PLAIN,
    )
}

/// The scenes of all lessons in which this package is played, those of its own lesson first.
pub fn scenes_of<'a>(package: &str, scenes: &'a [(String, Scene)]) -> Vec<&'a Scene> {
    let its = scenes.iter().filter(|(_, scene)| scene.packages().any(|one| one == package));
    let number = |folder: &str| folder.split('-').next().map(str::to_owned);
    let own = number(package.trim_start_matches("lesson-"));
    let (own, others): (Vec<_>, Vec<_>) = its.partition(|(folder, _)| number(folder) == own);
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
    let packages = packages(scenes);
    assert!(build_lessons(&packages).status().unwrap().success());
    // whatever xtask is optimised for, students' programs are not
    let folder = xtask().parent().unwrap().with_file_name("debug");
    let one = |package: &&str| ((*package).to_owned(), program(folder.join(package)));
    packages.iter().map(one).collect()
}

fn packages(scenes: &[(String, Scene)]) -> BTreeSet<&str> {
    scenes.iter().flat_map(|(_, scene)| scene.packages()).collect()
}

fn build_lessons(packages: &BTreeSet<&str>) -> Command {
    let mut build = Command::new(env!("CARGO"));
    build.current_dir(root()).args(["build", "--quiet"]);
    for package in packages {
        build.args(["-p", package]);
    }
    build
}

/// What rustc has to be told so that a program may use the crates of the lessons; they are built.
pub fn with_crates(scenes: &[(String, Scene)]) -> Vec<OsString> {
    let mut build = build_lessons(&packages(scenes));
    let output = build.arg("--message-format=json").stderr(Stdio::inherit()).output().unwrap();
    assert!(output.status.success());
    let mut libraries: BTreeMap<String, PathBuf> = BTreeMap::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let message: Value = serde_json::from_str(line).unwrap();
        let files = message["filenames"].as_array().into_iter().flatten();
        let mut files = files.filter_map(Value::as_str).filter(|file| file.ends_with(".rlib"));
        if let (Some(name), Some(file)) = (message["target"]["name"].as_str(), files.next()) {
            libraries.insert(name.replace('-', "_"), PathBuf::from(file));
        }
    }
    let mut args = vec![OsString::from("--edition"), "2024".into()];
    let folders: BTreeSet<&Path> = libraries.values().filter_map(|file| file.parent()).collect();
    for folder in folders {
        let deps = folder.join("deps");
        for folder in [folder, &deps] {
            args.extend([OsString::from("-L"), format!("dependency={}", folder.display()).into()]);
        }
    }
    let used = ["anyhow", "crossbeam", "encoding_rs", "indicatif", "nix", "parking_lot", "shared"];
    for name in used {
        let library = format!("{name}={}", libraries[name].display());
        args.extend([OsString::from("--extern"), library.into()]);
    }
    args
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
    // only the programs' clock ends a scene, however busy the machine is
    let performance = performance.on_a_machine_that_is_busy(100.0);
    performance.traced(Some(clock)).harshly(harsh).play().unwrap()
}

/// Scenes can be traced here, each in a network of its own.
pub fn is_possible() -> bool {
    let traced = probe_tracing(xtask());
    if let Err(why) = &traced {
        eprintln!("not tested: {why}");
    } else if !*OWN_NETWORK {
        eprintln!("not tested: the scenes have no network of their own");
    }
    traced.is_ok() && *OWN_NETWORK
}

/// Does it for each, as many at a time as there are processors.
pub fn each<T: Send>(all: Vec<T>, work: impl Fn(T) -> Option<String> + Sync) -> Vec<String> {
    let (all, wrongs) = (Mutex::new(all.into_iter()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let Some(one) = all.lock().unwrap().next() else { break };
                    wrongs.lock().unwrap().extend(work(one));
                }
            });
        }
    });
    wrongs.into_inner().unwrap()
}

/// The first scene that fails with this program in the place of `package`, its own lesson's scenes first.
pub fn failed(
    package: &str,
    instead: PathBuf,
    scenes: &[(String, Scene)],
    lessons: &BTreeMap<String, Program>,
) -> Option<(Played, String)> {
    let mut programs = lessons.clone();
    programs.insert(package.to_owned(), program(instead));
    scenes_of(package, scenes).into_iter().find_map(|scene| {
        let played = played(scene, &programs);
        (!played.verdict.passed()).then(|| (played, scene.title.clone()))
    })
}

/// What was said, and what failed.
pub fn report(played: &Played) -> String {
    let said: Vec<String> = played
        .causes
        .iter()
        .map(|cause| format!("{} {:?} {}", cause.code.id(), cause.certainty, cause.sentence))
        .collect();
    let failures: Vec<String> = played
        .verdict
        .failures
        .iter()
        .map(|failure| {
            format!(
                "{:?} {:?} {:?} {:?} {}",
                failure.rule, failure.subject, failure.expected, failure.got, failure.detail
            )
        })
        .collect();
    format!("{said:#?} {failures:#?}")
}
