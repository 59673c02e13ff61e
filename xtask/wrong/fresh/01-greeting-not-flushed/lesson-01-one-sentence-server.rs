// 错误: 问候写进了缓冲区（BufWriter），没有 flush 就去等客户端的回话
// 看到: 客户端收不到问候，两边互相等，永远停住

use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::net::{SocketAddrV4, TcpListener};
use std::process::ExitCode;

use anyhow::{Context, Result};
use shared::error::Operation;
use shared::listen::announce;
use shared::{Args, sentence};

fn main() -> ExitCode {
    shared::run("第 01 课 · 服务器端，可以写 --addr 地址:端口", serve_one)
}

fn serve_one(mut args: Args) -> Result<()> {
    let default: SocketAddrV4 = "127.0.0.1:8888".parse()?;
    let addr = args.addr("--addr", default)?;
    args.finish()?;

    let listener =
        TcpListener::bind(addr).context(Operation::Listen(format!("② 绑定 {addr}")))?;
    announce(&listener, "lesson-01-one-sentence-client")?;

    let (stream, who) = listener.accept().context("等客户端")?;
    let mut writer = BufWriter::new(&stream);
    let mut reader = BufReader::new((&stream).take(sentence::RECEIVE_LIMIT));

    writer.write_all(b"welcome to socket").context("发问候")?;

    let mut line = vec![];
    reader.read_until(b'\n', &mut line).context("收回话")?;
    let words = sentence::text(&line).context("回话看不懂")?;
    println!("服务器端收到来自{who}的信息:{words}");
    Ok(())
}
