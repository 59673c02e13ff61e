//! Measures the lessons against what else does the same job, side by side in one run.
//!
//! | file | task |
//! | --- | --- |
//! | `process` | start a program, learn its port, its end and its peak memory |
//! | `place` | where the files are, and what is in them |
//! | `peers` | hidden subcommands: uploads in Rust without the lessons' code |
//! | `python` | the interpreter, and the programs it is given |
//! | `client` | a connection to a server that is measured |
//! | `upload` | a big file, through lesson 04 and through everybody else |
//! | `exchanges` | many short conversations with lesson 02 |
//! | `crowd` | slow clients at lesson 11 and at the looping server of lesson 04 |
//! | `tracing` | what it costs to be traced |
//! | `sample` | figures of several rounds: smallest, median, ratio |
//! | `table` | columns that stay aligned |

mod client;
pub mod crowd;
pub mod exchanges;
pub mod peers;
mod place;
mod process;
mod python;
mod sample;
mod table;
#[cfg(target_os = "linux")]
pub mod tracing;
pub mod upload;

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result};

pub use place::Place;
pub use python::Python;

/// What every measurement needs.
#[derive(Debug)]
pub struct Bench {
    /// Built programs by name; `xtask` is the one whose hidden subcommands are the peers.
    pub programs: BTreeMap<String, PathBuf>,
    /// Where the files are.
    pub place: Place,
    /// The interpreter, if there is one.
    pub python: Option<Python>,
    /// How often each contender runs.
    pub rounds: u32,
}

impl Bench {
    fn program(&self, name: &str) -> Result<std::process::Command> {
        let path = self.programs.get(name);
        path.map(std::process::Command::new).with_context(|| format!("编译之后没有找到程序 {name}"))
    }
}
