//! The limit of a scene on the clock that is made for its programs is exact, however busy the machine is; only the time on
//! the wall is stretched.

#![cfg(target_os = "linux")]

#[path = "support/executable.rs"]
mod executable;
#[path = "support/performance.rs"]
mod performance;

use std::collections::BTreeMap;

use events::{Clock, Kind};
use executable::executable;
use judge::Rule;
use performance::{Performance, Played, program, xtask};
use stage::observe::probe_tracing;

/// A program that sleeps so long, in a scene that may take three seconds, on a machine that is a thousand times too busy.
fn sleeps(seconds: f64, trace: Option<Clock>) -> Played {
    let bin = tempfile::tempdir().unwrap();
    let path = bin.path().join("sleeps");
    executable(&path, format!("#!/bin/sh\nexec sleep {seconds}\n").as_bytes(), 0o755);
    Performance::of("限时 3 秒\n主 $ lesson-x\n")
        .with(BTreeMap::from([("lesson-x".to_owned(), program(path))]))
        .traced(trace)
        .on_a_machine_that_is_busy(1000.0)
        .play()
        .unwrap()
}

#[test]
fn a_clock_that_is_made_is_never_stretched() {
    if let Err(why) = probe_tracing(xtask()) {
        return eprintln!("not tested: {why}");
    }
    let made = Some(Clock::Virtual { seed: 0 });
    assert_eq!(sleeps(2.9, made).rules(), []);
    let late = sleeps(3.1, made);
    assert_eq!(late.rules(), [Rule::Time]);
    let detail = &late.failure(Rule::Time).detail;
    assert!(detail.starts_with("3 秒内没有结束："), "{detail}");
    let of_theirs =
        |kind: &Kind| matches!(kind, Kind::OutOfTime { waited: None, direction: None, .. });
    assert!(late.events.iter().any(|event| of_theirs(&event.kind)), "{:?}", late.events);
}

#[test]
fn the_clock_on_the_wall_is_stretched_on_a_busy_machine() {
    assert_eq!(sleeps(3.1, None).rules(), []);
    assert_eq!(sleeps(3.1, Some(Clock::Real)).rules(), []);
}
