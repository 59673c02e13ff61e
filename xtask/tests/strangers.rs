//! Programs that belong to no lesson, each with the mistake of a public question: the true cause is told, or stands first
//! among the candidates, and nothing false is said. `strangers/cases.txt` says which.

#![cfg(target_os = "linux")]

#[path = "support/standstill.rs"]
mod bank;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use bank::performance::{Performance, program, xtask};

use course::script::Scene;
use events::{Clock, Kind};
use stage::Program;
use stage::observe::probe_tracing;

/// What stands in a line of `cases.txt`.
struct Case<'a> {
    folder: &'a str,
    /// Programs with their arguments, one after the other.
    commands: Vec<Vec<&'a str>>,
    /// The causes of which one must be told first.
    cause: Vec<&'a str>,
    /// Causes that must not be told at all.
    untrue: Vec<&'a str>,
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

impl Case<'_> {
    fn of(line: &str) -> Case<'_> {
        let [folder, commands, cause, untrue] =
            line.split('|').map(str::trim).collect::<Vec<_>>().try_into().unwrap();
        let commands = commands.split(',').map(words).collect();
        Case { folder, commands, cause: words(cause), untrue: words(untrue) }
    }
}

/// So long may a case take until it is cut: only a hang that is not recognised does.
const LIMIT: Duration = Duration::from_secs(300);
const VIRTUAL: Clock = Clock::Virtual { seed: 0 };

/// Compiles the Rust programs of a case, without frame pointers and with lines, as a student would.
fn compiled(folder: &Path, built: &Path) -> BTreeMap<String, PathBuf> {
    let mut programs = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|end| end == "rs") {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let binary = built.join(&name);
            let status =
                Command::new("rustc").args(["-g", "-o"]).arg(&binary).arg(&path).status().unwrap();
            assert!(status.success(), "{}", path.display());
            programs.insert(name, binary);
        }
    }
    programs
}

/// Plays a case; what it tells, as far as it can be played here.
fn told(case: &Case, clock: Clock) -> Option<bank::Played> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("strangers").join(case.folder);
    let built = tempfile::tempdir().unwrap();
    let binaries = compiled(&folder, built.path());
    let mut programs: BTreeMap<String, Program> = BTreeMap::new();
    let mut started = Vec::new();
    for (index, command) in case.commands.iter().enumerate() {
        let (first, args) = command.split_first().unwrap();
        let path = match *first {
            "python3" => bank::python()?,
            name => binaries[name].clone(),
        };
        let name = format!("{index}-{}", args.first().unwrap_or(first));
        programs.insert(name.clone(), program(path));
        started.push((name, args.iter().map(|arg| (*arg).to_owned()).collect()));
    }
    let scene = Scene::of_programs(case.folder, &started, None, LIMIT);
    let performance = Performance::of_scene(scene).with(programs).in_folder(&folder);
    Some(performance.traced(Some(clock)).play().unwrap())
}

fn try_all(clock: Clock) {
    if let Err(why) = probe_tracing(xtask()) {
        eprintln!("not tested: {why}");
        return;
    }
    let list = include_str!("../strangers/cases.txt");
    let lines = list.lines().filter(|line| !line.starts_with('#'));
    let mut wrong = Vec::new();
    for case in lines.map(Case::of) {
        // in virtual time its threads have not even begun when main ends: then it is not told
        if clock != Clock::Real && case.cause == ["threads-left-behind"] {
            continue;
        }
        let Some(played) = told(&case, clock) else { continue };
        let codes: Vec<&str> = played.explained.iter().map(|cause| cause.code.id()).collect();
        let cut = played.events.iter().any(|event| matches!(event.kind, Kind::OutOfTime { .. }));
        let found = codes.first().is_some_and(|first| case.cause.contains(first));
        let untrue = case.untrue.iter().any(|code| {
            // a candidate further down the list says that it is none but perhaps
            codes.first() == Some(code)
        });
        if cut
            || !found && !case.cause.is_empty()
            || !codes.is_empty() && case.cause.is_empty()
            || untrue
        {
            wrong.push(format!("{}: {codes:?}, cut: {cut}, wanted {:?}", case.folder, case.cause));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_true_cause_is_told_in_real_time() {
    try_all(Clock::Real);
}

#[test]
fn the_true_cause_is_told_in_virtual_time() {
    try_all(VIRTUAL);
}

/// Somebody wakes from time to time: when the time is up it is said who waits for what, and who wakes; not before, since
/// he may have something in mind for later.
#[test]
fn who_waits_beside_one_that_wakes_from_time_to_time() {
    if let Err(why) = probe_tracing(xtask()) {
        eprintln!("not tested: {why}");
        return;
    }
    let play = |folder| told(&Case::of(&format!("{folder} | python3 main.py | | ")), VIRTUAL);
    let Some(played) = play("61-join-again") else { return };
    let codes: Vec<&str> = played.explained.iter().map(|cause| cause.code.id()).collect();
    assert_eq!(codes.first(), Some(&"locks-in-opposite-order"), "{codes:?}");
    let fact = played.explained[0].fact.as_deref().unwrap();
    assert!(fact.contains("main.py:29 每 1.0 秒醒来一次"), "{fact}");
    let woken = play("62-wakes-at-last").unwrap();
    assert!(woken.explained.is_empty(), "{:#?}", woken.explained);
    let is_cut = |event: &events::Event| {
        matches!(event.kind, Kind::Lull { .. } | Kind::OutOfTime { .. } | Kind::Stuck { .. })
    };
    assert!(!woken.events.iter().any(is_cut));
}
