// 错误: 每次都把整个缓冲区发出去，没有按读到的字节数截取
// 看到: 服务器端收到的文件比原来的长，后面多出许多 0（或者上一段的内容）

use std::fs::File;
use std::io::{Cursor, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddrV4, TcpStream};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use shared::error::Operation;
use shared::{Args, sentence};

static POEM: &str = "四是四，十是十，
十四是十四，四十是四十。
谁能说准四十、十四、四十四，
谁来试一试。

吃葡萄不吐葡萄皮，
不吃葡萄倒吐葡萄皮。
";

fn main() -> ExitCode {
    shared::run("第 04 课 · 上传：[文件] [--addr 地址]", run)
}

fn run(mut args: Args) -> Result<()> {
    let addr = args.addr("--addr", SocketAddrV4::new(Ipv4Addr::LOCALHOST, 9999))?;
    let file = args.positional()?;
    args.finish()?;

    let (name, mut source): (String, Box<dyn Read>) = match file {
        None => ("绕口令".into(), Box::new(Cursor::new(POEM))),
        Some(path) => {
            let name = path.to_string_lossy().to_string();
            let file = File::open(&path).with_context(|| format!("打开 {name}"))?;
            ensure!(!file.metadata()?.is_dir(), "{name} 是一个目录，不是文件");
            (name, Box::new(file))
        }
    };

    let mut server = TcpStream::connect(addr)
        .context(Operation::Connect(format!("② 连接服务器 {addr}")))?;
    let mut buffer = [0u8; 1024];
    while source.read(&mut buffer).with_context(|| format!("③ 读取 {name}"))? > 0 {
        server.write_all(&buffer).with_context(|| format!("③ 服务器 {addr} 没有收完 {name}"))?;
    }
    server
        .shutdown(Shutdown::Write)
        .with_context(|| format!("③ 服务器 {addr} 没有收完 {name}"))?;

    let mut reply = Vec::new();
    server
        .take(sentence::RECEIVE_LIMIT)
        .read_to_end(&mut reply)
        .with_context(|| format!("④ 服务器 {addr} 没有确认"))?;
    ensure!(!reply.is_empty(), "④ 服务器 {addr} 没有确认就关闭了连接");
    println!("客户端收到:{}", sentence::text(&reply)?);
    Ok(())
}
