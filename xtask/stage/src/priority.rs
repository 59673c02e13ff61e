//! The helper process acts when it must, although the programs take every processor.

use std::sync::OnceLock;

/// The priority of this process before [`stay_ahead`], if it was raised.
static ORDINARY: OnceLock<i32> = OnceLock::new();

/// Keeps this process able to act when the programs take every processor: a higher priority, where that is allowed.
#[cfg(target_os = "linux")]
pub fn stay_ahead() {
    // SAFETY: plain system calls on this process.
    let raised = unsafe {
        let before = libc::getpriority(libc::PRIO_PROCESS, 0);
        (libc::setpriority(libc::PRIO_PROCESS, 0, before - 10) == 0).then_some(before)
    };
    if let Some(before) = raised {
        let _ = ORDINARY.set(before);
    }
}

/// Nothing of this is known to work elsewhere.
#[cfg(not(target_os = "linux"))]
pub fn stay_ahead() {}

/// Between fork and exec: a program has the priority that it would have without us.
pub fn ordinary_priority() {
    if let Some(priority) = ORDINARY.get() {
        // SAFETY: a plain system call on this process; lowering one's priority is always allowed.
        unsafe { libc::setpriority(libc::PRIO_PROCESS as _, 0, *priority) };
    }
}
