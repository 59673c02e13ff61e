//! A connection that the other side has reset or closed.

use std::collections::BTreeMap;

use events::{Activity, Call, CallResult, Event, Exit, Kind, Object};
use nix::errno::Errno;

use super::super::cause::Certainty;
use super::super::code::Code;
use super::super::finding::Finding;
use super::ledger::{Abandoned, Unread, out};
use super::{Failed, Past, name_of};

/// `ECONNRESET` or `EPIPE` on a connection.
pub fn explain(past: &Past, failed: &Failed) -> Option<Finding> {
    let (Call::Send { object, .. } | Call::Receive { object, .. }) = failed.call else {
        return None;
    };
    if ![Errno::ECONNRESET, Errno::EPIPE].contains(&failed.errno) {
        return None;
    }
    if let Object::Pipe { .. } = object {
        return pipe(past, failed, object);
    }
    let (local, peer) = out(object)?;
    let name = past.roster.process_name(failed.pid);
    let verb = if matches!(failed.call, Call::Send { .. }) { "发送" } else { "接收" };
    let errno = name_of(failed.errno);
    let here = past.ledger.streams.get(&(local, peer));
    // whether or not somebody is there to receive: nothing goes that way any more
    if let Some((_, pid)) = here.and_then(|way| way.ended)
        && verb == "发送"
        && failed.errno == Errno::EPIPE
    {
        let closer = if pid == failed.pid { "它自己" } else { "它那一边" };
        let sentence =
            format!("{name}发送失败（EPIPE）：{closer}已经半关闭（shutdown）了这个方向，不能再发");
        let finding = Finding::new(Code::SentAfterShutdown, Certainty::Proved, sentence);
        return Some(finding.advises("全部发完以后再 shutdown"));
    }
    // that it failed says that the other end was closed by then, whenever that is told
    let known = here.filter(|way| way.abandoned.is_some());
    let here = known.or_else(|| past.whole.streams.get(&(local, peer)));
    let Some(there) = here.and_then(|way| way.abandoned) else {
        // only half closed, or by somebody whom nobody has seen
        let back = past.ledger.streams.get(&(peer, local)).and_then(|back| back.ended);
        let (_, closer) = back.filter(|(_, pid)| !past.is_partner(*pid))?;
        let other = past.roster.process_name(closer);
        let sentence = format!("{name}{verb}失败（{errno}）：{other}已经关闭了这个连接");
        return Some(Finding::new(Code::PeerHasClosed, Certainty::Candidate, sentence));
    };
    if past.is_partner(there.pid) {
        return None;
    }
    let other = past.roster.process_name(there.pid);
    if failed.errno == Errno::ECONNRESET {
        let left = here.map_or(0, |way| way.sent.saturating_sub(way.received));
        return Some(reset(&name, verb, &other, there, left));
    }
    let closed = if there.by_exit { "已经结束了" } else { "已经关闭了这个连接" };
    let sentence = format!("{name}{verb}失败（{errno}）：{other}{closed}，再发过去没有人收");
    Some(Finding::new(Code::PeerHasClosed, Certainty::Proved, sentence))
}

/// A reset by whoever has closed the connection (RFC 1122 4.2.2.13; `SO_LINGER` of socket(7)); `left`: bytes that were sent
/// and never received.
fn reset(name: &str, verb: &str, other: &str, there: Abandoned, left: u64) -> Finding {
    let how = if there.by_exit { "结束的时候" } else { "关闭连接的时候" };
    let failed = format!("{name}{verb}失败（ECONNRESET）：");
    let unread = match there.unread {
        Unread::Exactly(0) => None,
        Unread::Exactly(bytes) => Some(format!("{how}，{name}发来的还有 {bytes} 字节没有读")),
        Unread::Unsure if left == 0 => None,
        Unread::Unsure => Some(format!("没有把{name}发来的读完（差 {left} 字节）就关闭了")),
    };
    if let Some(unread) = unread {
        let sentence = format!("{failed}{other}{unread}，连接就不是好好结束，而是被重置");
        let finding = Finding::new(Code::ResetWithUnread, Certainty::Proved, sentence);
        return finding.advises(format!("{other}先读完（读到 0 字节）再关闭"));
    }
    if there.lingers_not {
        let sentence = format!(
            "{failed}{other}给连接设了 SO_LINGER 0 秒，关闭的时候就直接重置，不管对方还要什么"
        );
        let finding = Finding::new(Code::LingerResets, Certainty::Proved, sentence);
        return finding.advises("不设 SO_LINGER，平常地关闭");
    }
    let closed = if there.by_exit { "已经结束了" } else { "已经关闭了这个连接" };
    let sentence = format!("{failed}{other}{closed}，后来发过去的没有人收，对方的内核回答重置");
    Finding::new(Code::PeerHasClosed, Certainty::Proved, sentence)
}

