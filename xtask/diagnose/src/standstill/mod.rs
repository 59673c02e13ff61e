//! Why nobody goes on: who waits for whom, and why that never ends.
//!
//! | file | shapes of |
//! | --- | --- |
//! | `itself` | who waits for the end of what it is itself in the middle of |
//! | `locks` | threads that wait for a lock; `twice`: that they have themselves; `lock_order`: what their sources say of the order; `handlers`: of signals |
//! | `threads` | threads that wait for another's end, or to be woken; `wakers`: why nobody wakes them |
//! | `pools` | pools of threads and processes, and those who wait for their tasks |
//! | `processes` | parents and children, signals, locks of files |
//! | `pipes` | pipes, with names and without |
//! | `connections` | the two ends of a connection, clients and servers |

mod connections;
mod handlers;
mod itself;
mod lock_order;
mod locks;
mod pipes;
mod pools;
mod processes;
mod threads;
mod twice;
mod waiters;
mod wakers;

use std::time::Duration;

use events::{Hint, Kind, On, Wakes};

use super::Case;
use super::cause::{Certainty, Evidence};
use super::code::Code;
use super::finding::Finding;
use super::roster::Roster;
use super::words::doing;

/// A shape: what it says, if it is this one.
enum Shape {
    /// One cause.
    One(fn(&Roster) -> Option<Finding>),
    /// One that is proved, or candidates, the likeliest first.
    Several(fn(&Roster) -> Vec<Finding>),
}

use Shape::{One, Several};

/// The first that fits speaks. A shape that is the consequence of another comes after it: a client in the queue is there
/// because the server waits for somebody else.
const SHAPES: [Shape; 30] = [
    One(pools::worker_died),
    One(pools::results_not_taken),
    One(pools::tasks_wait),
    One(itself::waits_for_itself),
    Several(locks::found),
    Several(threads::joined_and_never_woken),
    One(processes::stopped),
    One(pipes::child_on_a_pipe),
    One(pools::child_killed),
    One(pipes::of_each_other),
    One(pipes::own),
    One(connections::behind_the_poll),
    Several(connections::both_ends),
    One(connections::kept_open),
    One(connections::never_accepted),
    One(connections::neglected_peer),
    One(input),
    One(processes::child),
    One(connections::client),
    One(pools::task_is_busy),
    Several(threads::never_woken),
    One(processes::file_lock),
    One(pipes::fifo),
    One(pipes::held),
    One(processes::signal),
    One(connections::socket),
    One(pools::event_loop),
    One(threads::joined_while_it_sleeps),
    One(alone),
    One(unexplained),
];

impl Shape {
    fn fit(&self, roster: &Roster) -> Vec<Finding> {
        match self {
            Shape::One(find) => find(roster).into_iter().collect(),
            Shape::Several(find) => find(roster),
        }
    }
}

/// The causes of a standstill ([`Kind::Stuck`]), and everybody who waits in it. Of a lull ([`Kind::Lull`]) no cause is more
/// than a candidate: one of those who wake from time to time may have had something in mind for later.
pub fn find(case: &Case) -> Vec<Finding> {
    // a lull after which they went on is over
    let next = |index: usize| case.events.get(index + 1).map(|event| &event.kind);
    let is_last = |index: usize| matches!(next(index), None | Some(Kind::OutOfTime { .. }));
    let direction_at_end = |index: usize| match next(index) {
        Some(Kind::OutOfTime { direction, .. }) => *direction,
        _ => None,
    };
    let stuck = case.events.iter().enumerate().find_map(|(index, event)| match &event.kind {
        Kind::Stuck { direction, waiting } => Some((index, *direction, waiting.as_slice(), None)),
        Kind::Lull { length, waiting, wakes, .. } if is_last(index) => {
            let direction = direction_at_end(index);
            Some((index, direction, waiting.as_slice(), Some((*length, wakes.as_slice()))))
        }
        _ => None,
    });
    let Some((about, direction, waiting, lull)) = stuck else { return Vec::new() };
    let roster = Roster::new(case.scene, case.events, direction, waiting);
    let waiters = waiters::of(&roster);
    let rests_on = |finding: Finding| {
        let waits = waiters.iter().cloned().map(Evidence::Waits);
        waits.fold(finding, Finding::rests_on).about_event(about)
    };
    let mut found = SHAPES.iter().map(|shape| shape.fit(&roster));
    let found = found.find(|findings| !findings.is_empty()).unwrap_or_default();
    let found = without_partners(case, &roster, found);
    let fact = lull.map(|(length, wakes)| waking(&roster, length, wakes));
    let told = found.into_iter().map(|finding| match &fact {
        Some(fact) => finding.demoted(fact),
        None => finding,
    });
    told.map(rests_on).collect()
}

