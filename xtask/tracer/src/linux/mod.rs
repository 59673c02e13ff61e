//! The tracer itself: Linux only.
//!
//! | file | task |
//! | --- | --- |
//! | `spawn` | starts a program so that it is traced from its first instruction on |
//! | `filter` | makes the kernel stop it there (seccomp) |
//! | `regs`, `memory` | registers and memory of a stopped thread |
//! | `vdso` | looks at the clock that are no system calls, made ones |
//! | `calls` | which system calls stop it (`watched`); from registers and memory to calls, and what came of them |
//! | `objects` | what a descriptor leads to |
//! | `procfs` | what the kernel says about threads; about TCP: the crate `sockdiag` |
//! | `clock` | real or virtual time |
//! | `blocked` | whether these threads are blocked in the kernel |
//! | `choice` | who comes first among those who could: what a seed decides |
//! | `signals` | which signals are pending, and what they would do |
//! | `engine` | who runs, who waits, whose turn it is |
//! | `unkind` | what an unkind kernel keeps from a call: what a seed decides |
//! | `streams` | whether it may, and what lies in a socket or a pipe |
//! | `stuck` | who waits for what when nobody can run |
//! | `clients` | whether they only wait for new clients, or for somebody who is not followed |
//! | `locks` | which lock that is, and who has it |
//! | `source` | the source line of a thread, and all functions that it is in |
//! | `callers` | the source line from which each call is made, where that is asked for |
//! | `stack` | where these functions were called from |
//! | `modules`, `names`, `excerpt` | their files, what their names tell, their source |
//! | `python` | the same of a Python program, by the crate `cpython` |
//! | the crate `lines` | symbols, line tables and `.eh_frame` of a program |

mod blocked;
mod callers;
mod calls;
mod choice;
mod clients;
mod clock;
mod engine;
mod excerpt;
mod filter;
mod locks;
mod memory;
mod modules;
mod names;
mod objects;
mod procfs;
mod python;
mod regs;
mod signals;
mod source;
mod spawn;
mod stack;
mod streams;
mod stuck;
mod unkind;
mod vdso;

pub use engine::{News, Refused, Started, Tracer};
