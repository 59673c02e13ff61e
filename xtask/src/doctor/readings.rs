//! Asks the machine. Everything is read or tried once, nothing is changed.

use std::path::Path;
use std::process::Command;
use std::{fs, io};

use events::Transport;
use nix::errno::Errno;

use stage::observe::probe_tracing;
use stage::{adopt_orphans, listening, network, slowness};

use crate::memory_files;

use super::python::{self, Python};
use super::tracing;

/// What the machine answered.
#[derive(Debug, Clone)]
pub struct Readings {
    /// `Err`: why a scene has no network of its own, in Chinese.
    pub own_network: Result<(), String>,
    /// What `unshare(2)` answers when asked for a user namespace.
    pub user_namespace: Result<(), Errno>,
    /// `user.max_user_namespaces` (`namespaces(7)`).
    pub most_user_namespaces: Option<u64>,
    /// `kernel.unprivileged_userns_clone`: only some distributions have it.
    pub unprivileged_user_namespaces: Option<u64>,
    /// `kernel.apparmor_restrict_unprivileged_userns`: Ubuntu since 23.10.
    pub apparmor_restricts: Option<u64>,
    /// The kernel was built with user namespaces: `/proc/self/ns/user` is there.
    pub has_user_namespaces: bool,
    /// System calls of this process are filtered (`Seccomp:` in `proc_pid_status(5)` is 2), as in a container.
    pub filtered: bool,
    /// We are root.
    pub root: bool,
    /// `Err`: why a scene's network cannot have a second interface, in Chinese.
    pub second_interface: Result<(), String>,
    /// `Err`: why a scene has no mounts of its own, in Chinese.
    pub own_mounts: Result<(), String>,
    /// `Err`: why programs cannot be held by Landlock, in Chinese.
    pub landlock: Result<(), String>,
    /// What the kernel says to being a subreaper.
    pub adopts_orphans: Result<(), Errno>,
    /// What `sock_diag(7)` answers.
    pub sees_listeners: Result<(), Errno>,
    /// Whether a child can be traced.
    pub traces: Result<(), Errno>,
    /// `Err`: why tracing cannot be trusted here although it is allowed, in Chinese.
    pub tracing_works: Result<(), String>,
    /// `kernel.yama.ptrace_scope` (`ptrace(2)`).
    pub ptrace_scope: Option<u64>,
    /// Who traces this process now; 0: nobody (`TracerPid:` in `proc_pid_status(5)`).
    pub tracer: u64,
    /// Whether it can be read where Python programs are.
    pub python: Python,
    /// Processors that we may use.
    pub processors: usize,
    /// How many times slower than with nothing else to do.
    pub slowness: f64,
    /// Bytes of memory: available and all (`proc_meminfo(5)`).
    pub memory: Option<(u64, u64)>,
    /// Bytes that fit into the file system in memory; `None`: there is none.
    pub memory_for_files: Option<u64>,
    /// The user's limit of processes (`RLIMIT_NPROC`, `getrlimit(2)`); `None`: none.
    pub most_processes: Option<u64>,
    /// Name and release of the kernel.
    pub kernel: String,
    /// What `rustc --version` says.
    pub rustc: Option<String>,
}

impl Readings {
    /// Takes them. `xtask` is this program: some things are tried in a process of their own.
    pub fn take(xtask: &Path) -> Readings {
        let own_network = network::probe(xtask, &[]);
        let second_interface = match &own_network {
            Ok(()) => network::probe_interface(xtask),
            Err(_) => Err("场景没有单独的网络".to_owned()),
        };
        let own_mounts = match &own_network {
            Ok(()) => containment(xtask, true),
            Err(_) => Err("没有自己的命名空间".to_owned()),
        };
        let sees_listeners = listening(std::process::id() as i32, Transport::Tcp).map(|_| ());
        Readings {
            own_network,
            user_namespace: try_user_namespace(),
            most_user_namespaces: setting("user/max_user_namespaces"),
            unprivileged_user_namespaces: setting("kernel/unprivileged_userns_clone"),
            apparmor_restricts: setting("kernel/apparmor_restrict_unprivileged_userns"),
            has_user_namespaces: Path::new("/proc/self/ns/user").exists(),
            filtered: status("Seccomp:") == Some(2),
            root: nix::unistd::geteuid().is_root(),
            second_interface,
            own_mounts,
            landlock: containment(xtask, false),
            adopts_orphans: adopts_orphans(),
            sees_listeners: sees_listeners.map_err(|error| errno_of(&error)),
            traces: tracing::try_on_a_child(),
            tracing_works: probe_tracing(xtask),
            ptrace_scope: setting("kernel/yama/ptrace_scope"),
            tracer: status("TracerPid:").unwrap_or(0),
            python: python::try_on_a_program(),
            processors: std::thread::available_parallelism().map_or(1, usize::from),
            slowness: slowness(),
            memory: memory(),
            memory_for_files: memory_files::room(),
            most_processes: most_processes(),
            kernel: kernel(),
            rustc: rustc(),
        }
    }
}

