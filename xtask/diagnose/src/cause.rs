//! What a diagnosis says: a [`Cause`], and its parts.

use std::collections::BTreeSet;
use std::time::Duration;

use events::Place;

use super::code::{Code, Remedy};

/// Why a failure came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// The event that it explains: an index into the scene's.
    pub about: usize,
    /// The failure that it explains: an index into the verdict's failures; `None`: nothing was judged.
    pub failure: Option<usize>,
    /// Other failures that are its consequence, too: indexes into the verdict's.
    pub consequences: Vec<usize>,
    /// Which kind of cause.
    pub code: Code,
    /// Whether it is certain.
    pub certainty: Certainty,
    /// The terminal whose program has to change (an index into
    /// [`Scene::terminals`](course::script::Scene::terminals)); `None`: it may be any.
    pub culprit: Option<usize>,
    /// Where in the culprit's source, if that is known.
    pub place: Option<Place>,
    /// The facts that it rests on.
    pub evidence: Vec<Evidence>,
    /// What to change; `None`: that depends on what the program is for.
    pub remedy: Option<Remedy>,
    /// What is certain, in Chinese, whether or not it is this cause; `None`: the facts say it. The same for all candidates of
    /// an event.
    pub fact: Option<String>,
    /// What a teacher would say, in Chinese: why, without what to change.
    pub sentence: String,
    /// What to change, in Chinese.
    pub advice: Option<String>,
}

/// How much the facts say about a cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// Everything that is said follows from what the kernel knows: who holds what, and who waits for whom.
    Proved,
    /// It fits the facts, and so would another mistake: what a program expects was concluded from a pattern, or from the
    /// names of functions on a stack.
    Candidate,
}

impl Certainty {
    /// [`Proved`](Certainty::Proved) if `proved`.
    pub fn proved_if(proved: bool) -> Certainty {
        if proved { Certainty::Proved } else { Certainty::Candidate }
    }
}

/// How much a cause says of why something went wrong: what says most comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Known {
    /// A cause that is proved, and is not the consequence of another program's.
    Cause,
    /// One that may be it.
    Candidates,
    /// Only that another program came to its end or to a halt.
    Symptom,
}

/// A fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Evidence {
    /// Somebody waits.
    Waits(Waiter),
    /// What was last sent has no end: a line without its newline.
    HalfALine {
        /// The terminal that sent it.
        terminal: usize,
        /// The text, from the last newline on.
        text: String,
    },
}

/// A thread that waits, or many that wait for the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiter {
    /// Index into [`Scene::terminals`](course::script::Scene::terminals).
    pub terminal: usize,
    /// The process.
    pub pid: i32,
    /// The thread; the first of many.
    pub tid: i32,
    /// How many threads.
    pub count: usize,
    /// In which call, e.g. `接收（recv）`.
    pub call: String,
    /// For what and whom, in Chinese.
    pub target: String,
    /// Bytes that lie unread on this side and on the other, where it waits for a connection.
    pub unread: Option<(u64, u64)>,
    /// Where in its source.
    pub place: Option<Place>,
    /// Since when (time of the programs' clock).
    pub since: Duration,
}

impl Cause {
    /// All failures that it explains: indexes into the verdict's, the first first.
    pub fn failures(&self) -> impl Iterator<Item = usize> {
        self.failure.into_iter().chain(self.consequences.iter().copied())
    }

    /// It does not explain these; `None`: nothing is left that it would explain.
    pub(crate) fn without(self, failures: &BTreeSet<usize>) -> Option<Cause> {
        let left: Vec<usize> = self.failures().filter(|one| !failures.contains(one)).collect();
        let (first, others) = left.split_first()?;
        Some(Cause { failure: Some(*first), consequences: others.to_vec(), ..self })
    }

    /// How much it says.
    pub fn known(&self) -> Known {
        match self.certainty {
            _ if self.code.leads_elsewhere() => Known::Symptom,
            Certainty::Proved => Known::Cause,
            Certainty::Candidate => Known::Candidates,
        }
    }

    /// Everybody who waits, the same wait in many threads of a process only once.
    pub fn waiters(&self) -> impl Iterator<Item = &Waiter> {
        self.evidence.iter().filter_map(|fact| match fact {
            Evidence::Waits(waiter) => Some(waiter),
            Evidence::HalfALine { .. } => None,
        })
    }
}
