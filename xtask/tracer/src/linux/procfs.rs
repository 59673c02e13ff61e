//! What `/proc` says about threads and their descriptors.

use std::fs;
use std::path::PathBuf;

fn read(path: &str) -> Option<String> {
    fs::read_to_string(path).ok()
}

/// The fields of `proc_pid_stat(5)` after the name; the first is the state.
fn stat(tid: i32) -> Option<String> {
    let text = read(&format!("/proc/{tid}/stat"))?;
    text.rsplit_once(')').map(|(_, fields)| fields.trim_start().to_owned())
}

/// State of a thread: `R`, `S`, `D`, `t`, `Z`, ...; `None`: there is none.
pub fn state(tid: i32) -> Option<char> {
    stat(tid)?.chars().next()
}

/// Parent of a process.
pub fn parent(pid: i32) -> Option<i32> {
    stat(pid)?.split(' ').nth(1)?.parse().ok()
}

/// Process group of a process.
pub fn group(pid: i32) -> Option<i32> {
    stat(pid)?.split(' ').nth(2)?.parse().ok()
}

/// The process that a thread belongs to.
pub fn process_of(tid: i32) -> Option<i32> {
    let text = read(&format!("/proc/{tid}/status"))?;
    text.lines().find_map(|line| line.strip_prefix("Tgid:"))?.trim().parse().ok()
}

/// The memory of its own that a process has, in bytes: pages of no file (`proc_pid_smaps(5)`).
pub fn own_memory(pid: i32) -> Option<u64> {
    let text = read(&format!("/proc/{pid}/smaps_rollup"))?;
    let sum = text.lines().find_map(|line| line.strip_prefix("Anonymous:"))?;
    Some(sum.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
}

/// Working directory of a process.
pub fn folder(pid: i32) -> String {
    let folder = fs::read_link(format!("/proc/{pid}/cwd")).unwrap_or_default();
    folder.to_string_lossy().into_owned()
}

/// Name of a process, at most 15 bytes.
pub fn name(pid: i32) -> Option<String> {
    Some(read(&format!("/proc/{pid}/comm"))?.trim_end().to_owned())
}

/// Processor time in nanoseconds, and how often it was put on a processor (`/proc/TID/schedstat`, CONFIG_SCHED_INFO).
pub fn schedule(tid: i32) -> Option<(u64, u64)> {
    let text = read(&format!("/proc/{tid}/schedstat"))?;
    let mut numbers = text.split_whitespace().map(|number| number.parse::<u64>().unwrap_or(0));
    Some((numbers.next()?, numbers.nth(1)?))
}

/// What a thread that is off the processor does (`proc_pid_syscall(5)`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// It runs, or is about to.
    Running,
    /// It is blocked, but in no system call.
    Blocked,
    /// It is blocked in this call, with these arguments.
    In(i64, [u64; 6]),
}

/// See [`Doing`]; `None`: there is no such thread.
pub fn doing(tid: i32) -> Option<Doing> {
    let text = read(&format!("/proc/{tid}/syscall"))?;
    let mut words = text.split_whitespace();
    let number: i64 = match words.next()? {
        "running" => return Some(Doing::Running),
        word => word.parse().ok()?,
    };
    if number < 0 {
        return Some(Doing::Blocked);
    }
    let mut args = [0; 6];
    for (arg, word) in args.iter_mut().zip(words) {
        *arg = u64::from_str_radix(word.trim_start_matches("0x"), 16).ok()?;
    }
    Some(Doing::In(number, args))
}

/// The program and arguments of a process.
pub fn command_line(pid: i32) -> (String, Vec<String>) {
    let bytes = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let mut words = text.split_terminator('\0').map(str::to_owned);
    let first = words.next().unwrap_or_default();
    let program = fs::read_link(format!("/proc/{pid}/exe"));
    let program = program.map_or(first, |path| path.to_string_lossy().into_owned());
    (program, words.collect())
}

/// What a descriptor leads to, as `proc_pid_fd(5)` writes it: `socket:[123]`, `pipe:[123]`, a path.
/// Any thread will do: the first one of a process may have ended, and then it has none.
pub fn descriptor(tid: i32, fd: i32) -> Option<String> {
    let path = fs::read_link(format!("/proc/{tid}/fd/{fd}")).ok()?;
    Some(path.to_string_lossy().into_owned())
}

/// The number in `socket:[123]`.
pub fn number_of(target: &str, kind: &str) -> Option<u64> {
    target.strip_prefix(kind)?.strip_prefix(":[")?.strip_suffix(']')?.parse().ok()
}

/// All descriptors of a process with what they lead to.
pub fn descriptors(pid: i32) -> Vec<(i32, String)> {
    let entries = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
    let pairs = entries.filter_map(|entry| {
        let fd = entry.file_name().to_str()?.parse().ok()?;
        Some((fd, fs::read_link(entry.path()).ok()?.to_string_lossy().into_owned()))
    });
    pairs.collect()
}

