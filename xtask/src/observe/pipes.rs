//! The observer that every system has: plays a scene in real time and reads its programs' pipes.

use std::fs::File;
use std::io::{self, Read, Write};
use std::net::SocketAddrV4;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGTERM};

use crate::script::{Action, Scene, StopSignal};
use crate::stage::{
    self, Addresses, Assignment, Ended, FileFact, LOOK_EVERY, Left, Meter, Running,
};

use super::cues::Cues;
use super::lines::Splitter;
use super::{Event, Kind, Line, Stream, Window, Witness};

/// More output than this is a program out of control: no lesson prints a quarter of it.
const MOST_OUTPUT: u64 = 64 << 20;
/// At most this is read from one pipe before the others get their turn.
const MOST_AT_ONCE: usize = 1 << 20;
/// How long the children of a stopped program may take to end.
const MOMENT: Duration = Duration::from_secs(1);
/// How often a condition is looked at that sends no signal (listening, a full input pipe).
const GLANCE: Duration = Duration::from_millis(1);

/// Plays the scene to its end and tells `witness` what happens, as it happens.
///
/// The caller has set the stage (network, adoption of orphans). Afterwards nothing of the scene runs.
///
/// # Errors
/// The signals cannot be caught or the events cannot be told: a fault of the machine, not of a program.
pub fn play(assignment: &Assignment, witness: &mut dyn Witness) -> io::Result<()> {
    let _curtain = Curtain;
    let wake = Wake::new()?;
    let mut player = Player {
        scene: &assignment.scene,
        assignment,
        began: Instant::now(),
        tick: 0,
        streams: Vec::new(),
        programs: (0..assignment.scene.terminals.len()).map(|_| None).collect(),
        cues: Cues::new(&assignment.scene),
        addresses: Addresses::new(!assignment.own_network),
        stopped: Vec::new(),
        witness,
    };
    let ending = player.perform(&wake);
    // whatever happened: first end everything, then say what was left
    for group in player.running() {
        // one call for the whole group, before anything is looked at: a fork that never ends must not win
        let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
    }
    let groups: Vec<i32> = player.programs.iter().flatten().map(|program| program.pid).collect();
    let left = stage::end_everything(&groups);
    let ending = ending?;
    player.finish(ending, left)
}

/// Falls whatever happens, also when this very module panics: nothing of the scene may live on.
struct Curtain;

impl Drop for Curtain {
    fn drop(&mut self) {
        stage::end_everything(&[]);
    }
}

/// How the performance came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// Every direction carried out, every program ended.
    Complete,
    /// Out of time or too much output: the report has been made.
    Cut,
    /// Somebody wants us to stop: Ctrl-C, or our parent has ended.
    Interrupted,
}

/// A program on the stage.
struct OnStage {
    pid: i32,
    stdin: Option<File>,
    ended: bool,
    listening: Option<SocketAddrV4>,
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

struct Player<'a> {
    scene: &'a Scene,
    assignment: &'a Assignment,
    began: Instant,
    /// Number of the present look at everything.
    tick: u64,
    streams: Vec<Pipe>,
    programs: Vec<Option<OnStage>>,
    cues: Cues<'a>,
    addresses: Addresses,
    /// Process groups that the script has stopped.
    stopped: Vec<i32>,
    witness: &'a mut dyn Witness,
}

