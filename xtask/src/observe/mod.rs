//! What a scene's programs really do, as [`Event`]s.
//!
//! | file | task |
//! | --- | --- |
//! | `event` | the events: all that the judge and the reports ever see |
//! | `lines` | from bytes to lines, equal ones folded |
//! | `cues` | the stage directions: what is next, and may it happen yet? |
//! | `player` | plays a scene: carries out its directions, tells what an observer sees |
//! | `pipes` | the observer that every system has: reads the programs' pipes |
//! | `traced` | the observer that knows who did what: traces the programs (Linux) |
//! | `self_test` | whether tracing can be trusted on this machine |

mod cues;
mod event;
mod lines;
mod pipes;
mod player;
pub mod self_test;
#[cfg(target_os = "linux")]
mod traced;

pub use event::*;
pub use self_test::probe_tracing;

use std::io;

use crate::stage::Assignment;

/// Plays the scene of `assignment`, observed as that says.
///
/// # Errors
/// A fault of the machine, not of a program.
pub fn play(assignment: &Assignment, witness: &mut dyn Witness) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    if let Some(clock) = assignment.trace {
        let mut traced =
            traced::Traced::new(clock, assignment.scene.terminals.len(), assignment.detail)?;
        return player::play(assignment, &mut traced, witness);
    }
    player::play(assignment, &mut pipes::Pipes::new()?, witness)
}
