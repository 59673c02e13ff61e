// cmd: server , client
// ends: hangs
// cause: 服务器 read_to_string 要读到流的结尾才返回，客户端发完请求没有关写的一半，而是接着等回答；客户端要在发完后 shutdown(Shutdown::Write)（或者改成按行读）。
// lines: server.rs:14（等流的结尾）、client.rs:16（发完没有半关）、client.rs:18（等回答）
// not: “服务器没有收到请求的字节”；“客户端没有发完”；“服务器忘了回答”
use std::io::{Read, Write};
use std::net::TcpListener;

fn main() {
    let listener = TcpListener::bind("127.0.0.1:7138").expect("bind");
    for stream in listener.incoming() {
        let mut stream = stream.expect("accept");
        let mut text = String::new();
        stream.read_to_string(&mut text).expect("read");
        let words = text.split_whitespace().count();
        write!(stream, "{words} words").expect("write");
    }
}
