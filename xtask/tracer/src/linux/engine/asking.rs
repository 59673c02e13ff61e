//! One thread that asks, again and again, for what has not come, or gives way to others: how often in a row, and whether
//! it gets on meanwhile.
//!
//! What a thread does between two questions nobody sees: it may be a worker that gives way after each piece of its work.
//! One that only asks comes to its question with the same registers and the same words on its stack every time; whoever
//! counts, looks at a clock or works has others there. Programs in a language that keeps its variables elsewhere (Python)
//! cannot be told apart in this way.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use super::thread::{Thread, processor_time};
use crate::linux::memory;
use crate::linux::regs::Regs;

/// It is looked after so many questions whether the thread has got on.
const SAMPLE: u32 = 1000;
/// So much of its stack is looked at: what it is in, and, below, what has just been given up.
const ABOVE: u64 = 2048;
const BELOW: u64 = 1024;

/// The call that only gives way to others.
pub const GIVES_WAY: &str = "sched_yield";

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Question {
    /// The name of the call.
    pub call: &'static str,
    /// It need not be a question: whoever gives way after each piece of work makes it, too.
    pub loose: bool,
}

/// Questions in a row.
#[derive(Debug, Default)]
pub struct Asking {
    times: u32,
    loose: bool,
    /// Its processor time when it was first looked at.
    began: Option<Duration>,
    /// What it was like then.
    image: Option<u64>,
    /// It was not like that every time.
    moved: bool,
    /// One of them only gave way.
    gave_way: bool,
    /// When it was first looked at, on the programs' clock.
    since: Option<Duration>,
    /// In real time: so many questions ago its looks at the clock have become visible, and there was none.
    clocks_seen: Option<u32>,
}

impl Asking {
    /// How often.
    pub fn times(&self) -> u32 {
        self.times
    }

    /// One of the questions need not be one, see [`Question::loose`].
    pub fn is_loose(&self) -> bool {
        self.loose
    }

    /// It only asked, and never just gave way, since then (time of the programs' clock).
    pub fn asks_since(&self) -> Option<Duration> {
        self.since.filter(|_| !self.gave_way)
    }

    /// So many questions ago its looks at the clock have become visible; `None`: they are not.
    pub fn without_clocks(&self) -> Option<u32> {
        self.clocks_seen.map(|then| self.times - then)
    }

    /// Its looks at the clock are visible from now on.
    pub fn clocks_are_seen(&mut self) {
        self.clocks_seen = Some(self.times);
    }

    /// It was the same every time, as far as its registers and its stack tell.
    pub fn stands_still(&self) -> bool {
        self.image.is_some() && !self.moved
    }

    /// The processor time that it has used meanwhile.
    pub fn cpu(&self, tid: i32) -> Duration {
        self.began.map_or(Duration::ZERO, |began| processor_time(tid).saturating_sub(began))
    }
}

impl Thread {
    /// It asks once more; it is stopped at the beginning or the end of that call.
    pub(super) fn asks(&mut self, tid: i32, question: Question, now: Duration) {
        let asking = &mut self.asking;
        asking.times += 1;
        asking.loose |= question.loose;
        asking.gave_way |= question.call == GIVES_WAY;
        if !asking.times.is_multiple_of(SAMPLE) {
            return;
        }
        asking.began.get_or_insert_with(|| processor_time(tid));
        asking.since.get_or_insert(now);
        let Some(image) = Regs::read(tid).ok().and_then(|regs| image(tid, &regs)) else { return };
        asking.moved |= asking.image.is_some_and(|before| before != image);
        asking.image = Some(image);
    }
}

/// What a thread is like: the registers that a call keeps, and its stack.
pub(super) fn image(tid: i32, regs: &Regs) -> Option<u64> {
    let stack = regs.stack();
    let mut hasher = DefaultHasher::new();
    (stack, regs.kept()).hash(&mut hasher);
    let below = memory::read(tid, stack.checked_sub(BELOW)?, BELOW as usize).ok()?;
    below.hash(&mut hasher);
    memory::read_some(tid, stack, ABOVE as usize).ok()?.hash(&mut hasher);
    Some(hasher.finish())
}
