//! 服务器端要说的话：在哪里监听、全班输入什么、收下了谁的文件、哪个客户端失败了。

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Error, Result};
use nix::errno::Errno;
use nix::ifaddrs::getifaddrs;
use nix::net::if_::InterfaceFlags;

use crate::error::{explain, reason, tell};
use crate::incoming::Saved;

/// 说出服务器在哪里监听；别的机器连得上时，再列出全班要输入的命令。
///
/// 第一行总以「正在监听 地址:端口」开头，地址取自 `local_addr`：端口 0 会显示成内核真正选的端口。
/// `client` 是客户端的包名，例如 `lesson-01-one-sentence-client`。
///
/// # Errors
/// 读不到监听的地址时返回错误。
pub fn announce(listener: &TcpListener, client: &str) -> Result<()> {
    announce_at("正在监听", listener.local_addr().context("查看监听的地址")?, client);
    Ok(())
}

/// 同上，UDP 的：没有 listen，绑定了地址就收得到，第一行以「正在等待数据报 地址:端口」开头。
///
/// # Errors
/// 读不到绑定的地址时返回错误。
pub fn announce_datagrams(socket: &UdpSocket, client: &str) -> Result<()> {
    announce_at("正在等待数据报", socket.local_addr().context("查看绑定的地址")?, client);
    Ok(())
}

fn announce_at(does: &str, addr: SocketAddr, client: &str) {
    let hosts = match addr {
        SocketAddr::V4(addr) if addr.ip().is_unspecified() => class_addresses(),
        SocketAddr::V4(addr) if !addr.ip().is_loopback() => vec![*addr.ip()],
        _ => Vec::new(),
    };
    let mut lines = format!("{does} {addr}");
    for host in hosts {
        let port = addr.port();
        lines += &format!("\n全班输入：cargo run -p {client} -- --addr {host}:{port}");
    }
    tell(lines);
}

/// 别的机器能输入的本机 IPv4 地址：网卡开着、插着线、不是回环（getifaddrs(3)、netdevice(7)）。
fn class_addresses() -> Vec<Ipv4Addr> {
    let ready = InterfaceFlags::IFF_UP | InterfaceFlags::IFF_RUNNING;
    let interfaces = getifaddrs().into_iter().flatten();
    let mut found: Vec<Ipv4Addr> = interfaces
        .filter(|interface| interface.flags.contains(ready))
        .filter_map(|interface| Some(interface.address?.as_sockaddr_in()?.ip()))
        .filter(|ip| !ip.is_loopback())
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// 看 `accept` 的结果：接到了是 `Some`；这一次没接成、但能接着等，是 `None`（已经说了一声）。
///
/// accept(2) 会报出的错误几乎都是暂时的：客户端走了、网络断了、描述符用完了。
///
/// # Errors
/// 监听套接字本身不能用了（例如已经关闭）：再等也不会好。
pub fn accepted(
    outcome: io::Result<(TcpStream, SocketAddr)>,
) -> Result<Option<(TcpStream, SocketAddr)>> {
    let error = match outcome {
        Ok(client) => return Ok(Some(client)),
        Err(error) => error,
    };
    match error.raw_os_error().map(Errno::from_raw) {
        Some(Errno::EBADF | Errno::EINVAL | Errno::ENOTSOCK | Errno::EFAULT) | None => {
            return Err(error).context("等待连接");
        }
        // 客户端还在排队时就走了：只影响它自己，马上接下一个
        Some(Errno::ECONNABORTED | Errno::EPROTO) => {}
        // 例如 EMFILE：客户端还在队里，立刻再试还是失败，只会空转，所以等一等
        Some(_) => thread::sleep(Duration::from_millis(500)),
    }
    tell(format_args!("有一个客户端没有接成：{}", reason(&error)));
    Ok(None)
}

/// 一个客户端失败了：一行说清是谁、为什么；服务器接着干活。
pub fn client_failed(addr: SocketAddr, error: &Error) {
    tell(format_args!("客户端 {addr} 失败：{}", explain(error)));
}

/// 收好了一个文件：一行说清存成了什么、多少字节、是谁传的。
pub fn received(addr: SocketAddr, saved: &Saved) {
    tell(format_args!("收下 {saved}，来自客户端 {addr}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_that_gave_up_is_temporary_and_a_closed_listener_is_not() {
        let failed = |errno: Errno| accepted(Err(io::Error::from(errno)));
        assert!(failed(Errno::ECONNABORTED).unwrap().is_none());
        assert!(failed(Errno::EMFILE).unwrap().is_none());
        assert!(failed(Errno::EBADF).is_err());
    }

    #[test]
    fn the_class_is_never_told_a_loopback_address() {
        assert!(class_addresses().iter().all(|ip| !ip.is_loopback()));
    }
}
