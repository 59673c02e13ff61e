//! Runs programs under `ptrace(2)` and tells what they do.
//!
//! In **real time** every stop is looked at and let go at once. In **virtual time** one thread runs at a time. It keeps its
//! turn until it is blocked, asleep or has made many calls; then, and only when nobody can run ([`quiet`](super::quiet)), the next one
//! gets the turn; when nobody is ready, the clock jumps to the next deadline; and when there is none, everybody is stuck.
//!
//! ```text
//!            first stop              turn              sleep
//!   Unseen -----------> Stopped ------------> Held ------------> Asleep
//!                          ^     (looked at)   |                   | deadline or signal
//!                          |                   v                   v
//!                          +---- a stop ---- LetGo <------------- Held
//! ```
//!
//! | part | task |
//! | --- | --- |
//! | this file | the tracer: what it keeps, how it is asked |
//! | `reports` | stops and ends, as the kernel reports them |
//! | `turns` | who goes on, and when the clock jumps |
//! | `busy` | who computes, or only asks, again and again |
//! | `stops` | what a stop means, and how the thread goes on |
//! | `output` | what the programs print |

mod busy;
mod output;
mod reports;
mod stops;
mod turns;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::resource::{Resource, getrlimit};
use nix::unistd::pipe2;

use reports::wait_for_child;

use super::calls::{Decoder, Pending, Sleep};
use super::choice::Choices;
use super::clock::ProgramClock;
use super::objects::Stream;
use super::quiet::Eyes;
use super::regs::Regs;
use super::spawn;
use crate::event::{Clock, Ended, Event, Object, Place, Step, Waiting};

/// `sched_yield` so often in a row is waiting; each further one costs a little time, so that the clock moves on.
const MOST_YIELDS: u32 = 200;
const YIELD_COST: Duration = Duration::from_micros(50);
/// Most threads come to their next stop within this time, and need not be looked at before.
const USUAL: Duration = Duration::from_micros(30);
/// Naps while nothing happens.
const SHORTEST_NAP: Duration = Duration::from_micros(5);
const LONGEST_NAP: Duration = Duration::from_millis(1);
/// What a program's output may hold before it has to wait for us.
const PIPE_SIZE: i32 = 1 << 20;
/// Descriptors that are left for other things than what `/proc` says about threads (three for each).
const OTHER_FILES: u64 = 200;

/// What the tracer has to say.
#[derive(Debug)]
pub enum News {
    /// A program did something.
    Event {
        /// Which of the programs its process belongs to, as given to [`Tracer::start`].
        program: usize,
        /// What.
        event: Event,
    },
    /// A program wrote to its standard output or standard error.
    Output {
        /// Which of the programs, as given to [`Tracer::start`].
        program: usize,
        /// Standard error.
        errors: bool,
        /// Who wrote.
        pid: i32,
        /// Which of its threads.
        tid: i32,
        /// What.
        bytes: Vec<u8>,
    },
    /// A process whose parent is this process has ended: a program that was started, or one that was inherited.
    Ended {
        /// The process.
        pid: i32,
        /// Its process group, as it was.
        group: i32,
        /// Its name, cut to 15 bytes by the kernel.
        name: String,
        /// How.
        ended: Ended,
    },
    /// Nobody can run, and nothing will ever wake anybody.
    Stuck(Vec<Waiting>),
    /// A thread computes without end, or asks without end.
    Computing {
        /// Which of the programs, as given to [`Tracer::start`].
        program: usize,
        /// The process.
        pid: i32,
        /// The thread.
        tid: i32,
        /// Processor time since its last call.
        cpu: Duration,
        /// The call that it makes again and again; `None`: it makes none.
        repeats: Option<String>,
        /// Where it is now.
        place: Option<Place>,
    },
    /// A program does something that cannot be followed: what comes from now on is not to be trusted.
    Refused(Refused),
}

/// Why a program cannot be followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It traces others itself (`ptrace(2)`).
    Ptrace,
    /// It makes its calls by way of shared memory (`io_uring(7)`).
    IoUring,
    /// It has a timer made by the kernel (`setitimer(2)`, `timer_create(2)`, `timerfd_create(2)`): virtual time only.
    Timer,
    /// Its file is set-user-id or set-group-id: traced, it would not get that right.
    SetUid,
    /// It is made for another kind of machine (32 bits).
    Foreign,
    /// It has more threads and processes than can be followed.
    TooMany,
}

