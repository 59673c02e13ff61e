//! A scene that passes in the plainest order of its turns, and fails in another one.

use course::script::Scene;
use events::{Event, Kind, Stream};
use judge::{Failure, Rule, Verdict};

use super::cause::{Cause, Certainty};
use super::code::Code;
use super::finding::Finding;

/// What is said where only the order is another one, and what helps.
const WHY: &str = "谁先谁后没有规定（sched(7)），结果却随先后变：程序靠的可能是平常恰好的次序，也可能是读出来、改好、再写回，这中间别的线程也改了，就丢了一次（lost update）";
const ADVICE: &str =
    "读、改、写回放在同一次加锁里；要有先后，就等：join、wait、条件变量，不要靠谁恰好先走";

/// Why a scene that passed in its usual order failed with this seed: what it printed in both. Nothing is said where another
/// cause is known, or where something else than a line is wrong.
pub fn other_order(
    scene: &Scene,
    usual: &[Event],
    events: &[Event],
    verdict: &Verdict,
    seed: u64,
) -> Option<Cause> {
    let (index, failure) =
        verdict.failures.iter().enumerate().find(|(_, one)| one.rule == Rule::Text)?;
    let (got, event) = (failure.got.as_deref()?, failure.event?);
    let terminal = failure.subject.terminal(scene)?;
    let line = usual_line(scene, usual, failure, terminal)?;
    if line == got || event >= events.len() {
        return None;
    }
    let name = &scene.terminals[terminal].name;
    let fact = format!(
        "平常的次序里「{name}」印的是「{line}」，演通过；换一个次序（--seed {seed}）印的是「{got}」"
    );
    let finding = Finding::new(Code::OthersCameFirst, Certainty::Candidate, WHY).demoted(fact);
    let finding = finding.advises(ADVICE).about_event(event).in_terminal(terminal);
    Some(finding.explains(Some(index)))
}

/// The line of the usual play that stands where another one was printed.
fn usual_line<'a>(
    scene: &Scene,
    usual: &'a [Event],
    failure: &Failure,
    terminal: usize,
) -> Option<&'a str> {
    let expected = scene.lines.iter().find(|one| one.line == failure.line)?;
    usual.iter().find_map(|event| match &event.kind {
        Kind::Line(line) => {
            let is_it = (line.terminal, line.stream) == (terminal, Stream::Out)
                && expected.pattern.matches_alone(&line.text, expected.counter);
            is_it.then_some(line.text.as_str())
        }
        _ => None,
    })
}
