//! Who computes, or asks again and again, without an end is recognised in both kinds of time; whoever only looks like it
//! is not.

#![cfg(target_os = "linux")]

mod support;

use events::{Activity, Call, CallResult, Clock, Exit};
use support::{VIRTUAL, act};

const CLOCKS: [Clock; 2] = [Clock::Real, VIRTUAL];

/// It is recognised; `repeats`: with this call.
fn recognised(name: &str, repeats: Option<&str>) {
    for clock in CLOCKS {
        let told = act(clock, &[name]);
        assert!(told.computing, "{name} {clock:?} {told:#?}");
        assert_eq!(told.repeats.as_deref(), repeats, "{name} {clock:?}");
    }
}

/// It comes to its end, and prints this.
fn healthy(name: &str, printed: &str) {
    for clock in CLOCKS {
        let told = act(clock, &[name]);
        assert!(!told.computing && told.stuck.is_none(), "{name} {clock:?}");
        assert_eq!((told.ended, &*told.text()), (Some(Exit::Code(0)), printed), "{clock:?}");
    }
}

#[test]
fn a_child_that_was_not_waited_for_and_one_that_is() {
    recognised("asks-for-a-zombie", Some("kill"));
    healthy("asks-and-waits", "true\n");
}

#[test]
fn a_computation_without_an_end_and_one_with_an_end() {
    recognised("computes", None);
    healthy("computes-for-a-second", "done\n");
}

/// That it looks at a clock between two questions, which is no system call, is seen.
#[test]
fn reading_without_waiting_for_ever_and_until_some_time() {
    recognised("tries-to-read", Some("recv"));
    healthy("tries-to-read-for-a-while", "gave up\n");
}

#[test]
fn a_worker_that_gives_way_after_each_piece_of_its_work() {
    healthy("gives-way-after-each-piece", "true\n");
}

/// It gives nothing away: only its answer is told.
#[test]
fn signal_0_is_told_with_its_answer() {
    for clock in CLOCKS {
        let told = act(clock, &["asks-and-waits"]);
        let asks = |call: &Call| matches!(call, Call::Kill { signal: 0, .. });
        let begins = |event: &&events::TraceEvent| matches!(&event.activity, Activity::Enter(call) if asks(call));
        assert_eq!(told.events.iter().find(begins), None);
        let answers = told.events.iter().filter(|event| match &event.activity {
            Activity::Leave { call, outcome } => asks(call) && *outcome == CallResult::Done(0),
            _ => false,
        });
        assert!(answers.count() > 10, "{clock:?}");
    }
}
