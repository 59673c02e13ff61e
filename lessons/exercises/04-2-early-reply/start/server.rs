//! 练习 04-2：服务器端说「存好了」，文件真的存好了吗？
//!
//! 客户端已经写好：发一个文件，半关闭，等答复，印出「答复:存好了」。
//! 服务器端应当把它存成 letter.txt，全部存好以后才答复「存好了」，然后结束。
//! 这个程序能编译，客户端也收到了答复，可是有一个错误：它答复得太早。
//! 要是磁盘在那时候满了，客户端却以为成功了。
//!
//! 怎样找：cargo xtask practice 04-2，按 h，看报告指着哪一行；
//! 按 t 画出它真正做了什么，看发送答复和写 letter.txt 谁先谁后。

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
        file.write_all(&buffer[..count])?;
    }

    client.write_all("存好了".as_bytes())?;
    Ok(())
}
