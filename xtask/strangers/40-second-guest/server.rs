// cmd: server , client A , client B
// ends: hangs
// cause: 服务器在一个线程里一个一个地招呼客户端，第一个来的客户端聊完一句还开着连接等下一句，服务器就一直在读它，第二个客户端没有人 accept；服务器要给每个连接开一个线程。
// lines: server.rs:11（在读第一个客户端）、server.rs:20（回不到这里接受第二个）、client.rs:17（后来的那个停在这里）、client.rs:20（先来的那个等消息）
// not: “第二个客户端没有连上”（握手完成，在队列里）；“服务器崩溃了”；“第一个客户端没有得到回答”
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};

fn chat(stream: TcpStream) {
    let mut out = stream.try_clone().unwrap();
    for line in BufReader::new(stream).lines() {
        let line = line.unwrap();
        println!("{line}");
        writeln!(out, "收到：{line}").unwrap();
    }
}

fn main() {
    let listener = TcpListener::bind("127.0.0.1:7140").unwrap();
    for stream in listener.incoming() {
        chat(stream.unwrap());
    }
}
