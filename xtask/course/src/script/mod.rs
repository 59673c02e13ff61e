//! The script (剧本) of a lesson: what runs, in which order, and what must be seen.
//!
//! This module owns the language: [`parse()`] turns a `script.txt` into [`Script`]s of [`Scene`]s, and
//! [`Pattern`] says whether a printed line is the one that a script asks for. The grammar is
//! documented for teachers in `docs/script.md`.
//!
//! A script is read in two steps: [`spelling`] says how it is written, without loss, and `parse` what that means.
//! Whoever changes a script changes its spelling.

mod choice;
mod parse;
pub mod partner;
mod pattern;
mod practice;
pub mod spelling;
pub mod words;

use std::net::Ipv4Addr;
use std::ops::RangeInclusive;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use events::Endpoint;

pub use events::StopSignal;
pub use parse::{ParseError, parse, parse_varied};
pub use partner::PARTNER;
pub use pattern::{Bindings, Identity, NameKind, Part, Pattern};
pub use practice::{Demand, Practice};

/// One `script.txt`.
#[derive(Debug, Clone)]
pub struct Script {
    /// The file's lines, for reports that show a line in its surroundings.
    pub source: Vec<String>,
    /// The scenes, in the order of the file; never empty.
    pub scenes: Vec<Scene>,
}

/// One performance: programs that run together, and what they must show.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Scene {
    /// What the scene shows, in Chinese.
    pub title: String,
    /// The line of its heading, from 1.
    pub line: usize,
    /// `检查` instead of `场景`: played by `check` only, not by `run`.
    pub check_only: bool,
    /// The scene must be over within this time.
    pub limit: Duration,
    /// `真实时间`: traced or not, the programs see the real clock and run at the same time.
    pub real_time: bool,
    /// `允许不让看`: its programs may do what cannot be traced; then what they really do is not checked.
    pub may_hide: bool,
    /// `网卡`: beside the loopback, the scene's network has this interface.
    pub interface: Option<Interface>,
    /// One terminal per program, in the order in which they are opened.
    pub terminals: Vec<Terminal>,
    /// Everything that prints in an order of its own.
    pub lanes: Vec<Lane>,
    /// Stage directions, carried out one after the other.
    pub directions: Vec<Direction>,
    /// What standard output must be, whole, lane by lane.
    pub lines: Vec<Expected>,
    /// Lines that standard error must contain, in this order per terminal.
    pub stderr_lines: Vec<Expected>,
    /// Lines that may not appear on either stream.
    pub forbidden: Vec<Forbidden>,
    /// Names whose values must all differ.
    pub distinct: Vec<Distinct>,
    /// What programs must really do, whatever they print.
    pub demands: Vec<Demand>,
    /// Files put into the scene's folder before it starts.
    pub prepared: Vec<Prepared>,
    /// What files must be when everything has ended.
    pub compared: Vec<Compared>,
}

/// A network interface that a scene cannot be played without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interface {
    /// Line in the script, from 1.
    pub line: usize,
    /// Its address; its network has the same first three bytes.
    pub address: Ipv4Addr,
}

/// A terminal in which one program runs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Terminal {
    /// Its name in the script, e.g. `服务器端`.
    pub name: String,
    /// The script types into it (`<`): its standard input is a pipe, otherwise it is empty.
    pub typed: bool,
    /// `一次收到`: its program takes what it receives first on each connection for the whole, and says so: an unkind kernel leaves
    /// that receive alone.
    #[serde(default)]
    pub takes_first: bool,
    /// Its program is given, finished and right: nobody changes it.
    #[serde(default)]
    pub given: bool,
}

/// A concurrent part of a program: its lines come in order, lanes in any order to each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lane {
    /// Index into [`Scene::terminals`].
    pub terminal: usize,
    /// Name after the `/`; `None` is the program's own first thread.
    pub name: Option<String>,
    /// What the script claims it to be.
    pub mechanism: Option<Mechanism>,
    /// Where the lane is first named.
    pub line: usize,
}

