//! Since when nothing has happened, and whether it has been told.

use std::time::{Duration, Instant};

/// That one that fires once has fired is seen so long after its time at the latest.
const LATEST: Duration = Duration::from_secs(2);

/// How long timers of the kernel may still fire.
#[derive(Clone, Copy)]
enum Timers {
    /// There is none, or all have fired by then.
    Until(Option<Instant>),
    /// One fires again and again, or nobody knows when.
    ForEver,
}

/// Nothing happens.
pub struct Stillness {
    since: Instant,
    told: bool,
    /// In real time: some timer of the kernel may wake anybody.
    timers: Timers,
    /// In virtual time, while somebody waits for the kernel: until then the programs' clock has moved with the real one.
    pace: Option<Instant>,
}

impl Stillness {
    /// From now on.
    pub fn new() -> Stillness {
        Stillness { since: Instant::now(), told: false, timers: Timers::Until(None), pace: None }
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

    /// A program has a timer of the kernel: one that fires once, so long from now on, or any other.
    pub fn expect_timer(&mut self, once: Option<Duration>) {
        let end = once.and_then(|length| {
            Instant::now().checked_add(length).and_then(|end| end.checked_add(LATEST))
        });
        self.timers = match (self.timers, end) {
            (Timers::Until(other), Some(end)) => Timers::Until(other.max(Some(end))),
            _ => Timers::ForEver,
        };
    }

    /// A timer of the kernel may end it.
    pub fn may_end_by_timer(&self) -> bool {
        match self.timers {
            Timers::Until(end) => end.is_some_and(|end| Instant::now() < end),
            Timers::ForEver => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timer_that_has_fired_once_is_waited_for_no_more() {
        let mut stillness = Stillness::new();
        assert!(!stillness.may_end_by_timer());
        stillness.expect_timer(Some(Duration::from_secs(3600)));
        assert!(stillness.may_end_by_timer());
        // as if an hour had gone by
        let past = Instant::now();
        stillness.timers = Timers::Until(Some(past));
        assert!(!stillness.may_end_by_timer());
        // one that fires again and again counts for ever, whatever comes after it
        stillness.expect_timer(None);
        stillness.expect_timer(Some(Duration::ZERO));
        stillness.timers = match stillness.timers {
            Timers::Until(_) => Timers::Until(Some(past)),
            Timers::ForEver => Timers::ForEver,
        };
        assert!(stillness.may_end_by_timer());
    }
}
