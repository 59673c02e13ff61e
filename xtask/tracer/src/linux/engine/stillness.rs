//! Since when nothing has happened, and whether it has been told.

use std::time::{Duration, Instant};

use super::super::calls::Firing;

/// That one that fires once has fired is seen so long after its time at the latest.
const LATEST: Duration = Duration::from_secs(2);

/// How long timers of the kernel may still fire.
#[derive(Clone, Copy)]
enum Timers {
    /// All have fired by then, but for those that send a signal again and again.
    Known { until: Option<Instant>, periodic: bool },
    /// Nobody knows when one fires.
    Unknown,
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
        Stillness {
            since: Instant::now(),
            told: false,
            timers: Timers::Known { until: None, periodic: false },
            pace: None,
        }
    }

    /// Something has happened. The real time for which the programs' clock has still to move, if it moved with it.
    pub fn end(&mut self) -> Duration {
        self.since = Instant::now();
        self.told = false;
        self.pace.take().map_or(Duration::ZERO, |until| self.since - until)
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
    pub fn expect_timer(&mut self, firing: Firing) {
        let end = |length| Instant::now().checked_add(length)?.checked_add(LATEST);
        self.timers = match (self.timers, firing) {
            (Timers::Known { until, .. }, Firing::Periodic) => {
                Timers::Known { until, periodic: true }
            }
            (Timers::Known { until, periodic }, Firing::Once(length)) => match end(length) {
                Some(end) => Timers::Known { until: until.max(Some(end)), periodic },
                None => Timers::Unknown,
            },
            _ => Timers::Unknown,
        };
    }

    /// A timer of the kernel may end it.
    pub fn may_end_by_timer(&self) -> bool {
        self.has_periodic_timer() || self.may_end_by_other_timer()
    }

    /// A timer of the kernel sends a signal again and again.
    pub fn has_periodic_timer(&self) -> bool {
        matches!(self.timers, Timers::Known { periodic: true, .. })
    }

    /// A timer of the kernel may end it, other than one that sends a signal again and again.
    pub fn may_end_by_other_timer(&self) -> bool {
        match self.timers {
            Timers::Known { until, .. } => until.is_some_and(|end| Instant::now() < end),
            Timers::Unknown => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// However late whoever asks is woken, the programs' clock has moved as far as the real one.
    #[test]
    fn who_waited_for_the_kernel_has_waited_to_the_end() {
        let mut stillness = Stillness::new();
        assert_eq!(stillness.end(), Duration::ZERO, "nobody waits for the kernel");
        stillness.pace();
        std::thread::sleep(Duration::from_millis(5));
        assert!(stillness.end() >= Duration::from_millis(5));
        assert_eq!(stillness.end(), Duration::ZERO, "counted once");
    }

    #[test]
    fn a_timer_that_has_fired_once_is_waited_for_no_more() {
        let mut stillness = Stillness::new();
        assert!(!stillness.may_end_by_timer());
        stillness.expect_timer(Firing::Once(Duration::from_secs(3600)));
        assert!(stillness.may_end_by_timer());
        // as if an hour had gone by
        let goes_by = |stillness: &mut Stillness| {
            if let Timers::Known { until, .. } = &mut stillness.timers {
                *until = Some(Instant::now());
            }
        };
        goes_by(&mut stillness);
        assert!(!stillness.may_end_by_timer());
        // one that fires again and again counts for ever, whatever comes after it
        stillness.expect_timer(Firing::Periodic);
        stillness.expect_timer(Firing::Once(Duration::ZERO));
        goes_by(&mut stillness);
        assert!(stillness.may_end_by_timer() && stillness.has_periodic_timer());
        assert!(!stillness.may_end_by_other_timer());
        stillness.expect_timer(Firing::Unknown);
        stillness.expect_timer(Firing::Periodic);
        assert!(stillness.may_end_by_other_timer());
    }
}
