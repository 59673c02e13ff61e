// cmd: server , client
// ends: fails
// cause: 服务器读了一行就结束、关了连接，客户端还隔半秒写一行：第一次写得到对方的 RST，再写就是 Broken pipe，客户端的 main 返回错误；服务器要读到结尾，或者客户端要接住写错误。
// lines: server.rs:13（只读一行就结束）、client.rs:13（写断了的连接）
// not: “服务器崩溃了”（它正常结束）；“客户端读到了结尾”（它不读）；“缓冲区满了”
use std::io::{BufRead, BufReader};
use std::net::TcpListener;

fn main() -> std::io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:7150")?;
    let (stream, _) = listener.accept()?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    print!("温度 {line}");
    Ok(())
}
