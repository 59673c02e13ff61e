//! Plays a scene: carries out its directions, one after the other, and tells what it sees.
//!
//! How it sees is another matter: through the programs' pipes ([`pipes`](super::pipes)), or by tracing them
//! ([`traced`](super::traced)).

use std::fs::File;
use std::io::{self, Write};
use std::net::SocketAddrV4;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use tracer::{Call, Object, Step};

use crate::limits::{LOOK_EVERY, OUTPUT, POLL_EVERY, STOPPED_GROUP_GRACE, VIRTUAL_TIME_GRACE};
use crate::script::{Action, Scene, StopSignal};
use crate::stage::{self, Addresses, Assignment, FileFact, Left, Meter, Program, Reaped};

use super::cues::Cues;
use super::{Event, Kind, Stream, Window, Witness};

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
    fn look(&mut self, nap: Duration) -> io::Result<Vec<Seen>>;

    /// What has happened by now; nothing goes on meanwhile.
    ///
    /// # Errors
    /// A fault of the machine, not of a program.
    fn glance(&mut self) -> io::Result<Vec<Seen>>;

    /// All programs have been ended: what has not been told yet.
    ///
    /// # Errors
    /// A fault of the machine, not of a program.
    fn last(&mut self) -> io::Result<Vec<Seen>>;

    /// Signals have been sent, or are about to be.
    fn signalled(&mut self) {}

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
pub enum Seen {
    /// Something to be told.
    Kind(Window, Kind),
    /// A child of this process has ended: a program, or an orphan.
    Ended(Reaped),
    /// Something that ends the scene: only the tracer sees that.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code))]
    Cut(Kind),
}

impl Seen {
    /// A direction may have waited for this: for a line, an end, a listener, a connection, for room in an input.
    fn is_a_cue(&self) -> bool {
        let Seen::Kind(_, Kind::Traced { step, .. }) = self else { return true };
        let Step::Leave { call, .. } = step else { return false };
        matches!(
            call,
            Call::Listen { .. }
                | Call::Connect { .. }
                | Call::Poll { .. }
                | Call::Receive { object: Object::Input, .. }
        )
    }
}

/// Plays the scene to its end and tells `witness` what happens, as it happens.
///
/// The caller has set the stage (network, adoption of orphans). Afterwards nothing of the scene runs.
///
/// # Errors
/// The signals cannot be caught or the events cannot be told: a fault of the machine, not of a program.
pub fn play(
    assignment: &Assignment,
    observer: &mut dyn Observer,
    witness: &mut dyn Witness,
) -> io::Result<()> {
    let _curtain = Curtain;
    let mut player = Player {
        scene: &assignment.scene,
        assignment,
        began: Instant::now(),
        interrupted: catch_interrupts()?,
        programs: (0..assignment.scene.terminals.len()).map(|_| None).collect(),
        cues: Cues::new(&assignment.scene),
        addresses: Addresses::new(!assignment.own_network),
        stopped: Vec::new(),
        observer,
        witness,
    };
    let ending = player.perform();
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

/// Somebody wants us to stop: set by a signal.
fn catch_interrupts() -> io::Result<Arc<AtomicBool>> {
    let interrupted = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, Arc::clone(&interrupted))?;
    }
    Ok(interrupted)
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

struct Player<'a> {
    scene: &'a Scene,
    assignment: &'a Assignment,
    began: Instant,
    interrupted: Arc<AtomicBool>,
    programs: Vec<Option<OnStage>>,
    cues: Cues<'a>,
    addresses: Addresses,
    /// Process groups that the script has stopped.
    stopped: Vec<i32>,
    observer: &'a mut dyn Observer,
    witness: &'a mut dyn Witness,
}

