//! Why something went wrong: from the events, and what the judge says of them, to the mistake behind it. Pure; it
//! runs after the judge, which knows nothing of it.
//!
//! | file | task |
//! | --- | --- |
//! | `cause` | what a diagnosis says: a [`Cause`], its certainty and its evidence |
//! | `code` | the kinds of causes (`code/table`), and what helps against each |
//! | `consequence` | which kinds only lead to another program |
//! | `title` | what each kind is called |
//! | `tell` | causes as sentences: facts as facts, candidates as candidates |
//! | `standstill` | which sentence a hang gets: a table of shapes, the shapes of one subject in a file |
//! | `failures` | why calls failed, and what the programs' ends left undone |
//! | `mistakes` | why a scene failed whose programs did something else than its script asks |
//! | `orders` | why a scene failed in another order than the usual one |
//! | `finding` | what a shape has found |
//! | `guards` | which locks a thread has, as its source tells |
//! | `library` | what a thread is in the middle of, as the library's functions on its stack tell |
//! | `source` | a line of a function, and what stands around it |
//! | `endings` | who has ended, and with which error |
//! | `roster` | who is who: processes, threads, the two ends of a connection; `roster/history`: what was said on it; `roster/script`: what the script would still do |
//! | `reading` | for what a thread that reads waits: by its stack, its source, the sizes that it asked for |
//! | `unnotified` | who waits at a condition variable where nobody is ever woken |
//! | `words` | one thread: in which call, for whom |
//!
//! To add a cause: its row in the table of [`Code`]s (`code/table`), with its [`id`](Code::id), its
//! [`title`](Code::title) and its section in `docs/mistakes.md` (`cause-` and the id), and
//!
//! - for a standstill: a function from `Roster` to a finding, and its row in `standstill`'s table,
//!   before the shapes that are its consequence;
//! - for what a script asks of a program: a function from a `Play` to `Mistake`s, and its row in `mistakes`' table;
//! - for anything else: a file with a function from a `Case` to findings, and its row in `FINDERS`.
//!
//! Nothing else changes: reports say what the cause says.

mod cause;
mod code;
mod consequence;
mod endings;
mod failures;
mod finding;
mod guards;
mod library;
mod mistakes;
mod orders;
mod reading;
mod roster;
mod source;
mod standstill;
mod tell;
#[cfg(test)]
mod tests;
mod title;
mod unnotified;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use course::script::Scene;
use events::{Event, Exit, Kind, Line};
use judge::{Rule, Subject, Verdict};

pub use cause::{Cause, Certainty, Evidence, Known, Waiter};
pub use code::{Code, Remedy};
pub use orders::other_order;
pub use tell::{tell, tell_with};

use finding::Finding;

/// A scene in which something went wrong.
struct Case<'a> {
    scene: &'a Scene,
    events: &'a [Event],
}

/// Looks for causes: of one event either a single one that is proved, or candidates, the likeliest first.
type Finder = fn(&Case) -> Vec<Finding>;

/// Who looks for causes.
const FINDERS: [Finder; 2] = [standstill::find, failures::find];

/// The causes of whatever went wrong in a scene, with nothing expected of it. Those of one event stand together: one
/// that is proved, or candidates, the likeliest first.
pub fn explain(scene: &Scene, events: &[Event]) -> Vec<Cause> {
    let case = Case { scene, events };
    let found = FINDERS.iter().flat_map(|find| find(&case));
    let found = found.filter(|finding| finding.may_change(scene));
    let found = found.map(|finding| finding.explains(None));
    spare_the_given(scene, found.collect())
}

/// A program that is given is right: it is not what has to change. Where nobody else comes into question, it is only said
/// what may have kept it.
fn spare_the_given(scene: &Scene, causes: Vec<Cause>) -> Vec<Cause> {
    let blames_given = |cause: &Cause| cause.culprit.is_some_and(|one| scene.is_given(one));
    let others: BTreeSet<usize> =
        causes.iter().filter(|cause| !blames_given(cause)).map(|cause| cause.about).collect();
    let spared = causes.into_iter().filter_map(|cause| match blames_given(&cause) {
        false => Some(cause),
        true if others.contains(&cause.about) => None,
        true => Some(Cause {
            certainty: Certainty::Candidate,
            culprit: None,
            place: None,
            remedy: None,
            advice: None,
            ..cause
        }),
    });
    spared.collect()
}

