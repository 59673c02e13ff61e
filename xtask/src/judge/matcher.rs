//! Follows all explanations of a program's output at once, line by line.
//!
//! An explanation is a [`State`]: how far each lane has come, what the names stand for, and which process or
//! thread each lane is. A line leads from each state to those in which some lane prints it.

use std::collections::HashSet;
use std::rc::Rc;

use crate::observe::{Event, Kind, Line, Source};
use crate::script::{Bindings, Expected, Mechanism, Scene};

use super::truth::Truth;

/// More explanations than this at once: the script does not say enough.
const MOST_STATES: usize = 2_000;

/// How far a lane has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Position {
    /// Index into the lane's own list of expected lines.
    pub next: usize,
    /// How many times that line has been printed already.
    pub done: u64,
}

/// One explanation of the lines so far.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct State {
    /// For every lane of the scene.
    pub positions: Vec<Position>,
    /// Values of the names.
    pub bindings: Rc<Bindings>,
    /// Who prints each lane, once a line of it has been seen.
    pub sources: Vec<Option<Source>>,
}

/// The lines that led to a state, newest first.
pub struct Trail {
    /// Index into [`Scene::lines`].
    pub expected: usize,
    /// Index into the scene's events.
    pub event: usize,
    /// The line before.
    pub before: Option<Rc<Trail>>,
}

/// Without recursion: a hundred thousand lines are a chain that no stack holds.
impl Drop for Trail {
    fn drop(&mut self) {
        let mut next = self.before.take();
        while let Some(mut trail) = next.and_then(Rc::into_inner) {
            next = trail.before.take();
        }
    }
}

/// A state with its history; the history does not make two states different.
#[derive(Clone)]
pub struct Explained {
    pub state: State,
    pub trail: Option<Rc<Trail>>,
}

/// Why a line leads no further.
pub enum DeadEnd {
    /// No explanation can take it: a mistake in the output.
    Nowhere {
        /// The explanations before it.
        before: Vec<Explained>,
        /// How many of its equal copies still fitted.
        fitted: u64,
    },
    /// More than [`MOST_STATES`] explanations can: the script does not say enough.
    TooMany(Vec<Explained>),
}

/// A line as the matcher sees it.
#[derive(Debug, Clone, Copy)]
pub struct PrintedLine<'a> {
    pub text: &'a str,
    pub count: u64,
    pub source: Option<Source>,
    /// Index into the scene's events.
    pub event: usize,
}

impl<'a> PrintedLine<'a> {
    pub fn new(event: usize, line: &'a Line) -> PrintedLine<'a> {
        PrintedLine { text: &line.text, count: line.count, source: line.source, event }
    }
}

/// The scene, arranged for matching.
pub struct Matcher<'a> {
    pub scene: &'a Scene,
    /// Per lane: indices into [`Scene::lines`], in order.
    pub lanes: Vec<Vec<usize>>,
    /// Per terminal: the process id of its program.
    pub roots: Vec<Option<i32>>,
    /// Which process is which.
    pub truth: Truth,
    /// Per lane: the first lane that must print exactly the same.
    twins: Vec<usize>,
}

/// What a line may ignore when a mistake is being explained.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Leniency {
    /// Names may have other values.
    pub values: bool,
    /// The numbers of processes and threads need not be true.
    pub identities: bool,
    /// Any process or thread may have printed it.
    pub sources: bool,
}

