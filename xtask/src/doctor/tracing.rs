//! May one process trace another on this machine?

use nix::errno::Errno;

/// Tries it on a child that asks to be traced and stops at once (`PTRACE_TRACEME`, `ptrace(2)`).
///
/// # Errors
/// What the kernel answered.
#[cfg(target_os = "linux")]
pub fn try_on_a_child() -> Result<(), Errno> {
    use nix::unistd::{ForkResult, fork};

    // SAFETY: the child makes three system calls that are safe after a fork, and ends.
    let child = match unsafe { fork() }? {
        // SAFETY: plain system calls.
        ForkResult::Child => unsafe {
            if libc::ptrace(libc::PTRACE_TRACEME, 0, 0, 0) < 0 {
                libc::_exit(Errno::last_raw());
            }
            libc::raise(libc::SIGSTOP);
            libc::_exit(0)
        },
        ForkResult::Parent { child } => child.as_raw(),
    };
    let mut status = 0;
    // SAFETY: `status` lives through the calls; the child is ours and not yet waited for.
    unsafe {
        Errno::result(libc::waitpid(child, &raw mut status, 0))?;
        if libc::WIFEXITED(status) {
            return Err(Errno::from_raw(libc::WEXITSTATUS(status)));
        }
        // a traced child stops before it is stopped: it has stopped, and nothing but its tracer's word lets it go on
        libc::kill(child, libc::SIGKILL);
        Errno::result(libc::waitpid(child, &raw mut status, 0))?;
    }
    Ok(())
}

/// Elsewhere nobody traces.
#[cfg(not(target_os = "linux"))]
pub fn try_on_a_child() -> Result<(), Errno> {
    Err(Errno::ENOSYS)
}
