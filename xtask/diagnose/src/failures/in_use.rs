//! An address that is in use: by whom.

use std::net::SocketAddr;

use events::{Activity, Call, Kind, PortState, PortUser};
use nix::errno::Errno;

use super::super::cause::Certainty;
use super::super::code::Code;
use super::super::finding::Finding;
use super::{Failed, Past};

/// `bind(2)` failed with `EADDRINUSE`.
pub fn explain(past: &Past, failed: &Failed) -> Option<Finding> {
    let Call::Bind { fd, addr: Some(addr) } = failed.call else { return None };
    if failed.errno != Errno::EADDRINUSE {
        return None;
    }
    let asked = asked_then(past, failed);
    by_a_program(past, failed, *addr).or_else(|| match asked {
        Some(users) => by_somebody(past, failed, *addr, users)
            .or_else(|| by_remnant(past, failed, *fd, *addr, users)),
        None => by_closed_first(past, failed, *fd, *addr),
    })
}

/// What the kernel said when the call failed.
fn asked_then<'a>(past: &Past<'a>, failed: &Failed) -> Option<&'a [PortUser]> {
    past.case.events[failed.event..].iter().take(8).find_map(|event| match &event.kind {
        Kind::Traced { tid, activity: Activity::PortTaken { by }, .. } if *tid == failed.tid => {
            Some(by.as_slice())
        }
        _ => None,
    })
}

fn head(past: &Past, failed: &Failed, addr: SocketAddr) -> String {
    format!("{}绑定 {addr} 失败（EADDRINUSE）：", past.roster.process_name(failed.pid))
}

fn owner_of(past: &Past, failed: &Failed, pid: i32) -> String {
    match pid == failed.pid {
        true => "它自己".to_owned(),
        false => past.roster.process_name(pid),
    }
}

/// Two sockets with these addresses are in each other's way: the same port of the same address, or of every address.
fn clash(one: SocketAddr, other: SocketAddr) -> bool {
    let (here, there) = (one.ip().to_canonical(), other.ip().to_canonical());
    let same = here == there || here.is_unspecified() || there.is_unspecified();
    one.port() == other.port() && same
}

/// A program of the scene listens there.
fn by_a_program(past: &Past, failed: &Failed, addr: SocketAddr) -> Option<Finding> {
    let mut there = past.ledger.listeners.iter().rev();
    let one = there.find(|one| clash(one.addr, addr) && one.is_there())?;
    let owner = owner_of(past, failed, one.holder());
    let sentence =
        format!("{}{owner}正在 {} 监听，那里只能有一个", head(past, failed, addr), one.addr);
    let advice = match one.holder() == failed.pid {
        true => "一个地址只绑定一次".to_owned(),
        false => format!("先结束{owner}，或者换一个端口"),
    };
    Some(Finding::new(Code::AddressHasListener, Certainty::Proved, sentence).advises(advice))
}

/// The kernel knows of a socket that listens there or is connected, of a program of the scene or of another.
fn by_somebody(
    past: &Past,
    failed: &Failed,
    addr: SocketAddr,
    users: &[PortUser],
) -> Option<Finding> {
    let head = head(past, failed, addr);
    let one = users.iter().find(|one| !matches!(one.state, PortState::Remains { .. }))?;
    let holder = one.holders.first();
    let owner = holder.map(|pid| owner_of(past, failed, *pid));
    let (code, sentence, advice) = match (one.state, owner, one.peer) {
        (PortState::Listens, Some(owner), _) => (
            Code::AddressHasListener,
            format!("{head}{owner}正在 {} 监听，那里只能有一个", one.local),
            format!("先结束{owner}，或者换一个端口"),
        ),
        (PortState::Listens, None, _) => (
            Code::PortTakenElsewhere,
            format!("{head}有别的程序正在 {} 监听，它不是这里启动的", one.local),
            "用 ss -ltunp 看是谁：先结束它，或者换一个端口".to_owned(),
        ),
        (_, Some(owner), Some(peer)) => (
            Code::AddressHasConnection,
            format!(
                "{head}没有程序在监听它了，可是{owner}还有用这个端口的连接（{} 和 {peer}）没有关闭",
                one.local
            ),
            "先关闭那个连接；监听的两次都要在绑定之前设 SO_REUSEADDR".to_owned(),
        ),
        _ => return None,
    };
    Some(Finding::new(code, Certainty::Proved, sentence).advises(advice))
}

/// Only connections that are over have the port: they stay for a while (`tcp(7)`, RFC 9293 3.6).
fn by_remnant(
    past: &Past,
    failed: &Failed,
    fd: i32,
    addr: SocketAddr,
    users: &[PortUser],
) -> Option<Finding> {
    let (one, left) = users.iter().find_map(|one| match one.state {
        PortState::Remains { left } => Some((one, left)),
        _ => None,
    })?;
    let peer = one.peer?;
    let closer = closed_first(past, addr)
        .filter(|(way, _)| *way == (one.local, peer))
        .map_or_else(|| "这一边".to_owned(), |(_, pid)| owner_of(past, failed, pid));
    let sentence = format!(
        "{}没有程序还在用它，但是 {} 和 {peer} 的连接是{closer}先关闭的，还留在 TIME_WAIT 里，还要 {} 秒（一共 60 秒）{}",
        head(past, failed, addr),
        one.local,
        left.as_secs().max(1),
        reuse(past, failed, fd)
    );
    Some(time_wait(sentence, Certainty::Proved))
}

/// Without the kernel's word: a connection that used that port was closed by our side first.
fn by_closed_first(past: &Past, failed: &Failed, fd: i32, addr: SocketAddr) -> Option<Finding> {
    let (way, pid) = closed_first(past, addr)?;
    let sentence = format!(
        "{}没有程序还在监听它，但是 {} 和 {} 的连接是{}先关闭的，还留在 TIME_WAIT 里（Linux 上 60 秒）{}",
        head(past, failed, addr),
        way.0,
        way.1,
        owner_of(past, failed, pid),
        reuse(past, failed, fd)
    );
    Some(time_wait(sentence, Certainty::Candidate))
}

fn closed_first(past: &Past, addr: SocketAddr) -> Option<((SocketAddr, SocketAddr), i32)> {
    past.ledger.streams.iter().find_map(|((local, peer), stream)| {
        let (ended, pid) = stream.ended?;
        let back = past.ledger.streams.get(&(*peer, *local)).and_then(|back| back.ended);
        let first = back.is_none_or(|(other, _)| ended < other);
        (local.port() == addr.port() && first).then_some(((*local, *peer), pid))
    })
}

fn reuse(past: &Past, failed: &Failed, fd: i32) -> &'static str {
    match past.ledger.reuse.contains(&(failed.pid, fd)) {
        false => "；绑定之前没有设 SO_REUSEADDR",
        true => "；这一次设了 SO_REUSEADDR，留下连接的那个套接字没有设",
    }
}

/// Linux lets a port be taken again only where both sockets have the option (inet_csk_bind_conflict in
/// net/ipv4/inet_connection_sock.c).
fn time_wait(sentence: String, certainty: Certainty) -> Finding {
    let finding = Finding::new(Code::AddressInTimeWait, certainty, sentence);
    finding.advises("每一次都在绑定之前设 SO_REUSEADDR（留下连接的那一次也要）；或者让客户端先关闭")
}