impl<'a> Matcher<'a> {
    pub fn new(scene: &'a Scene, events: &[Event]) -> Matcher<'a> {
        let mut lanes = vec![Vec::new(); scene.lanes.len()];
        for (index, expected) in scene.lines.iter().enumerate() {
            lanes[expected.lane].push(index);
        }
        let mut roots = vec![None; scene.terminals.len()];
        for event in events {
            if let Kind::Started { terminal, pid, .. } = event.kind {
                roots[terminal] = Some(pid);
            }
        }
        let shape = |lane: usize| -> Vec<_> {
            let lines = lanes[lane].iter().map(|index: &usize| &scene.lines[*index]);
            lines.map(|one| (&one.pattern, &one.times, one.counter, one.section)).collect()
        };
        let alike = |a: usize, b: usize| {
            let (x, y) = (&scene.lanes[a], &scene.lanes[b]);
            (x.terminal, x.mechanism, x.name.is_some())
                == (y.terminal, y.mechanism, y.name.is_some())
                && shape(a) == shape(b)
        };
        let twins = (0..lanes.len()).map(|b| (0..b).find(|a| alike(*a, b)).unwrap_or(b)).collect();
        Matcher { scene, lanes, roots, truth: Truth::new(events), twins }
    }

    pub fn start(&self) -> State {
        State {
            positions: vec![Position { next: 0, done: 0 }; self.lanes.len()],
            bindings: Rc::default(),
            sources: vec![None; self.lanes.len()],
        }
    }

    /// The lanes of a terminal.
    pub fn lanes_of(&self, terminal: usize) -> impl Iterator<Item = usize> + '_ {
        (0..self.lanes.len()).filter(move |lane| self.scene.lanes[*lane].terminal == terminal)
    }

