//! Calls in the wrong order.

use events::Call;
use nix::errno::Errno;

use super::super::cause::Certainty;
use super::super::code::Code;
use super::super::finding::Finding;
use super::{Failed, Past};

/// `EINVAL` of `accept(2)` and `bind(2)`, `ENOTCONN` of `send(2)` and `recv(2)`.
pub fn explain(past: &Past, failed: &Failed) -> Option<Finding> {
    let name = past.roster.process_name(failed.pid);
    let errno = Errno::from_raw(failed.errno);
    let (code, sentence, advice) = match (failed.call, errno) {
        (Call::Accept { fd, local: None, .. }, Errno::EINVAL) => (
            Code::AcceptWithoutListen,
            format!("{name}的 accept({fd}) 失败（EINVAL）：这个套接字没有在监听"),
            "accept 之前先 listen；已经关闭或 shutdown 的监听套接字也不能再 accept",
        ),
        (Call::Bind { fd, .. }, Errno::EINVAL) => {
            let (addr, _) = past.ledger.bound.get(&(failed.pid, *fd))?;
            let addr = addr.map(|addr| format!("（{addr}）")).unwrap_or_default();
            (
                Code::BoundTwice,
                format!("{name}的 bind({fd}) 失败（EINVAL）：这个套接字已经绑定过了{addr}"),
                "一个套接字只绑定一次；换地址要新建一个",
            )
        }
        (Call::Send { fd, .. } | Call::Receive { fd, .. }, Errno::ENOTCONN) => (
            Code::NotConnected,
            format!("{name}的 {}({fd}) 失败（ENOTCONN）：这个套接字没有连接", failed.call.name()),
            "服务器收发用 accept 给出的那个套接字，不是监听的那个；客户端先 connect",
        ),
        _ => return None,
    };
    Some(Finding::new(code, Certainty::Proved, sentence).advises(advice))
}
