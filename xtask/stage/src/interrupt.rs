//! Ctrl-C (or SIGTERM, SIGHUP): no new scenes, and running ones end. A second one ends xtask at once.

use std::io::{self, Read};
use std::os::unix::net::UnixStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
/// Whom an interrupt is passed on to. Only their numbers: each is waited for by the thread that started it.
static PASSED_ON_TO: Mutex<Vec<Pid>> = Mutex::new(Vec::new());

/// Exit code of a program that Ctrl-C has ended, as shells have it: 128 and the signal's number.
pub const EXIT_CODE: u8 = 130;

/// Whether the user wants to stop.
pub fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}

/// From now on an interrupt is only noted and passed on, and a second one ends this process with [`EXIT_CODE`].
///
/// # Errors
/// The signals cannot be caught, or no thread can be started.
pub fn catch_interrupts() -> io::Result<()> {
    let (mut reader, writer) = UnixStream::pair()?;
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::low_level::pipe::register(signal, writer.try_clone()?)?;
    }
    let thread = std::thread::Builder::new().name("interrupts".into());
    let started = thread.spawn(move || {
        let mut byte = [0];
        while reader.read_exact(&mut byte).is_ok() {
            if INTERRUPTED.swap(true, Ordering::Relaxed) {
                // the helpers notice that their parent is gone and clean up
                std::process::exit(EXIT_CODE.into());
            }
            for pid in PASSED_ON_TO.lock().iter().flat_map(|pids| pids.iter()) {
                let _ = kill(*pid, Signal::SIGTERM);
            }
        }
    });
    started.map(|_| ()).map_err(|error| {
        io::Error::new(error.kind(), "启动不了线程：进程和线程太多（ulimit -u），或者内存不够")
    })
}

/// As long as it lives, an interrupt reaches this child as SIGTERM. To be dropped before the child is waited for: then
/// its number may belong to somebody else.
#[derive(Debug)]
pub struct PassOn(Pid);

impl PassOn {
    /// To this child; at once, if the interrupt has been already.
    pub fn to(pid: Pid) -> PassOn {
        if let Ok(mut pids) = PASSED_ON_TO.lock() {
            pids.push(pid);
            if interrupted() {
                let _ = kill(pid, Signal::SIGTERM);
            }
        }
        PassOn(pid)
    }
}

impl Drop for PassOn {
    fn drop(&mut self) {
        if let Ok(mut pids) = PASSED_ON_TO.lock() {
            pids.retain(|other| *other != self.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_is_signalled_only_as_long_as_it_has_not_been_waited_for() {
        // a number that no process has (proc_sys_kernel(5), pid_max)
        let pid = Pid::from_raw(i32::MAX);
        let listed = || PASSED_ON_TO.lock().unwrap().contains(&pid);
        let passed = PassOn::to(pid);
        assert!(listed());
        drop(passed);
        assert!(!listed());
    }
}
