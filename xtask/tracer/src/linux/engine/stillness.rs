//! Since when nothing has happened, and whether it has been told.

use std::time::{Duration, Instant};

/// Nothing happens.
pub struct Stillness {
    since: Instant,
    told: bool,
    /// In real time: some timer of the kernel may wake anybody.
    timers: bool,
    /// In virtual time, while somebody waits for the kernel: until then the programs' clock has moved with the real one.
    pace: Option<Instant>,
}

impl Stillness {
    /// From now on.
    pub fn new() -> Stillness {
        Stillness { since: Instant::now(), told: false, timers: false, pace: None }
    }

    /// Something has happened.
    pub fn end(&mut self) {
        self.since = Instant::now();
        self.told = false;
        self.pace = None;
    }

    /// The real time that has passed since it was last asked, or since the last thing that happened.
    pub fn pace(&mut self) -> Duration {
        let now = Instant::now();
        now - self.pace.replace(now).unwrap_or(self.since)
    }

    /// Nobody waits for the kernel any more.
    pub fn end_of_pace(&mut self) {
        self.pace = None;
    }

    /// How long nothing has happened.
    pub fn length(&self) -> Duration {
        self.since.elapsed()
    }

    /// That it will last for ever has been told.
    pub fn is_told(&self) -> bool {
        self.told
    }

    /// That it will last for ever is told.
    pub fn tell(&mut self) {
        self.told = true;
    }

    /// What was told may no longer be true.
    pub fn take_back(&mut self) {
        self.told = false;
    }

    /// A program has a timer of the kernel.
    pub fn expect_timer(&mut self) {
        self.timers = true;
    }

    /// A timer of the kernel may end it.
    pub fn may_end_by_timer(&self) -> bool {
        self.timers
    }
}
