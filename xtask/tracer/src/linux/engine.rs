//! Runs programs under `ptrace(2)` and tells what they do.
//!
//! In **real time** every stop is looked at and let go at once. In **virtual time** one thread runs at a time. It keeps its
//! turn until it is blocked, asleep or has made many calls; then, and only when nobody can run ([`blocked`](super::blocked)), the next one
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
//! What is known, each with a state of its own that nobody else touches:
//!
//! | part | what it knows |
//! | --- | --- |
//! | `scheduler` | whose turn it is and who is next; what time it is and how far it jumps |
//! | `thread`, `threads`, `processes` | who lives, and what each of them does |
//! | `deaths` | who has ended and has not been told of yet |
//! | `outputs` | what the programs print |
//! | `last_writes` | what those wrote who died in it |
//! | `parked` | who waits at a lock and was woken by nobody |
//! | `memory_growth` | whose memory grows with what it receives |
//! | `unnotified` | who waits at a condition variable where nobody is ever woken |
//! | `kept_waiting` | who slept, and had a lock for which another waited |
//! | `ports` | who has a port that somebody wants |
//! | `traffic` | what may be on its way in the network |
//! | `signalling` | what signals may have done unseen |
//! | `busy` | who computes, or only asks, again and again; `asking`: one who asks |
//! | `vain` | who has asked in vain, many times in a row, also where what he asked for came in the end |
//! | `stillness` | since when nothing has happened |
//! | `idleness` | since when nobody has done anything but wait again |
//! | `undead` | who asks for a child that has ended and was not waited for |
//!
//! What the [`Tracer`] does with it:
//!
//! | part | task |
//! | --- | --- |
//! | this file | how it is asked |
//! | `news` | what it has to say |
//! | `telling` | that somebody has done something is told, and what that shows |
//! | `reports` | stops and ends, as the kernel reports them |
//! | `turns` | one round: what is tried, in which order |
//! | `stops` | what a stop means, and how the thread goes on |
//! | `entry`, `exit` | of a call |
//! | `harsh` | what an unkind kernel does to a call |
//! | `whole_lines` | who is about to write lets another end its line first |
//! | `time` | virtual time: sleeps begin and end, the clock jumps |
//! | `standstill` | whether nobody can run, and nothing will come |
//! | `rest` | whether one program goes on only when something comes from outside of it |

mod asking;
mod busy;
mod deaths;
mod entry;
mod exit;
mod harsh;
mod idleness;
mod kept_waiting;
mod last_writes;
mod memory_growth;
mod news;
mod outputs;
mod parked;
mod ports;
mod processes;
mod reports;
mod rest;
mod scheduler;
mod signalling;
mod standstill;
mod stillness;
mod stops;
mod telling;
mod thread;
mod threads;
mod time;
mod traffic;
mod turns;
mod undead;
mod unnotified;
mod vain;
mod whole_lines;

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::os::fd::AsFd;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::fcntl::OFlag;
use nix::unistd::pipe2;

pub use news::{News, Refused, Started};

use self::busy::Busy;
use self::deaths::Deaths;
use self::idleness::Idleness;
use self::kept_waiting::KeptWaiting;
use self::last_writes::LastWrites;
use self::memory_growth::MemoryGrowth;
use self::outputs::Outputs;
use self::processes::Processes;
use self::reports::wait_for_child;
use self::scheduler::Scheduler;
use self::signalling::Signalling;
use self::stillness::Stillness;
use self::thread::{Resume, State};
use self::threads::Threads;
use self::traffic::Traffic;
use self::unnotified::Unnotified;
use super::callers::Callers;
use super::calls::Decoder;
use super::objects::Stream;
use super::spawn;
use super::unkind::Unkind;
use events::{Activity, Call, Clock, Object};

/// Most threads come to their next stop within this time, and need not be looked at before.
const USUAL: Duration = Duration::from_micros(30);
/// Naps while nothing happens.
const SHORTEST_NAP: Duration = Duration::from_micros(5);
const LONGEST_NAP: Duration = Duration::from_millis(1);

