// 错误: 时限取了整数的秒（as_secs），小数部分被丢掉，0.3 秒成了 0 秒
// 看到: 写 --timeout 0.3，每个客户端一连上就失败（0 秒的时限不能设），连问候也收不到

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpListener, TcpStream};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use shared::deadline::DeadlineReader;
use shared::error::Operation;
use shared::listen::{accepted, announce, client_failed};
use shared::{Args, sentence};

fn main() -> ExitCode {
    shared::run("第 02 课 · 循环服务器端，--addr、--timeout", run)
}

struct Server {
    listener: TcpListener,
    timeout: u64,
}

impl Server {
    fn forever(&self) -> Result<()> {
        loop {
            let Some((client, addr)) = accepted(self.listener.accept())? else { continue };
            self.greet(&client)
                .and_then(|()| self.listen_to(&client, addr))
                .unwrap_or_else(|error| client_failed(addr, &error));
        }
    }

    fn greet(&self, mut client: &TcpStream) -> Result<()> {
        client.set_write_timeout(Some(Duration::from_secs(self.timeout))).context("⑤ 时限")?;
        client.write_all(b"welcome to socket").context("⑤ 问候")
    }

    fn listen_to(&self, client: &TcpStream, addr: SocketAddr) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(self.timeout);
        let mut bytes = Vec::new();
        let reader = DeadlineReader::new(client, deadline);
        BufReader::new(reader.take(sentence::RECEIVE_LIMIT))
            .read_until(b'\n', &mut bytes)
            .context("⑥ 接收")?;
        println!("服务器端收到来自{addr}的信息:{}", sentence::text(&bytes)?);
        Ok(())
    }
}

fn run(mut args: Args) -> Result<()> {
    let addr = args.addr("--addr", SocketAddrV4::new(Ipv4Addr::LOCALHOST, 8888))?;
    let timeout = args.seconds("--timeout", Duration::from_secs(30))?.as_secs();
    args.finish()?;
    let listener = TcpListener::bind(addr).context(Operation::Listen(format!("监听 {addr}")))?;
    announce(&listener, "lesson-01-one-sentence-client")?;
    Server { listener, timeout }.forever()
}
