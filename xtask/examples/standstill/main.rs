//! Programs that come to no end, or do not do what they say, for `tests/standstills.rs` and `tests/liars.rs`.
//!
//! Usage: `standstill MODE`. A line that somebody waits in for ever says so: `// waits`.

mod channels;
mod computing;
mod healthy;
mod liars;
mod locks;
mod processes;
mod sockets;
mod threads;

use std::io;

/// Runs the program with this name; `None`: it is none of this file's.
type Bank = fn(&str) -> Option<io::Result<()>>;

const BANKS: [Bank; 8] = [
    sockets::run,
    processes::run,
    locks::run,
    channels::run,
    threads::run,
    computing::run,
    liars::run,
    healthy::run,
];

fn main() -> io::Result<()> {
    let mode = std::env::args().nth(1).unwrap_or_default();
    let found = BANKS.iter().find_map(|bank| bank(&mode));
    found.unwrap_or_else(|| Err(io::Error::other(mode)))
}
