//! Nothing that a scene has started outlives it, however it tries to get away.
//!
//! The helper is a child subreaper (`PR_SET_CHILD_SUBREAPER(2const)`): whatever a program forks, double-forks or
//! moves to another session becomes a child of the helper when its own parent ends.

use std::io;
use std::path::Path;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::{Pid, getpgid, getpgrp};

use events::Exit;
use limits::KILLED_AT_ONCE;

/// A child that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reaped {
    /// Its process id.
    pub pid: i32,
    /// Its process group, as it was.
    pub group: i32,
    /// Its name, cut to 15 bytes by the kernel; empty where it cannot be known.
    pub name: String,
    /// How it ended.
    pub exit: Exit,
}

/// Makes this process the one that inherits every orphan below it.
///
/// # Errors
/// The system refuses.
#[cfg(target_os = "linux")]
pub fn adopt_orphans() -> io::Result<()> {
    Ok(nix::sys::prctl::set_child_subreaper(true)?)
}

/// Only Linux has subreapers: elsewhere, process groups must do.
#[cfg(not(target_os = "linux"))]
pub fn adopt_orphans() -> io::Result<()> {
    Ok(())
}

/// Children that end are kept until they are waited for, also if our caller ignores their end (`trap '' CHLD`): then the
/// kernel would take leave of them itself (`wait(2)`, notes).
pub fn keep_ended_children() {
    // SAFETY: no handler is set.
    let _ =
        unsafe { nix::sys::signal::signal(Signal::SIGCHLD, nix::sys::signal::SigHandler::SigDfl) };
}

/// Asks for SIGTERM when `parent` (more exactly: its thread that started us) ends. Entering a user namespace
/// clears this (`PR_SET_PDEATHSIG(2const)`), so it comes after that.
///
/// # Errors
/// The parent has ended already.
#[cfg(target_os = "linux")]
pub fn die_with_parent(parent: i32, signal: Signal) -> io::Result<()> {
    nix::sys::prctl::set_pdeathsig(signal)?;
    if nix::unistd::getppid().as_raw() == parent { Ok(()) } else { Err(Errno::ESRCH.into()) }
}

/// Only Linux has a parent-death signal.
#[cfg(not(target_os = "linux"))]
pub fn die_with_parent(_parent: i32, _signal: Signal) -> io::Result<()> {
    Ok(())
}

/// Takes leave of one child that has ended, if there is one (`Ok(None)`: all still run).
///
/// # Errors
/// `ECHILD`: there are no children at all.
pub fn wait_for_any() -> Result<Option<Reaped>, Errno> {
    let (pid, name, group, status) = loop {
        let Some(pid) = peek_ended()? else { return Ok(None) };
        let name = name_of(pid);
        let group = getpgid(Some(Pid::from_raw(pid))).map_or(0, Pid::as_raw);
        let mut status = 0;
        // nix::waitpid loses a child that was killed by a real-time signal, so this asks libc
        // SAFETY: `status` lives through the call.
        let waited = unsafe { libc::waitpid(pid, &raw mut status, 0) };
        Errno::result(waited)?;
        if !libc::WIFSTOPPED(status) {
            break (pid, name, group, status);
        }
        // it has made us its tracer (`PTRACE_TRACEME` of ptrace(2)), and only stops: it goes on as if nobody were
        #[cfg(target_os = "linux")]
        // SAFETY: a plain system call on a child of ours.
        unsafe {
            // after an execve the kernel sends it one SIGTRAP more than to others
            let signal = Some(libc::WSTOPSIG(status)).filter(|signal| *signal != libc::SIGTRAP);
            libc::ptrace(libc::PTRACE_DETACH, pid, 0_usize, signal.unwrap_or(0) as usize);
        }
    };
    let exit = if libc::WIFSIGNALED(status) {
        Exit::Signal(libc::WTERMSIG(status))
    } else {
        Exit::Code(libc::WEXITSTATUS(status))
    };
    Ok(Some(Reaped { pid, group, name, exit }))
}

