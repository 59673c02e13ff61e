//! 练习 12-1：UDP 服务器端。谁问一个数，就把它的两倍回给谁。
//!
//! 客户端已经写好：键盘输入一个数，就把它写成文字，作为一个数据报发来，例如「3」，
//! 再等一个数据报，里面是答案，例如「6」。
//! 你写服务器端：绑定 127.0.0.1:8888，只用一个套接字，接待所有的客户端；
//! 收到一个问题，就把答案回给问的那一个，自己什么也不印。
//! 服务器端不会自己结束。
//!
//! 没有连接，两个客户端的问题会轮流来，不要回错人。

use std::io;
use std::net::{SocketAddr, UdpSocket};

fn main() -> io::Result<()> {
    let socket: UdpSocket = todo!("① 一个绑定在 127.0.0.1:8888 的 UDP 套接字");

    let mut room = [0; 100];
    loop {
        let (count, from): (usize, SocketAddr) = todo!("② 收一个数据报，放进 room");

        let number: u64 = todo!("③ room 的前 count 个字节是文字，变成数");

        todo!("④ 把两倍写成文字，回给 from");
    }
}
