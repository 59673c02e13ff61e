//! What the player needs of an observer: starts programs, and sees what they do.

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::Duration;

use nix::fcntl::{FcntlArg, OFlag, fcntl};

use events::{Activity, Call, Kind, Object, Place, Waiting, Wakes, Window};

use crate::{Program, Reaped};

/// How the player starts programs and sees what they do.
pub trait Observer {
    /// Starts a program; its process id, and its standard input if the script types into it.
    ///
    /// # Errors
    /// It cannot be started.
    fn launch(&mut self, launch: Launch) -> io::Result<(i32, Option<OwnedFd>)>;

    /// Everything that has happened since the last look, after waiting at most `nap` for something to happen.
    ///
    /// # Errors
    /// A fault of the machine, not of a program.
    fn look(&mut self, nap: Duration) -> io::Result<Vec<Observation>>;

    /// What has happened by now; nothing goes on meanwhile.
    ///
    /// # Errors
    /// A fault of the machine, not of a program.
    fn glance(&mut self) -> io::Result<Vec<Observation>>;

    /// All programs have been ended: what has not been told yet.
    ///
    /// # Errors
    /// A fault of the machine, not of a program.
    fn last(&mut self) -> io::Result<Vec<Observation>>;

    /// Signals have been sent, or are about to be.
    fn signalled(&mut self) {}

    /// [`Observation::Rests`] is told, once, when the program of this terminal goes on only if something comes from outside
    /// of it. `None`: of nobody.
    fn expect_rest(&mut self, _terminal: Option<usize>) {}

    /// The living processes of the program of a terminal, those that it has left behind too; `None`: nobody knows.
    fn processes_of(&self, _terminal: usize) -> Option<Vec<i32>> {
        None
    }

    /// What ended the scene did not: it is told once more, if it is still so.
    fn take_back(&mut self) {}

    /// For long nobody has done anything but wait, for ever or again and again: since this time on the programs' clock.
    fn lull(&self) -> Option<Duration> {
        None
    }

    /// Who waits for what in a lull, and who wakes from time to time; `None`: not just now.
    fn waits_in_lull(&mut self) -> Option<(Vec<Waiting>, Vec<Wakes>)> {
        None
    }

    /// Time since the scene began, on the clock that the programs see.
    fn now(&self) -> Duration;

    /// Number of the present look at everything.
    fn tick(&self) -> u64;

    /// Bytes of output of a terminal so far.
    fn bytes_of(&self, terminal: usize) -> u64;
}

/// What an observer needs to start a program.
pub struct Launch<'a> {
    /// Index into the scene's terminals.
    pub terminal: usize,
    /// The program.
    pub program: &'a Program,
    /// Its arguments.
    pub args: &'a [String],
    /// Where it runs.
    pub folder: &'a Path,
    /// The script types into it.
    pub typed: bool,
}

/// Something that an observer has seen.
#[derive(Debug)]
pub enum Observation {
    /// Something to be told, and where in its source somebody did it, if that is known.
    Kind(Window, Kind, Option<Place>),
    /// A child of this process has ended: a program, or an orphan.
    Ended(Reaped),
    /// A program goes on only if something comes from outside of it: only the tracer sees that.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code))]
    Rests(usize),
    /// Nobody can run, and nobody waits for anything but for a new client: only the tracer sees that.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code))]
    Idle {
        /// Every thread that waits.
        waiting: Vec<Waiting>,
        /// Nobody will go on by himself; `false`: some look again and again, from time to time.
        for_ever: bool,
    },
    /// Something that ends the scene: only the tracer sees that.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code))]
    Cut(Kind),
}

impl Observation {
    /// A direction may have waited for this: for a line, an end, a listener, a connection, for room in an input.
    pub fn may_unblock(&self) -> bool {
        let Observation::Kind(_, Kind::Traced { activity, .. }, _) = self else { return true };
        let Activity::Leave { call, .. } = activity else { return false };
        matches!(
            call,
            Call::Listen { .. }
                | Call::Bind { .. }
                | Call::Connect { .. }
                | Call::Poll { .. }
                | Call::Receive { object: Object::Input, .. }
        )
    }
}

/// A read or a write that would have to wait fails instead (`O_NONBLOCK`).
pub fn set_nonblocking(fd: &OwnedFd) -> io::Result<()> {
    let flags = OFlag::from_bits_truncate(fcntl(fd, FcntlArg::F_GETFL)?);
    fcntl(fd, FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK))?;
    Ok(())
}