impl Player<'_> {
    fn perform(&mut self) -> io::Result<Ending> {
        // after a look that found something, look again at once: it fixes the order of what comes later
        let mut again = false;
        // something that the next direction may have waited for
        let mut due = true;
        let mut waiting_for = None;
        let mut meter = Meter::default();
        loop {
            if due {
                waiting_for = self.carry_out()?;
            }
            if !again {
                // nothing more to tell at once
                self.witness.pause()?;
            }
            if self.is_over() {
                self.let_the_stopped_end()?;
                return Ok(Ending::Complete);
            }
            let left = self.time_left();
            if left.is_zero() {
                // a long time of theirs may be a moment of ours: too short to have been measured in
                if let Some(excess) = meter.excess_now(&self.assignment.folder, &self.groups()) {
                    self.tell(Kind::Excess(excess))?;
                    return Ok(Ending::Cut);
                }
                let (step, listens) = self.waiting_at_the_limit();
                self.tell(Kind::OutOfTime { step, listens })?;
                return Ok(Ending::Cut);
            }
            let nap = match waiting_for {
                Some(Cue::Glance) => left.min(POLL_EVERY),
                _ => left.min(LOOK_EVERY),
            };
            let seen = self.observer.look(if again { Duration::ZERO } else { nap })?;
            again = !seen.is_empty();
            due = !again || seen.iter().any(Seen::is_a_cue);
            let cut = self.take(seen)?;
            if self.interrupted.load(Ordering::Relaxed) {
                return Ok(Ending::Interrupted);
            }
            if cut {
                return Ok(Ending::Cut);
            }
            if let Some(excess) = meter.excess(&self.assignment.folder, &self.groups()) {
                self.tell(Kind::Excess(excess))?;
                return Ok(Ending::Cut);
            }
            if let Some(terminal) = self.talks_too_much() {
                let bytes = self.observer.bytes_of(terminal);
                self.tell(Kind::TooMuchOutput { terminal, bytes })?;
                return Ok(Ending::Cut);
            }
        }
    }

    /// Until the scene's limit, on the programs' clock and, where that is another one, on ours.
    fn time_left(&self) -> Duration {
        let limit = self.scene.limit;
        limit
            .saturating_sub(self.observer.now())
            .min((limit + VIRTUAL_TIME_GRACE).saturating_sub(self.began.elapsed()))
    }

    /// Takes note of what was seen; `true`: it ends the scene.
    fn take(&mut self, seen: Vec<Seen>) -> io::Result<bool> {
        for one in seen {
            match one {
                Seen::Kind(window, Kind::Line(line)) => {
                    if line.stream == Stream::Err {
                        self.note_listening(line.terminal, &line.text);
                    }
                    self.cues.saw(&line, &self.addresses.in_script(&line.text));
                    self.tell_at(window, Kind::Line(line))?;
                }
                Seen::Kind(window, kind) => self.tell_at(window, kind)?,
                Seen::Ended(ended) => self.ended(ended)?,
                // it waits, but not for a client: then the next program may be what it waits for
                Seen::Cut(Kind::Stuck { .. })
                    if matches!(self.cues.current(), Some((_, _, Action::Settle))) =>
                {
                    self.cues.done();
                }
                Seen::Cut(Kind::Stuck { waiting, .. }) => {
                    let step = self.cues.current().map(|(step, ..)| step);
                    self.tell(Kind::Stuck { step, waiting })?;
                    return Ok(true);
                }
                Seen::Cut(kind) => {
                    self.tell(kind)?;
                    return Ok(true);
                }
            }
        }
        Ok(false)
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
                Action::Settle => self.has_not_settled(terminal).then_some(Cue::Glance),
                Action::Connect(addr) => self.wait_for_connection(terminal, *addr)?,
                Action::Await => (!self.has_ended(terminal) && !self.has_printed_all_above())
                    .then_some(Cue::Signal),
                Action::Type(text) => self.type_line(terminal, text)?,
                Action::CloseInput => {
                    if let Some(program) = &mut self.programs[terminal] {
                        program.stdin = None;
                    }
                    self.tell(Kind::Typed { terminal, text: None })?;
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
        let started = program.and_then(|program| {
            let args = self.addresses.arguments(self.scene, terminal, program.address, args);
            let Assignment { folder, directory, .. } = self.assignment;
            let folder = directory.as_ref().unwrap_or(folder);
            self.observer.launch(Launch { terminal, program, args: &args, folder, typed })
        });
        match started {
            Ok((pid, stdin)) => {
                if let Some(stdin) = &stdin {
                    set_nonblocking(stdin)?;
                }
                let stdin = stdin.map(File::from);
                self.programs[terminal] =
                    Some(OnStage { pid, stdin, ended: false, listening: None });
                let parent = std::process::id() as i32;
                self.tell(Kind::Started { terminal, pid, parent })
            }
            Err(error) => {
                let why = format!("{package}：{error}");
                self.tell(Kind::CannotStart { terminal, why })
            }
        }
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
        self.tell(Kind::Listening { terminal, addr: real })?;
        Ok(None)
    }

    /// It neither listens nor has ended.
    fn has_not_settled(&self, terminal: usize) -> bool {
        let program = self.on_stage(terminal);
        program.is_some_and(|program| stage::listening(program.pid).is_ok_and(|all| all.is_empty()))
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
                self.tell(Kind::Connected { terminal, seen })?;
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
                self.tell(kind)?;
                Ok(None)
            }
        }
    }

    fn stop(&mut self, terminal: usize, signal: StopSignal) -> io::Result<Option<Cue>> {
        // it may have ended a moment ago: then it was not stopped
        self.glance()?;
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
        self.observer.signalled();
        self.stopped.push(pid);
        self.tell(Kind::Stopped { terminal, signal })?;
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

    /// What is stopped while processes are counted; nothing that is traced: the tracer would tell of it.
    fn groups(&self) -> Vec<i32> {
        if self.assignment.trace.is_some() { Vec::new() } else { self.running() }
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

    fn talks_too_much(&self) -> Option<usize> {
        (0..self.programs.len()).find(|terminal| self.observer.bytes_of(*terminal) > OUTPUT)
    }

    /// What has happened by now, without waiting.
    fn glance(&mut self) -> io::Result<()> {
        let seen = self.observer.glance()?;
        self.take(seen)?;
        Ok(())
    }

    /// A signal from a terminal reaches the children of a program too: they may need a moment to die of it.
    fn let_the_stopped_end(&mut self) -> io::Result<()> {
        let deadline = Instant::now() + STOPPED_GROUP_GRACE;
        let lives = |group: &i32| killpg(Pid::from_raw(*group), None).is_ok();
        while self.stopped.iter().any(lives) && Instant::now() < deadline {
            let seen = self.observer.look(POLL_EVERY)?;
            self.take(seen)?;
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

    fn ended(&mut self, ended: Reaped) -> io::Result<()> {
        let Reaped { pid, group, name, exit } = ended;
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
            return self.tell(kind);
        };
        if let Some(program) = &mut self.programs[terminal] {
            program.ended = true;
            program.stdin = None;
        }
        self.tell(Kind::Exited { terminal, exit })
    }

    /// Remembers where a server says that it listens.
    fn note_listening(&mut self, terminal: usize, text: &str) {
        if let Some(program) = &mut self.programs[terminal] {
            program.listening = program.listening.or_else(|| stage::announced(text));
        }
    }

    /// Tells of something that happens now.
    fn tell(&mut self, kind: Kind) -> io::Result<()> {
        self.tell_at(Window::exact(self.observer.tick()), kind)
    }

    fn tell_at(&mut self, window: Window, kind: Kind) -> io::Result<()> {
        self.witness.tell(&Event { at: self.observer.now(), window, kind })
    }

    /// Everything has been ended: what the pipes still hold, what was left behind, what the files are.
    fn finish(&mut self, ending: Ending, left: Left) -> io::Result<()> {
        if ending == Ending::Interrupted {
            return Err(io::Error::other("被打断"));
        }
        let seen = self.observer.last()?;
        self.take(seen)?;
        for (script, real) in self.addresses.pairs() {
            self.tell(Kind::Address { script, real })?;
        }
        if ending == Ending::Cut {
            return self.tell_new_files();
        }
        // one that hops from fork to fork may be nowhere when it is looked for: its traces tell
        if let Some(first) = left.first.filter(|_| left.alive.is_empty()) {
            self.ended(first)?;
        }
        for (pid, command) in left.alive {
            self.tell(Kind::Orphan { pid, command, alive: true })?;
        }
        let Assignment { folder, lessons, .. } = self.assignment;
        for fact in stage::inspect(self.scene, folder, lessons) {
            let kind = match fact {
                FileFact::Compared(compared, outcome) => Kind::File { compared, outcome },
                FileFact::Stray(path, bytes) => Kind::StrayFile { path, bytes },
            };
            self.tell(kind)?;
        }
        self.tell_new_files()
    }

    fn tell_new_files(&mut self) -> io::Result<()> {
        for (path, bytes) in stage::new_files(self.scene, &self.assignment.folder) {
            self.tell(Kind::NewFile { path, bytes })?;
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

pub(super) fn set_nonblocking(fd: &OwnedFd) -> io::Result<()> {
    let flags = OFlag::from_bits_truncate(fcntl(fd, FcntlArg::F_GETFL)?);
    fcntl(fd, FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK))?;
    Ok(())
}
