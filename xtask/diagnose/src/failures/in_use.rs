//! An address that is in use: by whom.

use std::net::SocketAddr;

use events::Call;
use nix::errno::Errno;

use super::super::cause::Certainty;
use super::super::code::Code;
use super::super::finding::Finding;
use super::{Failed, Past};

/// `bind(2)` or `listen(2)` failed with `EADDRINUSE`.
pub fn explain(past: &Past, failed: &Failed) -> Option<Finding> {
    let Call::Bind { fd, addr: Some(addr) } = failed.call else { return None };
    if failed.errno != Errno::EADDRINUSE as i32 {
        return None;
    }
    by_somebody(past, failed, *addr).or_else(|| by_time_wait(past, failed, *fd, *addr))
}

/// A program of the scene has it.
fn by_somebody(past: &Past, failed: &Failed, addr: SocketAddr) -> Option<Finding> {
    let name = past.roster.process_name(failed.pid);
    let there = past.ledger.listeners.iter().rev();
    let one = there
        .filter(|one| one.addr.port() == addr.port())
        .find(|one| one.is_there(failed.event))?;
    let itself = one.pid == failed.pid;
    let owner = if itself { "它自己".to_owned() } else { past.roster.process_name(one.pid) };
    let sentence = format!(
        "{name}绑定 {addr} 失败（EADDRINUSE）：{owner}正在 {} 监听，同一个端口只能有一个",
        one.addr
    );
    let advice = match itself {
        true => "一个地址只绑定一次".to_owned(),
        false => format!("先结束{owner}，或者换一个端口"),
    };
    Some(Finding::new(Code::AddressHasListener, Certainty::Proved, sentence).advises(advice))
}

/// A connection that used that port was closed by our side first: it stays for a while (`tcp(7)`, RFC 9293 3.6).
fn by_time_wait(past: &Past, failed: &Failed, fd: i32, addr: SocketAddr) -> Option<Finding> {
    let (way, pid) = past.ledger.streams.iter().find_map(|((local, peer), stream)| {
        let (ended, pid) = stream.ended?;
        let back = past.ledger.streams.get(&(*peer, *local)).and_then(|back| back.ended);
        let first = back.is_none_or(|(other, _)| ended < other);
        let ours = local.port() == addr.port() && ended < failed.event && first;
        ours.then_some(((*local, *peer), pid))
    })?;
    let name = past.roster.process_name(failed.pid);
    let closer = match pid == failed.pid {
        true => "它自己".to_owned(),
        false => past.roster.process_name(pid),
    };
    let reuse = match past.ledger.reuse.get(&(failed.pid, fd)) {
        None => "；绑定之前没有设 SO_REUSEADDR",
        Some(_) => "",
    };
    let sentence = format!(
        "{name}绑定 {addr} 失败（EADDRINUSE）：没有程序还在监听它，但是 {} 和 {} 的连接是{closer}先关闭的，还留在 TIME_WAIT 里（Linux 上 60 秒）{reuse}",
        way.0, way.1
    );
    let finding = Finding::new(Code::AddressInTimeWait, Certainty::Candidate, sentence);
    Some(finding.advises("绑定之前设 SO_REUSEADDR；或者让客户端先关闭"))
}
