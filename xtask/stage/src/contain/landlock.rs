//! `landlock(7)`: the kernel refuses to this thread, and to whatever it starts, what no rule allows.
//!
//! Three system calls and two structures of linux/landlock.h; libc has their numbers, not their arguments.

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::{Bounds, DEVICES, hidden, homes, visible};

// the rights of linux/landlock.h, LANDLOCK_ACCESS_FS_...
const EXECUTE: u64 = 1;
const WRITE_FILE: u64 = 1 << 1;
const READ_FILE: u64 = 1 << 2;
const READ_DIR: u64 = 1 << 3;
/// From `REMOVE_DIR` to `MAKE_SYM`.
const CHANGE_FOLDER: u64 = 0x1ff0;
/// `MAKE_CHAR`, `MAKE_BLOCK`: who may make a device has the disk behind it.
const MAKE_DEVICE: u64 = 1 << 6 | 1 << 11;
/// From version 2 on; before, nothing may be moved from one folder to another, not even inside.
const REFER: u64 = 1 << 13;
/// From version 3 on.
const TRUNCATE: u64 = 1 << 14;

const READ: u64 = EXECUTE | READ_FILE | READ_DIR;

/// The first version that contains without hindering: `REFER` (Linux 5.19).
const LEAST: i64 = 2;

#[repr(C)]
#[derive(Default)]
struct Ruleset {
    handled_fs: u64,
    handled_net: u64,
    scoped: u64,
}

/// `struct landlock_path_beneath_attr`, which is packed.
#[repr(C, packed)]
struct Beneath {
    allowed: u64,
    parent: i32,
}

/// Restricts this thread. `reads_are_held`: by other means, homes of others are not there; otherwise the lists of folders
/// are restricted too.
///
/// # Errors
/// The kernel does not have it, or refuses: in Chinese.
pub fn restrict(bounds: &Bounds, reads_are_held: bool) -> Result<(), String> {
    let version = version();
    if version < LEAST {
        return Err(match version {
            ..=0 => "内核没有启用 Landlock".to_owned(),
            _ => format!("内核的 Landlock 太旧（版本 {version}，要 {LEAST} 或更新）"),
        });
    }
    let change = WRITE_FILE | CHANGE_FOLDER | REFER | if version >= 3 { TRUNCATE } else { 0 };
    let mut ruleset = Ruleset { handled_fs: change | EXECUTE | READ_FILE, ..Ruleset::default() };
    if !reads_are_held {
        // there is no rule for `/` alone, so that its list is closed
        ruleset.handled_fs |= READ_DIR;
    }
    if version >= 6 {
        // LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET, LANDLOCK_SCOPE_SIGNAL
        ruleset.scoped = 3;
    }
    let handled = ruleset.handled_fs;
    let in_words = |error: io::Error| format!("Landlock 的规则设不成（{error}）");
    let set = create(&ruleset).map_err(in_words)?;
    let allow = |path: &Path, rights: u64| allow(&set, path, rights & handled);
    for folder in &bounds.writable {
        allow(folder, change & !MAKE_DEVICE | READ).map_err(in_words)?;
    }
    // not the disks, which are root's to read and to write
    for name in DEVICES {
        let _ = allow(&Path::new("/dev").join(name), WRITE_FILE | READ_FILE);
    }
    let _ = allow(Path::new("/dev/pts"), WRITE_FILE | READ);
    let _ = allow(Path::new("/dev/shm"), change & !MAKE_DEVICE | READ);
    allow_to_read(bounds, &allow).map_err(in_words)?;
    enforce(&set).map_err(in_words)
}

/// Everything but devices and homes of others.
fn allow_to_read(bounds: &Bounds, allow: &impl Fn(&Path, u64) -> io::Result<()>) -> io::Result<()> {
    let (holders, homes) = homes();
    let visible = visible(bounds);
    let closed: Vec<_> = match bounds.hidden {
        Some(_) => hidden(bounds),
        None => holders.iter().chain(&homes).cloned().collect(),
    };
    let is_closed =
        |path: &Path| closed.iter().any(|one| one.starts_with(path)) || path == Path::new("/dev");
    let mut open = vec![Path::new("/").to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder)?.flatten() {
            let path = entry.path();
            if !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                continue;
            }
            if !is_closed(&path) {
                // not ours to open: then it cannot be read anyway
                let _ = allow(&path, READ);
            } else if closed.iter().any(|one| one.starts_with(&path) && *one != path)
                && !closed.contains(&path)
            {
                open.push(path);
            }
        }
    }
    for path in &visible {
        let _ = allow(path, READ);
    }
    Ok(())
}

/// What this kernel has; 0 or less: nothing.
fn version() -> i64 {
    /// `LANDLOCK_CREATE_RULESET_VERSION`.
    const VERSION: u32 = 1;
    // SAFETY: a plain system call without memory.
    unsafe {
        libc::syscall(libc::SYS_landlock_create_ruleset, std::ptr::null::<u8>(), 0_usize, VERSION)
    }
}

fn create(ruleset: &Ruleset) -> io::Result<OwnedFd> {
    // SAFETY: `ruleset` lives through the call; of fields that an older kernel does not know it asks only that they are zero.
    let fd = unsafe {
        libc::syscall(
            libc::SYS_landlock_create_ruleset,
            std::ptr::from_ref(ruleset),
            size_of::<Ruleset>(),
            0_u32,
        )
    };
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel has just given it to us.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) })
}

/// Below this path, these rights.
fn allow(set: &OwnedFd, path: &Path, rights: u64) -> io::Result<()> {
    /// `LANDLOCK_RULE_PATH_BENEATH`.
    const BENEATH: u32 = 1;
    let file = File::options().read(true).custom_flags(libc::O_PATH).open(path)?;
    // of a file that is no folder, only those that a file has
    let is_folder = file.metadata()?.is_dir();
    let of_files = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE;
    let allowed = if is_folder { rights } else { rights & of_files };
    if allowed == 0 {
        return Ok(());
    }
    let rule = Beneath { allowed, parent: file.as_raw_fd() };
    // SAFETY: `rule` lives through the call.
    let done = unsafe {
        libc::syscall(
            libc::SYS_landlock_add_rule,
            set.as_raw_fd(),
            BENEATH,
            std::ptr::from_ref(&rule),
            0_u32,
        )
    };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

fn enforce(set: &OwnedFd) -> io::Result<()> {
    // SAFETY: plain system calls.
    let done = unsafe {
        // needs this or power over our namespace
        libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        libc::syscall(libc::SYS_landlock_restrict_self, set.as_raw_fd(), 0_u32)
    };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
