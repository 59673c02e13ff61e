// cmd: server , client
// ends: fails
// cause: 服务器只 accept 一次就结束了，客户端说完第一次再连，7155 上已经没有人听，被拒绝；服务器要用循环一直 accept（for stream in listener.incoming()）。
// lines: server.rs:11（只接受一个）、server.rs:13（main 结束，监听也关了）、client.rs:19（第二次连接被拒绝）
// not: “服务器没有启动过”；“服务器崩溃了”；“端口号不对”（第一次连上了）
use std::io::Write;
use std::net::TcpListener;

fn main() {
    let listener = TcpListener::bind("127.0.0.1:7155").unwrap();
    let (mut stream, _) = listener.accept().unwrap();
    writeln!(stream, "今天是晴天").unwrap();
}
