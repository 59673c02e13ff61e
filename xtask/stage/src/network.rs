//! A network of its own for every scene: own loopback, so every server has its real port.

use std::ffi::OsString;
use std::path::Path;

use crate::trial::try_in_a_process;

/// The hidden subcommand of xtask that only tries to [`enter`] one.
pub const PROBE: &str = "__probe-network";
/// The hidden subcommand of xtask that tries to have a second interface in it.
pub const PROBE_INTERFACE: &str = "__probe-interface";

/// Whether this machine lets us have one, and if not, why (in Chinese). Asked once, in a process of
/// its own (a hidden subcommand of `xtask`), because a process that has entered a namespace cannot
/// leave it. What is `needed` must be readable from inside: there, root has no power over others' files.
///
/// # Errors
/// Why not.
pub fn probe(xtask: &Path, needed: &[&Path]) -> Result<(), String> {
    try_in_a_process(xtask, PROBE, needed)
}

/// Whether a scene's own network can have a second interface here, and if not, why (in Chinese).
///
/// # Errors
/// Why not.
pub fn probe_interface(xtask: &Path) -> Result<(), String> {
    try_in_a_process(xtask, PROBE_INTERFACE, &[])
}

/// What [`PROBE`] does: enters a network of its own and uses what was granted, the last step that hardened systems
/// refuse. `needed` are paths of files that must be readable in it.
///
/// # Errors
/// In Chinese, with the step that failed.
#[cfg(target_os = "linux")]
pub fn try_it(needed: impl Iterator<Item = OsString>) -> Result<(), String> {
    enter()?;
    let listener = std::net::TcpListener::bind("127.0.0.1:8888");
    let listener = listener.map_err(|error| format!("在自己的网络里不能监听（{error}）"))?;
    let addr = listener.local_addr().map_err(|error| error.to_string())?;
    std::net::TcpStream::connect(addr)
        .map_err(|error| format!("在自己的网络里不能连接（{error}）"))?;
    for path in needed {
        std::fs::File::open(&path).map_err(|error| {
            format!("在自己的网络里读不了 {}（{error}）", Path::new(&path).display())
        })?;
    }
    Ok(())
}

/// What [`PROBE_INTERFACE`] does: enters a network of its own, adds a second interface and connects to its address.
///
/// # Errors
/// In Chinese, with the step that failed.
#[cfg(target_os = "linux")]
pub fn try_interface() -> Result<(), String> {
    use super::interface::{EXAMPLE, add};
    enter()?;
    let _interface = add(EXAMPLE)?;
    let listener = std::net::TcpListener::bind((EXAMPLE, 8888));
    let listener = listener.map_err(|error| format!("在第二张网卡上不能监听（{error}）"))?;
    let addr = listener.local_addr().map_err(|error| error.to_string())?;
    std::net::TcpStream::connect(addr)
        .map_err(|error| format!("连不上第二张网卡的地址（{error}）"))?;
    Ok(())
}

/// Only Linux has network namespaces.
///
/// # Errors
/// Always.
#[cfg(not(target_os = "linux"))]
pub fn try_it(_needed: impl Iterator<Item = OsString>) -> Result<(), String> {
    Err("只有 Linux 有网络命名空间".to_owned())
}

/// Only Linux has network namespaces.
///
/// # Errors
/// Always.
#[cfg(not(target_os = "linux"))]
pub fn try_interface() -> Result<(), String> {
    try_it(std::iter::empty())
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
    super::interface::set_up("lo").map_err(|error| format!("启用不了 lo 网卡（{error}）"))
}
