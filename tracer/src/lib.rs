//! Sees what programs really do: their system calls, processes and threads, through `ptrace(2)` with a `seccomp(2)` filter.

mod event;

pub use event::*;
