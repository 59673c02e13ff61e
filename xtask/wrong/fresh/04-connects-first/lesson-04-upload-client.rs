// 错误: 先连接服务器，再打开文件：文件有问题时已经打扰了服务器
// 看到: 文件名写错时，说的不是没有这个文件，而是对方没有在监听

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::net::{Ipv4Addr, Shutdown, SocketAddrV4, TcpStream};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use shared::error::Operation;
use shared::{Args, sentence};

fn main() -> ExitCode {
    shared::run("第 04 课 · 客户端：文件名 --addr 地址", run)
}

struct Uploader {
    addr: SocketAddrV4,
    stream: TcpStream,
}

impl Uploader {
    fn connect(addr: SocketAddrV4) -> Result<Uploader> {
        let stream = TcpStream::connect(addr)
            .context(Operation::Connect(format!("② 连接服务器 {addr}")))?;
        Ok(Uploader { addr, stream })
    }

    fn send(&mut self, mut data: impl Read) -> Result<()> {
        let addr = self.addr;
        io::copy(&mut data, &mut self.stream)
            .and_then(|_| self.stream.shutdown(Shutdown::Write))
            .with_context(|| format!("③ 服务器 {addr} 没有收完"))
    }

    fn reply(&mut self) -> Result<String> {
        let addr = self.addr;
        let mut bytes = Vec::new();
        (&self.stream)
            .take(sentence::RECEIVE_LIMIT)
            .read_to_end(&mut bytes)
            .with_context(|| format!("④ 服务器 {addr} 没有确认收到"))?;
        ensure!(!bytes.is_empty(), "④ 服务器 {addr} 没有确认就关闭了连接");
        sentence::text(&bytes)
    }
}

fn open(path: OsString) -> Result<File> {
    let name = path.to_string_lossy();
    let file = File::open(&path).with_context(|| format!("打开 {name}"))?;
    ensure!(!file.metadata()?.is_dir(), "{name} 是一个目录，不是文件");
    Ok(file)
}

fn run(mut args: Args) -> Result<()> {
    let addr = args.addr("--addr", SocketAddrV4::new(Ipv4Addr::LOCALHOST, 9999))?;
    let path = args.positional()?;
    args.finish()?;

    let mut uploader = Uploader::connect(addr)?;
    match path {
        Some(path) => uploader.send(open(path)?)?,
        None => uploader.send("四是四，十是十，
十四是十四，四十是四十。
谁能说准四十、十四、四十四，
谁来试一试。

吃葡萄不吐葡萄皮，
不吃葡萄倒吐葡萄皮。
".as_bytes())?,
    }
    println!("客户端收到:{}", uploader.reply()?);
    Ok(())
}
