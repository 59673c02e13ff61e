use std::io::{self, Read, Write};
use std::net::TcpListener;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    let (mut client, _) = listener.accept()?;
    client.write_all("你是谁？\n".as_bytes())?;

    // 一个字节一个字节地收，收到换行为止
    let mut bytes = Vec::new();
    let mut one = [0];
    while client.read(&mut one)? == 1 && one[0] != b'\n' {
        bytes.push(one[0]);
    }
    let name = String::from_utf8_lossy(&bytes);
    println!("来的是:{name}");
    client.write_all(format!("你好，{name}！\n").as_bytes())
}
