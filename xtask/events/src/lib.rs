//! What happened in a scene: data only. Whoever watches programs produces these; whoever judges, explains or draws them
//! reads nothing else.
//!
//! | file | task |
//! | --- | --- |
//! | `event` | [`Event`]: what happened in a scene, as everybody after the observers sees it |
//! | `trace` | what a traced thread did: system calls, processes, threads, what a stuck one waits for |
//! | `outcome` | how a program ended, what a scene had too much of, what became of a file |

mod event;
mod outcome;
pub mod trace;

pub use event::*;
pub use outcome::*;
pub use trace::{
    Activity, Call, CallResult, Clock, Data, Family, Half, Hint, Object, On, Place, SocketKind,
    TraceEvent, Waiting,
};
