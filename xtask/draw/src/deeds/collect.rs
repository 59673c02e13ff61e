//! Goes through the events and writes down what each actor did.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use events::{Activity, Call, CallResult, Event, Exit, Family, Hint, Kind, On};

use super::super::names::Namer;
use super::relevance::{hide_idle_threads, hide_unused_pipes, idle, slept, tells_nothing, wanted};
use super::{Act, Deed, carried, joined, settled};
use cast::{Actors, Role};

/// Whoever waited so long for another thread, or for bytes, is seen waiting.
const LONG: Duration = Duration::from_millis(300);
/// Also whoever waited while the others did so much.
const MUCH: usize = 8;

/// All deeds in the order of the events. `actors` has been through all events before.
pub fn collect(events: &[Event], actors: &mut Actors, namer: &Namer<'_>) -> Vec<Deed> {
    let mut collector = Collector::new(namer);
    for (index, event) in events.iter().enumerate() {
        collector.event = index;
        let Some(actor) = actors.follow(event) else {
            if let Kind::Stuck { waiting, .. } = &event.kind {
                collector.stuck(event.at, waiting, actors);
            }
            continue;
        };
        match &event.kind {
            Kind::Traced { terminal, pid, activity, .. } => {
                collector.activity(event.at, actor, *terminal, *pid, activity, actors);
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
    collector.wait_for_ever();
    collector.hide_unheard_waits();
    hide_unused_pipes(&mut collector.deeds);
    hide_idle_threads(&mut collector.deeds, actors);
    collector.deeds
}

struct Collector<'a> {
    namer: &'a Namer<'a>,
    /// Which event it is at: an index.
    event: usize,
    deeds: Vec<Deed>,
    /// Per actor: the call it is in, and its deed.
    pending: HashMap<usize, (&'static str, usize)>,
    /// Per actor: a call that a signal broke off, and its deed. If the next thing is that it is over once more, the kernel had
    /// made it again by itself, and it is still the same (`signal(7)`).
    broken: HashMap<usize, (&'static str, usize)>,
    /// Descriptors of sockets that no lesson is about (the kernel's list of addresses, ...).
    silent: HashSet<(i32, i32)>,
    /// Who has ended: what waited for it may have been told of it first.
    over: HashSet<usize>,
    /// Who waits for ever.
    stuck: HashSet<usize>,
}

impl<'a> Collector<'a> {
    fn new(namer: &'a Namer<'a>) -> Collector<'a> {
        Collector {
            namer,
            event: 0,
            deeds: vec![],
            pending: HashMap::new(),
            broken: HashMap::new(),
            silent: HashSet::new(),
            over: HashSet::new(),
            stuck: HashSet::new(),
        }
    }

    fn push(&mut self, at: Duration, actor: usize, act: Act) -> usize {
        let bytes = carried(&act);
        self.deeds.push(Deed {
            at,
            until: at,
            event: self.event,
            actor,
            act,
            count: 1,
            bytes,
            unread: 0,
            gone: false,
        });
        self.deeds.len() - 1
    }

    fn activity(
        &mut self,
        at: Duration,
        actor: usize,
        terminal: usize,
        pid: i32,
        activity: &Activity,
        actors: &Actors,
    ) {
        match activity {
            // before the program that was meant were shells and shims, which print nothing
            Activity::Exec { .. }
                if actors.all[actor].role == Role::Program
                    && !self.has_printed(terminal, actors) =>
            {
                for deed in &mut self.deeds {
                    deed.gone |= actors.all[deed.actor].terminal == terminal;
                }
            }
            Activity::Exec { program, .. } => {
                let program = self.namer.file(program);
                self.push(at, actor, Act::Runs { program });
            }
            Activity::NewProcess { child } => {
                self.makes(at, actor, actors.who(*child, *child), false)
            }
            Activity::NewThread { child } => self.makes(at, actor, actors.who(pid, *child), true),
            Activity::Enter(call) => self.enter(at, actor, pid, call),
            Activity::Leave { call, outcome } => {
                self.ended_before(at, pid, call, *outcome, actors);
                self.leave(at, actor, pid, call, *outcome, actors);
            }
            Activity::Signal { number, from } => {
                if !tells_nothing(*number) {
                    self.push(at, actor, Act::Signalled { number: *number, from: *from });
                }
            }
            // why it failed is told below the picture
            Activity::PortTaken { .. } => {}
            // its calls are told one by one
            Activity::AskedInVain { .. }
            | Activity::KeptWaiting { .. }
            | Activity::NeverNotified { .. }
            | Activity::MemoryGrew { .. } => {}
            Activity::ThreadEnded => self.thread_ends(at, actor),
            Activity::Exited(ended) => self.ends(at, actor, *ended, actors),
        }
    }

    /// Whoever has waited for an end may come back before that end is told: it is told now.
    fn ended_before(
        &mut self,
        at: Duration,
        pid: i32,
        call: &Call,
        outcome: CallResult,
        actors: &Actors,
    ) {
        if let (Call::Wait { ended: Some(ended), .. }, CallResult::Done(child)) = (call, outcome)
            && let Some(child) = actors.who(child as i32, child as i32)
        {
            self.ends(at, child, *ended, actors);
        }
        if let Some(thread) = joined(call, pid, actors) {
            self.thread_ends(at, thread);
        }
    }

    fn thread_ends(&mut self, at: Duration, actor: usize) {
        if self.over.insert(actor) {
            self.push(at, actor, Act::ThreadEnds);
        }
    }

    fn makes(&mut self, at: Duration, actor: usize, child: Option<usize>, thread: bool) {
        let Some(child) = child else { return };
        self.push(at, actor, Act::Makes { child, thread });
        self.push(at, child, Act::Begins);
    }

    fn enter(&mut self, at: Duration, actor: usize, pid: i32, call: &Call) {
        let call = &slept(call);
        self.pending.remove(&actor);
        self.broken.remove(&actor);
        if !self.wanted(pid, call) {
            return;
        }
        let act = match call {
            Call::Accept { .. }
            | Call::Wait { .. }
            | Call::AwaitSignal { .. }
            | Call::Futex { .. }
            | Call::Poll { .. }
            | Call::LockFile { .. }
            | Call::Receive { .. } => Act::Waits(call.clone()),
            call => Act::Calls { call: call.clone(), outcome: None },
        };
        let deed = self.push(at, actor, act);
        self.pending.insert(actor, (call.name(), deed));
    }

    fn leave(
        &mut self,
        at: Duration,
        actor: usize,
        pid: i32,
        call: &Call,
        outcome: CallResult,
        actors: &Actors,
    ) {
        let (call, outcome) = (&slept(call), settled(call, outcome));
        let broken = self.broken.remove(&actor);
        let pending = self.pending.remove(&actor).or(broken);
        let pending = pending.filter(|(name, _)| *name == call.name());
        if outcome == CallResult::Interrupted
            && let Some(pending) = pending
        {
            self.broken.insert(actor, pending);
        }
        let wanted = self.wanted(pid, call);
        if let (Call::Socket { family: Family::Other(_), .. }, CallResult::Done(fd)) =
            (call, outcome)
        {
            self.silent.insert((pid, fd as i32));
            return;
        }
        if let Call::Close { fd, .. } = call {
            self.silent.remove(&(pid, *fd));
        }
        let told = Act::Calls { call: call.clone(), outcome: Some(outcome) };
        // a lock or a poll that was waited for is no news, a thread's end is
        let join = joined(call, pid, actors).is_some();
        let news = outcome != CallResult::Interrupted
            && !idle(call, outcome)
            && (join || !matches!(call, Call::Futex { .. } | Call::Poll { .. }));
        let Some((_, index)) = pending else {
            if wanted && news {
                let index = self.push(at, actor, told);
                self.renamed_again(index);
            }
            return;
        };
        self.deeds[index].until = at;
        match self.deeds[index].act {
            Act::Waits(_) => {
                // whoever waits for its child or a client is seen waiting; bytes and locks come soon enough
                let acted = self.others_acted(index);
                let long = at.saturating_sub(self.deeds[index].at) >= LONG;
                let seen = match call {
                    Call::Receive { .. } => acted >= MUCH || (acted > 0 && long),
                    Call::Poll { .. } => acted > 0 && long,
                    Call::Futex { .. } if !join => acted > 0 && long,
                    _ => acted > 0,
                };
                self.deeds[index].gone = !seen;
                if news {
                    self.push(at, actor, told);
                }
            }
            _ => {
                self.deeds[index].bytes = carried(&told);
                // made again, a sleep is told with what was left of it
                match (&mut self.deeds[index].act, call) {
                    (
                        Act::Calls { call: Call::Sleep { .. }, outcome: before },
                        Call::Sleep { .. },
                    ) => {
                        *before = Some(outcome);
                    }
                    (act, _) => *act = told,
                }
                self.renamed_again(index);
            }
        }
    }

    /// A file that is renamed twice in a row got its first name only on the way to the second.
    fn renamed_again(&mut self, index: usize) {
        let done = |deed: &Deed| match &deed.act {
            Act::Calls { call: Call::Rename { from, to }, outcome: Some(CallResult::Done(_)) } => {
                Some((from.clone(), to.clone()))
            }
            _ => None,
        };
        let Some((from, to)) = done(&self.deeds[index]) else { return };
        let actor = self.deeds[index].actor;
        let mut before = (0..index).rev().filter(|one| !self.deeds[*one].gone);
        let Some(before) = before.find(|one| self.deeds[*one].actor == actor) else { return };
        let Some((first, _)) = done(&self.deeds[before]).filter(|(_, to)| *to == from) else {
            return;
        };
        self.deeds[before].gone = true;
        if let Act::Calls { call, .. } = &mut self.deeds[index].act {
            *call = Call::Rename { from: first, to };
        }
    }

    fn ends(&mut self, at: Duration, actor: usize, ended: Exit, actors: &Actors) {
        if !self.over.insert(actor) {
            return;
        }
        let mut sender = None;
        if let Exit::Signal(signal) = ended {
            let last = self.deeds.iter_mut().rev().find(|deed| deed.actor == actor && !deed.gone);
            if let Some(deed) = last
                && let Act::Signalled { number, from } = deed.act
                && number == signal
            {
                deed.gone = true;
                sender = from;
            }
        }
        let taken = match ended {
            Exit::Code(_) => self.take_along(actor, actors),
            Exit::Signal(_) => 0,
        };
        self.push(at, actor, Act::Ends { ended, from: sender, taken, unwaited: false });
    }

    /// A process that ends takes its threads along, whatever they were about to do (`exit_group(2)`): how many.
    fn take_along(&mut self, actor: usize, actors: &Actors) -> usize {
        let pid = actors.all[actor].pid;
        let is_alive = |other: usize| {
            let one = &actors.all[other];
            one.role == Role::Thread
                && one.pid == pid
                && !one.former
                && actors.who(pid, one.tid) == Some(other)
        };
        let threads = (0..actors.all.len()).filter(|other| is_alive(*other));
        threads.filter(|other| self.over.insert(*other)).count()
    }

    /// Threads that wait for ever for something that no deed shows: a lock, for instance.
    fn stuck(&mut self, at: Duration, waiting: &[events::Waiting], actors: &Actors) {
        for one in waiting {
            let Some(actor) = actors.who(one.pid, one.tid) else { continue };
            // one that waits to be told what to do would come back if anybody told it
            if let On::Wake { hint: Hint::Receive | Hint::Condition, .. } = one.on
                && !self.has_acted(actor)
            {
                continue;
            }
            self.stuck.insert(actor);
            if !self.pending.contains_key(&actor) {
                self.push(at, actor, Act::Waits(one.call.clone()));
            }
        }
    }

    /// How much the others did since.
    fn others_acted(&self, index: usize) -> usize {
        let actor = self.deeds[index].actor;
        self.deeds[index + 1..]
            .iter()
            .filter(|deed| deed.actor != actor && !deed.gone && !matches!(deed.act, Act::Waits(_)))
            .count()
    }

    /// Whether a program has printed anything on its standard output.
    fn has_printed(&self, terminal: usize, actors: &Actors) -> bool {
        let printed = |act: &Act| matches!(act, Act::Prints { stream: events::Stream::Out, .. });
        let mut deeds = self.deeds.iter();
        deeds.any(|one| printed(&one.act) && actors.all[one.actor].terminal == terminal)
    }

    /// Whether it did more than begin and wait.
    fn has_acted(&self, actor: usize) -> bool {
        let mut mine = self.deeds.iter().filter(|deed| deed.actor == actor && !deed.gone);
        mine.any(|deed| !matches!(deed.act, Act::Begins | Act::Waits(_)))
    }

    /// What was begun and never came back has not been done: its thread waits in it.
    fn wait_for_ever(&mut self) {
        for (_, index) in self.pending.values() {
            let deed = &mut self.deeds[*index];
            if let Act::Calls { call, outcome: None } = &deed.act
                && let Call::Send { .. } | Call::Connect { .. } = call
            {
                deed.act = Act::Waits(call.clone());
            }
        }
    }

    /// Threads that wait for others when everything ends: only those who are stuck teach something.
    fn hide_unheard_waits(&mut self) {
        for (actor, (_, index)) in &self.pending {
            let deed = &mut self.deeds[*index];
            let waits = matches!(deed.act, Act::Waits(Call::Futex { .. } | Call::Poll { .. }));
            deed.gone |= waits && !self.stuck.contains(actor);
        }
    }

    /// Whether a call is part of the story.
    fn wanted(&self, pid: i32, call: &Call) -> bool {
        wanted(call, |fd| !self.silent.contains(&(pid, fd)))
    }
}
