//! A send that took only a part, and after which nothing more was sent: sockets that do not wait (`send(2)`).

use std::collections::BTreeMap;

use events::{Activity, Call, CallResult, Exit, Kind, Object};

use super::super::cause::Certainty;
use super::super::code::Code;
use super::super::finding::Finding;
use super::Past;

/// What was last sent on a connection, by whomever.
struct Last {
    event: usize,
    terminal: usize,
    pid: i32,
    fd: i32,
    taken: u64,
    asked: u64,
}

/// The last send of a process on a connection took less than it was given, and a program ended with an error.
pub fn find(past: &Past) -> Option<Finding> {
    let events = past.case.events;
    let failed = |event: &events::Event| matches!(event.kind, Kind::Exited { exit, .. } if exit != Exit::Code(0));
    if !events.iter().any(failed) {
        return None;
    }
    let mut last: BTreeMap<String, Last> = BTreeMap::new();
    let mut given: BTreeMap<i32, u64> = BTreeMap::new();
    for (index, event) in events.iter().enumerate() {
        let Kind::Traced { terminal, pid, tid, activity } = &event.kind else { continue };
        match activity {
            // whoever begins to send the rest, or waits until he can, has not forgotten it
            Activity::Enter(Call::Send { data, object, .. }) => {
                given.insert(*tid, data.bytes);
                last.remove(&format!("{object:?}"));
            }
            Activity::Enter(Call::Poll { fds, .. })
            | Activity::Leave { call: Call::Poll { fds, .. }, .. } => {
                last.retain(|_, last| last.pid != *pid || !fds.contains(&last.fd));
            }
            _ => {}
        }
        let Activity::Leave { call, outcome } = activity else { continue };
        let Call::Send { fd, object, data } = call else { continue };
        if !matches!(object, Object::Connection { .. } | Object::Socket { .. }) {
            continue;
        }
        // whoever sends the rest, and even if that fails, has not forgotten it
        let taken = match outcome {
            CallResult::Done(taken) => u64::try_from(*taken).unwrap_or(0),
            _ => 0,
        };
        // a send that waits is told when it begins, and one that does not perhaps only when it is over
        let given = given.remove(tid).unwrap_or(0);
        let (terminal, pid, fd, asked) = (*terminal, *pid, *fd, data.asked.max(given));
        last.insert(format!("{object:?}"), Last { event: index, terminal, pid, fd, taken, asked });
    }
    let cut = last.values().find(|last| 0 < last.taken && last.taken < last.asked)?;
    let sentence = format!(
        "{}的 send(fd={}) 要发 {} 字节，只发出 {} 字节，余下的 {} 字节再也没有发：send 可以只发出一部分，发了多少是它的返回值（非阻塞的套接字，发送缓冲区满了就是这样）",
        past.roster.process_name(cut.pid),
        cut.fd,
        cut.asked,
        cut.taken,
        cut.asked - cut.taken
    );
    let finding = Finding::new(Code::SendCutShort, Certainty::Proved, sentence);
    let finding = finding.advises(
        "看 send 的返回值，等它可写（select、poll）再接着发余下的；或者不设非阻塞，用 sendall（write_all）",
    );
    Some(finding.about_event(cut.event).in_terminal(cut.terminal))
}