fn ended_well(events: &[Event], of: usize) -> bool {
    events.iter().any(|event| {
        matches!(event.kind, Kind::Exited { terminal, exit: Exit::Code(0) } if terminal == of)
    })
}

/// Why a scene failed that passed when it was played kindly, with everything else the same: what an unkind kernel kept from
/// its programs. It explains the first failure, and is said before all others.
pub fn unkindness(scene: &Scene, events: &[Event], verdict: &Verdict) -> Option<Cause> {
    let failure = (!verdict.failures.is_empty()).then_some(0);
    let finding = failures::find_unkindness(&Case { scene, events }).filter(|_| failure.is_some());
    let finding = finding.filter(|finding| finding.may_change(scene))?;
    spare_the_given(scene, vec![finding.explains(failure)]).pop()
}

/// The causes of what is wrong in a scene, in the order in which they should be mended: what is proved, then what only may be
/// so, then what only leads to another program. Each says which failure it explains.
pub fn diagnose(scene: &Scene, events: &[Event], verdict: &Verdict) -> Vec<Cause> {
    if verdict.failures.is_empty() {
        return Vec::new();
    }
    let failure_of = |cause: &Cause| {
        let has = |rules: &[Rule], terminal: Option<usize>| {
            verdict.failures.iter().position(|failure| {
                // who should have ended badly, and did not, has got over it all too well
                let its = terminal.is_none_or(|one| {
                    failure.subject == Subject::Terminal(one) && !ended_well(events, one)
                });
                its && rules.contains(&failure.rule)
            })
        };
        match &events.get(cause.about)?.kind {
            Kind::Stuck { .. } => has(&[Rule::Hang], None),
            Kind::Lull { .. } => has(&[Rule::Time], None),
            // that it computes says the judge
            Kind::Computing { .. } if cause.code != Code::ComputesForEver => {
                has(&[Rule::Computing], None)
            }
            // what went wrong in a program that then ended badly
            Kind::Traced { terminal, .. } | Kind::Line(Line { terminal, .. }) => {
                has(&[Rule::Panic, Rule::Exit, Rule::Connect, Rule::Listen], Some(*terminal))
            }
            _ => None,
        }
    };
    let causes = explain(scene, events).into_iter();
    let mut causes: Vec<Cause> = causes
        .filter_map(|cause| {
            let failure = failure_of(&cause)?;
            Some(Cause { failure: Some(failure), ..cause })
        })
        .collect();
    // of several things that went wrong, the last before the end
    let mut last: BTreeMap<Option<usize>, usize> = BTreeMap::new();
    for cause in &causes {
        let about = last.entry(cause.failure).or_default();
        *about = cause.about.max(*about);
    }
    causes.retain(|cause| last.get(&cause.failure) == Some(&cause.about));
    let mistakes = mistakes::find(&Case { scene, events }, verdict);
    let mut causes = before_the_rest(mistakes, causes);
    causes.extend(unnotified::find(&Case { scene, events }, verdict, &causes));
    causes.sort_by_key(Cause::known);
    causes
}

/// What a program did wrong comes first, and what followed from it is not explained once more; but nothing comes before a
/// standstill that has another cause, and nothing that only may be so explains what something else is proved to explain.
fn before_the_rest(mistakes: Vec<Cause>, causes: Vec<Cause>) -> Vec<Cause> {
    let known = causes.iter().filter(|cause| cause.known() == Known::Cause);
    let known: BTreeSet<usize> = known.filter_map(|cause| cause.failure).collect();
    let mistakes: Vec<Cause> = mistakes
        .into_iter()
        .filter_map(|cause| match cause.certainty {
            Certainty::Proved => Some(cause),
            Certainty::Candidate => cause.without(&known),
        })
        .collect();
    let explained: BTreeSet<usize> = mistakes.iter().flat_map(Cause::failures).collect();
    let others = causes
        .into_iter()
        .filter(|cause| cause.failure.is_none_or(|failure| !explained.contains(&failure)));
    let (mut all, rest): (Vec<Cause>, Vec<Cause>) =
        others.partition(|cause| !cause.evidence.is_empty() && !cause.code.leads_elsewhere());
    all.extend(mistakes);
    all.extend(rest);
    all
}
