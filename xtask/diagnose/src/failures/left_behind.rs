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

/// A process returned from `main` while threads of it still slept, or had not done anything yet: they are gone with it
/// (`exit_group(2)`). Threads that wait for something may do so for ever, and so may those that sleep again and again: they are
/// meant to end with their process.
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
                let count = |what: Last| {
                    let left = threads.iter().filter(|((other, tid), last)| {
                        other == pid && tid != pid && **last == what
                    });
                    left.count()
                };
                let (asleep, begun) = (count(Last::Asleep), count(Last::Begun));
                let finding = if asleep > 0 {
                    asleep_at_end(past, *pid, asleep)
                } else if begun > 0 && !pythons.contains(pid) {
                    idle_at_end(past, *pid, begun)
                } else {
                    continue;
                };
                return Some(finding.about_event(index).in_terminal(*terminal));
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

const ADVICE: &str = "它们的事要做完的话，main 结束之前先 join";

fn asleep_at_end(past: &Past, pid: i32, threads: usize) -> Finding {
    let sentence = format!(
        "{}结束时，它还有 {threads} 个线程在睡眠：进程一结束，它们也没了",
        past.roster.process_name(pid)
    );
    Finding::new(Code::ThreadsLeftBehind, Certainty::Proved, sentence).advises(ADVICE)
}

/// On a busy machine they have not come as far as to their sleep; but they may as well wait in a call that is not told.
fn idle_at_end(past: &Past, pid: i32, threads: usize) -> Finding {
    let sentence = format!(
        "{}结束时，它的 {threads} 个线程还没有结束，也没有看到它们做过什么：进程一结束，它们也没了",
        past.roster.process_name(pid)
    );
    Finding::new(Code::ThreadsLeftBehind, Certainty::Candidate, sentence).advises(ADVICE)
}
