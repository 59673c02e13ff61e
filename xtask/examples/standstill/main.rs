//! Programs that come to no end, or do not do what they say, for `tests/standstills.rs`, `tests/any_programs.rs`,
//! `tests/datagrams.rs` and `tests/liars.rs`: Linux only.
//!
//! Usage: `standstill MODE`. A line that somebody waits in for ever says so: `// waits`.

#[cfg(target_os = "linux")]
mod channels;
#[cfg(target_os = "linux")]
mod computing;
#[cfg(target_os = "linux")]
mod datagrams;
#[cfg(target_os = "linux")]
mod healthy;
#[cfg(target_os = "linux")]
mod kernel;
#[cfg(target_os = "linux")]
mod liars;
#[cfg(target_os = "linux")]
mod locks;
#[cfg(target_os = "linux")]
mod processes;
#[cfg(target_os = "linux")]
mod scripts;
#[cfg(target_os = "linux")]
mod servers;
#[cfg(target_os = "linux")]
mod sleepers;
#[cfg(target_os = "linux")]
mod sockets;
#[cfg(target_os = "linux")]
mod talks;
#[cfg(target_os = "linux")]
mod threads;

#[cfg(target_os = "linux")]
use std::io;

/// Runs the program with this name; `None`: it is none of this file's.
#[cfg(target_os = "linux")]
type Bank = fn(&str) -> Option<io::Result<()>>;

#[cfg(target_os = "linux")]
const BANKS: [Bank; 14] = [
    sockets::run,
    talks::run,
    processes::run,
    locks::run,
    channels::run,
    threads::run,
    computing::run,
    liars::run,
    healthy::run,
    scripts::run,
    servers::run,
    sleepers::run,
    kernel::run,
    datagrams::run,
];

#[cfg(target_os = "linux")]
fn main() -> io::Result<()> {
    let mode = std::env::args().nth(1).unwrap_or_default();
    let found = BANKS.iter().find_map(|bank| bank(&mode));
    found.unwrap_or_else(|| Err(io::Error::other(mode)))
}

#[cfg(not(target_os = "linux"))]
fn main() {}
