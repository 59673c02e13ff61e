//! A mount namespace (`mount_namespaces(7)`) in which everything is read-only but what a scene may write, no disk can be
//! opened, and the homes of others are empty. This process must have a user namespace of its own.

use std::ffi::CString;
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use nix::sched::{CloneFlags, unshare};

use limits::SHARED_MEMORY;

use super::{Bounds, DEVICES, hidden, homes, visible};

// linux/mount.h
const MOUNT_ATTR_RDONLY: u64 = 1;
const MOUNT_ATTR_NODEV: u64 = 4;

/// Restricts this process.
///
/// # Errors
/// In Chinese, with the step that is refused; then everything is as writable as it was.
pub fn restrict(bounds: &Bounds) -> Result<(), String> {
    unshare(CloneFlags::CLONE_NEWNS).map_err(|errno| format!("没有自己的挂载（{errno:?}）"))?;
    // shared memory, semaphores and queues of System V outlive their makers: these end with the scene (ipc_namespaces(7))
    let _ = unshare(CloneFlags::CLONE_NEWIPC);
    let in_words = |error: io::Error| format!("挂载不成（{error}）");
    let root = Path::new("/");
    mount(None, root, libc::MS_REC | libc::MS_PRIVATE, "").map_err(in_words)?;
    if bounds.hidden.is_some() {
        hide(bounds).map_err(in_words)?;
    } else {
        hide_homes(bounds).map_err(in_words)?;
    }
    // sockets of services: whoever may connect to one has somebody work for him outside
    let run = Path::new("/run");
    if run.is_dir() && !visible(bounds).iter().any(|path| path.starts_with(run)) {
        memory(run, "size=4m,mode=755").map_err(in_words)?;
    }
    let shared = Path::new("/dev/shm");
    if shared.is_dir() {
        memory(shared, &format!("size={SHARED_MEMORY},mode=1777")).map_err(in_words)?;
    }
    for folder in &bounds.writable {
        mount(Some(folder), folder, libc::MS_BIND | libc::MS_REC, "").map_err(in_words)?;
    }
    for device in devices() {
        mount(Some(&device), &device, libc::MS_BIND, "").map_err(in_words)?;
    }
    // /proc too: the processes outside are there, and for root the settings of the machine; a disk can be written on a mount
    // that is read-only
    let closed = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV;
    change(root, closed, 0, libc::AT_RECURSIVE).map_err(in_words)?;
    let writable = bounds.writable.iter().map(std::path::PathBuf::as_path);
    for path in writable.chain(Some(shared).filter(|path| path.is_dir())) {
        if let Err(error) = change(path, 0, MOUNT_ATTR_RDONLY, 0) {
            let _ = change(root, 0, closed, libc::AT_RECURSIVE);
            return Err(in_words(error));
        }
    }
    for device in devices().chain([Path::new("/dev/pts").to_owned()]) {
        // no mount of its own, or one that had no devices before
        let _ = change(&device, 0, MOUNT_ATTR_NODEV, 0);
    }
    Ok(())
}

/// Those of [`DEVICES`] that are here.
fn devices() -> impl Iterator<Item = PathBuf> {
    let all = DEVICES.iter().filter_map(|name| Path::new("/dev").join(name).canonicalize().ok());
    all.filter(|path| std::fs::metadata(path).is_ok_and(|file| file.file_type().is_char_device()))
}

