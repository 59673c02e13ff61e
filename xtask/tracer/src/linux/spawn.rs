//! Starts a program so that it is traced from its first instruction on.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::process::Command;

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sys::signal::{SigSet, Signal};
use nix::unistd::{ForkResult, fork, pipe2, read, write};

use super::filter;

/// `ptrace(2)`: stops of every kind that we follow, and death of the traced with the tracer.
const OPTIONS: libc::c_int = libc::PTRACE_O_TRACESYSGOOD
    | libc::PTRACE_O_TRACEFORK
    | libc::PTRACE_O_TRACEVFORK
    | libc::PTRACE_O_TRACECLONE
    | libc::PTRACE_O_TRACEEXEC
    | libc::PTRACE_O_TRACESECCOMP
    | libc::PTRACE_O_EXITKILL;

/// Starts `command` and returns its process id when it stands before the first instruction of its program, stopped.
///
/// `wakers`: see [`filter::program`]. Its standard streams must not be [`Stdio::piped`](std::process::Stdio::piped): nobody would have the other end.
///
/// # Errors
/// It cannot be started, or not be traced.
pub fn spawn(mut command: Command, wakers: bool) -> io::Result<i32> {
    let program = filter::program(wakers);
    let ready = move || {
        // ours is blocked (`Tracer::new`), and a program inherits that (execve(2)): its shell would wait for ever
        SigSet::from(Signal::SIGCHLD).thread_unblock()?;
        filter::install(&program)
    };
    // SAFETY: `ready` only makes system calls.
    unsafe { command.pre_exec(ready) };
    let (go_reader, go) = pipe2(OFlag::O_CLOEXEC)?;
    let (fault, fault_writer) = pipe2(OFlag::O_CLOEXEC)?;
    // SAFETY: the child takes memory only through glibc's allocator, which is usable after a fork, and no lock that
    // another thread of ours could hold: our only other thread sleeps.
    match unsafe { fork() }? {
        ForkResult::Child => {
            drop(go);
            // who starts us may have closed its memory to others, and so ours: nobody could trace us (ptrace(2))
            // SAFETY: a plain system call.
            unsafe { libc::prctl(libc::PR_SET_DUMPABLE, 1, 0, 0, 0) };
            let _ = write(&fault_writer, b"!");
            let mut byte = [0];
            let error = match read(&go_reader, &mut byte) {
                Ok(1) => command.exec(),
                _ => io::ErrorKind::PermissionDenied.into(),
            };
            let code = error.raw_os_error().unwrap_or(libc::EPERM);
            let _ = write(&fault_writer, &code.to_ne_bytes());
            // SAFETY: ends this process, without running what the parent has registered for its own end.
            unsafe { libc::_exit(127) }
        }
        ForkResult::Parent { child } => {
            drop((go_reader, fault_writer));
            let pid = child.as_raw();
            let is_ready = read(&fault, &mut [0])? == 1;
            match is_ready
                .then_some(())
                .ok_or(io::ErrorKind::BrokenPipe.into())
                .and_then(|()| follow(pid, &go))
            {
                Ok(true) => Ok(pid),
                Ok(false) => {
                    let mut code = [0; 4];
                    // nothing: the kernel ended it when the old program was gone and the new one could not be set up
                    let known = read(&fault, &mut code)? == code.len();
                    let code = if known { i32::from_ne_bytes(code) } else { libc::ENOEXEC };
                    Err(io::Error::from_raw_os_error(code))
                }
                Err(error) => {
                    // SAFETY: plain system calls on a child of ours.
                    unsafe {
                        libc::kill(pid, libc::SIGKILL);
                        libc::waitpid(pid, std::ptr::null_mut(), libc::__WALL);
                    }
                    Err(error)
                }
            }
        }
    }
}

/// Seizes the child and follows it until it has become its program; `false`: it has ended instead.
fn follow(pid: i32, go: &OwnedFd) -> io::Result<bool> {
    // SAFETY: plain system call.
    Errno::result(unsafe { libc::ptrace(libc::PTRACE_SEIZE, pid, 0_usize, OPTIONS as usize) })?;
    write(go, b"!")?;
    loop {
        let mut status = 0;
        // SAFETY: `status` lives through the call.
        Errno::result(unsafe { libc::waitpid(pid, &raw mut status, libc::__WALL) })?;
        if !libc::WIFSTOPPED(status) {
            return Ok(false);
        }
        if status >> 16 == libc::PTRACE_EVENT_EXEC {
            return Ok(true);
        }
        let signal = if status >> 16 == 0 { libc::WSTOPSIG(status) } else { 0 };
        // SAFETY: plain system call.
        Errno::result(unsafe { libc::ptrace(libc::PTRACE_CONT, pid, 0_usize, signal as usize) })?;
    }
}
