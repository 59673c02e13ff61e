//! What a program does traced is what it does alone.

#![cfg(target_os = "linux")]

mod support;

use std::process::{Command, Stdio};

use events::{Clock, Exit, On};
use support::{ACTS, VIRTUAL, act, assert_costs_nothing, assert_same_but_late};

/// In real time and in virtual time, in several orders.
const CLOCKS: [Clock; 3] = [Clock::Real, VIRTUAL, Clock::Virtual { seed: 1 }];

/// It ends well, and prints what it prints alone. Without us, and in real time, it may be late: how long it takes at least is
/// what it takes in virtual time, in which nothing is late.
fn compare(args: &[&str]) {
    let alone = Command::new(&*ACTS).args(args).stdin(Stdio::null()).output().unwrap();
    assert!(alone.status.success(), "{args:?} {alone:?}");
    let exact = act(VIRTUAL, args).text();
    assert_same_but_late(&String::from_utf8_lossy(&alone.stdout), &exact);
    for clock in CLOCKS {
        let told = act(clock, args);
        assert_eq!(told.ended, Some(Exit::Code(0)), "{args:?} {clock:?} {:#?}", told.stuck);
        match clock {
            Clock::Real => assert_same_but_late(&told.text(), &exact),
            _ => assert_eq!(told.text(), exact, "{args:?} {clock:?}"),
        }
        assert_eq!((&told.stuck, told.computing, told.refused), (&None, false, None), "{args:?}");
        assert_eq!(told.unattributed, 0, "{args:?} {clock:?}");
    }
}

#[test]
fn pieces_that_the_kernel_holds_back_arrive_and_nobody_is_called_stuck() {
    compare(&["small-pieces"]);
}

#[test]
fn what_goes_from_a_socket_into_a_pipe_without_passing_through_the_program_arrives() {
    compare(&["copy-from-socket"]);
    compare(&["splice-limits"]);
    for clock in [Clock::Real, VIRTUAL] {
        let stuck = act(clock, &["splice-stuck"]).stuck.unwrap_or_default();
        let on = stuck.first().map(|waiting| &waiting.on);
        assert!(matches!(on, Some(On::Peer { .. })), "{clock:?} {stuck:#?}");
    }
}

#[test]
fn signals_reach_whom_they_reach_alone_and_at_the_same_moment() {
    compare(&["odd-targets"]);
}

#[test]
fn output_that_is_in_no_memory_of_the_program_is_told() {
    compare(&["unseen-output"]);
}

#[test]
fn waits_of_rarer_kinds_end_at_their_time() {
    compare(&["rarer-limits"]);
    compare(&["ticks"]);
    let hours = act(VIRTUAL, &["rarer-limits", "3600"]);
    assert_eq!(hours.text(), act(VIRTUAL, &["rarer-limits"]).text());
    assert_costs_nothing(&hours, 5 * 3600);
}

#[test]
fn signals_that_do_nothing_cut_nothing_short() {
    compare(&["ignored-signals"]);
}
