//! Lines that are written in pieces: `print("a", b)` of an unbuffered Python is four writes. Each of them stops here, and takes a
//! hundred times as long as alone: another thread that is about to write gets in between nearly every time, and alone nearly
//! never. So who is about to write lets the one go first who is in the middle of a line, as the kernel might have done as well:
//! until that line is whole, or its writer does something else, and in no case for long.

use std::time::Instant;

use super::Tracer;
use super::scheduler::Ready;
use super::thread::{State, Thread};
use crate::linux::calls::Entry;
use crate::linux::objects::Stream;
use events::Call;
use limits::{LINE_PIECES, LINE_TIME};

/// A line that a thread has begun and not ended.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    on: Stream,
    pieces: u32,
    /// When the last piece was written.
    since: Instant,
}

impl Line {
    /// What a thread has written of its last line, after these bytes.
    fn after(before: Option<Line>, on: Stream, bytes: &[u8]) -> Option<Line> {
        match (bytes.last()?, before.filter(|line| line.on == on)) {
            (b'\n', _) => None,
            (_, line) => {
                let pieces = line.map_or(0, |line| line.pieces) + 1;
                Some(Line { on, pieces, since: Instant::now() })
            }
        }
    }

    /// The others do not wait for it any more.
    fn is_overlong(&self) -> bool {
        self.pieces > LINE_PIECES
    }
}

impl Thread {
    /// The output that it is about to write to, or has not ended its write to.
    fn writes_to(&self) -> Option<Stream> {
        match &self.pending.as_ref()?.call {
            Call::Send { object, .. } => Stream::of(object),
            _ => None,
        }
    }

    fn is_mid_line_on(&self, on: Stream) -> bool {
        self.line.is_some_and(|line| line.on == on && !line.is_overlong())
    }
}

impl Tracer {
    /// A thread has written these bytes.
    pub(super) fn has_written(&mut self, tid: i32, on: Stream, bytes: &[u8]) {
        if let Some(thread) = self.threads.get_mut(tid)
            && !bytes.is_empty()
        {
            thread.line = Line::after(thread.line, on, bytes);
        }
    }

    /// A thread makes this call: unless it goes on with its line, or waits for another thread so that it may do so, that line
    /// keeps nobody any more.
    pub(super) fn may_leave_line(&mut self, tid: i32, entry: &Entry) {
        let goes_on = match entry {
            Entry::Watch(pending) => match &pending.call {
                Call::Send { object, .. } => Stream::of(object).is_some(),
                Call::Futex { .. } => true,
                _ => false,
            },
            Entry::Sleep(_) | Entry::ExitGroup => false,
            _ => true,
        };
        if !goes_on && let Some(thread) = self.threads.get_mut(tid) {
            thread.line = None;
        }
    }

    /// Another thread is in the middle of a line to which this one is about to write.
    fn is_in_between(&self, tid: i32) -> bool {
        let Some(thread) = self.threads.get(tid) else { return false };
        let Some(on) = thread.writes_to() else { return false };
        let others = || self.threads.iter().filter(|(other, _)| *other != tid);
        matches!(thread.state, State::Held(_))
            && !thread.is_mid_line_on(on)
            && others().any(|(_, other)| other.is_mid_line_on(on))
    }

    /// In real time: it waits until the line is whole, and not for long.
    pub(super) fn waits_for_line(&self, tid: i32) -> bool {
        let Some(thread) = self.threads.get(tid) else { return false };
        let Some(on) = thread.writes_to().filter(|on| !thread.is_mid_line_on(*on)) else {
            return false;
        };
        // one whose write is not over yet may have more to say
        let writes = |other: &Thread| {
            let writes = other.is_let_go() && other.writes_to() == Some(on);
            writes && other.is_still_for() < LINE_TIME
        };
        let is_mid_line = |other: &Thread| {
            let recent = other.line.is_some_and(|line| line.since.elapsed() < LINE_TIME);
            recent && other.is_mid_line_on(on)
        };
        let mut others = self.threads.iter().filter(|(other, _)| *other != tid);
        others.any(|(_, other)| writes(other) || is_mid_line(other))
    }

    /// In virtual time: those who could go on, without those who would come in between, if others are left.
    pub(super) fn ready(&self) -> Vec<Ready> {
        let all = self.threads.ready();
        let mut others = all.clone();
        others.retain(|one| !self.is_in_between(one.tid));
        if others.is_empty() { all } else { others }
    }

    /// In virtual time: it has the turn and would come in between; once for each write others are asked first.
    pub(super) fn lets_line_go_first(&mut self, tid: i32) -> bool {
        let first = self.is_in_between(tid);
        let Some(thread) = self.threads.get_mut(tid) else { return false };
        first && !std::mem::replace(&mut thread.let_line_go_first, true)
    }

    /// Its turn goes on until its line is whole.
    pub(super) fn is_mid_line(&self, tid: i32) -> bool {
        let line = self.threads.get(tid).and_then(|thread| thread.line);
        line.is_some_and(|line| !line.is_overlong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_whole_with_its_newline_and_keeps_nobody_for_ever() {
        let on = Stream { program: 0, errors: false };
        let begun = Line::after(None, on, b"wrote");
        assert!(begun.is_some_and(|line| !line.is_overlong()));
        assert!(Line::after(begun, on, b"\n").is_none());
        assert!(Line::after(None, on, b"a\nb").is_some());
        let mut line = begun;
        for _ in 0..LINE_PIECES {
            line = Line::after(line, on, b".");
        }
        assert!(line.is_some_and(|line| line.is_overlong()));
        let errors = Stream { program: 0, errors: true };
        assert!(Line::after(line, errors, b".").is_some_and(|line| !line.is_overlong()));
    }
}
