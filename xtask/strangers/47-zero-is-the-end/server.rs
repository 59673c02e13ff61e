// cmd: server , client
// ends: hangs
// cause: 客户端关了连接以后 read 一直马上返回 Ok(0)，服务器把 0 当成“还没有数据”，空转占满一个核；读到 0 要跳出循环。
// lines: server.rs:15（一直返回 0）、server.rs:17（0 时 continue）
// not: “服务器停在 read 里等数据”；“客户端还开着连接”；“客户端没有发完”
use std::io::Read;
use std::net::TcpListener;

fn main() {
    let listener = TcpListener::bind("127.0.0.1:7147").unwrap();
    let (mut stream, _) = listener.accept().unwrap();
    let mut buf = [0u8; 512];
    let mut total = 0;
    loop {
        let n = stream.read(&mut buf).unwrap();
        if n == 0 {
            continue; // 还没有数据
        }
        total += n;
        println!("已收 {total} 字节");
        if total >= 1000 {
            break;
        }
    }
}
