//! 练习 02-1 的客户端，已经写好：问一个，等答复，再问下一个；问完才关闭连接。

use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpStream;
use std::process::exit;

fn main() -> io::Result<()> {
    let mut server = TcpStream::connect("127.0.0.1:8888")?;
    let mut lines = BufReader::new(server.try_clone()?);
    for question in std::env::args().skip(1) {
        // 每个问题后面有一个换行，每个答复后面也有
        server.write_all(format!("{question}\n").as_bytes())?;
        let mut answer = String::new();
        if lines.read_line(&mut answer)? == 0 {
            eprintln!("「{question}」还没有答复，服务器端就关闭了连接");
            exit(1);
        }
        println!("{question}:{}", answer.trim_end());
    }
    Ok(())
}
