//! What a scene's programs reach: they write in the scene's folder and in a temporary folder of their own, they read no
//! home but the user's, and they signal nobody but each other and their helper.
//!
//! | file | task |
//! | --- | --- |
//! | `mounts` | everything else is mounted read-only, homes of others are not there (needs a namespace) |
//! | `landlock` | the kernel refuses (Linux 5.19 and later, no privilege) |
//!
//! Either holds alone, both are used where both exist. Of the two only `mounts` also keeps the permissions of files
//! elsewhere, only `landlock` keeps root from undoing `mounts`, and signals from leaving (Linux 6.12).

mod landlock;
mod mounts;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::trial::try_in_a_process;

/// The hidden subcommand of xtask that tries one of the two.
pub const PROBE: &str = "__probe-containment";

/// What a program may use of `/dev`.
const DEVICES: [&str; 8] = ["null", "zero", "full", "random", "urandom", "tty", "ptmx", "log"];

/// `TMPDIR` of the scene's programs.
static TEMPORARY: OnceLock<PathBuf> = OnceLock::new();
/// The whole environment of the scene's programs, if it is not that of this process.
static ENVIRONMENT: OnceLock<BTreeMap<String, String>> = OnceLock::new();
/// Why the scene's programs are not contained.
static MISSING: OnceLock<String> = OnceLock::new();
/// The programs of this process are to be contained.
static CONTAINS: AtomicBool = AtomicBool::new(false);

/// A way to contain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// A mount namespace, in a user namespace.
    Mounts,
    /// Landlock.
    Landlock,
}

/// What programs need.
#[derive(Debug)]
pub struct Bounds {
    /// What they may change: folders that exist, with everything below.
    pub writable: Vec<PathBuf>,
    /// What must be readable, in whosever home it is.
    pub readable: Vec<PathBuf>,
    /// They are a stranger's: of these folders, and of all homes, only that is there.
    pub hidden: Option<Vec<PathBuf>>,
}

/// The temporary folder that belongs to a scene's folder: beside it.
pub fn temporary_of(folder: &Path) -> PathBuf {
    let mut name = folder.as_os_str().to_owned();
    name.push(".tmp");
    name.into()
}

/// From now on programs are told to put their temporary files here.
pub fn set_temporary(folder: PathBuf) {
    let _ = TEMPORARY.set(folder);
}

/// Where programs put their temporary files, if that has been said.
pub fn temporary() -> Option<&'static Path> {
    TEMPORARY.get().map(PathBuf::as_path)
}

/// From now on programs find this environment and no other.
pub fn set_environment(environment: BTreeMap<String, String>) {
    let _ = ENVIRONMENT.set(environment);
}

/// The whole environment of programs, if that has been said.
pub fn environment() -> Option<&'static BTreeMap<String, String>> {
    ENVIRONMENT.get()
}

/// Why programs are not contained, in Chinese; `None`: they are, or are not to be.
pub fn missing() -> Option<&'static str> {
    MISSING.get().map(String::as_str)
}

/// Between fork and exec: root's program has no power over the mounts, the machine, and processes of full power
/// (`capabilities(7)`). Only system calls.
pub fn give_up_power() {
    /// Of linux/capability.h: `CAP_SYS_MODULE`, `_RAWIO`, `_PTRACE`, `_ADMIN`, `_BOOT`, `_TIME`, `CAP_MKNOD`,
    /// `CAP_PERFMON`, which reads the memory of all.
    const POWERS: [libc::c_ulong; 8] = [16, 17, 19, 21, 22, 25, 27, 38];
    if CONTAINS.load(Ordering::Relaxed) {
        for power in POWERS {
            // SAFETY: a plain system call.
            unsafe { libc::prctl(libc::PR_CAPBSET_DROP, power, 0, 0, 0) };
        }
    }
}

/// Contains this thread, and with it whatever it starts, as far as this machine can; if it cannot, [`missing`] says so.
/// `own_namespace`: this process has a user namespace of its own.
pub fn contain(bounds: &Bounds, own_namespace: bool) {
    let mounted = match own_namespace {
        true => mounts::restrict(bounds),
        false => Err("没有自己的命名空间".to_owned()),
    };
    let landlocked = landlock::restrict(bounds, mounted.is_ok());
    CONTAINS.store(true, Ordering::Relaxed);
    if let (Err(mounts), Err(landlock)) = (mounted, landlocked) {
        let _ = MISSING.set(format!("{mounts}；{landlock}"));
    }
}

/// The memory and descriptors of this process are closed to its programs, also to those of root in a user namespace
/// (`PR_SET_DUMPABLE(2const)`, "ptrace access mode checking" in `ptrace(2)`).
pub fn close_helper() {
    // SAFETY: a plain system call.
    unsafe { libc::prctl(libc::PR_SET_DUMPABLE, 0, 0, 0, 0) };
}

