//! A datagram that was longer than the buffer that it was received into: what does not fit is lost (`recv(2)`, `udp(7)`).

use events::{Exit, Kind};

use super::super::cause::Certainty;
use super::super::code::Code;
use super::super::finding::Finding;
use super::Past;

/// A datagram was cut, and the program that received it ended with an error.
pub fn find(past: &Past) -> Option<Finding> {
    let failed = |terminal: usize| {
        past.case.events.iter().any(|event| {
            matches!(event.kind, Kind::Exited { terminal: t, exit } if t == terminal && exit != Exit::Code(0))
        })
    };
    let (cut, terminal) = past.roster.history.cut_datagrams().into_iter().find_map(|cut| {
        let terminal = past.roster.terminal_of(cut.pid)?;
        failed(terminal).then_some((cut, terminal))
    })?;
    let sentence = format!(
        "{}收数据报的缓冲区只有 {} 字节，这个数据报却有 {} 字节：放不下的 {} 字节被内核扔掉了（recv(2)），下一次接收也收不到",
        past.roster.process_name(cut.pid),
        cut.got,
        cut.sent,
        cut.sent - cut.got
    );
    let finding = Finding::new(Code::DatagramCut, Certainty::Proved, sentence);
    let finding = finding.advises("缓冲区至少和最长的数据报一样大，例如 2048 字节");
    Some(finding.about_event(cut.at).in_terminal(terminal))
}
