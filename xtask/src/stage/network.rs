//! A network of its own for every scene: own loopback, so every server has its real port.

use std::path::Path;

/// The hidden subcommand of xtask that only tries to [`enter`] one.
pub const PROBE: &str = "__probe-network";

/// Whether this machine lets us have one, and if not, why (in Chinese). Asked once, in a process of
/// its own (a hidden subcommand of `xtask`), because a process that has entered a namespace cannot
/// leave it. What is `needed` must be readable from inside: there, root has no power over others' files.
///
/// # Errors
/// Why not.
#[cfg(target_os = "linux")]
pub fn probe(xtask: &Path, needed: &[&Path]) -> Result<(), String> {
    let output = std::process::Command::new(xtask)
        .arg(PROBE)
        .args(needed)
        .stdin(std::process::Stdio::null())
        .output()
        .map_err(|error| format!("试不了：{error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
}

/// Only Linux has network namespaces.
///
/// # Errors
/// Always.
#[cfg(not(target_os = "linux"))]
pub fn probe(_xtask: &Path, _needed: &[&Path]) -> Result<(), String> {
    Err("只有 Linux 有网络命名空间".to_owned())
}

/// Moves this process into a new user and network namespace with its loopback up
/// (`user_namespaces(7)`, `network_namespaces(7)`). The user stays who it is. The process must have
/// one thread only.
///
/// # Errors
/// In Chinese, with the step that failed: containers and hardened systems forbid it.
#[cfg(target_os = "linux")]
pub fn enter() -> Result<(), String> {
    use nix::sched::{CloneFlags, unshare};
    use nix::unistd::{getgid, getuid};

    let (uid, gid) = (getuid(), getgid());
    unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNET)
        .map_err(|errno| format!("unshare 被拒绝（{errno:?}）"))?;
    let write = |file: &str, text: String| {
        std::fs::write(file, text).map_err(|error| format!("写不了 {file}（{error}）"))
    };
    // without this, gid_map may not be written by an ordinary user (user_namespaces(7))
    write("/proc/self/setgroups", "deny".to_owned())?;
    write("/proc/self/uid_map", format!("{uid} {uid} 1"))?;
    write("/proc/self/gid_map", format!("{gid} {gid} 1"))?;
    loopback_up().map_err(|error| format!("启用不了 lo 网卡（{error}）"))
}

/// `ip link set lo up`, by ioctl (`netdevice(7)`).
#[cfg(target_os = "linux")]
fn loopback_up() -> std::io::Result<()> {
    use nix::sys::socket::{AddressFamily, SockFlag, SockType, socket};
    use std::os::fd::AsRawFd;

    let socket = socket(AddressFamily::Inet, SockType::Datagram, SockFlag::SOCK_CLOEXEC, None)?;
    // SAFETY: all-zero bytes are a valid ifreq.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(b"lo") {
        *to = *from as libc::c_char;
    }
    request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as libc::c_short;
    // SAFETY: SIOCSIFFLAGS reads an ifreq, which lives through the call.
    let done = unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS, &raw const request) };
    if done < 0 { Err(std::io::Error::last_os_error()) } else { Ok(()) }
}