impl Player<'_> {
    fn perform(&mut self, wake: &Wake) -> io::Result<Ending> {
        let deadline = self.began + self.scene.limit;
        // after a look that found something, look again at once: it fixes the order of what comes later
        let mut again = false;
        let mut meter = Meter::default();
        loop {
            let waiting_for = self.carry_out()?;
            self.witness.pause()?;
            if self.is_over() {
                self.let_the_stopped_end(wake)?;
                return Ok(Ending::Complete);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let (step, listens) = self.waiting_at_the_limit();
                self.tell(Window::exact(self.tick), Kind::OutOfTime { step, listens })?;
                return Ok(Ending::Cut);
            }
            let nap = match waiting_for {
                Some(Cue::Glance) => left.min(GLANCE),
                _ => left.min(LOOK_EVERY),
            };
            let found = self.look(wake, if again { Duration::ZERO } else { nap })?;
            if wake.interrupted() {
                return Ok(Ending::Interrupted);
            }
            if let Some(excess) = meter.excess(&self.assignment.folder, &self.running()) {
                self.tell(Window::exact(self.tick), Kind::Excess(excess))?;
                return Ok(Ending::Cut);
            }
            if let Some(terminal) = self.talks_too_much() {
                let bytes = self.bytes_of(terminal);
                self.tell(Window::exact(self.tick), Kind::TooMuchOutput { terminal, bytes })?;
                return Ok(Ending::Cut);
            }
            again = found;
        }
    }

    /// Carries out every direction whose time has come. Says how the next one makes itself known.
    fn carry_out(&mut self) -> io::Result<Option<Cue>> {
        while let Some((_, terminal, action)) = self.cues.current() {
            let wait = match action {
                Action::Start { package, args } => match self.cues.arguments(args) {
                    Some(args) => {
                        self.start(terminal, package, args)?;
                        None
                    }
                    None => Some(Cue::Signal),
                },
                Action::Listen(addr) => self.wait_for_listener(terminal, *addr)?,
                Action::Connect(addr) => self.wait_for_connection(terminal, *addr)?,
                Action::Await => (!self.has_ended(terminal) && !self.has_printed_all_above())
                    .then_some(Cue::Signal),
                Action::Type(text) => self.type_line(terminal, text)?,
                Action::CloseInput => {
                    if let Some(program) = &mut self.programs[terminal] {
                        program.stdin = None;
                    }
                    self.tell(Window::exact(self.tick), Kind::Typed { terminal, text: None })?;
                    None
                }
                Action::End(_) => (!self.has_ended(terminal)).then_some(Cue::Signal),
                Action::Stop(signal) => self.stop(terminal, *signal)?,
            };
            if wait.is_some() {
                return Ok(wait);
            }
            self.cues.done();
        }
        Ok(None)
    }

    fn start(&mut self, terminal: usize, package: &str, args: Vec<String>) -> io::Result<()> {
        let program = self.assignment.programs.get(package);
        let program = program.ok_or_else(|| io::Error::other("没有编译过这个程序"));
        let typed = self.scene.terminals[terminal].typed;
        let running = program.and_then(|program| {
            let args = self.addresses.arguments(self.scene, terminal, program.address, args);
            stage::launch(program, &args, &self.assignment.folder, typed)
        });
        match running {
            Ok(running) => self.entered(terminal, running),
            Err(error) => {
                let why = format!("{package}：{error}");
                self.tell(Window::exact(self.tick), Kind::CannotStart { terminal, why })
            }
        }
    }

    fn entered(&mut self, terminal: usize, running: Running) -> io::Result<()> {
        let Running { pid, stdin, stdout, stderr } = running;
        for (stream, fd) in [(Stream::Out, stdout), (Stream::Err, stderr)] {
            set_nonblocking(&fd)?;
            self.streams.push(Pipe {
                terminal,
                stream,
                file: fd.into(),
                lines: Splitter::default(),
                bytes: 0,
                empty_at: self.tick,
                open: true,
            });
        }
        let stdin = stdin.map(OwnedFd::from);
        if let Some(stdin) = &stdin {
            set_nonblocking(stdin)?;
        }
        let stdin = stdin.map(File::from);
        self.programs[terminal] = Some(OnStage { pid, stdin, ended: false, listening: None });
        let parent = std::process::id() as i32;
        self.tell(Window::exact(self.tick), Kind::Started { terminal, pid, parent })
    }

    fn wait_for_listener(
        &mut self,
        terminal: usize,
        addr: SocketAddrV4,
    ) -> io::Result<Option<Cue>> {
        let Some(program) = self.on_stage(terminal) else {
            return Ok(None); // it will never listen: the judge says so
        };
        let listens = stage::listening(program.pid);
        // where the kernel does not tell, the server's own word must do
        let listens = listens.unwrap_or_else(|_| program.listening.into_iter().collect());
        let real = listens.into_iter().find(|real| self.addresses.suits(addr, *real));
        let Some(real) = real else { return Ok(Some(Cue::Glance)) };
        self.addresses.found(addr, real);
        if !self.has_printed_all_above() {
            return Ok(Some(Cue::Signal)); // it listens, but has not yet said what stands above
        }
        self.tell(Window::exact(self.tick), Kind::Listening { terminal, addr: real })?;
        Ok(None)
    }

    fn wait_for_connection(
        &mut self,
        terminal: usize,
        addr: SocketAddrV4,
    ) -> io::Result<Option<Cue>> {
        let Some(program) = self.on_stage(terminal) else {
            return Ok(None); // it has ended without: the judge says so
        };
        match stage::is_connected(program.pid, self.addresses.real(addr))? {
            Some(false) => return Ok(Some(Cue::Glance)),
            known => {
                let seen = known.is_some();
                self.tell(Window::exact(self.tick), Kind::Connected { terminal, seen })?;
            }
        }
        Ok(None)
    }

    fn type_line(&mut self, terminal: usize, text: &str) -> io::Result<Option<Cue>> {
        let program = self.programs[terminal].as_mut().filter(|program| !program.ended);
        let Some(stdin) = program.and_then(|program| program.stdin.as_mut()) else {
            return Ok(None);
        };
        // a line is shorter than PIPE_BUF, so it is taken whole or not at all (pipe(7))
        match stdin.write_all(format!("{text}\n").as_bytes()) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(Some(Cue::Glance)),
            // an error: it no longer reads; what it prints and how it ends will tell
            _ => {
                let kind = Kind::Typed { terminal, text: Some(text.to_owned()) };
                self.tell(Window::exact(self.tick), kind)?;
                Ok(None)
            }
        }
    }

    fn stop(&mut self, terminal: usize, signal: StopSignal) -> io::Result<Option<Cue>> {
        // it may have ended a moment ago: then it was not stopped
        self.bury()?;
        let Some(program) = self.on_stage(terminal) else {
            return Ok(None);
        };
        let pid = program.pid;
        if !self.has_printed_all_above() {
            return Ok(Some(Cue::Signal));
        }
        let number = match signal {
            StopSignal::Int => Signal::SIGINT,
            StopSignal::Term => Signal::SIGTERM,
            StopSignal::Kill => Signal::SIGKILL,
        };
        // the whole group, as a terminal does; an error means that it has just ended
        let _ = killpg(Pid::from_raw(pid), number);
        self.stopped.push(pid);
        self.tell(Window::exact(self.tick), Kind::Stopped { terminal, signal })?;
        Ok(None)
    }

    fn has_printed_all_above(&mut self) -> bool {
        self.cues.has_printed_all_above(|text| self.addresses.in_script(text))
    }

    /// The process groups of the programs that run.
    fn running(&self) -> Vec<i32> {
        let running = self.programs.iter().flatten().filter(|program| !program.ended);
        running.map(|program| program.pid).collect()
    }

    /// The program of a terminal, while it runs.
    fn on_stage(&self, terminal: usize) -> Option<&OnStage> {
        self.programs[terminal].as_ref().filter(|program| !program.ended)
    }

    fn has_ended(&self, terminal: usize) -> bool {
        self.on_stage(terminal).is_none()
    }

    fn is_over(&self) -> bool {
        self.cues.current().is_none() && (0..self.programs.len()).all(|one| self.has_ended(one))
    }

    fn bytes_of(&self, terminal: usize) -> u64 {
        let of = self.streams.iter().filter(|pipe| pipe.terminal == terminal);
        of.map(|pipe| pipe.bytes).sum()
    }

    fn talks_too_much(&self) -> Option<usize> {
        (0..self.programs.len()).find(|terminal| self.bytes_of(*terminal) > MOST_OUTPUT)
    }

    /// One look at everything, after waiting at most `nap` for something to happen.
    fn look(&mut self, wake: &Wake, nap: Duration) -> io::Result<bool> {
        wait(&self.streams, wake, nap)?;
        wake.clear();
        let found = self.read_all()?;
        Ok(self.bury()? || found)
    }

    /// Takes leave of every program that has ended; `true`: there was one.
    fn bury(&mut self) -> io::Result<bool> {
        let mut found = false;
        while let Ok(Some(ended)) = stage::wait_for_any() {
            found = true;
            // all that it printed is in the pipes by now: read it before its end is told
            self.read_all()?;
            self.ended(ended)?;
        }
        Ok(found)
    }

    /// A signal from a terminal reaches the children of a program too: they may need a moment to die of it.
    fn let_the_stopped_end(&mut self, wake: &Wake) -> io::Result<()> {
        let deadline = Instant::now() + MOMENT;
        let lives = |group: &i32| killpg(Pid::from_raw(*group), None).is_ok();
        while self.stopped.iter().any(lives) && Instant::now() < deadline {
            self.look(wake, GLANCE)?;
        }
        Ok(())
    }

    /// For the report: the step that did not come to its end, and where its program listens instead.
    fn waiting_at_the_limit(&self) -> (Option<usize>, Vec<SocketAddrV4>) {
        let Some((step, terminal, action)) = self.cues.current() else { return (None, Vec::new()) };
        let program = self.programs[terminal].as_ref();
        let listens = match (action, program) {
            (Action::Listen(_), Some(program)) => stage::listening(program.pid).unwrap_or_default(),
            _ => Vec::new(),
        };
        (Some(step), listens)
    }

    fn ended(&mut self, ended: Ended) -> io::Result<()> {
        let Ended { pid, group, name, exit } = ended;
        let terminal = self
            .programs
            .iter()
            .position(|program| program.as_ref().is_some_and(|program| program.pid == pid));
        let Some(terminal) = terminal else {
            // stopped together with its parent, as Ctrl-C does in a terminal: nobody left it behind
            if self.stopped.contains(&group) {
                return Ok(());
            }
            let kind = Kind::Orphan { pid, command: name, alive: false };
            return self.tell(Window::exact(self.tick), kind);
        };
        if let Some(program) = &mut self.programs[terminal] {
            program.ended = true;
            program.stdin = None;
        }
        self.tell(Window::exact(self.tick), Kind::Exited { terminal, exit })
    }

    /// Reads every pipe until it is empty. One call is one tick.
    fn read_all(&mut self) -> io::Result<bool> {
        self.tick += 1;
        let mut found = false;
        for index in 0..self.streams.len() {
            found |= self.read_one(index)?;
        }
        Ok(found)
    }

    fn read_one(&mut self, index: usize) -> io::Result<bool> {
        let mut buffer = [0_u8; 64 * 1024];
        let mut taken = 0;
        while self.streams[index].open && taken < MOST_AT_ONCE {
            let pipe = &mut self.streams[index];
            let window = Window { after: pipe.empty_at, by: self.tick };
            match pipe.file.read(&mut buffer) {
                Ok(0) => {
                    pipe.open = false;
                    if let Some(half) = pipe.lines.finish() {
                        self.tell_lines(index, window, vec![half])?;
                    }
                }
                Ok(length) => {
                    taken += length;
                    pipe.bytes += length as u64;
                    let lines = pipe.lines.push(&buffer[..length]);
                    self.tell_lines(index, window, lines)?;
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    pipe.empty_at = self.tick;
                    break;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(taken > 0)
    }

    fn tell_lines(
        &mut self,
        pipe: usize,
        window: Window,
        lines: Vec<super::lines::Folded>,
    ) -> io::Result<()> {
        let Pipe { terminal, stream, .. } = self.streams[pipe];
        for folded in lines {
            if stream == Stream::Err {
                self.note_listening(terminal, &folded.text);
            }
            let line = Line {
                terminal,
                stream,
                text: folded.text,
                count: folded.count,
                whole: folded.whole,
                source: None,
            };
            self.cues.saw(&line, &self.addresses.in_script(&line.text));
            self.tell(window, Kind::Line(line))?;
        }
        Ok(())
    }

    /// Remembers where a server says that it listens.
    fn note_listening(&mut self, terminal: usize, text: &str) {
        let Some(rest) = text.strip_prefix("正在监听 ") else { return };
        let addr = rest.split_whitespace().next().and_then(|word| word.parse().ok());
        if let Some(program) = &mut self.programs[terminal] {
            program.listening = program.listening.or(addr);
        }
    }

    fn tell(&mut self, window: Window, kind: Kind) -> io::Result<()> {
        self.witness.tell(&Event { at: self.began.elapsed(), window, kind })
    }

    /// Everything has been ended: what the pipes still hold, what was left behind, what the files are.
    fn finish(&mut self, ending: Ending, left: Left) -> io::Result<()> {
        if ending == Ending::Interrupted {
            return Err(io::Error::other("被打断"));
        }
        self.read_all()?;
        for index in 0..self.streams.len() {
            if let Some(half) = self.streams[index].lines.finish() {
                let window = Window { after: self.streams[index].empty_at, by: self.tick };
                self.tell_lines(index, window, vec![half])?;
            }
        }
        for (script, real) in self.addresses.pairs() {
            self.tell(Window::exact(self.tick), Kind::Address { script, real })?;
        }
        if ending == Ending::Cut {
            return Ok(());
        }
        // one that hops from fork to fork may be nowhere when it is looked for: its traces tell
        if let Some(first) = left.first.filter(|_| left.alive.is_empty()) {
            self.ended(first)?;
        }
        for (pid, command) in left.alive {
            self.tell(Window::exact(self.tick), Kind::Orphan { pid, command, alive: true })?;
        }
        let Assignment { folder, lessons, .. } = self.assignment;
        for fact in stage::inspect(self.scene, folder, lessons) {
            let kind = match fact {
                FileFact::Compared(compared, outcome) => Kind::File { compared, outcome },
                FileFact::Stray(path, bytes) => Kind::StrayFile { path, bytes },
            };
            self.tell(Window::exact(self.tick), kind)?;
        }
        Ok(())
    }
}

/// How a direction that must wait makes itself known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cue {
    /// Something is printed, or a program ends: the poll wakes up.
    Signal,
    /// Nothing tells: look again soon.
    Glance,
}

fn set_nonblocking(fd: &OwnedFd) -> io::Result<()> {
    let flags = OFlag::from_bits_truncate(fcntl(fd, FcntlArg::F_GETFL)?);
    fcntl(fd, FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK))?;
    Ok(())
}

/// Waits until a pipe has something, a signal comes, or `nap` is over.
fn wait(streams: &[Pipe], wake: &Wake, nap: Duration) -> io::Result<()> {
    let mut fds = vec![PollFd::new(wake.reader.as_fd(), PollFlags::POLLIN)];
    for pipe in streams.iter().filter(|pipe| pipe.open) {
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
    interrupted: Arc<AtomicBool>,
}

impl Wake {
    fn new() -> io::Result<Wake> {
        let (reader, writer) = UnixStream::pair()?;
        reader.set_nonblocking(true)?;
        let interrupted = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            signal_hook::flag::register(signal, Arc::clone(&interrupted))?;
            signal_hook::low_level::pipe::register(signal, writer.try_clone()?)?;
        }
        signal_hook::low_level::pipe::register(SIGCHLD, writer)?;
        Ok(Wake { reader, interrupted })
    }

    fn clear(&self) {
        let mut buffer = [0_u8; 256];
        while (&self.reader).read(&mut buffer).is_ok_and(|length| length > 0) {}
    }

    fn interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }
}
