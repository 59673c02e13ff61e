//! From raw events to deeds: what each actor did that is worth telling.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use tracer::{Call, Ended, Family, Object, Outcome, Step};

use super::actors::{Cast, Role};
use super::names::Namer;
use crate::observe::{Event, Kind, Stream};

/// Something that an actor did, or that happened to it.
#[derive(Debug, Clone)]
pub struct Deed {
    /// When it began, or, for a call that gets something, when it got it.
    pub at: Duration,
    /// When it was over.
    pub until: Duration,
    /// Index into the cast.
    pub actor: usize,
    /// What.
    pub act: Act,
    /// How many times; more than one after folding.
    pub count: u64,
    /// Bytes that it carried, all times together.
    pub bytes: u64,
    /// Not told after all.
    pub gone: bool,
}

/// What was done.
#[derive(Debug, Clone)]
pub enum Act {
    /// A process or thread begins.
    Begins,
    /// A call; no outcome: it has not come back.
    Calls {
        /// The call.
        call: Call,
        /// How it ended.
        outcome: Option<Outcome>,
    },
    /// It waits in a call, while others do something.
    Waits(Call),
    /// Lines of output.
    Prints {
        /// Where.
        stream: Stream,
        /// The first line.
        first: String,
        /// The last line.
        last: String,
    },
    /// Somebody types a line into its standard input, or ends that.
    Typed(Option<String>),
    /// It makes a process or thread.
    Makes {
        /// Index into the cast; after folding, the first.
        child: usize,
        /// A thread.
        thread: bool,
    },
    /// Another program takes its place.
    Runs {
        /// Its name.
        program: String,
    },
    /// A signal reaches it.
    Signalled {
        /// Which.
        number: i32,
        /// From whom.
        from: Option<i32>,
    },
    /// Its process ends.
    Ends {
        /// How.
        ended: Ended,
        /// Who sent the signal that did it.
        from: Option<i32>,
    },
    /// The thread ends.
    ThreadEnds,
}

/// All deeds in the order of the events. `cast` has been through all events before.
pub fn collect(events: &[Event], cast: &mut Cast, namer: &Namer<'_>) -> Vec<Deed> {
    let mut collector = Collector::new(namer);
    for event in events {
        let Some(actor) = cast.follow(event) else {
            if let Kind::Stuck { waiting, .. } = &event.kind {
                collector.stuck(event.at, waiting, cast);
            }
            continue;
        };
        match &event.kind {
            Kind::Traced { terminal, pid, step, .. } => {
                collector.step(event.at, actor, *terminal, *pid, step, cast);
            }
            Kind::Line(line) => {
                let text = namer.line(line.terminal, &line.text);
                let act = Act::Prints { stream: line.stream, first: text.clone(), last: text };
                let index = collector.push(event.at, actor, act);
                collector.deeds[index].count = line.count;
            }
            Kind::Typed { text, .. } => {
                collector.push(event.at, actor, Act::Typed(text.clone()));
            }
            _ => {}
        }
    }
    collector.hide_idle_threads(cast);
    collector.deeds
}

struct Collector<'a> {
    namer: &'a Namer<'a>,
    deeds: Vec<Deed>,
    /// Per actor: the call it is in, and its deed.
    pending: HashMap<usize, (&'static str, usize)>,
    /// Descriptors of sockets that no lesson is about (the kernel's list of addresses, ...).
    silent: HashSet<(i32, i32)>,
}

