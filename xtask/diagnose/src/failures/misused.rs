//! Calls in the wrong order, or on the wrong socket.

use events::{Activity, Call, CallResult, Family, Kind, Object, Place, SocketKind};
use nix::errno::Errno;
use text::thousands;

use super::super::cause::Certainty;
use super::super::code::Code;
use super::super::finding::Finding;
use super::{Failed, Past, descriptor, name_of, verb};

/// A datagram of IPv4 carries at most so many bytes: 65,535 without the heads of IP and UDP (RFC 768).
const DATAGRAM: u64 = 65_507;

/// What is wrong, and what to do instead.
type Told = (Code, &'static str, &'static str);

/// What a manual page says of an error, where nothing else is needed for it.
pub fn explain(past: &Past, failed: &Failed) -> Option<Finding> {
    let fd = descriptor(failed.call)?;
    let one = (failed.pid, fd);
    let head = format!(
        "{}的 {}(fd={fd}) 失败（{}）：",
        past.roster.process_name(failed.pid),
        verb(failed.call),
        name_of(failed.errno)
    );
    let proved = |code, sentence: String, advice: &str| {
        let sentence = format!("{head}{sentence}");
        Some(Finding::new(code, Certainty::Proved, sentence).advises(advice))
    };
    match (failed.call, failed.errno) {
        (Call::Bind { .. }, Errno::EINVAL) => {
            let addr = past.ledger.bound.get(&one)?;
            let addr = addr.map(|addr| format!("（{addr}）")).unwrap_or_default();
            let sentence = format!("这个套接字已经绑定过了{addr}");
            proved(Code::BoundTwice, sentence, "一个套接字只绑定一次；换地址要新建一个")
        }
        (Call::Send { .. }, Errno::EMSGSIZE) => {
            let bytes = past.ledger.asked.get(&failed.tid).copied().unwrap_or(0);
            let is_udp =
                past.ledger.sockets.get(&one) == Some(&(Family::Ipv4, SocketKind::Datagram));
            if !is_udp || bytes <= DATAGRAM {
                return None;
            }
            let sentence = format!(
                "要发 {} 字节，一个 UDP 数据报至多 {} 字节",
                thousands(bytes),
                thousands(DATAGRAM)
            );
            proved(Code::DatagramTooLong, sentence, "分成几个数据报发，或者改用 TCP")
        }
        (_, Errno::EBADF) => {
            let sentence = match past.ledger.closed.contains(&one) {
                true => match closed_at(past, failed, fd) {
                    Some(place) => format!("描述符 {fd} 已经关闭了（在 {place}）"),
                    None => format!("描述符 {fd} 已经关闭了"),
                },
                false => format!("描述符 {fd} 没有打开"),
            };
            proved(Code::NotOpen, sentence, "关闭以后不要再用它；几个线程共用时，用完的那个再关闭")
        }
        (call, errno) => {
            let (code, sentence, advice) = plain(call, errno)?;
            proved(code, sentence.to_owned(), advice)
        }
    }
}

/// Where its process closed a descriptor last.
fn closed_at<'a>(past: &Past<'a>, failed: &Failed, number: i32) -> Option<&'a Place> {
    let events = &past.case.events[..failed.event];
    let closes = |kind: &Kind| match kind {
        Kind::Traced {
            pid,
            activity: Activity::Leave { call: Call::Close { fd, .. }, outcome: CallResult::Done(_) },
            ..
        } => (*pid, *fd) == (failed.pid, number),
        _ => false,
    };
    events.iter().rev().find(|event| closes(&event.kind))?.place.as_ref()
}

fn plain(call: &Call, errno: Errno) -> Option<Told> {
    Some(match (call, errno) {
        (Call::Accept { local: None, .. }, Errno::EINVAL) => (
            Code::AcceptWithoutListen,
            "这个套接字没有在监听",
            "accept 之前先 listen；已经关闭或 shutdown 的监听套接字也不能再 accept",
        ),
        (
            Call::Send { object: Object::Listener { .. }, .. }
            | Call::Receive { object: Object::Listener { .. }, .. },
            Errno::ENOTCONN | Errno::EPIPE,
        ) => (
            Code::NotConnected,
            "这是监听的套接字，它自己不收发",
            "服务器收发用 accept 给出的那个套接字",
        ),
        (Call::Send { .. } | Call::Receive { .. }, Errno::ENOTCONN) => (
            Code::NotConnected,
            "这个套接字没有连接",
            "服务器收发用 accept 给出的那个套接字；客户端先 connect",
        ),
        (Call::Connect { .. }, Errno::EISCONN) => {
            (Code::ConnectedTwice, "这个套接字已经连上了", "一个套接字只连接一次；再连要新建一个")
        }
        (Call::Send { .. }, Errno::EDESTADDRREQ) => {
            (Code::NoDestination, "没有说发给谁", "用 sendto 写上地址，或者先 connect")
        }
        _ => return None,
    })
}
