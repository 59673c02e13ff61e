use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};

fn main() -> io::Result<()> {
    let prices = HashMap::from([("苹果", 5), ("香蕉", 3), ("西瓜", 9)]);
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    for (index, client) in listener.incoming().enumerate() {
        if let Err(error) = serve(client?, index + 1, &prices) {
            eprintln!("失败：{error}");
        }
    }
    Ok(())
}

fn serve(mut client: TcpStream, number: usize, prices: &HashMap<&str, u32>) -> io::Result<()> {
    let mut waiting = Vec::new();
    let mut buffer = [0; 256];
    loop {
        let count = client.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        waiting.extend_from_slice(&buffer[..count]);
        // 每找到一个换行，前面的就是一个问题；剩下的等下一次
        while let Some(end) = waiting.iter().position(|&byte| byte == b'\n') {
            let line: Vec<u8> = waiting.drain(..=end).collect();
            let question = String::from_utf8_lossy(&line[..end]);
            println!("第{number}个客户端问:{question}");
            let answer = match prices.get(&*question) {
                Some(price) => format!("{price}元\n"),
                None => "没有\n".to_owned(),
            };
            client.write_all(answer.as_bytes())?;
        }
    }
}
