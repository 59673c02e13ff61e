//! Why nobody goes on: from the threads that wait to the sentence that a teacher would say. Pure.
//!
//! | file | task |
//! | --- | --- |
//! | `cast` | who is who: processes, threads, the two ends of a connection, what was said on it |
//! | `words` | one thread: in which call, for whom |
//! | `sentence` | all of them together: who waits for whom, and why that never ends |

mod cast;
mod sentence;
#[cfg(test)]
mod tests;
mod words;

use std::time::Duration;

use cast::Cast;

use course::script::Scene;
use events::{Event, Kind, On, Place};

/// Why a scene came to a standstill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// What a teacher would say, in Chinese.
    pub sentence: String,
    /// The step of the script that was being waited for: an index into [`Scene::directions`].
    pub step: Option<usize>,
    /// Everybody who waits, the same wait in many threads of a process only once.
    pub waiters: Vec<Waiter>,
}

/// A thread that waits, or many that wait for the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiter {
    /// Index into [`Scene::terminals`].
    pub terminal: usize,
    /// The process.
    pub pid: i32,
    /// The thread; the first of many.
    pub tid: i32,
    /// How many threads.
    pub count: usize,
    /// In which call, e.g. `接收（recv）`.
    pub call: String,
    /// For what and whom, in Chinese.
    pub target: String,
    /// Bytes that lie unread on this side and on the other, where it waits for a connection.
    pub unread: Option<(u64, u64)>,
    /// Where in its source.
    pub place: Option<Place>,
    /// Since when (time of the programs' clock).
    pub since: Duration,
}

/// Explains the standstill ([`Kind::Stuck`]) in a scene, if there is one.
pub fn explain(scene: &Scene, events: &[Event]) -> Option<Explanation> {
    let (step, waiting) = events.iter().find_map(|event| match &event.kind {
        Kind::Stuck { step, waiting } => Some((*step, waiting.as_slice())),
        _ => None,
    })?;
    let cast = Cast::new(scene, events, waiting);
    let mut waiters: Vec<Waiter> = Vec::new();
    for (thread, one) in waiting.iter().enumerate() {
        let waiter = Waiter {
            terminal: cast.terminal(one),
            pid: one.pid,
            tid: one.tid,
            count: 1,
            call: words::call(one),
            target: words::spaced(&words::target(&cast, thread)),
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
    let sentence = words::spaced(&sentence::sentence(&cast));
    Some(Explanation { sentence, step, waiters })
}
