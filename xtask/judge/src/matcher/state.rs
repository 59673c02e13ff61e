//! One explanation of the lines so far, and how it came about.

use std::rc::Rc;

use course::script::Bindings;
use events::Source;

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
    /// Index into [`Scene::lines`](course::script::Scene::lines).
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