/// A program that was started.
#[derive(Debug)]
pub struct Started {
    /// Its process id.
    pub pid: i32,
    /// The writing end of its standard input, if it was asked for.
    pub input: Option<OwnedFd>,
}

#[derive(Debug, Clone, Copy)]
struct Resume {
    /// Stop again when the call is over.
    until_exit: bool,
    /// Deliver this signal.
    signal: i32,
}

enum State {
    /// Its parent has told of it; its first stop has not come.
    Unseen,
    /// It runs, or is blocked in the kernel.
    LetGo,
    /// At a stop that has not been looked at: its wait status.
    Stopped(i32),
    /// At a stop that has been looked at.
    Held(Resume),
    /// At the entry of a sleep.
    Asleep(Sleep),
    /// Stopped by a signal (`SIGSTOP`), until another one lets it go on.
    Frozen,
}

struct Thread {
    pid: i32,
    /// Creation order.
    born: u64,
    state: State,
    /// On it, from the first time that we ask.
    eyes: Option<Eyes>,
    /// The call it is in.
    pending: Option<Box<Pending>>,
    /// A call that a signal broke off and that may go on (`restart_syscall(2)`).
    broken_off: Option<Box<Pending>>,
    /// A wait with a limit that is made again as if nothing had happened.
    again: Option<Again>,
    /// When its present wait began.
    since: Duration,
    /// The decision since which it waits for its turn.
    ready_since: u64,
    /// How often in a row it gave way, or asked for something that had not come yet.
    yields: u32,
    /// The child it waits for (`vfork(2)`).
    vfork: Option<i32>,
    /// It computes, and the others no longer wait for it.
    unruly: bool,
    /// When it was let go.
    let_go: Instant,
    /// Its processor time when we first looked after it had run for a while.
    cpu: Option<Duration>,
    /// Its processor time when the clock last moved.
    cpu_at_step: Duration,
}

/// A call that is made again by the kernel after a signal without a handler, or by us: its time goes on.
struct Again {
    number: i64,
    stack: u64,
    deadline: Option<Duration>,
    /// That it began has been told.
    told: bool,
}

struct Process {
    program: usize,
    /// Its working directory.
    folder: String,
    /// It has called `exit_group(2)`: all its threads are about to end.
    ends: bool,
}

struct Death {
    born: u64,
    pid: i32,
    tid: i32,
    program: Option<usize>,
    ended: Ended,
    /// Its parent is this process.
    ours: bool,
    group: i32,
    name: String,
}

/// The reading end of a program's output.
struct Captured {
    file: std::fs::File,
    open: bool,
    of: Stream,
    /// What has come through it while somebody writes there what is not in his memory (`sendfile(2)`): only here it can be
    /// read.
    kept: Option<Vec<u8>>,
}

/// Follows programs. All its methods must be called from one thread.
pub struct Tracer {
    clock: ProgramClock,
    decoder: Decoder,
    threads: BTreeMap<i32, Thread>,
    processes: BTreeMap<i32, Process>,
    /// The number of every process and thread that ever was one of ours: whom they may send signals.
    ours: BTreeSet<i32>,
    /// Stops of threads of which no parent has told yet.
    early: BTreeMap<i32, i32>,
    captured: Vec<Captured>,
    buffer: Box<[u8]>,
    /// Of so many threads what `/proc` says is kept open.
    most_eyes: usize,
    /// The programs that were started: process and number.
    started: Vec<(i32, usize)>,
    /// Bytes that came through the pipes, and bytes that somebody was seen to write.
    drained: u64,
    attributed: u64,
    turn: Option<i32>,
    calls_left: u32,
    /// Calls since the clock last jumped.
    calls: u32,
    decisions: u64,
    births: u64,
    deaths: Vec<Death>,
    news: VecDeque<News>,
    choice: Choices,
    /// Somebody may have been killed: a held thread may be gone.
    wary: bool,
    /// A signal may wait for somebody who sleeps.
    signals_due: bool,
    /// Some signal was sent in this scene.
    signals_used: bool,
    network_used: bool,
    ipv6_used: bool,
    datagrams_used: bool,
    /// In real time: some timer of the kernel may wake anybody.
    timers_used: bool,
    /// Since when something has been on its way.
    on_its_way: Option<Instant>,
    last_event: Instant,
    /// Somebody was let go just now.
    has_let_go: bool,
    said_stuck: bool,
    said_computing: bool,
    /// Questions since anything else happened.
    questions: u32,
}

