//! What a scene's programs really do, as [`Event`](events::Event)s.
//!
//! | file | task |
//! | --- | --- |
//! | `lines` | from bytes to lines, equal ones folded |
//! | `sequencer` | the steps of the script: what is next, and may it happen yet? |
//! | `player` | plays a scene: carries out its steps, tells what an observer sees |
//! | `observer` | what the player needs of an observer |
//! | `pipes` | the observer that every system has: reads the programs' pipes |
//! | `tally` | how many calls of traced programs are told, and when there are too many |
//! | `traced` | the observer that knows who did what: traces the programs (Linux) |
//! | `witness` | who is told what happens |
//! | `probe` | whether tracing can be trusted on this machine |

mod lines;
mod observer;
mod pipes;
mod player;
pub mod probe;
mod sequencer;
#[cfg(target_os = "linux")]
mod tally;
#[cfg(target_os = "linux")]
mod traced;
mod witness;

pub use probe::probe_tracing;
pub use witness::Witness;

use std::io;

use crate::Assignment;

/// Plays the scene of `assignment`, observed as that says.
///
/// # Errors
/// A fault of the machine, not of a program.
pub fn play(assignment: &Assignment, witness: &mut dyn Witness) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    if let Some(clock) = assignment.trace {
        let mut traced = traced::Traced::new(assignment, clock)?;
        return player::play(assignment, &mut traced, witness);
    }
    player::play(assignment, &mut pipes::Pipes::new()?, witness)
}
