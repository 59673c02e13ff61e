//! The observer that every system has: in real time, by the programs' pipes.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use limits::READ_AT_ONCE;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGTERM};

use events::{Kind, Line, Stream, Window};

use crate::Running;

use super::lines::{Folded, Splitter};
use super::observer::{Launch, Observation, Observer, set_nonblocking};

/// Reads the pipes of all programs.
pub struct Pipes {
    began: Instant,
    wake: Wake,
    /// Number of the present look at everything.
    tick: u64,
    pipes: Vec<Pipe>,
}

/// One pipe.
struct Pipe {
    terminal: usize,
    stream: Stream,
    file: File,
    lines: Splitter,
    bytes: u64,
    /// The last look that found it empty.
    empty_at: u64,
    open: bool,
}

impl Pipes {
    /// No pipes yet.
    ///
    /// # Errors
    /// The signals that should wake it cannot be caught.
    pub fn new() -> io::Result<Pipes> {
        Ok(Pipes { began: Instant::now(), wake: Wake::new()?, tick: 0, pipes: Vec::new() })
    }

    /// Reads every pipe until it is empty. One call is one tick.
    fn read_all(&mut self, seen: &mut Vec<Observation>) -> io::Result<()> {
        self.tick += 1;
        for pipe in &mut self.pipes {
            pipe.read(self.tick, seen)?;
        }
        Ok(())
    }
}

impl Observer for Pipes {
    fn launch(&mut self, launch: Launch) -> io::Result<(i32, Option<OwnedFd>)> {
        let Launch { terminal, program, args, folder, typed } = launch;
        let Running { pid, stdin, stdout, stderr } = crate::launch(program, args, folder, typed)?;
        for (stream, fd) in [(Stream::Out, stdout), (Stream::Err, stderr)] {
            set_nonblocking(&fd)?;
            self.pipes.push(Pipe {
                terminal,
                stream,
                file: fd.into(),
                lines: Splitter::default(),
                bytes: 0,
                empty_at: self.tick,
                open: true,
            });
        }
        Ok((pid, stdin.map(OwnedFd::from)))
    }

    fn look(&mut self, nap: Duration) -> io::Result<Vec<Observation>> {
        wait(&self.pipes, &self.wake, nap)?;
        self.wake.clear();
        let mut seen = Vec::new();
        self.read_all(&mut seen)?;
        while let Ok(Some(ended)) = crate::wait_for_any() {
            // all that it printed is in the pipes by now: read it before its end is told
            self.read_all(&mut seen)?;
            seen.push(Observation::Ended(ended));
        }
        Ok(seen)
    }

    fn glance(&mut self) -> io::Result<Vec<Observation>> {
        self.look(Duration::ZERO)
    }

    fn last(&mut self) -> io::Result<Vec<Observation>> {
        let mut seen = Vec::new();
        self.read_all(&mut seen)?;
        for pipe in &mut self.pipes {
            let window = Window { after: pipe.empty_at, by: self.tick };
            let half = pipe.lines.finish();
            pipe.tell(window, half, &mut seen);
        }
        Ok(seen)
    }

    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    fn tick(&self) -> u64 {
        self.tick
    }

    fn bytes_of(&self, terminal: usize) -> u64 {
        let of = self.pipes.iter().filter(|pipe| pipe.terminal == terminal);
        of.map(|pipe| pipe.bytes).sum()
    }
}

impl Pipe {
    fn read(&mut self, tick: u64, seen: &mut Vec<Observation>) -> io::Result<()> {
        let mut buffer = [0_u8; 64 * 1024];
        let mut taken = 0;
        while self.open && taken < READ_AT_ONCE {
            let window = Window { after: self.empty_at, by: tick };
            match self.file.read(&mut buffer) {
                Ok(0) => {
                    self.open = false;
                    let half = self.lines.finish();
                    self.tell(window, half, seen);
                }
                Ok(length) => {
                    taken += length;
                    self.bytes += length as u64;
                    let lines = self.lines.push(&buffer[..length]);
                    self.tell(window, lines, seen);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.empty_at = tick;
                    break;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn tell(
        &self,
        window: Window,
        lines: impl IntoIterator<Item = Folded>,
        seen: &mut Vec<Observation>,
    ) {
        let Pipe { terminal, stream, .. } = *self;
        seen.extend(lines.into_iter().map(|Folded { text, count, whole }| {
            let line = Line { terminal, stream, text, count, whole, source: None };
            Observation::Kind(window, Kind::Line(line), None)
        }));
    }
}

/// Waits until a pipe has something, a signal comes, or `nap` is over.
fn wait(pipes: &[Pipe], wake: &Wake, nap: Duration) -> io::Result<()> {
    let mut fds = vec![PollFd::new(wake.reader.as_fd(), PollFlags::POLLIN)];
    for pipe in pipes.iter().filter(|pipe| pipe.open) {
        fds.push(PollFd::new(pipe.file.as_fd(), PollFlags::POLLIN));
    }
    // rounded up: a nap of less than a millisecond must not become a busy loop
    let millis = nap.as_micros().div_ceil(1000).min(60_000) as u16;
    match poll(&mut fds, PollTimeout::from(millis)) {
        Ok(_) | Err(nix::errno::Errno::EINTR) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}

/// Signals, turned into bytes in a pipe, so that `poll` sees them.
struct Wake {
    reader: UnixStream,
}

impl Wake {
    fn new() -> io::Result<Wake> {
        let (reader, writer) = UnixStream::pair()?;
        reader.set_nonblocking(true)?;
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            signal_hook::low_level::pipe::register(signal, writer.try_clone()?)?;
        }
        signal_hook::low_level::pipe::register(SIGCHLD, writer)?;
        Ok(Wake { reader })
    }

    fn clear(&self) {
        let mut buffer = [0_u8; 256];
        while (&self.reader).read(&mut buffer).is_ok_and(|length| length > 0) {}
    }
}
