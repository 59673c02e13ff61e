// cmd: main
// ends: fails
// cause: connect 过的 UDP 套接字发到 7153，那里没有人绑定，内核把 ICMP“端口不可达”变成错误，recv 得到 ConnectionRefused；要先把服务器在 7153 上启动，或者改对端口。
// lines: main.rs:11（没有人的端口）、main.rs:16（recv 报错）
// not: “TCP 握手被拒绝”（这是 UDP）；“send 失败了”（第一次 send 成功）；“超时”
use std::net::UdpSocket;
use std::time::Duration;

fn main() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.connect("127.0.0.1:7153").unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let sent = socket.send(b"what time is it?").unwrap();
    println!("发了 {sent} 字节");
    let mut buf = [0; 128];
    let n = socket.recv(&mut buf).unwrap();
    println!("{}", String::from_utf8_lossy(&buf[..n]));
}
