//! Programs that cannot be traced, or not easily: each is traced or refused, none hangs, none is left behind.

#![cfg(target_os = "linux")]

#[path = "../../tests/support/executable.rs"]
mod executable;
mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use events::{Clock, Exit};
use executable::executable;
use support::{ACTS, Told, VIRTUAL, act, assert_same_but_late, follow, runs};
use tracer::{News, Refused, Tracer};

const CLOCKS: [Clock; 2] = [Clock::Real, VIRTUAL];

fn folder(name: &str) -> PathBuf {
    let folder =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn what_cannot_be_started_is_an_error_and_leaves_nothing() {
    let folder = folder("unstartable");
    let own = fs::read(std::env::current_exe().unwrap()).unwrap();
    executable(&folder.join("plain"), b"#!/bin/sh\n", 0o644);
    executable(&folder.join("text"), b"\x7fELF and nothing else", 0o755);
    executable(&folder.join("head"), &own[..200], 0o755);
    for clock in CLOCKS {
        let mut tracer = Tracer::new(clock).unwrap();
        for (name, errors) in [
            ("missing", &[libc::ENOENT][..]),
            ("plain", &[libc::EACCES]),
            ("", &[libc::EACCES, libc::EISDIR]),
        ] {
            let error = tracer.start(Command::new(folder.join(name)), 0, false).unwrap_err();
            let code = error.raw_os_error().unwrap_or_default();
            assert!(errors.contains(&code), "{name}: {error}");
        }
        assert!(tracer.is_over());
        // half a program, and none: the kernel or the shell (execvp(3)) notices sooner or later
        for name in ["head", "text"] {
            let mut tracer = Tracer::new(clock).unwrap();
            let mut command = Command::new(folder.join(name));
            // the shell takes half a program for a script, and a byte in it for a redirection to a file
            command.current_dir(&folder);
            if tracer.start(command, 0, false).is_err() {
                continue;
            }
            while !tracer.is_over() {
                if let Some(News::Ended { exit: ended, .. }) =
                    tracer.advance(Duration::from_secs(1)).unwrap()
                {
                    assert_ne!(ended, Exit::Code(0));
                }
            }
        }
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn whoever_traces_or_uses_io_uring_is_refused() {
    for clock in CLOCKS {
        assert_eq!(act(clock, &["traces"]).refused, Some(Refused::Ptrace));
        assert_eq!(act(clock, &["io-uring"]).refused, Some(Refused::IoUring));
    }
    if Command::new("strace").arg("-V").output().is_err() {
        eprintln!("skipped: no strace here");
        return;
    }
    for clock in CLOCKS {
        let mut command = Command::new("strace");
        command.args(["-f", "-o", "/dev/null"]).arg(&*ACTS).arg("hello");
        assert_eq!(follow(clock, command, None).refused, Some(Refused::Ptrace));
    }
}

#[test]
fn timers_of_the_kernel_are_refused_in_virtual_time_and_awaited_in_real_time() {
    for name in ["setitimer", "timerfd", "alarm-and-pause", "io-getevents"] {
        assert_eq!(act(VIRTUAL, &[name]).refused, Some(Refused::Timer), "{name}");
    }
    assert_same_but_late(&act(Clock::Real, &["timerfd"]).text(), "1 @2\n");
    assert_same_but_late(&act(Clock::Real, &["io-getevents"]).text(), "@1\n");
    assert_same_but_late(&act(Clock::Real, &["alarm-and-pause"]).text(), "@10\n");
    assert_eq!(act(Clock::Real, &["setitimer"]).ended, Some(Exit::Signal(libc::SIGALRM)));
}

#[test]
fn a_program_with_another_identity_is_refused() {
    let folder = folder("set-uid");
    let path = folder.join("acts");
    executable(&path, &fs::read(&*ACTS).unwrap(), 0o755);
    let nobody = 65534;
    if std::os::unix::fs::chown(&path, Some(nobody), None).is_err() {
        eprintln!("skipped: only root can give a file away");
        fs::remove_dir_all(folder).unwrap();
        return;
    }
    // giving a file away takes the bit from it (chown(2)), so that comes first
    fs::set_permissions(&path, fs::Permissions::from_mode(0o4755)).unwrap();
    for clock in CLOCKS {
        let mut command = Command::new(&path);
        command.arg("hello");
        assert_eq!(follow(clock, command, None).refused, Some(Refused::SetUid));
    }
    fs::remove_dir_all(folder).unwrap();
}

/// The smallest program for 32 bits: `mov eax, 1; mov ebx, 42; int 0x80` (elf(5), exit(2)).
#[cfg(target_arch = "x86_64")]
fn small_program() -> Vec<u8> {
    const BASE: u32 = 0x0804_8000;
    let half = |value: u16| value.to_le_bytes().to_vec();
    let word = |value: u32| value.to_le_bytes().to_vec();
    let code = [0xb8, 1, 0, 0, 0, 0xbb, 42, 0, 0, 0, 0xcd, 0x80];
    let length = 52 + 32 + code.len() as u32;
    let mut elf = b"\x7fELF\x01\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    for part in [half(2), half(3), word(1), word(BASE + 84), word(52), word(0), word(0)] {
        elf.extend(part);
    }
    for number in [52, 32, 1, 0, 0, 0] {
        elf.extend(half(number));
    }
    for part in [1, 0, BASE, BASE, length, length, 5, 0x1000] {
        elf.extend(word(part));
    }
    elf.extend(code);
    elf
}

#[cfg(target_arch = "x86_64")]
#[test]
fn a_program_for_32_bits_is_refused() {
    let folder = folder("foreign");
    let path = folder.join("small");
    executable(&path, &small_program(), 0o755);
    match Command::new(&path).status() {
        Ok(status) => {
            assert_eq!(status.code(), Some(42));
            for clock in CLOCKS {
                let told = follow(clock, Command::new(&path), None);
                assert_eq!(told.refused, Some(Refused::Foreign));
            }
        }
        Err(error) => {
            eprintln!("skipped: this kernel does not run programs for 32 bits");
            assert_eq!(error.raw_os_error(), Some(libc::ENOEXEC));
        }
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_thousand_threads_are_followed_and_more_than_two_thousand_are_not() {
    let told = act(VIRTUAL, &["threads", "1000"]);
    assert_eq!((told.text().as_str(), told.ended), ("1000\n", Some(Exit::Code(0))));
    // in virtual time those that sleep: they are held, and not looked at for every one that comes
    for (clock, name) in [(Clock::Real, "threads"), (VIRTUAL, "sleeping-threads")] {
        assert_eq!(act(clock, &[name, "2100"]).refused, Some(Refused::TooMany), "{clock:?}");
    }
}

/// How often this thread has read anything (`proc_pid_io(5)`); `None`: the kernel does not count it.
fn reads() -> Option<u64> {
    let text = fs::read_to_string("/proc/thread-self/io").ok()?;
    text.lines().find_map(|line| line.strip_prefix("syscr: "))?.parse().ok()
}

/// A look at all for every one that goes on would be some thousand looks for each, and each look two reads.
#[test]
fn not_everybody_is_looked_at_for_every_one_of_a_crowd_that_goes_on() {
    const COUNT: u64 = 1000;
    for kind in
        [vec!["threads"], vec!["crowd-at-lock", "std"], vec!["crowd-at-lock", "parking_lot"]]
    {
        let before = reads();
        let told = act(VIRTUAL, &[&kind[..], &[&COUNT.to_string()]].concat());
        assert_eq!((told.text(), told.ended), (format!("{COUNT}\n"), Some(Exit::Code(0))));
        let (Some(before), Some(after)) = (before, reads()) else {
            return eprintln!("not counted: this kernel does not tell how often a thread reads");
        };
        let each = (after - before) / COUNT;
        assert!(each < 500, "{kind:?}: {each} reads for each");
    }
}

#[test]
fn every_byte_of_output_arrives_whatever_it_is() {
    for clock in CLOCKS {
        assert_eq!(act(clock, &["binary"]).output, [0xff, 0xfe, 0, 0x1b, b'[', b'2', b'J']);
        let told = act(clock, &["write", "30000000"]);
        assert_eq!((told.output.len(), told.unattributed), (30_000_000, 0), "{clock:?}");
        assert_eq!(act(clock, &["half-lines"]).text(), "error half line\n");
    }
}

/// A whole line is written as one piece (pipe(7)): no part of one is told, and none is missing.
#[test]
fn what_is_written_by_whoever_is_killed_in_it_is_told() {
    for clock in CLOCKS {
        let told = act(clock, &["killed-writers"]);
        assert_eq!((told.unattributed, told.ended), (0, Some(Exit::Code(0))), "{clock:?}");
        assert!(told.text().lines().all(|line| line == "a whole line"), "{clock:?}");
    }
}

#[test]
fn what_is_typed_is_read() {
    for clock in CLOCKS {
        let mut command = Command::new(&*ACTS);
        command.arg("echo");
        assert_eq!(follow(clock, command, Some("一\n二\n")).text(), "一\n二\n");
    }
}

#[test]
fn crashes_are_told_as_what_they_are() {
    for clock in CLOCKS {
        for (name, signal) in [("segv", libc::SIGSEGV), ("abort", libc::SIGABRT)] {
            assert_eq!(act(clock, &[name]).ended, Some(Exit::Signal(signal)), "{name}");
        }
    }
}

#[test]
fn a_program_that_stops_itself_is_stuck() {
    for clock in CLOCKS {
        let told = act(clock, &["stops-itself"]);
        assert_eq!(told.stuck.unwrap()[0].on, events::On::Stopped, "{clock:?}");
    }
}

#[test]
fn a_program_that_is_ended_in_the_middle_is_gone() {
    let path = folder("left").join("acts");
    executable(&path, &fs::read(&*ACTS).unwrap(), 0o755);
    let told = |name: &str| -> Told {
        let mut command = Command::new(&path);
        command.arg(name);
        follow(VIRTUAL, command, None)
    };
    assert!(told("stuck-locks").stuck.is_some());
    assert_eq!(told("deaf-orphan").ended, Some(Exit::Code(0)));
    assert_eq!(told("orphan").text(), "parent\norphan\n");
    assert!(!runs(&path));
    fs::remove_dir_all(path.parent().unwrap()).unwrap();
}
