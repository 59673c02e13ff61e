//! Plays scenes with the example `standstill`, traced in virtual time.

#![allow(dead_code, reason = "not every test program asks for everything")]

pub mod performance;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use performance::{Performance, example, program, xtask};

use events::Clock;
use stage::Program;
use stage::observe::probe_tracing;

pub use performance::Played;

/// `lesson-x` is the example, `lesson-py` is Python, if there is one; `None`: this system lets nobody trace.
static PROGRAMS: LazyLock<Option<BTreeMap<String, Program>>> = LazyLock::new(|| {
    if let Err(why) = probe_tracing(xtask()) {
        eprintln!("not tested: {why}");
        return None;
    }
    let mut programs = BTreeMap::from([("lesson-x".to_owned(), program(example("standstill")))]);
    match python() {
        Some(path) => {
            programs.insert("lesson-py".to_owned(), program(path));
        }
        None => eprintln!("not tested with Python: there is no python3"),
    }
    Some(programs)
});

/// The interpreter itself: what is called `python3` may be a script that looks for it.
pub fn python() -> Option<PathBuf> {
    let output = Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output();
    let output = output.ok().filter(|output| output.status.success())?;
    Some(PathBuf::from(String::from_utf8(output.stdout).ok()?.trim()))
}

/// Plays `script` (without its heading); `None`: not here.
pub fn played(script: &str, seed: u64) -> Option<Played> {
    let programs = PROGRAMS.clone()?;
    if script.contains("$ lesson-py") && !programs.contains_key("lesson-py") {
        return None;
    }
    let mut performance = Performance::of(script).with(programs);
    if script.contains("lesson-py") {
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/standstill");
        for entry in fs::read_dir(examples).unwrap().flatten() {
            if entry.path().extension().is_some_and(|end| end == "py") {
                performance = performance.with_copy_of(&entry.path());
            }
        }
    }
    let played = performance.traced(Some(Clock::Virtual { seed })).play().unwrap();
    assert_eq!(played.verdict.unchecked, []);
    Some(played)
}

/// Where a file is that a program calls so: one of Python is played from a copy.
pub fn source(file: &str) -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    match file.ends_with(".py") {
        true => package.join("examples/standstill").join(file),
        false => package.join("..").join(file),
    }
}

/// A script with two programs on 127.0.0.1:8888.
pub fn pair(server: &str, client: &str) -> String {
    format!("服务器端 $ {server}\n服务器端 监听 127.0.0.1:8888\n客户端 $ {client}\n客户端 结束\n")
}
