use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpListener;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    loop {
        let (mut client, from) = listener.accept()?;
        let mut bytes = Vec::new();
        if let Err(error) = BufReader::new(&client).read_until(b'\n', &mut bytes) {
            eprintln!("一个客户端失败：{from} {error}");
            continue;
        }
        match String::from_utf8(bytes) {
            Err(error) => eprintln!("一个客户端失败：{from} {error}"),
            Ok(text) => {
                println!("收到:{}", text.trim_end());
                if let Err(error) = client.write_all("收到了\n".as_bytes()) {
                    eprintln!("一个客户端失败：{from} {error}");
                }
            }
        }
    }
}
