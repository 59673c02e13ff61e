//! A program that does something so that it cannot be traced: what its lesson teaches is not seen, and does not count as
//! shown.

use course::script::Scene;
use events::{Event, Kind};

use super::{Failure, Rule, Subject, Unchecked};

/// The failure, where something would have been seen but for what the program does, unless the script allows it.
pub fn check(scene: &Scene, events: &[Event], unchecked: &[Unchecked]) -> Option<Failure> {
    let (event, terminal, why) =
        events.iter().enumerate().find_map(|(index, event)| match &event.kind {
            // of output that nobody was seen to write nobody knows who is to blame
            Kind::Untraceable { terminal: Some(terminal), why, .. } => {
                Some((index, *terminal, why))
            }
            _ => None,
        })?;
    let first = unchecked.first().filter(|_| !scene.may_hide)?;
    let others = match unchecked.len() {
        1 => String::new(),
        count => format!("（等 {count} 项）"),
    };
    let subject = Subject::Terminal(terminal);
    let detail = format!("{why}。做法没法检查：{}{others}", first.what);
    let line = first.line;
    let event = Some(event);
    Some(Failure { rule: Rule::Unseen, line, subject, expected: None, got: None, detail, event })
}