/// Follows programs. All its methods must be called from one thread.
pub struct Tracer {
    scheduler: Scheduler,
    threads: Threads,
    processes: Processes,
    deaths: Deaths,
    decoder: Decoder,
    outputs: Outputs,
    last_writes: LastWrites,
    traffic: Traffic,
    signalling: Signalling,
    busy: Busy,
    stillness: Stillness,
    idleness: Idleness,
    kept_waiting: KeptWaiting,
    memory_growth: MemoryGrowth,
    unnotified: Unnotified,
    /// That this program rests is to be told.
    resting: Option<usize>,
    /// Datagram sockets that were used, by number: whether to send first.
    first_uses: BTreeMap<u64, bool>,
    /// Somebody who is not followed may come: the network is not only theirs, on purpose.
    visitors: bool,
    /// The kernel is unkind.
    unkind: Option<Unkind>,
    /// From which line each call is made is told, too.
    callers: Option<Callers>,
    /// What has not been said yet.
    news: VecDeque<News>,
    /// Somebody was let go just now.
    has_let_go: bool,
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
        Ok(Tracer {
            scheduler: Scheduler::new(clock),
            threads: Threads::new()?,
            processes: Processes::default(),
            deaths: Deaths::default(),
            decoder: Decoder::default(),
            outputs: Outputs::new(),
            last_writes: LastWrites::default(),
            traffic: Traffic::default(),
            signalling: Signalling::default(),
            busy: Busy::default(),
            stillness: Stillness::new(),
            idleness: Idleness::new(),
            kept_waiting: KeptWaiting::default(),
            memory_growth: MemoryGrowth::default(),
            unnotified: Unnotified::default(),
            resting: None,
            first_uses: BTreeMap::new(),
            visitors: false,
            unkind: None,
            callers: None,
            news: VecDeque::new(),
            has_let_go: false,
        })
    }

    /// From now on it is told from which line of its source each call is made, too.
    pub fn tell_places(&mut self) {
        self.callers = Some(Callers::new());
    }

    /// Others are in the network of the programs. `visited`: somebody of them may even connect to a server.
    pub fn share_network(&mut self, visited: bool) {
        self.traffic.share();
        self.visitors = visited;
    }

    /// Starts a program, known by the number `program` from now on. Its standard output and standard error come as
    /// [`News::Output`]; its standard input is a pipe if `input`, else empty.
    ///
    /// # Errors
    /// It cannot be started, or not be traced.
    pub fn start(
        &mut self,
        mut command: Command,
        program: usize,
        input: bool,
    ) -> io::Result<Started> {
        let objects = &mut self.decoder.objects;
        let mut capture = |errors| self.outputs.capture(Stream { program, errors }, objects);
        command.stdout(Stdio::from(capture(false)?)).stderr(Stdio::from(capture(true)?));
        let writer = if input {
            let (reader, writer) = pipe2(OFlag::O_CLOEXEC)?;
            self.decoder.objects.name_pipe(number_of(&reader)?, Object::Input);
            command.stdin(Stdio::from(reader));
            Some(writer)
        } else {
            command.stdin(Stdio::null());
            None
        };
        let pid = spawn::spawn(command, self.scheduler.is_virtual())?;
        self.processes.start(pid, program);
        self.add(pid, pid, State::Held(Resume::default()));
        self.executed(pid)?;
        Ok(Started { pid, input: writer })
    }

    /// The next thing that happens; `None`: nothing has happened for `patience`. The programs go on only within this
    /// call: what its caller does in between (starting a program, sending a signal) happens at one moment of theirs.
    ///
    /// # Errors
    /// The kernel refuses something that it allowed before.
    pub fn advance(&mut self, patience: Duration) -> io::Result<Option<News>> {
        let began = Instant::now();
        // in virtual time the next one gets his turn as soon as nobody can run, which nobody reports
        let (usual, shortest) = match self.scheduler.is_virtual() {
            true => (USUAL, SHORTEST_NAP),
            false => (LONGEST_NAP, LONGEST_NAP),
        };
        let mut nap = shortest;
        loop {
            if let Some(news) = self.news.pop_front() {
                return Ok(Some(news));
            }
            let gathered = self.gather()?;
            let acted = if self.scheduler.is_virtual() {
                self.go_on_by_turns()?
            } else {
                self.go_on_at_once()?
            };
            if gathered || acted {
                nap = shortest;
                if std::mem::take(&mut self.has_let_go) && self.news.is_empty() {
                    wait_for_child(usual);
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
        self.all_stay_in_their_writes();
        self.tell_last_writes();
        self.mourn();
        Ok(self.news.drain(..).collect())
    }

    /// The user has sent signals, or will at once, before the next [`Tracer::advance`].
    pub fn signalled(&mut self) {
        self.signalling.sent();
        self.stillness.take_back();
    }

    /// That they are at a standstill is told once more, if they still are.
    pub fn take_back(&mut self) {
        self.stillness.take_back();
    }

    /// Nobody is left.
    pub fn is_over(&self) -> bool {
        self.threads.is_empty() && self.deaths.is_empty() && self.news.is_empty()
    }

    /// Time since tracing began, of the clock that the programs see.
    pub fn now(&self) -> Duration {
        self.scheduler.now()
    }

    /// How often it was for the tracer to choose who comes first; never: every seed whose turns are all long gives the same run.
    pub fn choices(&self) -> u64 {
        self.scheduler.choices()
    }

    /// Bytes that a program's output has, and that nobody was seen to write (`sendfile(2)` to standard output).
    pub fn unattributed(&mut self) -> u64 {
        self.outputs.unattributed()
    }

    fn add(&mut self, pid: i32, tid: i32, state: State) {
        self.processes.count_as_ours([pid, tid]);
        let Tracer { scheduler, threads, .. } = self;
        threads.add(pid, tid, state, scheduler.now(), scheduler.decision());
    }

    /// In virtual time whoever waited for it is to have it before more is sent.
    fn note_sent(&mut self, tid: i32, activity: &Activity) {
        let Activity::Leave { call: Call::Send { object, .. }, .. } = activity else { return };
        let is_for_others = matches!(
            object,
            Object::Connection { .. } | Object::Socket { .. } | Object::Pipe { .. }
        );
        if let Some(thread) = self.threads.get_mut(tid).filter(|_| is_for_others) {
            thread.has_sent = true;
        }
    }

    /// Whoever sends first through a datagram socket asks, and waits for an answer.
    fn note_first_use(&mut self, activity: &Activity) {
        let (socket, sends) = match activity {
            Activity::Enter(Call::Send { object: Object::Socket { id }, .. }) => (*id, true),
            Activity::Enter(Call::Receive { object: Object::Socket { id }, .. })
            | Activity::Leave {
                call: Call::Receive { object: Object::Socket { id }, .. }, ..
            } => (*id, false),
            _ => return,
        };
        self.first_uses.entry(socket).or_insert(sends);
    }

    /// A datagram socket was used to send first.
    fn has_asked(&self, socket: u64) -> bool {
        self.first_uses.get(&socket).is_some_and(|sends| *sends)
    }

    /// Nothing is kept of an output to which nobody writes unseen bytes any more.
    fn forget_kept(&mut self) {
        self.outputs.forget_kept(|output| self.threads.write_unseen(output));
    }
}

/// The number that a pipe has in the kernel.
fn number_of(fd: impl AsFd) -> io::Result<u64> {
    Ok(nix::sys::stat::fstat(fd)?.st_ino)
}