/// A child that has ended and has not been waited for: its name can still be read.
fn peek_ended() -> Result<Option<i32>, Errno> {
    // SAFETY: all-zero bytes are a valid siginfo_t, which lives through the call.
    let (done, info) = unsafe {
        let mut info: libc::siginfo_t = std::mem::zeroed();
        let flags = libc::WEXITED | libc::WNOHANG | libc::WNOWAIT;
        (libc::waitid(libc::P_ALL, 0, &raw mut info, flags), info)
    };
    Errno::result(done)?;
    // SAFETY: waitid fills in the fields of a child's signal, or leaves them zero.
    let pid = unsafe { info.si_pid() };
    Ok((pid != 0).then_some(pid))
}

/// The command of a process; for a dead one only its name is left.
fn name_of(pid: i32) -> String {
    let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    name.trim_end().to_owned()
}

/// The whole command line of a living process.
fn command_of(pid: i32) -> String {
    let bytes = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let mut words = text.split('\0').filter(|word| !word.is_empty());
    let Some(program) = words.next() else { return name_of(pid) };
    let file_name = program.rsplit('/').next().unwrap_or(program);
    words.fold(file_name.to_owned(), |line, word| line + " " + word)
}

/// The children of a process, over all its threads (`proc_pid_task(5)`); where the kernel keeps no such list,
/// found by looking at every process.
pub fn children_of(pid: i32) -> Vec<i32> {
    if !Path::new("/proc/thread-self/children").exists() {
        let pids = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        let pids = pids.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
        return pids.filter(|child| parent_of(*child) == Some(pid)).collect();
    }
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let mut children = Vec::new();
    for task in tasks {
        let text = std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
        children.extend(text.split_whitespace().filter_map(|pid| pid.parse::<i32>().ok()));
    }
    children
}

/// Processes below one, found anew at each call; somewhat more than `most` at most: a tree that grows faster than
/// it can be read must not be read to its end.
pub fn descendants_of(pid: i32, most: usize) -> Vec<i32> {
    let mut found = children_of(pid);
    let mut next = 0;
    while let Some(pid) = found.get(next).filter(|_| found.len() <= most) {
        next += 1;
        found.extend(children_of(*pid));
    }
    found
}

/// What was there when everything was ended.
#[derive(Debug, Default)]
pub struct Left {
    /// What was alive at first: its process id and its command.
    pub alive: Vec<(i32, String)>,
    /// The first child that was waited for. If nothing was seen alive, this one escaped the look: it had just ended,
    /// or its place had just been taken by its own child.
    pub first: Option<Reaped>,
}