impl Tracer {
    /// Follows nobody yet. `SIGCHLD` is blocked in the calling thread from now on.
    ///
    /// # Errors
    /// The signal cannot be blocked.
    pub fn new(clock: Clock) -> io::Result<Tracer> {
        use nix::sys::signal::{SigSet, SigmaskHow, Signal, pthread_sigmask};
        let mut child = SigSet::empty();
        child.add(Signal::SIGCHLD);
        pthread_sigmask(SigmaskHow::SIG_BLOCK, Some(&child), None)?;
        let (files, _) = getrlimit(Resource::RLIMIT_NOFILE)?;
        let (is_virtual, seed) = match clock {
            Clock::Real => (false, 0),
            Clock::Virtual { seed } => (true, seed),
        };
        Ok(Tracer {
            clock: ProgramClock::new(is_virtual),
            decoder: Decoder::default(),
            threads: BTreeMap::new(),
            processes: BTreeMap::new(),
            ours: BTreeSet::new(),
            early: BTreeMap::new(),
            captured: Vec::new(),
            buffer: vec![0; 64 << 10].into(),
            most_eyes: (files.saturating_sub(OTHER_FILES) / 3) as usize,
            started: Vec::new(),
            drained: 0,
            attributed: 0,
            turn: None,
            calls_left: 0,
            calls: 0,
            decisions: 0,
            births: 0,
            deaths: Vec::new(),
            news: VecDeque::new(),
            choice: Choices::new(seed),
            wary: false,
            signals_due: false,
            signals_used: false,
            network_used: false,
            ipv6_used: false,
            datagrams_used: false,
            timers_used: false,
            on_its_way: None,
            last_event: Instant::now(),
            has_let_go: false,
            said_stuck: false,
            said_computing: false,
            questions: 0,
        })
    }

    /// Time since tracing began, of the clock that the programs see.
    pub fn now(&self) -> Duration {
        self.clock.now()
    }

    /// How often it was for the tracer to choose who comes first; never: every seed gives the same run.
    pub fn choices(&self) -> u64 {
        self.choice.count()
    }

