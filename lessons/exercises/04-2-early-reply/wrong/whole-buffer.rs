// server：whole-buffer-written
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::net::TcpListener;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    let (mut client, _) = listener.accept()?;

    let mut file = BufWriter::new(File::create("letter.txt")?);
    let mut buffer = [0; 1024];
    loop {
        let count = client.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        file.write_all(&buffer)?;
    }

    file.flush()?;

    client.write_all("存好了".as_bytes())?;
    Ok(())
}
