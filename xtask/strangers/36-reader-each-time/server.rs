// cmd: server , client
// ends: hangs
// cause: 服务器每读一行都新建一个 BufReader，第一个把两行一起读进了自己的缓冲区，丢掉时第二行也没了，第二次 read_line 等不到东西；整个连接只用一个 BufReader。
// lines: server.rs:11（每次新建 BufReader）、server.rs:20（两次调用，第二次停住）、client.rs:12（两行一起发）、client.rs:14（等结果）
// not: “客户端没有发第二行”；“第二行没有换行”；“网络丢了第二行”
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};

fn read_line(stream: &TcpStream) -> String {
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).unwrap();
    line.trim().to_string()
}

fn main() {
    let listener = TcpListener::bind("127.0.0.1:7136").unwrap();
    let (mut stream, _) = listener.accept().unwrap();
    let user = read_line(&stream);
    println!("用户 {user}");
    let password = read_line(&stream);
    println!("密码 {} 个字符", password.len());
    stream.write_all(b"ok\n").unwrap();
}
