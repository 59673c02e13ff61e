//! Has scenes played and says what came of them: what `check`, `bless`, `run`, `trace` and `pictures` share.
//!
//! | file | task |
//! | --- | --- |
//! | `theatre` | builds the programs, makes the folders, asks what the machine offers |
//! | `jobs` | several scenes at a time |
//! | `replay` | when one is played again |
//! | `seeds` | on which clock and in which orders a scene is played |
//! | `performance` | one scene once: played, judged, explained |

mod jobs;
mod performance;
mod replay;
mod seeds;
mod theatre;

pub use jobs::{JOBS, Onlooker, play_all};
pub use performance::{Fault, Performance, causes_of};
pub use theatre::{Theatre, xtask_program};
