//! Sees what programs really do: their system calls, processes and threads, through `ptrace(2)` with a `seccomp(2)` filter.
//!
//! [Events](events::TraceEvent) are the story that it tells; they are the same on every system. The [`Tracer`] that produces them needs
//! Linux. It runs in real time, or in virtual time, where sleeping costs nothing and the same program does the same every time.

#[cfg(target_os = "linux")]
mod linux;

#[cfg(target_os = "linux")]
pub use linux::*;
