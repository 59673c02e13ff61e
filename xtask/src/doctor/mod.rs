//! What this machine offers, why something is missing, and what to do about it.
//!
//! | file | task |
//! | --- | --- |
//! | `readings` | asks the machine: tries things, reads `/proc` |
//! | `tracing` | may one process trace another here? tried on a child |
//! | `python` | can it be read where a Python program is? tried on one |
//! | `findings` | pure: from the readings to what is said |

mod findings;
mod python;
mod readings;
#[cfg(test)]
mod tests;
mod tracing;

pub use findings::{Finding, findings};
pub use readings::Readings;