impl<'a> Collector<'a> {
    fn new(namer: &'a Namer<'a>) -> Collector<'a> {
        Collector { namer, deeds: vec![], pending: HashMap::new(), silent: HashSet::new() }
    }

    fn push(&mut self, at: Duration, actor: usize, act: Act) -> usize {
        let bytes = carried(&act);
        self.deeds.push(Deed { at, until: at, actor, act, count: 1, bytes, gone: false });
        self.deeds.len() - 1
    }

    fn step(
        &mut self,
        at: Duration,
        actor: usize,
        terminal: usize,
        pid: i32,
        step: &Step,
        cast: &Cast,
    ) {
        match step {
            Step::Exec { .. } if cast.actors[actor].role == Role::Program => {
                // only what follows the last exec is the program that was meant: before it were shells and shims
                for deed in &mut self.deeds {
                    deed.gone |= cast.actors[deed.actor].terminal == terminal;
                }
            }
            Step::Exec { program, .. } => {
                let program = self.namer.file(program);
                self.push(at, actor, Act::Runs { program });
            }
            Step::NewProcess { child } => self.makes(at, actor, cast.who(*child, *child), false),
            Step::NewThread { child } => self.makes(at, actor, cast.who(pid, *child), true),
            Step::Enter(call) => self.enter(at, actor, pid, call),
            Step::Leave { call, outcome } => self.leave(at, actor, pid, call, *outcome),
            Step::Signal { number, from } => {
                // SIGCHLD, SIGCONT, SIGWINCH: they change nothing by themselves
                if ![17, 18, 28].contains(number) {
                    self.push(at, actor, Act::Signalled { number: *number, from: *from });
                }
            }
            Step::ThreadEnded => {
                self.push(at, actor, Act::ThreadEnds);
            }
            Step::Ended(ended) => self.ends(at, actor, *ended),
        }
    }

    fn makes(&mut self, at: Duration, actor: usize, child: Option<usize>, thread: bool) {
        let Some(child) = child else { return };
        self.push(at, actor, Act::Makes { child, thread });
        self.push(at, child, Act::Begins);
    }

    fn enter(&mut self, at: Duration, actor: usize, pid: i32, call: &Call) {
        self.pending.remove(&actor);
        if !self.wanted(pid, call) {
            return;
        }
        let act = match call {
            Call::Accept { .. }
            | Call::Wait { .. }
            | Call::AwaitSignal { .. }
            | Call::Receive { .. } => Act::Waits(call.clone()),
            call => Act::Calls { call: call.clone(), outcome: None },
        };
        let deed = self.push(at, actor, act);
        self.pending.insert(actor, (call.name(), deed));
    }

    fn leave(&mut self, at: Duration, actor: usize, pid: i32, call: &Call, outcome: Outcome) {
        let pending = self.pending.remove(&actor).filter(|(name, _)| *name == call.name());
        let wanted = self.wanted(pid, call);
        if let (Call::Socket { family: Family::Other(_), .. }, Outcome::Done(fd)) = (call, outcome)
        {
            self.silent.insert((pid, fd as i32));
            return;
        }
        if let Call::Close { fd, .. } = call {
            self.silent.remove(&(pid, *fd));
        }
        let told = Act::Calls { call: call.clone(), outcome: Some(outcome) };
        let Some((_, index)) = pending else {
            if wanted && outcome != Outcome::Interrupted && !idle(call, outcome) {
                self.push(at, actor, told);
            }
            return;
        };
        self.deeds[index].until = at;
        match self.deeds[index].act {
            Act::Waits(_) => {
                // whoever waits for its child or a client is seen waiting; bytes arrive soon enough
                let seen = !matches!(call, Call::Receive { .. }) && self.others_acted(index);
                self.deeds[index].gone = !seen;
                if outcome != Outcome::Interrupted && !idle(call, outcome) {
                    self.push(at, actor, told);
                }
            }
            _ => {
                self.deeds[index].bytes = carried(&told);
                self.deeds[index].act = told;
            }
        }
    }

    fn ends(&mut self, at: Duration, actor: usize, ended: Ended) {
        let mut sender = None;
        if let Ended::Signal(signal) = ended {
            let last = self.deeds.iter_mut().rev().find(|deed| deed.actor == actor && !deed.gone);
            if let Some(deed) = last
                && let Act::Signalled { number, from } = deed.act
                && number == signal
            {
                deed.gone = true;
                sender = from;
            }
        }
        self.push(at, actor, Act::Ends { ended, from: sender });
    }

    /// Threads that wait for ever for something that no deed shows: a lock, for instance.
    fn stuck(&mut self, at: Duration, waiting: &[tracer::Waiting], cast: &Cast) {
        for one in waiting {
            let Some(actor) = cast.who(one.pid, one.tid) else { continue };
            if !self.pending.contains_key(&actor) {
                self.push(at, actor, Act::Waits(one.call.clone()));
            }
        }
    }

    /// Whether somebody else did something since.
    fn others_acted(&self, index: usize) -> bool {
        let actor = self.deeds[index].actor;
        self.deeds[index + 1..]
            .iter()
            .any(|deed| deed.actor != actor && !deed.gone && !matches!(deed.act, Act::Waits(_)))
    }

    /// Whether a call is part of the story.
    fn wanted(&self, pid: i32, call: &Call) -> bool {
        let heard = |fd: &i32| !self.silent.contains(&(pid, *fd));
        match call {
            Call::Socket { family, .. } => !matches!(family, Family::Other(_)),
            Call::SetOption { fd, option, .. } => heard(fd) && option == "SO_REUSEADDR",
            Call::Bind { fd, .. }
            | Call::Listen { fd, .. }
            | Call::Accept { fd, .. }
            | Call::Connect { fd, .. }
            | Call::Shutdown { fd, .. } => heard(fd),
            // output comes as lines
            Call::Send { fd, object, .. } => {
                heard(fd)
                    && !matches!(
                        object,
                        Object::Output { .. }
                            | Object::Errors { .. }
                            | Object::Other
                            | Object::Input
                    )
            }
            Call::Receive { fd, object, .. } => {
                heard(fd)
                    && matches!(
                        object,
                        Object::Connection { .. }
                            | Object::Socket { .. }
                            | Object::Pipe { .. }
                            | Object::Input
                    )
            }
            Call::Close { fd, object } => {
                heard(fd)
                    && matches!(
                        object,
                        Object::Connection { .. } | Object::Listener { .. } | Object::Socket { .. }
                    )
            }
            Call::Sleep { length } => *length >= Duration::from_millis(1),
            Call::Kill { signal, .. } => *signal != 0,
            Call::Pipe { .. }
            | Call::Wait { .. }
            | Call::AwaitSignal { .. }
            | Call::Rename { .. } => true,
            Call::Poll { .. } | Call::Futex { .. } | Call::LockFile { .. } | Call::Other { .. } => {
                false
            }
        }
    }

    /// Threads that were made and only waited to be told what to do: their beginning and end say nothing.
    fn hide_idle_threads(&mut self, cast: &Cast) {
        let mut busy = HashSet::new();
        for deed in self.deeds.iter().filter(|deed| !deed.gone) {
            if !matches!(deed.act, Act::Begins | Act::ThreadEnds) {
                busy.insert(deed.actor);
            }
        }
        for deed in &mut self.deeds {
            let thread = cast.actors[deed.actor].role == Role::Thread;
            deed.gone |= thread && !busy.contains(&deed.actor);
        }
    }
}

/// A call that came back with nothing at all.
fn idle(call: &Call, outcome: Outcome) -> bool {
    matches!((call, outcome), (Call::Wait { .. }, Outcome::Done(0)))
}

/// The bytes of a call that carries some.
fn carried(act: &Act) -> u64 {
    match act {
        Act::Calls {
            call: Call::Send { data, .. } | Call::Receive { data, .. },
            outcome: Some(Outcome::Done(bytes)),
        } => u64::try_from(*bytes).unwrap_or(data.bytes),
        Act::Calls { call: Call::Send { data, .. }, outcome: None } => data.bytes,
        _ => 0,
    }
}
