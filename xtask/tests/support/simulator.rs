//! What a small program can lead to: every order in which its actors can go on is tried.
//!
//! A program is threads, or processes, that do one thing after the other; the first starts the others, and waits for them at
//! its end.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// One thing that an actor does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Prints a line (`p`).
    Print,
    /// Sleeps so many milliseconds (`s`).
    Sleep(u32),
    /// Writes a byte into this pipe (`w`), which everybody holds open and which is never full.
    Write(usize),
    /// Reads a byte from this pipe (`r`).
    Read(usize),
    /// Locks this lock (`l`).
    Lock(usize),
    /// Lets go of this lock (`u`); if it does not have it, nothing.
    Unlock(usize),
    /// The first only: waits for the end of this one (`j`).
    Join(usize),
    /// The first of processes only: kills this one (`k`).
    Kill(usize),
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Step::Print => write!(f, "p"),
            Step::Sleep(ms) => write!(f, "s{ms}"),
            Step::Write(pipe) => write!(f, "w{pipe}"),
            Step::Read(pipe) => write!(f, "r{pipe}"),
            Step::Lock(lock) => write!(f, "l{lock}"),
            Step::Unlock(lock) => write!(f, "u{lock}"),
            Step::Join(actor) => write!(f, "j{actor}"),
            Step::Kill(actor) => write!(f, "k{actor}"),
        }
    }
}

/// What a program led to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Outcome {
    /// The lines, in any order, of each moment in which there are any; in milliseconds since the beginning.
    pub printed: BTreeMap<u32, BTreeSet<String>>,
    /// Who waits for ever.
    pub hang: BTreeSet<usize>,
}

/// Where everybody is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct State {
    now: u32,
    /// Of each actor the step that comes next: 0 is that it says that it begins.
    next: Vec<usize>,
    /// Until when it sleeps.
    asleep: Vec<Option<u32>>,
    killed: BTreeSet<usize>,
    /// Bytes in each pipe.
    bytes: [u32; 3],
    owners: [Option<usize>; 3],
}

/// Tries what a program can lead to.
pub struct Simulator<'a> {
    actors: &'a [Vec<Step>],
    /// Sleeping takes exactly its time, and nothing else takes any; otherwise it takes none, or any.
    timed: bool,
    /// From a state on.
    known: BTreeMap<State, BTreeSet<Outcome>>,
}

/// With more states, nothing is said of a program.
const MOST_STATES: usize = 20_000;

impl<'a> Simulator<'a> {
    /// All outcomes; `None`: they are too many.
    pub fn outcomes(actors: &'a [Vec<Step>], timed: bool) -> Option<BTreeSet<Outcome>> {
        let mut simulator = Simulator { actors, timed, known: BTreeMap::new() };
        simulator.from(&State {
            now: 0,
            next: vec![0; actors.len()],
            asleep: vec![None; actors.len()],
            killed: BTreeSet::new(),
            bytes: [0; 3],
            owners: [None; 3],
        })
    }

    fn from(&mut self, state: &State) -> Option<BTreeSet<Outcome>> {
        if let Some(known) = self.known.get(state) {
            return Some(known.clone());
        }
        if self.known.len() > MOST_STATES {
            return None;
        }
        let able: Vec<usize> = (0..self.actors.len()).filter(|one| self.can(state, *one)).collect();
        let kills = self.actors[0].iter().any(|step| matches!(step, Step::Kill(_)));
        // what disturbs nobody can as well come first, unless somebody dies before it
        let harmless = able.iter().copied().find(|one| !kills && self.is_harmless(state, *one));
        let able = harmless.map_or(able, |one| vec![one]);
        let mut outcomes = BTreeSet::new();
        for one in &able {
            let (after, line) = self.go(state, *one);
            for mut outcome in self.from(&after)? {
                if let Some(line) = &line {
                    outcome.printed.entry(state.now).or_default().insert(line.clone());
                }
                outcomes.insert(outcome);
            }
        }
        if able.is_empty() {
            outcomes = match state.asleep.iter().flatten().min() {
                Some(until) => {
                    let asleep = state.asleep.iter().map(|one| one.filter(|one| one != until));
                    let asleep = asleep.collect();
                    self.from(&State { now: *until, asleep, ..state.clone() })?
                }
                None => {
                    let hang = (0..self.actors.len()).filter(|one| !self.is_over(state, *one));
                    [Outcome { printed: BTreeMap::new(), hang: hang.collect() }].into()
                }
            };
        }
        self.known.insert(state.clone(), outcomes.clone());
        Some(outcomes)
    }

    /// Beginning, its steps, its end, and of the first one that it has waited for all others.
    fn is_over(&self, state: &State, one: usize) -> bool {
        let last = self.actors[one].len() + 2 + usize::from(one == 0);
        state.next[one] == last || state.killed.contains(&one)
    }

    fn step(&self, state: &State, one: usize) -> Option<Step> {
        let index = state.next[one].checked_sub(1)?;
        self.actors[one].get(index).copied()
    }

    fn can(&self, state: &State, one: usize) -> bool {
        if self.is_over(state, one) || state.asleep[one].is_some() {
            return false;
        }
        match self.step(state, one) {
            Some(Step::Read(pipe)) => state.bytes[pipe] > 0,
            Some(Step::Lock(lock)) => state.owners[lock].is_none(),
            Some(Step::Join(other)) => self.is_over(state, other),
            None if state.next[one] == self.actors[one].len() + 2 => {
                (1..self.actors.len()).all(|other| self.is_over(state, other))
            }
            _ => true,
        }
    }

    fn is_harmless(&self, state: &State, one: usize) -> bool {
        !matches!(self.step(state, one), Some(Step::Read(_) | Step::Lock(_) | Step::Kill(_)))
    }

    /// The state after its next step, and the line that it prints.
    fn go(&self, state: &State, one: usize) -> (State, Option<String>) {
        let mut after = state.clone();
        let mut line = None;
        let index = state.next[one];
        after.next[one] += 1;
        match self.step(state, one) {
            Some(Step::Print) => line = Some(format!("{one} is at {}", index - 1)),
            Some(Step::Sleep(ms)) if self.timed => after.asleep[one] = Some(state.now + ms),
            Some(Step::Write(pipe)) => after.bytes[pipe] += 1,
            Some(Step::Read(pipe)) => after.bytes[pipe] -= 1,
            Some(Step::Lock(lock)) => after.owners[lock] = Some(one),
            Some(Step::Unlock(lock)) if state.owners[lock] == Some(one) => {
                after.owners[lock] = None;
            }
            Some(Step::Kill(other)) if !self.is_over(state, other) => {
                after.killed.insert(other);
                after.asleep[other] = None;
            }
            None if index == 0 => line = Some(format!("{one} begins")),
            None if index == self.actors[one].len() + 1 => {
                line = Some(format!("{one} ends"));
                // its guards have been dropped just before
                for owner in &mut after.owners {
                    *owner = owner.filter(|owner| *owner != one);
                }
            }
            _ => {}
        }
        (after, line)
    }
}
