use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    for (index, client) in listener.incoming().enumerate() {
        if let Err(error) = serve(client?, index + 1) {
            eprintln!("第{}位失败：{error}", index + 1);
        }
    }
    Ok(())
}

fn serve(mut client: TcpStream, number: usize) -> io::Result<()> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 32];
    while !bytes.contains(&b'\n') {
        let count = client.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        bytes.extend_from_slice(&buffer[..count]);
    }
    let name = String::from_utf8_lossy(&bytes);
    let name = name.trim_end();
    println!("第{number}位:{name}，来自{}", client.peer_addr()?);
    write!(client, "你是第{number}位，{name}")
}
