//! Who ran, slept and waited when: one bar per process and thread.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use events::{Activity, Call, CallResult, Event, Exit, Kind, Object};

use super::deeds::tells_nothing;
use super::names::Namer;
use super::words::{Speaker, signal};
use cast::{Actors, Role};

/// The life of one actor.
#[derive(Debug)]
pub struct Bar {
    /// Index into the actors.
    pub actor: usize,
    /// From its beginning
    pub from: Duration,
    /// to its end, or the end of everything.
    pub to: Duration,
    /// When it did not run, in order; in between it ran.
    pub rests: Vec<Rest>,
    /// What happened at one moment, in order.
    pub marks: Vec<Mark>,
    /// How many lines it printed.
    pub printed: u64,
    /// When somebody waited for its end; until then it is a zombie.
    pub reaped: Option<Duration>,
}

/// A time during which it did not run.
#[derive(Debug)]
pub struct Rest {
    /// From
    pub from: Duration,
    /// to.
    pub to: Duration,
    /// It slept by its own wish; otherwise it waited for something.
    pub asleep: bool,
    /// For what.
    pub text: String,
}

/// Something that takes no time.
#[derive(Debug)]
pub struct Mark {
    /// When.
    pub at: Duration,
    /// What kind.
    pub kind: MarkKind,
    /// What.
    pub text: String,
}

/// Kinds of marks; the greater is the more important.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MarkKind {
    /// It printed a line.
    Print,
    /// It made a process or thread.
    Make,
    /// A signal was sent or came.
    Signal,
    /// It ended.
    End,
}

/// The bars of everybody who is shown. `actors` have been through all events before.
pub fn bars(events: &[Event], actors: &Actors, namer: &Namer<'_>) -> Vec<Bar> {
    let mut chart = Chart {
        actors: Actors::rewound(actors),
        namer,
        bars: HashMap::new(),
        resting: HashMap::new(),
        broken: HashMap::new(),
        over: HashSet::new(),
    };
    let mut last = Duration::ZERO;
    for event in events {
        let Some(actor) = chart.actors.follow(event) else { continue };
        match &event.kind {
            Kind::Line(line) => {
                let text = namer.line(line.terminal, &line.text);
                chart.mark(actor, event.at, MarkKind::Print, format!("印出「{text}」"));
                chart.bar(actor, event.at).printed += line.count;
            }
            Kind::Traced { pid, activity, .. } => chart.activity(actor, event.at, *pid, activity),
            _ => continue,
        }
        last = last.max(event.at);
    }
    for actor in chart.bars.keys().copied().collect::<Vec<_>>() {
        chart.end(actor, last);
        chart.wake(actor, last);
    }
    let shown = |bar: &Bar| actors.all[bar.actor].shown;
    let mut bars: Vec<Bar> = chart.bars.into_values().filter(shown).collect();
    bars.sort_by_key(|bar| bar.actor);
    bars
}

/// The bars so far.
struct Chart<'a> {
    actors: Actors,
    namer: &'a Namer<'a>,
    /// By actor.
    bars: HashMap<usize, Bar>,
    /// Who is in which call, and since when.
    resting: HashMap<usize, (Duration, Call)>,
    /// Calls that a signal broke off, and since when: the kernel may have made them again by itself.
    broken: HashMap<usize, (Duration, Call)>,
    /// Who has ended.
    over: HashSet<usize>,
}

