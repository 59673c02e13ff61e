//! Starts one program of a scene.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use nix::sys::signal::{SigHandler, SigSet, Signal};

use super::Program;

/// A program that has been started.
#[derive(Debug)]
pub struct Running {
    /// Its process id, also its process group.
    pub pid: i32,
    /// Its standard input, if the script types into it.
    pub stdin: Option<ChildStdin>,
    /// The reading end of its standard output.
    pub stdout: OwnedFd,
    /// The reading end of its standard error.
    pub stderr: OwnedFd,
}

/// How `program` is started in `folder`: in a process group of its own, as a terminal would, with nothing open but its
/// standard streams, which are still to be set.
pub fn command(program: &Program, args: &[String], folder: &Path) -> Command {
    let mut command = Command::new(&program.path);
    command
        .args(args)
        .current_dir(folder)
        .process_group(0)
        // every machine prints the same, whatever its user has set
        .env_remove("RUST_BACKTRACE")
        .env_remove("RUST_LOG");
    #[cfg(target_os = "linux")]
    if let Some(environment) = super::contain::environment() {
        command.env_clear().envs(environment);
    }
    #[cfg(target_os = "linux")]
    if let Some(temporary) = super::contain::temporary() {
        command.env("TMPDIR", temporary);
    }
    // SAFETY: between fork and exec only system calls that are safe there.
    unsafe {
        command.pre_exec(move || {
            // whatever the user's shell had open: a lesson finds 0, 1 and 2 only (CLOEXEC, not closed:
            // std's own pipe must live until exec)
            #[cfg(target_os = "linux")]
            {
                libc::syscall(libc::SYS_close_range, 3_u32, u32::MAX, 4_u32);
                super::crowd::join();
                super::contain::give_up_power();
            }
            super::priority::ordinary_priority();
            heed_signals()
        })
    };
    command
}

/// Between fork and exec: whatever our caller ignores or blocks (`nohup`, `trap ''`), a program of the course finds every
/// signal as it is by default. Only system calls.
fn heed_signals() -> io::Result<()> {
    for signal in Signal::iterator().filter(|one| !matches!(one, Signal::SIGKILL | Signal::SIGSTOP))
    {
        // SAFETY: no handler is set.
        unsafe { nix::sys::signal::signal(signal, SigHandler::SigDfl) }?;
    }
    Ok(SigSet::empty().thread_set_mask()?)
}

/// Starts `program` in `folder`, to be killed when this process ends.
///
/// # Errors
/// It cannot be started.
pub fn launch(
    program: &Program,
    args: &[String],
    folder: &Path,
    typed: bool,
) -> io::Result<Running> {
    let mut command = command(program, args, folder);
    command
        .stdin(if typed { Stdio::piped() } else { Stdio::null() })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let helper = std::process::id() as i32;
    // SAFETY: between fork and exec only system calls that are safe there.
    unsafe { command.pre_exec(move || super::die_with_parent(helper, Signal::SIGKILL)) };
    let mut child: Child = command.spawn()?;
    let missing = || io::Error::other("管道没有建立");
    Ok(Running {
        pid: child.id() as i32,
        stdin: child.stdin.take(),
        stdout: child.stdout.take().ok_or_else(missing)?.into(),
        stderr: child.stderr.take().ok_or_else(missing)?.into(),
    })
}
