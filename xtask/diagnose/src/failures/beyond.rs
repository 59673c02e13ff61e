//! What this machine, this network or this process does not have.

use events::{Call, Family};
use nix::errno::Errno;

use super::super::cause::Certainty;
use super::super::code::Code;
use super::super::finding::Finding;
use super::{Failed, Past, name_of};

/// An address, a way, a right, a file or a descriptor that is lacking.
pub fn explain(past: &Past, failed: &Failed) -> Option<Finding> {
    let name = past.roster.process_name(failed.pid);
    let errno = name_of(failed.errno);
    let (code, certainty, sentence, advice) = match (failed.call, failed.errno) {
        (Call::Bind { addr: Some(addr), .. }, Errno::EADDRNOTAVAIL) => (
            Code::AddressNotHere,
            Certainty::Proved,
            format!(
                "{name}绑定 {addr} 失败（{errno}）：它运行的网络里，本机没有 {} 这个地址",
                addr.ip()
            ),
            "绑定 127.0.0.1（只给本机）或 0.0.0.0（所有网卡）；场景的网络默认和外面隔开，只有本机",
        ),
        (Call::Bind { addr: Some(addr), .. }, Errno::EACCES) if addr.port() < 1024 => (
            Code::PortIsPrivileged,
            Certainty::Proved,
            format!("{name}绑定 {addr} 失败（{errno}）：1024 以下的端口要有特权"),
            "换一个 1024 以上的端口",
        ),
        (Call::Connect { peer: Some(peer), .. }, Errno::ENETUNREACH | Errno::EHOSTUNREACH)
            if !peer.ip().is_loopback() =>
        {
            // one of several addresses of a name, or of two kinds
            if got_through_later(past, failed) {
                return None;
            }
            (
                Code::NetworkUnreachable,
                Certainty::Proved,
                format!("{name}连接 {peer} 失败（{errno}）：从它运行的网络到不了那里"),
                "场景的网络默认和外面隔开，只有本机（lo）：要连外面，加 --shared-network",
            )
        }
        (Call::Connect { fd, peer: None, .. }, Errno::ENOENT) if is_unix(past, failed.pid, *fd) => {
            (
                Code::NoSuchSocketFile,
                Certainty::Proved,
                format!("{name}连接 Unix 套接字失败（{errno}）：没有那个套接字文件"),
                "先启动监听它的程序；两边写同一个路径",
            )
        }
        (Call::Socket { .. } | Call::Accept { .. } | Call::Pipe { .. }, Errno::EMFILE) => {
            let open = past.ledger.open.iter().filter(|(pid, _)| *pid == failed.pid).count();
            let open = match open {
                0 => String::new(),
                open => format!("，其中 {open} 个是还没有关闭的套接字"),
            };
            (
                Code::TooManyOpen,
                Certainty::Proved,
                format!(
                    "{name}的 {}() 失败（{errno}）：这个进程打开的描述符到了上限（ulimit -n）{open}",
                    failed.call.name()
                ),
                "用完的套接字要关闭",
            )
        }
        _ => return None,
    };
    Some(Finding::new(code, certainty, sentence).advises(advice))
}

fn is_unix(past: &Past, pid: i32, fd: i32) -> bool {
    past.ledger.sockets.get(&(pid, fd)).is_some_and(|(family, _)| *family == Family::Unix)
}

/// The process has connected afterwards, or ended well: what failed was one of several tries.
fn got_through_later(past: &Past, failed: &Failed) -> bool {
    use events::{Activity, CallResult, Kind};
    let later = past.case.events[failed.event..].iter().any(|event| match &event.kind {
        Kind::Traced { pid, activity: Activity::Leave { call, outcome }, .. } => {
            *pid == failed.pid
                && matches!(call, Call::Connect { peer: Some(_), .. })
                && matches!(outcome, CallResult::Done(_))
        }
        _ => false,
    });
    later || !past.ended_badly(failed.terminal)
}
