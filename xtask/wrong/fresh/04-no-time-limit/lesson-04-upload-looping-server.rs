// 错误: 接收时没有设时限，--timeout 取出来没有用
// 看到: 一个客户端连上了不传，服务器端一直等它，后面的客户端永远轮不到

use std::io::Write;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use shared::error::Operation;
use shared::listen::{accepted, announce, client_failed, received};
use shared::{Args, IncomingFile};

#[allow(dead_code)]
struct Settings {
    dir: PathBuf,
    timeout: Duration,
}

fn main() -> ExitCode {
    shared::run("第 04 课 · 循环的上传服务器端：--addr --dir --timeout", run)
}

fn run(mut args: Args) -> Result<()> {
    let addr = args.addr("--addr", "127.0.0.1:9999".parse()?)?;
    let settings = Settings {
        dir: args.path("--dir", "data")?,
        timeout: args.seconds("--timeout", Duration::from_secs(30))?,
    };
    args.finish()?;
    drop(IncomingFile::numbered(&settings.dir)?);

    let listener = TcpListener::bind(addr).context(Operation::Listen(format!("监听 {addr}")))?;
    announce(&listener, "lesson-04-upload-client")?;
    loop {
        if let Some((client, from)) = accepted(listener.accept())? {
            if let Err(error) = upload(client, from, &settings) {
                client_failed(from, &error);
            }
        }
    }
}

fn upload(mut client: TcpStream, from: SocketAddr, settings: &Settings) -> Result<()> {
    let file = IncomingFile::numbered(&settings.dir).context("新建文件")?;
    let file = file.receive(&client).context("收文件")?;
    let saved = file.finish().context("保存")?;
    received(from, &saved);
    let _ = client.write_all("文件上传成功!".as_bytes());
    Ok(())
}
