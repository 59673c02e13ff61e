//! A connection that the other side has reset or closed.

use events::{Call, Object};
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
        return pipe(past, failed);
    }
    let (local, peer) = out(object)?;
    let name = past.roster.process_name(failed.pid);
    let verb = if matches!(failed.call, Call::Send { .. }) { "发送" } else { "接收" };
    let errno = name_of(failed.errno);
    let here = past.ledger.streams.get(&(local, peer));
    if let Some((_, pid)) = here.and_then(|way| way.ended)
        && verb == "发送"
        && failed.errno == Errno::EPIPE
        && here.is_some_and(|way| way.abandoned.is_none())
    {
        let closer = if pid == failed.pid { "它自己" } else { "它那一边" };
        let sentence =
            format!("{name}发送失败（EPIPE）：{closer}已经半关闭（shutdown）了这个方向，不能再发");
        let finding = Finding::new(Code::SentAfterShutdown, Certainty::Proved, sentence);
        return Some(finding.advises("全部发完以后再 shutdown"));
    }
    let Some(there) = here.and_then(|way| way.abandoned) else {
        // only half closed, or by somebody whom nobody has seen
        let back = past.ledger.streams.get(&(peer, local)).and_then(|back| back.ended);
        let other = past.roster.process_name(back?.1);
        let sentence = format!("{name}{verb}失败（{errno}）：{other}已经关闭了这个连接");
        return Some(Finding::new(Code::PeerHasClosed, Certainty::Candidate, sentence));
    };
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
fn pipe(past: &Past, failed: &Failed) -> Option<Finding> {
    if failed.errno != Errno::EPIPE {
        return None;
    }
    let name = past.roster.process_name(failed.pid);
    let sentence = format!("{name}写管道失败（EPIPE）：管道的读端已经没有人开着");
    Some(Finding::new(Code::PipeHasNoReader, Certainty::Proved, sentence))
}
