//! What a program does traced is what it does alone.

#![cfg(target_os = "linux")]

mod support;

use std::process::{Command, Stdio};

use support::{ACTS, VIRTUAL, act};
use tracer::{Clock, Ended};

/// In real time and in virtual time, in several orders.
const CLOCKS: [Clock; 3] = [Clock::Real, VIRTUAL, Clock::Virtual { seed: 1 }];

/// It ends well, and prints what it prints alone.
fn compare(args: &[&str]) {
    let alone = Command::new(&*ACTS).args(args).stdin(Stdio::null()).output().unwrap();
    assert!(alone.status.success(), "{args:?} {alone:?}");
    for clock in CLOCKS {
        let told = act(clock, args);
        assert_eq!(told.ended, Some(Ended::Code(0)), "{args:?} {clock:?} {:#?}", told.stuck);
        assert_eq!(told.text(), String::from_utf8_lossy(&alone.stdout), "{args:?} {clock:?}");
        assert_eq!((&told.stuck, told.computing, told.refused), (&None, false, None), "{args:?}");
        assert_eq!(told.unattributed, 0, "{args:?} {clock:?}");
    }
}

#[test]
fn pieces_that_the_kernel_holds_back_arrive_and_nobody_is_called_stuck() {
    compare(&["small-pieces"]);
}
