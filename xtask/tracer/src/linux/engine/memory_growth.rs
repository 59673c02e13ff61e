//! Whose memory grows with what it receives.
//!
//! The kernel says how much memory of its own a process has (`smaps_rollup`, which counts each page; the sums of
//! `/proc/PID/status` are only near). It is asked before much is received from a file or a stream, and now and then while
//! that goes on: every time it must have grown by what was received until then. A buffer of whatever size that is used again
//! and again grows by no more than the largest piece that was received into it. Only where one piece was most of all must the
//! buffer have been made to its measure.

use std::collections::{BTreeMap, BTreeSet};

use super::Tracer;
use crate::linux::procfs;
use events::{Activity, Call, CallResult, Object, Place};

/// What is received before the memory is looked at for the first time.
const SOME: u64 = 128 << 10;
/// Between two looks at least so much is received.
const BETWEEN: u64 = 256 << 10;
/// So much has to be received, so that neither large pages nor what else a program does with its memory come near it.
const MUCH: u64 = 5 << 19;
/// The memory may have grown by so much less than what was received: some of it may lie where something else lay.
const LESS: u64 = 128 << 10;
/// Who makes a buffer for all that comes asks for no more than so much beyond it (`Read::read_to_end` of std rounds up).
const BEYOND: u64 = 16 << 10;

/// What is received from one file or stream.
#[derive(Debug, Default)]
struct Source {
    /// So far.
    received: u64,
    /// The memory of the process, and what it had received from everywhere, when that was first looked at; and what it
    /// had received from here.
    began: Option<(u64, u64, u64)>,
    /// What was received from here when it was last looked at.
    looked: u64,
    /// The largest piece since the first look, and how much was asked for then.
    largest: (u64, u64),
    /// Once the memory had not grown by what was received.
    is_flat: bool,
}

impl Source {
    /// It is time for the first look, before a call that asks for so much.
    fn is_to_begin(&self, asked: u64) -> bool {
        self.began.is_none() && (asked >= SOME || self.received >= SOME)
    }

    /// A piece was received by a call that asked for so much; `true`: it is time to look.
    fn receive(&mut self, bytes: u64, asked: u64) -> bool {
        self.received += bytes;
        if self.began.is_none() || self.is_flat {
            return false;
        }
        self.largest = self.largest.max((bytes, asked));
        let since = self.received - self.looked;
        match bytes {
            0 => since > 0,
            _ => since >= BETWEEN.max(self.looked / 8),
        }
    }

    /// What was received from everywhere since the first look, and by how much the memory grew, if that is much and was so
    /// at each look: `memory` is what it is now, and `total` what was received from everywhere.
    fn grown(&mut self, memory: u64, total: u64) -> Option<(u64, u64)> {
        self.looked = self.received;
        let (memory_then, total_then, received_then) = self.began?;
        let (grown, all) = (memory.saturating_sub(memory_then), total - total_then);
        let (received, (largest, asked)) = (self.received - received_then, self.largest);
        self.is_flat |= grown + LESS < all;
        let made_to_measure = largest <= received / 2 || asked.saturating_sub(largest) <= BEYOND;
        (!self.is_flat && received >= MUCH && made_to_measure).then_some((all, grown))
    }
}

/// What each process has received.
#[derive(Debug, Default)]
pub struct MemoryGrowth {
    sources: BTreeMap<(i32, i32), (Object, Source)>,
    totals: BTreeMap<i32, u64>,
    told: BTreeSet<i32>,
}

impl MemoryGrowth {
    /// A process runs another program from now on.
    pub fn forget(&mut self, pid: i32) {
        self.sources.retain(|(of, _), _| *of != pid);
        self.totals.remove(&pid);
    }

    /// What a process receives from; of a descriptor that leads elsewhere now, nothing yet.
    fn source(&mut self, pid: i32, fd: i32, object: &Object) -> &mut Source {
        let (known, source) =
            self.sources.entry((pid, fd)).or_insert_with(|| (object.clone(), Source::default()));
        if known != object {
            (*known, *source) = (object.clone(), Source::default());
        }
        source
    }