/// What makes a lane concurrent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mechanism {
    /// 进程: a process of its own.
    Process,
    /// 线程: a thread of its own in the program's first process.
    Thread,
}

/// A stage direction and where it stands.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Direction {
    /// Line in the script, from 1.
    pub line: usize,
    /// Index into [`Scene::terminals`].
    pub terminal: usize,
    /// What to do.
    pub action: Action,
    /// How many of [`Scene::lines`] stand above this direction.
    pub lines_above: usize,
    /// How many of [`Scene::stderr_lines`] stand above this direction.
    pub stderr_above: usize,
}

/// What a stage direction does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// `$`: start a program of the course, or a partner.
    Start {
        /// The package, e.g. `lesson-05-single-task`, or [`PARTNER`].
        package: String,
        /// Its arguments, or what the partner does; a name in them is read from an earlier line.
        args: Vec<Pattern>,
    },
    /// `监听`: wait until the program listens here (UDP: has a socket that is bound here, and that takes datagrams from
    /// anybody) and has printed its lines above.
    Listen(Endpoint),
    /// Not in scripts, for `trace` of any programs: wait until it listens anywhere, has ended or cannot go on.
    Settle,
    /// Not in scripts, for `trace` of any programs: wait until they have ended, with all processes that they have left
    /// behind, or only wait for new clients.
    Finish,
    /// `连接`: wait until the program is connected to this address.
    Connect(Endpoint),
    /// `等待`: wait until it has printed everything of its own that stands above.
    Await,
    /// `<`: type a line.
    Type(String),
    /// `输入完`: close its standard input.
    CloseInput,
    /// `结束`: wait until it ends, which must be like this.
    End(End),
    /// `停止`: wait for its lines above, then send this signal, because it never ends by itself.
    Stop(StopSignal),
}

/// How a program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    /// With this exit code.
    Code(i32),
    /// Killed by this signal.
    Signal(StopSignal),
}

/// A line that a program must print, once or several times.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Expected {
    /// Line in the script, from 1.
    pub line: usize,
    /// Index into [`Scene::lanes`].
    pub lane: usize,
    /// How many dividers (`----`) stand above it.
    pub section: usize,
    /// The text.
    pub pattern: Pattern,
    /// How many times, one after the other within the lane.
    pub times: RangeInclusive<u64>,
    /// The value of `{a..b}` the first time; it grows by one each time.
    pub counter: Option<u64>,
}

impl Expected {
    /// The counter's value when the line is printed for the `nth` time (from 0).
    pub fn counter_at(&self, nth: u64) -> Option<u64> {
        self.counter.map(|first| first + nth)
    }
}

/// A line that may not appear.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Forbidden {
    /// Line in the script, from 1.
    pub line: usize,
    /// Index into [`Scene::terminals`].
    pub terminal: usize,
    /// The text.
    pub pattern: Pattern,
}

/// Names whose values must all differ.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Distinct {
    /// Line in the script, from 1.
    pub line: usize,
    /// At least two names.
    pub names: Vec<String>,
}

/// A file that is there before the scene starts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Prepared {
    /// Line in the script, from 1.
    pub line: usize,
    /// Path in the scene's folder.
    pub path: String,
    /// What is in it.
    pub content: Content,
}

/// What a file must be in the end.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Compared {
    /// Line in the script, from 1.
    pub line: usize,
    /// Path in the scene's folder.
    pub path: String,
    /// What must be in it, byte for byte; `None`: there must be no such file.
    pub content: Option<Content>,
}

/// The content of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Content {
    /// So many bytes that no other size begins with (they are made from the size).
    Bytes(u64),
    /// This text; no newline but those written as `<换行>`.
    Text(String),
    /// The same as another file of the scene's folder.
    File(String),
    /// The same as a file below `lessons/`.
    Lesson(String),
}

