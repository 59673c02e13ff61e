//! 第 04 课 · 客户端：把一个文件传给服务器，等它确认。
//!
//! 终端一：cargo run -p lesson-04-upload-server
//! 终端二：cargo run -p lesson-04-upload-client
//! 传别的：cargo run -p lesson-04-upload-client -- 照片.jpg

use std::fs::File;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddrV4, TcpStream};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use indicatif::{ProgressBar, ProgressStyle};
use shared::{Args, error::Operation, incoming::CHUNK, sentence};

const HELP: &str = "第 04 课 · 客户端：把一个文件传给服务器，等它确认

用法：cargo run -p lesson-04-upload-client -- [文件] [选项]

  文件    不写就传一段绕口令；/dev/stdin 是标准输入
  --addr  服务器的地址和端口，默认 127.0.0.1:9999";

/// 没有指定文件时传的绕口令：编译时就放进了程序。
const SAMPLE: &[u8] = include_bytes!("../tongue-twister.txt");

fn main() -> ExitCode {
    shared::run(HELP, run)
}

fn run(mut args: Args) -> Result<()> {
    let addr = args.addr("--addr", SocketAddrV4::new(Ipv4Addr::LOCALHOST, 9999))?;
    let path = args.positional()?;
    args.finish()?;
    let Some(path) = path else {
        return upload(addr, SAMPLE, "绕口令", ProgressBar::new(SAMPLE.len() as u64));
    };
    // 先打开文件再连接：文件有问题，就不必打扰服务器
    let name = path.to_string_lossy();
    let file = File::open(&path).with_context(|| format!("打开 {name}"))?;
    let about = file.metadata().with_context(|| format!("查看 {name}"))?;
    ensure!(!about.is_dir(), "{name} 是一个目录，不是文件。请给出文件名");
    // 管道和终端没有长度，读完才知道有多少：不显示进度条，也就不会打乱键盘输入
    let bar = if about.is_file() { ProgressBar::new(about.len()) } else { ProgressBar::hidden() };
    upload(addr, file, &name, bar)
}

/// 把 `source` 的字节全部传给 `addr`，等它确认。`source` 是什么都行，只要能读（Read）。
fn upload(addr: SocketAddrV4, mut source: impl Read, name: &str, bar: ProgressBar) -> Result<()> {
    // ① 创建套接字  ② 连接服务器
    let mut server =
        TcpStream::connect(addr).context(Operation::Connect(format!("② 连接服务器 {addr}")))?;

    // ③ 循环：读一段，发一段。标准错误不是终端时，进度条不显示
    let style = ProgressStyle::with_template("[{bar:40}] {bytes}/{total_bytes}")?;
    bar.set_style(style.progress_chars("=> "));
    let not_received = || format!("③ 服务器 {addr} 没有收完 {name}");
    let mut buffer = vec![0; CHUNK];
    loop {
        let count = source.read(&mut buffer).with_context(|| format!("③ 读取 {name}"))?;
        if count == 0 {
            break;
        }
        server.write_all(&buffer[..count]).with_context(not_received)?;
        bar.inc(count as u64);
    }
    bar.finish_and_clear();
    // 半关闭（half-close）：我不再发送，但还能接收。服务器由此知道文件完了
    server.shutdown(Shutdown::Write).with_context(not_received)?;

    // ④ 收回复，直到服务器关闭，至多 64 KiB。没有回复就不算成功：字节交给了内核，不等于服务器存好了
    let mut reply = Vec::new();
    (&server)
        .take(sentence::RECEIVE_LIMIT)
        .read_to_end(&mut reply)
        .with_context(|| format!("④ 服务器 {addr} 没有确认收到"))?;
    ensure!(!reply.is_empty(), "④ 服务器 {addr} 没有确认就关闭了连接。看看那边的错误");
    // 回什么文字都照样打印，都算成功：连错了服务器（例如 02 课的），只有看打印的回复才知道
    println!("客户端收到:{}", sentence::text(&reply).context("④ 服务器的回复用不了")?);
    Ok(())
}
