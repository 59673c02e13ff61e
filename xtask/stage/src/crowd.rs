//! A limit of a scene's processes that the kernel itself keeps, should a scene grow faster than it is looked at.
//!
//! For an ordinary user it is `RLIMIT_NPROC` (`getrlimit(2)`), which the kernel counts per user namespace since 5.14
//! (before, it would count all processes of the user). Real root it does not hold: there it is a cgroup with the `pids`
//! controller (`cgroups(7)`), where one may be made.

use std::fs::{self, File, OpenOptions};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use limits::PROCESSES_FOR_THE_KERNEL;

/// What every scene's cgroup is called, followed by the number of its helper process.
const NAME: &str = "xtask-scene-";
/// How often it is tried to remove a cgroup whose processes are just ending, a millisecond apart.
const REMOVED_AFTER: u32 = 200;

/// `cgroup.procs` of the scene's cgroup: who writes `0` to it joins.
static PROCS: OnceLock<File> = OnceLock::new();

/// Limits the processes of the programs that this helper process will start. Afterwards: [`remove_group_of`].
pub fn limit(own_namespace: bool) {
    if own_namespace && kernel_is_at_least(5, 14) {
        use nix::sys::resource::{Resource, setrlimit};
        let most = PROCESSES_FOR_THE_KERNEL;
        let _ = setrlimit(Resource::RLIMIT_NPROC, most, most);
    }
    if nix::unistd::geteuid().is_root() {
        make_group(std::process::id() as i32);
    }
}

/// Removes the cgroup of a helper process that has ended, if it had one: only from outside is it sure to be empty.
pub fn remove_group_of(helper: i32) {
    if nix::unistd::geteuid().is_root()
        && let Some(parent) = parent_of_groups()
    {
        remove(&parent.join(format!("{NAME}{helper}")));
    }
}

/// Between fork and exec: the program belongs to the scene's cgroup. Only a system call.
pub fn join() {
    if let Some(procs) = PROCS.get() {
        // SAFETY: a plain system call; the byte is static. (If it fails the program is only counted by us.)
        unsafe { libc::write(procs.as_raw_fd(), b"0".as_ptr().cast(), 1) };
    }
}

/// Makes the cgroup of a scene, if this machine has a place for one.
fn make_group(helper: i32) {
    let Some(parent) = parent_of_groups() else { return };
    remove_stale(&parent);
    let group = parent.join(format!("{NAME}{helper}"));
    if fs::create_dir(&group).is_err() {
        return;
    }
    let set = fs::write(group.join("pids.max"), PROCESSES_FOR_THE_KERNEL.to_string());
    let procs = OpenOptions::new().write(true).open(group.join("cgroup.procs"));
    let joined = set.and(procs).is_ok_and(|procs| PROCS.set(procs).is_ok());
    if !joined {
        remove(&group);
    }
}

/// Scenes' cgroups whose helper process is no more: both it and xtask were killed.
fn remove_stale(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let helper = name.to_str().and_then(|name| name.strip_prefix(NAME)?.parse::<i32>().ok());
        if helper.is_some_and(|pid| !Path::new("/proc").join(pid.to_string()).exists()) {
            // one that somebody is in is not removed: so the kernel has it
            let _ = fs::remove_dir(entry.path());
        }
    }
}

/// A dead process leaves its cgroup a moment after its end.
fn remove(group: &Path) {
    for _ in 0..REMOVED_AFTER {
        match fs::remove_dir(group) {
            Err(error) if error.raw_os_error() == Some(libc::EBUSY) => {
                std::thread::sleep(Duration::from_millis(1));
            }
            _ => return,
        }
    }
}

/// The cgroup in which a new one can limit its processes.
fn parent_of_groups() -> Option<PathBuf> {
    let mounts = fs::read_to_string("/proc/self/mountinfo").ok()?;
    let own = fs::read_to_string("/proc/self/cgroup").ok()?;
    candidates(&mounts, &own).into_iter().find(|folder| {
        // version 1 has the file everywhere but at its root; version 2 says which controllers the ones below get
        let below = fs::read_to_string(folder.join("cgroup.subtree_control"));
        below.map_or_else(|_| folder.join("tasks").exists(), |below| has_word(&below, "pids"))
    })
}

/// Where such a cgroup may be: for the controller of version 1 where this process is; in version 2, where a cgroup has
/// either processes or others below, any above it too. From `/proc/self/mountinfo` (`proc_pid_mountinfo(5)`) and
/// `/proc/self/cgroup` (`cgroups(7)`).
fn candidates(mounts: &str, own: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for line in mounts.lines() {
        let Some((before, after)) = line.split_once(" - ") else { continue };
        let mut before = before.split(' ').skip(3);
        let (Some(root), Some(point)) = (before.next(), before.next()) else { continue };
        let mut after = after.split(' ');
        let (kind, options) = (after.next().unwrap_or_default(), after.nth(1).unwrap_or_default());
        let is_ours = |controllers: &str| match kind {
            "cgroup" => controllers.split(',').any(|name| name == "pids"),
            "cgroup2" => controllers.is_empty(),
            _ => false,
        };
        if kind == "cgroup" && !options.split(',').any(|option| option == "pids") {
            continue;
        }
        let path = own.lines().find_map(|line| {
            let mut fields = line.splitn(3, ':').skip(1);
            let controllers = fields.next()?;
            fields.next().filter(|_| is_ours(controllers))
        });
        let Some(path) = path else { continue };
        let below = Path::new(path).strip_prefix(root).unwrap_or(Path::new(""));
        let folder = Path::new(point).join(below);
        let levels = if kind == "cgroup" { 1 } else { 1 + below.components().count() };
        found.extend(folder.ancestors().take(levels).map(Path::to_owned));
    }
    found
}

fn has_word(text: &str, word: &str) -> bool {
    text.split_whitespace().any(|one| one == word)
}

fn kernel_is_at_least(major: u32, minor: u32) -> bool {
    let Ok(name) = nix::sys::utsname::uname() else { return false };
    let release = name.release().to_string_lossy().into_owned();
    let mut numbers = release.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= (major, minor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_for_cgroups_is_found_in_both_versions() {
        let old = "39 31 0:36 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n\
                   40 31 0:37 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n";
        let places = candidates(old, "8:pids:/a/b\n1:cpu:/\n0::/x\n");
        assert_eq!(places, [Path::new("/sys/fs/cgroup/pids/a/b")]);
        let new = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw\n";
        let places = candidates(new, "0::/user.slice/one.scope\n");
        let expected = ["user.slice/one.scope", "user.slice", ""]
            .map(|below| Path::new("/sys/fs/cgroup").join(below));
        assert_eq!(places, expected);
        // a container sees only what is below its own
        let bound = "30 23 0:26 /docker/1 /sys/fs/cgroup ro - cgroup2 cgroup rw\n";
        assert_eq!(candidates(bound, "0::/docker/1\n"), [Path::new("/sys/fs/cgroup")]);
        assert!(candidates("29 1 0:2 / / rw - ext4 /dev/vda rw\n", "0::/\n").is_empty());
    }
}
