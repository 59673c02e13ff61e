//! One receive that was taken for a whole message.

use std::collections::BTreeSet;

use events::{Activity, Call, CallResult, Event, Exit, Kind, Object};

use super::super::cause::Certainty;
use super::super::code::Code;
use super::super::finding::Finding;
use super::Past;
use super::ledger::out;

/// A process received a part of what was sent to it, did nothing more but to say something, and ended with an error. That the one
/// is why of the other is not certain.
pub fn find(past: &Past) -> Option<Finding> {
    let events = past.case.events;
    let badly = ended_badly(past);
    events.iter().enumerate().find_map(|(index, event)| {
        let Kind::Traced { terminal, pid, activity: Activity::Leave { call, outcome }, .. } =
            &event.kind
        else {
            return None;
        };
        let (Call::Receive { object, data, .. }, CallResult::Done(1..)) = (call, outcome) else {
            return None;
        };
        let (local, peer) = out(object)?;
        if !badly.contains(pid) || does_more(&events[index + 1..], *pid) {
            return None;
        }
        let way = past.whole.streams.get(&(peer, local))?;
        let lacking = way.sent.checked_sub(way.received).filter(|lacking| *lacking > 0)?;
        let times = events[..=index].iter().filter(|event| receives(event, *pid, object)).count();
        let name = past.roster.process_name(*pid);
        let asked = match data.asked == data.bytes {
            true => format!("，它一次也只要 {} 字节", data.asked),
            false => String::new(),
        };
        let sentence = format!(
            "{name}把一次接收当成了整条消息：TCP 是字节流，一次 recv（read）可能只得到一部分，其余的还在路上{asked}"
        );
        let fact = format!(
            "{name}在这个连接上只收了 {times} 次，共 {} 字节，然后就出错结束了；对方一共发了 {} 字节，后面的 {lacking} 字节它没有收",
            way.received, way.sent
        );
        let finding = Finding::new(Code::ReceivedInPart, Certainty::Candidate, sentence);
        let finding = finding.advises(
            "循环接收，直到整条消息都到了：读到 0 字节（read_to_string）、读到约好的结束标记，或者读够前面说的长度",
        );
        Some(finding.demoted(fact).about_event(index).in_terminal(*terminal))
    })
}

/// The processes that ended with an error.
fn ended_badly(past: &Past) -> BTreeSet<i32> {
    let badly = past.case.events.iter().filter_map(|event| match &event.kind {
        Kind::Traced { pid, activity: Activity::Exited(exit), .. } => {
            (*exit != Exit::Code(0) && !matches!(exit, Exit::Signal(_))).then_some(*pid)
        }
        _ => None,
    });
    badly.collect()
}

/// Whether a process still does anything but to print and to close.
fn does_more(later: &[Event], pid: i32) -> bool {
    later.iter().any(|event| {
        let Kind::Traced { pid: other, activity, .. } = &event.kind else { return false };
        let call = match activity {
            Activity::Enter(call) | Activity::Leave { call, .. } => call,
            Activity::NewProcess { .. } => return *other == pid,
            _ => return false,
        };
        let quiet = match call {
            Call::Close { .. } | Call::Futex { .. } => true,
            // a traceback quotes the source
            Call::Receive { object, .. } | Call::Send { object, .. } => {
                !matches!(object, Object::Connection { .. } | Object::Socket { .. })
            }
            _ => false,
        };
        *other == pid && !quiet
    })
}

fn receives(event: &Event, pid: i32, wanted: &Object) -> bool {
    match &event.kind {
        Kind::Traced {
            pid: other,
            activity:
                Activity::Leave { call: Call::Receive { object, .. }, outcome: CallResult::Done(1..) },
            ..
        } => *other == pid && object == wanted,
        _ => false,
    }
}
