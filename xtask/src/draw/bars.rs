//! Who ran, slept and waited when: one bar per process and thread.

use std::collections::HashMap;
use std::time::Duration;

use tracer::{Call, Object, Step};

use super::actors::{Actors, Role};
use super::deeds::tells_nothing;
use super::names::Namer;
use super::words::{Speaker, signal};
use crate::observe::{Event, Kind};

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
    pub sort: Sort,
    /// What.
    pub text: String,
}

/// Kinds of marks; the greater is the more important.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// It printed a line.
    Print,
    /// It made a process or thread.
    Make,
    /// A signal was sent or came.
    Signal,
    /// It ended.
    End,
}

/// The bars of everybody who is shown. `actors` has been through all events before.
pub fn bars(events: &[Event], actors: &Actors, namer: &Namer<'_>) -> Vec<Bar> {
    let shown: Vec<bool> = actors.all.iter().map(|actor| actor.shown).collect();
    let mut actors = Actors::rewound(actors);
    let mut bars: HashMap<usize, Bar> = HashMap::new();
    let mut resting: HashMap<usize, (Duration, Call)> = HashMap::new();
    let mut over: Vec<usize> = Vec::new();
    let mut last = Duration::ZERO;
    for event in events {
        let Some(actor) = actors.follow(event) else { continue };
        if !matches!(event.kind, Kind::Traced { .. } | Kind::Line(_)) {
            continue;
        }
        last = last.max(event.at);
        let fresh = |actor| Bar {
            actor,
            from: event.at,
            to: event.at,
            rests: vec![],
            marks: vec![],
            printed: 0,
        };
        let bar = bars.entry(actor).or_insert_with(|| fresh(actor));
        let mark = |sort, text| Mark { at: event.at, sort, text };
        let speaker = Speaker { actors: &actors, namer };
        match &event.kind {
            Kind::Line(line) => {
                let text = namer.line(line.terminal, &line.text);
                bar.printed += line.count;
                bar.marks.push(mark(Sort::Print, format!("印出「{text}」")));
            }
            Kind::Traced { pid, step, .. } => match step {
                Step::NewProcess { child } | Step::NewThread { child } => {
                    let thread = matches!(step, Step::NewThread { .. });
                    let Some(made) = actors.who(if thread { *pid } else { *child }, *child) else {
                        continue;
                    };
                    let name = &actors.all[made].name;
                    let verb = if thread { "创建线程" } else { "创建子进程" };
                    bar.marks.push(mark(Sort::Make, format!("{verb}「{name}」")));
                    bars.entry(made).or_insert_with(|| fresh(made));
                }
                // what it was before does not count: a shell, a shim
                Step::Exec { .. } if actors.all[actor].role == Role::Program => *bar = fresh(actor),
                Step::Enter(call) if rests(call) => {
                    resting.insert(actor, (event.at, call.clone()));
                }
                Step::Enter(Call::Kill { target, signal: number }) => {
                    let text = format!("发信号 {} 给 {}", signal(*number), namer.process(*target));
                    bar.marks.push(mark(Sort::Signal, text));
                }
                Step::Leave { call, .. } if rests(call) => {
                    if let Some((from, call)) = resting.remove(&actor) {
                        bar.rest(from, event.at, &call, speaker);
                    }
                }
                Step::Signal { number, .. } if !tells_nothing(*number) => {
                    let text = format!("收到信号 {}", signal(*number));
                    bar.marks.push(mark(Sort::Signal, text));
                }
                Step::ThreadEnded | Step::Ended(_) => {
                    let text = match step {
                        Step::Ended(tracer::Ended::Code(code)) => format!("结束（退出码 {code}）"),
                        Step::Ended(tracer::Ended::Signal(number)) => {
                            format!("被信号 {} 终止", signal(*number))
                        }
                        _ => "线程结束".to_owned(),
                    };
                    bar.marks.push(mark(Sort::End, text));
                    bar.to = event.at;
                    over.push(actor);
                    if let Some((from, call)) = resting.remove(&actor) {
                        bar.rest(from, event.at, &call, speaker);
                    }
                    // a process takes its threads along
                    if let Step::Ended(_) = step {
                        for (other, bar) in &mut bars {
                            let same = actors.all[*other].pid == *pid && !over.contains(other);
                            if same {
                                bar.to = event.at;
                                over.push(*other);
                                if let Some((from, call)) = resting.remove(other) {
                                    bar.rest(from, event.at, &call, speaker);
                                }
                            }
                        }
                    }
                }
                _ => {}
            },
            _ => {}
        }
    }
    let speaker = Speaker { actors: &actors, namer };
    let mut bars: Vec<Bar> = bars.into_values().filter(|bar| shown[bar.actor]).collect();
    bars.sort_by_key(|bar| bar.actor);
    for bar in &mut bars {
        if !over.contains(&bar.actor) {
            bar.to = last;
        }
        if let Some((from, call)) = resting.remove(&bar.actor) {
            bar.rest(from, last, &call, speaker);
        }
    }
    bars
}

impl Bar {
    fn rest(&mut self, from: Duration, to: Duration, call: &Call, speaker: Speaker<'_>) {
        if to > from {
            let asleep = matches!(call, Call::Sleep { .. });
            self.rests.push(Rest { from, to, asleep, text: speaker.wait(call) });
        }
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
        | Call::LockFile { .. } => true,
        Call::Receive { object, .. } | Call::Send { object, .. } => {
            !matches!(object, Object::File { .. } | Object::Output { .. } | Object::Errors { .. })
        }
        _ => false,
    }
}
