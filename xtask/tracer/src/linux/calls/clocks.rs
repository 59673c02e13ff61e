//! Calls about time: sleeps, and looks at a clock.

use std::time::Duration;

use super::{ClockLook, Entering, Entry, Firing, Pending, Sleep};
use crate::linux::memory;
use events::Call;

/// `nanosleep(2)`.
pub fn nanosleep(entering: &mut Entering) -> Option<Entry> {
    let length = memory::read_timespec(entering.tid(), entering.arg(0)).ok()?;
    sleep(length, entering.now() + length, entering.arg(1))
}

/// `clock_nanosleep(2)`.
pub fn clock_nanosleep(entering: &mut Entering) -> Option<Entry> {
    let time = memory::read_timespec(entering.tid(), entering.arg(2)).ok()?;
    let now = entering.now();
    if entering.int(1) & libc::TIMER_ABSTIME == 0 {
        return sleep(time, now + time, entering.arg(3));
    }
    let deadline = entering.clock.since_began(entering.int(0), time);
    sleep(deadline.saturating_sub(now), deadline, 0)
}

fn sleep(length: Duration, deadline: Duration, remainder: u64) -> Option<Entry> {
    let remainder = (remainder != 0).then_some(remainder);
    Some(Entry::Sleep(Sleep { call: Box::new(Call::Sleep { length }), deadline, remainder }))
}

/// `setitimer(2)`: known of timers that go by the clock on the wall.
pub fn firing(entering: &Entering) -> Firing {
    /// `struct itimerval`: how often, then when first.
    const VALUE: u64 = 16;
    let read = |offset: u64| {
        let address = entering.arg(1).checked_add(offset)?;
        memory::read_timeval(entering.tid(), address).ok()
    };
    match (read(0), read(VALUE)) {
        _ if entering.int(0) != libc::ITIMER_REAL => Firing::Unknown,
        (Some(Duration::ZERO), Some(first)) => Firing::Once(first),
        // with a first time of zero it is taken back
        (Some(_), Some(Duration::ZERO)) => Firing::Once(Duration::ZERO),
        (Some(_), Some(_)) => Firing::Periodic,
        _ => Firing::Unknown,
    }
}

/// `clock_gettime(2)`.
pub fn clock_gettime(entering: &mut Entering) -> Option<Entry> {
    let (clock, address) = (entering.int(0), entering.arg(1));
    Some(Entry::Clock(ClockLook::Timespec { clock, address }))
}

/// `gettimeofday(2)`.
pub fn gettimeofday(entering: &mut Entering) -> Option<Entry> {
    Some(Entry::Clock(ClockLook::Timeval { address: entering.arg(0) }))
}

/// `time(2)`.
#[cfg(target_arch = "x86_64")]
pub fn time(entering: &mut Entering) -> Option<Entry> {
    Some(Entry::Clock(ClockLook::Seconds { address: entering.arg(0) }))
}

/// `times(2)`: the processor times that it writes are the kernel's, what it returns is a time of our clock.
pub fn times(entering: &mut Entering) -> Option<Entry> {
    if !entering.clock.is_virtual() {
        return None;
    }
    Pending::untold(entering.regs.number()).returning_ticks().watched()
}
