//! Measures what a scene uses of the machine: processes, memory, disk.
//!
//! A program out of control must not take the machine with it: frequent looks find it in time, whatever it
//! forks, and need no privilege (resource limits of `setrlimit(2)` count per process
//! or per user, never per scene).

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::time::{Duration, Instant};

use limits::{
    DISK, MEASURE_AT_LEAST, MEASURE_EVERY, MEASURE_PAUSE, MEMORY, MEMORY_MAPPED, POLL_EVERY,
    PROCESSES, PROCESSES_UNSTOPPED,
};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use events::Excess;

use super::containment::descendants_of;
use super::tree::{Doors, Found, Tree};

/// Watches one scene.
#[derive(Debug)]
pub struct Meter {
    /// Processes and threads on the whole machine when the scene was last measured.
    before: u64,
    /// When they were counted.
    counted: Instant,
    /// When all was measured, and how long not again: for longer than it took, since the programs stand still meanwhile.
    measured: Instant,
    pause: Duration,
}

impl Default for Meter {
    /// From now on.
    fn default() -> Meter {
        let now = Instant::now();
        Meter { before: processes_on_machine(), counted: now, measured: now, pause: MEASURE_EVERY }
    }
}

impl Meter {
    /// Measures everything below this process and in `folder`, if it is time to; `None`: all within bounds.
    /// `groups` are the process groups of the programs that run.
    pub fn excess(&mut self, folder: &Tree, groups: &[i32]) -> Option<Excess> {
        // traced, there is an event to tell every few microseconds
        let now = Instant::now();
        if now - self.counted < POLL_EVERY {
            return None;
        }
        self.counted = now;
        // one cheap question first: have there come so many more, from whomever?
        let all = processes_on_machine();
        let crowd = all > self.before + PROCESSES;
        if !crowd && now - self.measured < self.pause {
            return None;
        }
        let excess = self.excess_now(folder, groups);
        // what has to be looked at may be much (a process of a thousand threads, a folder of a thousand files): the programs
        // are to have most of the time
        self.before = all;
        self.measured = Instant::now();
        self.pause = ((self.measured - now) * MEASURE_PAUSE).clamp(MEASURE_EVERY, MEASURE_AT_LEAST);
        excess
    }

    /// The same, whether it is time to or not.
    pub fn excess_now(&self, folder: &Tree, groups: &[i32]) -> Option<Excess> {
        let own = std::process::id() as i32;
        let mut processes = descendants_of(own, PROCESSES_UNSTOPPED);
        if processes.len() > PROCESSES_UNSTOPPED {
            // a fork that never ends makes thousands in the time that counting takes: hold them while counting
            signal_all(groups, Signal::SIGSTOP);
            processes = descendants_of(own, PROCESSES as usize);
            if processes.len() as u64 > PROCESSES {
                return Some(Excess::Processes(PROCESSES));
            }
            signal_all(groups, Signal::SIGCONT);
        }
        let memory = memory_of(&processes);
        if memory > MEMORY {
            return Some(Excess::Memory(memory));
        }
        let disk = bytes_below(folder);
        (disk > DISK).then_some(Excess::Disk(disk))
    }
}

fn signal_all(groups: &[i32], signal: Signal) {
    for group in groups {
        // an error means that it has just ended
        let _ = killpg(Pid::from_raw(*group), signal);
    }
}

/// All processes and threads of the machine (`sysinfo(2)`); 0 where nobody counts.
fn processes_on_machine() -> u64 {
    #[cfg(target_os = "linux")]
    return nix::sys::sysinfo::sysinfo().map_or(0, |info| info.process_count().into());
    #[cfg(not(target_os = "linux"))]
    return 0;
}

/// The memory that these processes take together, in bytes. Resident memory that several share is not added up but divided
/// (PSS, `proc_pid_smaps(5)`), which costs the kernel some time: only asked if the sum of all is too much. To it comes what
/// no process has mapped and still takes memory: files in memory that one has open (`memfd_create(2)`).
fn memory_of(processes: &[i32]) -> u64 {
    let unmapped: BTreeMap<(u64, u64), u64> =
        processes.iter().copied().flat_map(files_in_memory).collect();
    let in_files: u64 = unmapped.into_values().sum();
    let resident: u64 = processes.iter().copied().map(resident).sum();
    if resident + in_files <= MEMORY || resident > MEMORY_MAPPED {
        return resident.max(in_files);
    }
    let mut total = 0;
    let mut shared = 0;
    for pid in processes {
        match proportional(*pid) {
            Some([own, file, memory]) => {
                total += own + file;
                shared += memory;
            }
            // it does not let us look, or the kernel is older than 5.4: never less than it is
            _ => total += self::resident(*pid),
        }
    }
    total + shared.max(in_files)
}

