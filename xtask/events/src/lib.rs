//! What happened in a scene: data only. Whoever watches programs produces these; whoever judges, explains or draws them
//! reads nothing else.
//!
//! | file | task |
//! | --- | --- |
//! | `event` | [`Event`]: what happened in a scene, as everybody after the observers sees it |
//! | `activity` | what a traced thread did, or what happened to it |
//! | `call`, `object` | system calls, what they carried, what their descriptors lead to |
//! | `endpoint` | where programs wait for clients or datagrams |
//! | `waiting` | where a stuck thread waits, and for what |
//! | `errno` | errors of system calls, in Chinese |
//! | `outcome` | how a program ended, what a scene had too much of, what became of a file |

mod activity;
mod call;
mod endpoint;
mod errno;
mod event;
mod object;
mod outcome;
mod waiting;

pub use activity::*;
pub use call::*;
pub use endpoint::*;
pub use errno::*;
pub use event::*;
pub use object::*;
pub use outcome::*;
pub use waiting::*;
