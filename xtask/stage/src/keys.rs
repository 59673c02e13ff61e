//! Playing step by step: somebody presses Enter, the next direction is carried out.
//!
//! The helper reads the keys itself, from a copy of xtask's standard input: so xtask goes on showing what happens.

use std::io;
use std::os::fd::{AsFd, FromRawFd, OwnedFd};

use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// A copy of standard input that the processes we start inherit.
///
/// # Errors
/// Standard input is closed.
pub fn inheritable() -> io::Result<OwnedFd> {
    let copy = fcntl(io::stdin(), FcntlArg::F_DUPFD(3))?;
    // SAFETY: fcntl has just made this descriptor, and nobody else has it.
    Ok(unsafe { OwnedFd::from_raw_fd(copy) })
}

/// The directions that wait for a key, one after the other.
#[derive(Debug)]
pub(crate) struct Steps {
    keys: Keys,
    /// The direction that was asked for last.
    asked: Option<usize>,
    /// Its key has been pressed.
    allowed: bool,
}

impl Steps {
    /// Keys come from this descriptor, which we have inherited.
    ///
    /// # Errors
    /// There is no such descriptor.
    pub(crate) fn new(descriptor: i32) -> io::Result<Steps> {
        Ok(Steps { keys: Keys::new(descriptor)?, asked: None, allowed: false })
    }

    /// Whether this direction is asked for now for the first time.
    pub(crate) fn is_new(&mut self, direction: usize) -> bool {
        let new = self.asked != Some(direction);
        if new {
            (self.asked, self.allowed) = (Some(direction), false);
        }
        new
    }

    /// Whether the direction that was asked for may be carried out: once its key has been pressed it stays so, should it
    /// have to wait for something else, too.
    ///
    /// # Errors
    /// The descriptor cannot be watched.
    pub(crate) fn allows(&mut self) -> io::Result<bool> {
        self.allowed = self.allowed || self.keys.pressed()?;
        Ok(self.allowed)
    }
}

/// What somebody types, in the helper.
#[derive(Debug)]
struct Keys {
    source: OwnedFd,
    /// Nothing more will come: nobody is waited for any more.
    ended: bool,
}

impl Keys {
    /// From this descriptor, which we have inherited; our own programs do not.
    fn new(descriptor: i32) -> io::Result<Keys> {
        // SAFETY: xtask made it for us alone, and said its number.
        let source = unsafe { OwnedFd::from_raw_fd(descriptor) };
        fcntl(&source, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC))?;
        Ok(Keys { source, ended: false })
    }

    /// Whether a line has been typed that was not asked for yet, or none will ever come. Does not block. Reads no further than
    /// the end of that line: what comes next may belong to the next scene.
    fn pressed(&mut self) -> io::Result<bool> {
        while !self.ended {
            let mut ready = [PollFd::new(self.source.as_fd(), PollFlags::POLLIN)];
            if poll(&mut ready, PollTimeout::ZERO)? == 0 {
                return Ok(false);
            }
            let mut byte = [0];
            match nix::unistd::read(&self.source, &mut byte) {
                Ok(0) => self.ended = true,
                Ok(_) if byte == *b"\n" => return Ok(true),
                Ok(_) => {}
                // a terminal whose foreground we are not: nobody can type
                Err(_) => self.ended = true,
            }
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{PipeWriter, Write, pipe};
    use std::os::fd::IntoRawFd;

    use super::*;

    fn keys() -> (Keys, PipeWriter) {
        let (reader, writer) = pipe().unwrap();
        (Keys::new(reader.into_raw_fd()).unwrap(), writer)
    }

    #[test]
    fn a_line_is_one_key_and_the_end_of_the_input_is_all() {
        let (mut keys, mut writer) = keys();
        assert!(!keys.pressed().unwrap());
        writer.write_all(b"\nabc").unwrap();
        assert!(keys.pressed().unwrap());
        assert!(!keys.pressed().unwrap());
        writer.write_all(b"\n\n").unwrap();
        assert!(keys.pressed().unwrap() && keys.pressed().unwrap());
        assert!(!keys.pressed().unwrap());
        drop(writer);
        assert!(keys.pressed().unwrap() && keys.pressed().unwrap());
    }
}
