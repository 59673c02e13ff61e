//! Who asks, again and again, whether a child of his own is still there that has ended: until he waits for it, it is
//! (`kill(2)`: "an existing process might be a zombie").

use std::time::Duration;

use super::Tracer;
use crate::linux::procfs;
use events::{Call, CallResult};

/// So often in a row he has asked, in real time, and for how long at least: nobody who knows that it has ended asks so.
const ASKED: u32 = 5;
const LENGTH: Duration = Duration::from_secs(1);
/// The same in virtual time, where it costs nothing.
const ASKED_VIRTUALLY: u32 = 50;
const VIRTUAL_LENGTH: Duration = Duration::from_secs(10);

/// Questions in a row about one child.
#[derive(Debug)]
pub struct Undead {
    child: i32,
    times: u32,
    /// When it was first asked, on the programs' clock.
    since: Duration,
    /// Nobody has done anything else since.
    deeds: u64,
}

impl Tracer {
    /// A call is over: whether it has asked for a child that has ended.
    pub(super) fn watch_for_undead(&mut self, tid: i32, call: &Call, outcome: CallResult) {
        let Call::Kill { target: child @ 1.., signal: 0 } = *call else { return };
        let (deeds, now) = (self.idleness.deeds(), self.scheduler.now());
        let is_virtual = self.scheduler.is_virtual();
        // its first thread may have ended before the others
        let lives = self.threads.any(|thread| thread.pid == child);
        let Some(thread) = self.threads.get_mut(tid) else { return };
        let pid = thread.pid;
        let is_undead = outcome == CallResult::Done(0)
            && !lives
            && procfs::parent(child) == Some(pid)
            && procfs::state(child) == Some('Z');
        if !is_undead {
            thread.undead = None;
            return;
        }
        let before = thread.undead.take().filter(|one| (one.child, one.deeds) == (child, deeds));
        let first = Undead { child, times: 0, since: now, deeds };
        let undead = thread.undead.insert(before.unwrap_or(first));
        undead.times += 1;
        let (most, length) = match is_virtual {
            true => (ASKED_VIRTUALLY, VIRTUAL_LENGTH),
            false => (ASKED, LENGTH),
        };
        if undead.times >= most && now.saturating_sub(undead.since) >= length {
            self.tell_asking(pid, tid, call.name());
        }
    }
}
