use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::net::TcpStream;
use std::time::Duration;

fn connect() -> TcpStream {
    loop {
        if let Ok(s) = TcpStream::connect(("127.0.0.1", 7137)) {
            return s;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}

fn main() -> io::Result<()> {
    let stream = connect();
    let mut writer = BufWriter::new(stream.try_clone()?);
    let mut reader = BufReader::new(stream);
    writeln!(writer, "hello")?;
    let mut reply = String::new();
    reader.read_line(&mut reply)?;
    println!("服务器说 {reply}");
    Ok(())
}