impl Chart<'_> {
    fn activity(&mut self, actor: usize, at: Duration, pid: i32, activity: &Activity) {
        self.bar(actor, at);
        match activity {
            Activity::NewProcess { child } => {
                self.makes(actor, at, self.actors.who(*child, *child), "创建子进程");
            }
            Activity::NewThread { child } => {
                self.makes(actor, at, self.actors.who(pid, *child), "创建线程");
            }
            // what it was before does not count: a shell, a shim
            Activity::Exec { .. } if self.actors.all[actor].role == Role::Program => {
                self.bars.insert(actor, Bar::new(actor, at));
            }
            Activity::Enter(call) if rests(call) => {
                self.broken.remove(&actor);
                self.resting.insert(actor, (at, call.clone()));
            }
            Activity::Enter(Call::Kill { target, signal: number }) => {
                let whom = self.namer.receivers(*target);
                let text = format!("发信号 {} 给 {whom}", signal(*number));
                self.mark(actor, at, MarkKind::Signal, text);
            }
            Activity::Leave { call, outcome } if rests(call) => {
                if let Some((since, broken)) = self.broken.remove(&actor)
                    && broken.name() == call.name()
                {
                    self.resting.entry(actor).or_insert((since, broken));
                }
                if *outcome == CallResult::Interrupted {
                    self.broken.insert(actor, (at, call.clone()));
                }
                self.wake(actor, at);
                if let (Call::Wait { ended: Some(_), .. }, CallResult::Done(child)) =
                    (call, *outcome)
                    && let Some(child) = self.actors.who(child as i32, child as i32)
                    && let Some(bar) = self.bars.get_mut(&child)
                {
                    bar.reaped = Some(at);
                }
            }
            Activity::Signal { number, .. } if !tells_nothing(*number) => {
                self.mark(actor, at, MarkKind::Signal, format!("收到信号 {}", signal(*number)));
            }
            Activity::ThreadEnded => self.ends(actor, at, "线程结束".to_owned()),
            Activity::Exited(ended) => {
                let text = match ended {
                    Exit::Code(code) => format!("结束（退出码 {code}）"),
                    Exit::Signal(number) => format!("被信号 {} 终止", signal(*number)),
                };
                self.ends(actor, at, text);
                // a process takes its threads along
                for other in self.bars.keys().copied().collect::<Vec<_>>() {
                    if self.actors.all[other].pid == pid {
                        self.end(other, at);
                    }
                }
            }
            _ => {}
        }
    }

    /// The bar of somebody who may begin now.
    fn bar(&mut self, actor: usize, at: Duration) -> &mut Bar {
        self.bars.entry(actor).or_insert_with(|| Bar::new(actor, at))
    }

    fn mark(&mut self, actor: usize, at: Duration, kind: MarkKind, text: String) {
        self.bar(actor, at).marks.push(Mark { at, kind, text });
    }

    fn makes(&mut self, actor: usize, at: Duration, made: Option<usize>, verb: &str) {
        let Some(made) = made else { return };
        let text = format!("{verb}「{}」", self.actors.all[made].name);
        self.mark(actor, at, MarkKind::Make, text);
        self.bar(made, at);
    }

    /// The end that is told of it, whether or not it ended before.
    fn ends(&mut self, actor: usize, at: Duration, text: String) {
        self.mark(actor, at, MarkKind::End, text);
        self.over.remove(&actor);
        self.end(actor, at);
    }

    /// Its bar goes no further, unless it ended before.
    fn end(&mut self, actor: usize, at: Duration) {
        if self.over.insert(actor) {
            self.bar(actor, at).to = at;
            self.wake(actor, at);
        }
    }

    /// What it rested in is over.
    fn wake(&mut self, actor: usize, at: Duration) {
        let Some((from, call)) = self.resting.remove(&actor).filter(|(from, _)| at > *from) else {
            return;
        };
        let speaker = Speaker { actors: &self.actors, namer: self.namer };
        let asleep = match &call {
            Call::Sleep { .. } => true,
            // who waits for no descriptor sleeps
            Call::Poll { fds, timeout } => fds.is_empty() && timeout.is_some(),
            _ => false,
        };
        let rest = Rest { from, to: at, asleep, text: speaker.wait(&call) };
        self.bar(actor, at).rests.push(rest);
    }
}

impl Bar {
    fn new(actor: usize, at: Duration) -> Bar {
        Bar { actor, from: at, to: at, rests: vec![], marks: vec![], printed: 0, reaped: None }
    }
}

/// Calls in which a thread does not run.
fn rests(call: &Call) -> bool {
    match call {
        Call::Sleep { .. }
        | Call::Accept { .. }
        | Call::Connect { .. }
        | Call::Poll { .. }
        | Call::Wait { .. }
        | Call::Futex { .. }
        | Call::AwaitSignal { .. }
        | Call::LockFile { .. }
        | Call::Other { .. } => true,
        Call::Receive { object, .. } | Call::Send { object, .. } => {
            !matches!(object, Object::File { .. } | Object::Output { .. } | Object::Errors { .. })
        }
        _ => false,
    }
}
