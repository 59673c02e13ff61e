//! Follows all explanations of a program's output at once, line by line.
//!
//! An explanation is a [`State`]: how far each lane has come, what the names stand for, and which process or
//! thread each lane is. A line leads from each state to those in which some lane prints it.
//!
//! | file | task |
//! | --- | --- |
//! | `state` | one explanation, and how it came about |
//! | `fit` | does a line fit a line of the script: its text, its numbers, its printer? |
//! | `advance` | from the explanations before a line to those after it |

mod advance;
mod fit;
mod state;

use std::rc::Rc;

use course::script::{Expected, Scene};
use events::{Event, Kind, Line, Source};

use super::truth::Truth;

pub use advance::DeadEnd;
pub use fit::Leniency;
pub use state::{Explained, Position, State, Trail};

/// A line as the matcher sees it.
#[derive(Debug, Clone, Copy)]
pub struct PrintedLine<'a> {
    /// What it says, without the newline.
    pub text: &'a str,
    /// How many equal lines it stands for.
    pub count: u64,
    /// Who printed it, where that is known.
    pub source: Option<Source>,
    /// Index into the scene's events.
    pub event: usize,
}

impl<'a> PrintedLine<'a> {
    /// The line of an event: an index into the scene's events.
    pub fn new(event: usize, line: &'a Line) -> PrintedLine<'a> {
        PrintedLine { text: &line.text, count: line.count, source: line.source, event }
    }
}

/// The scene, arranged for matching.
pub struct Matcher<'a> {
    /// What should be printed.
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

impl<'a> Matcher<'a> {
    /// For what a scene has shown.
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

    /// Nothing has been printed yet.
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
}
