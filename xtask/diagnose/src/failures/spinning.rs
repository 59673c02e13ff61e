//! One that asks again and again for what will never come.

use events::{Activity, Call, CallResult, Kind, Object};

use super::super::cause::Certainty;
use super::super::code::Code;
use super::super::finding::Finding;
use super::Past;

/// So often 0 bytes in a row, and it is no accident.
const MANY: usize = 100;

/// A thread receives the end of a connection or a pipe again and again.
pub fn find(past: &Past) -> Option<Finding> {
    let mut last: Option<(i32, i32)> = None;
    let mut times = 0;
    for (index, event) in past.case.events.iter().enumerate() {
        let Kind::Traced { terminal, pid, tid, activity } = &event.kind else { continue };
        let Activity::Leave { call: Call::Receive { fd, object, .. }, outcome } = activity else {
            continue;
        };
        let ended = *outcome == CallResult::Done(0);
        match ended && last == Some((*tid, *fd)) {
            true => times += 1,
            false => (last, times) = (ended.then_some((*tid, *fd)), usize::from(ended)),
        }
        if times < MANY {
            continue;
        }
        let name = past.roster.process_name(*pid);
        let (what, call) = match object {
            Object::Pipe { .. } | Object::Input => ("写的一方已经关闭", "read"),
            _ => ("对方已经关闭或半关闭了连接", "recv"),
        };
        let sentence = format!(
            "{name}一遍一遍地 {call}({fd})，每次都是 0 字节：{what}，再也不会有数据，它却不停下来"
        );
        let finding = Finding::new(Code::EndIgnored, Certainty::Proved, sentence);
        let finding = finding.advises(format!("{call} 返回 0 字节（b\"\"、Ok(0)）就结束循环"));
        return Some(finding.about_event(index).in_terminal(*terminal));
    }
    None
}
