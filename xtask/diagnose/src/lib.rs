//! Why a failure came about: from what the judge says is wrong, and the events, to the mistake behind it. Pure; it
//! runs after the judge, which knows nothing of it.
//!
//! | file | task |
//! | --- | --- |
//! | `cause` | what a diagnosis says: a [`Cause`], its certainty and its evidence |
//! | `code` | the kinds of causes, and what helps against each |
//! | `standstill` | which sentence a hang gets ([`Rule::Hang`]): a table of shapes, the shapes of one subject in a file |
//! | `finding` | what a shape has found |
//! | `roster` | who is who: processes, threads, the two ends of a connection, what was said on it |
//! | `words` | one thread: in which call, for whom |
//!
//! To add a cause: a [`Code`], not the last one, with its place in [`Code::ALL`] and its [`id`](Code::id), and
//!
//! - for a standstill: a function from `Roster` to a finding, and its row in `standstill`'s table,
//!   before the shapes that are its consequence;
//! - for any other rule: a file with a function from a `Case` to a finding, and its row in `FINDERS`.
//!
//! Nothing else changes: reports say what the cause says.

mod cause;
mod code;
mod finding;
mod roster;
mod standstill;
#[cfg(test)]
mod tests;
mod words;

use course::script::Scene;
use events::Event;
use judge::{Failure, Rule, Verdict};

pub use cause::{Cause, Certainty, Evidence, Waiter};
pub use code::{Code, Remedy};

use finding::Finding;

/// A failure whose cause is looked for.
struct Case<'a> {
    scene: &'a Scene,
    events: &'a [Event],
}

/// Looks for the cause of a failure.
type Finder = fn(&Case) -> Option<Finding>;

/// Who looks for the cause of which failures; of several the first that finds one.
const FINDERS: [(Rule, Finder); 1] = [(Rule::Hang, standstill::find)];

/// The causes of what is wrong in a scene, at most one for each failure, in their order.
pub fn diagnose(scene: &Scene, events: &[Event], verdict: &Verdict) -> Vec<Cause> {
    let case = Case { scene, events };
    let cause = |(index, failure): (usize, &Failure)| {
        let mut finders = FINDERS.iter().filter(|(rule, _)| *rule == failure.rule);
        Some(finders.find_map(|(_, find)| find(&case))?.explains(index))
    };
    verdict.failures.iter().enumerate().filter_map(cause).collect()
}
