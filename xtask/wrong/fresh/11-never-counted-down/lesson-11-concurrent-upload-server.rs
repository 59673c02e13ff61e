// 错误: 开始传的时候人数加一，传完了忘了减一
// 看到: 收工时明明没有人在传，却说在等几个，等满 10 秒，退出码 1

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::path::PathBuf;
use std::process::{ExitCode, exit};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use crossbeam::channel;
use nix::sys::signal::{SigSet, Signal};
use nix::sys::socket::{Shutdown, shutdown};
use shared::error::{Operation, tell};
use shared::incoming::receive_upload;
use shared::listen::{accepted, announce, client_failed, received};
use shared::{Args, IncomingFile};

/// 正在传的人数
static UPLOADING: AtomicUsize = AtomicUsize::new(0);

fn main() -> ExitCode {
    shared::run("第 11 课 · 并发上传：一条队列，许多工人", run)
}

#[derive(Clone)]
struct Worker {
    queue: channel::Receiver<(TcpStream, SocketAddr)>,
    dir: PathBuf,
    timeout: Duration,
}

impl Worker {
    fn run(self) {
        while let Ok((client, from)) = self.queue.recv() {
            UPLOADING.fetch_add(1, Ordering::SeqCst);
            match receive_upload(&client, &self.dir, self.timeout) {
                Ok(saved) => received(from, &saved),
                Err(error) => client_failed(from, &error),
            }
        }
    }
}

fn run(mut args: Args) -> Result<()> {
    let addr = args.addr("--addr", SocketAddrV4::new(Ipv4Addr::LOCALHOST, 9999))?;
    let dir = args.path("--dir", "data")?;
    let timeout = args.seconds("--timeout", Duration::from_secs(30))?;
    let workers = args.count("--workers", 64, 1024)?;
    args.finish()?;
    drop(IncomingFile::numbered(&dir)?);

    let signals: SigSet = [Signal::SIGINT, Signal::SIGTERM].into_iter().collect();
    signals.thread_block().context("屏蔽信号")?;
    let listener = TcpListener::bind(addr).context(Operation::Listen(format!("监听 {addr}")))?;

    let (sender, queue) = channel::bounded(256);
    let worker = Worker { queue, dir, timeout };
    for _ in 0..workers {
        let worker = worker.clone();
        thread::Builder::new()
            .spawn(|| worker.run())
            .context(Operation::SpawnThread("创建工人".into()))?;
    }
    announce(&listener, "lesson-04-upload-client")?;

    let door = listener.try_clone()?;
    thread::spawn(move || {
        while let Ok(client) = accepted(door.accept()) {
            client.map(|client| sender.send(client));
        }
    });

    signals.wait().context("等信号")?;
    thread::spawn(move || signals.wait().map(|_| exit(130)));
    let _ = shutdown(listener.as_raw_fd(), Shutdown::Both);
    tell(format_args!("收工：等 {} 个上传传完，最多等 10 秒", UPLOADING.load(Ordering::SeqCst)));
    let end = Instant::now() + Duration::from_secs(10);
    while UPLOADING.load(Ordering::SeqCst) > 0 {
        if Instant::now() > end {
            bail!("还有 {} 个没有传完", UPLOADING.load(Ordering::SeqCst));
        }
        thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}
