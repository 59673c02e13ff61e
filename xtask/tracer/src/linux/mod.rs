//! The tracer itself: Linux only.
//!
//! | file | task |
//! | --- | --- |
//! | `spawn` | starts a program so that it is traced from its first instruction on |
//! | `filter` | which system calls stop it |
//! | `regs`, `memory` | registers and memory of a stopped thread |
//! | `calls` | from registers and memory to calls, and what came of them |
//! | `objects` | what a descriptor leads to |
//! | `procfs`, `sockets` | what the kernel says about threads and about TCP |
//! | `netlink` | one question to the kernel, and its answers |
//! | `clock` | real or virtual time |
//! | `quiet` | whether nobody can run |
//! | `order` | who comes first among those who could |
//! | `signals` | which signals are pending, and what they would do |
//! | `engine` | who runs, who waits, whose turn it is |
//! | `stuck` | who waits for what when nobody can run |
//! | `source` | the source line of a thread |
//! | `program` | functions and lines of a program's addresses |

mod calls;
mod clock;
mod engine;
mod filter;
mod memory;
pub mod netlink;
mod objects;
mod order;
mod procfs;
mod program;
mod quiet;
mod regs;
mod signals;
pub mod sockets;
mod source;
mod spawn;
mod stuck;

pub use engine::{News, Refused, Started, Tracer};