impl Scene {
    /// A scene that runs these programs, one after the other as soon as the one before it has settled; nothing is
    /// expected of them. Names of terminals and packages are the same.
    pub fn of_programs(
        title: &str,
        programs: &[(String, Vec<String>)],
        typed: Option<&[String]>,
        limit: Duration,
    ) -> Scene {
        let mut directions = Vec::new();
        let mut direction = |terminal, action| {
            directions.push(Direction {
                line: 0,
                terminal,
                action,
                lines_above: 0,
                stderr_above: 0,
            });
        };
        for (terminal, (package, args)) in programs.iter().enumerate() {
            let args = args.iter().map(|arg| Pattern::literal(arg)).collect();
            direction(terminal, Action::Start { package: package.clone(), args });
            // nobody waits for the last one, but what is typed into it
            if terminal + 1 < programs.len() || typed.is_some() {
                direction(terminal, Action::Settle);
            }
        }
        let last = programs.len().saturating_sub(1);
        for line in typed.into_iter().flatten() {
            direction(last, Action::Type(line.clone()));
        }
        if typed.is_some() {
            direction(last, Action::CloseInput);
        }
        direction(last, Action::Finish);
        let terminal = |(index, (name, _)): (usize, &(String, Vec<String>))| Terminal {
            name: name.clone(),
            typed: typed.is_some() && index == last,
            takes_first: false,
            given: false,
        };
        Scene {
            title: title.to_owned(),
            line: 0,
            check_only: false,
            limit,
            terminals: programs.iter().enumerate().map(terminal).collect(),
            directions,
            ..Scene::default()
        }
    }

    /// Whether the program of this terminal is given: it is never what has to change.
    pub fn is_given(&self, terminal: usize) -> bool {
        self.terminals.get(terminal).is_some_and(|terminal| terminal.given)
    }

    /// The full name of a lane, e.g. `主/p1`.
    pub fn lane_name(&self, lane: usize) -> String {
        let Lane { terminal, name, .. } = &self.lanes[lane];
        let terminal = &self.terminals[*terminal].name;
        match name {
            Some(name) => format!("{terminal}/{name}"),
            None => terminal.clone(),
        }
    }

    /// A child of a terminal's program is to make a child itself: it has to print the number of a parent that is one of them.
    pub fn wants_grandchildren(&self, terminal: usize) -> bool {
        let of_children = || {
            self.lines.iter().filter(move |line| {
                let lane = &self.lanes[line.lane];
                lane.terminal == terminal && lane.mechanism == Some(Mechanism::Process)
            })
        };
        let says = |name: &str, wanted: Identity| {
            of_children().any(|line| line.pattern.identity_of(name) == Some(wanted))
        };
        let mut numbers = of_children().flat_map(|line| line.pattern.identities());
        numbers.any(|(name, what)| what == Identity::Parent && says(name, Identity::Process))
    }

    /// The packages that the scene runs, in order of their start.
    pub fn packages(&self) -> impl Iterator<Item = &str> {
        self.started().map(|(_, package)| package).filter(|package| *package != PARTNER)
    }

    /// The package that runs in a terminal; `None`: none is started there, or it is a partner.
    pub fn package(&self, terminal: usize) -> Option<&str> {
        let mut started = self.started();
        let (_, package) = started.find(|(other, _)| *other == terminal)?;
        (package != PARTNER).then_some(package)
    }

    /// Whether a partner runs in a terminal: it does what the script says, and has no mistake.
    pub fn is_partner(&self, terminal: usize) -> bool {
        self.started().any(|(other, package)| other == terminal && package == PARTNER)
    }

    /// What is started, and in which terminal.
    fn started(&self) -> impl Iterator<Item = (usize, &str)> {
        self.directions.iter().filter_map(|direction| match &direction.action {
            Action::Start { package, .. } => Some((direction.terminal, package.as_str())),
            _ => None,
        })
    }
}
