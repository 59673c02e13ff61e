//! Text that is no text any more, since a receive ended inside a character.

use events::{Activity, Call, CallResult, Data, Kind, Line, Object, Stream};

use super::super::cause::Certainty;
use super::super::code::Code;
use super::super::finding::Finding;
use super::Past;

/// A program says that bytes end too early to be UTF-8, and what it received last ends so.
pub fn find(past: &Past) -> Option<Finding> {
    let events = past.case.events;
    events.iter().enumerate().find_map(|(index, event)| {
        let Kind::Line(line) = &event.kind else { return None };
        if line.stream != Stream::Err || !says_cut(&line.text) {
            return None;
        }
        let (pid, call, data) = last_received(past, index, line)?;
        if !ends_inside(data) {
            return None;
        }
        // of a datagram nothing comes later
        if data.is_datagram() {
            return (data.asked == data.bytes).then(|| cut_datagram(past, (pid, call, data), index, line));
        }
        let sentence = format!(
            "{}把收到的字节变成文字时失败：{call} 收到的 {} 字节断在一个字的中间（UTF-8 的汉字大多是 3 字节），后一半还没有收到",
            past.roster.process_name(pid),
            data.bytes
        );
        let finding = Finding::new(Code::TextCutInCharacter, Certainty::Proved, sentence);
        let finding = finding.advises("先把整条消息收完（约好的长度、换行或 0 字节），再变成文字");
        Some(finding.about_event(index).in_terminal(line.terminal))
    })
}

/// A buffer was filled by a datagram that breaks off inside a character: there may have been more of it.
fn cut_datagram(
    past: &Past,
    (pid, call, data): (i32, &str, &Data),
    index: usize,
    line: &Line,
) -> Finding {
    let sentence = format!(
        "{}的 {call} 最多要 {} 字节，正好收满，断在一个字的中间：数据报多半更长，装不下的就丢了（recv(2)），以后也收不到",
        past.roster.process_name(pid),
        data.asked
    );
    Finding::new(Code::DatagramCut, Certainty::Candidate, sentence)
        .advises("缓冲区要装得下最长的数据报")
        .about_event(index)
        .in_terminal(line.terminal)
}

/// What Python's `UnicodeDecodeError` and Rust's `Utf8Error` say of bytes that lack their end.
pub fn says_cut(text: &str) -> bool {
    text.contains("UnicodeDecodeError") && text.contains("unexpected end of data")
        || text.contains("incomplete utf-8 byte sequence")
        || text.contains("Utf8Error") && text.contains("error_len: None")
}

fn last_received<'a>(
    past: &Past<'a>,
    before: usize,
    line: &Line,
) -> Option<(i32, &'static str, &'a Data)> {
    let by = line.source.map(|source| source.pid);
    past.case.events[..before].iter().rev().find_map(|event| match &event.kind {
        Kind::Traced { terminal, pid, activity: Activity::Leave { call, outcome }, .. }
            if *terminal == line.terminal && by.is_none_or(|by| by == *pid) =>
        {
            match (call, outcome) {
                // of a file it is the source that a traceback quotes
                (Call::Receive { object: Object::File { .. } | Object::Other, .. }, _) => None,
                (Call::Receive { data, .. }, CallResult::Done(1..)) => {
                    Some((*pid, call.name(), data))
                }
                _ => None,
            }
        }
        _ => None,
    })
}

/// Its last bytes begin a character of UTF-8 and do not end it.
fn ends_inside(data: &Data) -> bool {
    let last = match (data.cut, data.head.len() as u64 == data.bytes) {
        (true, _) => data.tail.as_slice(),
        (false, true) => data.head.as_slice(),
        // what is no UTF-8 is shown as U+FFFD: only the end is none
        (false, false) => {
            return data.text.ends_with('\u{fffd}') && data.text.matches('\u{fffd}').count() == 1;
        }
    };
    // the first of them may be the end of a character
    let starts = last.iter().position(|byte| byte & 0xc0 != 0x80).unwrap_or(last.len());
    matches!(std::str::from_utf8(&last[starts..]), Err(error) if error.error_len().is_none())
}