/// The same without those that want a partner to change, who waits because the script says so. Where that leaves nothing, it is
/// not known who has to.
fn without_partners(case: &Case, roster: &Roster, found: Vec<Finding>) -> Vec<Finding> {
    let count = found.len();
    let mut left: Vec<Finding> =
        found.into_iter().filter(|finding| finding.may_change(case.scene)).collect();
    let partner = all(roster).find(|one| case.scene.is_partner(roster.waiting[*one].program));
    if left.is_empty()
        && count > 0
        && let Some(partner) = partner
    {
        let sentence = format!(
            "每一个都在等别的，没有一个能接着运行。{}是剧本的对手，只照剧本做：要看的是别的程序",
            roster.name(partner)
        );
        left.push(Finding::new(Code::StandstillUnexplained, Certainty::Candidate, sentence));
    }
    left
}

/// What is certain of a lull, in Chinese.
fn waking(roster: &Roster, length: Duration, wakes: &[Wakes]) -> String {
    let told = wakes.iter().filter_map(|one| {
        let thread = all(roster).find(|index| roster.waiting[*index].tid == one.tid)?;
        let place = roster.waiting[thread].place.as_ref();
        let at = place.map(|place| format!("在 {place} ")).unwrap_or_default();
        let (name, every) = (roster.name(thread), every(one.every));
        let how = match one.signal {
            None => format!("每 {every}醒来一次（{} 次了）", one.times),
            Some(_) => format!("每 {every}收到一次定时器的 SIGALRM（{} 次了）", one.times),
        };
        Some(format!("{name}{at}{how}，每次又接着等"))
    });
    let told: Vec<String> = told.collect();
    let seconds = length.as_secs_f64();
    format!("最近的 {seconds:.0} 秒里谁也没有做别的，都只在等；{}", told.join("；"))
}

/// A length, in Chinese.
fn every(length: Duration) -> String {
    match length.as_secs_f64() {
        seconds if seconds < 0.1 => format!("{:.1} 毫秒", seconds * 1000.0),
        seconds => format!("{seconds:.1} 秒"),
    }
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

/// Nobody types any more. Where the script would type more if it came to that, it is something else that keeps it.
fn input(roster: &Roster) -> Option<Finding> {
    let thread = all(roster)
        .find(|one| roster.waiting[*one].on == On::Input && !roster.awaits_script(*one))?;
    let sentence = format!("{}在等有人从键盘输入，可再也没有人输入", roster.name(thread));
    let finding = Finding::new(Code::InputNeverComes, Certainty::Proved, sentence);
    Some(finding.blames(roster, thread))
}

/// The script would go on with somebody who waits, and has not come to that: a line that it waits for did not come. Why,
/// says the line.
fn kept_by_the_script(roster: &Roster) -> bool {
    all(roster).any(|thread| roster.awaits_script(thread))
}

/// Nothing is known but that it is one.
fn alone(roster: &Roster) -> Option<Finding> {
    let [_] = roster.waiting else { return None };
    if kept_by_the_script(roster) {
        return None;
    }
    let sentence = format!("{}{}，可再也等不到", roster.name(0), doing(roster, 0));
    Some(Finding::new(Code::WaitsAlone, Certainty::Candidate, sentence).blames(roster, 0))
}

/// Nothing is known at all.
fn unexplained(roster: &Roster) -> Option<Finding> {
    if kept_by_the_script(roster) {
        return None;
    }
    let sentence = "每一个都在等别的，没有一个能接着运行";
    Some(Finding::new(Code::StandstillUnexplained, Certainty::Candidate, sentence))
}
