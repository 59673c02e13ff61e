//! A refused connection: who listens where instead, or did, or would.

use std::net::SocketAddr;

use events::{Activity, Call, CallResult, Family, Kind};
use nix::errno::Errno;

use super::super::cause::Certainty;
use super::super::code::Code;
use super::super::finding::Finding;
use super::ledger::{Listener, out, reaches};
use super::{Failed, Past};

/// Nobody listened there at that moment: why not.
pub fn explain(past: &Past, failed: &Failed) -> Option<Finding> {
    let Call::Connect { fd, peer, .. } = failed.call else { return None };
    if failed.errno != Errno::ECONNREFUSED {
        return None;
    }
    let Some(peer) = *peer else { return of_unix(past, failed, *fd) };
    if succeeded_later(past, failed, peer) {
        return None;
    }
    let found = elsewhere(past, failed, peer)
        .or_else(|| at_another_time(past, failed, peer))
        .or_else(|| never_bound(past, failed, peer))
        .or_else(|| on_another_port(past, failed, peer));
    Some(found.unwrap_or_else(|| {
        let (certainty, who) = match peer.ip().is_loopback() {
            true => (Certainty::Proved, "那时没有人"),
            // a firewall may say the same
            false => (Certainty::Candidate, "那边没有人"),
        };
        let sentence = format!(
            "{}连接 {peer} 被拒绝（ECONNREFUSED）：{who}在 {peer} 监听",
            past.roster.process_name(failed.pid)
        );
        Finding::new(Code::NobodyListens, certainty, sentence)
    }))
}

/// A Unix socket: its file is there (otherwise it would be `ENOENT`), unix(7).
fn of_unix(past: &Past, failed: &Failed, fd: i32) -> Option<Finding> {
    let (family, _) = past.ledger.sockets.get(&(failed.pid, fd))?;
    if *family != Family::Unix {
        return None;
    }
    let sentence = format!(
        "{}连接 Unix 套接字被拒绝（ECONNREFUSED）：套接字文件在，可是没有人在监听它",
        name(past, failed)
    );
    let finding = Finding::new(Code::NobodyListens, Certainty::Proved, sentence);
    Some(finding.advises("先启动监听它的程序；文件是上一次留下的，服务器 bind 之前先删掉"))
}

/// The same process got through to the same port afterwards, or at another address: it had only been too early, or
/// tried one address after the other, as programs do that are given a name.
fn succeeded_later(past: &Past, failed: &Failed, to: SocketAddr) -> bool {
    let reached = |call: &Call| match call {
        Call::Connect { peer: Some(peer), .. } => peer.port() == to.port(),
        // of one that did not wait (`EINPROGRESS`) only this tells
        Call::Send { object, .. } | Call::Receive { object, .. } => {
            out(object).is_some_and(|(_, peer)| peer.port() == to.port())
        }
        _ => false,
    };
    past.case.events[failed.event..].iter().any(|event| match &event.kind {
        Kind::Traced { pid, activity: Activity::Leave { call, outcome }, .. } => {
            *pid == failed.pid && matches!(outcome, CallResult::Done(_)) && reached(call)
        }
        _ => false,
    })
}

/// Somebody listens on that port, but of another address.
fn elsewhere(past: &Past, failed: &Failed, to: SocketAddr) -> Option<Finding> {
    let mut there = past.ledger.listeners.iter().filter(|one| one.is_there());
    let one = there.find(|one| one.addr.port() == to.port() && !one.reaches(to))?;
    let (server, client) = (past.roster.process_name(one.holder()), name(past, failed));
    let listens = format!("{server}只在 {} 监听", one.addr);
    let (code, why) = match (one.addr.is_ipv6(), to.is_ipv4()) {
        (true, true) => (Code::ListensOnOtherFamily, "一个是 IPv6，一个是 IPv4"),
        (false, false) => (Code::ListensOnOtherFamily, "一个是 IPv4，一个是 IPv6"),
        _ => (Code::ListensOnOtherAddress, "端口一样，地址不一样"),
    };
    let sentence =
        format!("{client}连接 {to} 被拒绝（ECONNREFUSED）：有人监听，可是{listens}：{why}");
    let advice = format!("两边用同一个地址：{client}连接 {}，或者{server}在 {to} 监听", one.addr);
    Some(Finding::new(code, Certainty::Proved, sentence).advises(advice))
}

