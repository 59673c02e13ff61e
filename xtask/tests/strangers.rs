//! Programs that belong to no lesson, each with a mistake that was really made, and healthy ones: the true cause is told, or
//! stands first among the candidates, and nothing false is said. `strangers/cases.txt` says which.

#![cfg(target_os = "linux")]

#[path = "support/standstill.rs"]
mod bank;
#[path = "support/strangers.rs"]
mod strangers;

use std::iter;
use std::sync::Mutex;
use std::thread;

use bank::performance::{self, Played, xtask};
use strangers::Case;

use diagnose::Certainty;
use events::{Clock, Kind};
use stage::observe::probe_tracing;

/// Why what came of it is not what had to; `None`: it is.
fn wrong(case: &Case, clock: Clock, played: &Played) -> Option<String> {
    let codes: Vec<&str> = played.explained.iter().map(|cause| cause.code.id()).collect();
    let cut = |kind: &Kind| matches!(kind, Kind::OutOfTime { .. } | Kind::TooManyEvents { .. });
    let stopped = |kind: &Kind| {
        // what only waits for clients is not stuck
        cut(kind) || matches!(kind, Kind::Stuck { .. } | Kind::Computing { .. })
    };
    let in_real_time_only = played.events.iter().any(|event| {
        matches!(event.kind, Kind::Untraceable { real_time: true, .. }) && clock != Clock::Real
    });
    if in_real_time_only {
        return None;
    }
    let is_right = match codes.first() {
        Some(first) => case.cause.contains(first),
        None => case.cause.is_empty() && !played.events.iter().any(|event| stopped(&event.kind)),
    };
    // a candidate further down the list says that it is none but perhaps
    let is_untrue = played.explained.iter().enumerate().any(|(index, cause)| {
        let is_said = index == 0 || cause.certainty == Certainty::Proved;
        is_said && case.untrue.contains(&cause.code.id())
    });
    let is_cut = played.events.iter().any(|event| cut(&event.kind));
    (!is_right || is_untrue || is_cut).then(|| {
        let said: Vec<_> = played.explained.iter().map(|cause| &cause.sentence).collect();
        let folder = case.folder;
        format!("{folder} {clock:?}: {codes:?}, cut: {is_cut}, not {:?}: {said:#?}", case.cause)
    })
}

/// The clock of `cargo xtask trace`; of the public questions and the healthy programs that of `check`, too.
fn clocks(case: &Case) -> Vec<Clock> {
    let in_both = case.folder.starts_with("case-") || case.cause.is_empty();
    let virtually = in_both.then_some(Clock::Virtual { seed: 0 });
    iter::once(Clock::Real).chain(virtually).collect()
}

/// Both clocks of a case one after the other: a file of it is at a place that the machine has only once.
#[test]
fn the_true_cause_is_told_and_the_healthy_are_left_in_peace() {
    if let Err(why) = probe_tracing(xtask()) {
        eprintln!("not tested: {why}");
        return;
    }
    let python = bank::python();
    let cases = Case::all();
    let built = strangers::build(cases.iter().map(|case| case.folder));
    let cases = Mutex::new(cases.into_iter());
    let wrongs = Mutex::new(Vec::new());
    // most of the time somebody waits
    let side_by_side = 2 * thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..side_by_side {
            scope.spawn(|| {
                loop {
                    let Some(case) = cases.lock().unwrap().next() else { break };
                    if !case.is_possible(python.as_ref()) {
                        eprintln!("not tested: {}: there is no python3", case.folder);
                        continue;
                    }
                    for clock in clocks(&case) {
                        let played = case.played(clock, &built, python.as_ref());
                        wrongs.lock().unwrap().extend(wrong(&case, clock, &played));
                    }
                }
            });
        }
    });
    let wrongs = wrongs.into_inner().unwrap();
    assert!(wrongs.is_empty(), "{}", wrongs.join("\n"));
}

/// Somebody wakes from time to time: when the time is up it is said who waits for what, and who wakes; not before, since
/// he may have something in mind for later.
#[test]
fn who_waits_beside_one_that_wakes_from_time_to_time() {
    if let Err(why) = probe_tracing(xtask()) {
        eprintln!("not tested: {why}");
        return;
    }
    let Some(python) = bank::python() else { return };
    let built = strangers::build([]);
    let play = |folder: &str| {
        let line = format!("{folder} | python3 main.py | | ");
        Case::of(&line).played(Clock::Virtual { seed: 0 }, &built, Some(&python))
    };
    let played = play("waker-join-again");
    let codes: Vec<&str> = played.explained.iter().map(|cause| cause.code.id()).collect();
    assert_eq!(codes.first(), Some(&"locks-in-opposite-order"), "{codes:?}");
    let fact = played.explained[0].fact.as_deref().unwrap();
    assert!(fact.contains("main.py:29 每 1.0 秒醒来一次"), "{fact}");
    let woken = play("waker-acts-at-last");
    assert!(woken.explained.is_empty(), "{:#?}", woken.explained);
    let is_cut = |event: &events::Event| {
        matches!(event.kind, Kind::Lull { .. } | Kind::OutOfTime { .. } | Kind::Stuck { .. })
    };
    assert!(!woken.events.iter().any(is_cut));
}
