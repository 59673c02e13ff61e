// server：end-ignored
use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    let mut number = 0;
    let (client, _) = listener.accept()?;
    loop {
        number += 1;
        if let Err(error) = serve(&client, number) {
            eprintln!("第{number}个客户端失败：{error}");
        }
    }
}

fn serve(mut client: &TcpStream, number: u32) -> io::Result<()> {
    let mut lines = BufReader::new(client);
    let mut line = String::new();
    while lines.read_line(&mut line)? > 0 {
        let question = line.trim_end();
        println!("第{number}个客户端问:{question}");
        writeln!(client, "{}", price(question))?;
        line.clear();
    }
    Ok(())
}

fn price(question: &str) -> &'static str {
    match question {
        "苹果" => "5元",
        "香蕉" => "3元",
        "西瓜" => "9元",
        _ => "没有",
    }
}