/// The sums `Pss_Anon`, `Pss_File` and `Pss_Shmem` of `/proc/PID/smaps_rollup`, in bytes.
fn proportional(pid: i32) -> Option<[u64; 3]> {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    let sum = |name| {
        let value = text.lines().find_map(|line| line.strip_prefix(name))?;
        Some(value.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
    };
    Some([sum("Pss_Anon:")?, sum("Pss_File:")?, sum("Pss_Shmem:")?])
}

/// Files without a name that a process has open and that take memory: which, and how many bytes.
fn files_in_memory(pid: i32) -> Vec<((u64, u64), u64)> {
    use std::os::unix::fs::MetadataExt;
    let entries = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
    let in_memory = entries.filter(|entry| {
        fs::read_link(entry.path())
            .is_ok_and(|link| link.as_os_str().as_bytes().starts_with(b"/memfd:"))
    });
    let metadata = in_memory.filter_map(|entry| fs::metadata(entry.path()).ok());
    metadata.map(|file| ((file.dev(), file.ino()), file.blocks() * 512)).collect()
}

/// The resident memory of a process in bytes (`proc_pid_statm(5)`, second field, in pages).
fn resident(pid: i32) -> u64 {
    // SAFETY: a plain question (sysconf(3)). Not everywhere 4096: kernels for aarch64 may have pages of 16 or 64 KiB.
    let page = u64::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap_or(4096);
    let statm = fs::read_to_string(format!("/proc/{pid}/statm")).unwrap_or_default();
    let pages = statm.split_whitespace().nth(1).and_then(|pages| pages.parse::<u64>().ok());
    pages.unwrap_or(0) * page
}

/// What the files below take on the disk. Programs change them meanwhile: an error means that this is all that was seen.
#[allow(clippy::unnecessary_cast, reason = "another type on other systems")]
fn bytes_below(folder: &Tree) -> u64 {
    let Ok(mut walk) = folder.walk(Doors::AsTheyAre) else { return 0 };
    let mut bytes = 0;
    while let Ok(Some(found)) = walk.next() {
        // blocks, not length: a file with holes takes no room
        if let Found::File(stat) = found {
            bytes += stat.st_blocks as u64 * 512;
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn our_own_memory_is_seen() {
        let block = vec![1_u8; 8 << 20];
        assert!(resident(std::process::id() as i32) >= 8 << 20);
        assert_eq!(block[4096], 1);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn files_in_memory_are_seen_each_once() {
        use std::io::Write;
        let own = std::process::id() as i32;
        // SAFETY: plain system calls; the name lives through the first, the descriptor is ours.
        let mut file: fs::File = unsafe {
            let fd = libc::memfd_create(c"file".as_ptr(), libc::MFD_CLOEXEC);
            assert!(fd >= 0);
            std::os::fd::FromRawFd::from_raw_fd(fd)
        };
        let length = 8 << 20;
        file.write_all(&vec![1_u8; length as usize]).unwrap();
        let _again = file.try_clone().unwrap();
        let sizes = files_in_memory(own).into_iter().collect::<BTreeMap<_, _>>();
        assert!(sizes.values().any(|size| (length..2 * length).contains(size)), "{sizes:?}");
        assert!(proportional(own).is_some_and(|[anonymous, ..]| anonymous > 0));
    }

    #[test]
    fn a_folder_is_measured_by_what_it_takes() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("d")).unwrap();
        fs::write(folder.path().join("d/f"), vec![1; 100_000]).unwrap();
        let file = fs::File::create(folder.path().join("hole")).unwrap();
        file.set_len(1 << 40).unwrap();
        assert!((90_000..1_000_000).contains(&bytes_below(&Tree::open(folder.path()).unwrap())));
    }
}
