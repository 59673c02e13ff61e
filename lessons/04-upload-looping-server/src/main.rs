//! 第 04 课 · 循环的服务器端：一个客户端接一个客户端，收下的文件编号存放，从不覆盖。
//!
//! 终端一：cargo run -p lesson-04-upload-looping-server
//! 终端二：cargo run -p lesson-04-upload-client（可以运行很多次，然后 ls data）
//! 全班一起：cargo run -p lesson-04-upload-looping-server -- --addr 0.0.0.0:9999

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener, TcpStream};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use shared::error::Operation;
use shared::incoming::Saved;
use shared::listen::{accepted, announce, client_failed, received};
use shared::{Args, IncomingFile};

const HELP: &str = "\
第 04 课 · 循环的服务器端：上传的文件存成 picture_1.jpg、picture_2.jpg……按 Ctrl-C 结束

用法：cargo run -p lesson-04-upload-looping-server -- [选项]

  --addr     在哪里监听，默认 127.0.0.1:9999；
             0.0.0.0 是所有网卡，别的机器也能连
  --dir      存在哪个目录，默认 data；不存在就创建
  --timeout  客户端多少秒没有动静就放弃它，默认 30";

fn main() -> ExitCode {
    shared::run(HELP, run)
}

fn run(mut args: Args) -> Result<()> {
    let addr = args.addr("--addr", SocketAddrV4::new(Ipv4Addr::LOCALHOST, 9999))?;
    let dir = args.path("--dir", "data")?;
    let timeout = args.seconds("--timeout", Duration::from_secs(30))?;
    args.finish()?;
    // 现在就试一次：目录不能写，不等第一个客户端来了才发现
    drop(IncomingFile::numbered(&dir)?);

    // ①②③ 创建套接字、绑定、监听
    let listener =
        TcpListener::bind(addr).context(Operation::Listen(format!("②③ 在 {addr} 监听")))?;
    announce(&listener, "lesson-04-upload-client")?;

    loop {
        // ④ 等待连接
        let Some((client, from)) = accepted(listener.accept())? else { continue };
        // 重置、没有动静、磁盘已满：都只结束这一个客户端，它收不到回复，就知道没有传成
        match receive(&client, &dir, timeout) {
            Ok(saved) => received(from, &saved),
            Err(error) => client_failed(from, &error),
        }
    }
}

/// 接待一个客户端。中途出错就提前返回，`file` 没有走到 `finish`，什么都不会留下。
fn receive(mut client: &TcpStream, dir: &Path, timeout: Duration) -> Result<Saved> {
    // 一次只接待一个：没有动静的客户端若不放弃，后面的人就一直轮不到
    client.set_read_timeout(Some(timeout)).context("⑤ 设置时限")?;

    // ⑤ 循环：收一段，写一段，直到对方不再发送（就是上一个程序的那个循环）
    let file = IncomingFile::numbered(dir).context("⑤ 收下文件")?;
    let file = file.receive(client).context("⑤ 收下文件")?;
    // 编号到这时才定：最小的空号，绝不覆盖已经有的。先占号再接收的话，失败的上传可能留下空号
    let saved = file.finish().context("⑤ 收下文件")?;

    // ⑥ 回复：文件已经存好，客户端不等回复就走了也不算错
    let _ = client.write_all("文件上传成功!".as_bytes());
    Ok(saved)
}
