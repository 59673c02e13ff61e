//! The clock that the programs see.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// What one look at a virtual clock costs: about what the stop for it really costs here. Without it, a loop that
/// waits for the clock would never end.
const COST: Duration = Duration::from_micros(20);
/// A sleeper wakes a little after its time, never exactly at it: loops that end when `now > deadline` rely on that.
const LATE: Duration = Duration::from_micros(1);

/// Real or virtual time since tracing began, and how the programs' clocks stand to it.
#[derive(Debug)]
pub struct ProgramClock {
    began: Instant,
    /// `None`: real time.
    passed: Option<Duration>,
    /// `CLOCK_MONOTONIC` when tracing began; `Instant` does not tell it.
    monotonic: Duration,
    /// `CLOCK_REALTIME` when tracing began.
    realtime: Duration,
}

impl ProgramClock {
    pub fn new(virtual_time: bool) -> ProgramClock {
        ProgramClock {
            began: Instant::now(),
            passed: virtual_time.then_some(Duration::ZERO),
            monotonic: read(libc::CLOCK_MONOTONIC),
            realtime: SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default(),
        }
    }

    pub fn is_virtual(&self) -> bool {
        self.passed.is_some()
    }

    /// Time since tracing began.
    pub fn now(&self) -> Duration {
        self.passed.unwrap_or_else(|| self.began.elapsed())
    }

    /// Virtual time jumps to a deadline, if that lies ahead.
    pub fn jump_to(&mut self, deadline: Duration) {
        if let Some(passed) = &mut self.passed {
            *passed = (*passed).max(deadline + LATE);
        }
    }

    /// Virtual time passes because somebody does something.
    pub fn pass(&mut self, time: Duration) {
        if let Some(passed) = &mut self.passed {
            *passed += time;
        }
    }

    /// What a program reads from one of its clocks (`clock_gettime(2)`); `None`: not ours to answer (processor time).
    pub fn look(&mut self, clock: i32) -> Option<Duration> {
        let base = self.base(clock)?;
        let passed = self.passed.as_mut()?;
        *passed += COST;
        Some(base + *passed)
    }

    /// What `times(2)` returns: the hundredths of a second (`_SC_CLK_TCK`) since some moment in the past.
    pub fn ticks(&mut self) -> Option<i64> {
        let time = self.look(libc::CLOCK_MONOTONIC)?;
        Some((time.as_millis() / 10) as i64)
    }

    /// Time since tracing began, from a time of one of the programs' clocks.
    pub fn since_began(&self, clock: i32, time: Duration) -> Duration {
        time.saturating_sub(self.base(clock).unwrap_or(self.monotonic))
    }

    fn base(&self, clock: i32) -> Option<Duration> {
        match clock {
            libc::CLOCK_REALTIME | libc::CLOCK_REALTIME_COARSE | libc::CLOCK_TAI => {
                Some(self.realtime)
            }
            libc::CLOCK_MONOTONIC
            | libc::CLOCK_MONOTONIC_COARSE
            | libc::CLOCK_MONOTONIC_RAW
            | libc::CLOCK_BOOTTIME => Some(self.monotonic),
            _ => None,
        }
    }
}

fn read(clock: libc::clockid_t) -> Duration {
    // SAFETY: all-zero bytes are a valid timespec, which lives through the call.
    let time = unsafe {
        let mut time: libc::timespec = std::mem::zeroed();
        libc::clock_gettime(clock, &raw mut time);
        time
    };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
