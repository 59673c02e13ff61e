//! A process that was killed by a fault of its own.

use events::{Activity, Exit, Kind};
use nix::sys::signal::Signal;

use super::super::cause::Certainty;
use super::super::code::Code;
use super::super::finding::Finding;
use super::Past;

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
        let sentence =
            format!("{}被信号 {} 终止：{why}", past.roster.process_name(*pid), signal.as_str());
        let finding = Finding::new(Code::KilledByFault, Certainty::Proved, sentence);
        Some(finding.about_event(index).in_terminal(*terminal))
    })
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
