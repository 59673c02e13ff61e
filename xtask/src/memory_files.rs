//! The file system in memory, if this machine has one (Linux: tmpfs(5)).

/// Where it is.
pub const FOLDER: &str = "/dev/shm";

/// How many bytes still fit into it; `None`: there is none.
#[cfg(target_os = "linux")]
pub fn room() -> Option<u64> {
    use nix::sys::statfs::{TMPFS_MAGIC, statfs};
    let found = statfs(FOLDER).ok()?;
    let free = found.blocks_available() * u64::try_from(found.block_size()).ok()?;
    (found.filesystem_type() == TMPFS_MAGIC).then_some(free)
}

/// Elsewhere no folder is in memory.
#[cfg(not(target_os = "linux"))]
pub fn room() -> Option<u64> {
    None
}
