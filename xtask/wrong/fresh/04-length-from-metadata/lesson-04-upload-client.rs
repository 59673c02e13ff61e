// 错误: 按 metadata 给出的长度决定读多少，标准输入和管道的长度是 0，就一个字节也没有传
// 看到: 传 /dev/stdin 时不等键盘输入，立刻传了一个空文件

use std::fs::File;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddrV4, TcpStream};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use indicatif::ProgressBar;
use shared::error::Operation;
use shared::{Args, sentence};

const TWISTER: &str = "四是四，十是十，
十四是十四，四十是四十。
谁能说准四十、十四、四十四，
谁来试一试。

吃葡萄不吐葡萄皮，
不吃葡萄倒吐葡萄皮。
";

fn main() -> ExitCode {
    shared::run("第 04 课 · 上传文件的客户端", run)
}

fn run(mut args: Args) -> Result<()> {
    let addr = args.addr("--addr", SocketAddrV4::new(Ipv4Addr::LOCALHOST, 9999))?;
    let path = args.positional()?;
    args.finish()?;
    if let Some(path) = path {
        let name = path.to_string_lossy().into_owned();
        let file = File::open(&path).with_context(|| format!("打开 {name}"))?;
        let info = file.metadata().with_context(|| format!("查看 {name}"))?;
        ensure!(!info.is_dir(), "{name} 是一个目录，不是文件");
        upload(addr, file, info.len(), &name)
    } else {
        upload(addr, TWISTER.as_bytes(), TWISTER.len() as u64, "绕口令")
    }
}

fn upload(addr: SocketAddrV4, mut file: impl Read, length: u64, name: &str) -> Result<()> {
    let mut socket = TcpStream::connect(addr)
        .context(Operation::Connect(format!("② 连接服务器 {addr}")))?;
    let bar = ProgressBar::new(length);
    let mut chunk = vec![0; 64 * 1024];
    let mut sent = 0;
    while sent < length {
        let n = file.read(&mut chunk).with_context(|| format!("读 {name}"))?;
        ensure!(n > 0, "{name} 变短了");
        let part = &chunk[..n];
        socket.write_all(part).with_context(|| format!("③ 服务器 {addr} 没有收完 {name}"))?;
        sent += n as u64;
        bar.set_position(sent);
    }
    bar.finish_and_clear();
    socket.shutdown(Shutdown::Write).with_context(|| format!("③ 服务器 {addr} 没有收完"))?;

    let mut reply = Vec::new();
    socket
        .take(sentence::RECEIVE_LIMIT)
        .read_to_end(&mut reply)
        .with_context(|| format!("④ 服务器 {addr} 没有确认收到"))?;
    ensure!(!reply.is_empty(), "④ 服务器 {addr} 没有确认就关闭了");
    println!("客户端收到:{}", sentence::text(&reply)?);
    Ok(())
}
