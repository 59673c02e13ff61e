//! Whoever dies inside a write to an output: the call never returns, and still its bytes may have gone there.

use super::thread::Thread;
use super::{News, Tracer};
use crate::linux::objects::Stream;

/// A write whose end nobody has seen.
struct LastWrite {
    pid: i32,
    tid: i32,
    to: Stream,
    /// What it was about to write, as far as that was looked at.
    bytes: Vec<u8>,
}

/// All of them that have not been told.
#[derive(Default)]
pub struct LastWrites(Vec<LastWrite>);

impl Tracer {
    /// A thread is gone.
    pub(super) fn dies(&mut self, tid: i32, thread: Thread) {
        let (Some((to, bytes)), pid) = (thread.writes, thread.pid) else { return };
        self.last_writes.0.push(LastWrite { pid, tid, to, bytes });
    }

    /// Tells what they have written: what came through an output and nobody else can have written. Of several who died in
    /// a write to the same output nobody knows whose the bytes are.
    pub(super) fn tell_last_writes(&mut self) {
        if self.last_writes.0.is_empty() {
            return;
        }
        // whoever is still in such a call may have written already
        let writes = |to: Stream| {
            self.threads.any(|one| one.writes.as_ref().is_some_and(|(other, _)| *other == to))
        };
        let all = std::mem::take(&mut self.last_writes.0);
        let (later, mut now): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| writes(one.to));
        self.last_writes.0 = later;
        while let Some(one) = now.pop() {
            let several = now.iter().any(|other| other.to == one.to);
            now.retain(|other| other.to != one.to);
            if !several {
                self.tell_last_write(one);
            }
        }
    }

    fn tell_last_write(&mut self, one: LastWrite) {
        let LastWrite { pid, tid, to, mut bytes } = one;
        let written = self.outputs.unattributed_of(to) as usize;
        if written == 0 || written > bytes.len() {
            return;
        }
        bytes.truncate(written);
        self.outputs.attribute(to, written as u64);
        let Stream { program, errors } = to;
        let place = None;
        self.news.push_back(News::Output { program, errors, pid, tid, bytes, place });
    }

    /// Nobody goes on any more: whoever is in a write now stays in it.
    pub(super) fn all_stay_in_their_writes(&mut self) {
        for (tid, thread) in self.threads.iter_mut() {
            if let Some((to, bytes)) = thread.writes.take() {
                self.last_writes.0.push(LastWrite { pid: thread.pid, tid, to, bytes });
            }
        }
    }
}
