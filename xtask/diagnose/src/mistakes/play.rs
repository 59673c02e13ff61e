//! What everybody did in a scene that failed: the facts that all rules look at.

use std::collections::BTreeMap;
use std::time::Duration;

use course::script::{self, Action, Scene};
use events::{Activity, Call, CallResult, Data, Event, Exit, Kind, Line, Object, Stream};
use judge::{Failure, Verdict};

use super::ends::{End, Ends};

/// A shorter wait is none.
pub const SHORTEST_LIMIT: Duration = Duration::from_millis(1);

/// A scene that failed, all of whose programs were followed to their ends.
pub struct Play<'a> {
    pub scene: &'a Scene,
    pub events: &'a [Event],
    pub verdict: &'a Verdict,
    /// What the programs did since they run, in order.
    pub deeds: Vec<Deed<'a>>,
    /// Per process.
    pub processes: BTreeMap<i32, Life>,
    /// Per thread that is not its process's first.
    pub threads: BTreeMap<i32, Life>,
    /// The ends of the connections, in the order of their beginnings.
    pub ends: Vec<End<'a>>,
    /// Reads and writes of files, in order.
    pub files: Vec<FileUse<'a>>,
    /// When the runner ended the scene before it was over.
    cut: Option<usize>,
    /// When the script stopped a terminal's program.
    stopped: BTreeMap<usize, usize>,
    /// Those of each thread: indexes into `files`.
    reads_of: BTreeMap<i32, Vec<usize>>,
    writes_of: BTreeMap<i32, Vec<usize>>,
}

/// Something that a thread did.
#[derive(Clone, Copy)]
pub struct Deed<'a> {
    /// Index into the scene's events.
    pub event: usize,
    pub terminal: usize,
    pub pid: i32,
    pub tid: i32,
    pub activity: &'a Activity,
}

/// From when until when a process or a thread lived.
#[derive(Debug, Clone, Copy)]
pub struct Life {
    pub terminal: usize,
    /// The process that made it; `None`: the runner.
    pub parent: Option<i32>,
    /// In which event it began.
    pub born: usize,
    /// In which event it ended.
    pub died: Option<usize>,
    /// How, of a process.
    pub exit: Option<Exit>,
}

/// Bytes that were read from a file, or written into one.
pub struct FileUse<'a> {
    pub event: usize,
    pub pid: i32,
    pub tid: i32,
    pub path: &'a str,
    /// It was written.
    pub written: bool,
    /// How many bytes; 0 of a read: the end.
    pub bytes: u64,
    /// How many were asked for.
    pub asked: u64,
    pub data: &'a Data,
}

impl<'a> Play<'a> {
    pub fn new(scene: &'a Scene, events: &'a [Event], verdict: &'a Verdict) -> Play<'a> {
        let mut play = Play {
            scene,
            events,
            verdict,
            deeds: deeds(events),
            processes: BTreeMap::new(),
            threads: BTreeMap::new(),
            ends: Vec::new(),
            files: Vec::new(),
            cut: events.iter().position(is_cut),
            stopped: BTreeMap::new(),
            reads_of: BTreeMap::new(),
            writes_of: BTreeMap::new(),
        };
        play.note_lives();
        let mut ends = Ends::default();
        for deed in play.deeds.clone() {
            ends.note(&deed);
            play.files.extend(file_use(&deed));
        }
        for (index, one) in play.files.iter().enumerate() {
            let of = if one.written { &mut play.writes_of } else { &mut play.reads_of };
            of.entry(one.tid).or_default().push(index);
        }
        play.ends = ends.all();
        play
    }

    fn note_lives(&mut self) {
        for (event, one) in self.events.iter().enumerate() {
            match &one.kind {
                Kind::Stopped { terminal, .. } => {
                    self.stopped.entry(*terminal).or_insert(event);
                }
                Kind::Started { terminal, pid, .. } => {
                    self.processes.insert(*pid, Life::new(*terminal, None, event));
                }
                Kind::Traced { terminal, pid, tid, activity } => match activity {
                    Activity::NewProcess { child } => {
                        self.processes.insert(*child, Life::new(*terminal, Some(*pid), event));
                    }
                    Activity::NewThread { child } => {
                        self.threads.insert(*child, Life::new(*terminal, Some(*pid), event));
                    }
                    Activity::ThreadEnded => {
                        if let Some(life) = self.threads.get_mut(tid) {
                            life.died.get_or_insert(event);
                        }
                    }
                    Activity::Exited(exit) => {
                        if let Some(life) = self.processes.get_mut(pid) {
                            (life.died, life.exit) = (Some(event), Some(*exit));
                        }
                    }
                    _ => {}
                },
                _ => {}
            }
        }
    }

    /// What a thread wrote into a file first after an event.
    pub fn next_write(&self, tid: i32, event: usize) -> Option<&FileUse<'a>> {
        let its = self.writes_of.get(&tid)?;
        let next = its.partition_point(|index| self.files[*index].event <= event);
        its.get(next).map(|index| &self.files[*index])
    }