    /// Starts a program, known by the number `program` from now on. Its standard output and standard error come as [`News::Output`]; its standard
    /// input is a pipe if `input`, else empty.
    ///
    /// # Errors
    /// It cannot be started, or not be traced.
    pub fn start(
        &mut self,
        mut command: Command,
        program: usize,
        input: bool,
    ) -> io::Result<Started> {
        let (output, output_writer) = pipe2(OFlag::O_CLOEXEC)?;
        let (errors, errors_writer) = pipe2(OFlag::O_CLOEXEC)?;
        for (reader, object) in
            [(output, Object::Output { program }), (errors, Object::Errors { program })]
        {
            let flags = OFlag::from_bits_truncate(fcntl(&reader, FcntlArg::F_GETFL)?);
            fcntl(&reader, FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK))?;
            // more than the system's limit is refused: then it is as large as usual
            let _ = fcntl(&reader, FcntlArg::F_SETPIPE_SZ(PIPE_SIZE));
            let of = Stream { program, errors: matches!(object, Object::Errors { .. }) };
            self.decoder.objects.name_pipe(number_of(reader.as_fd())?, object);
            self.captured.push(Captured { file: reader.into(), open: true, of, kept: None });
        }
        command.stdout(Stdio::from(output_writer)).stderr(Stdio::from(errors_writer));
        let writer = if input {
            let (reader, writer) = pipe2(OFlag::O_CLOEXEC)?;
            self.decoder.objects.name_pipe(number_of(reader.as_fd())?, Object::Input);
            command.stdin(Stdio::from(reader));
            Some(writer)
        } else {
            command.stdin(Stdio::null());
            None
        };
        let pid = spawn::spawn(command)?;
        self.started.push((pid, program));
        self.processes.insert(pid, Process { program, folder: String::new(), ends: false });
        self.add(pid, pid, State::Held(Resume { until_exit: false, signal: 0 }));
        self.executed(pid)?;
        Ok(Started { pid, input: writer })
    }

    /// The user has sent signals, or will at once, before the next [`Tracer::step`].
    pub fn signalled(&mut self) {
        self.wary = true;
        self.signals_due = true;
        self.signals_used = true;
        self.said_stuck = false;
    }

    /// Nobody is left.
    pub fn is_over(&self) -> bool {
        self.threads.is_empty() && self.deaths.is_empty() && self.news.is_empty()
    }

    /// Bytes that a program's output has, and that nobody was seen to write (`sendfile(2)` to standard output).
    pub fn unattributed(&mut self) -> u64 {
        self.drain();
        self.drained.saturating_sub(self.attributed)
    }

    /// The next thing that happens; `None`: nothing has happened for `patience`. The programs go on only within this
    /// call: what its caller does in between (starting a program, sending a signal) happens at one moment of theirs.
    ///
    /// # Errors
    /// The kernel refuses something that it allowed before.
    pub fn step(&mut self, patience: Duration) -> io::Result<Option<News>> {
        let began = Instant::now();
        let mut nap = SHORTEST_NAP;
        loop {
            if let Some(news) = self.news.pop_front() {
                return Ok(Some(news));
            }
            let gathered = self.gather()?;
            let acted = if self.clock.is_virtual() {
                self.go_on_by_turns()?
            } else {
                self.go_on_at_once()?
            };
            if gathered || acted {
                nap = SHORTEST_NAP;
                if std::mem::take(&mut self.has_let_go) && self.news.is_empty() {
                    wait_for_child(USUAL);
                }
                continue;
            }
            let left = patience.saturating_sub(began.elapsed());
            if left.is_zero() {
                return Ok(None);
            }
            wait_for_child(nap.min(left));
            nap = (nap * 2).min(LONGEST_NAP);
        }
    }

    /// Everything that has happened and has not been told yet; nobody goes on.
    ///
    /// # Errors
    /// The kernel refuses something that it allowed before.
    pub fn rest(&mut self) -> io::Result<Vec<News>> {
        self.gather()?;
        self.mourn();
        Ok(self.news.drain(..).collect())
    }

    fn add(&mut self, pid: i32, tid: i32, state: State) {
        self.births += 1;
        self.ours.extend([pid, tid]);
        let thread = Thread {
            pid,
            born: self.births,
            state,
            eyes: None,
            pending: None,
            broken_off: None,
            again: None,
            since: self.clock.now(),
            ready_since: self.decisions,
            yields: 0,
            vfork: None,
            unruly: false,
            let_go: Instant::now(),
            cpu: None,
            cpu_at_step: Duration::ZERO,
        };
        self.threads.insert(tid, thread);
    }

    fn tell(&mut self, tid: i32, step: Step) {
        let Some(thread) = self.threads.get(&tid) else { return };
        let pid = thread.pid;
        let Some(process) = self.processes.get(&pid) else { return };
        let event = Event { at: self.clock.now(), pid, tid, step };
        self.news.push_back(News::Event { program: process.program, event });
    }
}

impl Thread {
    /// Until when it sleeps, or waits at most.
    fn deadline(&self) -> Option<Duration> {
        match (&self.state, &self.pending) {
            (State::Asleep(sleep), _) => Some(sleep.deadline),
            (State::LetGo, Some(pending)) if !pending.expired => {
                pending.limit.as_ref().map(|limit| limit.deadline)
            }
            _ => None,
        }
    }
}

impl Again {
    fn is_made_by(&self, regs: &Regs) -> bool {
        (self.number, self.stack) == (regs.number(), regs.stack())
    }
}

fn number_of(fd: std::os::fd::BorrowedFd) -> io::Result<u64> {
    Ok(nix::sys::stat::fstat(fd)?.st_ino)
}
