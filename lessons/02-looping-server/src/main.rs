//! 第 02 课 · 循环服务器：一个客户端接一个客户端，不管谁出了错都继续。
//!
//! 终端一：cargo run -p lesson-02-looping-server
//! 终端二：cargo run -p lesson-01-one-sentence-client（可以运行很多次）
//! 全班一起：cargo run -p lesson-02-looping-server -- --addr 0.0.0.0:8888

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpListener, TcpStream};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use shared::deadline::DeadlineReader;
use shared::error::Operation;
use shared::listen::{accepted, announce, client_failed};
use shared::{Args, sentence};

const HELP: &str = "第 02 课 · 循环服务器：接待一个又一个客户端，按 Ctrl-C 结束

用法：cargo run -p lesson-02-looping-server -- [选项]

  --addr     在哪里监听，默认 127.0.0.1:8888；
             0.0.0.0 是所有网卡，别的机器也能连
  --timeout  一个客户端一共最多占用多少秒，默认 30";

fn main() -> ExitCode {
    shared::run(HELP, run)
}

fn run(mut args: Args) -> Result<()> {
    let addr = args.addr("--addr", SocketAddrV4::new(Ipv4Addr::LOCALHOST, 8888))?;
    let timeout = args.seconds("--timeout", Duration::from_secs(30))?;
    args.finish()?;

    // ①②③ 一行做完第 01 课的四个系统调用：socket、setsockopt(SO_REUSEADDR)、bind、listen（排队 128 个）
    let listener =
        TcpListener::bind(addr).context(Operation::Listen(format!("②③ 在 {addr} 监听")))?;
    announce(&listener, "lesson-01-one-sentence-client")?;

    loop {
        // ④ 等待连接：接待一个的时候，后来的客户端由内核排着队
        let Some((client, from)) = accepted(listener.accept())? else { continue };
        // 一个客户端出错只结束它自己：说出是谁、为什么，再接待下一个
        if let Err(error) = serve(&client, from, timeout) {
            client_failed(from, &error);
        }
        // ⑦ 关闭：client 在每一圈的末尾离开作用域，自动关闭
    }
}

fn serve(mut client: &TcpStream, from: SocketAddr, timeout: Duration) -> Result<()> {
    // ⑤ 发送
    let deadline = Instant::now() + timeout;
    client.set_write_timeout(Some(timeout)).context("⑤ 设置时限")?;
    client.write_all(b"welcome to socket").context("⑤ 发送问候")?;

    // ⑥ 接收：到换行或对方不再发送为止。不设时限的话，一个不说话的客户端就能让全班等下去；
    //    期限算的是总的时间，所以隔一会儿来一个字节也占不住
    let mut bytes = Vec::new();
    BufReader::new(DeadlineReader::new(client, deadline).take(sentence::RECEIVE_LIMIT))
        .read_until(b'\n', &mut bytes)
        .context("⑥ 接收一句话")?;
    let text = sentence::text(&bytes).context("⑥ 这句话用不了")?;
    println!("服务器端收到来自{from}的信息:{text}");
    Ok(())
}