    /// What a thread read from a file last before an event.
    pub fn last_read(&self, tid: i32, event: usize) -> Option<&FileUse<'a>> {
        let its = self.reads_of.get(&tid)?;
        let next = its.partition_point(|index| self.files[*index].event < event);
        next.checked_sub(1).map(|last| &self.files[its[last]])
    }

    /// What the programs did from an event on, until before another.
    pub fn deeds_between(&self, from: usize, to: usize) -> &[Deed<'a>] {
        let place = |event: usize| self.deeds.partition_point(|deed| deed.event < event);
        &self.deeds[place(from)..place(to).max(place(from))]
    }

    /// What a terminal is called.
    pub fn name(&self, terminal: usize) -> &str {
        &self.scene.terminals[terminal].name
    }

    /// The first process of a terminal.
    pub fn root(&self, terminal: usize) -> Option<i32> {
        let root = |(_, life): &(&i32, &Life)| life.terminal == terminal && life.parent.is_none();
        self.processes.iter().find(root).map(|(pid, _)| *pid)
    }

    /// The script says that a terminal's program ends with an exit code that is not 0.
    pub fn is_to_fail(&self, terminal: usize) -> bool {
        let fails =
            |action: &Action| matches!(action, Action::End(script::End::Code(code)) if *code != 0);
        let mut own = self.scene.directions.iter().filter(|one| one.terminal == terminal);
        own.any(|one| fails(&one.action))
    }

    /// What stands behind this on the command line of a terminal's program.
    pub fn argument(&self, terminal: usize, name: &str) -> Option<&'a str> {
        let args = self.arguments(terminal)?;
        let at = args.iter().position(|arg| arg == name)?;
        args.get(at + 1).map(String::as_str)
    }

    /// This stands on the command line of a terminal's program.
    pub fn has_argument(&self, terminal: usize, argument: &str) -> bool {
        self.arguments(terminal).is_some_and(|args| args.iter().any(|one| one == argument))
    }

    /// What stands behind its program's name on the command line.
    pub fn arguments(&self, terminal: usize) -> Option<&'a [String]> {
        let root = self.root(terminal)?;
        self.deeds_of(terminal).find_map(|deed| match deed.activity {
            Activity::Exec { args, .. } if deed.pid == root => Some(args.as_slice()),
            _ => None,
        })
    }

    /// The processes that others of a terminal have made, in the order of their beginnings.
    pub fn children(&self, terminal: usize) -> Vec<(i32, Life)> {
        let made = |life: &Life| life.terminal == terminal && life.parent.is_some();
        in_order(self.processes.iter().filter(|(_, life)| made(life)))
    }

    /// The threads of a terminal besides each process's first.
    pub fn threads(&self, terminal: usize) -> Vec<(i32, Life)> {
        in_order(self.threads.iter().filter(|(_, life)| life.terminal == terminal))
    }

    /// A process runs another program than the one that made it (`execve(2)`).
    pub fn execs(&self, pid: i32) -> bool {
        let is_exec = |deed: &Deed| matches!(deed.activity, Activity::Exec { .. });
        self.deeds.iter().any(|deed| deed.pid == pid && is_exec(deed))
    }

    /// The program that a process runs, by its file's name, if it is another one than its terminal's first process runs.
    pub fn other_program(&self, pid: i32) -> Option<&'a str> {
        let run = |pid: i32| {
            self.deeds.iter().rev().find_map(|deed| match deed.activity {
                Activity::Exec { program, .. } if deed.pid == pid => Some(program.as_str()),
                _ => None,
            })
        };
        let own = run(self.root(self.processes.get(&pid)?.terminal)?);
        let other = run(pid).filter(|other| Some(*other) != own)?;
        Some(other.rsplit('/').next().unwrap_or(other))
    }

    /// What the processes of a terminal did.
    pub fn deeds_of(&self, terminal: usize) -> impl Iterator<Item = &Deed<'a>> {
        self.deeds.iter().filter(move |deed| deed.terminal == terminal)
    }

    /// What a terminal printed, with its events.
    pub fn lines(
        &self,
        terminal: usize,
        stream: Stream,
    ) -> impl Iterator<Item = (usize, &'a Line)> {
        self.events.iter().enumerate().filter_map(move |(event, one)| match &one.kind {
            Kind::Line(line) if line.terminal == terminal && line.stream == stream => {
                Some((event, line))
            }
            _ => None,
        })
    }

    /// When the script stopped a terminal's program.
    pub fn stopped(&self, terminal: usize) -> Option<usize> {
        self.stopped.get(&terminal).copied()
    }

    /// How a program's first process ended by itself, and when: not because the script stopped it or the scene was cut.
    pub fn ended(&self, terminal: usize) -> Option<(usize, Exit)> {
        let life = self.processes.get(&self.root(terminal)?)?;
        let (died, exit) = (life.died?, life.exit?);
        let is_own = self.stopped(terminal).is_none_or(|stopped| died < stopped)
            && self.cut().is_none_or(|cut| died < cut);
        is_own.then_some((died, exit))
    }

    /// Its first process ended by itself, and not well.
    pub fn ended_badly(&self, terminal: usize) -> bool {
        self.ended(terminal).is_some_and(|(_, exit)| exit != Exit::Code(0))
    }

    /// When the runner ended the scene before it was over.
    pub fn cut(&self) -> Option<usize> {
        self.cut
    }

    /// The other end of a connection, if it belongs to a program of the scene.
    pub fn other(&self, end: &End) -> Option<&End<'a>> {
        let is_other = |one: &&End| one.local == end.peer && one.peer == end.local;
        self.ends.iter().filter(is_other).min_by_key(|one| one.opened.abs_diff(end.opened))
    }

    /// When nobody had this end any more: it was closed, or its program ended by itself.
    pub fn over(&self, end: &End) -> Option<usize> {
        let died = || self.ended(end.terminal).filter(|_| !end.is_held()).map(|(died, _)| died);
        end.closed.or_else(died)
    }

    /// A receive or send of this end came to nothing because its time was up: when. (One that does not wait at all is over at
    /// once.)
    pub fn time_was_up(&self, end: &End) -> Option<usize> {
        let vain = end.in_vain?;
        let waited = self.events[vain.over].at.saturating_sub(self.events[vain.begun].at);
        (waited >= SHORTEST_LIMIT).then_some(vain.over)
    }

    /// A call that is over did not come back at once.
    pub fn took_time(&self, deed: &Deed) -> bool {
        let before = self.deeds_between(0, deed.event).iter().rev();
        let mut before = before.filter(|one| one.tid == deed.tid);
        before.find(|one| matches!(one.activity, Activity::Enter(_))).is_some_and(|began| {
            let since = self.events[began.event].at;
            self.events[deed.event].at.saturating_sub(since) >= SHORTEST_LIMIT
        })
    }

    /// The failures of which this holds: indexes into the verdict's.
    pub fn failures(&self, is: impl Fn(&Failure) -> bool) -> Vec<usize> {
        let all = self.verdict.failures.iter().enumerate();
        all.filter(|(_, failure)| is(failure)).map(|(index, _)| index).collect()
    }
}

