//! 练习 11-1：固定的几个工人接待客户端，说出几号工人接待了谁。
//!
//! 命令行里写工人数，例如 2。工人是线程，编号从 1 起，一开始就都创建好。
//! main 只管接受连接，放进队列；哪个工人空着，就领走排在最前面的。
//! 工人收到对方说完（半关闭）为止，那是一个名字，例如「小明」，
//! 印「1 号工人接待了小明」，回复「你好，小明！」，关闭连接，再等下一个。
//!
//! 客户端已经写好。慢的迟迟不说名字，不能挡住后来的；
//! 只有一个工人时，后来的排队。服务器端不会自己结束。

use std::env;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use crossbeam::channel::{self, Receiver, Sender};

fn main() -> io::Result<()> {
    let workers: usize = env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(2);
    let listener = TcpListener::bind("127.0.0.1:8888")?;

    let (queue, waiting): (Sender<TcpStream>, Receiver<TcpStream>) = todo!("① 创建队列：一条通道");

    for number in 1..=workers {
        todo!("② 创建 number 号工人：从队列里领客户端，一个一个交给 serve");
    }

    for client in listener.incoming() {
        todo!("③ 把客户端放进队列，自己不接待");
    }
    Ok(())
}

/// 一个工人接待一个客户端。
fn serve(number: usize, mut client: TcpStream) -> io::Result<()> {
    // 30 秒没有动静，就放弃它
    client.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut name = String::new();
    todo!("④ 收下名字，印一行，回复");
    Ok(())
}
