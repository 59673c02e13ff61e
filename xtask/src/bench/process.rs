//! Programs that are measured: started, watched, and never left behind.

use std::io::Read;
use std::net::SocketAddrV4;
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::process::{ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use events::Exit;
use stage::{LISTENS_AT, die_with_parent, interrupt};

/// How long a server may take until it listens.
const UNTIL_LISTENING: Duration = Duration::from_secs(20);
/// How often to look whether a program has ended: the precision of every time that is measured here.
const LOOK: Duration = Duration::from_millis(1);

/// A program that has been started. Dropping it ends it, with everything in its process group.
#[derive(Debug)]
pub struct Started {
    pid: Pid,
    name: String,
    stderr: Option<ChildStderr>,
    said: Vec<u8>,
    ended: Option<Finished>,
}

/// How a program ended.
#[derive(Debug, Clone, Copy)]
pub struct Finished {
    /// When that was seen.
    pub at: Instant,
    /// Its exit.
    pub exit: Exit,
    /// The most memory it had at once, in bytes.
    pub peak: u64,
}

/// Starts `command`, to be killed when this thread ends. Its standard output goes nowhere.
pub fn start(mut command: Command) -> Result<Started> {
    let name = command.get_program().to_string_lossy();
    let name = name.rsplit('/').next().unwrap_or_default().to_owned();
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).process_group(0);
    let parent = std::process::id() as i32;
    // SAFETY: between fork and exec only system calls that are safe there: prctl and getppid.
    unsafe { command.pre_exec(move || die_with_parent(parent, Signal::SIGKILL)) };
    let mut child = command.spawn().with_context(|| format!("启动不了 {name}"))?;
    let pid = Pid::from_raw(child.id() as i32);
    Ok(Started { pid, name, stderr: child.stderr.take(), said: Vec::new(), ended: None })
}

impl Started {
    /// Waits until its standard error says where it listens.
    pub fn address(&mut self) -> Result<SocketAddrV4> {
        let limit = Instant::now() + UNTIL_LISTENING;
        while Instant::now() < limit {
            if let Some(address) = address_in(&String::from_utf8_lossy(&self.said)) {
                return Ok(address);
            }
            if !self.hear(Duration::from_millis(50))? {
                break;
            }
        }
        bail!("{} 没有开始监听{}", self.name, self.complaint());
    }

    /// Reads what it says on its standard error within `patience`; `false`: it will say no more.
    fn hear(&mut self, patience: Duration) -> Result<bool> {
        stop_if_interrupted()?;
        let Some(stderr) = &mut self.stderr else { return Ok(false) };
        let timeout = PollTimeout::try_from(patience)?;
        let mut waiting = [PollFd::new(stderr.as_fd(), PollFlags::POLLIN)];
        match poll(&mut waiting, timeout) {
            Ok(0) | Err(Errno::EINTR) => return Ok(true),
            ready => ready?,
        };
        let mut bytes = [0; 4096];
        let count = stderr.read(&mut bytes)?;
        self.said.extend_from_slice(&bytes[..count]);
        Ok(count > 0)
    }

    /// The last line of its standard error, for a message.
    fn complaint(&self) -> String {
        let said = String::from_utf8_lossy(&self.said);
        said.lines().next_back().map(|line| format!("：{line}")).unwrap_or_default()
    }

    /// Takes leave of it, if it has ended.
    fn look(&mut self) -> Result<Option<Finished>> {
        if self.ended.is_none() {
            self.ended = wait(self.pid, libc::WNOHANG).with_context(|| self.name.clone())?;
        }
        Ok(self.ended)
    }

    /// Waits until it has ended, and ended well.
    pub fn end(&mut self, limit: Instant) -> Result<Finished> {
        let ended = loop {
            if let Some(ended) = self.look()? {
                break ended;
            }
            stop_if_interrupted()?;
            if Instant::now() > limit {
                bail!("{} 到了时限还没有结束", self.name);
            }
            std::thread::sleep(LOOK);
        };
        if ended.exit != Exit::Code(0) {
            while self.hear(Duration::ZERO).unwrap_or(false) && self.said.len() < 65_536 {}
            bail!("{}：{}{}", self.name, ended.exit, self.complaint());
        }
        Ok(ended)
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        // not waited for yet, so the number is still its own
        if self.ended.is_none() {
            let _ = killpg(self.pid, Signal::SIGKILL);
            let _ = wait(self.pid, 0);
        }
    }
}

/// Ctrl-C was pressed: everything that waits gives up, and what it holds is dropped.
pub fn stop_if_interrupted() -> Result<()> {
    match interrupt::interrupted() {
        true => bail!("已中断"),
        false => Ok(()),
    }
}

/// The address in 「正在监听 127.0.0.1:8888」, or in socat's "listening on AF=2 127.0.0.1:8888".
fn address_in(said: &str) -> Option<SocketAddrV4> {
    let complete = &said[..=said.rfind('\n')?];
    let line = complete
        .lines()
        .find(|line| line.contains(LISTENS_AT) || line.contains("listening on "))?;
    line.split_whitespace().find_map(|word| word.parse().ok())
}

/// `wait4(2)`: the exit and the peak memory of one child.
fn wait(pid: Pid, flags: i32) -> Result<Option<Finished>, Errno> {
    let mut status = 0;
    // SAFETY: all-zero bytes are a valid rusage; both places live through the call.
    let (waited, usage) = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        (libc::wait4(pid.as_raw(), &raw mut status, flags, &raw mut usage), usage)
    };
    if Errno::result(waited)? == 0 {
        return Ok(None);
    }
    let exit = match libc::WIFSIGNALED(status) {
        true => Exit::Signal(libc::WTERMSIG(status)),
        false => Exit::Code(libc::WEXITSTATUS(status)),
    };
    // KiB on Linux, bytes on macOS
    let unit = if cfg!(target_os = "linux") { 1024 } else { 1 };
    let peak = u64::try_from(usage.ru_maxrss).unwrap_or(0) * unit;
    Ok(Some(Finished { at: Instant::now(), exit, peak }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_saying_where_are_understood() {
        let address = "127.0.0.1:8888".parse().ok();
        assert_eq!(address_in("正在监听 127.0.0.1:8888\n"), address);
        assert_eq!(address_in("socat[7] N listening on AF=2 127.0.0.1:8888\nmore"), address);
        assert_eq!(address_in("正在监听 127.0.0.1:88"), None);
    }

    #[test]
    fn what_runs_is_ended_when_it_is_dropped() {
        let mut command = Command::new("sleep");
        command.arg("1000");
        let started = start(command).unwrap();
        let pid = started.pid;
        drop(started);
        assert_eq!(nix::sys::signal::kill(pid, None), Err(Errno::ESRCH));
    }

    #[test]
    fn a_failure_is_told_in_the_words_of_the_program() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo no luck >&2; exit 3"]);
        let limit = Instant::now() + Duration::from_secs(60);
        let error = start(command).unwrap().end(limit).unwrap_err().to_string();
        assert_eq!(error, "sh：退出码 3：no luck");
    }
}
