//! 第 04 课 · 服务器端：收下一个文件，回一句「文件上传成功!」，结束。
//!
//! 终端一：cargo run -p lesson-04-upload-server
//! 终端二：cargo run -p lesson-04-upload-client
//! 对比：  cmp data/my.txt lessons/04-upload-client/tongue-twister.txt

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener};
use std::process::ExitCode;

use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressStyle};
use shared::error::Operation;
use shared::listen::{announce, received};
use shared::{Args, IncomingFile, incoming::CHUNK};

const HELP: &str = "\
第 04 课 · 服务器端：收下一个客户端上传的文件，回一句话，结束

用法：cargo run -p lesson-04-upload-server -- [选项]

  --addr  在哪里监听，默认 127.0.0.1:9999；
          0.0.0.0 是所有网卡，别的机器也能连
  --out   存成什么文件，默认 data/my.txt；
          已经有的会被顶替，目录不存在就创建";

fn main() -> ExitCode {
    shared::run(HELP, run)
}

fn run(mut args: Args) -> Result<()> {
    let addr = args.addr("--addr", SocketAddrV4::new(Ipv4Addr::LOCALHOST, 9999))?;
    let out = args.path("--out", "data/my.txt")?;
    args.finish()?;
    // 现在就试一次：目录不能写，不等客户端来了才发现
    drop(IncomingFile::replacing(&out)?);

    // ①②③ 创建套接字、绑定、监听
    let listener =
        TcpListener::bind(addr).context(Operation::Listen(format!("②③ 在 {addr} 监听")))?;
    announce(&listener, "lesson-04-upload-client")?;

    // ④ 等待客户端连接
    let (mut client, from) = listener.accept().context("④ 等待连接")?;

    // ⑤ 循环：收一段，写一段。文件只经过这一个缓冲区，多大都一样
    let progress = ProgressBar::new_spinner(); // 总长未知；标准错误不是终端时，它不显示
    let style = ProgressStyle::with_template("{spinner} 已收到 {bytes}")?;
    progress.set_style(style.tick_chars("-\\|/ "));
    let mut file = IncomingFile::replacing(&out).context("⑤ 收下文件")?;
    let mut buffer = vec![0; CHUNK];
    loop {
        let count =
            client.read(&mut buffer).with_context(|| format!("⑤ 接收客户端 {from} 的文件"))?;
        // 读到 0 个字节：对方不再发送，文件到此为止。被重置的连接会在上一行报错，
        // 但客户端若是悄悄结束的，看起来和传完了一样：没有写明长度，TCP 分不出来
        if count == 0 {
            break;
        }
        file.write_all(&buffer[..count]).with_context(|| format!("⑤ 写入 {}", out.display()))?;
        progress.inc(count as u64);
    }
    progress.finish_and_clear();
    // 收完整了才有名字：在这一行之前出错，原来的文件还在，半个文件不会留下
    let saved = file.finish().context("⑤ 收下文件")?;
    received(from, &saved);

    // ⑥ 回复，关闭。笔记里的客户端不读回复就走了，那时发送可能失败，但文件已经存好，不算错
    let _ = client.write_all("文件上传成功!".as_bytes());
    Ok(())
}