/// A descriptor can be written to (`proc_pid_fdinfo(5)`, `flags`, octal).
pub fn is_writable(pid: i32, fd: i32) -> bool {
    let text = read(&format!("/proc/{pid}/fdinfo/{fd}")).unwrap_or_default();
    let flags = text.lines().find_map(|line| line.strip_prefix("flags:"));
    let flags = flags.and_then(|flags| i32::from_str_radix(flags.trim(), 8).ok()).unwrap_or(0);
    flags & libc::O_ACCMODE != libc::O_RDONLY
}

/// The descriptors that an epoll set watches (`proc_pid_fdinfo(5)`, `tfd`).
pub fn watched_by(pid: i32, epoll: i32) -> Vec<i32> {
    let text = read(&format!("/proc/{pid}/fdinfo/{epoll}")).unwrap_or_default();
    let watched = text.lines().filter_map(|line| line.strip_prefix("tfd:"));
    watched.filter_map(|rest| rest.split_whitespace().next()?.parse().ok()).collect()
}

/// An epoll set of a process watches a descriptor for changes (`EPOLLET`; `proc_pid_fdinfo(5)`, `tfd` and `events`).
pub fn is_watched_for_changes(pid: i32, fd: i32) -> bool {
    let sets = descriptors(pid).into_iter().filter(|(_, target)| target.contains("[eventpoll]"));
    let texts = sets.filter_map(|(set, _)| read(&format!("/proc/{pid}/fdinfo/{set}")));
    let is_it = |line: &str| -> Option<bool> {
        let mut words = line.strip_prefix("tfd:")?.split_whitespace();
        let watched: i32 = words.next()?.parse().ok()?;
        let events = words.skip_while(|word| *word != "events:").nth(1)?;
        let events = u32::from_str_radix(events, 16).ok()?;
        Some(watched == fd && events & libc::EPOLLET as u32 != 0)
    };
    texts.into_iter().any(|text| text.lines().any(|line| is_it(line) == Some(true)))
}

/// The process that a descriptor stands for (`pidfd_open(2)`: `Pid` in its fdinfo; `pidfd_send_signal(2)`: a folder
/// `/proc/PID` will do); `None`: it stands for none, or for one that is gone.
pub fn process_behind(tid: i32, pidfd: i32) -> Option<i32> {
    let text = read(&format!("/proc/{tid}/fdinfo/{pidfd}"))?;
    let written = text.lines().find_map(|line| line.strip_prefix("Pid:"));
    let number = match written {
        Some(number) => number.trim().parse().ok(),
        None => descriptor(tid, pidfd)?.strip_prefix("/proc/")?.parse().ok(),
    };
    number.filter(|number| *number > 0)
}

/// Signal sets of a thread as bit masks, signal 1 in bit 0 (`proc_pid_status(5)`).
#[derive(Debug, Clone, Copy, Default)]
pub struct Signals {
    pub pending: u64,
    pub blocked: u64,
    pub ignored: u64,
    pub caught: u64,
}

/// See [`Signals`].
pub fn signals(tid: i32) -> Signals {
    let text = read(&format!("/proc/{tid}/status")).unwrap_or_default();
    let mask = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
    };
    Signals {
        pending: mask("SigPnd:") | mask("ShdPnd:"),
        blocked: mask("SigBlk:"),
        ignored: mask("SigIgn:"),
        caught: mask("SigCgt:"),
    }
}

/// A thread belongs to this process.
pub fn is_thread_of(pid: i32, tid: i32) -> bool {
    PathBuf::from(format!("/proc/{pid}/task/{tid}")).exists()
}

/// A mapped part of a file (`proc_pid_maps(5)`).
#[derive(Debug, Clone)]
pub struct Mapping {
    pub start: u64,
    pub end: u64,
    /// Where in the file its first byte is.
    pub offset: u64,
    pub executable: bool,
    pub path: String,
}

/// The memory of a process that comes from files or is a stack.
pub fn mappings(pid: i32) -> Vec<Mapping> {
    let text = read(&format!("/proc/{pid}/maps")).unwrap_or_default();
    let hex = |text: &str| u64::from_str_radix(text, 16).ok();
    // 55d0c8a00000-55d0c8a21000 r-xp 00002000 08:01 456      /a folder/a program
    let one = |line: &str| {
        let mut words = line.splitn(6, ' ');
        let (start, end) = words.next()?.split_once('-')?;
        let executable = words.next()?.contains('x');
        let offset = hex(words.next()?)?;
        let path = words.nth(2).unwrap_or_default().trim_start().to_owned();
        Some(Mapping { start: hex(start)?, end: hex(end)?, offset, executable, path })
    };
    text.lines().filter_map(one).collect()
}
