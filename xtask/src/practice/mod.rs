//! `cargo xtask practice`: the exercises, from a student's file to what is wrong with it.
//!
//! ```text
//! lessons/exercises/ --desk--> practice/ --attempt--> verdict --screen--> terminal
//! ```
//!
//! | file | task |
//! | --- | --- |
//! | `desk` | the student's own folder: files begun, kept, put back |
//! | `manifest` | what cargo and an editor have to know of that folder |
//! | `progress` | which exercises are done |
//! | `attempt` | one look at a student's files: gaps, compiler, scenes |
//! | `compiler` | the commonest errors of rustc in Chinese |
//! | `by_hand` | what to type in which terminal |
//! | `screen` | what is shown of it |
//! | `watch` | looks again when a file has changed, and listens to keys |

mod attempt;
mod by_hand;
mod compiler;
mod desk;
mod manifest;
mod progress;
mod screen;
mod watch;

pub use attempt::{Attempt, Verdict};
pub use by_hand::by_hand;
pub use desk::{Begun, Desk};
pub use progress::Progress;
pub use screen::{CELLS, heading, in_short, list, show, task, told_after};
pub use watch::{Key, Quiet, Watch};
