//! A fork that never ends. In a file of its own: nothing else should have to fork meanwhile.

#![cfg(target_os = "linux")]

mod support;

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use support::{processes, scene};

use judge::Rule;
use limits::PROCESSES_FOR_THE_KERNEL;

#[test]
fn a_fork_that_never_ends_is_stopped() {
    // each shell starts two more and waits: 2, 4, 8, ...
    let marker = format!("bomb{}", std::process::id());
    let program = "f() { f & f & wait; }; f";
    let (over, most) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let before = threads_on_machine();
    let watcher = std::thread::spawn({
        let (over, most) = (over.clone(), most.clone());
        move || {
            while !over.load(Ordering::Relaxed) {
                most.fetch_max(threads_on_machine(), Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(2));
            }
        }
    });
    let played = scene(&[(&marker, program)], &format!("主 $ lesson-{marker}\n"));
    over.store(true, Ordering::Relaxed);
    watcher.join().unwrap();
    assert_eq!(played.rules(), [Rule::Processes]);
    assert!(played.failure(Rule::Processes).detail.contains("400 个以上的进程"));
    assert_eq!(processes(&marker), Vec::<String>::new());
    // the kernel lets it have so many, and others start some meanwhile
    let grown = most.load(Ordering::Relaxed).saturating_sub(before);
    println!("{grown} more threads at most");
    assert!(grown < PROCESSES_FOR_THE_KERNEL as usize + 1000, "{grown} more");
}

/// Of everybody: the second number after the load averages (`proc_loadavg(5)`).
fn threads_on_machine() -> usize {
    let text = fs::read_to_string("/proc/loadavg").unwrap();
    let all = text.split_whitespace().nth(3).and_then(|field| field.split('/').nth(1));
    all.unwrap().parse().unwrap()
}
