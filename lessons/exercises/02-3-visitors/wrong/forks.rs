// server：connection-kept-open
use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process;

use nix::unistd::{ForkResult, fork};

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    let mut clients = Vec::new();
    loop {
        let (client, from) = listener.accept()?;
        let count = clients.len() + 1;
        // SAFETY: 没有创建过线程
        match unsafe { fork() }? {
            ForkResult::Child => {
                serve(&client, count, &from.to_string())?;
                process::exit(0)
            }
            ForkResult::Parent { .. } => clients.push(client),
        }
    }
}

fn serve(mut client: &TcpStream, count: usize, from: &str) -> io::Result<()> {
    let mut line = String::new();
    BufReader::new(client).read_line(&mut line)?;
    let name = line.trim_end();
    println!("第{count}位:{name}，来自{from}");
    client.write_all(format!("你是第{count}位，{name}").as_bytes())
}