/// In a child, because there is no way back out of a namespace.
#[cfg(target_os = "linux")]
fn try_user_namespace() -> Result<(), Errno> {
    use nix::sys::wait::{WaitStatus, waitpid};
    use nix::unistd::{ForkResult, fork};

    // SAFETY: the child makes two system calls that are safe after a fork, and ends.
    match unsafe { fork() }? {
        // SAFETY: plain system calls.
        ForkResult::Child => unsafe {
            let done = libc::unshare(libc::CLONE_NEWUSER);
            libc::_exit(if done < 0 { Errno::last_raw() } else { 0 })
        },
        ForkResult::Parent { child } => match waitpid(child, None)? {
            WaitStatus::Exited(_, 0) => Ok(()),
            WaitStatus::Exited(_, errno) => Err(Errno::from_raw(errno)),
            _ => Err(Errno::UnknownErrno),
        },
    }
}

/// Only Linux has them.
#[cfg(not(target_os = "linux"))]
fn try_user_namespace() -> Result<(), Errno> {
    Err(Errno::ENOSYS)
}

/// Whether programs can be contained, by mounts or by Landlock.
#[cfg(target_os = "linux")]
fn containment(xtask: &Path, by_mounts: bool) -> Result<(), String> {
    use stage::contain::{Way, probe};
    probe(xtask, if by_mounts { Way::Mounts } else { Way::Landlock })
}

/// Only Linux has either.
#[cfg(not(target_os = "linux"))]
fn containment(_xtask: &Path, _by_mounts: bool) -> Result<(), String> {
    Err("只有 Linux 有".to_owned())
}

fn adopts_orphans() -> Result<(), Errno> {
    match cfg!(target_os = "linux") {
        true => adopt_orphans().map_err(|error| errno_of(&error)),
        false => Err(Errno::ENOSYS),
    }
}

fn errno_of(error: &io::Error) -> Errno {
    error.raw_os_error().map_or(Errno::ENOSYS, Errno::from_raw)
}

/// A number below `/proc/sys` (`proc_sys(5)`); `None`: this kernel does not have it.
fn setting(name: &str) -> Option<u64> {
    fs::read_to_string(Path::new("/proc/sys").join(name)).ok()?.trim().parse().ok()
}

/// A number of this process's `proc_pid_status(5)`.
fn status(name: &str) -> Option<u64> {
    field("/proc/self/status", name)
}

/// The number after `name` at the start of a line.
fn field(file: &str, name: &str) -> Option<u64> {
    let text = fs::read_to_string(file).ok()?;
    let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
    rest.split_whitespace().next()?.parse().ok()
}

fn memory() -> Option<(u64, u64)> {
    let kib = |name| field("/proc/meminfo", name);
    Some((kib("MemAvailable:")? * 1024, kib("MemTotal:")? * 1024))
}

fn most_processes() -> Option<u64> {
    // SAFETY: all-zero bytes are a valid rlimit, which lives through the call. (nix does not have it on macOS.)
    let (done, limit) = unsafe {
        let mut limit: libc::rlimit = std::mem::zeroed();
        (libc::getrlimit(libc::RLIMIT_NPROC, &raw mut limit), limit.rlim_cur)
    };
    (done == 0 && limit != libc::RLIM_INFINITY).then_some(limit)
}

fn kernel() -> String {
    let text = |name: &std::ffi::OsStr| name.to_string_lossy().into_owned();
    nix::sys::utsname::uname()
        .map_or_else(|_| "?".to_owned(), |name| text(name.sysname()) + " " + &text(name.release()))
}

fn rustc() -> Option<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned()).filter(|text| !text.is_empty())
}
