//! Threads that were not done when their process ended.

use std::collections::BTreeMap;

use events::{Activity, Call, Exit, Kind};

use super::super::cause::Certainty;
use super::super::code::Code;
use super::super::finding::Finding;
use super::Past;

/// What a thread was doing last.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    Begun,
    Asleep,
    Waiting,
    Active,
}

/// A process returned from `main` while threads of it still slept: they are gone with it (`exit_group(2)`). Threads that
/// wait for something may do so for ever, and are meant to end with their process.
pub fn find(past: &Past) -> Option<Finding> {
    let mut threads: BTreeMap<(i32, i32), Last> = BTreeMap::new();
    for (index, event) in past.case.events.iter().enumerate() {
        let Kind::Traced { terminal, pid, tid, activity } = &event.kind else { continue };
        match activity {
            Activity::NewThread { child } => {
                threads.insert((*pid, *child), Last::Begun);
            }
            Activity::ThreadEnded => {
                threads.remove(&(*pid, *tid));
            }
            Activity::Exec { .. } => threads.retain(|(other, _), _| other != pid),
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
                    *last = if is_sleep(call) { Last::Asleep } else { Last::Waiting };
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

fn is_sleep(call: &Call) -> bool {
    match call {
        Call::Sleep { .. } => true,
        Call::Poll { fds, timeout } => fds.is_empty() && timeout.is_some(),
        _ => false,
    }
}

fn told(past: &Past, pid: i32, threads: usize) -> Finding {
    let sentence = format!(
        "{}的主线程（main）结束时，还有 {threads} 个线程在睡眠、没有做完：进程一结束，它们也没了",
        past.roster.process_name(pid)
    );
    let finding = Finding::new(Code::ThreadsLeftBehind, Certainty::Proved, sentence);
    finding.advises("要等它们做完，main 结束之前先 join")
}
