//! Datagrams that nobody heard, and files of Unix sockets that nobody removed.

use events::{Activity, Call, CallResult, Family, Kind};
use nix::errno::Errno;

use super::super::cause::Certainty;
use super::super::code::Code;
use super::super::finding::Finding;
use super::{Failed, Past};

/// `ECONNREFUSED` of a connected datagram socket (`udp(7)`: the ICMP error comes with a later call), `EADDRINUSE` of a
/// Unix socket (`unix(7)`).
pub fn explain(past: &Past, failed: &Failed) -> Option<Finding> {
    let name = past.roster.process_name(failed.pid);
    match (failed.call, failed.errno) {
        (Call::Send { fd, .. } | Call::Receive { fd, .. }, Errno::ECONNREFUSED) => {
            let to = connected_to(past, failed, *fd)?;
            let sentence = format!(
                "{name}的 {}(fd={fd}) 失败（ECONNREFUSED）：先前发到 {to} 的数据报没有人收：那里没有程序绑定（bind），或者绑定的套接字 connect 到了别的地址；UDP 没有连接，错误到下一次调用才报告",
                super::verb(failed.call)
            );
            let finding = Finding::new(Code::DatagramRefused, Certainty::Proved, sentence);
            Some(finding.advises(format!(
                "先启动绑定在 {to} 的程序，或者改对地址和端口；收的一边不要 connect 到别的地址"
            )))
        }
        (Call::Bind { fd, addr: None }, Errno::EADDRINUSE) => {
            if family(past, failed, *fd)? != Family::Unix {
                return None;
            }
            let sentence = format!(
                "{name}绑定 Unix 套接字失败（EADDRINUSE）：那个路径上已经有一个文件；监听的程序结束了，套接字的文件也不会自己消失"
            );
            let finding = Finding::new(Code::SocketFileExists, Certainty::Proved, sentence);
            Some(finding.advises("没有别的程序在用它，就在绑定之前删掉（unlink、remove_file）"))
        }
        _ => None,
    }
}

/// Where the socket was connected to.
fn connected_to(past: &Past, failed: &Failed, fd: i32) -> Option<std::net::SocketAddr> {
    past.case.events[..failed.event].iter().rev().find_map(|event| match &event.kind {
        Kind::Traced {
            pid,
            activity:
                Activity::Leave {
                    call: Call::Connect { fd: f, peer: Some(peer), .. },
                    outcome: CallResult::Done(_),
                },
            ..
        } if (*pid, *f) == (failed.pid, fd) => Some(*peer),
        _ => None,
    })
}

/// Of which family a socket is.
fn family(past: &Past, failed: &Failed, fd: i32) -> Option<Family> {
    past.case.events[..failed.event].iter().rev().find_map(|event| match &event.kind {
        Kind::Traced {
            pid,
            activity:
                Activity::Leave { call: Call::Socket { family, .. }, outcome: CallResult::Done(f) },
            ..
        } if *pid == failed.pid && *f == i64::from(fd) => Some(*family),
        _ => None,
    })
}
