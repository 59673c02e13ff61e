//! Traced programs that come to no end: each is recognised, explained as a teacher would, with the lines where it waits.
//! How long that takes: `cargo bench -p xtask --bench standstills`.

#![cfg(target_os = "linux")]

#[path = "support/standstill.rs"]
mod bank;
#[path = "support/cases.rs"]
mod cases;

use std::path::Path;

use cases::{Case, LOCKS, PROCESSES, PYTHON, SOCKETS, THREADS};

/// Recognised and explained; and every thread waits in a line that says so.
fn explained_with_lines(case: &Case) {
    let Some(played) = case.explained() else { return };
    for waiter in played.cause.unwrap().waiters() {
        let place = waiter.place.as_ref().unwrap_or_else(|| panic!("{waiter:#?}"));
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let text = std::fs::read_to_string(root.join(&place.file)).unwrap();
        // of a call that goes over several lines the first one, which rustfmt leaves no remark
        let lines: Vec<&str> = text.lines().skip(place.line as usize - 1).take(2).collect();
        let says_so = lines[0].ends_with("// waits") || lines[1].trim() == "// waits";
        assert!(says_so, "{lines:#?}\n{waiter:#?}");
    }
}

#[test]
fn programs_that_talk_to_each_other() {
    SOCKETS.iter().for_each(explained_with_lines);
}

#[test]
fn parents_children_and_files() {
    PROCESSES.iter().for_each(explained_with_lines);
}

#[test]
fn locks_that_are_not_given_back() {
    LOCKS.iter().for_each(explained_with_lines);
}

#[test]
fn threads_that_nobody_wakes() {
    THREADS.iter().for_each(explained_with_lines);
}

/// Where a Python program waits is not known: nothing false is said about it.
#[test]
fn python_programs() {
    for case in PYTHON {
        let Some(played) = case.explained() else { return };
        let cause = played.cause.unwrap();
        assert!(cause.waiters().all(|waiter| waiter.place.is_none()), "{cause:#?}");
    }
}
