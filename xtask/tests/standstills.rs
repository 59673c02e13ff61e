//! Traced programs that come to no end: each is recognised, explained as a teacher would, with the lines where it waits.
//! How long that takes: `cargo bench -p xtask --bench standstills`.

#![cfg(target_os = "linux")]

#[path = "support/standstill.rs"]
mod bank;
#[path = "support/cases.rs"]
mod cases;

use bank::{Played, pair, played};
use cases::{Case, LOCKS, PROCESSES, PYTHON, SOCKETS, TALKS, THREADS};

use diagnose::Certainty;

use events::Kind;

/// Recognised and explained; and every thread waits in a line that says so.
fn explained_with_lines(case: &Case) {
    if let Some(played) = case.explained() {
        waits_in_lines(&played);
    }
}

/// Every thread waits in a line that says so.
fn waits_in_lines(played: &Played) {
    for waiter in played.causes[0].waiters() {
        let place = waiter.place.as_ref().unwrap_or_else(|| panic!("{waiter:#?}"));
        let text = std::fs::read_to_string(bank::source(&place.file)).unwrap();
        // of a call that goes over several lines the first one, which rustfmt leaves no remark
        let lines: Vec<&str> = text.lines().skip(place.line as usize - 1).take(2).collect();
        let says_so = lines[0].ends_with(" waits") || lines[1].trim() == "// waits";
        assert!(says_so, "{lines:#?}\n{waiter:#?}");
    }
}

#[test]
fn programs_that_talk_to_each_other() {
    SOCKETS.iter().for_each(explained_with_lines);
}

/// What is certain is said as a fact; the half-close is, only where somebody reads to the end.
#[test]
fn programs_that_misunderstand_each_other() {
    for (server, client, proved, sentence) in TALKS {
        let case = Case::Two(server, client, sentence);
        let Some(played) = case.explained() else { return };
        let first = &played.causes[0];
        assert_eq!(first.certainty == Certainty::Proved, *proved, "{server} {client} {first:#?}");
        assert!(!proved || played.causes.len() == 1, "{server} {client} {:#?}", played.causes);
        waits_in_lines(&played);
    }
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

#[test]
fn python_programs() {
    PYTHON.iter().for_each(explained_with_lines);
}

/// Every thread of every process of a Python program has the line that it waits in, whatever is said of it.
#[test]
fn every_python_thread_has_its_line() {
    for script in [
        "主 $ lesson-py bank.py locks-in-a-thread\n",
        "主 $ lesson-py bank.py receives-an-object\n",
        "主 $ lesson-py bank.py waits-for-a-program\n",
        &pair("lesson-py bank.py reads-a-line", "lesson-py bank.py sends-no-line"),
    ] {
        let Some(Played { events, .. }) = played(script, 0) else { return };
        let stuck = events.iter().find_map(|event| match &event.kind {
            Kind::Stuck { waiting, .. } => Some(waiting),
            _ => None,
        });
        let waiting = stuck.unwrap_or_else(|| panic!("{script}\n{events:#?}"));
        assert_eq!(waiting.len(), 2, "{waiting:#?}");
        for waiting in waiting {
            let frame = waiting.frames.iter().find(|frame| frame.own);
            let frame = frame.unwrap_or_else(|| panic!("{waiting:#?}"));
            let source = frame.source.as_ref().unwrap_or_else(|| panic!("{waiting:#?}"));
            let line = source.lines.get((frame.line.unwrap() - source.first) as usize);
            assert!(line.is_some_and(|line| line.ends_with("# waits")), "{waiting:#?}");
            assert_eq!(waiting.place.as_ref().map(|place| place.line), frame.line);
        }
    }
}
