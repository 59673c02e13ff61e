//! Compares what happened with what the script says. Pure: events in, a [`Verdict`] out.
//!
//! | file | task |
//! | --- | --- |
//! | `matcher` | deals the output to lanes: follows all explanations at once, names, who printed what |
//! | `output` | is there an explanation for what every terminal printed? |
//! | `carried` | what came on a connection, and whether a file's bytes are a part of it |
//! | `blame` | if not: the smallest change that would make it right, which names the mistake |
//! | `truth` | the true numbers of processes and threads |
//! | `practice` | did the programs really do what the lesson teaches? |
//! | `unseen` | a program that nobody can watch, where it should be seen what it does |
//! | `hang` | all wait for each other, or one computes for ever |
//! | `dividers` | lines of different programs: dividers (`----`) |
//! | `rule` | what can be wrong, and what each is called |
//! | `subject` | whose output a broken rule is about |
//! | `facts` | exits, listening, files, orphans, what must not appear |

mod blame;
mod carried;
mod dividers;
mod facts;
mod hang;
mod matcher;
mod output;
mod practice;
mod printer;
mod rule;
mod subject;
#[cfg(test)]
mod tests;
mod truth;
mod unseen;

use course::script::Scene;
use events::{Event, Kind, Line, Stream};

pub use carried::Carried;
pub use facts::{says_panic, waiting_in_words};
pub use rule::Rule;
pub use subject::Subject;

/// A broken rule, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Which rule.
    pub rule: Rule,
    /// The script's line that states it, from 1.
    pub line: usize,
    /// Whose output it is about.
    pub subject: Subject,
    /// What the script asks for.
    pub expected: Option<String>,
    /// What came instead.
    pub got: Option<String>,
    /// One more sentence, in Chinese; may be empty.
    pub detail: String,
    /// The event that shows it: an index into the scene's events.
    pub event: Option<usize>,
}

/// Something that the observer could not find out. Never counted as passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unchecked {
    /// The script's line, from 1.
    pub line: usize,
    /// What was not checked, in Chinese.
    pub what: String,
}

/// The result of one scene.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Broken rules, the most telling first; none: the scene passed.
    pub failures: Vec<Failure>,
    /// What could not be checked.
    pub unchecked: Vec<Unchecked>,
}

impl Verdict {
    /// Everything that could be checked holds.
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}

/// Judges one scene.
pub fn judge(scene: &Scene, events: &[Event]) -> Verdict {
    let mut failures = facts::of_programs(scene, events);
    let mut output = output::check(scene, events);
    let hang = hang::check(scene, events);
    if hang.is_some() {
        let direction = hang::direction(events);
        output.failures.retain(|failure| !hang::is_consequence(scene, direction, failure));
    }
    let mut unchecked = output.unchecked;
    unchecked.extend(practice::unchecked(scene, events));
    let mut practice = practice::check(scene, events);
    practice.extend(unseen::check(scene, events, &unchecked));
    // a line from the wrong process is explained by how many processes there were
    let explains = output.failures.iter().any(|failure| failure.rule == Rule::Source);
    let (first, second) = match explains {
        true => (practice, output.failures),
        false => (output.failures, practice),
    };
    failures.extend(first);
    failures.extend(second);
    // a server that listens somewhere else leaves everybody waiting
    if !failures.iter().any(|failure| failure.rule == Rule::Listen) {
        failures.extend(hang);
    }
    if failures.is_empty() {
        failures.extend(dividers::check(scene, events, &output.matched));
    }
    failures.extend(facts::leftovers(scene, events));
    if failures.iter().any(|failure| failure.rule == Rule::Processes) {
        // where no more processes are to be had, parents fail and leave their children: no mistakes of their own
        failures.retain(|failure| !matches!(failure.rule, Rule::Exit | Rule::Orphan));
    }
    unchecked.extend(events.iter().filter_map(|event| match &event.kind {
        Kind::Untraceable { why, .. } => {
            let what = format!("程序的每一步：这里不能跟踪（{why}）");
            Some(Unchecked { line: scene.line, what })
        }
        Kind::TooManyWrites { .. } => {
            let what = "程序的每一步：写输出的次数太多，没有跟踪到底".to_owned();
            Some(Unchecked { line: scene.line, what })
        }
        _ => None,
    }));
    Verdict { failures, unchecked }
}

/// Whether everything that the programs did is known.
fn is_traced(events: &[Event]) -> bool {
    let any = |wanted: fn(&Kind) -> bool| events.iter().any(|event| wanted(&event.kind));
    any(|kind| matches!(kind, Kind::Tracing { .. }))
        && !any(|kind| matches!(kind, Kind::Untraceable { .. } | Kind::TooManyWrites { .. }))
}

/// The lines of one stream of one terminal, with their index into `events`.
fn lines_of(
    events: &[Event],
    terminal: usize,
    stream: Stream,
) -> impl Iterator<Item = (usize, &Line)> {
    events.iter().enumerate().filter_map(move |(index, event)| match &event.kind {
        Kind::Line(line) if line.terminal == terminal && line.stream == stream => {
            Some((index, line))
        }
        _ => None,
    })
}
