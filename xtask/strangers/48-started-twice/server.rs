// cmd: server , server
// ends: fails
// cause: 同一个服务器开了两份，先绑上 7148 的那份一直听着，另一份 bind 得到 AddrInUse 而 panic；关掉先开的，或者换一个端口。先绑上的那份好好的，在等客户端。
// lines: server.rs:10（后绑的在这里失败）、server.rs:12（先绑的等客户端）
// not: “端口停在 TIME_WAIT”；“没有权限”；“服务器忘了 listen”
use std::io::Write;
use std::net::TcpListener;

fn main() {
    let listener = TcpListener::bind("127.0.0.1:7148").expect("绑不上");
    println!("进程 {} 在听", std::process::id());
    for stream in listener.incoming() {
        let mut stream = stream.expect("accept");
        stream.write_all(b"hello\n").expect("write");
    }
}
