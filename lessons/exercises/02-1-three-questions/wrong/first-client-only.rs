// server：ends-after-client
use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpListener;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    let (mut client, _) = listener.accept()?;
    for line in BufReader::new(client.try_clone()?).lines() {
        let question = line?;
        println!("第1个客户端问:{question}");
        let answer = match question.as_str() {
            "苹果" => "5元",
            "香蕉" => "3元",
            "西瓜" => "9元",
            _ => "没有",
        };
        writeln!(client, "{answer}")?;
    }
    Ok(())
}
