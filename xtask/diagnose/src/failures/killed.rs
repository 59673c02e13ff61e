//! A process that was killed by a fault of its own.

use events::{Activity, Event, Exit, Kind, Stream};
use nix::sys::signal::Signal;

use super::super::cause::Certainty;
use super::super::code::Code;
use super::super::finding::Finding;
use super::Past;

/// So many characters of what it said are told.
const MOST_OF_WORDS: usize = 80;

/// The first process that a fault has killed: a signal that nobody has sent (`signal(7)`).
pub fn find(past: &Past) -> Option<Finding> {
    let events = past.case.events;
    events.iter().enumerate().find_map(|(index, event)| {
        let Kind::Traced {
            terminal, pid, activity: Activity::Exited(Exit::Signal(number)), ..
        } = &event.kind
        else {
            return None;
        };
        let signal = Signal::try_from(*number).ok()?;
        let why = fault(signal)?;
        let was_sent = events[..index].iter().any(|event| match &event.kind {
            Kind::Traced { pid: to, activity: Activity::Signal { number: n, from }, .. } => {
                // abort(3) sends its signal itself
                let by_itself = signal == Signal::SIGABRT && *from == Some(*pid);
                to == pid && n == number && from.is_some() && !by_itself
            }
            _ => false,
        });
        if was_sent {
            return None;
        }
        let said = last_words(events, *pid).map_or_else(String::new, |said| {
            format!("；它最后说：「{}」", text::shortened(said, MOST_OF_WORDS))
        });
        let name = past.roster.process_name(*pid);
        let sentence = format!("{name}被信号 {} 终止：{why}{said}", signal.as_str());
        let finding = Finding::new(Code::KilledByFault, Certainty::Proved, sentence);
        Some(finding.about_event(index).in_terminal(*terminal))
    })
}

/// What a process put on its standard error last.
fn last_words(events: &[Event], pid: i32) -> Option<&str> {
    let said = |event: &'_ Event| match &event.kind {
        Kind::Line(line) => {
            let own = line.source.is_some_and(|source| source.pid == pid);
            own && line.stream == Stream::Err && !line.text.trim().is_empty()
        }
        _ => false,
    };
    let last = events.iter().rev().find(|event| said(event))?;
    match &last.kind {
        Kind::Line(line) => Some(line.text.trim()),
        _ => None,
    }
}

fn fault(signal: Signal) -> Option<&'static str> {
    Some(match signal {
        Signal::SIGSEGV => "访问了不属于它的内存（空指针、越界、栈溢出）",
        Signal::SIGBUS => "访问的内存后面没有东西（例如被截短的文件）",
        Signal::SIGFPE => "算术出错（整数除以 0）",
        Signal::SIGILL => "执行了不存在的指令",
        Signal::SIGABRT => "程序自己中止（abort；Rust 的栈溢出也是它）",
        _ => return None,
    })
}
