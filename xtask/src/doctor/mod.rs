//! What this machine offers, why something is missing, and what to do about it.
//!
//! | file | task |
//! | --- | --- |
//! | `readings` | asks the machine: tries things, reads `/proc` |
//! | `tracing` | may one process trace another here? tried on a child |
//! | `diagnosis` | pure: from the readings to what is said |

mod diagnosis;
mod readings;
mod tracing;

pub use diagnosis::{Finding, diagnose};
pub use readings::Readings;