    /// The expected line at a place of a lane.
    pub fn expected(&self, lane: usize, place: usize) -> Option<&'a Expected> {
        self.lanes[lane].get(place).map(|index| &self.scene.lines[*index])
    }

    /// Every line that a lane may print next: its place, and how often it was printed before.
    fn candidates(&self, state: &State, lane: usize) -> Vec<Position> {
        let mut found = Vec::new();
        let mut at = state.positions[lane];
        while let Some(expected) = self.expected(lane, at.next) {
            if at.done < *expected.times.end() && self.section_is_open(state, expected) {
                found.push(at);
            }
            if at.done < *expected.times.start() {
                break;
            }
            at = Position { next: at.next + 1, done: 0 };
        }
        found
    }

    /// Whether everything above the dividers before `expected` has been printed in its terminal.
    fn section_is_open(&self, state: &State, expected: &Expected) -> bool {
        let terminal = self.scene.lanes[expected.lane].terminal;
        self.lanes_of(terminal).all(|lane| {
            let at = state.positions[lane];
            let last = if at.done > 0 { Some(at.next) } else { at.next.checked_sub(1) };
            let later = last
                .and_then(|place| self.expected(lane, place))
                .is_some_and(|printed| printed.section > expected.section);
            !later
                && self.lanes[lane].iter().enumerate().skip(at.next).all(|(place, index)| {
                    let other = &self.scene.lines[*index];
                    let done = if place == at.next { at.done } else { 0 };
                    other.section >= expected.section || done >= *other.times.start()
                })
        })
    }

    /// The state after `text` was printed as the line at `at` of `lane`; `None`: it does not fit.
    fn take(
        &self,
        state: &State,
        lane: usize,
        at: Position,
        seen: PrintedLine,
        leniency: Leniency,
    ) -> Option<State> {
        let expected = self.expected(lane, at.next)?;
        let counter = expected.counter_at(at.done);
        let bound = match leniency.values {
            true => expected.pattern.loosened().matches(seen.text, counter, &Bindings::new())?,
            false if leniency.identities => self.take_untrue(state, expected, counter, seen)?,
            false => expected.pattern.matches(seen.text, counter, &state.bindings)?,
        };
        if leniency == Leniency::default()
            && self.is_untrue(expected, &state.bindings, &bound, seen)
        {
            return None;
        }
        let mut next = state.clone();
        if !bound.is_empty() && !leniency.values {
            Rc::make_mut(&mut next.bindings).extend(bound);
        }
        if leniency.sources {
            // a printer that fits is not what is wrong with the line
            if seen.source.is_none_or(|source| self.may_print(state, lane, source)) {
                return None;
            }
            // which of the lines so far came from the wrong place is not known: begin anew
            for lane in self.lanes_of(self.scene.lanes[lane].terminal) {
                next.sources[lane] = None;
            }
        } else if let Some(source) = seen.source {
            if !self.may_print(state, lane, source) {
                return None;
            }
            next.sources[lane] = Some(source);
        }
        next.positions[lane] = self.one_more(lane, at);
        Some(next)
    }

    /// Whether a number in the line says of its printer what is not true.
    fn is_untrue(
        &self,
        expected: &Expected,
        known: &Bindings,
        bound: &Bindings,
        seen: PrintedLine,
    ) -> bool {
        let Some(source) = seen.source else { return false };
        expected.pattern.identities().any(|(name, identity)| {
            let value = bound.get(name).or_else(|| known.get(name));
            value.is_some_and(|value| self.truth.is_false(identity, source, seen.event, value))
        })
    }

    /// Matches a line that is wrong in nothing but such numbers; the names are bound to the true ones.
    fn take_untrue(
        &self,
        state: &State,
        expected: &Expected,
        counter: Option<u64>,
        seen: PrintedLine,
    ) -> Option<Bindings> {
        let source = seen.source?;
        let mut known = Bindings::clone(&state.bindings);
        for (name, _) in expected.pattern.identities() {
            known.remove(name);
        }
        let mut bound = expected.pattern.matches(seen.text, counter, &known)?;
        if !self.is_untrue(expected, &known, &bound, seen) {
            return None;
        }
        for (name, identity) in expected.pattern.identities() {
            if let Some(value) = self.truth.value(identity, source, seen.event) {
                bound.insert(name.to_owned(), value.to_string());
            }
        }
        Some(bound)
    }

    /// The position after the line at `at` was printed once more.
    pub fn one_more(&self, lane: usize, at: Position) -> Position {
        let Some(expected) = self.expected(lane, at.next) else { return at };
        let done = at.done + 1;
        let unbounded = *expected.times.end() == u64::MAX;
        if done == *expected.times.end() {
            Position { next: at.next + 1, done: 0 }
        } else if unbounded && done > (*expected.times.start()).max(1) {
            at // one more of any number is the same as before
        } else {
            Position { next: at.next, done }
        }
    }

    /// Whether `source` can be the printer of `lane`, given who prints the other lanes.
    fn may_print(&self, state: &State, lane: usize, source: Source) -> bool {
        let what = &self.scene.lanes[lane];
        let root = self.roots[what.terminal];
        let others = || {
            self.lanes_of(what.terminal)
                .filter(|other| *other != lane)
                .filter_map(|other| state.sources[other])
        };
        let fits = match (what.mechanism, &what.name) {
            (Some(Mechanism::Process), _) => {
                root != Some(source.pid) && others().all(|other| other.pid != source.pid)
            }
            (Some(Mechanism::Thread), _) => {
                root.is_none_or(|root| root == source.pid)
                    && source.tid != source.pid
                    && others().all(|other| other.tid != source.tid)
            }
            // the program's own lane: its first process, and its first thread if others are claimed
            (None, None) => {
                let threads = self
                    .lanes_of(what.terminal)
                    .any(|lane| self.scene.lanes[lane].mechanism == Some(Mechanism::Thread));
                root.is_none_or(|root| root == source.pid) && (!threads || source.tid == source.pid)
            }
            // nothing is claimed
            (None, Some(_)) => return true,
        };
        let same = |before: Source| match what.mechanism {
            Some(Mechanism::Thread) => before == source,
            _ => before.pid == source.pid,
        };
        fits && state.sources[lane].is_none_or(same)
    }

    /// All states that one line leads to.
    fn step(
        &self,
        from: &[Explained],
        terminal: usize,
        seen: PrintedLine,
        leniency: Leniency,
    ) -> Vec<Explained> {
        let mut known = HashSet::new();
        let mut next = Vec::new();
        for Explained { state, trail } in from {
            for lane in self.lanes_of(terminal) {
                // of twins that stand at the same place, one is enough
                let same = |other: usize| {
                    self.twins[other] == self.twins[lane]
                        && state.positions[other] == state.positions[lane]
                        && state.sources[other] == state.sources[lane]
                };
                if (0..lane).any(same) {
                    continue;
                }
                for at in self.candidates(state, lane) {
                    let Some(state) = self.take(state, lane, at, seen, leniency) else { continue };
                    if known.insert(state.clone()) {
                        let trail = Some(Rc::new(Trail {
                            expected: self.lanes[lane][at.next],
                            event: seen.event,
                            before: trail.clone(),
                        }));
                        next.push(Explained { state, trail });
                    }
                }
            }
        }
        next
    }

    /// Follows a line that may stand for many equal ones.
    pub fn step_many(
        &self,
        mut from: Vec<Explained>,
        terminal: usize,
        seen: PrintedLine,
    ) -> Result<Vec<Explained>, DeadEnd> {
        let mut left = seen.count;
        while left > 0 {
            let next = self.step(&from, terminal, seen, Leniency::default());
            if next.is_empty() {
                return Err(DeadEnd::Nowhere { before: from, fitted: seen.count - left });
            }
            if next.len() > MOST_STATES {
                return Err(DeadEnd::TooMany(from));
            }
            left -= 1;
            let settled = next.len() == from.len()
                && next.iter().zip(&from).all(|(next, from)| next.state == from.state);
            from = next;
            if settled {
                break;
            }
            // a million equal lines: as long as one lane must repeat its line, there is no choice
            if let [only] = from.as_mut_slice() {
                left -= self.repeat(&mut only.state, seen, left);
            }
        }
        Ok(from)
    }

    /// Advances the lane that has just printed `seen` as far as it *must* repeat it.
    fn repeat(&self, state: &mut State, seen: PrintedLine, left: u64) -> u64 {
        for lane in 0..self.lanes.len() {
            let at = state.positions[lane];
            let Some(expected) = self.expected(lane, at.next) else { continue };
            let must = expected.times.start().saturating_sub(at.done);
            if at.done > 0
                && must > 1
                && expected.counter.is_none()
                && expected.pattern.matches_alone(seen.text, None)
                && expected.pattern.is_fixed()
                && self.lanes_of(self.scene.lanes[lane].terminal).count() == 1
            {
                let times = left.min(must - 1);
                state.positions[lane].done += times;
                return times;
            }
        }
        0
    }

    /// Whether nothing more has to come in this terminal.
    pub fn is_complete(&self, state: &State, terminal: usize) -> bool {
        self.lanes_of(terminal).all(|lane| self.lacking(state, lane).next().is_none())
    }

    /// What a lane still has to print: place, and how many times.
    pub fn lacking<'s>(
        &'s self,
        state: &State,
        lane: usize,
    ) -> impl Iterator<Item = (Position, u64)> + 's {
        let at = state.positions[lane];
        (at.next..self.lanes[lane].len()).filter_map(move |place| {
            let done = if place == at.next { at.done } else { 0 };
            let least = *self.expected(lane, place)?.times.start();
            (done < least).then(|| (Position { next: place, done }, least - done))
        })
    }

    /// How many of `rest` can be explained from `states`, whether nothing is lacking after them, and the states there.
    pub fn follow(
        &self,
        states: Vec<State>,
        terminal: usize,
        rest: &[PrintedLine],
    ) -> (usize, bool, Vec<State>) {
        let mut now: Vec<Explained> =
            states.into_iter().map(|state| Explained { state, trail: None }).collect();
        let states = |all: Vec<Explained>| all.into_iter().map(|one| one.state).collect();
        for (index, seen) in rest.iter().enumerate() {
            match self.step_many(now, terminal, *seen) {
                Ok(next) => now = next,
                Err(DeadEnd::Nowhere { before, .. } | DeadEnd::TooMany(before)) => {
                    return (index, false, states(before));
                }
            }
        }
        let complete = now.iter().any(|one| self.is_complete(&one.state, terminal));
        (rest.len(), complete, states(now))
    }

    /// One line from one state, with leniency: the script line that it was taken for, and the state.
    pub fn step_lenient(
        &self,
        state: &State,
        terminal: usize,
        seen: PrintedLine,
        leniency: Leniency,
    ) -> Vec<(usize, State)> {
        let from = [Explained { state: state.clone(), trail: None }];
        let next = self.step(&from, terminal, seen, leniency);
        next.into_iter().filter_map(|one| Some((one.trail.as_ref()?.expected, one.state))).collect()
    }
}
