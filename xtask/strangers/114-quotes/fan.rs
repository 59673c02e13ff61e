use std::io::{Read, Write};
use std::net::TcpStream;
use std::{thread, time::Duration};

fn main() -> std::io::Result<()> {
    for i in 0..3 {
        let mut s = TcpStream::connect("127.0.0.1:20154")?;
        thread::sleep(Duration::from_millis(500));
        writeln!(s, "{i}")?;
        let mut q = String::new();
        s.read_to_string(&mut q)?;
        print!("quote {i}: {q}");
    }
    Ok(())
}
