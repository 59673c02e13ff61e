//! A refused connection: who listens where instead, or did, or would.

use std::net::SocketAddr;

use events::{Activity, Call, CallResult, Kind};
use nix::errno::Errno;

use super::super::cause::Certainty;
use super::super::code::Code;
use super::super::finding::Finding;
use super::ledger::{Listener, out};
use super::{Failed, Past};

/// Nobody listened there at that moment: why not.
pub fn explain(past: &Past, failed: &Failed) -> Option<Finding> {
    let Call::Connect { peer: Some(peer), .. } = failed.call else { return None };
    if failed.errno != Errno::ECONNREFUSED as i32 || succeeded_later(past, failed, *peer) {
        return None;
    }
    let found = elsewhere(past, failed, *peer)
        .or_else(|| at_another_time(past, failed, *peer))
        .or_else(|| never_bound(past, failed, *peer))
        .or_else(|| on_another_port(past, failed, *peer));
    Some(found.unwrap_or_else(|| {
        let sentence = format!(
            "{}连接 {peer} 被拒绝（ECONNREFUSED）：那时没有人在 {peer} 监听",
            past.roster.process_name(failed.pid)
        );
        Finding::new(Code::NobodyListens, Certainty::Proved, sentence)
    }))
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

/// Whether whoever listens at one address is reached at another.
fn reaches(listener: SocketAddr, to: SocketAddr) -> bool {
    let any = listener.ip().is_unspecified() && (listener.is_ipv6() || to.is_ipv4());
    listener.port() == to.port() && (any || listener.ip() == to.ip())
}

/// Somebody listens on that port, but of another address.
fn elsewhere(past: &Past, failed: &Failed, to: SocketAddr) -> Option<Finding> {
    let mut there = past.ledger.listeners.iter().filter(|one| one.is_there(failed.event));
    let one = there.find(|one| one.addr.port() == to.port() && !reaches(one.addr, to))?;
    let (server, client) = (past.roster.process_name(one.pid), name(past, failed));
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
    let all = past.ledger.listeners.iter().filter(|one| reaches(one.addr, to));
    let (mut before, mut after): (Vec<&Listener>, Vec<&Listener>) =
        all.partition(|one| one.from < failed.event);
    if let Some(one) = before.pop() {
        let server = past.roster.process_name(one.pid);
        let ended = past.ledger.ended.get(&one.pid).is_some_and(|end| *end < failed.event);
        let how = if ended {
            "已经结束了"
        } else {
            "已经不再监听（关闭了监听的套接字）"
        };
        let sentence =
            format!("{client}连接 {to} 被拒绝（ECONNREFUSED）：{server}先前在那里监听，这时{how}");
        return Some(Finding::new(Code::NoLongerListens, Certainty::Proved, sentence));
    }
    let one = after.drain(..).next()?;
    let server = past.roster.process_name(one.pid);
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
                if reaches(*addr, to) =>
            {
                Some((*pid, Errno::from_raw(*errno)))
            }
            _ => None,
        }
    })?;
    let server = past.roster.process_name(pid);
    let sentence = format!(
        "{}连接 {to} 被拒绝（ECONNREFUSED）：{server}本来要在那里监听，可是绑定（bind）失败了（{errno:?}）",
        name(past, failed)
    );
    Some(Finding::new(Code::ServerCouldNotBind, Certainty::Proved, sentence))
}

/// Somebody listens, on another port.
fn on_another_port(past: &Past, failed: &Failed, to: SocketAddr) -> Option<Finding> {
    let client = name(past, failed);
    let there = || past.ledger.listeners.iter().filter(|one| one.is_there(failed.event));
    if let Some(one) = there().find(|one| one.addr.port() == to.port().swap_bytes()) {
        let server = past.roster.process_name(one.pid);
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
        past.roster.process_name(one.pid),
        one.addr
    );
    Some(Finding::new(Code::ListensOnOtherPort, Certainty::Proved, sentence))
}

fn name(past: &Past, failed: &Failed) -> String {
    past.roster.process_name(failed.pid)
}
