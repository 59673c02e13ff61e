use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::net::TcpListener;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    let (client, _) = listener.accept()?;
    let mut reader = BufReader::new(&client);
    for name in ["first.bin", "second.bin"] {
        let mut size = 0u64;
        for byte in reader.by_ref().bytes().take(8) {
            size = size << 8 | u64::from(byte?);
        }
        let mut file = File::create(name)?;
        // 内容一段一段地收，内存里不放整个文件
        let copied = io::copy(&mut reader.by_ref().take(size), &mut file)?;
        if copied < size {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        println!("{name}:{size} 字节");
    }
    (&client).write_all("两个都存好了".as_bytes())
}
