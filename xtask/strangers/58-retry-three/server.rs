// cmd: server , client
// ends: healthy
// cause: 服务器头两次答 busy 就关连接，客户端睡一会儿重连，第三次拿到答案；两边都正常结束，谁也不用改。
// lines: server.rs:13（头两次答 busy）、client.rs:19（睡了再试）
// not: “服务器拒绝服务，客户端失败了”；“连接被重置”
use std::io::Write;
use std::net::{Shutdown, TcpListener};

fn main() {
    let listener = TcpListener::bind("127.0.0.1:7158").unwrap();
    for (n, stream) in listener.incoming().take(3).enumerate() {
        let mut stream = stream.unwrap();
        let word = if n < 2 { "busy" } else { "42" };
        stream.write_all(word.as_bytes()).unwrap();
        stream.shutdown(Shutdown::Both).unwrap();
    }
}
