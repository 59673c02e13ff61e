// 错误: 发送的是字符串的调试写法（{:?}），两头多了引号
// 看到: 服务器端印出的话带着一对双引号

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpStream};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use shared::error::Operation;
use shared::{Args, sentence};

fn main() -> ExitCode {
    shared::run("第 01 课 · 客户端，可以写 --addr 地址:端口", talk)
}

fn talk(mut args: Args) -> Result<()> {
    let addr = args.addr("--addr", SocketAddrV4::new(Ipv4Addr::new(127, 0, 0, 1), 8888))?;
    args.finish()?;

    let mut conn = TcpStream::connect(addr)
        .context(Operation::Connect(format!("② 连接服务器 {addr}")))?;

    let mut buf = vec![0u8; 256];
    let n = conn.read(&mut buf).context("③ 接收")?;
    if n == 0 {
        bail!("服务器没有说话");
    }
    buf.truncate(n);
    println!("客户端收到:{}", sentence::text(&buf)?);

    let answer = "socket很好玩，很有趣，我很喜欢！";
    let bytes = format!("{:?}", answer).into_bytes();
    conn.write_all(&bytes).context("④ 发送")?;
    Ok(())
}
