//! Sleeping and waiting with a limit: in virtual time it costs nothing, and comes out as exactly as it should.

#![cfg(target_os = "linux")]

mod story;
mod support;

use std::os::unix::process::ExitStatusExt;
use std::process::Command;
use std::time::Duration;

use events::{Activity, Call, Clock, Exit};
use story::story;
use support::{ACTS, Told, VIRTUAL, act, assert_costs_nothing, assert_same_but_late};

/// It ends well, and prints this; in real time the times in it (words like `@15`) may be later.
fn check(clock: Clock, args: &[&str], expected: &str) -> Told {
    let told = act(clock, args);
    assert_eq!(told.ended, Some(Exit::Code(0)), "{args:?} {told:#?}");
    match clock {
        Clock::Real => assert_same_but_late(&told.text(), expected),
        Clock::Virtual { .. } => assert_eq!(told.text(), expected, "{args:?}"),
    }
    assert_eq!((&told.stuck, told.computing, told.refused), (&None, false, None), "{args:?}");
    assert_eq!(told.unattributed, 0);
    told
}

const LIMITS: &str =
    "Err(Timeout) @5\nOk(7) @7\ntrue @22\nparked @30\nSome(2s)\nWouldBlock @50\n1 @50\n";
const DATAGRAMS: &str = "WouldBlock @10\n1 @15\n";
const INHERITED: &str = "WouldBlock @10\nWouldBlock @20\n";
const INTERRUPTED_SLEEP: &str = "-1 slept @20 of @50 caught 1\n@10\n";

#[test]
fn two_sleepers_do_the_same_every_time_and_nobody_waits() {
    let first = act(VIRTUAL, &["two-sleepers"]);
    let rounds: String = (0..19).map(|round| format!("a {round}\nb {round}\n")).collect();
    assert_eq!(first.text(), rounds);
    assert_eq!(first.virtual_time.as_millis(), 1900);
    for _ in 0..5 {
        assert_eq!(story(&act(VIRTUAL, &["two-sleepers"]).events), story(&first.events));
    }
}

#[test]
fn lines_that_are_written_in_pieces_stay_whole_as_nearly_always_alone() {
    for seed in 0..4 {
        let told = act(Clock::Virtual { seed }, &["lines-in-pieces"]);
        assert_eq!(told.ended, Some(Exit::Code(0)), "{told:#?}");
        let text = told.text();
        let is_whole = |line: &str| ["line a", "line b", "line c"].contains(&line);
        assert!(text.lines().all(is_whole), "seed {seed}: {text}");
        assert_eq!(text.lines().count(), 90);
    }
}

#[test]
fn who_waits_for_the_lock_of_a_part_of_a_file_is_told_to_wait() {
    let told = check(VIRTUAL, &["record-lock"], "has it\n");
    let is_lock = |call: &Call| matches!(call, Call::LockFile { record: true, .. });
    let begun = told.events.iter().rev().find_map(|event| match &event.activity {
        Activity::Enter(call) if is_lock(call) => Some(event.at),
        _ => None,
    });
    let over = told.events.iter().rev().find_map(|event| match &event.activity {
        Activity::Leave { call, .. } if is_lock(call) => Some(event.at),
        _ => None,
    });
    assert!(over.unwrap() - begun.unwrap() >= Duration::from_millis(30), "{told:#?}");
}

#[test]
fn a_seed_gives_one_order_and_other_seeds_give_others() {
    let order = |seed| act(Clock::Virtual { seed }, &["ties"]).text();
    assert_eq!(order(0), "0\n1\n2\n3\n4\n5\n");
    let mut orders: Vec<String> = (1..6).map(order).collect();
    assert_eq!(orders, (1..6).map(order).collect::<Vec<_>>(), "the same seeds");
    orders.sort();
    orders.dedup();
    assert!(orders.len() > 1, "{orders:?}");
}

#[test]
fn a_child_has_printed_five_lines_when_it_is_ended_whatever_the_seed() {
    for seed in 0..5 {
        check(Clock::Virtual { seed }, &["five-lines"], "line\nline\nline\nline\nline\ntrue\n");
    }
}

#[test]
fn waits_with_a_limit_end_at_their_time() {
    check(VIRTUAL, &["limits"], LIMITS);
    let poll =
        "poll 0 3\npoll 1 10\nselect 0 13 left 0\nselect 1 20 left 43\nepoll 0 23\nepoll 1 30\n";
    check(VIRTUAL, &["unix-poll"], poll);
    check(VIRTUAL, &["datagrams"], DATAGRAMS);
    check(VIRTUAL, &["inherited-timeout"], INHERITED);
}

#[test]
fn real_time_gives_the_same() {
    check(Clock::Real, &["limits"], LIMITS);
    check(Clock::Real, &["datagrams"], DATAGRAMS);
    check(Clock::Real, &["inherited-timeout"], INHERITED);
    check(Clock::Real, &["interrupted-waits"], INTERRUPTED);
    check(Clock::Real, &["interrupted-sleep"], INTERRUPTED_SLEEP);
    check(Clock::Real, &["stopped-sleeper"], STOPPED);
}

