//! Dividers (`----`): everything above one comes before everything below it, in every program.
//!
//! Within one program the order of the lines is known and `lanes` has checked it. Between programs only
//! what is certain counts: see [`Window`](events::Window).

use course::script::Scene;
use events::Event;

use super::output::Matched;
use super::{Failure, Rule, Subject};

/// The first pair of lines that is certainly in the wrong order.
pub fn check(scene: &Scene, events: &[Event], matched: &[Matched]) -> Option<Failure> {
    let section = |one: &Matched| scene.lines[one.expected].section;
    let last = matched.iter().map(section).max()?;
    for divider in 1..=last {
        let above = matched.iter().filter(|one| section(one) < divider);
        let below = matched.iter().filter(|one| section(one) >= divider);
        // the latest line above against the earliest below
        let late = above.max_by_key(|one| events[one.event].window.after)?;
        let early = below.min_by_key(|one| events[one.event].window.by)?;
        if !events[late.event].window.certainly_after(events[early.event].window) {
            continue;
        }
        let (late_line, early_line) = (&scene.lines[late.expected], &scene.lines[early.expected]);
        let text = |one: &Matched| match &events[one.event].kind {
            events::Kind::Line(line) => line.text.clone(),
            _ => String::new(),
        };
        return Some(Failure {
            rule: Rule::Divider,
            line: early_line.line,
            subject: Subject::Lane(early_line.lane),
            expected: Some(format!(
                "「{}」的「{}」先出现",
                scene.lane_name(late_line.lane),
                text(late)
            )),
            got: Some(text(early)),
            detail: format!("第 {} 行在横线上方，应当在这一行之前", late_line.line),
            event: Some(early.event),
        });
    }
    None
}