/// Empties the folders that hold homes, but for what must stay visible.
fn hide_homes(bounds: &Bounds) -> io::Result<()> {
    let visible = visible(bounds);
    let (holders, homes) = homes();
    for holder in holders.iter().chain(&homes) {
        let Ok(holder) = holder.canonicalize() else { continue };
        if homes.contains(&holder) && visible.iter().any(|path| path.starts_with(&holder)) {
            continue;
        }
        let kept = visible.iter().filter_map(|path| path.strip_prefix(&holder).ok());
        let mut kept: Vec<_> = kept.filter_map(|below| below.components().next()).collect();
        kept.sort_unstable();
        kept.dedup();
        // what is visible holds them all
        if visible.contains(&holder) || !holder.is_dir() {
            continue;
        }
        let held: io::Result<Vec<File>> = kept
            .iter()
            .map(|name| {
                File::options().read(true).custom_flags(libc::O_PATH).open(holder.join(name))
            })
            .collect();
        let held = held?;
        memory(&holder, "size=4m,mode=755")?;
        for (name, file) in kept.iter().zip(&held) {
            let place = holder.join(name);
            std::fs::create_dir(&place)?;
            let itself = format!("/proc/self/fd/{}", file.as_raw_fd());
            mount(Some(Path::new(&itself)), &place, libc::MS_BIND | libc::MS_REC, "")?;
        }
    }
    Ok(())
}

/// Empties what is to be hidden from a stranger's programs, but for what they need.
fn hide(bounds: &Bounds) -> io::Result<()> {
    let mut visible = visible(bounds);
    visible.sort();
    visible.dedup_by(|path, before| path.starts_with(before));
    for folder in hidden(bounds) {
        // what is visible holds it whole
        if visible.iter().any(|path| folder.starts_with(path)) {
            continue;
        }
        let below = visible.iter().filter(|path| path.starts_with(&folder));
        // reached by descriptors: in a moment no path leads there
        let held: io::Result<Vec<(&PathBuf, File)>> = below
            .map(|path| {
                let file = File::options().read(true).custom_flags(libc::O_PATH).open(path)?;
                Ok((path, file))
            })
            .collect();
        let held = held?;
        memory(&folder, "size=4m,mode=755")?;
        for (place, file) in held {
            if file.metadata()?.is_dir() {
                std::fs::create_dir_all(place)?;
            } else {
                place.parent().map_or(Ok(()), std::fs::create_dir_all)?;
                File::create(place)?;
            }
            let itself = format!("/proc/self/fd/{}", file.as_raw_fd());
            mount(Some(Path::new(&itself)), place, libc::MS_BIND | libc::MS_REC, "")?;
        }
    }
    Ok(())
}

/// An empty file system in memory.
fn memory(place: &Path, options: &str) -> io::Result<()> {
    let (place, options) = (c_string(place)?, CString::new(options)?);
    let flags = libc::MS_NOSUID | libc::MS_NODEV;
    // SAFETY: all strings live through the call.
    let done = unsafe {
        libc::mount(
            c"tmpfs".as_ptr(),
            place.as_ptr(),
            c"tmpfs".as_ptr(),
            flags,
            options.as_ptr().cast(),
        )
    };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

fn mount(source: Option<&Path>, place: &Path, flags: libc::c_ulong, data: &str) -> io::Result<()> {
    let source = source.map(c_string).transpose()?;
    let (place, data) = (c_string(place)?, CString::new(data)?);
    let source = source.as_ref().map_or(std::ptr::null(), |source| source.as_ptr());
    // SAFETY: all strings live through the call.
    let done = unsafe {
        libc::mount(source, place.as_ptr(), std::ptr::null(), flags, data.as_ptr().cast())
    };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// `struct mount_attr` of `mount_setattr(2)`.
#[repr(C)]
#[derive(Default)]
struct Attributes {
    set: u64,
    clear: u64,
    propagation: u64,
    namespace: u64,
}

/// A mount, and those below with `AT_RECURSIVE` (`mount_setattr(2)`, Linux 5.12).
fn change(place: &Path, set: u64, clear: u64, flags: libc::c_int) -> io::Result<()> {
    let place = c_string(place)?;
    let attributes = Attributes { set, clear, ..Attributes::default() };
    // SAFETY: path and attributes live through the call.
    let done = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            libc::AT_FDCWD,
            place.as_ptr(),
            flags,
            std::ptr::from_ref(&attributes),
            size_of::<Attributes>(),
        )
    };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

fn c_string(path: &Path) -> io::Result<CString> {
    Ok(CString::new(path.as_os_str().as_bytes())?)
}
