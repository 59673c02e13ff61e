//! The helper process acts when it must, although the programs take every processor and every process.

use std::sync::OnceLock;

#[cfg(target_os = "linux")]
use limits::PROCESSES_FOR_THE_KERNEL;

/// The priority of this process before [`stay_ahead`], if it was raised.
static ORDINARY: OnceLock<i32> = OnceLock::new();

/// Keeps this process able to act when the programs take every processor: a higher priority, where that is
/// allowed. An ordinary user's scene in a user namespace of its own also gets a hard limit on its processes, which
/// the kernel counts per namespace since 5.14 (before, it would count all processes of the user).
#[cfg(target_os = "linux")]
pub fn stay_ahead(own_namespace: bool) {
    use nix::sys::resource::{Resource, setrlimit};
    // SAFETY: plain system calls on this process.
    let raised = unsafe {
        let before = libc::getpriority(libc::PRIO_PROCESS, 0);
        (libc::setpriority(libc::PRIO_PROCESS, 0, before - 10) == 0).then_some(before)
    };
    if let Some(before) = raised {
        let _ = ORDINARY.set(before);
    }
    if own_namespace && kernel_is_at_least(5, 14) {
        let most = PROCESSES_FOR_THE_KERNEL;
        let _ = setrlimit(Resource::RLIMIT_NPROC, most, most);
    }
}

/// Nothing of this is known to work elsewhere.
#[cfg(not(target_os = "linux"))]
pub fn stay_ahead(_own_namespace: bool) {}

/// Between fork and exec: a program has the priority that it would have without us.
pub fn ordinary_priority() {
    if let Some(priority) = ORDINARY.get() {
        // SAFETY: a plain system call on this process; lowering one's priority is always allowed.
        unsafe { libc::setpriority(libc::PRIO_PROCESS as _, 0, *priority) };
    }
}

#[cfg(target_os = "linux")]
fn kernel_is_at_least(major: u32, minor: u32) -> bool {
    let Ok(name) = nix::sys::utsname::uname() else { return false };
    let release = name.release().to_string_lossy().into_owned();
    let mut numbers = release.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= (major, minor)
}
