//! `cargo xtask practice`: the exercises, from a student's file to what is wrong with it.
//!
//! ```text
//! lessons/exercises/ --desk--> practice/ --attempt--> verdict --screen--> terminal
//! ```
//!
//! | file | task |
//! | --- | --- |
//! | `desk` | the student's own folder: files begun, kept, put back |
//! | `progress` | which exercises are done |
//! | `bench` | that folder with a contained compiler |
//! | `source` | what is asked of a student's files, wherever they are |
//! | `attempt` | one look at a student's files: gaps, compiler, scenes |
//! | `compiler` | the commonest errors of rustc in Chinese |
//! | `outcome` | what came of it, in a line of a table |
//! | `by_hand` | what to type in which terminal |
//! | `screen` | what is shown of it |
//! | `watch` | looks again when a file has changed, and listens to keys |

mod attempt;
mod bench;
mod by_hand;
mod compiler;
mod desk;
mod outcome;
mod progress;
mod screen;
mod source;
mod watch;

pub use attempt::{Attempt, Stage, Verdict};
pub use bench::Bench;
pub use by_hand::by_hand;
pub use desk::{Begun, Desk};
pub use outcome::{Outcome, State};
pub use progress::Progress;
pub use screen::{CELLS, heading, in_short, list, show, task, told_after};
pub use source::{Source, text_in};
pub use watch::{Key, Quiet, Watch, end_with_terminal};
