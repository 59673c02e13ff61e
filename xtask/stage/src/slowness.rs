//! How busy the machine is, measured before a scene is played: its limit grows with that.

use std::time::{Duration, Instant};

/// How many times slower this machine is now than if it had nothing else to do: the time that some work takes over
/// the processor time that it needs. At least 1, at most
/// [`SLOWNESS`](limits::SLOWNESS).
pub fn slowness() -> f64 {
    /// Enough to be interrupted by whoever else wants the processor.
    const WORK: Duration = Duration::from_millis(30);
    let (began, before) = (Instant::now(), processor_time());
    let mut used = Duration::ZERO;
    // the second condition: a clock that cannot be read must not keep us here
    while used < WORK && began.elapsed() < WORK * 10 {
        std::hint::black_box((0..1_000_u64).sum::<u64>());
        used = processor_time().saturating_sub(before);
    }
    (began.elapsed().as_secs_f64() / used.as_secs_f64().max(1e-6)).clamp(1.0, limits::SLOWNESS)
}

/// Processor time of this thread (`clock_gettime(2)`).
fn processor_time() -> Duration {
    // SAFETY: `time` lives through the call.
    let time = unsafe {
        let mut time: libc::timespec = std::mem::zeroed();
        libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time);
        time
    };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slowness_is_a_factor() {
        assert!((1.0..=5.0).contains(&slowness()));
    }
}
