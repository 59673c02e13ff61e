//! Python: the interpreter of this machine, and what it is given to do.

use std::path::PathBuf;
use std::process::Command;

use crate::which::which;

/// Sends a file, 1 KiB at a time.
pub const SEND: &str = include_str!("python/send.py");
/// Receives a file, 1 KiB at a time.
pub const RECEIVE: &str = include_str!("python/receive.py");
/// The looping server of lesson 02.
pub const LOOPING: &str = include_str!("python/looping.py");

/// An interpreter, 3.8 or newer.
#[derive(Debug)]
pub struct Python {
    path: PathBuf,
    /// Its version, such as 3.13.2.
    pub version: String,
}

impl Python {
    /// Asks `python3` where it really is: what is in `PATH` may be a script that starts another.
    pub fn find() -> Option<Python> {
        let question = "import sys; print(sys.executable); print(*sys.version_info[:3], sep='.'); \
                        sys.exit(sys.version_info < (3, 8))";
        let answer =
            Command::new(which("python3").ok()?).args(["-I", "-c", question]).output().ok()?;
        let text = String::from_utf8(answer.stdout).ok()?;
        let mut lines = text.lines();
        let (path, version) = (lines.next()?.into(), lines.next()?.to_owned());
        answer.status.success().then_some(Python { path, version })
    }

    /// The command that runs `program`.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(&self.path);
        command.args(["-I", "-X", "utf8", "-c", program]);
        command
    }
}
