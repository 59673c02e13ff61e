//! A fork that never ends. In a file of its own: nothing else should have to fork meanwhile.

#![cfg(target_os = "linux")]

mod support;

use support::{processes, scene};

use judge::Rule;

#[test]
fn a_fork_that_never_ends_is_stopped() {
    // each shell starts two more and waits: 2, 4, 8, ...
    let marker = format!("bomb{}", std::process::id());
    let program = "f() { f & f & wait; }; f";
    let played = scene(&[(&marker, program)], &format!("主 $ lesson-{marker}\n"));
    assert_eq!(played.rules(), [Rule::Processes]);
    assert!(played.failure(Rule::Processes).detail.contains("400 个以上的进程"));
    assert_eq!(processes(&marker), Vec::<String>::new());
}
