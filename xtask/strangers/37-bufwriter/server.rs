// cmd: server , client
// ends: hangs
// cause: 客户端把请求写进了 BufWriter，没有 flush 就去读回答，请求还在自己的缓冲区里；要在读之前 writer.flush()。
// lines: client.rs:18（只写进缓冲区）、client.rs:20（客户端等回答）、server.rs:14（服务器等请求）
// not: “服务器收到了请求”；“消息没有换行”（有换行，是没有发出去）；“服务器太慢”
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

fn main() -> std::io::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", 7137))?;
    let (stream, peer) = listener.accept()?;
    eprintln!("{peer} 来了");
    let mut out = stream.try_clone()?;
    for line in BufReader::new(stream).lines() {
        writeln!(out, "{}", line?.to_uppercase())?;
    }
    Ok(())
}
