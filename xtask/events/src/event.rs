//! What happened in a scene. Every observer produces these; everything after it reads nothing else.

use std::net::SocketAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::activity::{Activity, Clock};
use crate::endpoint::Endpoint;
use crate::outcome::{Excess, Exit, FileFinding, StopSignal};
use crate::waiting::{Place, Waiting, Wakes};

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Time since the scene began, when it was seen.
    pub at: Duration,
    /// When it happened, as far as that can be known.
    pub window: Window,
    /// What happened.
    pub kind: Kind,
    /// Where in its source the thread was that did it, or that wrote the line; only where that was asked for and is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// The ticks between which something happened. A tick is one look at everything; ticks only grow.
///
/// A pipe does not say when a line was put into it: only that the line was not there at one look and
/// was there at a later one. Two lines of *different* pipes have a certain order only when their
/// windows do not touch, so a rule about that order is broken only if [`Window::certainly_after`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// The last look that did not see it yet.
    pub after: u64,
    /// The first look that saw it.
    pub by: u64,
}

impl Window {
    /// An event that the observer causes or catches itself, at one tick.
    pub fn exact(tick: u64) -> Window {
        Window { after: tick, by: tick }
    }

    /// Whether this happened after `other`, without any doubt.
    pub fn certainly_after(self, other: Window) -> bool {
        self.after > other.by
    }
}

/// Which stream of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Stream {
    /// Standard output: judged line by line.
    Out,
    /// Standard error.
    Err,
}

