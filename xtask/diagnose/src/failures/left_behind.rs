//! Threads that were not done when their process ended.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use events::{Activity, Call, Exit, Kind, Line};

use super::super::cause::Certainty;
use super::super::code::Code;
use super::super::finding::Finding;
use super::Past;

/// What a thread was doing last.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    Begun,
    Asleep,
    /// It has slept as long before.
    AsleepAgain,
    Waiting,
    Active,
}

/// A process returned from `main` while threads of it still slept: they are gone with it (`exit_group(2)`). Threads that
/// wait for something may do so for ever, and so may those that sleep again and again: they are meant to end with their process.
pub fn find(past: &Past) -> Option<Finding> {
    let mut threads: BTreeMap<(i32, i32), Last> = BTreeMap::new();
    let mut pythons: BTreeSet<i32> = BTreeSet::new();
    // how long it slept last time, if it has done nothing since
    let mut slept: BTreeMap<(i32, i32), Duration> = BTreeMap::new();
    for (index, event) in past.case.events.iter().enumerate() {
        // what it says between its sleeps may have an end; Python joins every thread that is not meant to end with it
        if let Kind::Line(Line { source: Some(source), .. }) = &event.kind
            && !pythons.contains(&source.pid)
        {
            slept.remove(&(source.pid, source.tid));
        }
        let Kind::Traced { terminal, pid, tid, activity } = &event.kind else { continue };
        match activity {
            Activity::NewThread { child } => {
                threads.insert((*pid, *child), Last::Begun);
            }
            Activity::ThreadEnded => {
                threads.remove(&(*pid, *tid));
            }
            Activity::Exec { program, .. } => {
                threads.retain(|(other, _), _| other != pid);
                let name = program.rsplit('/').next().unwrap_or_default();
                if name.starts_with("python") {
                    pythons.insert(*pid);
                }
            }
            Activity::Exited(Exit::Code(0)) => {
                let asleep = threads
                    .iter()
                    .filter(|((other, tid), last)| {
                        other == pid && tid != pid && **last == Last::Asleep
                    })
                    .count();
                if asleep > 0 {
                    return Some(
                        told(past, *pid, asleep).about_event(index).in_terminal(*terminal),
                    );
                }
            }
            Activity::Enter(call) => {
                if let Some(last) = threads.get_mut(&(*pid, *tid)) {
                    *last = match (sleep(call), call) {
                        (Some(length), _) => {
                            let before = slept.insert((*pid, *tid), length);
                            let again = before.is_some_and(|before| is_about(before, length));
                            if again { Last::AsleepAgain } else { Last::Asleep }
                        }
                        // Python's threads take turns
                        (None, Call::Futex { .. }) => Last::Waiting,
                        (None, _) => {
                            slept.remove(&(*pid, *tid));
                            Last::Waiting
                        }
                    };
                }
            }
            Activity::Leave { .. } => {
                if let Some(last) = threads.get_mut(&(*pid, *tid)) {
                    *last = Last::Active;
                }
            }
            _ => {}
        }
    }
    None
}

/// How long a call only sleeps.
fn sleep(call: &Call) -> Option<Duration> {
    match call {
        Call::Sleep { length } => Some(*length),
        Call::Poll { fds, timeout } if fds.is_empty() => *timeout,
        _ => None,
    }
}

/// A sleep until some time is a little shorter each time than the program has asked for.
fn is_about(one: Duration, other: Duration) -> bool {
    one.abs_diff(other) <= one.max(other) / 10
}

fn told(past: &Past, pid: i32, threads: usize) -> Finding {
    let sentence = format!(
        "{}结束时，它还有 {threads} 个线程在睡眠：进程一结束，它们也没了",
        past.roster.process_name(pid)
    );
    let finding = Finding::new(Code::ThreadsLeftBehind, Certainty::Proved, sentence);
    finding.advises("它们的事要做完的话，main 结束之前先 join")
}
