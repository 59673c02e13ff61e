//! A program that crashes over an exit code that its child does not have.

use events::{Activity, Call, Event, Exit, Kind, Line, Stream};
use nix::sys::signal::Signal;

use super::super::cause::Certainty;
use super::super::code::Code;
use super::super::finding::Finding;
use super::Past;

/// A thread panics over a `None`, and the last that it did was to wait for a child that a signal had killed:
/// `ExitStatus::code` is `None` for that. Which `None` it was the message does not say.
pub fn find(past: &Past) -> Option<Finding> {
    let events = past.case.events;
    events.iter().enumerate().find_map(|(index, event)| {
        let Kind::Line(line) = &event.kind else { return None };
        let is_none = line.text.contains("called `Option::unwrap()` on a `None` value");
        if line.stream != Stream::Err || !is_none {
            return None;
        }
        let number = last_waited_for(&events[..index], line)?;
        let signal = Signal::try_from(number).ok()?;
        let name = past.roster.process_name(line.source?.pid);
        let sentence = format!(
            "{name}刚等到的子进程是被信号 {} 终止的，没有退出码：它的 ExitStatus::code() 是 None，unwrap 就会崩溃",
            signal.as_str()
        );
        let finding = Finding::new(Code::NoExitCode, Certainty::Candidate, sentence);
        let finding = finding.advises(
            "先看 code() 是不是 None：被信号终止的子进程，用 ExitStatusExt::signal() 看是哪个信号",
        );
        Some(finding.about_event(index).in_terminal(line.terminal))
    })
}

/// The signal that killed the child, if waiting for it was the last call of who printed this.
fn last_waited_for(before: &[Event], line: &Line) -> Option<i32> {
    let source = line.source?;
    let last = before.iter().rev().find_map(|event| match &event.kind {
        Kind::Traced { pid, tid, activity: Activity::Leave { call, .. }, .. }
            if (*pid, *tid) == (source.pid, source.tid) =>
        {
            Some(call)
        }
        _ => None,
    });
    match last {
        Some(Call::Wait { ended: Some(Exit::Signal(number)), .. }) => Some(*number),
        _ => None,
    }
}