/// The process and thread that wrote a line; pipes cannot tell, a tracer can.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Source {
    /// Process id.
    pub pid: i32,
    /// Thread id; equal to `pid` for a process's first thread.
    pub tid: i32,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// The program of this terminal was started.
    Started {
        /// Index into the scene's terminals.
        terminal: usize,
        /// Its process id.
        pid: i32,
        /// The process that started it, which also adopts the orphans of the scene.
        parent: i32,
    },
    /// Somebody plays step by step: this direction's time has come, and it waits for a key.
    Asks {
        /// Index into the scene's directions.
        direction: usize,
    },
    /// The program of this terminal could not be started.
    CannotStart {
        /// Index into the scene's terminals.
        terminal: usize,
        /// Why, in Chinese.
        why: String,
    },
    /// It listens where the script says (`监听`).
    Listening {
        /// Index into the scene's terminals.
        terminal: usize,
        /// The address it really has.
        addr: Endpoint,
    },
    /// It is connected to where the script says (`连接`).
    Connected {
        /// Index into the scene's terminals.
        terminal: usize,
        /// `false`: this system does not tell; the scene went on without knowing.
        seen: bool,
    },
    /// A line was printed, or the same line several times in a row.
    Line(Line),
    /// The runner typed a line (`<`), or closed the input (`输入完`: `None`).
    Typed {
        /// Index into the scene's terminals.
        terminal: usize,
        /// The line, without its newline.
        text: Option<String>,
    },
    /// The runner sent a signal (`停止`).
    Stopped {
        /// Index into the scene's terminals.
        terminal: usize,
        /// Which.
        signal: StopSignal,
    },
    /// The program ended.
    Exited {
        /// Index into the scene's terminals.
        terminal: usize,
        /// How.
        exit: Exit,
    },
    /// A process of the scene lost its parent: nobody waited for it.
    Orphan {
        /// Its process id.
        pid: i32,
        /// Its command line, as far as it can be read.
        command: String,
        /// It still ran when it was found.
        alive: bool,
    },
    /// The scene's time is up.
    OutOfTime {
        /// The direction of the script that was being waited for, if any: an index into the scene's directions.
        direction: Option<usize>,
        /// If that waits for a listener: where its program listens instead.
        listens: Vec<Endpoint>,
        /// It was the time on the wall that was up, after so much of it; `None`: the limit of the script, on the clock
        /// that the programs see.
        waited: Option<Duration>,
    },
    /// For long nobody has done anything but wait for ever, or for a time and then again for the same. Comes right before
    /// [`Kind::OutOfTime`], or last of all where somebody has ended the scene; of programs of one's own in real time also
    /// while they go on.
    Lull {
        /// How long it has been so, on the clock of the programs.
        length: Duration,
        /// Every thread, with what it waits for.
        waiting: Vec<Waiting>,
        /// Those of them that wake from time to time.
        wakes: Vec<Wakes>,
        /// The programs go on.
        goes_on: bool,
    },
    /// More output than any lesson prints: the scene was ended.
    TooMuchOutput {
        /// Index into the scene's terminals.
        terminal: usize,
        /// How many bytes were read.
        bytes: u64,
    },
    /// Without a network of its own: the address that stood for one of the script.
    Address {
        /// As the script has it.
        script: SocketAddr,
        /// As it was.
        real: SocketAddr,
    },
    /// The scene took more of the machine than any lesson needs: it was ended.
    Excess(Excess),
    /// The programs are traced: every line has its source, and everything that they do is told. Comes first.
    Tracing {
        /// The clock that they see.
        clock: Clock,
    },
    /// This machine cannot keep programs from writing outside of the scene's folder, and what they wrote there was not seen.
    NotContained {
        /// Why, in Chinese.
        why: String,
    },
    /// Virtual time only: how often it was for the tracer to choose who comes first. Never: every seed whose turns are all long gives the same run.
    Choices(u64),
    /// The programs did so much that the rest was not told any more: only who began and ended. So much was left out.
    Untold {
        /// Calls.
        events: u64,
    },
    /// The programs did more than can be followed in a time that somebody waits: the scene was ended.
    TooManyEvents {
        /// Calls so far.
        events: u64,
    },
    /// The programs write to their outputs again and again, and little each time, so that to follow each of these calls
    /// takes long and tells nothing: the scene was ended and is played without tracing.
    TooManyWrites {
        /// Whose call was the last one: index into the scene's terminals.
        terminal: usize,
        /// Calls so far, of all programs.
        writes: u64,
    },
    /// What a traced program did. What it prints comes as [`Kind::Line`] instead.
    Traced {
        /// Index into the scene's terminals.
        terminal: usize,
        /// The process.
        pid: i32,
        /// The thread.
        tid: i32,
        /// What it did.
        activity: Activity,
    },
    /// Nobody can run, and nothing will ever wake anybody: the scene was ended.
    Stuck {
        /// The direction of the script that was being waited for, if any: an index into the scene's directions.
        direction: Option<usize>,
        /// Every thread that waits.
        waiting: Vec<Waiting>,
    },
    /// Every program that had an end has come to it; the others wait only for new clients: the scene was ended. Not where a
    /// script says how they end.
    Idle {
        /// The programs that wait for clients: indexes into the scene's terminals.
        terminals: Vec<usize>,
        /// Every thread that waits.
        waiting: Vec<Waiting>,
    },
    /// The next program is not started yet: this one neither listens nor waits nor has ended, and that lasts. Not where a
    /// script says what is waited for.
    Awaited {
        /// Index into the scene's terminals.
        terminal: usize,
    },
    /// A program computes without end: the scene was ended.
    Computing {
        /// Index into the scene's terminals.
        terminal: usize,
        /// The process.
        pid: i32,
        /// The thread.
        tid: i32,
        /// Processor time since it last did anything else.
        cpu: Duration,
        /// The call that it makes again and again, each time in vain; `None`: it makes none.
        repeats: Option<String>,
        /// Where in its source it is.
        place: Option<Place>,
    },
    /// The programs do something that cannot be traced; the scene was ended and has to be played without.
    Untraceable {
        /// The program that does it: an index into the scene's terminals; `None`: something was not seen, and it is not known
        /// why.
        terminal: Option<usize>,
        /// Why, in Chinese.
        why: String,
        /// They can be traced in real time.
        real_time: bool,
    },
    /// A file that the script compares (`核对`).
    File {
        /// Index into the files that the scene compares.
        compared: usize,
        /// What was found.
        finding: FileFinding,
    },
    /// A file below the scene's folder that the script did not put there: a program made it, whether the script
    /// speaks of it or not. Told at the end of the scene, also of one that was cut.
    NewFile {
        /// Path in the scene's folder.
        path: String,
        /// Its size.
        bytes: u64,
    },
    /// A file that no line of the script speaks of.
    StrayFile {
        /// Path in the scene's folder.
        path: String,
        /// Its size.
        bytes: u64,
    },
}

/// A line of a program's output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Index into the scene's terminals.
    pub terminal: usize,
    /// Where it was written.
    pub stream: Stream,
    /// The text without its newline; bytes that are not UTF-8 are shown as U+FFFD.
    pub text: String,
    /// How many times in a row.
    pub count: u64,
    /// It ends in a newline; `false` only for the last line of a stream.
    pub whole: bool,
    /// Who wrote it, if the observer can tell.
    pub source: Option<Source>,
}
