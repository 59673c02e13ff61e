//! How a program ended, what a scene had too much of, what became of its files.

use std::fmt;

use nix::sys::signal::Signal;
use serde::{Deserialize, Serialize};

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Exit {
    /// It returned this code.
    Code(i32),
    /// This signal killed it.
    Signal(i32),
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Exit::Code(0) => f.write_str("正常结束（退出码 0）"),
            Exit::Code(code) => write!(f, "退出码 {code}"),
            Exit::Signal(signal) => match Signal::try_from(signal) {
                Ok(signal) => write!(f, "被信号 {} 终止", signal.as_str()),
                Err(_) => write!(f, "被 {signal} 号信号终止"),
            },
        }
    }
}

/// The signals that the runner sends to programs, because a script says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum StopSignal {
    /// Ctrl-C in its terminal.
    Int,
    /// `kill`.
    Term,
    /// `kill -9`.
    Kill,
}

impl StopSignal {
    /// The signal of this name.
    pub fn of(name: &str) -> Option<StopSignal> {
        [StopSignal::Int, StopSignal::Term, StopSignal::Kill]
            .into_iter()
            .find(|signal| signal.name() == name)
    }

    /// Its name, as scripts have it.
    pub fn name(self) -> &'static str {
        match self {
            StopSignal::Int => "INT",
            StopSignal::Term => "TERM",
            StopSignal::Kill => "KILL",
        }
    }

    /// Its number (signal(7)).
    pub fn number(self) -> i32 {
        let signal = match self {
            StopSignal::Int => Signal::SIGINT,
            StopSignal::Term => Signal::SIGTERM,
            StopSignal::Kill => Signal::SIGKILL,
        };
        signal as i32
    }
}

/// What a scene has too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Excess {
    /// So many processes.
    Processes(u64),
    /// So many bytes of resident memory.
    Memory(u64),
    /// So many bytes in the scene's folder.
    Disk(u64),
}

/// What a compared file turned out to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileFinding {
    /// As the script says.
    Same,
    /// It should be there and is not.
    Missing,
    /// It is there and should not be.
    Unwanted,
    /// Its content differs.
    Differs {
        /// Offset of the first byte that differs.
        at: u64,
        /// Its size.
        found: u64,
        /// The size it should have.
        expected: u64,
    },
    /// It could not be read; why, in Chinese.
    Unreadable(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_are_known_by_the_names_that_scripts_use() {
        assert_eq!(StopSignal::of("KILL"), Some(StopSignal::Kill));
        assert_eq!(StopSignal::of("QUIT"), None);
    }
}
