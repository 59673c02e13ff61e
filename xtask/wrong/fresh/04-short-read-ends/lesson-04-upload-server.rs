// 错误: 一次没有读满缓冲区，就以为文件完了
// 看到: 大文件只收到前面一截；客户端才传了一行，服务器端就当作传完，存了半个文件

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener};
use std::process::ExitCode;

use anyhow::{Context, Result};
use shared::error::Operation;
use shared::listen::{announce, received};
use shared::{Args, IncomingFile};

const SIZE: usize = 64 * 1024;

fn main() -> ExitCode {
    shared::run("第 04 课 · 服务器端：--addr 地址 --out 文件", run)
}

fn run(mut args: Args) -> Result<()> {
    let addr = args.addr("--addr", SocketAddrV4::new(Ipv4Addr::LOCALHOST, 9999))?;
    let out = args.path("--out", "data/my.txt")?;
    args.finish()?;
    drop(IncomingFile::replacing(&out)?);

    let listener = TcpListener::bind(addr).context(Operation::Listen(format!("监听 {addr}")))?;
    announce(&listener, "lesson-04-upload-client")?;
    let (mut client, from) = listener.accept().context("④ 等待连接")?;

    let mut file = IncomingFile::replacing(&out)?;
    let mut buf = [0u8; SIZE];
    loop {
        let n = client.read(&mut buf).context("⑤ 接收")?;
        file.write_all(&buf[..n]).context("⑤ 写入")?;
        if n < SIZE {
            break; // 最后一段
        }
    }
    let saved = file.finish().context("⑤ 保存")?;
    received(from, &saved);
    let _ = client.write_all("文件上传成功!".as_bytes());
    Ok(())
}
