// cmd: main
// ends: fails
// cause: 监听套接字设成了非阻塞，accept 时还没有客户端，马上返回 WouldBlock，unwrap 就 panic；要么不设非阻塞，要么遇到 WouldBlock 过一会儿再试。
// lines: main.rs:11（设为非阻塞）、main.rs:14（没有客户端，panic）
// not: “端口被占用”；“监听失败”；“有客户端断开了”
use std::io::Read;
use std::net::TcpListener;

fn main() {
    let listener = TcpListener::bind("127.0.0.1:7149").unwrap();
    listener.set_nonblocking(true).unwrap();
    println!("听在 {}", listener.local_addr().unwrap());
    loop {
        let (mut stream, peer) = listener.accept().unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        println!("{peer}: {text}");
    }
}
