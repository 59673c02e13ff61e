use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::ExitCode;

fn main() -> ExitCode {
    let name = std::env::args().nth(1).unwrap_or_else(|| "poem.txt".to_owned());
    let temporary = format!("{name}.part");
    match download(&name, &temporary) {
        Ok(size) => {
            println!("下载了 {name}:{size} 字节");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("没有下载成：{error}");
            let _ = fs::remove_file(&temporary);
            ExitCode::FAILURE
        }
    }
}

fn download(name: &str, temporary: &str) -> io::Result<u64> {
    let server = TcpStream::connect("127.0.0.1:8888")?;
    writeln!(&server, "{name}")?;
    let mut reader = BufReader::new(&server);
    let mut length = [0; 8];
    reader.read_exact(&mut length)?;
    let size = u64::from_be_bytes(length);

    // 一段一段地写，内存里不放整个文件
    let mut file = File::create(temporary)?;
    let mut left = size;
    let mut buffer = [0; 4096];
    while left > 0 {
        let most = buffer.len().min(left as usize);
        let count = reader.read(&mut buffer[..most])?;
        if count == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "服务器端中途结束了"));
        }
        file.write_all(&buffer[..count])?;
        left -= count as u64;
    }
    fs::rename(temporary, name)?;
    Ok(size)
}
