//! Measures what a scene uses of the machine: processes, memory, disk.
//!
//! A program out of control must not take the machine with it: frequent looks find it in time, whatever it
//! forks, and need no privilege (resource limits of `setrlimit(2)` count per process
//! or per user, never per scene).

use std::fs;
use std::time::Instant;

use limits::{DISK, MEASURE_EVERY, MEMORY, POLL_EVERY, PROCESSES, PROCESSES_UNSTOPPED};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use events::Excess;

use super::containment::descendants_of;
use super::tree::{Doors, Found, Tree};

/// Watches one scene.
#[derive(Debug)]
pub struct Meter {
    /// Processes on the whole machine when the scene began.
    before: u64,
    /// When they were counted.
    counted: Instant,
    measured: Instant,
}

impl Default for Meter {
    /// From now on.
    fn default() -> Meter {
        let now = Instant::now();
        Meter { before: processes_on_machine(), counted: now, measured: now }
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
        let crowd = processes_on_machine() > self.before + PROCESSES;
        if !crowd && now - self.measured < MEASURE_EVERY {
            return None;
        }
        self.measured = now;
        self.excess_now(folder, groups)
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
        let memory = processes.into_iter().map(resident).sum();
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

/// All processes of the machine (`sysinfo(2)`); 0 where nobody counts.
fn processes_on_machine() -> u64 {
    #[cfg(target_os = "linux")]
    return nix::sys::sysinfo::sysinfo().map_or(0, |info| info.process_count().into());
    #[cfg(not(target_os = "linux"))]
    return 0;
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
    fn a_folder_is_measured_by_what_it_takes() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("d")).unwrap();
        fs::write(folder.path().join("d/f"), vec![1; 100_000]).unwrap();
        let file = fs::File::create(folder.path().join("hole")).unwrap();
        file.set_len(1 << 40).unwrap();
        assert!((90_000..1_000_000).contains(&bytes_below(&Tree::open(folder.path()).unwrap())));
    }
}