#[test]
fn time_limits_that_are_none_are_refused_by_the_kernel() {
    for clock in [Clock::Real, VIRTUAL] {
        check(clock, &["invalid"], "-1 Some(22)\n-1 Some(22)\n-1 Some(22)\ntrue\n");
    }
}

#[test]
fn loops_that_wait_without_sleeping_end() {
    check(VIRTUAL, &["loop-until"], "over\n");
    check(VIRTUAL, &["loop-clock-and-flag"], "true\n");
    check(VIRTUAL, &["busy-flag"], "stopped\n");
    check(VIRTUAL, &["yield-flag"], "stopped\n");
    check(VIRTUAL, &["try-wait"], "ended\n");
    check(VIRTUAL, &["nonblocking"], "read\n");
}

const INTERRUPTED: &str = "futex -1 Some(4) @5\npoll -1 Some(4) @10\nrecv Some(4) @15\n";
const STOPPED: &str = "true\nchild @30\nparent @30\ntrue\nchild @60\nparent @60\n";

#[test]
fn signals_cut_short_what_they_cut_short_in_real_time() {
    check(VIRTUAL, &["interrupted-sleep"], INTERRUPTED_SLEEP);
    let hours = check(VIRTUAL, &["interrupted-sleep", "3600"], INTERRUPTED_SLEEP);
    assert_costs_nothing(&hours, 3 * 3600);
    check(VIRTUAL, &["interrupted-waits"], INTERRUPTED);
    check(VIRTUAL, &["restarted-read"], "1 caught 1\n");
    check(VIRTUAL, &["stopped-sleeper"], STOPPED);
    check(VIRTUAL, &["killed-sleeper"], "true 10\n");
}

/// How an act ends without us, by which signal, and what it prints.
fn alone(args: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(&*ACTS).args(args).output().unwrap();
    (output.status.signal(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn a_program_begins_with_the_signals_blocked_that_are_blocked_when_it_is_alone() {
    let args = ["blocked-signals"];
    let (_, expected) = alone(&args);
    assert!(expected.contains("SigBlk"));
    for clock in [VIRTUAL, Clock::Real] {
        check(clock, &args, &expected);
    }
}

#[test]
fn a_signal_that_is_waited_for_without_being_blocked_kills_as_it_does_alone() {
    for (args, signal) in [(&["sigwait"][..], Some(15)), (&["sigwait", "blocked"], None)] {
        let (ended, text) = alone(args);
        assert_eq!(ended, signal, "{args:?}");
        for clock in [VIRTUAL, Clock::Real] {
            let told = act(clock, args);
            assert_eq!(told.text(), text, "{args:?} {clock:?}");
            let ended = signal.map_or(Exit::Code(0), Exit::Signal);
            assert_eq!(told.ended, Some(ended), "{args:?} {clock:?}");
        }
    }
}

#[test]
fn threads_and_processes_begin_and_end_as_they_do_alone() {
    check(VIRTUAL, &["command"], "true\n");
    assert_costs_nothing(&check(VIRTUAL, &["command", "7200000"], "true\n"), 2 * 3600);
    let rounds: String = (0..19).map(|round| format!("a {round}\nb {round}\n")).collect();
    check(VIRTUAL, &["exec"], &rounds);
    check(VIRTUAL, &["exec-by-thread"], "hello\n");
    check(VIRTUAL, &["leader-goes-first"], "thread 5\n");
    let told = act(VIRTUAL, &["exit-with-sleeper"]);
    assert_eq!((told.text().as_str(), told.ended), ("exit\n", Some(Exit::Code(7))));
    let told = act(VIRTUAL, &["orphan"]);
    assert_eq!(told.text(), "parent\norphan\n");
    check(VIRTUAL, &["sleeping-threads", "100"], "100\n");
}

/// Whoever polls so comes to his time limit.
#[test]
fn the_shortest_sleeps_take_time() {
    check(VIRTUAL, &["short-sleeps"], "@2\n");
}

#[test]
fn whoever_forks_and_is_killed_meanwhile_is_followed_to_the_end() {
    for clock in [VIRTUAL, Clock::Virtual { seed: 3 }, Clock::Real] {
        check(clock, &["fork-storm"], "true\n");
    }
}

#[test]
fn who_waits_for_ever_is_named() {
    for clock in [VIRTUAL, Clock::Real] {
        let told = act(clock, &["stuck-locks"]);
        assert_eq!(told.stuck.map(|waiting| waiting.len()), Some(2), "{clock:?}");
        let told = act(clock, &["stuck-pipe"]);
        assert_eq!(told.stuck.map(|waiting| waiting.len()), Some(1), "{clock:?}");
    }
}