/// Whether one of the two works here.
///
/// # Errors
/// Why not, in Chinese.
pub fn probe(xtask: &Path, way: Way) -> Result<(), String> {
    try_in_a_process(
        xtask,
        PROBE,
        &[Path::new(match way {
            Way::Mounts => "mounts",
            Way::Landlock => "landlock",
        })],
    )
}

/// What [`PROBE`] does: contains itself in an own temporary folder and tries to leave.
///
/// # Errors
/// In Chinese, with what failed.
pub fn try_it(mut way: impl Iterator<Item = OsString>) -> Result<(), String> {
    let in_words = |error: io::Error| error.to_string();
    let place = std::env::temp_dir().join(format!("xtask-probe-{}", std::process::id()));
    let (inside, outside) = (place.join("inside"), place.join("outside"));
    for folder in [&place, &inside, &outside] {
        std::fs::create_dir(folder).map_err(in_words)?;
    }
    let remove = Removed(&place);
    let bounds = Bounds { writable: vec![inside.clone()], readable: Vec::new(), hidden: None };
    // a thread of its own: the first one still has to remove the folder
    let held = match way.next().is_some_and(|way| way == "mounts") {
        true => in_a_child(|| {
            crate::network::enter()?;
            mounts::restrict(&bounds)?;
            leave(&inside, &outside)
        }),
        false => in_a_child(|| {
            landlock::restrict(&bounds, true)?;
            leave(&inside, &outside)
        }),
    };
    drop(remove);
    held
}

struct Removed<'a>(&'a Path);

impl Drop for Removed<'_> {
    fn drop(&mut self) {
        let _ = crate::remove(self.0);
    }
}

fn leave(inside: &Path, outside: &Path) -> Result<(), String> {
    for path in [&inside.join("f"), Path::new("/dev/null")] {
        std::fs::write(path, "").map_err(|error| format!("该能写的也不能写（{error}）"))?;
    }
    match std::fs::write(outside.join("f"), "") {
        Ok(()) => Err("照样能写到外面".to_owned()),
        Err(_) => Ok(()),
    }
}

/// In a process of its own, because nobody is let out again; what fails is said through a pipe.
fn in_a_child(act: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
    use std::io::{Read, Write};
    let (mut reader, mut writer) = io::pipe().map_err(|error| error.to_string())?;
    // SAFETY: this process has one thread.
    match unsafe { nix::unistd::fork() }.map_err(|errno| errno.to_string())? {
        nix::unistd::ForkResult::Child => {
            if let Err(why) = act() {
                let _ = writer.write_all(why.as_bytes());
            }
            // SAFETY: ends this process, and nothing that its parent has to do.
            unsafe { libc::_exit(0) }
        }
        nix::unistd::ForkResult::Parent { child } => {
            drop(writer);
            let mut why = String::new();
            reader.read_to_string(&mut why).map_err(|error| error.to_string())?;
            let _ = nix::sys::wait::waitpid(child, None);
            if why.is_empty() { Ok(()) } else { Err(why) }
        }
    }
}

/// Folders that hold homes, and homes outside of those.
fn homes() -> (Vec<PathBuf>, Vec<PathBuf>) {
    let mut holders = vec![PathBuf::from("/home")];
    let own = own_home();
    // homes on another disk, /export/home/NAME
    let beside =
        own.as_deref().and_then(Path::parent).filter(|parent| parent.components().count() > 2);
    holders.extend(beside.map(Path::to_owned));
    holders.retain(|holder| holder.is_dir());
    (holders, vec![PathBuf::from("/root")])
}

/// The home of whoever runs us.
fn own_home() -> Option<PathBuf> {
    std::env::var_os("HOME").and_then(|home| Path::new(&home).canonicalize().ok())
}

/// What must stay visible below the folders that hold homes, and below others that are hidden. A stranger has no home here.
fn visible(bounds: &Bounds) -> Vec<PathBuf> {
    let all = bounds.readable.iter().chain(&bounds.writable);
    let all = all.filter_map(|path| path.canonicalize().ok());
    all.chain(own_home().filter(|_| bounds.hidden.is_none())).collect()
}

/// The folders that are to be empty for a stranger's programs: each that is there, and none that is in another.
fn hidden(bounds: &Bounds) -> Vec<PathBuf> {
    let Some(hidden) = &bounds.hidden else { return Vec::new() };
    let (holders, homes) = homes();
    let all = hidden.iter().cloned().chain(holders).chain(homes).chain(own_home());
    let all = all.filter_map(|path| path.canonicalize().ok());
    let mut all: Vec<PathBuf> =
        all.filter(|path| path.is_dir() && path.parent().is_some()).collect();
    all.sort();
    // one comes right behind another in which it is
    all.dedup_by(|path, before| path.starts_with(before));
    all
}
