// 错误: 文件发完以后没有半关闭，就去等回复
// 看到: 服务器端不知道文件完了，还在等；客户端在等回复，两边永远停住

use std::fs;
use std::io::{self, Read};
use std::net::{SocketAddrV4, TcpStream};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use shared::error::Operation;
use shared::{Args, sentence};

fn main() -> ExitCode {
    shared::run("第 04 课 · 客户端", run)
}

const DEFAULT_TEXT: &[u8] = "四是四，十是十，
十四是十四，四十是四十。
谁能说准四十、十四、四十四，
谁来试一试。

吃葡萄不吐葡萄皮，
不吃葡萄倒吐葡萄皮。
".as_bytes();

fn run(mut args: Args) -> Result<()> {
    let addr: SocketAddrV4 = args.addr("--addr", "127.0.0.1:9999".parse()?)?;
    let path = args.positional()?.map(PathBuf::from);
    args.finish()?;

    match path {
        None => send(addr, DEFAULT_TEXT, "绕口令"),
        Some(path) => {
            let name = path.display().to_string();
            let file = fs::File::open(&path).with_context(|| format!("打开 {name}"))?;
            if path.is_dir() {
                bail!("{name} 是一个目录，不是文件");
            }
            send(addr, file, &name)
        }
    }
}

fn send<R: Read>(addr: SocketAddrV4, mut from: R, name: &str) -> Result<()> {
    let mut server = TcpStream::connect(addr)
        .context(Operation::Connect(format!("② 连接服务器 {addr}")))?;
    io::copy(&mut from, &mut server)
        .with_context(|| format!("③ 服务器 {addr} 没有收完 {name}"))?;

    let mut answer = Vec::new();
    server
        .take(sentence::RECEIVE_LIMIT)
        .read_to_end(&mut answer)
        .with_context(|| format!("④ 服务器 {addr} 没有回复"))?;
    if answer.is_empty() {
        bail!("④ 服务器 {addr} 没有确认就关闭了连接");
    }
    println!("客户端收到:{}", sentence::text(&answer)?);
    Ok(())
}
