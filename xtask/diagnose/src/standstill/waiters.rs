//! Everybody who waits in a standstill.

use events::On;

use super::super::cause::Waiter;
use super::super::roster::Roster;
use super::super::words::{call, spaced, target};

/// A waiter for each thread; the same wait in many threads of a process is one.
pub fn of(roster: &Roster) -> Vec<Waiter> {
    let mut waiters: Vec<Waiter> = Vec::new();
    for (thread, one) in roster.waiting.iter().enumerate() {
        let waiter = Waiter {
            terminal: roster.terminal(one),
            pid: one.pid,
            tid: one.tid,
            count: 1,
            call: call(one),
            target: spaced(&target(roster, thread)),
            unread: match one.on {
                On::Peer { unread, unread_there, .. } => Some((unread, unread_there)),
                _ => None,
            },
            place: one.place.clone(),
            since: one.since,
        };
        let same = |other: &&mut Waiter| {
            (other.pid, &other.call, &other.target, &other.place)
                == (waiter.pid, &waiter.call, &waiter.target, &waiter.place)
        };
        match waiters.iter_mut().find(same) {
            Some(other) => other.count += 1,
            None => waiters.push(waiter),
        }
    }
    waiters
}
