// cmd: server , client , client
// ends: healthy
// cause: Unix 套接字的服务器给每个连接开一个线程，答完两个客户端继续等新的，正该如此；客户端都正常结束，谁也不用改。
// lines: server.rs:21（一直等新客户端，正常）、client.rs:17（拿到答案）
// not: “服务器卡住了”；“连接没有关”；“死锁”
use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::thread;

fn answer(mut stream: UnixStream) {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let back: String = text.chars().rev().collect();
    stream.write_all(back.as_bytes()).unwrap();
}

fn main() {
    let path = std::env::temp_dir().join("stranger-7159.sock");
    let _ = std::fs::remove_file(&path);
    let listener = UnixListener::bind(&path).unwrap();
    for stream in listener.incoming() {
        let stream = stream.unwrap();
        thread::spawn(move || answer(stream));
    }
}
