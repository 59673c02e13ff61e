//! Why nobody goes on: who waits for whom, and why that never ends.
//!
//! | file | shapes of |
//! | --- | --- |
//! | `locks` | threads that wait for a lock |
//! | `threads` | threads that wait for another's end, or to be woken |
//! | `processes` | parents and children, signals, locks of files |
//! | `pipes` | pipes, with names and without |
//! | `connections` | the two ends of a connection, clients and servers |

mod connections;
mod locks;
mod pipes;
mod processes;
mod threads;
mod waiters;

use events::{Hint, Kind, On};

use super::Case;
use super::cause::{Certainty, Evidence};
use super::code::Code;
use super::finding::Finding;
use super::roster::Roster;
use super::words::doing;

/// A shape: what it says, if it is this one.
type Shape = fn(&Roster) -> Option<Finding>;

/// The first that fits speaks. A shape that is the consequence of another comes after it: a client in the queue is there
/// because the server waits for somebody else.
const SHAPES: [Shape; 20] = [
    locks::without_owner,
    locks::held,
    threads::joined_and_never_woken,
    processes::stopped,
    pipes::child_on_a_pipe,
    pipes::of_each_other,
    pipes::own,
    connections::both_ends,
    connections::never_accepted,
    connections::neglected_peer,
    input,
    processes::child,
    connections::client,
    threads::never_woken,
    processes::file_lock,
    pipes::fifo,
    processes::signal,
    connections::socket,
    alone,
    unexplained,
];

/// The cause of a standstill ([`Kind::Stuck`]), and everybody who waits in it.
pub fn find(case: &Case) -> Option<Finding> {
    let (direction, waiting) = case.events.iter().find_map(|event| match &event.kind {
        Kind::Stuck { direction, waiting } => Some((*direction, waiting.as_slice())),
        _ => None,
    })?;
    let roster = Roster::new(case.scene, case.events, direction, waiting);
    let finding = SHAPES.iter().find_map(|shape| shape(&roster))?;
    Some(waiters::of(&roster).into_iter().map(Evidence::Waits).fold(finding, Finding::rests_on))
}

/// All threads that wait.
fn all(roster: &Roster) -> std::ops::Range<usize> {
    0..roster.waiting.len()
}

/// The thread of a process that says most of what the process waits for.
fn busiest(roster: &Roster, pid: i32) -> Option<usize> {
    roster.threads_of(pid).into_iter().min_by_key(|one| match &roster.waiting[*one].on {
        On::Peer { .. } => 0,
        On::Input => 1,
        On::Pipe { .. } => 2,
        On::Child { .. } => 3,
        On::Wake { hint: Hint::Lock, .. } => 4,
        On::Client { .. } => 5,
        _ => 6,
    })
}

/// What a thread waits to be woken for; `None`: it waits for something else.
fn hint(roster: &Roster, thread: usize) -> Option<Hint> {
    match roster.waiting[thread].on {
        On::Wake { hint, .. } => Some(hint),
        _ => None,
    }
}

/// Nobody types any more.
fn input(roster: &Roster) -> Option<Finding> {
    let thread = all(roster).find(|one| roster.waiting[*one].on == On::Input)?;
    let sentence = format!("{}在等有人从键盘输入，可再也没有人输入", roster.name(thread));
    // the script would type more if it came to that: then it waits for something else
    let terminal = roster.terminal(&roster.waiting[thread]);
    let certainty = Certainty::proved_if(!roster.has_more_input(terminal));
    Some(Finding::new(Code::InputNeverComes, certainty, sentence).blames(roster, thread))
}

/// Nothing is known but that it is one.
fn alone(roster: &Roster) -> Option<Finding> {
    let [_] = roster.waiting else { return None };
    let sentence = format!("{}{}，可再也等不到", roster.name(0), doing(roster, 0));
    Some(Finding::new(Code::WaitsAlone, Certainty::Candidate, sentence).blames(roster, 0))
}

/// Nothing is known at all.
fn unexplained(_: &Roster) -> Option<Finding> {
    let sentence = "每一个都在等别的，没有一个能接着运行";
    Some(Finding::new(Code::StandstillUnexplained, Certainty::Candidate, sentence))
}
