//! What a scene may use at most, and what it uses now.
//!
//! A program out of control must not take the machine with it: frequent looks find it in time, whatever it
//! forks, and need no privilege (resource limits of `setrlimit(2)` count per process
//! or per user, never per scene).

use std::fs;
use std::path::Path;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use events::Excess;

use super::containment::descendants_of;

/// How often a scene is looked at: a fork that never ends doubles in a few milliseconds.
pub const LOOK_EVERY: Duration = Duration::from_millis(5);
/// How often it is measured in full.
const MEASURE_EVERY: Duration = Duration::from_millis(100);

/// Processes at once. Lessons start two.
const MOST_PROCESSES: u64 = 400;
/// From here on they are counted with care. No lesson comes near.
const MANY_PROCESSES: usize = 50;
/// Resident memory of all processes together, in bytes. Lessons need 20 MB.
const MOST_MEMORY: u64 = 2 << 30;
/// Bytes in the scene's folder.
const MOST_DISK: u64 = 3 << 30;

/// The priority of this process before [`stay_ahead`], if it was raised.
static ORDINARY: OnceLock<i32> = OnceLock::new();

/// Keeps this process able to act when the programs take every processor: a higher priority, where that is
/// allowed. An ordinary user's scene in a user namespace of its own also gets a hard limit on its processes, which
/// the kernel counts per namespace since 5.14 (before, it would count all processes of the user).
#[cfg(target_os = "linux")]
pub fn stay_ahead(own_namespace: bool) {
    use nix::sys::resource::{Resource, setrlimit};
    // SAFETY: plain system calls on this process.
    let raised = unsafe {
        let before = libc::getpriority(libc::PRIO_PROCESS, 0);
        (libc::setpriority(libc::PRIO_PROCESS, 0, before - 10) == 0).then_some(before)
    };
    if let Some(before) = raised {
        let _ = ORDINARY.set(before);
    }
    if own_namespace && kernel_is_at_least(5, 14) {
        let most = MOST_PROCESSES * 4;
        let _ = setrlimit(Resource::RLIMIT_NPROC, most, most);
    }
}

/// Nothing of this is known to work elsewhere.
#[cfg(not(target_os = "linux"))]
pub fn stay_ahead(_own_namespace: bool) {}

/// Between fork and exec: a program has the priority that it would have without us.
pub fn ordinary_priority() {
    if let Some(priority) = ORDINARY.get() {
        // SAFETY: a plain system call on this process; lowering one's priority is always allowed.
        unsafe { libc::setpriority(libc::PRIO_PROCESS as _, 0, *priority) };
    }
}

#[cfg(target_os = "linux")]
fn kernel_is_at_least(major: u32, minor: u32) -> bool {
    let Ok(name) = nix::sys::utsname::uname() else { return false };
    let release = name.release().to_string_lossy().into_owned();
    let mut numbers = release.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= (major, minor)
}

/// How many times slower this machine is now than if it had nothing else to do: the time that some work takes over
/// the processor time that it needs. At least 1, at most 5.
pub fn slowness() -> f64 {
    /// Enough to be interrupted by whoever else wants the processor.
    const WORK: Duration = Duration::from_millis(30);
    let (began, before) = (Instant::now(), processor_time());
    let mut used = Duration::ZERO;
    // the second condition: a clock that cannot be read must not keep us here
    while used < WORK && began.elapsed() < WORK * 10 {
        std::hint::black_box((0..1_000_u64).sum::<u64>());
        used = processor_time().saturating_sub(before);
    }
    (began.elapsed().as_secs_f64() / used.as_secs_f64().max(1e-6)).clamp(1.0, 5.0)
}

/// Processor time of this thread (`clock_gettime(2)`).
fn processor_time() -> Duration {
    // SAFETY: `time` lives through the call.
    let time = unsafe {
        let mut time: libc::timespec = std::mem::zeroed();
        libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time);
        time
    };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// Watches one scene.
#[derive(Debug)]
pub struct Meter {
    /// Processes on the whole machine when the scene began.
    before: u64,
    measured: Instant,
}

impl Default for Meter {
    /// From now on.
    fn default() -> Meter {
        Meter { before: processes_on_machine(), measured: Instant::now() }
    }
}

impl Meter {
    /// Measures everything below this process and in `folder`, if it is time to; `None`: all within bounds.
    /// `groups` are the process groups of the programs that run.
    pub fn excess(&mut self, folder: &Path, groups: &[i32]) -> Option<Excess> {
        // one cheap question first: have there come so many more, from whomever?
        let crowd = processes_on_machine() > self.before + MOST_PROCESSES;
        if !crowd && self.measured.elapsed() < MEASURE_EVERY {
            return None;
        }
        self.measured = Instant::now();
        self.excess_now(folder, groups)
    }

    /// The same, whether it is time to or not.
    pub fn excess_now(&self, folder: &Path, groups: &[i32]) -> Option<Excess> {
        let own = std::process::id() as i32;
        let mut processes = descendants_of(own, MANY_PROCESSES);
        if processes.len() > MANY_PROCESSES {
            // a fork that never ends makes thousands in the time that counting takes: hold them while counting
            signal_all(groups, Signal::SIGSTOP);
            processes = descendants_of(own, MOST_PROCESSES as usize);
            if processes.len() as u64 > MOST_PROCESSES {
                return Some(Excess::Processes(MOST_PROCESSES));
            }
            signal_all(groups, Signal::SIGCONT);
        }
        let memory = processes.into_iter().map(resident).sum();
        if memory > MOST_MEMORY {
            return Some(Excess::Memory(memory));
        }
        let disk = bytes_below(folder);
        (disk > MOST_DISK).then_some(Excess::Disk(disk))
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

fn bytes_below(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let bytes = entries.map(|entry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => bytes_below(&entry.path()),
        // blocks, not length: a file with holes takes no room
        Ok(metadata) => std::os::unix::fs::MetadataExt::blocks(&metadata) * 512,
        Err(_) => 0,
    });
    bytes.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slowness_is_a_factor() {
        assert!((1.0..=5.0).contains(&slowness()));
    }

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
        assert!((90_000..1_000_000).contains(&bytes_below(folder.path())));
    }
}
