//! Runs programs under `ptrace(2)` and tells what they do.
//!
//! In **real time** every stop is looked at and let go at once. In **virtual time** one thread runs at a time. It keeps its
//! turn until it is blocked, asleep or has made many calls; then, and only when nobody can run ([`quiet`]), the next one
//! gets the turn; when nobody is ready, the clock jumps to the next deadline; and when there is none, everybody is stuck.
//!
//! ```text
//!            first stop              turn              sleep
//!   Unseen -----------> Stopped ------------> Held ------------> Asleep
//!                          ^     (looked at)   |                   | deadline or signal
//!                          |                   v                   v
//!                          +---- a stop ---- LetGo <------------- Held
//! ```

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::{self, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::resource::{Resource, getrlimit};
use nix::unistd::pipe2;

use super::calls::{
    Caller, ClockLook, Decoder, Entry, Pending, Refusal, Sleep, Timeouts, ended_by, is_announced,
    is_restart, output_of,
};
use super::clock::ProgramClock;
use super::objects::Objects;
use super::order::Order;
use super::quiet::{self, Eyes, LetGo};
use super::regs::Regs;
use super::sockets::{self, Families, States};
use super::{memory, procfs, source, spawn, stuck};
use crate::event::{
    Call, Clock, Data, Ended, Event, Family, Object, Outcome, Place, SocketKind, Step, Waiting,
};

/// So many calls are a turn, if others are ready.
const CALLS_A_TURN: u32 = 64;
/// A thread that computes so long without a call no longer keeps the others waiting.
const PATIENCE_WITH_COMPUTING: Duration = Duration::from_millis(100);
/// Nobody asks before that whether a thread computes.
const SOON: Duration = Duration::from_millis(10);
/// A thread that has computed so long without a call computes for ever.
const MOST_COMPUTING: Duration = Duration::from_secs(5);
/// `sched_yield` so often in a row is waiting; each further one costs a little time, so that the clock moves on.
const MOST_YIELDS: u32 = 200;
const YIELD_COST: Duration = Duration::from_micros(50);
/// So many calls without a jump of the clock are waiting too (`waitpid(2)` with `WNOHANG`, a socket that does not block, asked
/// again and again); each further one costs about what it really costs here.
const MOST_CALLS: u32 = 2000;
const CALL_COST: Duration = Duration::from_micros(20);
/// Most threads come to their next stop within this time, and need not be looked at before.
const USUAL: Duration = Duration::from_micros(30);
/// Threads that only ask, again and again, whether something has come yet, and everybody else waits for ever: after so
/// many questions nothing will come.
const MOST_QUESTIONS: u32 = 20_000;
/// Naps while nothing happens.
const SHORTEST_NAP: Duration = Duration::from_micros(5);
const LONGEST_NAP: Duration = Duration::from_millis(1);
/// In real time: nobody is called stuck before nothing has happened for so long.
const STILLNESS: Duration = Duration::from_millis(30);
/// Something that is on its way in the network for longer than this never arrives.
const LONGEST_WAY: Duration = Duration::from_secs(2);
/// A datagram that was sent has arrived by then (the kernel may hand it to a thread of its own).
const DATAGRAM: Duration = Duration::from_millis(1);
/// What a program's output may hold before it has to wait for us.
const PIPE_SIZE: i32 = 1 << 20;
/// Descriptors that are left for other things than what `/proc` says about threads (three for each).
const OTHER_FILES: u64 = 200;
/// More threads than this are not followed one by one.
const MOST_THREADS: usize = 2000;

/// What the tracer has to say.
#[derive(Debug)]
pub enum News {
    /// A program did something.
    Event {
        /// The lane that its process belongs to.
        lane: usize,
        /// What.
        event: Event,
    },
    /// A program wrote to its standard output or standard error.
    Output {
        /// The lane.
        lane: usize,
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
        /// The lane.
        lane: usize,
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
    lane: usize,
    /// Its working directory.
    folder: String,
    /// It has called `exit_group(2)`: all its threads are about to end.
    ends: bool,
}

struct Death {
    born: u64,
    pid: i32,
    tid: i32,
    lane: Option<usize>,
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
    /// The lane, and whether it is the output for errors.
    of: (usize, bool),
    /// What has come through it while somebody writes there what is not in his memory (`sendfile(2)`): only here it can be
    /// read.
    kept: Option<Vec<u8>>,
}

/// Follows programs. All its methods must be called from one thread.
pub struct Tracer {
    clock: ProgramClock,
    objects: Objects,
    timeouts: Timeouts,
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
    /// The programs that were started: process and lane.
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
    order: Order,
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
            objects: Objects::default(),
            timeouts: Timeouts::default(),
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
            order: Order::new(seed),
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
        self.order.choices()
    }

    /// Starts a program in a lane of its own. Its standard output and standard error come as [`News::Output`]; its standard
    /// input is a pipe if `input`, else empty.
    ///
    /// # Errors
    /// It cannot be started, or not be traced.
    pub fn start(&mut self, mut command: Command, lane: usize, input: bool) -> io::Result<Started> {
        let (output, output_writer) = pipe2(OFlag::O_CLOEXEC)?;
        let (errors, errors_writer) = pipe2(OFlag::O_CLOEXEC)?;
        for (reader, object) in
            [(output, Object::Output { lane }), (errors, Object::Errors { lane })]
        {
            let flags = OFlag::from_bits_truncate(fcntl(&reader, FcntlArg::F_GETFL)?);
            fcntl(&reader, FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK))?;
            // more than the system's limit is refused: then it is as large as usual
            let _ = fcntl(&reader, FcntlArg::F_SETPIPE_SZ(PIPE_SIZE));
            let of = (lane, matches!(object, Object::Errors { .. }));
            self.objects.name_pipe(number_of(reader.as_fd())?, object);
            self.captured.push(Captured { file: reader.into(), open: true, of, kept: None });
        }
        command.stdout(Stdio::from(output_writer)).stderr(Stdio::from(errors_writer));
        let writer = if input {
            let (reader, writer) = pipe2(OFlag::O_CLOEXEC)?;
            self.objects.name_pipe(number_of(reader.as_fd())?, Object::Input);
            command.stdin(Stdio::from(reader));
            Some(writer)
        } else {
            command.stdin(Stdio::null());
            None
        };
        let pid = spawn::spawn(command)?;
        self.started.push((pid, lane));
        self.processes.insert(pid, Process { lane, folder: String::new(), ends: false });
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
        self.news.push_back(News::Event { lane: process.lane, event });
    }

    /// Takes note of every stop and every end that the kernel has to report. While somebody has the turn and uses it, his
    /// next stop is enough: what others have to report waits until he has used it up or is blocked.
    fn gather(&mut self) -> io::Result<bool> {
        if self.calls_left > 0
            && let Some(tid) = self.turn
            && self.threads.get(&tid).is_some_and(|thread| matches!(thread.state, State::LetGo))
            && let Some(status) = stop_of(tid)
        {
            self.stopped(tid, status);
            return Ok(true);
        }
        let mut found = false;
        while let Some((tid, over)) = next_report()? {
            found = true;
            if over {
                self.died(tid);
                continue;
            }
            let mut status = 0;
            // SAFETY: `status` lives through the call.
            let got = unsafe { libc::waitpid(tid, &raw mut status, OURS | libc::WNOHANG) };
            if got != tid {
                continue;
            }
            if !libc::WIFSTOPPED(status) {
                // killed between the two questions
                self.buried(tid, status, procfs::parent(tid), 0, String::new());
                continue;
            }
            self.stopped(tid, status);
        }
        Ok(found)
    }

    fn stopped(&mut self, tid: i32, status: i32) {
        self.last_event = Instant::now();
        // what was on its way has arrived
        self.on_its_way = None;
        self.said_stuck = false;
        if status >> 16 == libc::PTRACE_EVENT_EXEC {
            self.is_the_only_one(tid);
        }
        match self.threads.get_mut(&tid) {
            Some(thread) => {
                thread.state = State::Stopped(status);
                thread.ready_since = self.decisions;
                thread.unruly = false;
            }
            None => {
                self.early.insert(tid, status);
            }
        }
    }

    fn died(&mut self, tid: i32) {
        let leader = self.threads.get(&tid).is_none_or(|thread| thread.pid == tid);
        let parent = leader.then(|| procfs::parent(tid)).flatten();
        let group = if leader { procfs::group(tid).unwrap_or(0) } else { 0 };
        let name = if leader { procfs::name(tid).unwrap_or_default() } else { String::new() };
        let mut status = 0;
        // SAFETY: `status` lives through the call.
        let got = unsafe { libc::waitpid(tid, &raw mut status, OURS | libc::WNOHANG) };
        if got == tid {
            self.buried(tid, status, parent, group, name);
        }
    }

    fn buried(&mut self, tid: i32, status: i32, parent: Option<i32>, group: i32, name: String) {
        self.early.remove(&tid);
        self.last_event = Instant::now();
        self.said_stuck = false;
        let Some(ended) = ended_by(status) else { return };
        let thread = self.threads.remove(&tid);
        if thread.as_ref().and_then(|thread| thread.pending.as_ref()?.unseen()).is_some() {
            self.forget_kept();
        }
        let pid = thread.as_ref().map_or(tid, |thread| thread.pid);
        let born = thread.map_or(u64::MAX, |thread| thread.born);
        let lane = self.processes.get(&pid).map(|process| process.lane);
        if self.turn == Some(tid) {
            self.turn = None;
        }
        for thread in self.threads.values_mut().filter(|thread| thread.vfork == Some(tid)) {
            thread.vfork = None;
        }
        let ours = parent == Some(std::process::id() as i32);
        self.deaths.push(Death { born, pid, tid, lane, ended, ours, group, name });
        // its parent is told by a signal
        self.signals_due = true;
        self.questions = 0;
    }

    /// Tells of those who have ended, in the order in which they were born.
    fn mourn(&mut self) {
        let mut deaths = std::mem::take(&mut self.deaths);
        deaths.sort_by_key(|death| (death.pid == death.tid, death.born, death.tid));
        for Death { pid, tid, lane, ended, ours, group, name, .. } in deaths {
            let at = self.clock.now();
            if let Some(lane) = lane {
                let ends = self.processes.get(&pid).is_none_or(|process| process.ends);
                let step = match tid == pid {
                    true => Some(Step::Ended(ended)),
                    false => (!ends).then_some(Step::ThreadEnded),
                };
                if let Some(step) = step {
                    self.news.push_back(News::Event { lane, event: Event { at, pid, tid, step } });
                }
            }
            if tid == pid {
                self.processes.remove(&pid);
                if ours {
                    self.news.push_back(News::Ended { pid, group, name, ended });
                }
            }
        }
    }

    /// Whoever calls `execve(2)` becomes the first thread of its process, under that one's number; all others are gone, and
    /// of those that had to go nobody tells any more, nor of the number that the caller had.
    fn is_the_only_one(&mut self, pid: i32) {
        if self.turn.and_then(|tid| self.threads.get(&tid)).is_some_and(|thread| thread.pid == pid)
        {
            self.turn = Some(pid);
        }
        self.threads.retain(|tid, thread| thread.pid != pid || *tid == pid);
    }

    /// Somebody was born, and whoever made him was killed before he could tell.
    fn adopt(&mut self) -> bool {
        let tells =
            |state: &State| matches!(state, State::Stopped(status) if makes_somebody(*status));
        if self.threads.values().any(|thread| tells(&thread.state)) {
            return false;
        }
        let orphans = std::mem::take(&mut self.early);
        let found = !orphans.is_empty();
        for (tid, status) in orphans {
            let Some(pid) = procfs::process_of(tid) else { continue };
            let parents = [procfs::parent(pid), procfs::group(pid)].into_iter().flatten();
            let known: Vec<usize> = parents.filter_map(|one| self.lane_of(one)).collect();
            let lane = known.first().copied().unwrap_or_default();
            let folder = procfs::folder(pid);
            let process = Process { lane, folder, ends: false };
            self.processes.entry(pid).or_insert(process);
            self.add(pid, tid, State::Stopped(status));
        }
        found
    }

    fn lane_of(&self, pid: i32) -> Option<usize> {
        let started = || self.started.iter().find(|(one, _)| *one == pid).map(|(_, lane)| *lane);
        self.processes.get(&pid).map(|process| process.lane).or_else(started)
    }

    fn go_on_at_once(&mut self) -> io::Result<bool> {
        let mut acted = self.outstanding() && self.drain();
        // before those are looked at who waited for them
        if !self.deaths.is_empty() {
            self.mourn();
            acted = true;
        }
        let stopped: Vec<i32> = self
            .threads
            .iter()
            .filter(|(_, thread)| matches!(thread.state, State::Stopped(_)))
            .map(|(tid, _)| *tid)
            .collect();
        for tid in stopped {
            acted = true;
            self.look_at(tid)?;
        }
        let held: Vec<i32> = self
            .threads
            .iter()
            .filter(|(_, thread)| matches!(thread.state, State::Held(_)))
            .map(|(tid, _)| *tid)
            .collect();
        // whoever hears of what has happened may act before anybody goes on
        if !self.news.is_empty() {
            return Ok(true);
        }
        for tid in held {
            acted = true;
            self.let_go(tid)?;
        }
        if !acted {
            acted = self.drain();
        }
        if !acted && !self.said_stuck && self.last_event.elapsed() > STILLNESS {
            if self.adopt() {
                return Ok(true);
            }
            if self.is_stuck_in_real_time() {
                return Ok(self.say_stuck());
            }
        }
        Ok(acted)
    }

    /// In real time whoever has a deadline will go on by himself, and so will whoever waits in a call that is not known.
    fn is_stuck_in_real_time(&mut self) -> bool {
        !self.threads.is_empty()
            && !self.timers_used
            && self.threads.values().all(|thread| match (&thread.state, &thread.pending) {
                (State::LetGo, Some(pending)) => pending.limit.is_none(),
                (State::Frozen, _) => true,
                _ => false,
            })
            && self.nobody_can_run()
            // after that: one that waited because his output was full goes on
            && !self.drain()
            && !self.something_arrives()
    }

    fn go_on_by_turns(&mut self) -> io::Result<bool> {
        if let Some(tid) = self.turn {
            let at_a_stop = matches!(
                self.threads.get(&tid).map(|thread| &thread.state),
                Some(State::Stopped(_))
            );
            let others = at_a_stop
                && self.calls_left == 0
                && (self.is_overdue() || self.others_are_ready(tid)?);
            match self.threads.get(&tid).map(|thread| &thread.state) {
                Some(State::Stopped(_)) if others => self.turn = None,
                Some(State::Stopped(_)) => {
                    self.look_at(tid)?;
                    return Ok(true);
                }
                Some(State::Held(_)) => {
                    self.let_go(tid)?;
                    return Ok(true);
                }
                Some(State::LetGo) => {}
                _ => self.turn = None,
            }
        }
        if self.outstanding() && self.drain() {
            return Ok(true);
        }
        if !self.nobody_can_run() {
            return self.watch_the_busy();
        }
        // whoever waits because his output is full goes on
        if self.drain() || self.adopt() {
            return Ok(true);
        }
        self.turn = None;
        self.decisions += 1;
        if !self.deaths.is_empty() {
            self.mourn();
            return Ok(true);
        }
        // whoever only asks never lets the others' time come
        if self.questions > 0 && self.is_overdue() && self.pass_time()? {
            return Ok(true);
        }
        if let Some(tid) = self.next_in_turn() {
            self.give_turn(tid);
            return Ok(true);
        }
        if self.wake_the_signalled()? {
            return Ok(true);
        }
        if self.something_arrives() {
            return Ok(false);
        }
        if self.pass_time()? {
            return Ok(true);
        }
        let somebody_computes = self.threads.values().any(|thread| thread.unruly);
        if somebody_computes {
            return self.watch_the_busy();
        }
        if self.threads.is_empty() || self.said_stuck {
            return Ok(false);
        }
        // a call that we do not know may end by itself
        let all_known = self.threads.iter().all(|(tid, thread)| match thread.state {
            State::LetGo => thread.pending.is_some() || stuck::waits_for_ever(*tid),
            _ => true,
        });
        Ok((all_known || self.last_event.elapsed() > LONGEST_WAY) && self.say_stuck())
    }

    fn say_stuck(&mut self) -> bool {
        self.said_stuck = true;
        let waiting = self.waiting();
        self.news.push_back(News::Stuck(waiting));
        true
    }

    /// Every thread with what it waits for.
    fn waiting(&mut self) -> Vec<Waiting> {
        let threads: Vec<stuck::Thread> = self
            .threads
            .iter()
            .map(|(tid, thread)| stuck::Thread {
                pid: thread.pid,
                tid: *tid,
                lane: self.processes.get(&thread.pid).map_or(0, |process| process.lane),
                call: thread.pending.as_ref().map(|pending| pending.waits_in()),
                frozen: matches!(thread.state, State::Frozen),
                since: thread.since,
            })
            .collect();
        stuck::explain(threads, &mut self.objects)
    }

    fn ready(&self) -> impl Iterator<Item = (i32, &Thread)> {
        let ready = |thread: &Thread| matches!(thread.state, State::Stopped(_) | State::Held(_));
        self.threads
            .iter()
            .filter(move |(_, thread)| ready(thread))
            .map(|(tid, thread)| (*tid, thread))
    }

    /// A turn is over: whether somebody else is ready, or has slept long enough by now.
    fn others_are_ready(&mut self, tid: i32) -> io::Result<bool> {
        let now = self.clock.now();
        let overdue: Vec<i32> = self
            .threads
            .iter()
            .filter(|(_, thread)| thread.deadline().is_some_and(|deadline| deadline <= now))
            .map(|(tid, _)| *tid)
            .collect();
        for tid in &overdue {
            self.time_is_over(*tid)?;
        }
        if !overdue.is_empty() || self.ready().any(|(other, _)| other != tid) {
            return Ok(true);
        }
        self.calls_left = CALLS_A_TURN;
        Ok(false)
    }

    fn next_in_turn(&mut self) -> Option<i32> {
        let mut ready: Vec<(u64, u64, i32)> =
            self.ready().map(|(tid, thread)| (thread.ready_since, thread.born, tid)).collect();
        ready.sort_unstable();
        self.order.pick(&ready).map(|(_, _, tid)| *tid)
    }

    fn give_turn(&mut self, tid: i32) {
        self.turn = Some(tid);
        self.calls_left = CALLS_A_TURN;
    }

    fn nobody_can_run(&mut self) -> bool {
        if self.threads.values().any(|thread| matches!(thread.state, State::Unseen)) {
            return false;
        }
        let mut ending = self.processes.iter().filter(|(_, process)| process.ends);
        if ending.any(|(pid, _)| self.threads.values().any(|thread| thread.pid == *pid)) {
            return false;
        }
        if self.wary {
            let held = |thread: &Thread| !matches!(thread.state, State::LetGo | State::Unseen);
            if !self
                .threads
                .iter()
                .filter(|(_, thread)| held(thread))
                .all(|(tid, _)| quiet::is_held(*tid))
            {
                return false;
            }
            self.wary = false;
        }
        let mut open = self.threads.values().filter(|thread| thread.eyes.is_some()).count();
        for (tid, thread) in self.threads.iter_mut().filter(|(_, thread)| thread.eyes.is_none()) {
            open += 1;
            match Eyes::open(*tid, open <= self.most_eyes) {
                Ok(eyes) => thread.eyes = Some(eyes),
                // it is gone, and that has not been reported yet
                Err(_) => return false,
            }
        }
        // first whose turn it is: mostly it is he who runs
        let first = self.turn.and_then(|tid| self.threads.get_key_value(&tid));
        let others = self.threads.iter().filter(|(tid, _)| self.turn != Some(**tid));
        let let_go = first
            .into_iter()
            .chain(others)
            .filter(|(_, thread)| matches!(thread.state, State::LetGo) && !thread.unruly);
        let has_ended_alone =
            |tid| self.threads.iter().any(|(other, thread)| thread.pid == tid && *other != tid);
        let looks = let_go.filter_map(|(_, thread)| {
            Some(LetGo { eyes: thread.eyes.as_ref()?, vfork: thread.vfork.is_some() })
        });
        quiet::all_blocked(looks, has_ended_alone)
    }

    /// Something arrives although nobody could run: now, or between the look at the threads and the one at the network.
    fn something_arrives(&mut self) -> bool {
        self.network_is_busy() || self.network_used && !self.nobody_can_run()
    }

    /// Something may arrive although nobody runs.
    fn network_is_busy(&mut self) -> bool {
        if self.datagrams_used && self.last_event.elapsed() < DATAGRAM {
            return true;
        }
        if !self.network_used {
            return false;
        }
        let families = if self.ipv6_used { Families::Both } else { Families::Ipv4 };
        let all = sockets::in_states(States::ALIVE, families);
        let busy = all.is_ok_and(|all| sockets::under_way(&all));
        if !busy {
            self.on_its_way = None;
            return false;
        }
        self.on_its_way.get_or_insert_with(Instant::now).elapsed() < LONGEST_WAY
    }

    /// A signal ends a sleep: the kernel cannot tell a thread that we hold.
    fn wake_the_signalled(&mut self) -> io::Result<bool> {
        if !std::mem::take(&mut self.signals_due) {
            return Ok(false);
        }
        let asleep =
            self.threads.iter().filter(|(_, thread)| matches!(thread.state, State::Asleep(_)));
        let called = asleep.map(|(tid, _)| *tid).find(|tid| is_called(*tid));
        let Some(tid) = called else { return Ok(false) };
        self.signals_due = true;
        self.wake(tid, true)?;
        self.give_turn(tid);
        Ok(true)
    }

    /// Ends a sleep, at its time or before it.
    fn wake(&mut self, tid: i32, interrupted: bool) -> io::Result<()> {
        let now = self.clock.now();
        let Some(thread) = self.threads.get_mut(&tid) else { return Ok(()) };
        let goes_on = State::Held(Resume { until_exit: false, signal: 0 });
        let State::Asleep(sleep) = std::mem::replace(&mut thread.state, goes_on) else {
            return Ok(());
        };
        if interrupted && is_only_stopped(tid) {
            let regs = self.when_alive(tid, |_| Regs::read(tid).map(Some))?;
            let Some(mut regs) = regs else { return Ok(()) };
            if let Some(thread) = self.threads.get_mut(&tid) {
                let (number, stack) = (regs.number(), regs.stack());
                let deadline = Some(sleep.deadline);
                thread.again = Some(Again { number, stack, deadline, told: false });
            }
            return self.when_alive(tid, |_| regs.make_again(tid));
        }
        if interrupted && let Some(address) = sleep.remainder {
            let _ = memory::write_timespec(tid, address, sleep.deadline.saturating_sub(now));
        }
        let result = if interrupted { -i64::from(libc::EINTR) } else { 0 };
        self.when_alive(tid, |_| Regs::read(tid)?.skip(tid, result))?;
        let outcome = if interrupted { Outcome::Interrupted } else { Outcome::Done(0) };
        self.tell(tid, Step::Leave { call: sleep.call, outcome });
        Ok(())
    }

    /// The time of a sleep or of a wait with a limit is over.
    fn time_is_over(&mut self, tid: i32) -> io::Result<()> {
        let Some(thread) = self.threads.get_mut(&tid) else { return Ok(()) };
        if matches!(thread.state, State::Asleep(_)) {
            return self.wake(tid, false);
        }
        if let Some(pending) = &mut thread.pending {
            pending.expired = true;
        }
        self.when_alive(tid, |_| {
            // SAFETY: plain system call.
            Errno::result(unsafe { libc::ptrace(libc::PTRACE_INTERRUPT, tid, 0_usize, 0_usize) })?;
            Ok(())
        })
    }

    /// The clock jumps to the next deadline, if there is one.
    fn pass_time(&mut self) -> io::Result<bool> {
        let mut waits: Vec<(Duration, Duration, u64, i32)> = Vec::new();
        for (tid, thread) in &self.threads {
            let Some(deadline) = thread.deadline() else { continue };
            waits.push((deadline, thread.since, thread.born, *tid));
        }
        waits.sort_unstable();
        let Some((deadline, since, _, _)) = waits.first().copied() else { return Ok(false) };
        let now = self.clock.now();
        if deadline > now && !self.computing_time_is_over(deadline - now) {
            return Ok(false);
        }
        let tied: Vec<_> =
            waits.into_iter().take_while(|wait| (wait.0, wait.1) == (deadline, since)).collect();
        let Some((_, _, _, tid)) = self.order.pick(&tied).copied() else { return Ok(false) };
        self.clock.jump_to(deadline);
        self.calls = 0;
        self.time_is_over(tid)?;
        if self.threads.get(&tid).is_some_and(|thread| matches!(thread.state, State::Held(_))) {
            self.give_turn(tid);
        }
        Ok(true)
    }

    /// Somebody only asks, and the time of another has come meanwhile.
    fn is_overdue(&self) -> bool {
        let now = self.clock.now();
        self.questions > 0
            && self.threads.values().any(|thread| match (&thread.state, &thread.pending) {
                (State::Asleep(sleep), _) => sleep.deadline <= now,
                (State::LetGo, Some(pending)) if !pending.expired => {
                    pending.limit.as_ref().is_some_and(|limit| limit.deadline <= now)
                }
                _ => false,
            })
    }

    /// A thread gave way, or has asked for something that had not come. Doing that for long takes time.
    fn asked(&mut self, tid: i32, call: &str) {
        let Some(thread) = self.threads.get_mut(&tid) else { return };
        thread.yields += 1;
        if thread.yields <= MOST_YIELDS || !self.clock.is_virtual() {
            return;
        }
        let pid = thread.pid;
        self.questions += 1;
        self.calls_left = 0;
        let goes_on = |thread: &Thread| match &thread.state {
            State::Asleep(_) => thread.yields <= MOST_YIELDS,
            State::LetGo => thread.pending.as_ref().is_none_or(|one| one.limit.is_some()),
            State::Frozen => false,
            _ => thread.yields <= MOST_YIELDS,
        };
        if self.questions >= MOST_QUESTIONS
            && !self.said_computing
            && !self.threads.values().any(goes_on)
        {
            self.said_computing = true;
            let place = source::Places::default().of_blocked(pid, tid).0;
            let lane = self.processes.get(&pid).map_or(0, |process| process.lane);
            let (cpu, repeats) = (processor_time(tid), Some(call.to_owned()));
            self.news.push_back(News::Computing { lane, pid, tid, cpu, repeats, place });
        }
    }

    /// While somebody computes, time passes for the others as fast as for him.
    fn computing_time_is_over(&mut self, left: Duration) -> bool {
        let unruly = self.threads.iter_mut().filter(|(_, thread)| thread.unruly);
        let mut is_over = true;
        let mut marks = Vec::new();
        for (tid, thread) in unruly {
            let cpu = processor_time(*tid);
            is_over &= cpu.saturating_sub(thread.cpu_at_step) >= left;
            marks.push((*tid, cpu));
        }
        if is_over {
            for (tid, cpu) in marks {
                if let Some(thread) = self.threads.get_mut(&tid) {
                    thread.cpu_at_step = cpu;
                }
            }
        }
        is_over
    }

    /// Somebody runs. If he only computes, the others must not wait for him for ever.
    fn watch_the_busy(&mut self) -> io::Result<bool> {
        let running: Vec<i32> = self
            .threads
            .iter()
            .filter(|(tid, thread)| {
                matches!(thread.state, State::LetGo) && (thread.unruly || self.turn == Some(**tid))
            })
            .map(|(tid, _)| *tid)
            .collect();
        let others_ready = self.ready().next().is_some();
        let now = self.clock.now();
        let left = self.threads.values().filter_map(|thread| match &thread.state {
            State::Asleep(sleep) => Some(sleep.deadline.saturating_sub(now)),
            _ => thread
                .pending
                .as_ref()?
                .limit
                .as_ref()
                .map(|limit| limit.deadline.saturating_sub(now)),
        });
        let left = left.min();
        for tid in running {
            let Some(thread) = self.threads.get_mut(&tid) else { continue };
            if thread.let_go.elapsed() < SOON {
                continue;
            }
            let cpu = processor_time(tid);
            let since = *thread.cpu.get_or_insert(cpu);
            let used = cpu.saturating_sub(since);
            if used >= MOST_COMPUTING && !self.said_computing {
                self.said_computing = true;
                let pid = thread.pid;
                let place = source::place_of_running(pid, tid);
                let lane = self.processes.get(&pid).map_or(0, |process| process.lane);
                self.news.push_back(News::Computing {
                    lane,
                    pid,
                    tid,
                    cpu: used,
                    repeats: None,
                    place,
                });
                return Ok(true);
            }
            let enough = others_ready || left.is_some_and(|left| used >= left);
            if !thread.unruly && enough && used >= PATIENCE_WITH_COMPUTING {
                thread.unruly = true;
                thread.cpu_at_step = since;
                self.turn = None;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Much of the programs' output lies in its pipes: soon somebody would have to wait.
    fn outstanding(&self) -> bool {
        self.attributed.saturating_sub(self.drained) > PIPE_SIZE as u64 / 4
    }

    /// Empties the programs' output, so that nobody waits for us; `true`: there was something.
    fn drain(&mut self) -> bool {
        let mut drained = 0;
        for captured in self.captured.iter_mut().filter(|captured| captured.open) {
            loop {
                match captured.file.read(&mut self.buffer) {
                    Ok(0) => {
                        captured.open = false;
                        break;
                    }
                    Ok(length) => {
                        drained += length as u64;
                        if let Some(kept) = &mut captured.kept {
                            kept.extend(&self.buffer[..length]);
                        }
                    }
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(_) => break,
                }
            }
        }
        self.drained += drained;
        drained > 0
    }

    /// Somebody is about to write to an output what is not in his memory: what comes through it from now on is kept.
    fn keep(&mut self, output: (usize, bool)) {
        self.drain();
        if let Some(captured) = self.captured.iter_mut().find(|one| one.of == output) {
            captured.kept.get_or_insert_default();
        }
    }

    /// Somebody has written to an output; `bytes` are those that he is known to have written, of `length`. Gives those that
    /// he has written.
    fn take_kept(&mut self, output: (usize, bool), bytes: Vec<u8>, length: usize) -> Vec<u8> {
        let is_kept = |one: &Captured| one.of == output && one.kept.is_some();
        if length == 0 || !self.captured.iter().any(is_kept) {
            return bytes;
        }
        self.drain();
        let captured = self.captured.iter_mut().find(|one| one.of == output);
        let Some(kept) = captured.and_then(|one| one.kept.as_mut()) else { return bytes };
        if bytes.is_empty() {
            return kept.drain(..length.min(kept.len())).collect();
        }
        if let Some(at) = kept.windows(bytes.len()).position(|part| part == bytes) {
            kept.drain(at..at + bytes.len());
        }
        bytes
    }

    /// Nothing is kept of an output to which nobody writes so any more.
    fn forget_kept(&mut self) {
        for captured in self.captured.iter_mut().filter(|captured| captured.kept.is_some()) {
            let pending = self.threads.values().filter_map(|thread| thread.pending.as_ref());
            if !pending.into_iter().any(|pending| pending.unseen() == Some(captured.of)) {
                captured.kept = None;
            }
        }
    }

    /// Does something to a stopped thread; that it has been killed meanwhile is no error.
    fn when_alive<T: Default>(
        &mut self,
        tid: i32,
        act: impl FnOnce(&mut Self) -> io::Result<T>,
    ) -> io::Result<T> {
        match act(self) {
            Err(error) if error.raw_os_error() == Some(libc::ESRCH) => {
                self.wary = true;
                if let Some(thread) = self.threads.get_mut(&tid) {
                    // its end will be reported
                    thread.state = State::LetGo;
                }
                Ok(T::default())
            }
            other => other,
        }
    }

    fn let_go(&mut self, tid: i32) -> io::Result<()> {
        let Some(thread) = self.threads.get_mut(&tid) else { return Ok(()) };
        let State::Held(Resume { until_exit, signal }) = thread.state else { return Ok(()) };
        thread.state = State::LetGo;
        thread.cpu = None;
        thread.let_go = Instant::now();
        if signal != 0 {
            // it may end this thread and all the others
            self.wary = true;
        }
        let request = if until_exit { libc::PTRACE_SYSCALL } else { libc::PTRACE_CONT };
        self.has_let_go = true;
        self.when_alive(tid, |_| {
            // SAFETY: plain system call.
            Errno::result(unsafe { libc::ptrace(request, tid, 0_usize, signal as usize) })?;
            Ok(())
        })
    }

    /// Looks at the stop of a thread: what it means, and how it goes on.
    fn look_at(&mut self, tid: i32) -> io::Result<()> {
        let Some(thread) = self.threads.get_mut(&tid) else { return Ok(()) };
        let goes_on = State::Held(Resume { until_exit: false, signal: 0 });
        let State::Stopped(status) = std::mem::replace(&mut thread.state, goes_on) else {
            return Ok(());
        };
        self.calls_left = self.calls_left.saturating_sub(1);
        self.calls = self.calls.saturating_add(1);
        if self.calls > MOST_CALLS {
            self.clock.pass(CALL_COST);
        }
        let signal = libc::WSTOPSIG(status);
        self.when_alive(tid, |tracer| match status >> 16 {
            event if makes_somebody(status) => tracer.has_child(tid, event),
            libc::PTRACE_EVENT_EXEC => tracer.executed(tid),
            libc::PTRACE_EVENT_SECCOMP => tracer.entered(tid),
            libc::PTRACE_EVENT_STOP => tracer.trapped(tid, signal),
            0 if signal == libc::SIGTRAP | 0x80 => tracer.left(tid),
            0 => tracer.signal_arrived(tid, signal),
            _ => Ok(()),
        })
    }

    fn hold(&mut self, tid: i32, state: State) {
        if let Some(thread) = self.threads.get_mut(&tid) {
            thread.state = state;
        }
    }

    fn has_child(&mut self, tid: i32, event: i32) -> io::Result<()> {
        let mut child: libc::c_ulong = 0;
        // SAFETY: `child` lives through the call.
        Errno::result(unsafe {
            libc::ptrace(libc::PTRACE_GETEVENTMSG, tid, 0_usize, &raw mut child)
        })?;
        let child = child as i32;
        if procfs::state(child).is_none() {
            // killed already, and buried
            return Ok(());
        }
        let Some(parent) = self.threads.get_mut(&tid) else { return Ok(()) };
        let pid = parent.pid;
        if event == libc::PTRACE_EVENT_VFORK {
            parent.vfork = Some(child);
        }
        let in_a_call = parent.pending.is_some();
        if in_a_call {
            self.hold(tid, State::Held(Resume { until_exit: true, signal: 0 }));
        }
        let is_thread = procfs::is_thread_of(pid, child);
        let owner = if is_thread { pid } else { child };
        if !is_thread && let Some(process) = self.processes.get(&pid) {
            let (lane, folder) = (process.lane, process.folder.clone());
            self.processes.insert(child, Process { lane, folder, ends: false });
        }
        let state = self.early.remove(&child).map_or(State::Unseen, State::Stopped);
        self.add(owner, child, state);
        if self.threads.len() == MOST_THREADS {
            self.news.push_back(News::Refused(Refused::TooMany));
        }
        self.tell(
            tid,
            if is_thread { Step::NewThread { child } } else { Step::NewProcess { child } },
        );
        Ok(())
    }

    /// A thread has become the only one of its process, with a new program. It is stopped.
    fn executed(&mut self, tid: i32) -> io::Result<()> {
        for thread in self.threads.values_mut().filter(|thread| thread.vfork == Some(tid)) {
            thread.vfork = None;
        }
        if let Some(thread) = self.threads.get_mut(&tid) {
            thread.pending = None;
            thread.broken_off = None;
            thread.again = None;
            // another thread may have taken its number (execve(2))
            thread.eyes = None;
        }
        let (program, args) = procfs::command_line(tid);
        if let Some(process) = self.processes.get_mut(&tid) {
            process.folder = procfs::folder(tid);
        }
        let refused = refusal(tid);
        self.news.extend(refused.map(News::Refused));
        if self.clock.is_virtual() && refused != Some(Refused::Foreign) {
            memory::hide_clock_library(tid, Regs::read(tid)?.stack())?;
        }
        self.tell(tid, Step::Exec { program, args });
        Ok(())
    }

    /// `PTRACE_EVENT_STOP`: the first stop of a new thread, the end of an interrupted wait, or a stop by a signal.
    fn trapped(&mut self, tid: i32, signal: i32) -> io::Result<()> {
        let by_signal =
            [libc::SIGSTOP, libc::SIGTSTP, libc::SIGTTIN, libc::SIGTTOU].contains(&signal);
        if by_signal {
            // the thread stays stopped, and we hear when it goes on (ptrace(2), PTRACE_LISTEN)
            // SAFETY: plain system call.
            Errno::result(unsafe { libc::ptrace(libc::PTRACE_LISTEN, tid, 0_usize, 0_usize) })?;
            self.hold(tid, State::Frozen);
        } else if self.threads.get(&tid).is_some_and(|thread| thread.pending.is_some()) {
            self.hold(tid, State::Held(Resume { until_exit: true, signal: 0 }));
        }
        Ok(())
    }

    fn signal_arrived(&mut self, tid: i32, signal: i32) -> io::Result<()> {
        // SAFETY: all-zero bytes are a valid siginfo_t, which lives through the call.
        let from = unsafe {
            let mut info: libc::siginfo_t = std::mem::zeroed();
            let done = libc::ptrace(libc::PTRACE_GETSIGINFO, tid, 0_usize, &raw mut info);
            let by_process =
                [libc::SI_USER, libc::SI_TKILL, libc::SI_QUEUE].contains(&info.si_code);
            (done == 0 && by_process).then(|| info.si_pid())
        };
        self.hold(tid, State::Held(Resume { until_exit: false, signal }));
        if let Some(thread) = self.threads.get_mut(&tid)
            && thread.again.is_some()
            && procfs::signals(tid).caught & bit(signal) != 0
        {
            // a handler runs: the call is over
            thread.again = None;
        }
        self.tell(tid, Step::Signal { number: signal, from });
        Ok(())
    }

    fn decode<T>(&mut self, tid: i32, act: impl FnOnce(&mut Decoder, &Caller) -> T) -> Option<T> {
        let pid = self.threads.get(&tid)?.pid;
        let folder = &self.processes.get(&pid)?.folder;
        let caller = Caller { pid, tid, folder };
        let mut decoder = Decoder {
            objects: &mut self.objects,
            timeouts: &mut self.timeouts,
            clock: &self.clock,
        };
        Some(act(&mut decoder, &caller))
    }

    /// A thread is about to make a call.
    fn entered(&mut self, tid: i32) -> io::Result<()> {
        let mut regs = Regs::read(tid)?;
        let Some(entry) = self.decode(tid, |decoder, caller| decoder.enter(caller, &regs)) else {
            return Ok(());
        };
        let now = self.clock.now();
        let mut entry = entry;
        let mut goes_on = false;
        let mut is_told = false;
        if let Some(thread) = self.threads.get_mut(&tid) {
            let again = thread.again.take();
            let again = again.filter(|again| again.is_made_by(&regs));
            goes_on = again.is_some();
            is_told = again.as_ref().is_some_and(|again| again.told);
            match (&mut entry, again) {
                (Entry::Sleep(sleep), Some(Again { deadline: Some(deadline), .. })) => {
                    sleep.deadline = deadline;
                }
                (Entry::Watch(pending), Some(Again { deadline, .. })) => {
                    if let (Some(limit), Some(deadline)) = (&mut pending.limit, deadline) {
                        limit.deadline = deadline;
                    }
                }
                _ => thread.since = now,
            }
            // what it gets from a call that is watched is known when the call is over
            if !matches!(entry, Entry::Yield | Entry::Watch(_)) {
                thread.yields = 0;
                self.questions = 0;
            }
        }
        match entry {
            Entry::Pass => Ok(()),
            Entry::Watch(pending) => self.watch(tid, pending, &mut regs, is_told),
            Entry::Sleep(sleep) => {
                if !goes_on {
                    self.tell(tid, Step::Enter(sleep.call.clone()));
                }
                if self.clock.is_virtual() {
                    self.hold(tid, State::Asleep(sleep));
                    // one that came while it was held before its sleep
                    self.signals_due |= self.signals_used && is_called(tid);
                    Ok(())
                } else {
                    let pending = Pending::sleep(sleep);
                    self.pend(tid, Box::new(pending));
                    Ok(())
                }
            }
            Entry::Clock(look) if self.clock.is_virtual() => self.answer(tid, &look, &mut regs),
            Entry::Clock(_) => Ok(()),
            Entry::Yield => {
                self.calls_left = 0;
                self.asked(tid, "sched_yield");
                let yields = self.threads.get(&tid).map_or(0, |thread| thread.yields);
                if self.clock.is_virtual() && yields > MOST_YIELDS {
                    // not a real sleep, but it waits for somebody
                    let call = Call::Sleep { length: YIELD_COST };
                    let sleep = Sleep { call, deadline: now + YIELD_COST, remainder: None };
                    self.hold(tid, State::Asleep(sleep));
                }
                Ok(())
            }
            Entry::ExitGroup => {
                if let Some(process) =
                    self.threads.get(&tid).and_then(|thread| self.processes.get_mut(&thread.pid))
                {
                    process.ends = true;
                }
                Ok(())
            }
            Entry::Restart => {
                let thread = self.threads.get_mut(&tid);
                if let Some(pending) = thread.and_then(|thread| thread.broken_off.take()) {
                    self.pend(tid, pending);
                }
                Ok(())
            }
            Entry::Refuse(refusal) => {
                let refused = match refusal {
                    Refusal::Ptrace => Refused::Ptrace,
                    Refusal::IoUring => Refused::IoUring,
                    Refusal::Timer if !self.clock.is_virtual() => {
                        self.timers_used = true;
                        return Ok(());
                    }
                    Refusal::Timer => Refused::Timer,
                };
                self.news.push_back(News::Refused(refused));
                Ok(())
            }
        }
    }

    fn watch(
        &mut self,
        tid: i32,
        mut pending: Box<Pending>,
        regs: &mut Regs,
        is_told: bool,
    ) -> io::Result<()> {
        self.network_used |= matches!(pending.call, Call::Socket { .. });
        self.ipv6_used |= matches!(pending.call, Call::Socket { family: Family::Ipv6, .. });
        self.datagrams_used |= matches!(
            pending.call,
            Call::Socket { family: Family::Ipv4 | Family::Ipv6, kind: SocketKind::Datagram }
        );
        if self.clock.is_virtual() && pending.take_over(regs) {
            regs.write(tid)?;
        }
        if is_told && !self.clock.is_virtual() {
            pending.shorten(tid, regs, self.clock.now())?;
        }
        let most = pending.limit.as_ref().filter(|_| !self.clock.is_virtual());
        let most = most.map(|limit| limit.deadline.saturating_sub(self.clock.now()));
        pending.wait_for_source(tid, regs, most)?;
        if let Some(output) = pending.unseen() {
            self.keep(output);
        }
        if pending.told && !is_told && is_announced(&pending.call) {
            self.tell(tid, Step::Enter(pending.call.clone()));
        }
        if let Call::Kill { target, .. } = pending.call {
            if self.is_somebody_else(tid, target) {
                // the runner, the user's shell: nobody there may come to harm
                regs.skip(tid, (-libc::EPERM).into())?;
                let outcome = Outcome::Failed(libc::EPERM);
                self.tell(tid, Step::Leave { call: pending.call, outcome });
                return Ok(());
            }
            self.signalled();
        }
        self.pend(tid, pending);
        Ok(())
    }

    /// Whether a signal would reach a process that is none of ours; `target` as in `kill(2)`.
    fn is_somebody_else(&self, tid: i32, target: i32) -> bool {
        let target = match target {
            // whoever may be reached at all
            -1 => return true,
            0 => procfs::group(tid).map_or(0, |group| -group),
            target => target,
        };
        // a group has the number of the process that founded it; the least of all numbers is nobody's (kill(2), ESRCH)
        let is_ours = target.checked_abs().is_none_or(|number| self.ours.contains(&number));
        // SAFETY: plain system call; no signal is sent.
        !is_ours && unsafe { libc::kill(target, 0) } == 0
    }

    fn pend(&mut self, tid: i32, pending: Box<Pending>) {
        if let Some(thread) = self.threads.get_mut(&tid) {
            thread.pending = Some(pending);
            thread.state = State::Held(Resume { until_exit: true, signal: 0 });
        }
    }

    /// A call is over.
    fn left(&mut self, tid: i32) -> io::Result<()> {
        let pending = self.threads.get_mut(&tid).and_then(|thread| thread.pending.take());
        let Some(mut pending) = pending else { return Ok(()) };
        let mut regs = Regs::read(tid)?;
        if pending.end_of_wait(tid, &mut regs)? {
            return self.make_again(tid, &pending, &mut regs);
        }
        let mut changed = pending.give_back(&mut regs, self.clock.is_virtual());
        let restarts = is_restart(regs.result());
        if self.clock.is_virtual() {
            if regs.number() == libc::SYS_times
                && let Some(ticks) = self.clock.ticks()
            {
                regs.set_result(ticks);
                changed = true;
            }
            pending.say_what_is_left(tid, &regs, self.clock.now());
            changed |= pending.expire(tid, &mut regs) || pending.break_off(&mut regs);
        }
        if regs.result() == i64::from(-libc::EINTR) && !pending.expired && is_only_ignored(tid) {
            return self.make_again(tid, &pending, &mut regs);
        }
        let limit = pending.limit.as_ref().map(|limit| limit.deadline);
        if let Some(deadline) = limit.filter(|_| is_restart(regs.result()))
            && let Some(thread) = self.threads.get_mut(&tid)
        {
            let (number, stack) = (regs.number(), regs.stack());
            let deadline = Some(deadline);
            thread.again = Some(Again { number, stack, deadline, told: false });
        }
        if changed {
            regs.write(tid)?;
        }
        let result = self.decode(tid, |decoder, caller| decoder.leave(caller, &mut pending, &regs));
        let Some((outcome, output)) = result else { return Ok(()) };
        if regs.number() == libc::SYS_rt_sigtimedwait
            && let Outcome::Done(signal) = outcome
            && kills_at_once(tid, signal as i32)
            && let Some(thread) = self.threads.get(&tid)
        {
            // the call never returns then; for a traced process the kernel leaves that to us
            // SAFETY: plain system call.
            Errno::result(unsafe { libc::syscall(libc::SYS_tgkill, thread.pid, tid, signal) })?;
            return Ok(());
        }
        if let Call::Kill { .. } = pending.call {
            self.signalled();
        }
        let told = pending.told;
        let mut call = pending.call.clone();
        let to = match &call {
            Call::Send { object, .. } => output_of(object),
            _ => None,
        };
        let mut output = output;
        if let (Some(to), Outcome::Done(length)) = (to, outcome) {
            output = self.take_kept(to, output, length as usize);
        }
        if pending.unseen().is_some() {
            if let Call::Send { data, .. } = &mut call {
                *data = Data::new(&output, output.len() as u64);
            }
            self.forget_kept();
        }
        let in_vain = match (&call, outcome) {
            (Call::Wait { .. }, Outcome::Done(0)) => true,
            (_, Outcome::Failed(libc::EAGAIN)) => !pending.expired,
            _ => false,
        };
        if in_vain {
            let before = self.questions;
            self.asked(tid, call.name());
            if self.questions > before {
                self.clock.pass(YIELD_COST);
            }
        } else if let Some(thread) = self.threads.get_mut(&tid) {
            thread.yields = 0;
            self.questions = 0;
        }
        if restarts
            && outcome == Outcome::Interrupted
            && let Some(thread) = self.threads.get_mut(&tid)
        {
            pending.expired = false;
            thread.broken_off = Some(pending);
        }
        if told {
            self.tell(tid, Step::Leave { call, outcome });
        }
        if let Some((lane, errors)) = to.filter(|_| !output.is_empty()) {
            self.attributed += match &outcome {
                Outcome::Done(bytes) => *bytes as u64,
                _ => 0,
            };
            let pid = self.threads.get(&tid).map_or(tid, |thread| thread.pid);
            self.news.push_back(News::Output { lane, errors, pid, tid, bytes: output });
        }
        Ok(())
    }

    /// At the exit of a call: it is made once more, without the program or anybody else noticing, until the same time.
    fn make_again(&mut self, tid: i32, pending: &Pending, regs: &mut Regs) -> io::Result<()> {
        if let Some(thread) = self.threads.get_mut(&tid) {
            let (number, stack) = (regs.number(), regs.stack());
            let deadline = pending.limit.as_ref().map(|limit| limit.deadline);
            thread.again = Some(Again { number, stack, deadline, told: true });
        }
        regs.make_again(tid)
    }

    /// The program reads our clock, not the kernel's.
    fn answer(&mut self, tid: i32, look: &ClockLook, regs: &mut Regs) -> io::Result<()> {
        let clock = match look {
            ClockLook::Timespec { clock, .. } => *clock,
            _ => libc::CLOCK_REALTIME,
        };
        let Some(time) = self.clock.look(clock) else { return Ok(()) };
        let written = match look {
            ClockLook::Timespec { address, .. } => memory::write_timespec(tid, *address, time),
            ClockLook::Timeval { address: 0 } => Ok(()),
            ClockLook::Timeval { address } => memory::write_timeval(tid, *address, time),
            #[cfg(target_arch = "x86_64")]
            ClockLook::Seconds { address: 0 } => Ok(()),
            #[cfg(target_arch = "x86_64")]
            ClockLook::Seconds { address } => {
                memory::write(tid, *address, &time.as_secs().to_ne_bytes())
            }
        };
        let result = match look {
            _ if written.is_err() => (-libc::EFAULT).into(),
            #[cfg(target_arch = "x86_64")]
            ClockLook::Seconds { .. } => time.as_secs() as i64,
            _ => 0,
        };
        regs.skip(tid, result)
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

/// Children and whatever is traced by this thread: others may have children of their own (`wait(2)`).
const OURS: i32 = libc::__WALL | libc::__WNOTHREAD;

/// A stop that tells of a new process or thread.
fn makes_somebody(status: i32) -> bool {
    [libc::PTRACE_EVENT_FORK, libc::PTRACE_EVENT_VFORK, libc::PTRACE_EVENT_CLONE]
        .contains(&(status >> 16))
}

/// Of a signal in the sets of [`procfs::Signals`].
fn bit(signal: i32) -> u64 {
    1 << (signal - 1)
}

/// Only signals that stop a process are pending: it notices nothing when it goes on (`signal(7)`).
fn is_only_stopped(tid: i32) -> bool {
    let stops = [libc::SIGSTOP, libc::SIGTSTP, libc::SIGTTIN, libc::SIGTTOU].map(bit);
    let signals = procfs::signals(tid);
    let due = signals.pending & !signals.blocked & !signals.ignored;
    due & (signals.caught | !stops.into_iter().sum::<u64>()) == 0
}

/// Only signals that do nothing are pending. Without us the kernel would have thrown them away when they were sent
/// (`sig_ignored` in kernel/signal.c), and nobody would have been woken.
fn is_only_ignored(tid: i32) -> bool {
    let signals = procfs::signals(tid);
    let due = signals.pending & !signals.blocked;
    due != 0 && due & !(signals.ignored | harmless() & !signals.caught) == 0
}

/// Signals that do nothing by default (`signal(7)`).
fn harmless() -> u64 {
    [libc::SIGCHLD, libc::SIGCONT, libc::SIGURG, libc::SIGWINCH].map(bit).into_iter().sum()
}

/// Whether a pending signal would end a sleep: one that is caught, or that ends or stops the process.
fn is_called(tid: i32) -> bool {
    let signals = procfs::signals(tid);
    let due = signals.pending & !signals.blocked & !signals.ignored;
    due & (signals.caught | !harmless()) != 0
}

/// Whether a signal that a thread has received with `sigwait(3)` would have killed its process when it was sent: it is not
/// blocked, and by default it ends a process without a core dump. The kernel (`complete_signal` in kernel/signal.c) spares
/// a process that is traced.
fn kills_at_once(tid: i32, signal: i32) -> bool {
    /// Those that do nothing, stop or go on, or leave a core dump (`signal(7)`).
    const OTHERS: [i32; 18] = [
        libc::SIGCHLD,
        libc::SIGCONT,
        libc::SIGURG,
        libc::SIGWINCH,
        libc::SIGSTOP,
        libc::SIGTSTP,
        libc::SIGTTIN,
        libc::SIGTTOU,
        libc::SIGQUIT,
        libc::SIGILL,
        libc::SIGTRAP,
        libc::SIGABRT,
        libc::SIGFPE,
        libc::SIGSEGV,
        libc::SIGBUS,
        libc::SIGSYS,
        libc::SIGXCPU,
        libc::SIGXFSZ,
    ];
    let signals = procfs::signals(tid);
    !OTHERS.contains(&signal)
        && bit(signal) & (signals.blocked | signals.caught | signals.ignored) == 0
}

fn processor_time(tid: i32) -> Duration {
    procfs::schedule(tid).map_or(Duration::ZERO, |(nanos, _)| Duration::from_nanos(nanos))
}

/// A program that was made for another machine, or that gets rights which it loses when it is traced.
fn refusal(pid: i32) -> Option<Refused> {
    /// `EI_CLASS` of elf(5) for 64 bits.
    const ELFCLASS64: u8 = 2;
    let path = format!("/proc/{pid}/exe");
    let metadata = std::fs::metadata(&path).ok()?;
    let mode = metadata.permissions().mode();
    let by_somebody_else = metadata.uid() != nix::unistd::getuid().as_raw();
    if mode & 0o4000 != 0 && by_somebody_else
        || mode & 0o2010 == 0o2010 && metadata.gid() != nix::unistd::getgid().as_raw()
    {
        return Some(Refused::SetUid);
    }
    let mut head = [0; 5];
    std::fs::File::open(path).ok()?.read_exact(&mut head).ok()?;
    (head[4] != ELFCLASS64).then_some(Refused::Foreign)
}

fn number_of(fd: std::os::fd::BorrowedFd) -> io::Result<u64> {
    Ok(nix::sys::stat::fstat(fd)?.st_ino)
}

/// The stop that this very thread has to report, as a wait status. Cheap, however many others there are.
fn stop_of(tid: i32) -> Option<i32> {
    // SAFETY: all-zero bytes are a valid siginfo_t, which lives through the call; waitid fills it in.
    let (done, pid, stop) = unsafe {
        let mut info: libc::siginfo_t = std::mem::zeroed();
        let flags = libc::WSTOPPED | libc::WNOHANG | OURS;
        let done = libc::waitid(libc::P_PID, tid as libc::id_t, &raw mut info, flags);
        (done, info.si_pid(), info.si_status())
    };
    // waitid(2) gives what waitpid(2) has in the bits above the mark of a stop
    (done == 0 && pid == tid).then_some(stop << 8 | 0x7f)
}

/// The next thread that has something to report, and whether that is its end. Nothing is consumed.
fn next_report() -> io::Result<Option<(i32, bool)>> {
    // SAFETY: all-zero bytes are a valid siginfo_t, which lives through the call; waitid fills in si_pid.
    let (done, pid, code) = unsafe {
        let mut info: libc::siginfo_t = std::mem::zeroed();
        let flags = libc::WEXITED | libc::WSTOPPED | libc::WNOHANG | libc::WNOWAIT | OURS;
        let done = libc::waitid(libc::P_ALL, 0, &raw mut info, flags);
        (done, info.si_pid(), info.si_code)
    };
    match Errno::result(done) {
        Ok(_) if pid == 0 => Ok(None),
        Ok(_) => {
            Ok(Some((pid, [libc::CLD_EXITED, libc::CLD_KILLED, libc::CLD_DUMPED].contains(&code))))
        }
        Err(Errno::ECHILD) => Ok(None),
        Err(errno) => Err(errno.into()),
    }
}

/// Sleeps until a child reports something, but not longer than this.
fn wait_for_child(nap: Duration) {
    // SAFETY: all-zero bytes are a valid sigset_t; everything lives through the calls.
    unsafe {
        let mut set: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&raw mut set);
        libc::sigaddset(&raw mut set, libc::SIGCHLD);
        let nap =
            libc::timespec { tv_sec: nap.as_secs() as i64, tv_nsec: nap.subsec_nanos().into() };
        libc::sigtimedwait(&raw const set, std::ptr::null_mut(), &raw const nap);
    }
}
