//! From which line each call is made: told where that was asked for, also behind an exec and in a thread.

#![cfg(target_os = "linux")]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use events::{Activity, TraceEvent};
use support::{VIRTUAL, follow, follow_with};
use tracer::Tracer;

const SOURCE: &str = include_str!("places/calls.rs");

fn program(folder: &Path) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/places/calls.rs");
    let program = folder.join(format!("calls-{}", std::process::id()));
    let mut rustc = Command::new("rustc");
    rustc.args(["--edition", "2024", "-g", "-o"]).arg(&program).arg(source);
    let built = rustc.env_remove("RUSTFLAGS").output().unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    program
}

/// The lines that make this call, in order, each only once in a row.
fn lines_of(events: &[TraceEvent], name: &str) -> Vec<Option<u32>> {
    let entered = events.iter().filter(|event| match &event.activity {
        Activity::Enter(call) | Activity::Leave { call, .. } => call.name() == name,
        _ => false,
    });
    let mut lines: Vec<_> =
        entered.map(|event| event.place.as_ref().map(|place| place.line)).collect();
    lines.dedup();
    lines
}

fn here(mark: &str) -> Option<u32> {
    let mark = format!("HERE {mark}");
    SOURCE.lines().position(|line| line.ends_with(&mark)).map(|at| at as u32 + 1)
}

#[test]
fn every_call_has_the_line_of_the_program_that_makes_it() {
    let program = program(Path::new(env!("CARGO_TARGET_TMPDIR")));
    let told = follow_with(VIRTUAL, Command::new(&program), None, Tracer::tell_places);
    assert!(told.ended.is_some(), "{told:#?}");
    for name in ["listen", "connect", "accept"] {
        // once itself, once in the program that it starts: that one has its own addresses
        assert_eq!(lines_of(&told.events, name), [here(name)], "{name}");
    }
    assert_eq!(lines_of(&told.events, "recv"), [here("recv")]);
    assert_eq!(lines_of(&told.events, "send"), [here("send"), here("thread"), here("send")]);
    let names_this_file = |event: &TraceEvent| {
        event.place.as_ref().is_none_or(|place| place.file.ends_with("calls.rs"))
    };
    assert!(told.events.iter().all(names_this_file));
    // unless it is asked for, nobody pays for it
    let told = follow(VIRTUAL, Command::new(&program), None);
    assert!(told.events.iter().all(|event| event.place.is_none()));
    std::fs::remove_file(program).unwrap();
}