fn in_order<'a>(lives: impl Iterator<Item = (&'a i32, &'a Life)>) -> Vec<(i32, Life)> {
    let mut all: Vec<(i32, Life)> = lives.map(|(id, life)| (*id, *life)).collect();
    all.sort_by_key(|(_, life)| life.born);
    all
}

impl Life {
    fn new(terminal: usize, parent: Option<i32>, born: usize) -> Life {
        Life { terminal, parent, born, died: None, exit: None }
    }

    /// It lived then.
    pub fn is_alive(&self, event: usize) -> bool {
        self.born < event && self.died.is_none_or(|died| event < died)
    }
}

/// What the programs did; what comes before a program runs belongs to whoever starts it.
fn deeds(events: &[Event]) -> Vec<Deed<'_>> {
    let mut deeds: Vec<Deed> = Vec::new();
    for (event, one) in events.iter().enumerate() {
        let Kind::Traced { terminal, pid, tid, activity } = &one.kind else { continue };
        if matches!(activity, Activity::Exec { .. }) {
            deeds.retain(|deed| deed.pid != *pid || deed.terminal != *terminal);
        }
        deeds.push(Deed { event, terminal: *terminal, pid: *pid, tid: *tid, activity });
    }
    deeds
}

/// The runner ends the scene.
fn is_cut(event: &Event) -> bool {
    matches!(
        event.kind,
        Kind::OutOfTime { .. }
            | Kind::TooMuchOutput { .. }
            | Kind::Excess(_)
            | Kind::Stuck { .. }
            | Kind::Computing { .. }
    )
}

fn file_use<'a>(deed: &Deed<'a>) -> Option<FileUse<'a>> {
    let Activity::Leave { call, outcome: CallResult::Done(bytes) } = deed.activity else {
        return None;
    };
    let (path, data, written) = match call {
        Call::Send { object: Object::File { path }, data, .. } => (path, data, true),
        Call::Receive { object: Object::File { path }, data, .. } => (path, data, false),
        _ => return None,
    };
    let (bytes, asked) = (u64::try_from(*bytes).unwrap_or(0), data.asked);
    let Deed { event, pid, tid, .. } = *deed;
    Some(FileUse { event, pid, tid, path, written, bytes, asked, data })
}