/// Somebody listened there before, or did so afterwards.
fn at_another_time(past: &Past, failed: &Failed, to: SocketAddr) -> Option<Finding> {
    let client = name(past, failed);
    let mut there = past.ledger.listeners.iter().filter(|one| one.reaches(to));
    if there.clone().any(Listener::is_there) {
        return None;
    }
    if let Some(one) = there.next_back() {
        let server = past.roster.process_name(one.pid);
        let how = match past.ledger.ended.contains(&one.pid) {
            true => "已经结束了",
            false => "已经不再监听（关闭了监听的套接字）",
        };
        let sentence =
            format!("{client}连接 {to} 被拒绝（ECONNREFUSED）：{server}先前在那里监听，这时{how}");
        return Some(Finding::new(Code::NoLongerListens, Certainty::Proved, sentence));
    }
    let later = past.case.events[failed.event..].iter().find_map(|event| match &event.kind {
        Kind::Traced { pid, activity: Activity::Leave { call, outcome }, .. } => match call {
            Call::Listen { addr: Some(addr), .. }
                if matches!(outcome, CallResult::Done(_)) && reaches(*addr, true, to) =>
            {
                Some(*pid)
            }
            _ => None,
        },
        _ => None,
    })?;
    let server = past.roster.process_name(later);
    let sentence = format!(
        "{client}连接 {to} 被拒绝（ECONNREFUSED）：那时{server}还没有开始监听，它后来才监听"
    );
    let advice = format!("先等{server}开始监听，再连接；或者失败了过一会儿再试");
    Some(Finding::new(Code::NotYetListening, Certainty::Proved, sentence).advises(advice))
}

/// Somebody wanted to listen there, and could not.
fn never_bound(past: &Past, failed: &Failed, to: SocketAddr) -> Option<Finding> {
    let (pid, errno) = past.case.events[..failed.event].iter().rev().find_map(|event| {
        let Kind::Traced { pid, activity: Activity::Leave { call, outcome }, .. } = &event.kind
        else {
            return None;
        };
        match (call, outcome) {
            (Call::Bind { addr: Some(addr), .. }, CallResult::Failed(errno))
                if reaches(*addr, false, to) =>
            {
                Some((*pid, *errno))
            }
            _ => None,
        }
    })?;
    let server = past.roster.process_name(pid);
    let sentence = format!(
        "{}连接 {to} 被拒绝（ECONNREFUSED）：{server}本来要在那里监听，可是绑定（bind）失败了（{}）",
        name(past, failed),
        events::errno_name(errno)
    );
    Some(Finding::new(Code::ServerCouldNotBind, Certainty::Proved, sentence))
}

/// Somebody listens, on another port.
fn on_another_port(past: &Past, failed: &Failed, to: SocketAddr) -> Option<Finding> {
    let client = name(past, failed);
    let there = || past.ledger.listeners.iter().filter(|one| one.is_there());
    if let Some(one) = there().find(|one| one.addr.port() == to.port().swap_bytes()) {
        let server = past.roster.process_name(one.holder());
        let (port, wanted) = (one.addr.port(), to.port());
        let sentence = format!(
            "{client}连接 {to} 被拒绝（ECONNREFUSED）：{server}监听的端口是 {port}，{wanted} 是它的两个字节换了位置"
        );
        let advice = "端口要用网络字节序（htons），两边都用，或者两边都不用";
        let finding = Finding::new(Code::PortByteOrder, Certainty::Candidate, sentence);
        return Some(finding.advises(advice));
    }
    let others: Vec<&Listener> = there().collect();
    let [one] = others.as_slice() else { return None };
    let sentence = format!(
        "{client}连接 {to} 被拒绝（ECONNREFUSED）：没有人在 {to} 监听；{}监听的是 {}",
        past.roster.process_name(one.holder()),
        one.addr
    );
    Some(Finding::new(Code::ListensOnOtherPort, Certainty::Proved, sentence))
}

fn name(past: &Past, failed: &Failed) -> String {
    past.roster.process_name(failed.pid)
}