    fn total(&self, pid: i32) -> u64 {
        self.totals.get(&pid).copied().unwrap_or(0)
    }
}

impl Tracer {
    /// A thread is about to receive.
    pub(super) fn looks_before_it_grows(&mut self, tid: i32, call: &Call) {
        let Call::Receive { fd, object, data } = call else { return };
        let Some(pid) = self.threads.get(tid).map(|thread| thread.pid) else { return };
        let growth = &mut self.memory_growth;
        let total = growth.total(pid);
        let source = growth.source(pid, *fd, object);
        if !source.is_to_begin(data.asked) {
            return;
        }
        if let Some(memory) = procfs::own_memory(pid) {
            source.began = Some((memory, total, source.received));
            source.looked = source.received;
        }
    }

    /// A call is over, from this place.
    pub(super) fn looks_whether_it_grew(
        &mut self,
        tid: i32,
        call: &Call,
        outcome: CallResult,
        place: Option<&Place>,
    ) {
        let (Call::Receive { fd, object, data }, CallResult::Done(bytes)) = (call, outcome) else {
            return;
        };
        let Some(pid) = self.threads.get(tid).map(|thread| thread.pid) else { return };
        let bytes = u64::try_from(bytes).unwrap_or(0);
        let growth = &mut self.memory_growth;
        if data.peeked || growth.told.contains(&pid) {
            return;
        }
        let total = growth.totals.entry(pid).or_default();
        *total += bytes;
        let total = *total;
        let source = growth.source(pid, *fd, object);
        if !source.receive(bytes, data.asked) {
            return;
        }
        let Some((received, grown)) =
            procfs::own_memory(pid).and_then(|memory| source.grown(memory, total))
        else {
            return;
        };
        growth.told.insert(pid);
        let from = object.clone();
        let place = place.cloned().map(Box::new);
        self.tell_from(tid, Activity::MemoryGrew { from, received, grown }, place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOTAL: u64 = 3_000_000;

    /// What is said of these pieces, each with what was asked for, when the memory at each look is this.
    fn said(pieces: &[(u64, u64)], memory: impl Fn(u64) -> u64) -> Option<(u64, u64)> {
        let mut source = Source::default();
        let mut said = None;
        let mut total = 0;
        for (bytes, asked) in pieces.iter().chain([&(0, 8192)]) {
            if source.is_to_begin(*asked) {
                source.began = Some((memory(total), total, source.received));
            }
            total += bytes;
            if source.receive(*bytes, *asked) {
                said = said.or(source.grown(memory(total), total));
            }
        }
        said
    }

    #[test]
    fn what_is_received_in_pieces_and_kept_is_seen() {
        let pieces = vec![(50_000, 65_536); 60];
        let (received, grown) = said(&pieces, |total| total + 100_000).unwrap();
        assert!((MUCH..TOTAL).contains(&received) && grown == received, "{received} {grown}");
        assert_eq!(said(&pieces, |_| 100_000), None);
        assert_eq!(said(&pieces, |total| total / 2), None);
        assert_eq!(said(&pieces, |total| total.saturating_sub(2_000_000) * 3), None, "not with it");
        assert_eq!(said(&vec![(50_000, 65_536); 40], |total| total), None, "not much");
    }

    #[test]
    fn a_buffer_that_is_large_by_itself_is_no_growth() {
        // it was there before, or is touched by the first piece
        let pieces = [(2_900_000, 10 << 20), (100_000, 10 << 20)];
        assert_eq!(said(&pieces, |total| total.min(2_900_000)), None);
        assert_eq!(said(&[(TOTAL, 4 << 20)], |total| total), None);
        assert_eq!(said(&[(TOTAL, TOTAL + 4000)], |total| total), Some((TOTAL, TOTAL)));
    }

    #[test]
    fn a_look_at_a_process_counts_its_own_memory() {
        let own = std::process::id() as i32;
        let before = procfs::own_memory(own).unwrap();
        let kept = vec![1_u8; 8 << 20];
        let after = procfs::own_memory(own).unwrap();
        assert!(after >= before + (7 << 20), "{before} {after}");
        assert_eq!(kept[4096], 1);
    }
}