/// `EPIPE` of a pipe: nobody has its reading end open any more (`pipe(7)`).
fn pipe(past: &Past, failed: &Failed, pipe: &Object) -> Option<Finding> {
    if failed.errno != Errno::EPIPE {
        return None;
    }
    let name = past.roster.process_name(failed.pid);
    let sentence = format!("{name}写管道失败（EPIPE）：管道的读端已经没有人开着");
    let code = Code::PipeHasNoReader;
    let Some((reader, bytes)) = reader_of(past, pipe) else {
        return Some(Finding::new(code, Certainty::Proved, sentence));
    };
    // what it did after the write had failed is not why it failed; an end may be told a little late
    let (before, after) = past.case.events.split_at(failed.event);
    let of_reader =
        |event: &&Event| matches!(&event.kind, Kind::Traced { pid, .. } if *pid == reader);
    let exit = |event: &Event| match &event.kind {
        Kind::Traced { activity: Activity::Exited(exit), .. } => Some(*exit),
        _ => None,
    };
    let exit = (before.iter().rev().find(of_reader).and_then(exit))
        .or_else(|| after.iter().find(of_reader).and_then(exit));
    let who = match program_of(past, reader) {
        Some(program) => format!("{}（{program}）", past.roster.process_name(reader)),
        None => past.roster.process_name(reader),
    };
    let (how, advice) = match exit {
        None => ("就关闭了读端".to_owned(), ENOUGH),
        Some(Exit::Code(0)) => ("就正常结束了（退出码 0）".to_owned(), ENOUGH),
        Some(exit) => (
            format!("就结束了（{exit}）"),
            "先查读的一边为什么出错；写的一边也要处理 EPIPE（BrokenPipe）",
        ),
    };
    let sentence = format!("{sentence}；读它的{who}读了 {bytes} 字节，{how}");
    Some(Finding::new(code, Certainty::Proved, sentence).advises(advice))
}

/// What helps a writer whose reader wants no more.
const ENOUGH: &str = "写的一边把 EPIPE（Rust 的 ErrorKind::BrokenPipe，Python 的 BrokenPipeError）当作「读的人够了」，停止写，不算出错";

/// The one process that has read from a pipe, and how much.
fn reader_of(past: &Past, pipe: &Object) -> Option<(i32, u64)> {
    let mut read: BTreeMap<i32, u64> = BTreeMap::new();
    for event in past.case.events {
        if let Kind::Traced { pid, activity: Activity::Leave { call, outcome }, .. } = &event.kind
            && let (Call::Receive { object, .. }, CallResult::Done(bytes)) = (call, outcome)
            && object == pipe
        {
            *read.entry(*pid).or_default() += u64::try_from(*bytes).unwrap_or(0);
        }
    }
    let mut readers = read.into_iter();
    readers.next().filter(|_| readers.next().is_none())
}

/// The name of the program that a process has become (`execve(2)`).
fn program_of<'a>(past: &Past<'a>, process: i32) -> Option<&'a str> {
    past.case.events.iter().rev().find_map(|event| match &event.kind {
        Kind::Traced { pid, activity: Activity::Exec { program, .. }, .. } if *pid == process => {
            program.rsplit('/').next()
        }
        _ => None,
    })
}
