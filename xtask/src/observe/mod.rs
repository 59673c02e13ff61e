//! What a scene's programs really do, as [`Event`]s.
//!
//! | file | task |
//! | --- | --- |
//! | `event` | the events: all that the judge and the reports ever see |
//! | `lines` | from bytes to lines, equal ones folded |
//! | `cues` | the stage directions: what is next, and may it happen yet? |
//! | `pipes` | the observer that every system has: plays a scene, reads pipes |

mod cues;
mod event;
mod lines;
pub mod pipes;

pub use crate::stage::{Excess, Exit, FileOutcome};
pub use event::*;