/// Kills everything below this process until nothing is left.
///
/// `groups` are the process groups of the programs. A group is killed at once, so that no fork in it escapes;
/// what has left its group is hunted down one by one.
pub fn end_everything(groups: &[i32]) -> Left {
    let own = std::process::id() as i32;
    // a zombie is not alive: wait_for_any reports it
    let alive = children_of(own).into_iter().filter(|pid| state_of(*pid) != Some('Z'));
    let alive = alive.map(|pid| (pid, command_of(pid))).collect();
    let mut left = Left { alive, first: None };
    if cfg!(not(target_os = "linux")) {
        for group in groups {
            let _ = killpg(Pid::from_raw(*group), Signal::SIGKILL);
        }
    }
    loop {
        let mut killed = Vec::new();
        for pid in descendants_of(own, KILLED_AT_ONCE) {
            let pid = Pid::from_raw(pid);
            // only through a living member: an empty group's number may belong to somebody else by now
            let group = getpgid(Some(pid)).ok().filter(|group| groups.contains(&group.as_raw()));
            let _ = match group {
                Some(group) if killed.contains(&group) => continue,
                Some(group) => {
                    killed.push(group);
                    killpg(group, Signal::SIGKILL)
                }
                None => kill(pid, Signal::SIGKILL),
            };
        }
        loop {
            match wait_for_any() {
                Ok(Some(ended)) => left.first = left.first.or(Some(ended)),
                // not dead yet: look again at once, new orphans may have arrived
                Ok(None) => break,
                Err(_) => return left,
            }
        }
        // not a busy wait: this process has a high priority, and the dying ones need the processor too
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Kills and buries what a killed helper has left to us, its adopter: all children that are not in our own process
/// group, in which we start helpers and nobody else, with everything below them.
pub fn end_inherited() {
    let own = getpgrp();
    loop {
        let children = children_of(std::process::id() as i32).into_iter().map(Pid::from_raw);
        let inherited = children.filter(|pid| getpgid(Some(*pid)).is_ok_and(|group| group != own));
        let inherited: Vec<Pid> = inherited.collect();
        if inherited.is_empty() {
            return;
        }
        for pid in &inherited {
            let below = descendants_of(pid.as_raw(), KILLED_AT_ONCE).into_iter().map(Pid::from_raw);
            for pid in below.chain([*pid]) {
                let _ = kill(pid, Signal::SIGKILL);
            }
        }
        for pid in inherited {
            // one that another of them traces is gone only after that one
            let _ = waitpid(pid, Some(WaitPidFlag::WNOHANG));
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Whether somebody in these groups, below this process, is about to die: of a signal that has reached him and that he has
/// had no time for, or he has begun to. On a busy machine that takes a while.
pub fn are_dying(groups: &[i32]) -> bool {
    let is_meant = |pid: &i32| {
        getpgid(Some(Pid::from_raw(*pid))).is_ok_and(|group| groups.contains(&group.as_raw()))
    };
    let below = descendants_of(std::process::id() as i32, KILLED_AT_ONCE);
    below.into_iter().filter(is_meant).any(is_dying)
}

/// One who is stopped has no time for a signal either, but for ever; one who is dead (`Z`) waits for his parent.
fn is_dying(pid: i32) -> bool {
    /// `PF_EXITING` of linux/sched.h.
    const EXITING: u64 = 4;
    let Some(stat) = stat_of(pid) else { return false };
    let mut fields = stat.split_whitespace();
    let state = fields.next();
    let flags = fields.nth(5).and_then(|flags| flags.parse::<u64>().ok()).unwrap_or_default();
    let begun = flags & EXITING != 0;
    state != Some("Z") && begun || matches!(state, Some("R" | "S")) && has_signal(pid)
}

/// A signal waits for a process, which does not block it (`proc_pid_status(5)`).
fn has_signal(pid: i32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let set = |name: &str| {
        let set = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        u64::from_str_radix(set.trim(), 16).unwrap_or_default()
    };
    (set("SigPnd:") | set("ShdPnd:")) & !set("SigBlk:") != 0
}

/// The fields of `/proc/PID/stat` after the name (`proc_pid_stat(5)`): state, parent, ...
fn stat_of(pid: i32) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(')').map(|(_, fields)| fields.trim_start().to_owned())
}

fn state_of(pid: i32) -> Option<char> {
    stat_of(pid)?.chars().next()
}

fn parent_of(pid: i32) -> Option<i32> {
    stat_of(pid)?.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn who_lives_is_stopped_or_is_dead_is_not_about_to_die() {
        assert!(!is_dying(std::process::id() as i32));
        let mut child = Command::new("sleep").arg("1000").spawn().unwrap();
        let pid = child.id() as i32;
        assert!(!has_signal(pid));
        let signal = |signal| kill(Pid::from_raw(pid), signal).unwrap();
        let until = |wanted| {
            while state_of(pid) != Some(wanted) {
                std::thread::sleep(Duration::from_millis(1));
            }
        };
        signal(Signal::SIGSTOP);
        until('T');
        signal(Signal::SIGTERM);
        assert!(has_signal(pid) && !is_dying(pid));
        signal(Signal::SIGCONT);
        until('Z');
        assert!(!is_dying(pid));
        assert!(!child.wait().unwrap().success());
    }
}
