//! Everything but the lines: did the programs start, listen and end as they should, and what did they
//! leave?
//!
//! | file | task |
//! | --- | --- |
//! | `panics` | programs that panicked |
//! | `listening` | listening and connecting where the script says |
//! | `limits` | time, and everything else that a scene may not use without end |
//! | `exits` | how the programs ended |
//! | `signals` | signals to somebody outside the scene |
//! | `leftovers` | files, orphans, what must not appear |

mod exits;
mod leftovers;
mod limits;
mod listening;
mod panics;
mod signals;

use course::script::{Action, Scene};
use events::{Event, Exit, Kind, Stream};

use super::{Failure, Rule, Subject, lines_of};

pub use leftovers::leftovers;
pub use limits::waiting_in_words;
pub use panics::says_panic;

/// What went wrong with the programs themselves. Lines may be wrong or lacking because of it: it comes first in a report.
pub fn of_programs(scene: &Scene, events: &[Event]) -> Vec<Failure> {
    let mut failures = Vec::new();
    for (index, event) in events.iter().enumerate() {
        match &event.kind {
            Kind::CannotStart { terminal, why } => {
                let line = start_line(scene, *terminal);
                failures.push(failure(Rule::Start, line, *terminal, why, Some(index)));
            }
            Kind::TooMuchOutput { terminal, bytes } => {
                let detail = format!("已经印了 {bytes} 字节，不再等它");
                let line = start_line(scene, *terminal);
                failures.push(failure(Rule::TooMuchOutput, line, *terminal, &detail, Some(index)));
            }
            Kind::Excess(excess) => failures.push(limits::excess(scene, excess, index)),
            Kind::Traced { terminal, pid, activity, .. } => {
                let Some(detail) = signals::stray_signal(events, *pid, activity) else { continue };
                let line = start_line(scene, *terminal);
                let rule = Rule::StraySignal;
                failures.push(failure(rule, line, *terminal, &detail, Some(index)));
            }
            _ => {}
        }
    }
    panics::panics(scene, events, &mut failures);
    listening::not_connected(scene, events, &mut failures);
    listening::not_listening(scene, events, &mut failures);
    limits::out_of_time(scene, events, &mut failures);
    exits::exits(scene, events, &mut failures);
    failures
}

fn failure(
    rule: Rule,
    line: usize,
    terminal: usize,
    detail: &str,
    event: Option<usize>,
) -> Failure {
    let (subject, detail) = (Subject::Terminal(terminal), detail.to_owned());
    Failure { rule, line, subject, expected: None, got: None, detail, event }
}

/// The script's line that starts the program of a terminal.
pub fn start_line(scene: &Scene, terminal: usize) -> usize {
    scene
        .directions
        .iter()
        .find(|direction| {
            direction.terminal == terminal && matches!(direction.action, Action::Start { .. })
        })
        .map_or(scene.line, |direction| direction.line)
}

/// The runner ended the scene before it was over.
pub fn is_cut(events: &[Event]) -> bool {
    cut_at(events).is_some()
}

/// When the runner ended the scene before it was over: what happened later says nothing.
fn cut_at(events: &[Event]) -> Option<usize> {
    events.iter().position(|event| {
        matches!(
            event.kind,
            Kind::OutOfTime { .. }
                | Kind::TooMuchOutput { .. }
                | Kind::Excess(_)
                | Kind::Stuck { .. }
                | Kind::TooManyEvents { .. }
                | Kind::Computing { .. }
        )
    })
}

/// How a program ended by itself: after a cut the runner ends everything, which does not count.
fn exit_of(events: &[Event], terminal: usize) -> Option<(usize, Exit)> {
    let over = cut_at(events).unwrap_or(events.len());
    events[..over].iter().enumerate().find_map(|(index, event)| match event.kind {
        Kind::Exited { terminal: t, exit } if t == terminal => Some((index, exit)),
        _ => None,
    })
}

/// The last line on standard error, in words: usually the program's own explanation. How to see more of it says nothing.
fn last_words(events: &[Event], terminal: usize) -> Option<String> {
    let is_hint = |text: &str| text.starts_with("note: ") && text.contains("RUST_BACKTRACE");
    let lines = lines_of(events, terminal, Stream::Err);
    let (_, line) = lines.filter(|(_, line)| !is_hint(&line.text)).last()?;
    Some(format!("它最后说：{}", line.text))
}
