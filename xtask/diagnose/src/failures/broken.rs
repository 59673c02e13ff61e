//! A connection that the other side has reset or closed.

use events::{Call, Object};
use nix::errno::Errno;

use super::super::cause::Certainty;
use super::super::code::Code;
use super::super::finding::Finding;
use super::ledger::out;
use super::{Failed, Past};

/// `ECONNRESET` or `EPIPE` on a connection.
pub fn explain(past: &Past, failed: &Failed) -> Option<Finding> {
    let (Call::Send { object, .. } | Call::Receive { object, .. }) = failed.call else {
        return None;
    };
    let reset = failed.errno == Errno::ECONNRESET as i32;
    if !reset && failed.errno != Errno::EPIPE as i32 {
        return None;
    }
    if let Object::Pipe { .. } = object {
        return Some(pipe(past, failed));
    }
    let (local, peer) = out(object)?;
    let name = past.roster.process_name(failed.pid);
    let verb = if matches!(failed.call, Call::Send { .. }) { "发送" } else { "接收" };
    let errno = if reset { "ECONNRESET" } else { "EPIPE" };
    let back = past.ledger.streams.get(&(peer, local)).and_then(|back| back.ended);
    let there = past.ledger.streams.get(&(local, peer)).and_then(|way| way.abandoned);
    let there = there.filter(|(index, ..)| *index < failed.event);
    let Some((index, pid, unread)) = there else {
        // only half closed, or by somebody whom nobody has seen
        let (_, pid) = back.filter(|(index, _)| *index < failed.event)?;
        let other = past.roster.process_name(pid);
        let sentence = format!("{name}{verb}失败（{errno}）：{other}已经关闭了这个连接");
        return Some(Finding::new(Code::PeerHasClosed, Certainty::Candidate, sentence));
    };
    let other = past.roster.process_name(pid);
    let ended = past.ledger.ended.get(&pid).is_some_and(|end| *end <= index);
    let how = if ended { "结束的时候" } else { "关闭连接的时候" };
    if reset && unread > 0 {
        let sentence = format!(
            "{name}{verb}失败（ECONNRESET）：{other}{how}，{name}发来的还有 {unread} 字节没有读，连接就不是好好结束，而是被重置"
        );
        let finding = Finding::new(Code::ResetWithUnread, Certainty::Proved, sentence);
        return Some(finding.advises(format!("{other}先读完（读到 0 字节）再关闭")));
    }
    let closed = if ended { "已经结束了" } else { "已经关闭了这个连接" };
    let sentence = format!("{name}{verb}失败（{errno}）：{other}{closed}，再发过去没有人收");
    Some(Finding::new(Code::PeerHasClosed, Certainty::Proved, sentence))
}

/// `EPIPE` of a pipe: nobody has its reading end open any more (`pipe(7)`).
fn pipe(past: &Past, failed: &Failed) -> Finding {
    let name = past.roster.process_name(failed.pid);
    let sentence = format!("{name}写管道失败（EPIPE）：管道的读端已经没有人开着");
    Finding::new(Code::PipeHasNoReader, Certainty::Proved, sentence)
}
