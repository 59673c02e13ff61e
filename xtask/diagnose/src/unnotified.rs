//! A thread waits at a condition variable, always until its time is up, and nobody is ever woken there.

use events::{Activity, Kind};
use judge::{Rule, Verdict};

use super::Case;
use super::cause::{Cause, Certainty};
use super::code::Code;
use super::finding::Finding;

/// What may be wrong where somebody goes on as if nothing had come.
const RULES: [Rule; 7] =
    [Rule::Time, Rule::Missing, Rule::Text, Rule::Extra, Rule::Divider, Rule::Stderr, Rule::Exit];

/// What may be why, of what nobody else has explained.
pub fn find(case: &Case, verdict: &Verdict, causes: &[Cause]) -> Option<Cause> {
    let (about, terminal, tid, length) =
        case.events.iter().enumerate().find_map(|(index, event)| match &event.kind {
            Kind::Traced {
                terminal, tid, activity: Activity::NeverNotified { length }, ..
            } => Some((index, *terminal, *tid, *length)),
            _ => None,
        })?;
    let is_open = |index: &usize| {
        let failure = &verdict.failures[*index];
        let is_its = failure.subject.terminal(case.scene) == Some(terminal);
        let is_known = causes
            .iter()
            .any(|cause| cause.failure == Some(*index) || cause.consequences.contains(index));
        // what shows earlier has another reason
        let is_later = failure.event.is_none_or(|event| event > about);
        is_its && !is_known && is_later && RULES.contains(&failure.rule)
    };
    let mut open = (0..verdict.failures.len()).filter(is_open);
    let first = open.next()?;
    let fact = format!(
        "「{}」的线程 {tid} 在条件变量上等了 {:.1} 秒，每次都等到时限；这期间没有一个线程去叫醒过等在那里的",
        case.scene.terminals[terminal].name,
        length.as_secs_f64()
    );
    let code = Code::ConditionNeverNotified;
    let why = "改了条件的线程没有通知（notify），或者根本没有改到：等的人只好等到时限";
    let finding = Finding::new(code, Certainty::Candidate, why).demoted(fact);
    let finding = finding
        .advises("改了条件之后要通知（notify_one、notify_all），在同一个条件变量上；等的人在循环里看条件")
        .about_event(about)
        .at(case.events[about].place.as_ref())
        .in_terminal(terminal);
    Some(Cause { consequences: open.collect(), ..finding.explains(Some(first)) })
}
