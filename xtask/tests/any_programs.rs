//! `cargo xtask trace -- COMMAND , COMMAND`: programs of which nothing is known. Those that hang are recognised, however many
//! they are; those that do not are never called stuck; and none waits for the time limit.

#![cfg(target_os = "linux")]

#[path = "support/performance.rs"]
mod performance;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use performance::{OWN_NETWORK, Performance, example, program, xtask};

use events::{Clock, Kind};

static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| example("standstill"));

const STUCK: &str = "谁也等不到谁";
const DONE: &str = "都做完了，「standstill";
const IN_TIME: [&[&str]; 2] = [&[], &["--virtual"]];

/// Standard output and standard error of `trace` with these modes of the example; `None`: not here.
fn trace(options: &[&str], programs: &[&[&str]]) -> Option<(String, String)> {
    if !*OWN_NETWORK {
        eprintln!("not tested: scenes have no network of their own here");
        return None;
    }
    let output = Command::new(xtask())
        .arg("trace")
        .args(options)
        .arg("--")
        .args(programs.join(&","))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (out, err) = (text(output.stdout), text(output.stderr));
    if err.contains("看不到程序的系统调用") {
        eprintln!("not tested, nothing can be traced here: {err}");
        return None;
    }
    assert_eq!(output.status.code(), Some(0), "{out}{err}");
    Some((out, err))
}

/// With modes of the example as programs, in both kinds of time: the end of what is said, and what is printed.
fn ends(modes: &[&str], said: &str, printed: &[&str]) {
    let path = PROGRAM.to_str().unwrap();
    let programs: Vec<[&str; 2]> = modes.iter().map(|mode| [path, *mode]).collect();
    let programs: Vec<&[&str]> = programs.iter().map(|words| &words[..]).collect();
    for options in IN_TIME {
        let Some((out, err)) = trace(options, &programs) else { return };
        let last = err.lines().last().unwrap_or_default();
        match said {
            "" => assert_eq!(last, "", "{modes:?} {options:?}\n{out}"),
            said => assert!(last.contains(said), "{modes:?} {options:?}: {err}\n{out}"),
        }
        for text in printed {
            let line = format!("印出「{text}」");
            assert!(out.contains(&line), "{modes:?} {options:?}: no {line}\n{out}{err}");
        }
    }
}

#[test]
fn programs_that_hang_are_recognised_however_many_they_are() {
    ends(&["locks-crosswise"], STUCK, &[]);
    ends(&["listens-to-the-first-word", "says-nothing"], STUCK, &[]);
    ends(&["serves", "says-nothing", "says-nothing"], STUCK, &[]);
    ends(&["hears-datagrams", "asks-by-datagram"], STUCK, &[]);
}

#[test]
fn a_shell_in_between_hides_nothing() {
    let path = PROGRAM.to_str().unwrap();
    let waits = format!("{path} listens-to-the-first-word; true");
    let becomes = format!("exec {path} says-nothing");
    for options in IN_TIME {
        let programs: [&[&str]; 2] = [&["sh", "-c", &waits], &["sh", "-c", &becomes]];
        let Some((out, err)) = trace(options, &programs) else { return };
        assert!(err.contains(STUCK), "{err}{out}");
    }
}

#[test]
fn servers_whose_clients_are_done_are_not_stuck() {
    ends(&["serves", "asks", "asks"], DONE, &["HELLO"]);
    ends(&["serves-by-processes", "asks"], DONE, &["HELLO"]);
    ends(&["serves-by-workers", "asks"], DONE, &["HELLO"]);
    ends(&["serves-in-the-background", "asks"], DONE, &["HELLO"]);
    ends(&["serves"], "在等客户端，这里没有别的程序会来连", &[]);
}

#[test]
fn servers_that_only_look_from_time_to_time_are_done_too() {
    ends(&["looks-now-and-then", "asks"], DONE, &["HELLO"]);
    ends(&["gives-up-at-last", "asks"], "", &["HELLO", "nobody comes"]);
}

#[test]
fn a_server_with_locked_threads_is_stuck() {
    ends(&["serves-with-locked-workers", "comes-and-goes"], STUCK, &[]);
}

/// Another of its threads never rests: only the listener says that it is ready.
#[test]
fn whoever_can_be_reached_is_ready_whatever_the_network() {
    ends(&["serves-both-versions", "asks"], DONE, &["HELLO"]);
    ends(&["serves-datagrams", "asks-by-datagram"], DONE, &["HELLO"]);
    ends(&["serves-unix", "asks-unix"], DONE, &["HELLO"]);
}

#[test]
fn a_program_that_waits_lets_the_next_one_begin_while_another_sleeps() {
    ends(&["expects-another-meanwhile", "asks", "asks"], "", &["both are here", "HELLO"]);
}

#[test]
fn whoever_waits_for_the_kernel_is_not_stuck() {
    ends(&["queue-of-one"], "", &["served 4"]);
    ends(&["corks"], "", &["came at last"]);
    ends(&["user-timeout"], "", &["TimedOut"]);
    ends(&["lingers"], "", &["closed after a second: true"]);
}

/// The kernel's minute is one of the programs' clock.
#[test]
fn a_port_is_free_a_virtual_minute_after_its_last_connection() {
    if !*OWN_NETWORK {
        return;
    }
    let programs = BTreeMap::from([("lesson-x".to_owned(), program(&*PROGRAM))]);
    let scene = Performance::of("主 $ lesson-x time-wait\n主 | free after 60 s\n").with(programs);
    let played = scene.traced(Some(Clock::Virtual { seed: 0 })).play().unwrap();
    let untraceable = |event: &events::Event| matches!(event.kind, Kind::Untraceable { .. });
    if !played.events.iter().any(untraceable) {
        assert_eq!(played.rules(), [], "{:#?}", played.verdict);
    }
}
