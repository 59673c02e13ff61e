// 错误: 用目录里文件的个数加一当作新的编号，中间有空号时就和已有的重了
// 看到: 已有 1 号和 3 号时，新来的存成 3 号，把原来的第三张顶替掉了

use std::fs;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use shared::error::Operation;
use shared::incoming::Saved;
use shared::listen::{accepted, announce, client_failed, received};
use shared::{Args, IncomingFile};

fn main() -> ExitCode {
    shared::run("第 04 课 · 循环的上传服务器端", run)
}

fn run(mut args: Args) -> Result<()> {
    let addr = args.addr("--addr", SocketAddrV4::new(Ipv4Addr::LOCALHOST, 9999))?;
    let dir = args.path("--dir", "data")?;
    let timeout = args.seconds("--timeout", Duration::from_secs(30))?;
    args.finish()?;
    fs::create_dir_all(&dir).with_context(|| format!("创建目录 {}", dir.display()))?;

    let listener = TcpListener::bind(addr).context(Operation::Listen(format!("监听 {addr}")))?;
    announce(&listener, "lesson-04-upload-client")?;
    loop {
        let Some((mut client, from)) = accepted(listener.accept())? else { continue };
        match save(&client, &dir, timeout) {
            Ok(saved) => {
                received(from, &saved);
                let _ = client.write_all("文件上传成功!".as_bytes());
            }
            Err(error) => client_failed(from, &error),
        }
    }
}

fn next_name(dir: &Path) -> Result<PathBuf> {
    let count = fs::read_dir(dir)?.count();
    Ok(dir.join(format!("picture_{}.jpg", count + 1)))
}

fn save(client: &TcpStream, dir: &Path, timeout: Duration) -> Result<Saved> {
    client.set_read_timeout(Some(timeout))?;
    let file = IncomingFile::replacing(&next_name(dir)?)?;
    file.receive(client)?.finish()
}
