// 错误: 直接写在正式的文件里，没有等收完整了再给它名字
// 看到: 服务器端中途结束，data/my.txt 里留下半个文件

use std::fs::{self, File};
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener};
use std::process::ExitCode;

use anyhow::{Context, Result};
use shared::Args;
use shared::error::Operation;
use shared::incoming::Saved;
use shared::listen::{announce, received};

fn main() -> ExitCode {
    shared::run("第 04 课 · 上传服务器端", run)
}

fn run(mut args: Args) -> Result<()> {
    let addr = args.addr("--addr", SocketAddrV4::new(Ipv4Addr::LOCALHOST, 9999))?;
    let path = args.path("--out", "data/my.txt")?;
    args.finish()?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("创建目录 {}", folder.display()))?;
    }

    let server = TcpListener::bind(addr).context(Operation::Listen(format!("监听 {addr}")))?;
    announce(&server, "lesson-04-upload-client")?;
    let (mut client, from) = server.accept().context("④ 等待连接")?;

    let mut file = File::create(&path).with_context(|| format!("新建 {}", path.display()))?;
    let bytes = io::copy(&mut client, &mut file).context("⑤ 收文件")?;
    file.flush()?;
    drop(file);
    received(from, &Saved { path, bytes });

    let _ = client.write_all("文件上传成功!".as_bytes());
    Ok(())
}
